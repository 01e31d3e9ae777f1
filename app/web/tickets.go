package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// ticketAttempt is a change that did not go through: which form it came from, what was
// wrong, and how the page answers. The zero ticketAttempt is a page that is read.
type ticketAttempt struct {
	form   string // message, note, assign, waiting, resolve, reopen, title, topic or urgency
	bad    fault.Fields
	since  *ticket.Since
	words  string // what stood in the way, for all to see
	status int
}

// show is a ticket beside its list.
func (p deskPages) show(c *gin.Context) error {
	return p.ticket(c, ticketAttempt{status: http.StatusOK})
}

func (p deskPages) ticket(c *gin.Context, tried ticketAttempt) error {
	view, err := p.ticketPage(c, c.Param("number"), tried)
	if err != nil {
		return err
	}
	return page(c, tried.status, views.Show(view))
}

// done ends a change: back to the ticket with a sentence, or, when it did not go
// through, the same page with the form as it was typed.
func (p deskPages) done(c *gin.Context, form, said, anchor string, err error) error {
	if err == nil {
		p.flash(c, said)
		return see(c, placeOf(c).on("/tickets/"+c.Param("number"))+anchor)
	}
	tried := ticketAttempt{form: form}
	switch {
	case errors.As(err, &tried.bad):
		tried.status = http.StatusUnprocessableEntity
	case errors.As(err, &tried.since):
		tried.status = http.StatusConflict
	case errors.Is(err, fault.Forbidden), errors.Is(err, fault.Conflict), errors.Is(err, fault.Unacceptable):
		tried.status, _, tried.words = explain(err)
	default:
		return err
	}
	return p.ticket(c, tried)
}

// readUpTo is the last entry of the record that the form's writer had read; 0: unsaid.
func readUpTo(c *gin.Context) int64 { return number(text(c, "since")) }

func wordsOf(c *gin.Context, field string) ticket.Words {
	return ticket.Words{Key: line(c, "key"), Body: text(c, field), Seen: readUpTo(c)}
}

// assign gives a ticket to whoever is named: nobody or oneself is a claim, the router
// a release, anybody else a transfer.
func (p deskPages) assign(c *gin.Context) error {
	ctx, by, no, to := c.Request.Context(), who(c), c.Param("number"), line(c, "to")
	reason := strings.TrimSpace(text(c, "reason"))
	switch to {
	case "", strconv.FormatInt(by.ID, 10):
		return p.done(c, "assign", "It is yours now.", "", p.rooms.Tickets.Claim(ctx, by, no, readUpTo(c)))
	case "router":
		return p.done(c, "assign", "It is back in the queue. The router gives it to somebody with room.", "", p.rooms.Tickets.Release(ctx, by, no, reason, readUpTo(c)))
	}
	return p.done(c, "assign", "It was handed over.", "", p.rooms.Tickets.Transfer(ctx, by, no, number(to), reason, readUpTo(c)))
}

// accept takes up what the router gave.
func (p deskPages) accept(c *gin.Context) error {
	return p.done(c, "assign", "You have it.", "", p.rooms.Tickets.Accept(c.Request.Context(), who(c), c.Param("number")))
}

// read says that a learner's answer was read.
func (p deskPages) read(c *gin.Context) error {
	return p.done(c, "reading", "Read. They can send it now.", "", p.rooms.Tickets.Read(c.Request.Context(), who(c), c.Param("number"), readUpTo(c)))
}

// reply sends a message to the physician, and waits for their answer if that is asked.
func (p deskPages) reply(c *gin.Context) error {
	ctx, by, no, in := c.Request.Context(), who(c), c.Param("number"), wordsOf(c, "message")
	if line(c, "then") != "wait" {
		return p.written(c, "message", "Sent. They are told that an answer waits for them.", in, p.rooms.Tickets.Reply(ctx, by, no, in))
	}
	err := error(fault.Fields{{Name: "message", Says: "Write the message first."}})
	if strings.TrimSpace(in.Body) != "" {
		err = p.rooms.Tickets.Wait(ctx, by, no, in)
	}
	return p.written(c, "message", "Sent. Our clock is paused until they answer.", in, err)
}

// note keeps a note on the desk.
func (p deskPages) note(c *gin.Context) error {
	in := wordsOf(c, "note")
	return p.written(c, "note", "The note is kept. It stays on the desk.", in, p.rooms.Tickets.Note(c.Request.Context(), who(c), c.Param("number"), in))
}

// written ends a change that had a draft: what was sent is no draft any more.
func (p deskPages) written(c *gin.Context, form, said string, in ticket.Words, err error) error {
	if err == nil && in.Key != "" {
		if err := p.rooms.Tickets.DropDraft(c.Request.Context(), who(c), in.Key); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	return p.done(c, form, said, "#latest", err)
}

// wait hands a ticket to the physician, or takes it back.
func (p deskPages) wait(c *gin.Context) error {
	ctx, by, no := c.Request.Context(), who(c), c.Param("number")
	if checked(c, "stop") {
		return p.done(c, "waiting", "Taken back. Our clock goes on.", "", p.rooms.Tickets.Resume(ctx, by, no, readUpTo(c)))
	}
	return p.done(c, "waiting", "It waits for the physician. Our clock is paused.", "", p.rooms.Tickets.Wait(ctx, by, no, wordsOf(c, "message")))
}

// resolve ends a ticket.
func (p deskPages) resolve(c *gin.Context) error {
	in := ticket.Resolution{Outcome: line(c, "outcome"), Answer: wordsOf(c, "message")}
	return p.done(c, "resolve", "Resolved.", "", p.rooms.Tickets.Resolve(c.Request.Context(), who(c), c.Param("number"), in))
}

// reopen takes a resolved ticket up again.
func (p deskPages) reopen(c *gin.Context) error {
	reason := strings.TrimSpace(text(c, "reason"))
	return p.done(c, "reopen", "It is open again.", "", p.rooms.Tickets.Reopen(c.Request.Context(), who(c), c.Param("number"), reason, readUpTo(c)))
}

func (p deskPages) topic(c *gin.Context) error {
	return p.done(c, "topic", "The topic is changed.", "", p.rooms.Tickets.SetTopic(c.Request.Context(), who(c), c.Param("number"), line(c, "topic"), readUpTo(c)))
}

func (p deskPages) urgency(c *gin.Context) error {
	to, reason := ticket.Urgency(line(c, "urgency")), strings.TrimSpace(text(c, "reason"))
	return p.done(c, "urgency", "The urgency is changed, and the deadline with it.", "", p.rooms.Tickets.SetUrgency(c.Request.Context(), who(c), c.Param("number"), to, reason, readUpTo(c)))
}

func (p deskPages) title(c *gin.Context) error {
	return p.done(c, "title", "The title is kept.", "", p.rooms.Tickets.SetTitle(c.Request.Context(), who(c), c.Param("number"), line(c, "title")))
}

// typed is what stood in a field of the form that did not go through.
func (t ticketAttempt) typed(c *gin.Context, form, field string) (string, bool) {
	if t.form != form {
		return "", false
	}
	return text(c, field), true
}

// wrong is what is wrong with a field of a form.
func (t ticketAttempt) wrong(form, field string) string {
	if t.form != form {
		return ""
	}
	return t.bad.For(field)
}

// flash says on top of the page what stood in the way.
func (t ticketAttempt) flash(c *gin.Context, sheet *ticket.Sheet) ui.Flash {
	kept := ""
	for _, field := range []string{"message", "note", "reason", "title"} {
		if strings.TrimSpace(text(c, field)) != "" {
			kept = " Your text is kept."
		}
	}
	switch {
	case t.since != nil:
		words, at := sinceWords(sheet, t.since.Entries)
		return ui.Flash{Kind: "problem", Words: words + " while you were at it." + kept + " Read it, then send again.", MoreLabel: "Read it", MoreURL: "#" + at}
	case len(t.bad) > 0:
		return ui.Flash{Kind: "problem", Words: "That did not go through yet." + kept, Strong: t.bad[0].Says, MoreLabel: "Put it right", MoreURL: "#" + panelOf(t.form)}
	case t.words != "":
		return ui.Flash{Kind: "problem", Words: strings.TrimSpace(kept), Strong: t.words}
	}
	return ui.Flash{}
}

// panelOf is the panel a form stands in.
func panelOf(form string) string {
	switch form {
	case "title", "topic", "urgency":
		return "change"
	}
	return form
}
