package calendar

import "time"

// DaysUntil is the number of business days after from's day up to and including to's day; a business day has some open time, a
// half holiday too. From Friday noon it is 0 until any hour of Friday and 1 until any hour of Monday. The hours of the two instants do
// not matter. Negative when to's day comes first: DaysUntil(a, b) = -DaysUntil(b, a).
func (c *Calendar) DaysUntil(from, to time.Time) int {
	if to.Before(from) {
		return -c.DaysUntil(to, from)
	}
	day, until := c.dayAt(within(from))+1, c.dayAt(within(to))
	count := 0
	for day <= until {
		if weeks := c.plainWeeks(c.edge(day, 0), c.edge(until+1, 0)); weeks > 0 {
			count += weeks * c.weekdays
			day += weeks * 7
			continue
		}
		if c.businessDay(day) {
			count++
		}
		day++
	}
	return count
}

// businessDay asks the edges too: the only segment of a day may fall into the hour the clocks skip, or the day be skipped whole.
func (c *Calendar) businessDay(day int) bool {
	for _, s := range c.segments(day) {
		if c.edge(day, s.Opens).Before(c.edge(day, s.Closes)) {
			return true
		}
	}
	return false
}
