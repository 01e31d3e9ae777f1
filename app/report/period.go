package report

import (
	"time"

	"hotline/app/calendar"
	"hotline/app/fault"
)

// DaysByDefault is how far back a report looks when nobody says.
const DaysByDefault = 28

// Period is a range of days, [From, To), in the desk's zone, as it is known at AsOf.
type Period struct {
	From, To calendar.Day
	Zone     *time.Location
	AsOf     time.Time
	Begin    time.Time // From's first instant
	At       time.Time // the end: To's first instant, or AsOf while that lies ahead
	Current  bool      // the end is AsOf
	cut      time.Time // what happened before it has happened
}

// period reads the days as typed. Errors: fault.Fields for from and to.
func period(from, to string, zone *time.Location, asOf time.Time) (Period, error) {
	p := Period{Zone: zone, AsOf: asOf}
	if from == "" && to == "" {
		p.To = p.day(asOf, 1)
		p.From = p.day(asOf, 1-DaysByDefault)
	}
	var bad fault.Fields
	read := func(day *calendar.Day, name, typed string) {
		if from == "" && to == "" {
			return
		}
		var err error
		*day, err = calendar.ParseDay(typed)
		bad.Need(err == nil && day.Year >= 1900 && day.Year < 2200, name, "Give the day as in 2026-11-19.")
	}
	read(&p.From, "from", from)
	read(&p.To, "to", to)
	if err := bad.Err(); err != nil {
		return p, err
	}
	end := p.start(p.To)
	p.Begin = p.start(p.From)
	bad.Need(p.Begin.Before(end), "to", "The period ends before it begins. The last day is not part of it, so give at least the day after the first.")
	bad.Need(!p.Begin.After(asOf), "from", "That period has not begun yet.")
	p.At, p.cut = end, end
	if end.After(asOf) {
		p.Current, p.At = true, asOf
		p.cut = asOf.Add(time.Microsecond) // what is happening at this instant has happened
	}
	return p, bad.Err()
}

// start is the first instant of a day.
func (p Period) start(d calendar.Day) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, p.Zone).UTC()
}

// day is the day some days after that of an instant.
func (p Period) day(t time.Time, after int) calendar.Day {
	year, month, day := t.In(p.Zone).Date()
	return calendar.DayOf(time.Date(year, month, day+after, 12, 0, 0, 0, time.UTC), time.UTC)
}

// later is the day some days after another.
func later(d calendar.Day, days int) calendar.Day {
	return calendar.DayOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC), time.UTC)
}

// Days is how many days the period has, those ahead too.
func (p Period) Days() int {
	noon := func(d calendar.Day) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }
	return int(noon(p.To).Sub(noon(p.From)) / (24 * time.Hour))
}
