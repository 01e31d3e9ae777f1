package routing

import (
	"slices"
	"time"
)

// Summarise puts a period into numbers: fates is one for each of w.Cases, in their
// order, as they really were or as Replay played them. What lies at or after w.To has
// not happened. w must have a Calendar. Somebody in fates who is not in w.People has no Share.
func Summarise(w World, fates []Fate) Summary {
	begins := w.From
	for i := range w.Cases {
		if w.Cases[i].OpenedAt.Before(begins) {
			begins = w.Cases[i].OpenedAt
		}
	}
	h := layOut(w.Calendar, begins, w.To)
	s := Summary{ByUrgency: map[string]Slice{}}
	var all tally
	by := map[string]*tally{}
	var given []time.Duration
	for i := range min(len(w.Cases), len(fates)) {
		c, f := &w.Cases[i], &fates[i]
		if by[c.Urgency] == nil {
			by[c.Urgency] = &tally{}
		}
		all.count(w, h, c, f)
		by[c.Urgency].count(w, h, c, f)
		if happened(w, f.GivenAt) {
			given = append(given, max(0, h.between(c.OpenedAt, f.GivenAt)))
		}
	}
	total := all.slice()
	s.Cases, s.Answered, s.Median, s.P90, s.Met, s.Due = total.Cases, total.Answered, total.Median, total.P90, total.Met, total.Due
	slices.Sort(given)
	s.GivenHalf, s.Given90 = nearestRank(given, 50), nearestRank(given, 90)
	for urgency, t := range by {
		s.ByUrgency[urgency] = t.slice()
	}
	s.People = shares(w, h, fates)
	return s
}

// tally counts the cases of a slice.
type tally struct {
	Slice
	waits []time.Duration
}

func (t *tally) count(w World, h *hours, c *Case, f *Fate) {
	t.Cases++
	answered := happened(w, f.AnsweredAt)
	if answered {
		t.Answered++
		t.waits = append(t.waits, max(0, h.between(c.OpenedAt, f.AnsweredAt)))
	}
	if f.DueAt.IsZero() || !answered && (f.DueAt.Before(w.From) || !f.DueAt.Before(w.To)) {
		return
	}
	t.Due++
	if answered && !f.AnsweredAt.After(f.DueAt) {
		t.Met++
	}
}

func (t *tally) slice() Slice {
	slices.Sort(t.waits)
	t.Median, t.P90 = nearestRank(t.waits, 50), nearestRank(t.waits, 90)
	return t.Slice
}

func happened(w World, t time.Time) bool { return !t.IsZero() && t.Before(w.To) }

// nearestRank is the least of the sorted that at least percent of them do not exceed; zero of none.
func nearestRank(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(1, (len(sorted)*percent+99)/100)-1]
}
