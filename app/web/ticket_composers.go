package web

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// keyFor makes the mark of a form that is sent once. It is the same until its writer
// has written another, so that a draft finds its form again wherever it is opened.
func keyFor(kind string, by actor.Actor, s *ticket.Sheet, written int) string {
	name := fmt.Sprintf("%s %d %s %d", kind, by.ID, s.Number, written)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("hotline:"+name)).String()
}

func writtenBy(by actor.Actor, s *ticket.Sheet) (messages, notes int) {
	for _, m := range s.Messages {
		if m.AuthorID == by.ID {
			messages++
		}
	}
	for _, n := range s.Notes {
		if n.AuthorID == by.ID {
			notes++
		}
	}
	return messages, notes
}

// composers are the message and the note, each with its draft.
func (p deskPages) composers(c *gin.Context, s *ticket.Sheet, at deskPlace, tried ticketAttempt, view *views.ShowPage) error {
	by, clock, path := who(c), p.clock(c), "/tickets/"+s.Number
	messages, notes := writtenBy(by, s)
	do := query(c, "do")

	n := ui.NoteComposer{Action: at.on(path + "/notes"), Key: keyFor("note", by, s, notes), Error: tried.wrong("note", "note"), More: views.Composing("note", s.Number, nil)}
	n.Draft = "/drafts/" + n.Key
	draft, err := p.draft(c, n.Key)
	if err != nil {
		return err
	}
	n.Value = draft.Fields["note"]
	if typed, ok := tried.typed(c, "note", "note"); ok {
		n.Value = typed
	}
	n.Open = tried.form == "note" || do == "note" || n.Value != ""

	if !reachable(s) {
		view.NoReader = &views.NoReader{Words: "Nobody who signs in is on this ticket, so a message would reach no one. Answer by phone.", URL: callURL(s)}
		view.Note = n
		return nil
	}
	to := readerOf(s)
	m := ui.MessageComposer{To: to, Fate: to + " will read this", Action: at.on(path + "/replies"), Key: keyFor("message", by, s, messages),
		Since: strconv.FormatInt(s.Seen, 10), Error: tried.wrong("message", "message")}
	m.Draft = "/drafts/" + m.Key
	if s.OfficeMaySee {
		m.Fate = to + " and the office will read this"
	}
	if draft, err = p.draft(c, m.Key); err != nil {
		return err
	}
	then := draft.Fields["then"] == "wait"
	if m.Value = draft.Fields["message"]; m.Value != "" {
		m.Status = "Draft kept " + ui.Relative(draft.KeptAt, clock.Now, zoneOf(clock))
	}
	if typed, ok := tried.typed(c, "message", "message"); ok {
		m.Value, m.Status, then = typed, "", text(c, "then") == "wait"
	}
	var wait *ui.Checkbox
	if maySettle(by, s) && s.Status == ticket.Assigned || then {
		wait = &ui.Checkbox{ID: "then-wait", Name: "then", Value: "wait", Label: "Then wait for the answer: our clock pauses", Checked: then}
	}
	m.More = views.Composing("message", s.Number, wait)
	mine := s.HeldBy(by.ID) && s.Status == ticket.Assigned
	m.Open = tried.form == "message" || do == "message" || m.Value != "" && !n.Open || mine && tried.form == "" && do == "" && !n.Open
	n.Open = n.Open && tried.form != "message" && do != "message"
	view.Message, view.Note = &m, n
	return nil
}

// draft is what somebody began to write; empty where there is none.
func (p deskPages) draft(c *gin.Context, id string) (ticket.Draft, error) {
	d, err := p.rooms.Tickets.Draft(c.Request.Context(), who(c), id)
	if errors.Is(err, fault.NotFound) {
		return ticket.Draft{}, nil
	}
	if err != nil {
		return ticket.Draft{}, err
	}
	return *d, nil
}
