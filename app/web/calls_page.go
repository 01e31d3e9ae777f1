package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/ticket"
	views "hotline/views/calls"
	"hotline/views/ui"
)

// callView is what a form is shown with, besides what was typed.
type callView struct {
	problems []ui.Problem
	already  *ticket.AlreadySent
	blank    bool   // a call that has just begun
	find     bool   // the caller is being looked for
	saved    string // since when the draft is kept
	unkept   bool   // no draft holds what is shown, so that no address brings it back
}

// form shows the form. It decides every word on it.
func (p callPages) form(c *gin.Context, status int, form views.Form, v callView) error {
	clock := p.clock(c)
	began := callMoment(form.Started)
	if now := clock.Now; began.IsZero() || began.After(now.Add(time.Minute)) {
		began = now.UTC().Truncate(time.Second)
		form.Started = began.Format(time.RFC3339)
	}
	view := views.FormPage{Problems: v.problems, Saved: v.saved, Began: clock.At(began), Since: "since " + zoned(began, clock)}
	if ended := callMoment(form.Ended); !ended.IsZero() {
		view.Length = lasted(ended.Sub(began))
		view.Since = "from " + zoned(began, clock) + " to " + zoned(ended, clock) + ", not logged yet"
	}
	var err error
	if v.blank {
		if view.Unlogged, err = p.unlogged(c); err != nil {
			return err
		}
	}
	if v.already != nil {
		view.Already = &views.Already{Number: v.already.Number, URL: "/tickets/" + v.already.Number, At: clock.At(v.already.At)}
	}
	if form.Ticket != "" {
		err = p.legPart(c, &form, &view)
	} else {
		err = p.openPart(c, &form, v, &view)
	}
	if err != nil {
		return err
	}
	for _, o := range call.Outcomes {
		view.Outcomes = append(view.Outcomes, ui.Option{Value: o.Code, Label: o.Name, Chosen: o.Code == form.Outcome})
	}
	view.Ways = []ui.Option{{Value: "in", Label: "They called", Chosen: form.Direction != "out"}, {Value: "out", Label: "I called", Chosen: form.Direction == "out"}}
	view.Form, view.Draft = form, "/drafts/"+form.Key
	view.Heard = p.heardBy(c, form)
	if !v.unkept {
		view.Here = callHere(form)
	}
	view.Frame = p.frame(c, "Call in progress", "")
	view.Frame.Room, view.Frame.LogCall = "call", false
	return page(c, status, views.Log(view))
}

// lasted is how long a call was, as its clock showed it.
func lasted(d time.Duration) string {
	s := int(max(d, 0).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// callHere is the address that brings a form back, clock and all.
func callHere(f views.Form) string {
	v := url.Values{"draft": {f.Key}, "started": {f.Started}}
	for name, value := range map[string]string{"ticket": f.Ticket, "matter": f.Matter, "physician": f.PhysicianID} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return "/calls/new?" + v.Encode()
}

// openPart is the form of a call that opens a ticket.
func (p callPages) openPart(c *gin.Context, form *views.Form, v callView, view *views.FormPage) error {
	ctx, clock := c.Request.Context(), p.clock(c)
	if err := p.callerPart(c, form, v, view); err != nil {
		return err
	}
	view.Line = "Call in progress"
	if form.Phone != "" {
		view.Line = "Call with " + form.Phone
		if form.Direction == "in" {
			view.Line = "Incoming from " + form.Phone
		}
	}
	for _, t := range p.house.allTopics(ctx) {
		view.Topics = append(view.Topics, ui.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == form.Topic})
	}
	view.Urgencies = p.callUrgencies(c, form.Urgency)
	view.States = []ui.Option{{Value: "", Label: "Where the physician practices"}}
	for _, s := range ticket.States {
		view.States = append(view.States, ui.Option{Value: s.Code, Label: s.Name, Chosen: s.Code == form.State})
	}
	view.Days = clock.Now.In(zoneOf(clock)).AddDate(0, 0, 3).Format("1/2/2006")
	view.Reads = "The physician can read this"
	view.Settles, view.SettleTo, view.Goes = "Answered on the call", "What you advised is the answer on record.", "Needs follow-up"
	var err error
	view.Keep, err = p.keepOptions(c, form)
	return err
}

// callUrgencies are the urgencies with what makes them and what they promise.
func (p callPages) callUrgencies(c *gin.Context, chosen string) []ui.Option {
	because := map[ticket.Urgency]string{
		ticket.Critical: "Danger, a threat, legal papers, or three business days or less",
		ticket.Urgent:   "Five business days or less",
		ticket.Routine:  "Nothing presses",
	}
	times, known := p.house.desk(c.Request.Context())
	var all []ui.Option
	for _, u := range []ticket.Urgency{ticket.Critical, ticket.Urgent, ticket.Routine} {
		o := ui.Option{Value: string(u), Label: urgencyWord(u), Hint: because[u] + ".", Chosen: string(u) == chosen}
		if known {
			now := p.rooms.Now()
			if due, err := times.Calendar.Add(now, time.Duration(times.Minutes(string(u)))*time.Minute); err == nil {
				o.Hint += " First answer by " + said(p.clock(c), due).Words + "."
			}
		}
		all = append(all, o)
	}
	return all
}

// keepOptions are who may take the ticket, where the one who logs it can hold any.
func (p callPages) keepOptions(c *gin.Context, form *views.Form) ([]ui.Option, error) {
	ctx, by := c.Request.Context(), who(c)
	if !by.Is(actor.Consultant) {
		return nil, nil
	}
	duty, err := p.rooms.Desks.DutyOf(ctx, by.ID)
	if err != nil || duty.Cap == 0 {
		return nil, err
	}
	held, err := p.rooms.Tickets.Load(ctx, by, by.ID)
	if err != nil {
		return nil, err
	}
	if form.Keep == "" {
		form.Keep = "no"
		if held < duty.Cap && duty.At {
			form.Keep = "yes"
		}
	}
	mine := ui.Option{Value: "yes", Label: "I keep it", Hint: fmt.Sprintf("You hold %d of %d.", held, duty.Cap), Chosen: form.Keep == "yes"}
	if held >= duty.Cap {
		mine.Hint = fmt.Sprintf("You hold %d of %d, so the router takes it until you have room.", held, duty.Cap)
	}
	return []ui.Option{mine, {Value: "no", Label: "Let the router choose", Hint: "Whoever is at work, knows the topic and has room.", Chosen: form.Keep == "no"}}, nil
}

// legPart is the form of another leg. Reading the ticket for it is a look at it.
func (p callPages) legPart(c *gin.Context, form *views.Form, view *views.FormPage) error {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	s, err := p.rooms.Tickets.Show(ctx, by, form.Ticket)
	if err != nil {
		return err
	}
	form.Ticket = s.Number
	leg := &views.Leg{Number: s.Number, URL: "/tickets/" + s.Number, Title: titleOf(s), Urgency: string(s.Urgency), UrgencyWord: urgencyWord(s.Urgency), Caller: orWords(s.CallerName, "Unknown caller")}
	leg.StatusCode, leg.Status = ticketStanding(s)
	phones := []string{s.CallbackPhone, s.CallerPhone}
	if s.PhysicianID != nil {
		person, err := p.rooms.Insured.Show(ctx, by, *s.PhysicianID)
		if err != nil {
			return err
		}
		leg.Caller = person.Name
		phones = append(phones, person.Phones...)
	}
	phones = distinct(phones)
	if len(phones) > 0 {
		leg.Facts = append(leg.Facts, ui.Fact{Label: "Call", Value: strings.Join(phones, ", "), Number: true})
		if form.Phone == "" {
			form.Phone = phones[0]
		}
	}
	if s.CallbackWindows != "" {
		leg.Facts = append(leg.Facts, ui.Fact{Label: "Best at", Value: s.CallbackWindows})
	}
	if s.CallerName != "" && s.PhysicianID != nil {
		leg.Facts = append(leg.Facts, ui.Fact{Label: "Spoke", Value: commas(s.CallerName, s.CallerRole)})
	}
	if s.NextDueAt.After(time.Time{}) && s.Status != ticket.Resolved {
		leg.Facts = append(leg.Facts, ui.Fact{Label: "Due", Value: said(clock, s.NextDueAt).Words})
	}
	view.Leg, view.Line = leg, "Call on "+s.Number
	view.Reads = "The physician can read this"
	if s.PhysicianID == nil {
		view.Reads = "The answer on record"
	}
	switch {
	case s.Status == ticket.Resolved:
		view.Goes = "The ticket is resolved and stays so. Take it up again there if it goes on."
	case maySettle(by, s):
		view.Settles, view.SettleTo, view.Goes = "Answered on the call", "The ticket is resolved.", "It goes on"
	case s.AssigneeID == nil:
		view.Goes = "Nobody has this ticket yet. The call is added to it; claim it to end it."
	default:
		view.Goes = s.HolderName + " has this ticket. The call is added to it, and ending it is theirs."
	}
	return nil
}

// distinct are the words there are, once each.
func distinct(all []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, one := range all {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}
