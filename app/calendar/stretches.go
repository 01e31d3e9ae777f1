package calendar

import (
	"iter"
	"time"
)

// Stretch is open time, from From up to, not including, Until.
type Stretch struct{ From, Until time.Time }

// Length is how much open time that is.
func (s Stretch) Length() time.Duration { return s.Until.Sub(s.From) }

// Stretches are the open stretches of [from, to) in order, the first and the last cut
// at the two instants; their lengths add up to Between(from, to). Each is one segment
// of one day, so that hours over midnight are two. None when to comes first. A long
// span has many: whoever ranges over it may stop.
func (c *Calendar) Stretches(from, to time.Time) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		at, to := within(from), within(to)
		for at.Before(to) {
			s, found := c.next(at)
			if !found {
				// As in Between: ten closed years prove nothing about the eleventh.
				at = at.UTC().AddDate(yearsWithout, 0, 0)
				continue
			}
			if !s.opens.Before(to) || !yield(Stretch{s.opens.In(c.zone), earlier(s.closes, to).In(c.zone)}) {
				return
			}
			at = s.closes
		}
	}
}
