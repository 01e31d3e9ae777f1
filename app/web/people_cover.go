package web

import (
	"slices"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/desk"
	views "hotline/views/people"
)

// cover is a week as somebody who needs an answer meets it: for each day the open
// hours, and who is there when.
type cover struct {
	days   [7]calendar.Day
	open   [7][]views.Span               // open hours still to come
	closes [7][]calendar.Segment         // the open hours, whole
	there  map[int64]*[7][]views.Span    // who is in shift and not away
	knows  map[string][]int64            // who takes a topic without a second reader
	topics []struct{ code, name string } // in the order they are shown
}

// lack is what nobody takes on a day: a topic, or "" for nobody there at all.
type lack struct {
	topic string
	spans [7][]views.Span
}

func (l lack) any() bool {
	return slices.ContainsFunc(l.spans[:], func(s []views.Span) bool { return len(s) > 0 })
}

func (l lack) first() (day int, span views.Span, ok bool) {
	for i, spans := range l.spans {
		if len(spans) > 0 {
			return i, spans[0], true
		}
	}
	return 0, views.Span{}, false
}

// lacking are the open hours in which nobody is there, and, of the others, those in
// which nobody takes a topic that somebody of the desk does take. orphans are the
// topics nobody takes at any time.
func (w cover) lacking() (nobody lack, topics []lack, orphans []string) {
	for i := range w.days {
		var anybody []views.Span
		for _, there := range w.there {
			anybody = append(anybody, there[i]...)
		}
		nobody.spans[i] = without(w.open[i], anybody)
	}
	for _, t := range w.topics {
		if len(w.knows[t.code]) == 0 {
			orphans = append(orphans, t.name)
			continue
		}
		l := lack{topic: t.name}
		for i := range w.days {
			var takers []views.Span
			for _, id := range w.knows[t.code] {
				if there := w.there[id]; there != nil {
					takers = append(takers, there[i]...)
				}
			}
			l.spans[i] = without(without(w.open[i], takers), nobody.spans[i])
		}
		if l.any() {
			topics = append(topics, l)
		}
	}
	return nobody, topics, orphans
}

// when says a span of a day as people do: "Thursday", "Thursday afternoon", "today from
// 3 PM to 6 PM".
func (w cover) when(day int, s views.Span, today calendar.Day) string {
	name := w.days[day].Weekday().String()
	if w.days[day] == today {
		name = "today"
	}
	open := w.closes[day]
	opens, closes := open[0].Opens, open[len(open)-1].Closes
	const lunch = 13 * 60
	switch {
	case s.From == opens && s.To == closes:
		return name
	case s.From == opens && s.To >= noonMinute && s.To <= lunch:
		return strings.Replace(name, "today", "this", 1) + " morning"
	case s.To == closes && s.From >= noonMinute && s.From <= lunch:
		return strings.Replace(name, "today", "this", 1) + " afternoon"
	}
	return name + " from " + timeOfDay(s.From) + " to " + timeOfDay(s.To)
}

// finding says how many are there now, and what is missing first.
func (w cover) finding(now string, today calendar.Day) string {
	missing := w.missing(today)
	switch {
	case now == "":
		return capitalised(missing) + "."
	case missing == "every topic has somebody in every open hour":
		return now + ", and " + missing + "."
	}
	return now + "; " + missing + "."
}

func (w cover) missing(today calendar.Day) string {
	nobody, topics, orphans := w.lacking()
	if day, span, ok := nobody.first(); ok {
		earliest := true
		for _, l := range topics {
			d, s, _ := l.first()
			earliest = earliest && (d > day || d == day && s.From >= span.From)
		}
		if earliest {
			return w.when(day, span, today) + " nobody is there"
		}
	}
	if len(topics) > 0 {
		day, span, _ := topics[0].first()
		for _, l := range topics[1:] {
			if d, s, _ := l.first(); d < day || d == day && s.From < span.From {
				day, span = d, s
			}
		}
		var names []string
		for _, l := range topics {
			if d, s, _ := l.first(); d == day && s == span {
				names = append(names, "“"+l.topic+"”")
			}
		}
		return w.when(day, span, today) + " nobody takes " + someOf(names)
	}
	if len(orphans) > 0 {
		names := make([]string, len(orphans))
		for i, name := range orphans {
			names[i] = "“" + name + "”"
		}
		return "nobody on this desk takes " + someOf(names)
	}
	if !slices.ContainsFunc(w.open[:], func(s []views.Span) bool { return len(s) > 0 }) {
		return "no open hours are left in this week"
	}
	return "every topic has somebody in every open hour"
}

// someOf names one or two, or one and counts the rest.
func someOf(names []string) string {
	if rest := len(names) - 1; rest > 1 {
		return names[0] + " and " + strings.ToLower(inWords(rest)) + " more topics"
	}
	return enumerate(names)
}

// lines are all that is missing, days of the same hours together: "Mon to Fri, 5 PM to
// 6 PM".
func (w cover) lines() []views.GapLine {
	nobody, topics, orphans := w.lacking()
	var out []views.GapLine
	if nobody.any() {
		out = append(out, views.GapLine{What: "Nobody is there", When: w.days7(nobody)})
	}
	for _, l := range topics {
		out = append(out, views.GapLine{What: l.topic, When: w.days7(l)})
	}
	if len(orphans) > 0 {
		out = append(out, views.GapLine{What: "Nobody on this desk takes", When: enumerate(orphans)})
	}
	return out
}

func (w cover) days7(l lack) string {
	var parts []string
	for i := 0; i < 7; {
		if len(l.spans[i]) == 0 {
			i++
			continue
		}
		j := i + 1
		for j < 7 && slices.Equal(l.spans[j], l.spans[i]) {
			j++
		}
		days := w.days[i].Weekday().String()[:3]
		switch last := w.days[j-1].Weekday().String()[:3]; j - i {
		case 1:
		case 2:
			days += " and " + last
		default:
			days += " to " + last
		}
		hours := make([]string, len(l.spans[i]))
		for k, s := range l.spans[i] {
			hours[k] = timeOfDay(s.From) + " to " + timeOfDay(s.To)
		}
		parts = append(parts, days+", "+enumerate(hours))
		i = j
	}
	return strings.Join(parts, "; ")
}

// coverOf reads the cover of a week from a moment on.
func coverOf(week desk.Week, team []desk.Member, away map[int64][]desk.Absence, topics []desk.Topic, now time.Time, zone *time.Location) cover {
	w := cover{days: week.Days, closes: week.Open, there: map[int64]*[7][]views.Span{}, knows: map[string][]int64{}}
	for _, t := range topics {
		w.topics = append(w.topics, struct{ code, name string }{t.Code, t.Name})
		for _, m := range team {
			if level := m.Level(t.Code); level == "knows" || level == "leads" {
				w.knows[t.Code] = append(w.knows[t.Code], m.UserID)
			}
		}
	}
	today, minute := calendar.DayOf(now, zone), minuteAt(now.In(zone))
	for i, day := range week.Days {
		switch order := strings.Compare(day.String(), today.String()); {
		case order == 0:
			w.open[i] = without(spansOf(week.Open[i]), []views.Span{{From: 0, To: minute}})
		case order > 0:
			w.open[i] = spansOf(week.Open[i])
		}
	}
	for _, p := range week.People {
		there := &[7][]views.Span{}
		for i, d := range p.Days {
			there[i] = without(spansOf(d.Hours), awayOn(week.Days[i], d, away[p.UserID], zone))
		}
		w.there[p.UserID] = there
	}
	return w
}

// awayOn are the hours of a day in which somebody is away. Of an absence that is over
// only the words are known: then the day counts whole, or not at all.
func awayOn(day calendar.Day, d desk.WeekDay, all []desk.Absence, zone *time.Location) []views.Span {
	begins, ends := dayBegins(day, zone), dayBegins(daysOn(day, 1), zone)
	var out []views.Span
	for _, a := range all {
		if !a.From.Before(ends) || !a.Until.After(begins) {
			continue
		}
		s := views.Span{To: dayInMinute}
		if a.From.After(begins) {
			s.From = minuteAt(a.From.In(zone))
		}
		if a.Until.Before(ends) {
			s.To = minuteAt(a.Until.In(zone))
		}
		out = append(out, s)
	}
	if len(out) == 0 && d.Away == "away" {
		return []views.Span{{To: dayInMinute}}
	}
	return out
}

// dayBegins is the instant a day begins at somewhere.
func dayBegins(d calendar.Day, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}
