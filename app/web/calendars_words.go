package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/desk"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

// usZones are the zones a desk in the United States is likely to be in.
var usZones = []struct{ name, words string }{
	{"America/New_York", "Eastern (New York)"}, {"America/Chicago", "Central (Chicago)"}, {"America/Denver", "Mountain (Denver)"},
	{"America/Phoenix", "Mountain without summer time (Phoenix)"}, {"America/Los_Angeles", "Pacific (Los Angeles)"}, {"America/Anchorage", "Alaska (Anchorage)"},
	{"Pacific/Honolulu", "Hawaii (Honolulu)"}, {"America/Puerto_Rico", "Atlantic (Puerto Rico)"}, {"Pacific/Guam", "Chamorro (Guam)"},
}

func usZone(name string) bool {
	return slices.ContainsFunc(usZones, func(z struct{ name, words string }) bool { return z.name == name })
}

// zoneWords is a zone as people call it: "Eastern (New York)", or its own name.
func zoneWords(name string) string {
	for _, z := range usZones {
		if z.name == name {
			return z.words
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// weekFromMonday are the weekdays in the order these pages show them.
var weekFromMonday = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// weekWords is a week in one sentence, days of the same hours together: "Monday to
// Friday 8 AM to 6 PM; Saturday and Sunday closed".
func weekWords(week [7][]calendar.Segment) string {
	var parts []string
	for i := 0; i < 7; {
		j := i + 1
		for j < 7 && slices.Equal(week[weekFromMonday[j]], week[weekFromMonday[i]]) {
			j++
		}
		first, last := weekFromMonday[i].String(), weekFromMonday[j-1].String()
		switch j - i {
		case 1:
		case 2:
			first += " and " + last
		case 7:
			first = "Every day"
		default:
			first += " to " + last
		}
		parts = append(parts, first+" "+hoursWords(week[weekFromMonday[i]]))
		i = j
	}
	return strings.Join(parts, "; ")
}

func weekLength(week [7][]calendar.Segment) (minutes int) {
	for _, day := range week {
		minutes += lengthOf(day...)
	}
	return minutes
}

func holidayWords(h calendar.Holiday) string {
	words := "closed"
	if len(h.Open) > 0 {
		words = "open " + hoursWords(h.Open)
	}
	return words
}

func holidayDay(d calendar.Day) string { return midnightOf(d).Format("Mon, Jan 2, 2006") }

// sortedDays are the days of holidays, in order.
func sortedDays(all map[calendar.Day]calendar.Holiday) []calendar.Day {
	return slices.SortedFunc(maps.Keys(all), func(a, b calendar.Day) int { return strings.Compare(a.String(), b.String()) })
}

// nextHoliday is the first holiday of a desk on or after a day: "Thu, Nov 26, 2026,
// Thanksgiving Day, closed". "" when none is known.
func nextHoliday(all map[calendar.Day]calendar.Holiday, today calendar.Day) string {
	for _, d := range sortedDays(all) {
		if d.String() >= today.String() {
			return namedHoliday(d, all[d])
		}
	}
	return ""
}

func namedHoliday(d calendar.Day, h calendar.Holiday) string {
	words := holidayDay(d)
	if h.Name != "" {
		words += ", " + h.Name
	}
	return words + ", " + holidayWords(h)
}

// differences are what a new schedule changes, line by line, in the order of the form.
func differences(was, now desk.Schedule) []views.Difference {
	var out []views.Difference
	line := func(what, before, after string) {
		if before != after {
			out = append(out, views.Difference{What: what, Was: before, Now: after})
		}
	}
	line("Time zone", zoneWords(was.Zone), zoneWords(now.Zone))
	for _, d := range weekFromMonday {
		line(d.String(), hoursWords(was.Week[d]), hoursWords(now.Week[d]))
	}
	if a, b := weekLength(was.Week), weekLength(now.Week); a != b {
		line("The week", hoursLong(a), hoursLong(b))
	}
	both := maps.Clone(was.Holidays)
	if both == nil {
		both = map[calendar.Day]calendar.Holiday{}
	}
	maps.Copy(both, now.Holidays)
	for _, d := range sortedDays(both) {
		before, had := was.Holidays[d]
		after, has := now.Holidays[d]
		words := func(h calendar.Holiday, there bool) string {
			switch {
			case !there:
				return "an ordinary " + d.Weekday().String()
			case h.Name == "":
				return holidayWords(h)
			}
			return h.Name + ", " + holidayWords(h)
		}
		line(holidayDay(d), words(before, had), words(after, has))
	}
	return out
}

// weekStrip draws a week; was, where it differs, is drawn behind it.
func weekStrip(now [7][]calendar.Segment, was *[7][]calendar.Segment) views.Strip {
	bars := func(all []calendar.Segment) (out []views.Bar) {
		for _, s := range all {
			out = append(out, views.Bar{From: s.Opens, To: s.Closes})
		}
		return out
	}
	strip := views.Strip{Compared: was != nil}
	for _, d := range weekFromMonday {
		one := views.StripDay{Name: d.String()[:3], Bars: bars(now[d]), Words: d.String() + " " + hoursWords(now[d])}
		if was != nil {
			one.Was = bars(was[d])
			if !slices.Equal(was[d], now[d]) {
				one.Words += " instead of " + hoursWords(was[d])
			}
		}
		strip.Days = append(strip.Days, one)
	}
	strip.Total = hoursLong(weekLength(now)) + " a week"
	if weekLength(now) == 0 {
		strip.Total = "never open"
	}
	return strip
}

func deadlines(n int) string { return grouped(n) + plural(n, " deadline") }

func isOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func deskID(id int64) string { return strconv.FormatInt(id, 10) }

// deskNow says whether a desk is open, and until or from when: "Open now, until 6 PM
// Eastern."
func deskNow(times desk.Times, now time.Time) string {
	if times.Calendar.Open(now) {
		if close, ok := times.Calendar.NextClose(now); ok {
			return "Open now, until " + onTheClock(close, now, times.Zone) + "."
		}
		return "Open now, around the clock."
	}
	if open, ok := times.Calendar.NextOpen(now); ok {
		return "Closed now. Open again " + onTheClock(open, now, times.Zone) + "."
	}
	return "Closed, with no opening ahead."
}

// shortly is an instant where two are compared: day, date, time and zone of the reader.
func shortly(clock ui.Clock, t time.Time) string {
	local := t.In(zoneOf(clock))
	if local.Year() != clock.Now.In(zoneOf(clock)).Year() {
		return local.Format("Mon, Jan 2, 2006, 3:04 PM MST")
	}
	return local.Format("Mon, Jan 2, 3:04 PM MST")
}
