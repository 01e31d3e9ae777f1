package calendar_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"hotline/app/calendar"
)

// office is 9 to 12 and 13 to 17 in New York, with Thanksgiving 2026 closed, the day after until noon, and Saturday the 28th open.
func office(t *testing.T) *calendar.Calendar {
	t.Helper()
	morning, afternoon := calendar.Segment{Opens: clock(9, 0), Closes: clock(12, 0)}, calendar.Segment{Opens: clock(13, 0), Closes: clock(17, 0)}
	return made(t, calendar.Hours{
		Zone: zone(t, "America/New_York"),
		Week: workdays(afternoon, morning),
		Holidays: map[calendar.Day]calendar.Holiday{
			day("2026-11-26"): {Name: "Thanksgiving"},
			day("2026-11-27"): {Name: "Day after Thanksgiving", Open: []calendar.Segment{morning}},
			day("2026-11-28"): {Name: "Stock-taking", Open: []calendar.Segment{{Opens: clock(10, 0), Closes: clock(11, 0)}}},
		},
	})
}

func TestADeadlineFallsInOpenHours(t *testing.T) {
	t.Parallel()
	c := office(t)
	for _, test := range []struct {
		name, from, want string
		d                time.Duration
	}{
		{"inside a segment", "2026-11-23 09:30:00 -0500", "2026-11-23 10:30:00 -0500", time.Hour},
		{"over lunch", "2026-11-23 11:30:00 -0500", "2026-11-23 13:30:00 -0500", time.Hour},
		{"exactly at a close is the close", "2026-11-23 11:00:00 -0500", "2026-11-23 12:00:00 -0500", time.Hour},
		{"a nanosecond past a close is after the break", "2026-11-23 11:00:00 -0500", "2026-11-23 13:00:00.000000001 -0500", time.Hour + 1},
		{"from the close itself", "2026-11-23 12:00:00 -0500", "2026-11-23 13:30:00 -0500", 30 * time.Minute},
		{"from the night before", "2026-11-22 23:00:00 -0500", "2026-11-23 09:30:00 -0500", 30 * time.Minute},
		{"nothing while closed stays where it is", "2026-11-22 23:00:00 -0500", "2026-11-22 23:00:00 -0500", 0},
		{"nothing while open stays where it is", "2026-11-23 09:30:00 -0500", "2026-11-23 09:30:00 -0500", 0},
		{"over a holiday into a half holiday", "2026-11-25 16:00:00 -0500", "2026-11-27 10:00:00 -0500", 2 * time.Hour},
		{"a half holiday ends at noon, a Saturday is opened", "2026-11-27 11:30:00 -0500", "2026-11-28 10:30:00 -0500", time.Hour},
		{"over the weekend", "2026-11-28 10:30:00 -0500", "2026-11-30 09:30:00 -0500", time.Hour},
		{"asked in another zone", "2026-11-23 20:30:00 +0530", "2026-11-23 11:00:00 -0500", time.Hour},
		{"over the spring change the wall hours stay", "2026-03-06 16:00:00 -0500", "2026-03-09 10:00:00 -0400", 2 * time.Hour},
		{"a year of thirty-five hour weeks", "2024-01-01 09:00:00 -0500", "2024-12-27 17:00:00 -0500", 52 * 35 * time.Hour},
	} {
		got, err := c.Add(at(t, test.from), test.d)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if want := at(t, test.want); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", test.name, got, want.In(c.Zone()))
		}
	}
}

func TestNegativeTimeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := office(t).Add(time.Unix(0, 0), -1); !errors.Is(err, calendar.ErrNegative) {
		t.Fatal(err)
	}
}

// closedFor is open on Mondays, but for every Monday in the years given from 2030 on.
func closedFor(t *testing.T, years int) *calendar.Calendar {
	t.Helper()
	h := calendar.Hours{Zone: time.UTC, Holidays: map[calendar.Day]calendar.Holiday{}}
	h.Week[time.Monday] = []calendar.Segment{{Opens: clock(9, 0), Closes: clock(17, 0)}}
	for date := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC); date.Year() < 2030+years; date = date.AddDate(0, 0, 1) {
		h.Holidays[calendar.DayOf(date, time.UTC)] = calendar.Holiday{}
	}
	return made(t, h)
}

func TestADecadeWithoutOpenTimeIsAnErrorAndNineYearsAreNot(t *testing.T) {
	t.Parallel()
	from := at(t, "2029-12-31 16:00:00 +0000")
	got, err := closedFor(t, 9).Add(from, 2*time.Hour)
	if want := at(t, "2039-01-03 10:00:00 +0000"); err != nil || !got.Equal(want) {
		t.Errorf("nine years: got %s, %v; want %s", got, err, want)
	}
	closed := closedFor(t, 11)
	if _, err := closed.Add(from, 2*time.Hour); !errors.Is(err, calendar.ErrNoOpenTime) {
		t.Errorf("eleven years: %v", err)
	}
	if _, err := closed.Add(at(t, "2025-01-01 00:00:00 +0000"), 3000*time.Hour); !errors.Is(err, calendar.ErrNoOpenTime) {
		t.Errorf("eleven years after open ones: %v", err)
	}
	if _, found := closed.NextOpen(from.Add(time.Hour)); found {
		t.Error("an opening was found in eleven closed years")
	}
	if got := closed.Between(from, at(t, "2041-01-07 10:00:00 +0000")); got != 2*time.Hour {
		t.Errorf("over eleven closed years %s passed, want 2h", got)
	}
}

func TestNothingIsOpenOutsideTheYearsOneTo9999(t *testing.T) {
	t.Parallel()
	c := calendar.Always(time.UTC)
	ages := time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC)
	first, end := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if got, err := c.Add(ages, 1000*time.Hour); err != nil || !got.Equal(first.Add(1000*time.Hour)) {
		t.Errorf("from before the first year: %s, %v", got, err)
	}
	if got, err := c.Add(end.Add(-time.Hour), time.Hour); err != nil || !got.Equal(end) {
		t.Errorf("to the end of the last year: %s, %v", got, err)
	}
	if _, err := c.Add(end.Add(-time.Hour), time.Hour+1); !errors.Is(err, calendar.ErrNoOpenTime) {
		t.Errorf("past the last year: %v", err)
	}
	if c.Open(ages) || c.Open(end) || !c.Open(first) || !c.Open(end.Add(-1)) {
		t.Error("open where nothing is, or closed in the first or last instant")
	}
	if got := c.Between(ages, end.AddDate(5000, 0, 0)); got != math.MaxInt64 {
		t.Errorf("all of time is %s, want the longest duration", got)
	}
	if got := c.Between(end, end.AddDate(1, 0, 0)) + c.Between(ages, first); got != 0 {
		t.Errorf("%s passed where nothing is open", got)
	}
}
