package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
	views "hotline/views/calls"
	"hotline/views/ui"
)

// How many callers and how many of a caller's tickets are shown.
const (
	callersMost = 8
	ticketsMost = 6
)

// callers finds who may be calling while somebody types.
func (p callPages) callers(c *gin.Context) error {
	typed := query(c, "q")
	if typed == "" {
		typed = query(c, "who")
	}
	found, err := p.find(c, typed)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Callers(matchesOf(found, typed, "")))
}

// caller is the card of the one chosen.
func (p callPages) caller(c *gin.Context) error {
	card, delegates, err := p.card(c, query(c, "physician_id"), query(c, "matter"))
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Card(*card, delegates))
}

func (p callPages) find(c *gin.Context, typed string) ([]insured.Caller, error) {
	if strings.TrimSpace(typed) == "" {
		return nil, nil
	}
	return p.rooms.Insured.Find(c.Request.Context(), who(c), typed, callersMost)
}

// matchesOf are those found as one chooses among them; the last is nobody we know.
func matchesOf(found []insured.Caller, typed, chosen string) views.Matches {
	var m views.Matches
	for _, one := range found {
		id := strconv.FormatInt(one.PhysicianID, 10)
		policy := coverWords(one)
		if one.Policy != "" {
			policy = commas(one.Policy, lowerFirst(policy))
		}
		m.Options = append(m.Options, ui.Option{Value: id, Label: one.Name, Chosen: id == chosen,
			Hint: strings.Join(distinct([]string{commas(one.Specialty, one.Practice, one.City), policy}), ". ")})
	}
	if strings.TrimSpace(typed) != "" {
		switch n := len(found); {
		case n == 0:
			m.Found = "Nobody found. Fewer letters or another spelling may do; or go on without."
		case n == 1:
			m.Found = "One found"
		default:
			m.Found = strconv.Itoa(n) + " found"
		}
	}
	m.Options = append(m.Options, ui.Option{Value: "0", Label: "Go on with an unknown caller", Hint: "A name or a number is enough. The physician can be found later.", Chosen: chosen == "0"})
	return m
}

// callerPart finds who is calling, or shows whoever was chosen. One person found by
// the number that rings is taken for the caller until somebody says otherwise.
func (p callPages) callerPart(c *gin.Context, form *views.Form, v callView, view *views.FormPage) error {
	if form.Matter != "" && form.PhysicianID == "" {
		s, err := p.rooms.Tickets.Show(c.Request.Context(), who(c), form.Matter)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && s.PhysicianID != nil {
			form.PhysicianID = strconv.FormatInt(*s.PhysicianID, 10)
		}
	}
	looking := form.PhysicianID == "" || v.find
	var found []insured.Caller
	var err error
	if looking {
		if found, err = p.find(c, form.Who); err != nil {
			return err
		}
	}
	reason := ""
	if form.PhysicianID == "" && v.blank && len(found) == 1 && found[0].MatchedBy == "phone" {
		form.PhysicianID, found, reason = strconv.FormatInt(found[0].PhysicianID, 10), nil, "Found by the number"
		looking = false
	}
	if looking {
		view.Matches = matchesOf(found, form.Who, form.PhysicianID)
	}
	if form.PhysicianID == "" && form.Matter == "" {
		return nil
	}
	card, delegates, err := p.card(c, form.PhysicianID, form.Matter)
	if errors.Is(err, fault.NotFound) {
		// Gone from the roster, or never there: the rest of the call stands.
		form.PhysicianID, form.Matter = "", ""
		return nil
	}
	if err != nil {
		return err
	}
	card.Reason = reason
	form.Matter = card.Matter
	view.Caller, view.Delegates = card, delegates
	return nil
}

// card is who was chosen, with what one wants to know while they speak. matter is
// the ticket whose matter the call continues.
func (p callPages) card(c *gin.Context, physician, matter string) (*views.Caller, []string, error) {
	ctx, by := c.Request.Context(), who(c)
	id := number(physician)
	if id == 0 {
		card := &views.Caller{PhysicianID: "0", Name: "Unknown caller", Reason: "Give a name or a number below. The physician can be found later."}
		return card, nil, p.continues(c, card, matter)
	}
	person, err := p.rooms.Insured.Show(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	card := &views.Caller{PhysicianID: strconv.FormatInt(id, 10), Name: person.Name, Cover: coverWords(*person), InForce: person.InForce, Facts: callerFacts(*person)}
	var delegates []string
	for _, d := range person.Delegates {
		delegates = append(delegates, d.Name)
	}
	lines, err := p.rooms.Tickets.Earlier(ctx, by, id, ticketsMost)
	if err != nil {
		return nil, nil, err
	}
	for _, open := range []bool{true, false} {
		for _, l := range lines {
			if open == (l.Status != ticket.Resolved) {
				card.Tickets = append(card.Tickets, p.earlierOf(c, l, card, matter))
			}
		}
	}
	return card, delegates, p.continues(c, card, matter)
}

// continues notes on a card a ticket to be continued that is not in its list.
func (p callPages) continues(c *gin.Context, card *views.Caller, matter string) error {
	if matter == "" || card.Matter != "" {
		return nil
	}
	at, err := p.rooms.Calls.Standing(c.Request.Context(), who(c), matter)
	switch {
	case errors.Is(err, fault.NotFound):
		return nil
	case err == nil:
		card.Matter = at.Number
		card.Facts = append(card.Facts, ui.Fact{Label: "Continues", Value: at.Number, Number: true})
	}
	return err
}

func (p callPages) earlierOf(c *gin.Context, l ticket.Line, card *views.Caller, matter string) views.Earlier {
	clock := p.clock(c)
	e := views.Earlier{Number: l.Number, URL: "/tickets/" + l.Number, Title: firstWords(l.Words, 70), Urgency: string(l.Urgency), Continued: l.Number == matter}
	stands := "resolved"
	switch {
	case l.Status == ticket.Resolved && l.ResolvedAt != nil:
		stands = "resolved " + shortTime(clock, *l.ResolvedAt)
	case l.Status == ticket.Unassigned:
		stands = "nobody has it yet"
	case l.Status == ticket.WithPhysician:
		stands = "waits on the physician"
	case l.Status == ticket.Assigned:
		stands = "due " + said(clock, l.NextDueAt).Words
	}
	e.Words = commas(urgencyWord(l.Urgency), lastDigits(l.Number), l.Holder, stands)
	v := url.Values{"physician_id": {card.PhysicianID}}
	if e.Continued {
		card.Matter = l.Number
	} else {
		v.Set("matter", l.Number)
	}
	e.Continue = "/calls/caller?" + v.Encode()
	return e
}

// callerFacts are what one wants to know of a caller.
func callerFacts(person insured.Caller) ui.Facts {
	var f ui.Facts
	add := func(label, value string, number bool) {
		if value != "" {
			f = append(f, ui.Fact{Label: label, Value: value, Number: number})
		}
	}
	policy := person.Policy
	if person.PolicyUntil != nil {
		last := person.PolicyUntil.Add(-1).Time(time.UTC).Format("Jan 2, 2006")
		policy = commas(policy, map[bool]string{true: "to ", false: "ended "}[person.InForce]+last)
	}
	add("Policy", policy, true)
	add("Specialty", person.Specialty, false)
	add("Practice", commas(person.Practice, person.City, ticket.StateName(person.State)), false)
	add("Numbers", strings.Join(distinct(person.Phones), ", "), true)
	var speak []string
	for _, d := range person.Delegates {
		does := map[[2]bool]string{{true, true}: "may ask and hear", {true, false}: "may ask, not hear", {false, true}: "may hear, not ask"}[[2]bool{d.MayAsk, d.MayHear}]
		words := fmt.Sprintf("%s %s", d.Name, does)
		if d.Until != nil {
			words += " until " + d.Until.Add(-1).Time(time.UTC).Format("Jan 2")
		}
		speak = append(speak, words)
	}
	add("For them", strings.Join(speak, "; "), false)
	return f
}
