package calendar

import (
	"errors"
	"time"
)

// What Add refuses.
var (
	ErrNegative   = errors.New("calendar: negative business time")
	ErrNoOpenTime = errors.New("calendar: no open time within ten years")
)

// Add is the earliest instant, not before from, by which d of business time has passed since from. Add(t, 0) is t, open or not;
// a d that ends with a stretch ends at its close.
//
// Errors: ErrNegative for d below zero; ErrNoOpenTime when ten years on end, or everything up to the end of the year 9999, are
// closed before d is used up.
func (c *Calendar) Add(from time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return time.Time{}, ErrNegative
	}
	if d == 0 {
		return from.In(c.zone), nil
	}
	at, left := later(from, first), d
	for {
		if left > c.weekly {
			// One plain week stays ahead, so that a closed decade is measured from a close and not from wherever a leap landed.
			weeks := time.Duration(min(c.plainWeeks(at, last)-1, int((left-1)/c.weekly)))
			if weeks > 0 {
				left -= weeks * c.weekly
				at = at.Add(weeks * week)
			}
		}
		s, found := c.next(at)
		if !found {
			return time.Time{}, ErrNoOpenTime
		}
		open := s.closes.Sub(s.opens)
		if left <= open {
			return s.opens.Add(left).In(c.zone), nil
		}
		left -= open
		at = s.closes
	}
}
