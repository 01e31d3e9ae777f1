package routing

import (
	"slices"
	"time"

	"hotline/app/calendar"
)

// hours is a calendar with its open stretches from begins to ends laid out, so that a
// replay asks each question by a search instead of a walk. Beyond them it asks the
// calendar itself: its answers are the calendar's.
type hours struct {
	calendar     *calendar.Calendar
	begins, ends time.Time
	open         []stretch
}

// stretch is open time, and how much of it there is before.
type stretch struct {
	Span
	before time.Duration
}

func layOut(c *calendar.Calendar, begins, ends time.Time) *hours {
	h := &hours{calendar: c, begins: begins, ends: ends}
	var before time.Duration
	for _, s := range stretches(c, begins, ends) {
		h.open = append(h.open, stretch{s, before})
		before += s.Until.Sub(s.From)
	}
	return h
}

// stretches are the open stretches of a calendar within a time, cut to it.
func stretches(c *calendar.Calendar, begins, ends time.Time) []Span {
	var all []Span
	for at := begins; ; {
		opens, found := c.NextOpen(at)
		if !found || !opens.Before(ends) {
			return all
		}
		closes, found := c.NextClose(opens)
		if !found || closes.After(ends) {
			closes = ends
		}
		all = append(all, Span{opens, closes})
		at = closes
	}
}

func (h *hours) covers(t time.Time) bool { return !t.Before(h.begins) && !t.After(h.ends) }

// passed is the open time from begins until t.
func (h *hours) passed(t time.Time) time.Duration {
	i, _ := slices.BinarySearchFunc(h.open, t, func(s stretch, t time.Time) int {
		if s.Until.After(t) {
			return 1
		}
		return -1
	})
	switch {
	case i < len(h.open):
		return h.open[i].before + max(0, t.Sub(h.open[i].From))
	case i == 0:
		return 0
	}
	last := h.open[i-1]
	return last.before + last.Until.Sub(last.From)
}

// between is the business time in [from, to).
func (h *hours) between(from, to time.Time) time.Duration {
	if h.covers(from) && h.covers(to) {
		return h.passed(to) - h.passed(from)
	}
	return h.calendar.Between(from, to)
}

// add is the earliest instant by which d of business time has passed since from; nothing
// below zero. Error: calendar.ErrNoOpenTime.
func (h *hours) add(from time.Time, d time.Duration) (time.Time, error) {
	d = max(0, d)
	if d > 0 && h.covers(from) {
		until := h.passed(from) + d
		i, _ := slices.BinarySearchFunc(h.open, until, func(s stretch, until time.Duration) int {
			if s.before+s.Until.Sub(s.From) >= until {
				return 1
			}
			return -1
		})
		if i < len(h.open) {
			return h.open[i].From.Add(until - h.open[i].before), nil
		}
	}
	return h.calendar.Add(from, d)
}
