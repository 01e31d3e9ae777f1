package ui

import (
	"strconv"
	"time"
)

// Clock is the reader's: one now for a whole page, and the zone its times are shown in.
type Clock struct {
	Now  time.Time
	Zone *time.Location // nil is UTC
}

// At is an instant as this reader sees it.
func (c Clock) At(t time.Time) Moment { return Moment{At: t, Now: c.Now, Zone: c.Zone} }

// Relative says when something was or will be, seen from now, in the reader's zone. Within the hour it counts minutes; on the
// same, the last and the next day it names the day; within six days ahead the weekday is enough; else the date, with
// the year where it is another.
func Relative(t, now time.Time, zone *time.Location) string {
	t, now = in(t, zone), in(now, zone)
	switch past, days := now.Sub(t), daysBetween(now, t); {
	case past >= 0 && past < 45*time.Second:
		return "just now"
	case past > 0 && past < time.Hour:
		return strconv.Itoa(int(max(past.Round(time.Minute), time.Minute)/time.Minute)) + " min ago"
	case past < 0 && past > -time.Hour:
		return "in " + Length(-past)
	case days == 0:
		return "today, " + clock(t)
	case days == -1:
		return "yesterday, " + clock(t)
	case days == 1:
		return "tomorrow, " + clock(t)
	case days > 1 && days < 7:
		return t.Format("Mon ") + clock(t)
	case t.Year() == now.Year():
		return t.Format("Jan 2, ") + clock(t)
	}
	return t.Format("Jan 2, 2006")
}

// Exact is the instant written out, zone included.
func Exact(t time.Time, zone *time.Location) string {
	return in(t, zone).Format("Monday, January 2, 2006, 3:04 PM MST")
}

// Length is a stretch of time in its two largest units: "1 h 50 min", "3 d 4 h", "12 min". A day is 24 hours. Seconds are shown
// only as "under a minute".
func Length(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch hours := minutes / 60; {
	case minutes < 1:
		return "under a minute"
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case hours < 24:
		return pair(hours, "h", minutes%60, "min")
	default:
		return pair(hours/24, "d", hours%24, "h")
	}
}

// Left is what remains until due, or how far it is over, and whether it is.
func Left(due, now time.Time) (words string, over bool) {
	if left := due.Sub(now); left > 0 {
		return "in " + Length(left), false
	}
	return Length(now.Sub(due)) + " over", true
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

func clock(t time.Time) string { return t.Format("3:04 PM") }

func pair(large int, unit string, small int, part string) string {
	if small == 0 {
		return strconv.Itoa(large) + " " + unit
	}
	return strconv.Itoa(large) + " " + unit + " " + strconv.Itoa(small) + " " + part
}

// daysBetween counts midnights from one to the other on their own calendar, so a day of 23 or 25 hours is one day.
func daysBetween(from, to time.Time) int {
	date := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(date(to).Sub(date(from)).Hours() / 24)
}
