package web

import (
	"slices"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/routing"
	views "hotline/views/people"
)

// These pages speak by the desk's clock, whoever reads them: a shift is at 8 there.

// atDesk is an instant as these pages say it: "Fri, Nov 27, 6 PM", with the year where
// it is another.
func atDesk(t, now time.Time, zone *time.Location) string {
	t = t.In(zone)
	return dayAtDesk(t, now.In(zone)) + ", " + timeOfDay(t.Hour()*60+t.Minute())
}

func dayAtDesk(t, now time.Time) string {
	if t.Year() != now.Year() {
		return t.Format("Mon, Jan 2, 2006")
	}
	return t.Format("Mon, Jan 2")
}

// soonAtDesk is an instant near now: "6 PM" today, "tomorrow, 8 AM", "Mon 8 AM" within
// the week.
func soonAtDesk(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	at := timeOfDay(t.Hour()*60 + t.Minute())
	switch days := int(midnightOf(calendar.DayOf(t, zone)).Sub(midnightOf(calendar.DayOf(now, zone))) / (24 * time.Hour)); {
	case days == 0:
		return at
	case days == 1:
		return at + " tomorrow"
	case days > 1 && days < 7:
		return t.Format("Mon ") + at
	}
	return dayAtDesk(t, now) + ", " + at
}

// spanAtDesk is from when until when: whole days by their days, else with the hours.
func spanAtDesk(from, until, now time.Time, zone *time.Location) string {
	from, until, now = from.In(zone), until.In(zone), now.In(zone)
	if !midnight(from) || !midnight(until) {
		if from.Format(time.DateOnly) == until.Format(time.DateOnly) {
			return dayAtDesk(from, now) + ", " + timeOfDay(minuteAt(from)) + " to " + timeOfDay(minuteAt(until))
		}
		return beginning(from, now, zone) + " to " + ending(until, now, zone)
	}
	last := until.AddDate(0, 0, -1)
	if !last.After(from) {
		return dayAtDesk(from, now) + ", all day"
	}
	return dayAtDesk(from, now) + " to " + dayAtDesk(last, now)
}

func midnight(t time.Time) bool { return minuteAt(t) == 0 }

// beginning is when something begins: its day, where it begins with the day.
func beginning(t, now time.Time, zone *time.Location) string {
	if t = t.In(zone); midnight(t) {
		return dayAtDesk(t, now.In(zone))
	}
	return atDesk(t, now, zone)
}

// ending is when something ends: the end of its last day, where it ends with it.
func ending(t, now time.Time, zone *time.Location) string {
	if t = t.In(zone); midnight(t) {
		return "the end of " + dayAtDesk(t.AddDate(0, 0, -1), now.In(zone))
	}
	return atDesk(t, now, zone)
}

func minuteAt(t time.Time) int { return t.Hour()*60 + t.Minute() }

// standsNow is how a consultant stands, in a code for its shape and in words.
func standsNow(m desk.Consultant, names map[int64]string, now time.Time, zone *time.Location) (code, words string) {
	switch {
	case m.Away && m.AwayUntil != nil:
		words = "away until " + soonAtDesk(*m.AwayUntil, now, zone)
		if name := names[m.DeputyID]; name != "" {
			words += " (covered by " + firstName(name) + ")"
		}
		return "away", words
	case m.Wrapping(now):
		return "wrap", "wrapping up until " + soonAtDesk(*m.WrapUntil, now, zone)
	case m.At && m.Extra:
		return "work", "at work until " + soonAtDesk(*m.DutyUntil, now, zone) + ", beyond their shift"
	case m.At:
		return "work", "at work until " + soonAtDesk(*m.DutyUntil, now, zone)
	case m.OnCall:
		return "due", "off, on call"
	case m.InShift:
		return "due", "in shift, not at work"
	}
	return "off", "off"
}

func namesOf(team []desk.Member) map[int64]string {
	names := map[int64]string{}
	for _, m := range team {
		names[m.UserID] = m.Name
	}
	return names
}

// briefTime is a time of day in a narrow place: "8", "8:30", "12".
func briefTime(minute int) string {
	words := timeOfDay(minute)
	switch words {
	case "noon", "midnight":
		return "12"
	}
	return strings.TrimSuffix(strings.TrimSuffix(words, " AM"), " PM")
}

// shortHours are the hours of a day in a narrow place: "8–6", "8–12, 1–5".
func shortHours(all []calendar.Segment) string {
	parts := make([]string, len(all))
	for i, s := range all {
		if s.Opens == 0 && s.Closes == dayInMinute {
			return "all day"
		}
		parts[i] = briefTime(s.Opens) + "–" + briefTime(s.Closes)
	}
	return strings.Join(parts, ", ")
}

// countsWords say what weighs more than one ticket in a load.
func countsWords(p routing.Policy) string {
	var heavy []string
	for _, urgency := range urgencyOrder {
		switch n := p.Load(urgency); {
		case n == 2:
			heavy = append(heavy, "a"+isVowel(urgency)+" "+urgency+" ticket counts twice")
		case n > 2:
			heavy = append(heavy, "a"+isVowel(urgency)+" "+urgency+" ticket counts as "+strings.ToLower(inWords(n)))
		}
	}
	if len(heavy) == 0 {
		return "Each ticket counts once."
	}
	return capitalised(enumerate(heavy)) + "."
}

func isVowel(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "n"
	}
	return ""
}

// enumerate is "a", "a and b", "a, b and c".
func enumerate(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

func spansOf(all []calendar.Segment) []views.Span {
	out := make([]views.Span, len(all))
	for i, s := range all {
		out[i] = views.Span{From: s.Opens, To: s.Closes}
	}
	return out
}

// inBoth is what of the spans lies in others.
func inBoth(spans, others []views.Span) []views.Span {
	var out []views.Span
	for _, s := range spans {
		for _, o := range others {
			if both := (views.Span{From: max(s.From, o.From), To: min(s.To, o.To)}); both.From < both.To {
				out = append(out, both)
			}
		}
	}
	return out
}

// without is what of the spans lies in none of others.
func without(spans, others []views.Span) []views.Span {
	others = slices.SortedFunc(slices.Values(others), func(a, b views.Span) int { return a.From - b.From })
	var out []views.Span
	for _, s := range spans {
		for _, o := range others {
			if o.To <= s.From || o.From >= s.To {
				continue
			}
			if o.From > s.From {
				out = append(out, views.Span{From: s.From, To: o.From})
			}
			s.From = o.To
		}
		if s.From < s.To {
			out = append(out, s)
		}
	}
	return out
}
