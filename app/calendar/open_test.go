package calendar_test

import (
	"testing"

	"hotline/app/calendar"
)

func TestTheDeskOpensAndClosesWhenItsHoursSay(t *testing.T) {
	t.Parallel()
	c := office(t)
	for _, test := range []struct {
		name, now, opens, closes string
		open                     bool
	}{
		{"before opening", "2026-11-23 08:59:59 -0500", "2026-11-23 09:00:00 -0500", "2026-11-23 12:00:00 -0500", false},
		{"the opening instant", "2026-11-23 09:00:00 -0500", "2026-11-23 09:00:00 -0500", "2026-11-23 12:00:00 -0500", true},
		{"the last instant", "2026-11-23 11:59:59.999999999 -0500", "2026-11-23 11:59:59.999999999 -0500", "2026-11-23 12:00:00 -0500", true},
		{"the closing instant", "2026-11-23 12:00:00 -0500", "2026-11-23 13:00:00 -0500", "2026-11-23 17:00:00 -0500", false},
		{"the evening before a holiday", "2026-11-25 17:00:00 -0500", "2026-11-27 09:00:00 -0500", "2026-11-27 12:00:00 -0500", false},
		{"a holiday at ten", "2026-11-26 10:00:00 -0500", "2026-11-27 09:00:00 -0500", "2026-11-27 12:00:00 -0500", false},
		{"a half holiday after noon", "2026-11-27 14:00:00 -0500", "2026-11-28 10:00:00 -0500", "2026-11-28 11:00:00 -0500", false},
	} {
		now := at(t, test.now)
		opens, _ := c.NextOpen(now)
		closes, _ := c.NextClose(now)
		if c.Open(now) != test.open || !opens.Equal(at(t, test.opens)) || !closes.Equal(at(t, test.closes)) {
			t.Errorf("%s: open %t, next open %s, next close %s", test.name, c.Open(now), opens, closes)
		}
	}
}

func TestAroundTheClockClosesOnlyForAHoliday(t *testing.T) {
	t.Parallel()
	c := made(t, calendar.Hours{
		Zone: zone(t, "America/Havana"), Week: daily(calendar.Segment{Opens: 0, Closes: 1440}),
		Holidays: map[calendar.Day]calendar.Holiday{day("2029-01-01"): {}},
	})
	now := at(t, "2026-02-03 04:05:06 +0000")
	if closes, found := c.NextClose(now); !found || !closes.Equal(at(t, "2029-01-01 00:00:00 -0500")) {
		t.Errorf("closes at %s, %t", closes, found)
	}
	if closes, found := c.NextClose(at(t, "2029-01-02 00:00:00 -0500")); found {
		t.Errorf("closes again at %s", closes)
	}
}
