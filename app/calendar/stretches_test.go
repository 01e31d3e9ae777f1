package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/calendar"
)

func TestTheStretchesAddUpToTheTimeBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		to := from.Add(time.Duration(rapid.Int64Range(-int64(48*time.Hour), int64(60*24*time.Hour)).Draw(t, "span")))
		var sum time.Duration
		at := from
		for s := range c.Stretches(from, to) {
			if s.Length() <= 0 || s.From.Before(at) || s.Until.After(to) {
				t.Fatalf("%s to %s holds %s to %s after %s", from, to, s.From, s.Until, at)
			}
			if !c.Open(s.From) || c.Between(s.From, s.Until) != s.Length() || c.Between(at, s.From) != 0 {
				t.Fatalf("%s to %s is not open, whole and next", s.From, s.Until)
			}
			if calendar.DayOf(s.From, c.Zone()) != calendar.DayOf(s.Until.Add(-1), c.Zone()) && s.Length() > 25*time.Hour {
				t.Fatalf("%s to %s is more than a day's", s.From, s.Until)
			}
			sum, at = sum+s.Length(), s.Until
		}
		if want := max(0, c.Between(from, to)); sum != want {
			t.Fatalf("%s to %s: the stretches give %s, between is %s", from, to, sum, want)
		}
	})
}

func TestAWalkOverStretchesMayStop(t *testing.T) {
	t.Parallel()
	loc := zone(t, "America/New_York")
	c := made(t, calendar.Hours{Zone: loc, Week: workdays(calendar.Segment{Opens: clock(8, 0), Closes: clock(12, 0)}, calendar.Segment{Opens: clock(13, 0), Closes: clock(18, 0)}),
		Holidays: map[calendar.Day]calendar.Holiday{day("2026-11-26"): {Name: "Thanksgiving"}}})
	from := at(t, "2026-11-25 17:00:00 -0500")
	var got []calendar.Stretch
	for s := range c.Stretches(from, from.AddDate(5000, 0, 0)) {
		if got = append(got, s); len(got) == 3 {
			break
		}
	}
	for i, want := range []struct {
		from   string
		length time.Duration
	}{{"2026-11-25 17:00:00 -0500", time.Hour}, {"2026-11-27 08:00:00 -0500", 4 * time.Hour}, {"2026-11-27 13:00:00 -0500", 5 * time.Hour}} {
		if !got[i].From.Equal(at(t, want.from)) || got[i].Length() != want.length || got[i].From.Location() != loc {
			t.Errorf("%d: %s for %s", i, got[i].From, got[i].Length())
		}
	}
}
