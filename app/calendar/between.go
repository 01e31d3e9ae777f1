package calendar

import (
	"math"
	"time"
)

// Between is the business time in [from, to), negative when to comes first: Between(a, b) = -Between(b, a). It stops at the longest
// time.Duration, some 292 years of open time.
func (c *Calendar) Between(from, to time.Time) time.Duration {
	if to.Before(from) {
		return -c.Between(to, from)
	}
	at, to := within(from), within(to)
	var total time.Duration
	for at.Before(to) {
		if weeks := time.Duration(c.plainWeeks(at, to)); weeks > 0 {
			total = sum(total, weeks*c.weekly)
			at = at.Add(weeks * week)
			continue
		}
		s, found := c.next(at)
		if !found {
			// Ten closed years prove nothing about the eleventh; Between has an end of its own, so it goes on from there.
			at = at.UTC().AddDate(yearsWithout, 0, 0)
			continue
		}
		if s.opens.Before(to) {
			total = sum(total, earlier(s.closes, to).Sub(s.opens))
		}
		at = s.closes
	}
	return total
}

func sum(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
