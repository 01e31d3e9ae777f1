package web

import (
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// panels are the small forms that a ticket’s tools open in place.
func (p deskPages) panels(c *gin.Context, s *ticket.Sheet, at deskPlace, tried ticketAttempt) (views.Panels, error) {
	ctx, by, path, to := c.Request.Context(), who(c), "/tickets/"+s.Number, readerOf(s)
	messages, _ := writtenBy(by, s)
	v := views.Panels{Since: strconv.FormatInt(s.Seen, 10), Open: panelOf(tried.form)}
	if v.Open == "" {
		v.Open = query(c, "do")
	}
	kept := func(form, field string) string {
		words, _ := tried.typed(c, form, field)
		return words
	}

	people, err := p.rooms.Tickets.Colleagues(ctx, by, s.DeskID)
	if err != nil {
		return v, err
	}
	v.Assign = views.Assign{Action: at.on(path + "/assignment"), To: assignees(by, s, people, kept("assign", "to")), ToError: tried.wrong("assign", "to"),
		Reason: kept("assign", "reason"), ReasonError: tried.wrong("assign", "reason"), Explained: s.AssigneeID != nil}
	v.Waiting = views.Waiting{Action: at.on(path + "/waiting"), Key: keyFor("waiting", by, s, messages), To: to, Paused: s.Status == ticket.WithPhysician,
		Message: kept("waiting", "message"), Error: tried.wrong("waiting", "message"), Optional: s.FirstAnsweredAt != nil}
	v.Resolve = views.Resolve{Action: at.on(path + "/resolution"), Key: keyFor("resolution", by, s, messages), To: to,
		OutcomeError: tried.wrong("resolve", "outcome"), Message: kept("resolve", "message"), Error: tried.wrong("resolve", "message"),
		Writes: reachable(s), CallURL: callURL(s)}
	if s.FirstAnsweredAt == nil {
		v.Resolve.Missing = to + " has not been answered yet: write the answer here, or log the call in which you gave it."
		if !reachable(s) {
			v.Resolve.Missing = "The caller has not been answered yet: log the call in which you gave the answer."
		}
	}
	chosen := kept("resolve", "outcome")
	v.Resolve.Outcomes = []ui.Option{{Label: "Choose how it ended"}}
	for _, o := range ticket.Outcomes {
		v.Resolve.Outcomes = append(v.Resolve.Outcomes, ui.Option{Value: o.Code, Label: o.Name, Chosen: o.Code == chosen})
	}
	v.Reopen = views.Reopen{Action: at.on(path + "/reopening"), Reason: kept("reopen", "reason"), Error: tried.wrong("reopen", "reason")}
	v.Change = p.changePanel(c, s, at, tried)
	return v, nil
}

func (p deskPages) changePanel(c *gin.Context, s *ticket.Sheet, at deskPlace, tried ticketAttempt) views.Change {
	path := "/tickets/" + s.Number
	v := views.Change{Title: s.Title, TitleError: tried.wrong("title", "title"), TitleAction: at.on(path + "/title"),
		TopicError: tried.wrong("topic", "topic"), TopicAction: at.on(path + "/topic"),
		UrgencyError: tried.wrong("urgency", "urgency"), ReasonError: tried.wrong("urgency", "reason"), UrgencyAction: at.on(path + "/urgency")}
	topic, urgency := s.Topic, string(s.Urgency)
	if typed, ok := tried.typed(c, "title", "title"); ok {
		v.Title = typed
	}
	if typed, ok := tried.typed(c, "topic", "topic"); ok {
		topic = typed
	}
	if typed, ok := tried.typed(c, "urgency", "urgency"); ok {
		urgency, v.Reason = typed, text(c, "reason")
	}
	for _, t := range p.house.allTopics(c.Request.Context()) {
		v.Topics = append(v.Topics, ui.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == topic})
	}
	for _, u := range []ticket.Urgency{ticket.Critical, ticket.Urgent, ticket.Routine} {
		v.Urgencies = append(v.Urgencies, ui.Option{Value: string(u), Label: urgencyWord(u), Chosen: string(u) == urgency})
	}
	return v
}

// assignees are who a ticket can go to: oneself first, then colleagues with how full
// they are, and the router.
func assignees(by actor.Actor, s *ticket.Sheet, people []ticket.Colleague, chosen string) []ui.Option {
	// "0" names nobody; an empty choice would claim the ticket.
	out := []ui.Option{{Value: "0", Label: "Choose who takes it"}}
	me := strconv.FormatInt(by.ID, 10)
	if chosen == "" && s.Status == ticket.Unassigned && by.Is(actor.Consultant) {
		chosen = me
	}
	for _, person := range people {
		id := strconv.FormatInt(person.UserID, 10)
		if s.HeldBy(person.UserID) || person.UserID == by.ID && s.Status != ticket.Unassigned {
			continue
		}
		words := fmt.Sprintf("%s, holds %d of %d", person.Name, person.Held, person.Cap)
		if person.UserID == by.ID {
			words = fmt.Sprintf("I take it, %d of %d so far", person.Held, person.Cap)
		}
		switch {
		case !person.Room():
			words += ", full"
		case person.AtWork:
			words += ", at work"
		default:
			words += ", not at work"
		}
		o := ui.Option{Value: id, Label: words, Chosen: id == chosen}
		if person.UserID == by.ID {
			out = append(out[:1], append([]ui.Option{o}, out[1:]...)...)
			continue
		}
		out = append(out, o)
	}
	if s.AssigneeID != nil {
		out = append(out, ui.Option{Value: "router", Label: "Back in the queue, for the router", Chosen: chosen == "router"})
	}
	return out
}
