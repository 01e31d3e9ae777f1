package calendar_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"hotline/app/calendar"
)

func TestHoursThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	nine := calendar.Segment{Opens: clock(9, 0), Closes: clock(17, 0)}
	on := func(date calendar.Day, segments ...calendar.Segment) map[calendar.Day]calendar.Holiday {
		return map[calendar.Day]calendar.Holiday{date: {Open: segments}}
	}
	for _, test := range []struct {
		name     string
		zone     *time.Location
		week     [7][]calendar.Segment
		holidays map[calendar.Day]calendar.Holiday
		want     error
	}{
		{"no zone", nil, workdays(nine), nil, calendar.ErrZone},
		{"an empty week", time.UTC, [7][]calendar.Segment{}, on(day("2026-01-01"), nine), calendar.ErrNeverOpen},
		{"before midnight", time.UTC, workdays(calendar.Segment{Opens: -1, Closes: 60}), nil, calendar.ErrSegment},
		{"after midnight", time.UTC, workdays(calendar.Segment{Opens: 60, Closes: 1441}), nil, calendar.ErrSegment},
		{"backwards", time.UTC, workdays(calendar.Segment{Opens: 120, Closes: 60}), nil, calendar.ErrSegment},
		{"empty", time.UTC, workdays(calendar.Segment{Opens: 60, Closes: 60}), nil, calendar.ErrSegment},
		{"overlapping", time.UTC, workdays(nine, calendar.Segment{Opens: clock(8, 0), Closes: clock(9, 1)}), nil, calendar.ErrOverlap},
		{"twice the same", time.UTC, workdays(nine, nine), nil, calendar.ErrOverlap},
		{"overlapping on a holiday", time.UTC, workdays(nine), on(day("2026-01-01"), nine, nine), calendar.ErrOverlap},
		{"a holiday on no date", time.UTC, workdays(nine), on(calendar.Day{Year: 2026, Month: 2, Day: 29}), calendar.ErrDay},
		{"a holiday without a year", time.UTC, workdays(nine), on(calendar.Day{Month: 2, Day: 2}), calendar.ErrDay},
	} {
		if _, err := calendar.New(test.zone, test.week, test.holidays); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestACalendarSortsItsHoursAndKeepsThemToItself(t *testing.T) {
	t.Parallel()
	morning, afternoon := calendar.Segment{Opens: clock(9, 0), Closes: clock(12, 0)}, calendar.Segment{Opens: clock(12, 0), Closes: clock(17, 0)}
	given := calendar.Hours{
		Zone: time.UTC, Week: daily(afternoon, morning),
		Holidays: map[calendar.Day]calendar.Holiday{day("2026-01-01"): {Name: "New Year", Open: []calendar.Segment{afternoon, morning}}},
	}
	want := calendar.Hours{
		Zone: time.UTC, Week: daily(morning, afternoon),
		Holidays: map[calendar.Day]calendar.Holiday{day("2026-01-01"): {Name: "New Year", Open: []calendar.Segment{morning, afternoon}}},
	}
	c := made(t, given)
	given.Week[0][0] = calendar.Segment{}
	given.Holidays[day("2026-01-02")] = calendar.Holiday{}
	shown := c.Hours()
	if !reflect.DeepEqual(shown, want) {
		t.Fatalf("got %v, want %v", shown, want)
	}
	shown.Week[1][0] = calendar.Segment{}
	shown.Holidays[day("2026-01-01")].Open[0] = calendar.Segment{}
	if again := c.Hours(); !reflect.DeepEqual(again, want) {
		t.Fatalf("changed from outside: %v", again)
	}
}
