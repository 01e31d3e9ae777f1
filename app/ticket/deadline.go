package ticket

import (
	"strings"
	"time"
)

// parseDay reads a day of the years 1 to 9999 as browsers and people write it. A day
// without a year is the next such day, today included.
func parseDay(typed string, today time.Time) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	for _, layout := range []string{"2006-01-02", "1/2/2006", "1/2/06", "1-2-2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006"} {
		if day, err := time.Parse(layout, typed); err == nil && day.Year() > 0 {
			return day, true
		}
	}
	for _, layout := range []string{"1/2", "Jan 2", "January 2"} {
		if day, err := time.Parse(layout, typed); err == nil {
			start := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
			for year := today.Year(); year <= today.Year()+8; year++ { // the 29th of February may be eight years away
				next := time.Date(year, day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
				if next.Day() == day.Day() && !next.Before(start) {
					return next, true
				}
			}
		}
	}
	return time.Time{}, false
}

// parseTime reads a time of day in minutes after midnight.
func parseTime(typed string) (int, bool) {
	typed = strings.ToUpper(strings.Join(strings.Fields(typed), " "))
	typed = strings.NewReplacer("A.M.", "AM", "P.M.", "PM", "NOON", "12:00 PM").Replace(typed)
	for _, layout := range []string{"15:04", "15:04:05", "3:04 PM", "3:04PM", "3 PM", "3PM"} {
		if at, err := time.Parse(layout, typed); err == nil {
			return at.Hour()*60 + at.Minute(), true
		}
	}
	return 0, false
}

// Moment is a day and a time of day as typed.
type Moment struct{ Day, Time string }

// At reads a moment in a zone: nil when nothing was typed, else the instant, or what
// is wrong with it. A day without a time is its end.
func (m Moment) At(zone *time.Location, now time.Time) (*time.Time, string) {
	if strings.TrimSpace(m.Day) == "" && strings.TrimSpace(m.Time) == "" {
		return nil, ""
	}
	if zone == nil {
		zone = time.UTC
	}
	day, ok := now.In(zone), true
	if strings.TrimSpace(m.Day) != "" {
		day, ok = parseDay(m.Day, now.In(zone))
	}
	if !ok {
		return nil, "Give the day as in 11/24/2026."
	}
	minute := 24*60 - 1
	if strings.TrimSpace(m.Time) != "" {
		if minute, ok = parseTime(m.Time); !ok {
			return nil, "Give the time as in 9:30 AM, or leave it empty."
		}
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, zone).UTC()
	switch {
	case !at.After(now):
		return nil, "That time has passed. Give the next moment that matters."
	case at.After(now.AddDate(2, 0, 0)):
		return nil, "That is more than two years away. Check the year."
	}
	return &at, ""
}
