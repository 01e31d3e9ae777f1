package calendar_test

import (
	"errors"
	"testing"
	"time"

	"hotline/app/calendar"
)

func TestBusinessDaysCountTheDaysAfterTodayUpToTheDeadline(t *testing.T) {
	t.Parallel()
	c := office(t)
	for _, test := range []struct {
		name, from, to string
		want           int
	}{
		{"the same day", "2026-11-20 08:00:00 -0500", "2026-11-20 23:00:00 -0500", 0},
		{"Friday to Sunday", "2026-11-20 12:00:00 -0500", "2026-11-22 12:00:00 -0500", 0},
		{"Friday to the first instant of Monday", "2026-11-20 23:59:59 -0500", "2026-11-23 00:00:00 -0500", 1},
		{"Friday to Wednesday", "2026-11-20 12:00:00 -0500", "2026-11-25 12:00:00 -0500", 3},
		{"a holiday does not count", "2026-11-25 12:00:00 -0500", "2026-11-26 12:00:00 -0500", 0},
		{"a half holiday counts, an opened Saturday too", "2026-11-25 12:00:00 -0500", "2026-11-28 12:00:00 -0500", 2},
		{"the day is the desk's, not UTC's", "2026-11-23 23:30:00 -0500", "2026-11-25 04:30:00 +0000", 1},
		{"backwards", "2026-11-25 12:00:00 -0500", "2026-11-20 12:00:00 -0500", -3},
		{"ten years", "2010-01-01 12:00:00 -0500", "2020-01-01 12:00:00 -0500", 2608},
	} {
		if got := c.DaysUntil(at(t, test.from), at(t, test.to)); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestADayShownTwiceIsNotCountedTwice(t *testing.T) {
	t.Parallel()
	c := calendar.Always(zone(t, "America/St_Johns"))
	noon := at(t, "2006-10-28 12:00:00 -0230")
	for _, sunday := range []string{"2006-10-29 00:00:30 -0230", "2006-10-28 23:30:00 -0330", "2006-10-29 00:00:30 -0330"} {
		if got := c.DaysUntil(noon, at(t, sunday)); got != 1 {
			t.Errorf("until %s, when midnight had passed: %d days, want 1", sunday, got)
		}
	}
}

func TestADateIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	if got := day("2028-02-29"); got != (calendar.Day{Year: 2028, Month: time.February, Day: 29}) || got.String() != "2028-02-29" || got.Weekday() != time.Tuesday {
		t.Errorf("got %v, a %s", got, got.Weekday())
	}
	if got := day("0001-01-01"); got.String() != "0001-01-01" || got.Weekday() != time.Monday {
		t.Errorf("got %v, a %s", got, got.Weekday())
	}
	for _, text := range []string{"", "2026-02-29", "2026-2-3", "0000-01-01", "2026-01-01x", "02/03/2026", "12026-01-01"} {
		if _, err := calendar.ParseDay(text); !errors.Is(err, calendar.ErrDay) {
			t.Errorf("%q was read as a date", text)
		}
	}
}

func TestADateDependsOnTheZone(t *testing.T) {
	t.Parallel()
	instant := at(t, "2026-01-01 02:00:00 +0000")
	if got := calendar.DayOf(instant, zone(t, "America/New_York")); got != day("2025-12-31") {
		t.Error(got)
	}
}
