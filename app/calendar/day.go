package calendar

import (
	"errors"
	"fmt"
	"time"
)

// ErrDay means a text or a Day that is no date of the years 1 to 9999. It does not repeat the text.
var ErrDay = errors.New("calendar: not a date")

const secondsADay = 24 * 60 * 60

// Day is a civil date, without a zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the date a wall clock in loc shows at t.
func DayOf(t time.Time, loc *time.Location) Day {
	year, month, day := t.In(loc).Date()
	return Day{Year: year, Month: month, Day: day}
}

// ParseDay reads a date written as 2006-01-02, as date fields in forms send it. Error: ErrDay.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Day{}, ErrDay
	}
	return DayOf(t, time.UTC), nil
}

// String writes the date as 2006-01-02.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Weekday is the day of the week of the date.
func (d Day) Weekday() time.Weekday { return weekdayOf(d.number()) }

// number counts days since 1 January 1970, so that the walk over days is plain addition.
func (d Day) number() int { return int(d.midnight().Unix() / secondsADay) }

func (d Day) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func (d Day) exists() bool {
	return d.Year >= 1 && d.Year <= 9999 && DayOf(d.midnight(), time.UTC) == d
}

// weekdayOf needs the second remainder because days before 1970, a Thursday, have negative numbers.
func weekdayOf(number int) time.Weekday {
	return time.Weekday(((number+int(time.Thursday))%7 + 7) % 7)
}
