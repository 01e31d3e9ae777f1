package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"hotline/app/calendar"
)

// Zones with every kind of change: at two, at midnight, at one past midnight, by half an hour, a skipped day, none.
var zones = []string{
	"America/New_York", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo",
	"Pacific/Apia", "Asia/Kolkata", "UTC",
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func made(t interface{ Fatal(...any) }, h calendar.Hours) *calendar.Calendar {
	c, err := h.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// workdays is Monday to Friday with the given hours.
func workdays(segments ...calendar.Segment) (week [7][]calendar.Segment) {
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = segments
	}
	return week
}

func daily(segments ...calendar.Segment) (week [7][]calendar.Segment) {
	for day := range week {
		week[day] = segments
	}
	return week
}

func clock(hour, minute int) int { return hour*60 + minute }

func day(text string) calendar.Day {
	d, err := calendar.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// at reads an instant with its offset, so that a test says which of two readings it means.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse("2006-01-02 15:04:05.999999999 -0700", text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// someDay draws up to three segments, often touching each other or midnight.
func someDay(t *rapid.T, label string) []calendar.Segment {
	edges := rapid.SliceOfNDistinct(rapid.OneOf(
		rapid.IntRange(0, 1440), rapid.SampledFrom([]int{0, 60, 90, 120, 150, 180, 1380, 1439, 1440}),
	), 2, 6, rapid.ID[int]).Draw(t, label)
	count := rapid.IntRange(0, len(edges)/2).Draw(t, label+" segments")
	touching := rapid.Bool().Draw(t, label+" touching")
	sorted := append([]int(nil), edges...)
	for i := range sorted {
		for j := i; j > 0 && sorted[j] < sorted[j-1]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	var segments []calendar.Segment
	for i := range count {
		if touching {
			segments = append(segments, calendar.Segment{Opens: sorted[i], Closes: sorted[i+1]})
		} else {
			segments = append(segments, calendar.Segment{Opens: sorted[2*i], Closes: sorted[2*i+1]})
		}
	}
	return segments
}

// someHours draws a calendar whose holidays lie around the given instant.
func someHours(t *rapid.T, near time.Time, loc *time.Location) calendar.Hours {
	h := calendar.Hours{Zone: loc, Holidays: map[calendar.Day]calendar.Holiday{}}
	for weekday := range h.Week {
		h.Week[weekday] = someDay(t, time.Weekday(weekday).String())
	}
	open := rapid.IntRange(0, 6).Draw(t, "surely open on")
	if len(h.Week[open]) == 0 {
		h.Week[open] = []calendar.Segment{{Opens: clock(9, 0), Closes: clock(17, 0)}}
	}
	for _, offset := range rapid.SliceOfN(rapid.IntRange(-20, 60), 0, 6).Draw(t, "holidays") {
		h.Holidays[calendar.DayOf(near.AddDate(0, 0, offset), loc)] = calendar.Holiday{Open: someDay(t, "holiday")}
	}
	return h
}

// someInstant draws a nanosecond between 1995 and 2060, every second time close to a change of clocks.
func someInstant(t *rapid.T, loc *time.Location) time.Time {
	seconds := rapid.Int64Range(788918400, 2840140800).Draw(t, "second")
	instant := time.Unix(seconds, 0)
	if rapid.Bool().Draw(t, "near a change") {
		if _, ends := instant.In(loc).ZoneBounds(); !ends.IsZero() {
			instant = ends.Add(time.Duration(rapid.IntRange(-3*1440, 3*1440).Draw(t, "minutes off")) * time.Minute)
		}
	}
	if rapid.Bool().Draw(t, "with a fraction") {
		instant = instant.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "fraction")))
	}
	return instant
}

// someSpan draws from nothing to two years, short ones and whole minutes often.
func someSpan(t *rapid.T, label string) time.Duration {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(0, 3*1440), func(m int) time.Duration { return time.Duration(m) * time.Minute }),
		rapid.Map(rapid.Int64Range(0, int64(40*24*time.Hour)), func(n int64) time.Duration { return time.Duration(n) }),
		rapid.Map(rapid.Int64Range(0, int64(730*24*time.Hour)), func(n int64) time.Duration { return time.Duration(n) }),
	).Draw(t, label)
}

func someCalendar(t *rapid.T) (*calendar.Calendar, time.Time) {
	loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
	instant := someInstant(t, loc)
	return made(t, someHours(t, instant, loc)), instant
}

func plus(t *rapid.T, c *calendar.Calendar, from time.Time, d time.Duration) time.Time {
	until, err := c.Add(from, d)
	if err != nil {
		t.Fatalf("Add(%s, %s): %v", from, d, err)
	}
	return until
}
