package routing

import (
	"slices"
	"time"
)

// shares says what each person was given and how full they were. What they held when
// the period began counts in their load.
func shares(w World, h *hours, fates []Fate) []Share {
	all, at := make([]Share, len(w.People)), map[int64]int{}
	steps := make([][]step, len(w.People))
	for i := range w.People {
		p := &w.People[i]
		all[i] = Share{UserID: p.UserID, Name: p.Name, Cap: p.Cap}
		at[p.UserID] = i
		for _, s := range p.Held {
			steps[i] = hold(steps[i], w, s, 1)
		}
	}
	for i := range min(len(w.Cases), len(fates)) {
		f := &fates[i]
		who, known := at[f.UserID]
		if !known || !happened(w, f.GivenAt) {
			continue
		}
		all[who].Given++
		load := f.Load
		if load == 0 {
			load = w.Policy.Load(w.Cases[i].Urgency)
		}
		steps[who] = hold(steps[who], w, Span{f.GivenAt, until(w, h, &w.Cases[i], f)}, load)
	}
	open := h.between(w.From, w.To)
	for i := range all {
		all[i].Most, all[i].Mean = fullness(h, steps[i], open)
	}
	return all
}

// until is when a case given stopped counting in its holder's load: at the end of the period at the latest.
func until(w World, h *hours, c *Case, f *Fate) time.Time {
	switch {
	case !f.Until.IsZero():
		return f.Until
	case c.Hold < 0:
		return w.To
	}
	if t, err := h.add(f.GivenAt, c.Hold); err == nil {
		return t
	}
	return w.To // the desk never opens again
}

// step is a change of somebody's load.
type step struct {
	at time.Time
	by int
}

// hold adds a load for a span, cut to the period.
func hold(steps []step, w World, s Span, load int) []step {
	if s.Until.After(w.To) {
		s.Until = w.To
	}
	if s.From = later(s.From, w.From); s.From.Before(s.Until) {
		steps = append(steps, step{s.From, load}, step{s.Until, -load})
	}
	return steps
}

// fullness is the highest load, and the mean one over the open time of the period.
func fullness(h *hours, steps []step, open time.Duration) (most int, mean float64) {
	// What ends at an instant makes room for what begins at it.
	slices.SortFunc(steps, func(a, b step) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.by - b.by
	})
	load, held := 0, 0.0
	for i, s := range steps {
		if i > 0 && load > 0 {
			held += float64(load) * float64(h.between(steps[i-1].at, s.at))
		}
		load += s.by
		most = max(most, load)
	}
	if open > 0 {
		mean = held / float64(open)
	}
	return most, mean
}
