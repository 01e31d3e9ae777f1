// Package calendar is business time: which instants a desk is open, how much open time lies between two of them, and which
// instant lies a given open time ahead. Nothing else in the program may do this arithmetic.
//
// # The open set
//
// A Calendar stands for one set of instants, and every answer follows from it. A day is taken in the calendar's own zone, whatever
// the location of the time handed in; a holiday replaces its day's hours; every open stretch contains its opening instant and
// not its closing one. Answers are given in the calendar's zone.
//
// # Laws
//
// Between(t, u) is the measure of the open set in [t, u), so it is antisymmetric and Between(a, b) + Between(b, c) = Between(a, c).
// Add(t, d) is the earliest u not before t with Between(t, u) = d. Hence:
//
//   - Between(t, Add(t, d)) = d, and Add(Add(t, a), b) = Add(t, a+b), to the nanosecond;
//   - Add never goes back when t or d grows;
//   - Add(t, 0) = t, also while closed (the next opening would break the second law after a close);
//   - a deadline that uses up a stretch falls on its close, not on the next opening.
//
// # When the clocks change
//
// Open time is elapsed time: a night shift from 22:00 to 06:00 lasts nine hours when the clocks go back and seven when they go
// forward. An edge of a segment is the first instant at which the wall clock shows that minute or a later one. So an edge
// inside the skipped hour is the instant of the change, an edge inside the repeated hour is its first pass, segments that touch
// on paper touch in fact, and none ever overlaps another. In other words the calendar reads a wall clock that stands still
// instead of going back.
//
// # Bounds
//
// There is open time only in the years 1 to 9999 (UTC). A search gives up after ten years without any.
package calendar

import (
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Calendar answers questions about business time. Its answers never change after New, and any number of goroutines may share one.
type Calendar struct {
	zone     *time.Location
	week     [7][]Segment
	holidays map[Day]Holiday

	// replaced holds the hours of each holiday by day number, and dates the same numbers in order.
	replaced map[int][]Segment
	dates    []int

	// weekly is the open time of a week without a holiday or a change of clocks, and weekdays its number of business days.
	weekly   time.Duration
	weekdays int

	// latest is the period asked for last: a walk asks for the same one again and again.
	latest atomic.Pointer[period]
}

// New makes a calendar of a week (indexed by time.Weekday) and its holidays in a zone. What it is given is copied and sorted.
//
// Errors: ErrZone without a zone; ErrSegment for a segment that is empty, backwards or outside the day; ErrOverlap for two
// segments of one day that overlap (touching is fine); ErrDay for a holiday on a date that does not exist; ErrNeverOpen for a week
// without open time.
func New(zone *time.Location, week [7][]Segment, holidays map[Day]Holiday) (*Calendar, error) {
	if zone == nil {
		return nil, ErrZone
	}
	c := &Calendar{zone: zone, holidays: make(map[Day]Holiday, len(holidays)), replaced: make(map[int][]Segment, len(holidays))}
	for weekday, segments := range week {
		sorted, err := tidy(segments)
		if err != nil {
			return nil, on(time.Weekday(weekday), err)
		}
		c.week[weekday] = sorted
		for _, s := range sorted {
			c.weekly += s.length()
		}
		if len(sorted) > 0 {
			c.weekdays++
		}
	}
	if c.weekly == 0 {
		return nil, ErrNeverOpen
	}
	for day, holiday := range holidays {
		if !day.exists() {
			return nil, ErrDay
		}
		sorted, err := tidy(holiday.Open)
		if err != nil {
			return nil, on(day, err)
		}
		c.holidays[day] = Holiday{Name: holiday.Name, Open: sorted}
		c.replaced[day.number()] = sorted
	}
	c.dates = slices.Sorted(maps.Keys(c.replaced))
	return c, nil
}

// Always is a calendar that never closes: its business time is elapsed time. A nil zone means UTC.
func Always(zone *time.Location) *Calendar {
	if zone == nil {
		zone = time.UTC
	}
	c := &Calendar{zone: zone, weekly: week, weekdays: 7}
	for weekday := range c.week {
		c.week[weekday] = []Segment{{Opens: 0, Closes: minutesADay}}
	}
	return c
}

// Zone is where the calendar's days begin and end.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Hours is a copy of what the calendar was made of, segments in order, for pages that show it.
func (c *Calendar) Hours() Hours {
	h := Hours{Zone: c.zone, Holidays: make(map[Day]Holiday, len(c.holidays))}
	for weekday, segments := range c.week {
		h.Week[weekday] = slices.Clone(segments)
	}
	for day, holiday := range c.holidays {
		h.Holidays[day] = Holiday{Name: holiday.Name, Open: slices.Clone(holiday.Open)}
	}
	return h
}
