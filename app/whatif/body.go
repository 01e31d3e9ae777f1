package whatif

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/routing"
)

// Body is what a plan changes, and nothing else: what it does not name stays as it is
// when the plan is played, and as it is when it comes into force.
type Body struct {
	Policy   map[string]int                                `json:"policy,omitempty"`   // by the name of a Knob
	Caps     map[int64]int                                 `json:"caps,omitempty"`     // by person
	Days     map[int64]map[time.Weekday][]calendar.Segment `json:"days,omitempty"`     // weekdays of a person that differ; none: off
	Promises []desk.Promise                                `json:"promises,omitempty"` // of a first answer
}

func readBody(text string) (Body, error) {
	var b Body
	return b, json.Unmarshal([]byte(text), &b)
}

func (b Body) text() (string, error) {
	text, err := json.Marshal(b)
	return string(text), err
}

// Empty says whether nothing is changed.
func (b Body) Empty() bool {
	return len(b.Policy) == 0 && len(b.Caps) == 0 && len(b.Days) == 0 && len(b.Promises) == 0
}

// CapField and DayField name a person's capacity, and one of their weekdays, in a form.
// A promise's field is Promise.Field, a policy's number is named as its Knob.
func CapField(userID int64) string { return "cap-" + strconv.FormatInt(userID, 10) }

// DayField is the name of a person's weekday in a form.
func DayField(userID int64, day time.Weekday) string {
	return fmt.Sprintf("day-%d-%d", userID, day)
}

const (
	mostCap       = 500
	mostSegments  = 8
	mostPromise   = 366 * 24 * 60 // minutes
	minutesADay   = 24 * 60
	mostNameRunes = 80
)

// check finds fault with what would not hold on the ground it is to stand on.
func (b Body) check(g *Ground, bad *fault.Fields) {
	names := map[string]bool{}
	for _, k := range Knobs {
		names[k.Name] = true
		if v, changed := b.Policy[k.Name]; changed {
			bad.Need(v >= k.Least && v <= k.Most, k.Name, fmt.Sprintf("Give a number from %d to %d.", k.Least, k.Most))
		}
	}
	for name := range b.Policy {
		bad.Need(names[name], "weights.room", "Choose what to weigh from the list.")
	}
	for _, p := range g.People {
		if v, changed := b.Caps[p.UserID]; changed {
			bad.Need(v >= 0 && v <= mostCap, CapField(p.UserID), fmt.Sprintf("Give a number from 0 to %d.", mostCap))
		}
		days, changed := b.Days[p.UserID]
		if !changed {
			continue
		}
		for day, segments := range days {
			bad.Need(day >= time.Sunday && day <= time.Saturday && fit(segments), DayField(p.UserID, day), "Each stretch must begin before it ends, and they may not overlap.")
		}
		works := slices.ContainsFunc(merged(p.Week, days), func(s []calendar.Segment) bool { return len(s) > 0 })
		bad.Need(works, DayField(p.UserID, time.Monday), "A week without any hours would mean the desk’s hours. Somebody who is to be given nothing gets a capacity of 0.")
	}
	topics := map[string]bool{"": true}
	for _, t := range g.Topics {
		topics[t.Code] = true
	}
	seen := map[string]bool{}
	for _, p := range b.Promises {
		known := p.Kind == desk.FirstAnswer && slices.Contains(desk.Urgencies, p.Urgency) && topics[p.Topic]
		if !known {
			bad.Need(false, "topic", "Choose a topic and an urgency from the lists.")
			continue
		}
		bad.Need(p.Minutes > 0 && p.Minutes <= mostPromise, p.Field(), "Give a time from one minute to a year.")
		bad.Need(!seen[p.Field()], p.Field(), "This promise is given twice.")
		seen[p.Field()] = true
	}
}

// fit says whether the stretches of one day go together.
func fit(segments []calendar.Segment) bool {
	if len(segments) > mostSegments {
		return false
	}
	sorted := slices.SortedFunc(slices.Values(segments), func(a, b calendar.Segment) int { return cmp.Compare(a.Opens, b.Opens) })
	for i, s := range sorted {
		if s.Opens < 0 || s.Closes > minutesADay || s.Opens >= s.Closes || i > 0 && s.Opens < sorted[i-1].Closes {
			return false
		}
	}
	return true
}

// merged is a week with the days that differ.
func merged(week [7][]calendar.Segment, days map[time.Weekday][]calendar.Segment) []([]calendar.Segment) {
	out := slices.Clone(week[:])
	for day, segments := range days {
		if day >= time.Sunday && day <= time.Saturday {
			out[day] = segments
		}
	}
	return out
}

// tidied leaves out what is so already, and who is not on the desk.
func (b Body) tidied(g *Ground) Body {
	var out Body
	for _, k := range Knobs {
		if v, named := b.Policy[k.Name]; named && v != k.Of(g.Policy) {
			put(&out.Policy, k.Name, v)
		}
	}
	for _, p := range g.People {
		if v, named := b.Caps[p.UserID]; named && v != p.Cap {
			put(&out.Caps, p.UserID, v)
		}
		for day, segments := range b.Days[p.UserID] {
			if slices.Equal(segments, p.Week[day]) {
				continue
			}
			if out.Days[p.UserID] == nil {
				put(&out.Days, p.UserID, map[time.Weekday][]calendar.Segment{})
			}
			out.Days[p.UserID][day] = segments
		}
	}
	for _, p := range b.Promises {
		if now, _ := g.Promise(p.Topic, p.Urgency); now.Minutes != p.Minutes || now.Always != p.Always {
			out.Promises = append(out.Promises, p)
		}
	}
	return out
}

func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// undo is the body that takes this one back, on the ground as it is before.
func (b Body) undo(g *Ground) Body {
	var out Body
	b = b.tidied(g)
	for _, k := range Knobs {
		if _, changed := b.Policy[k.Name]; changed {
			put(&out.Policy, k.Name, k.Of(g.Policy))
		}
	}
	for _, p := range g.People {
		if _, changed := b.Caps[p.UserID]; changed {
			put(&out.Caps, p.UserID, p.Cap)
		}
		for day := range b.Days[p.UserID] {
			if out.Days[p.UserID] == nil {
				put(&out.Days, p.UserID, map[time.Weekday][]calendar.Segment{})
			}
			out.Days[p.UserID][day] = p.Week[day]
		}
	}
	for _, p := range b.Promises {
		now, _ := g.Promise(p.Topic, p.Urgency)
		now.Topic = p.Topic
		out.Promises = append(out.Promises, now)
	}
	return out
}

// policy is the policy in force with what the plan changes.
func (b Body) policy(p routing.Policy) routing.Policy {
	for _, k := range Knobs {
		if v, changed := b.Policy[k.Name]; changed {
			*k.in(&p) = v
		}
	}
	return p
}

// promises are the desk's promises with what the plan changes.
func (b Body) promises(all []desk.Promise) []desk.Promise {
	out := slices.Clone(all)
	for _, p := range b.Promises {
		at := slices.IndexFunc(out, func(o desk.Promise) bool { return o.Field() == p.Field() })
		if at >= 0 {
			out[at] = p
		} else {
			out = append(out, p)
		}
	}
	return out
}

// people are those whom the plan changes anything about, by id.
func (b Body) people() []int64 {
	ids := map[int64]bool{}
	for id := range b.Caps {
		ids[id] = true
	}
	for id := range b.Days {
		ids[id] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

// play is the body as the router's replay takes it.
func (b Body) play(g *Ground) routing.Plan {
	p := routing.Plan{Policy: b.policy(g.Policy), Caps: b.Caps, Weeks: map[int64][7][]calendar.Segment{}, Clock: routing.Promises{}}
	for _, person := range g.People {
		if days, changed := b.Days[person.UserID]; changed {
			p.Weeks[person.UserID] = [7][]calendar.Segment(merged(person.Week, days))
		}
	}
	for _, one := range b.Promises {
		p.Clock[routing.PromiseKey{Topic: one.Topic, Urgency: one.Urgency}] = routing.PromiseTime{Minutes: one.Minutes, Always: one.Always}
	}
	return p
}
