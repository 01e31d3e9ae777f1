package calendar_test

import (
	"testing"
	"time"

	"hotline/app/calendar"
)

func TestOpenTimeIsElapsedTimeWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone     string
		opens, closes  int
		day            string
		starts, finish string // the one open stretch of that day
	}{
		{"New York, forward, hour covered", "America/New_York", clock(1, 0), clock(4, 0), "2026-03-08", "2026-03-08 01:00:00 -0500", "2026-03-08 04:00:00 -0400"},
		{"New York, forward, opens in the skipped hour", "America/New_York", clock(2, 30), clock(4, 0), "2026-03-08", "2026-03-08 03:00:00 -0400", "2026-03-08 04:00:00 -0400"},
		{"New York, forward, closes in the skipped hour", "America/New_York", clock(1, 0), clock(2, 30), "2026-03-08", "2026-03-08 01:00:00 -0500", "2026-03-08 03:00:00 -0400"},
		{"New York, forward, only the skipped hour", "America/New_York", clock(2, 0), clock(3, 0), "2026-03-08", "", ""},
		{"New York, back, hour covered", "America/New_York", clock(0, 0), clock(4, 0), "2026-11-01", "2026-11-01 00:00:00 -0400", "2026-11-01 04:00:00 -0500"},
		{"New York, back, opens in the repeated hour", "America/New_York", clock(1, 30), clock(4, 0), "2026-11-01", "2026-11-01 01:30:00 -0400", "2026-11-01 04:00:00 -0500"},
		{"New York, back, closes in the repeated hour", "America/New_York", clock(0, 0), clock(1, 30), "2026-11-01", "2026-11-01 00:00:00 -0400", "2026-11-01 01:30:00 -0400"},
		{"New York, back, exactly the repeated hour", "America/New_York", clock(1, 0), clock(2, 0), "2026-11-01", "2026-11-01 01:00:00 -0400", "2026-11-01 02:00:00 -0500"},
		{"Havana, forward at midnight", "America/Havana", 0, clock(3, 0), "2026-03-08", "2026-03-08 01:00:00 -0400", "2026-03-08 03:00:00 -0400"},
		{"Havana, back to midnight", "America/Havana", 0, clock(3, 0), "2026-11-01", "2026-11-01 00:00:00 -0400", "2026-11-01 03:00:00 -0500"},
		{"Beirut, forward at midnight", "Asia/Beirut", 0, clock(3, 0), "2024-03-31", "2024-03-31 01:00:00 +0300", "2024-03-31 03:00:00 +0300"},
		{"Beirut, back over midnight, the evening is an hour longer", "Asia/Beirut", clock(22, 0), 1440, "2024-10-26", "2024-10-26 22:00:00 +0300", "2024-10-27 00:00:00 +0200"},
		{"Lord Howe, forward half an hour", "Australia/Lord_Howe", clock(1, 0), clock(3, 0), "2026-10-04", "2026-10-04 01:00:00 +1030", "2026-10-04 03:00:00 +1100"},
		{"Lord Howe, back half an hour", "Australia/Lord_Howe", clock(1, 0), clock(3, 0), "2026-04-05", "2026-04-05 01:00:00 +1100", "2026-04-05 03:00:00 +1030"},
		{"St John's, back over midnight, the evening ends at its first midnight", "America/St_Johns", clock(22, 0), 1440, "2006-10-28", "2006-10-28 22:00:00 -0230", "2006-10-29 00:00:00 -0230"},
		{"St John's, back over midnight, the next day has begun", "America/St_Johns", 0, clock(1, 0), "2006-10-29", "2006-10-29 00:00:00 -0230", "2006-10-29 01:00:00 -0330"},
		{"Apia, the day that was skipped", "Pacific/Apia", 0, 1440, "2011-12-30", "", ""},
	} {
		loc := zone(t, test.zone)
		date := day(test.day)
		// A calendar open on that one day only: closed on every other day within three of it.
		h := calendar.Hours{Zone: loc, Week: daily(calendar.Segment{Opens: test.opens, Closes: test.closes}), Holidays: map[calendar.Day]calendar.Holiday{}}
		noon := time.Date(date.Year, date.Month, date.Day, 12, 0, 0, 0, time.UTC)
		for off := -3; off <= 3; off++ {
			if off != 0 {
				h.Holidays[calendar.DayOf(noon.AddDate(0, 0, off), time.UTC)] = calendar.Holiday{}
			}
		}
		c := made(t, h)
		from, to := noon.Add(-48*time.Hour), noon.Add(48*time.Hour)
		if test.starts == "" {
			if got := c.Between(from, to); got != 0 {
				t.Errorf("%s: open for %s, want never", test.name, got)
			}
			if got := c.DaysUntil(from, to); got != 0 {
				t.Errorf("%s: %d business days, want none", test.name, got)
			}
			continue
		}
		starts, finish := at(t, test.starts), at(t, test.finish)
		opens, _ := c.NextOpen(from)
		closes, _ := c.NextClose(from)
		if !opens.Equal(starts) || !closes.Equal(finish) {
			t.Errorf("%s: open from %s to %s, want %s to %s", test.name, opens, closes, starts, finish)
		}
		if got := c.Between(from, to); got != finish.Sub(starts) {
			t.Errorf("%s: open for %s, want %s", test.name, got, finish.Sub(starts))
		}
		if got := c.DaysUntil(from, to); got != 1 {
			t.Errorf("%s: %d business days, want 1", test.name, got)
		}
	}
}

func TestANightShiftTouchesMidnightOnBothSides(t *testing.T) {
	t.Parallel()
	evening, night := calendar.Segment{Opens: clock(22, 0), Closes: 1440}, calendar.Segment{Opens: 0, Closes: clock(6, 0)}
	c := made(t, calendar.Hours{Zone: zone(t, "America/New_York"), Week: daily(evening, night)})
	for from, want := range map[string]time.Duration{
		"2026-06-01 21:00:00 -0400": 8 * time.Hour,
		"2026-03-07 21:00:00 -0500": 7 * time.Hour,
		"2026-10-31 21:00:00 -0400": 9 * time.Hour,
	} {
		start := at(t, from)
		opens, _ := c.NextOpen(start)
		closes, _ := c.NextClose(start)
		if got := c.Between(start, start.Add(12*time.Hour)); got != want || closes.Sub(opens) != want {
			t.Errorf("night of %s: %s, from %s to %s; want %s", from, got, opens, closes, want)
		}
		if midnight := opens.Add(2 * time.Hour); !c.Open(midnight) || !c.Open(midnight.Add(-1)) {
			t.Errorf("night of %s: closed around midnight", from)
		}
	}
}

// Far enough ahead for every zone database to go by rule, where Go's periods end a day early in leap years.
func TestTheLastDayOfALeapYearIsADayLikeAnyOther(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		loc := zone(t, name)
		c := made(t, calendar.Hours{Zone: loc, Week: workdays(calendar.Segment{Opens: clock(9, 0), Closes: clock(17, 0)})})
		from := time.Date(2040, time.December, 31, 16, 0, 0, 0, loc)
		got, err := c.Add(from, 2*time.Hour)
		if want := time.Date(2041, time.January, 1, 10, 0, 0, 0, loc); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want)
		}
	}
}
