package calendar

import "time"

// yearsWithout is how long a search goes on without any open time: only a list of holidays can close so long, by mistake.
const yearsWithout = 10

// stretch is open time, from opens up to, not including, closes.
type stretch struct{ opens, closes time.Time }

// next is what remains of the segment open at t, or the next one; false when none begins within ten years.
func (c *Calendar) next(t time.Time) (stretch, bool) {
	if !t.Before(last) {
		return stretch{}, false
	}
	t = later(t, first)
	giveUp := earlier(t.UTC().AddDate(yearsWithout, 0, 0), last)
	for day := c.dayAt(t); !c.edge(day, 0).After(giveUp); day++ {
		for _, s := range c.segments(day) {
			opens := later(c.edge(day, s.Opens), t)
			closes := earlier(c.edge(day, s.Closes), last)
			if opens.Before(closes) {
				return stretch{opens, closes}, !opens.After(giveUp)
			}
		}
	}
	return stretch{}, false
}

// Open says whether t is business time.
func (c *Calendar) Open(t time.Time) bool {
	s, found := c.next(t)
	return found && s.opens.Equal(t)
}

// NextOpen is t itself when open, else the next opening; false when there is none within ten years.
func (c *Calendar) NextOpen(t time.Time) (time.Time, bool) {
	s, found := c.next(t)
	if !found {
		return time.Time{}, false
	}
	return s.opens.In(c.zone), true
}

// NextClose is the end of the open time around t or, when closed, of the next. Segments that touch, also over midnight, are one
// open time, so the answer is never open itself; false when it does not open, or does not close, within ten years.
func (c *Calendar) NextClose(t time.Time) (time.Time, bool) {
	s, found := c.next(t)
	if !found {
		return time.Time{}, false
	}
	closes := s.closes
	giveUp := earlier(closes.UTC().AddDate(yearsWithout, 0, 0), last)
	for closes.Before(giveUp) {
		if c.weekly == week {
			closes = closes.Add(time.Duration(c.plainWeeks(closes, giveUp)) * week)
		}
		s, found = c.next(closes)
		if !found || s.opens.After(closes) {
			return closes.In(c.zone), true
		}
		closes = s.closes
	}
	return time.Time{}, false
}
