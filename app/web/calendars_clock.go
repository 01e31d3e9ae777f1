package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
)

const (
	noonMinute  = 12 * 60
	dayInMinute = 24 * 60
)

var clockLike = regexp.MustCompile(`^(\d{1,2})(?:[:.]?(\d{2}))?(am|pm|a|p)?$`)

// clockReadings are the minutes after midnight that a typed time of day may mean, the
// likelier first: "17:00", "08:00", "5 pm" and "noon" mean one, "8" and "8:30" one in
// the morning and one in the evening, "midnight" either end of the day.
func clockReadings(typed string) []int {
	s := strings.NewReplacer(" ", "", "a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm").Replace(strings.ToLower(strings.Join(strings.Fields(typed), " ")))
	switch s {
	case "noon":
		return []int{noonMinute}
	case "midnight", "12am", "12:00am", "0:00", "00:00", "0":
		return []int{0, dayInMinute}
	case "24", "24:00":
		return []int{dayInMinute}
	}
	m := clockLike.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if hour > 23 || minute > 59 || m[3] != "" && (hour < 1 || hour > 12) {
		return nil
	}
	switch {
	case m[3] != "":
		hour %= 12
		if strings.HasPrefix(m[3], "p") {
			hour += 12
		}
		return []int{hour*60 + minute}
	case hour == 0 || hour > 12 || len(m[1]) == 2 && m[1][0] == '0':
		return []int{hour*60 + minute}
	case hour == 12:
		return []int{noonMinute + minute}
	}
	return []int{hour*60 + minute, (hour+12)*60 + minute}
}

// readSegment reads when a stretch of a day begins and ends. An hour without am or pm
// is the first such hour after what stands before it: "8" to "6" is 8 AM to 6 PM, and
// "1" to "5" after a morning is the afternoon. before is where the stretch before ends.
func readSegment(opens, closes string, before int) (s calendar.Segment, badOpens, badCloses bool) {
	first, last := clockReadings(opens), clockReadings(closes)
	if len(first) == 0 || len(last) == 0 {
		return s, len(first) == 0, len(last) == 0
	}
	s.Opens = pick(first, func(at int) bool { return at >= before && at < dayInMinute })
	s.Closes = pick(last, func(at int) bool { return at > s.Opens })
	return s, false, false
}

func pick(readings []int, fits func(int) bool) int {
	for _, at := range readings {
		if fits(at) {
			return at
		}
	}
	return readings[0]
}

// timeOfDay is a minute of the day as these pages show and take it: "8 AM", "8:30 AM",
// "noon", "midnight".
func timeOfDay(minute int) string {
	switch {
	case minute == noonMinute:
		return "noon"
	case minute%dayInMinute == 0:
		return "midnight"
	}
	layout := "3:04 PM"
	if minute%60 == 0 {
		layout = "3 PM"
	}
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format(layout)
}

func segmentWords(s calendar.Segment) string {
	if s.Opens == 0 && s.Closes == dayInMinute {
		return "around the clock"
	}
	return timeOfDay(s.Opens) + " to " + timeOfDay(s.Closes)
}

// hoursWords are the hours of a day: "8 AM to noon, 1 PM to 6 PM", or "closed".
func hoursWords(all []calendar.Segment) string {
	if len(all) == 0 {
		return "closed"
	}
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = segmentWords(s)
	}
	return strings.Join(out, ", ")
}

// readHolidayDay reads a day as people write it. One without a year is the next such day,
// today included.
func readHolidayDay(typed string, today calendar.Day) (calendar.Day, bool) {
	typed = strings.TrimSpace(strings.TrimSuffix(strings.Join(strings.Fields(typed), " "), "."))
	for _, layout := range []string{"2006-01-02", "1/2/2006", "1/2/06", "1-2-2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "2 Jan 2006", "2 January 2006",
		"Mon, Jan 2, 2006", "Monday, January 2, 2006", "20060102"} {
		if t, err := time.Parse(layout, typed); err == nil && t.Year() > 0 {
			return calendar.DayOf(t, time.UTC), true
		}
	}
	for _, layout := range []string{"1/2", "Jan 2", "January 2", "2 Jan", "2 January"} {
		t, err := time.Parse(layout, typed)
		if err != nil {
			continue
		}
		from := time.Date(today.Year, today.Month, today.Day, 0, 0, 0, 0, time.UTC)
		for year := today.Year; year <= today.Year+8; year++ { // the 29th of February may be eight years away
			next := time.Date(year, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			if next.Day() == t.Day() && !next.Before(from) {
				return calendar.DayOf(next, time.UTC), true
			}
		}
	}
	return calendar.Day{}, false
}

// dayWords is a day as these pages show and take it: "Nov 26, 2026".
func dayWords(d calendar.Day) string { return midnightOf(d).Format("Jan 2, 2006") }

func midnightOf(d calendar.Day) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// lengthOf is the open time of a day or a week in minutes.
func lengthOf(all ...calendar.Segment) (minutes int) {
	for _, s := range all {
		minutes += s.Closes - s.Opens
	}
	return minutes
}

// hoursLong is a length as people say it: "10 hours", "7 h 30 min".
func hoursLong(minutes int) string {
	switch {
	case minutes == 60:
		return "1 hour"
	case minutes%60 == 0:
		return fmt.Sprintf("%d hours", minutes/60)
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}
