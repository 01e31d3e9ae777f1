package routing

import (
	"fmt"
	"time"

	"hotline/app/calendar"
)

// presence is when a person is in their shift, from begins to ends, by the rule of the
// desk's timetable: on a day that differs as it says; else in their usual week, whether
// or not the desk usually opens on that day, cut on the desk's holidays to the hours
// that are left; or in the desk's hours for somebody without a week. One thing is not
// as there: the days are of the desk's zone, also for somebody whose first desk is in
// another. Errors: calendar.New's.
func presence(desk *calendar.Calendar, p *Person, begins, ends time.Time) ([]Span, error) {
	own, hours := hasWeek(p), desk.Hours()
	if !own && len(p.Days) == 0 {
		return stretches(desk, begins, ends), nil
	}
	// A calendar of their own, every day of which is said, gives shifts the same edges as the desk's hours when the clocks change.
	days := map[calendar.Day]calendar.Holiday{}
	last := calendar.DayOf(ends.AddDate(0, 0, 2), hours.Zone)
	for noon := middle(begins.AddDate(0, 0, -2), hours.Zone); ; noon = noon.AddDate(0, 0, 1) {
		day := calendar.DayOf(noon, time.UTC)
		open := hours.Week[day.Weekday()]
		if own {
			open = p.Week[day.Weekday()]
		}
		if holiday, is := hours.Holidays[day]; is && own {
			open = common(open, holiday.Open)
		} else if is {
			open = holiday.Open
		}
		if differs, is := p.Days[day]; is {
			open = differs
		}
		days[day] = calendar.Holiday{Open: open}
		if day == last {
			break
		}
	}
	c, err := calendar.New(hours.Zone, hours.Week, days)
	if err != nil {
		return nil, fmt.Errorf("routing: the shifts of %d: %w", p.UserID, err)
	}
	return stretches(c, begins, ends), nil
}

// common is the time that lies in both.
func common(a, b []calendar.Segment) []calendar.Segment {
	var both []calendar.Segment
	for _, x := range a {
		for _, y := range b {
			if s := (calendar.Segment{Opens: max(x.Opens, y.Opens), Closes: min(x.Closes, y.Closes)}); s.Opens < s.Closes {
				both = append(both, s)
			}
		}
	}
	return both
}

func hasWeek(p *Person) bool {
	for _, day := range p.Week {
		if len(day) > 0 {
			return true
		}
	}
	return false
}

// middle is noon in UTC of the day that zone shows at t: a place from which days are counted without a change of clocks.
func middle(t time.Time, zone *time.Location) time.Time {
	d := calendar.DayOf(t, zone)
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}
