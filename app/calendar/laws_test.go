package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/calendar"
)

func TestTheTimeAddedIsTheTimeBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		d := someSpan(t, "d")
		until := plus(t, c, from, d)
		if got := c.Between(from, until); got != d {
			t.Fatalf("Between(%s, %s) = %s, want %s", from, until, got, d)
		}
		if d > 0 {
			if got := c.Between(from, until.Add(-1)); got != d-1 {
				t.Fatalf("%s is not the earliest: a nanosecond before it %s had passed of %s", until, got, d)
			}
		}
	})
}

func TestAddingInTwoPartsIsAddingAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		a, b := someSpan(t, "a"), someSpan(t, "b")
		parts, whole := plus(t, c, plus(t, c, from, a), b), plus(t, c, from, a+b)
		if !parts.Equal(whole) {
			t.Fatalf("in parts %s, at once %s", parts, whole)
		}
	})
}

func TestMoreTimeOrALaterStartNeverEndsEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		d, more, wait := someSpan(t, "d"), someSpan(t, "more"), someSpan(t, "wait")
		until := plus(t, c, from, d)
		if until.Before(from) || plus(t, c, from, d+more).Before(until) || plus(t, c, from.Add(wait), d).Before(until) {
			t.Fatalf("Add(%s, %s) = %s goes back", from, d, until)
		}
	})
}

func TestTimeBetweenAddsUpAndTurnsItsSign(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		a, b := from.Add(someSpan(t, "a")), from.Add(-someSpan(t, "b"))
		if got, want := c.Between(from, a)+c.Between(a, b), c.Between(from, b); got != want {
			t.Fatalf("the parts give %s, the whole %s", got, want)
		}
		if c.Between(a, b) != -c.Between(b, a) || c.DaysUntil(a, b) != -c.DaysUntil(b, a) {
			t.Fatal("the way back is not the way there")
		}
		if got, want := c.DaysUntil(from, a)+c.DaysUntil(a, b), c.DaysUntil(from, b); got != want {
			t.Fatalf("the parts give %d days, the whole %d", got, want)
		}
	})
}

func TestTheLocationOfATimeDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		d := someSpan(t, "d")
		until := from.Add(someSpan(t, "span"))
		there := zone(t, rapid.SampledFrom(zones).Draw(t, "there"))
		here, other := plus(t, c, from, d), plus(t, c, from.In(there), d)
		if here != other {
			t.Fatalf("%s from there, %s from here", other, here)
		}
		if c.Between(from, until) != c.Between(from.In(there), until.UTC()) || c.Open(from) != c.Open(from.In(there)) ||
			c.DaysUntil(from, until) != c.DaysUntil(from.In(there), until.UTC()) {
			t.Fatal("the location changed an answer")
		}
		if here.Location() != c.Zone() {
			t.Fatalf("answered in %s", here.Location())
		}
	})
}

func TestOpeningAndClosingAgreeWithTheTimeBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		opens, found := c.NextOpen(from)
		if !found {
			t.Fatal("a week with open hours never opens")
		}
		if !c.Open(opens) || c.Between(from, opens) != 0 || c.Open(from) != opens.Equal(from) {
			t.Fatalf("%s is not the next opening after %s", opens, from)
		}
		if first := plus(t, c, from, 1); !first.Equal(opens.Add(1)) {
			t.Fatalf("the first open nanosecond ends at %s, not just after %s", first, opens)
		}
		closes, found := c.NextClose(from)
		if !found {
			if c.Between(from, from.AddDate(1, 0, 0)) == 0 {
				t.Fatal("open hours that never close, and none open")
			}
			return
		}
		if c.Open(closes) || !c.Open(closes.Add(-1)) || c.Between(opens, closes) != closes.Sub(opens) {
			t.Fatalf("%s is not the close after %s", closes, opens)
		}
	})
}

func TestALongSpanIsTheSumOfItsDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, from := someCalendar(t)
		var sum time.Duration
		var days int
		at := from
		for range rapid.IntRange(1, 500).Draw(t, "days") {
			next := at.Add(24 * time.Hour)
			sum += c.Between(at, next)
			days += c.DaysUntil(at, next)
			at = next
		}
		if got := c.Between(from, at); got != sum {
			t.Fatalf("%s to %s: whole %s, by days %s", from, at, got, sum)
		}
		if got := c.DaysUntil(from, at); got != days {
			t.Fatalf("%s to %s: whole %d days, by days %d", from, at, got, days)
		}
	})
}

// The oracle knows nothing of edges: it lets a wall clock run minute by minute, never back, and looks each minute up.
func TestEveryMinuteIsOpenAsAWallClockThatNeverGoesBackSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, near := someCalendar(t)
		hours := c.Hours()
		from := near.Truncate(time.Minute)
		var shown time.Time
		var sum time.Duration
		for minute := -3 * 1440; minute < 5*1440; minute++ {
			at := from.Add(time.Duration(minute) * time.Minute)
			local := at.In(hours.Zone)
			reading := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
			if reading.After(shown) {
				shown = reading
			}
			if minute < 0 {
				continue
			}
			segments := hours.Week[shown.Weekday()]
			if holiday, replaced := hours.Holidays[calendar.DayOf(shown, time.UTC)]; replaced {
				segments = holiday.Open
			}
			open := false
			for _, s := range segments {
				now := clock(shown.Hour(), shown.Minute())
				open = open || s.Opens <= now && now < s.Closes
			}
			if minute%7 == 0 && c.Open(at) != open {
				t.Fatalf("at %s (clock at most %s): open %t", local, shown.Format(time.DateTime), !open)
			}
			if open {
				sum += time.Minute
			}
		}
		if got := c.Between(from, from.Add(5*24*time.Hour)); got != sum {
			t.Fatalf("five days from %s: %s, the clock says %s", from.In(hours.Zone), got, sum)
		}
	})
}

func TestAroundTheClockIsElapsedTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		c, from, d := calendar.Always(loc), someInstant(t, loc), someSpan(t, "d")
		if got := plus(t, c, from, d); !got.Equal(from.Add(d)) || c.Between(from, got) != d || !c.Open(from) {
			t.Fatalf("%s and %s give %s", from, d, got)
		}
		if closes, found := c.NextClose(from); found {
			t.Fatalf("closes at %s", closes)
		}
	})
}
