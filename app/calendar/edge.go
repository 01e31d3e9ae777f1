package calendar

import (
	"slices"
	"time"
)

// furthest is more than any zone has ever been from UTC or has ever put its clocks back at once (a whole day, where the
// date line moved).
const furthest = 48 * time.Hour

// Open time exists from first up to, not including, last.
var (
	first = time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)
	last  = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// edge is the first instant at which the wall clock shows this minute of this day or a later one. It asks the zone's periods itself
// because time.Date leaves open which of two readings it picks.
func (c *Calendar) edge(day, minute int) time.Time {
	wall := time.Unix(int64(day)*secondsADay+int64(minute)*60, 0)
	p := c.periodAt(wall.Add(-furthest))
	reading := wall.Add(-p.offset)
	for p.over(reading) {
		change := p.ends
		p = c.periodAt(change)
		reading = wall.Add(-p.offset)
		if reading.Before(change) {
			return change
		}
	}
	return reading
}

// dayAt is the number of the day whose edges enclose t. Where the clocks go back over a midnight the date is shown twice and the
// second showing already belongs to the day after.
func (c *Calendar) dayAt(t time.Time) int {
	day := DayOf(t, c.zone).number()
	for !c.edge(day+1, 0).After(t) {
		day++
	}
	return day
}

func (c *Calendar) segments(day int) []Segment {
	if replaced, holiday := c.replaced[day]; holiday {
		return replaced
	}
	return c.week[weekdayOf(day)]
}

// plainWeeks is how many whole weeks from t on end by the limit and see neither a holiday nor a change of clocks, nor its
// aftermath: each of them has exactly the weekly open time, at whatever hour of the week it begins. It is what keeps long spans short.
func (c *Calendar) plainWeeks(t, limit time.Time) int {
	p := c.periodAt(t.Add(-furthest))
	if p.over(limit) {
		limit = p.ends
	}
	today := DayOf(t, c.zone).number()
	if i, _ := slices.BinarySearch(c.dates, today); i < len(c.dates) {
		limit = earlier(limit, time.Unix(int64(c.dates[i])*secondsADay, 0).Add(-p.offset))
	}
	return max(0, int(limit.Sub(t)/week))
}

func within(t time.Time) time.Time { return earlier(later(t, first), last) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
