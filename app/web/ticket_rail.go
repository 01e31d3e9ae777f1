package web

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/call"
	"hotline/app/insured"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// earlierMost is how many earlier tickets the rail shows.
const earlierMost = 5

func (p deskPages) railOf(c *gin.Context, s *ticket.Sheet, legs []call.Leg) (views.Rail, error) {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	r := views.Rail{CallURL: callURL(s), Guidance: guidanceRail(p.Web, c, s)}
	for _, l := range legs {
		r.Calls = append(r.Calls, calledOf(clock, l))
	}
	if s.Status != ticket.Resolved {
		if s.FirstAnsweredAt == nil {
			r.Needed = append(r.Needed, "An answer, in writing or on a call")
		}
		r.Needed = append(r.Needed, "How it ended")
	}
	if s.PhysicianID == nil {
		u := &views.Unknown{Words: "Kept as they gave themselves."}
		for _, f := range []ui.Fact{{Label: "Name", Value: s.CallerName}, {Label: "Role", Value: s.CallerRole}, {Label: "Number", Value: s.CallerPhone, Number: true}} {
			if f.Value != "" {
				u.Facts = append(u.Facts, f)
			}
		}
		r.Unknown = u
		return r, nil
	}
	person, err := p.rooms.Insured.Show(ctx, by, *s.PhysicianID)
	if err != nil {
		return r, err
	}
	earlier, err := p.rooms.Tickets.Earlier(ctx, by, *s.PhysicianID, earlierMost+1)
	if err != nil {
		return r, err
	}
	r.Insured = insuredRail(clock, s, person, earlier)
	return r, nil
}

func calledOf(clock ui.Clock, l call.Leg) views.Called {
	out := views.Called{Icon: "phone-incoming", Words: "They called", At: clock.At(l.StartedAt), URL: "#" + anchorOf("call", l.ID)}
	if l.Direction == "out" {
		out.Icon, out.Words = "phone-outgoing", firstName(l.Consultant)+" called"
	}
	switch l.Outcome {
	case "no_answer":
		out.Icon, out.Words = "phone-missed", "No answer"
	case "voicemail":
		out.Icon, out.Words = "voicemail", "Voicemail"
	}
	return out
}

func insuredRail(clock ui.Clock, s *ticket.Sheet, person *insured.Caller, earlier []ticket.Line) *views.Insured {
	i := &views.Insured{Name: person.Name, Specialty: strings.ToLower(person.Specialty), Cover: coverWords(*person), InForce: person.InForce}
	add := func(label, value string, digits bool) {
		if value != "" {
			i.Facts = append(i.Facts, ui.Fact{Label: label, Value: value, Number: digits})
		}
	}
	add("Policy", person.Policy, true)
	if person.PolicyUntil != nil {
		// The first day it no longer holds is told as the last one it does.
		add("Through", person.PolicyUntil.Add(-1).Time(zoneOf(clock)).Format("Jan 2, 2006"), true)
	}
	add("Practice", commas(person.Practice, person.City), false)
	add("State", ticket.StateName(person.State), false)
	if person.Language != "en" {
		add("Would rather speak", insured.LanguageName(person.Language), false)
	}
	for n, phone := range person.Phones {
		label := "Phone"
		if n > 0 {
			label = "or"
		}
		add(label, dialled(phone), true)
	}
	for _, d := range person.Delegates {
		words := map[bool]string{true: "May ask and hear", false: "May ask"}[d.MayHear]
		if !d.MayAsk {
			words = "May hear"
		}
		name := d.Name
		if d.Until != nil {
			name += ", through " + d.Until.Add(-1).Time(zoneOf(clock)).Format("Jan 2")
		}
		add(words, name, false)
	}
	others := 0
	for _, l := range earlier {
		if l.Number == s.Number {
			continue
		}
		if others++; others <= earlierMost {
			i.Earlier = append(i.Earlier, views.Earlier{URL: "/tickets/" + l.Number, Words: l.Words,
				Foot: commas(lastDigits(l.Number), shortDay(clock, l), lineStanding(l))})
		}
	}
	if person.Policy != "" && others > 0 {
		i.AllLabel, i.AllURL = "All their tickets", "/search?q="+url.QueryEscape(person.Policy)
	}
	return i
}

func shortDay(clock ui.Clock, l ticket.Line) string {
	t := l.OpenedAt.In(zoneOf(clock))
	if t.Year() == clock.Now.In(zoneOf(clock)).Year() {
		return t.Format("Jan 2")
	}
	return t.Format("Jan 2, 2006")
}

func lineStanding(l ticket.Line) string {
	switch l.Status {
	case ticket.Resolved:
		return "resolved"
	case ticket.WithPhysician:
		return "with the physician"
	case ticket.Assigned:
		return "in hand"
	}
	return "unassigned"
}

// dialled is a number as people here read it.
func dialled(e164 string) string {
	if rest, us := strings.CutPrefix(e164, "+1"); us && len(rest) == 10 {
		return rest[:3] + " " + rest[3:6] + " " + rest[6:]
	}
	return e164
}
