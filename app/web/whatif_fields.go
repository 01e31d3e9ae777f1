package web

import (
	"strconv"
	"strings"

	"hotline/app/desk"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

// form draws what was typed, with what is wrong beside each field.
func (t *typedPlan) form(action string, deskID int64) *views.Form {
	f := &views.Form{Action: action, Version: strconv.Itoa(t.in.Version),
		Name: ui.Field{ID: "name", Label: "Name", Value: t.values["name"], Error: t.bad.For("name"), Placeholder: "Shorter days in winter", Attrs: map[string]any{"maxlength": "80"}}}
	if deskID != 0 {
		f.Desk = strconv.FormatInt(deskID, 10)
	}
	t.drawWeights(f)
	t.drawUrgencies(f)
	t.drawPeople(f)
	for _, bad := range t.bad {
		f.Problems = append(f.Problems, ui.Problem{Field: bad.Name, Message: t.named(bad.Name) + bad.Says})
	}
	return f
}

// named says before a problem in the summary what it is about, where its sentence
// alone does not.
func (t *typedPlan) named(field string) string {
	for _, w := range weights {
		if fieldOf(w.knob) == field {
			return w.name + ": "
		}
	}
	for _, n := range policyNumbers {
		for _, u := range urgencies {
			if fieldOf(n.knob+"."+u) == field {
				return n.name + ", " + u + ": "
			}
		}
	}
	for _, p := range t.promises() {
		if p.Field() == field {
			return "First answer, " + p.Urgency + ": "
		}
	}
	for _, w := range t.ground.People {
		if whatif.CapField(w.UserID) == field {
			return w.Name + ": "
		}
		for _, day := range weekFromMonday {
			if whatif.DayField(w.UserID, day) == field {
				return w.Name + ", " + day.String() + ": "
			}
		}
	}
	return ""
}

func (t *typedPlan) drawWeights(f *views.Form) {
	most := max(100, heaviest(t.ground.Policy))
	for _, w := range weights {
		if v, err := strconv.Atoi(t.values[fieldOf(w.knob)]); err == nil && v > most && v <= 1000 {
			most = v
		}
	}
	for _, w := range weights {
		field := fieldOf(w.knob)
		now := knob(w.knob).Of(t.ground.Policy)
		at, err := strconv.Atoi(t.values[field])
		if err != nil {
			at = now
		}
		one := t.number(field, w.name, now)
		one.Attrs = map[string]any{"data-bar": field + "-bar"}
		f.Weights = append(f.Weights, views.Weight{Says: w.says, Field: one, Bar: field + "-bar", Most: strconv.Itoa(most),
			At: strconv.Itoa(min(max(at, 0), most)*100/most) + "%"})
	}
}

// number is a field for a number, which says what it is now.
func (t *typedPlan) number(field, label string, now int) ui.Field {
	return ui.Field{ID: field, Label: label, Value: t.values[field], Placeholder: strconv.Itoa(now), Hint: "now " + grouped(now), Error: t.bad.For(field),
		Mode: "numeric", Autocomplete: "off"}
}

func (t *typedPlan) drawUrgencies(f *views.Form) {
	row := func(name, says, knobs string) views.ByUrgency {
		r := views.ByUrgency{Name: name, Says: says}
		for _, u := range urgencies {
			one := t.number(fieldOf(knobs+"."+u), name+", "+u, knob(knobs+"."+u).Of(t.ground.Policy))
			one.HideLabel = true
			r.Fields = append(r.Fields, one)
		}
		return r
	}
	promises := t.promises()
	rows := func(name, says string, of []desk.Promise) (minutes, clock views.ByUrgency) {
		minutes, clock = views.ByUrgency{Name: name, Says: says}, views.ByUrgency{Name: "Counted", Says: "of " + strings.ToLower(name[:1]) + name[1:]}
		for _, p := range of {
			one := t.number(p.Field(), name+", "+p.Urgency, p.Minutes)
			one.HideLabel = true
			minutes.Fields = append(minutes.Fields, one)
			clock.Fields = append(clock.Fields, t.clock(p, name))
		}
		return minutes, clock
	}
	f.ByUrgency = append(f.ByUrgency, row(policyNumbers[0].name, policyNumbers[0].says, policyNumbers[0].knob))
	minutes, clock := rows("First answer within", "minutes", promises[:len(urgencies)])
	clock.Name, clock.Says = "That time is counted", ""
	f.ByUrgency = append(f.ByUrgency, minutes, clock)
	for _, n := range policyNumbers[1:] {
		f.ByUrgency = append(f.ByUrgency, row(n.name, n.says, n.knob))
	}
	for at := len(urgencies); at+len(urgencies) <= len(promises); at += len(urgencies) {
		minutes, _ := rows(t.ground.TopicName(promises[at].Topic), "minutes", promises[at:at+len(urgencies)])
		f.Topics = append(f.Topics, minutes)
	}
	f.Warn = t.number("warn", "Warn when this much of a promise is left, in per cent", t.ground.Policy.Warn)
	f.Warn.Short = true
	t.drawNewTopic(f)
}

func (t *typedPlan) clock(p desk.Promise, name string) ui.Select {
	now := "open hours"
	if p.Always {
		now = "always"
	}
	chosen := t.values[clockField(p)]
	return ui.Select{ID: clockField(p), Label: name + " is counted, " + p.Urgency, HideLabel: true, Wide: true, Options: []ui.Option{
		{Label: "now: " + now}, {Value: "hours", Label: "open hours", Chosen: chosen == "hours"}, {Value: "always", Label: "always", Chosen: chosen == "always"}}}
}

func (t *typedPlan) drawNewTopic(f *views.Form) {
	topics := ui.Select{ID: newTopic, Label: "Another topic", Wide: true, Error: t.bad.For(newTopic), Options: []ui.Option{{Label: "none"}}}
	for _, one := range t.ground.Topics {
		topics.Options = append(topics.Options, ui.Option{Value: one.Code, Label: one.Name, Chosen: t.values[newTopic] == one.Code})
	}
	urgency := ui.Select{ID: newUrgency, Label: "Urgency", Wide: true, Error: t.bad.For(newUrgency)}
	for _, u := range urgencies {
		urgency.Options = append(urgency.Options, ui.Option{Value: u, Label: u, Chosen: t.values[newUrgency] == u})
	}
	minutes := ui.Field{ID: newMinutes, Label: "Minutes", Value: t.values[newMinutes], Mode: "numeric", Error: t.bad.For(newMinutes), Autocomplete: "off"}
	f.NewTopic = append(f.NewTopic, topics, urgency, minutes)
}

func (t *typedPlan) drawPeople(f *views.Form) {
	for _, w := range t.ground.People {
		m := views.Member{Name: w.Name, Week: "Works " + weekShort(w.Week), Cap: t.number(whatif.CapField(w.UserID), "Most at once, "+w.Name, w.Cap)}
		if !w.Own {
			m.Week = "Works the desk’s hours"
		}
		m.Cap.HideLabel = true
		for _, day := range weekFromMonday {
			field := whatif.DayField(w.UserID, day)
			one := ui.Field{ID: field, Label: day.String(), Value: t.values[field], Placeholder: dayHours(w.Week[day]), Error: t.bad.For(field), Autocomplete: "off",
				Attrs: map[string]any{"aria-label": day.String() + ", " + w.Name + ", now " + dayHours(w.Week[day])}}
			m.Days = append(m.Days, one)
			m.Open = m.Open || one.Value != ""
		}
		f.Members = append(f.Members, m)
	}
}
