package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/routing"
	"hotline/app/whatif"
	views "hotline/views/whatif"
)

// eligible is who may be given a ticket at all (routing.Choose).
var eligible = []string{
	"is at work, in their shift or beyond it by their own word, and not wrapping up a call",
	"has room: what they hold and this ticket do not go beyond their capacity",
	"takes the topic; who is still learning it only with somebody who can read along",
	"is not kept apart from the physician, and has not given this ticket back",
	"while the desk is closed: has the on-call turn, and the ticket is critical",
}

// weights are the reasons in words, in the order they are shown.
var weights = []struct{ knob, name, says string }{
	{"weights.matter", "Had it before", "this ticket, or one of the same matter"},
	{"weights.room", "Room", "the share of their capacity that is free"},
	{"weights.language", "Language", "speaks the caller’s, where it is not English"},
	{"weights.physician", "Knows the physician", "had another ticket of theirs"},
	{"weights.cover", "Stands in", "for somebody away who had it before"},
	{"weights.depth", "Depth", "leads the topic; half of it for knowing it"},
	{"weights.state", "State", "knows the state where care is given"},
	{"weights.practice", "Knows the practice", "had a ticket of it"},
}

// urgencies are the urgencies in the order of columns.
var urgencies = desk.Urgencies

// numbers are the policy's other numbers, by urgency.
var policyNumbers = []struct{ knob, name, says string }{
	{"loads", "Counts in a load", "one or more"},
	{"accept", "Accepted within", "minutes; 0: not asked"},
	{"tell", "A manager is told after", "minutes past the promise"},
}

func knob(name string) whatif.Knob {
	at := slices.IndexFunc(whatif.Knobs, func(k whatif.Knob) bool { return k.Name == name })
	return whatif.Knobs[at]
}

// heaviest is the most points that any reason has.
func heaviest(p routing.Policy) int {
	most := 1
	for _, w := range weights {
		most = max(most, knob(w.knob).Of(p))
	}
	return most
}

// fieldOf is a name of the room's as the form has it: an address may point to it.
func fieldOf(name string) string { return strings.ReplaceAll(name, ".", "-") }

func answerWithin(p desk.Promise, _ bool) string {
	words := minutesWords(p.Minutes)
	if p.Always {
		words += ", around the clock"
	}
	return words
}

func minutesWords(minutes int) string { return openTime(time.Duration(minutes) * time.Minute) }

// waitWords is a number of minutes, of which nought says something of its own.
func waitWords(minutes int, none string) string {
	if minutes == 0 {
		return none
	}
	return minutesWords(minutes)
}

// weekShort is a week with the days of the same hours together, days off left out:
// "Mon to Fri 8 AM to 6 PM".
func weekShort(week [7][]calendar.Segment) string {
	var parts []string
	for i := 0; i < 7; {
		j := i + 1
		for j < 7 && slices.Equal(week[weekFromMonday[j]], week[weekFromMonday[i]]) {
			j++
		}
		name := weekFromMonday[i].String()[:3]
		if j-i > 1 {
			name += " to " + weekFromMonday[j-1].String()[:3]
		}
		if hours := week[weekFromMonday[i]]; len(hours) > 0 {
			parts = append(parts, name+" "+hoursWords(hours))
		}
		i = j
	}
	if len(parts) == 0 {
		return "never"
	}
	return strings.Join(parts, "; ")
}

// dayHours are a person's hours on a day: "off", not "closed".
func dayHours(segments []calendar.Segment) string {
	if len(segments) == 0 {
		return "off"
	}
	return hoursWords(segments)
}

// planChanges are what a body changes on the ground it stands on, line by line, in the
// order of the form.
func planChanges(b whatif.Body, g *whatif.Ground) []views.Change {
	var out []views.Change
	line := func(what, whose, was, now string) {
		if was != now {
			out = append(out, views.Change{What: what, Whose: whose, Was: was, Now: now})
		}
	}
	points := func(n int) string { return strconv.Itoa(n) + " " + plural(n, "point") }
	for _, w := range weights {
		if v, changed := b.Policy[w.knob]; changed {
			line(w.name, "", points(knob(w.knob).Of(g.Policy)), points(v))
		}
	}
	for _, n := range policyNumbers {
		for _, u := range urgencies {
			v, changed := b.Policy[n.knob+"."+u]
			if !changed {
				continue
			}
			was, now := strconv.Itoa(knob(n.knob+"."+u).Of(g.Policy)), strconv.Itoa(v)
			switch n.knob {
			case "accept":
				was, now = waitWords(g.Policy.Accept.Of(u), "not asked"), waitWords(v, "not asked")
			case "tell":
				was, now = waitWords(g.Policy.Tell.Of(u), "at once"), waitWords(v, "at once")
			}
			line(n.name, u, was, now)
		}
	}
	if v, changed := b.Policy["warn"]; changed {
		line("Warning before a promise ends", "", warnWords(g.Policy.Warn), warnWords(v))
	}
	for _, p := range b.Promises {
		whose := p.Urgency
		if p.Topic != "" {
			whose = g.TopicName(p.Topic) + ", " + p.Urgency
		}
		now, own := g.Promise(p.Topic, p.Urgency)
		line("First answer within", whose, answerWithin(now, own), answerWithin(p, true))
	}
	for _, w := range g.People {
		if v, changed := b.Caps[w.UserID]; changed {
			line("Holds at most", w.Name, strconv.Itoa(w.Cap), strconv.Itoa(v))
		}
		for _, day := range weekFromMonday {
			if segments, changed := b.Days[w.UserID][day]; changed {
				line(day.String(), w.Name, dayHours(w.Week[day]), dayHours(segments))
			}
		}
	}
	return out
}

func warnWords(percent int) string {
	if percent == 0 {
		return "never"
	}
	return fmt.Sprintf("with %d %% of it left", percent)
}

// goneWords says whom a body names who is not on the desk any more.
func goneWords(b whatif.Body, g *whatif.Ground) string {
	ids := map[int64]bool{}
	for _, id := range slices.Concat(slices.Collect(maps.Keys(b.Caps)), slices.Collect(maps.Keys(b.Days))) {
		if g.Person(id) == nil {
			ids[id] = true
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf("It also names %d %s who left the desk since; they are passed over.", len(ids), map[bool]string{true: "person", false: "people"}[len(ids) == 1])
}
