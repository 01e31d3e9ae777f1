package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/requests"
	"hotline/views/ui"
)

// show is one consultation as an insured person reads it.
func (p requestPages) show(c *gin.Context) error {
	view, _, err := p.consultation(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Show(view))
}

// reply sends what an insured person wrote.
func (p requestPages) reply(c *gin.Context) error {
	ctx, by, number := c.Request.Context(), who(c), c.Param("number")
	in := ticket.Words{Key: c.PostForm("key"), Body: text(c, "message"), Seen: sinceOf(c)}
	err := p.rooms.Tickets.Answer(ctx, by, number, in)
	if err == nil {
		if _, bad := uuid.Parse(in.Key); bad == nil {
			// Sent is sent; a draft left over would only be found again.
			if err := p.rooms.Tickets.DropDraft(ctx, by, in.Key); err != nil {
				return err
			}
		}
		p.flash(c, "Your message is sent.")
		return see(c, "/requests/"+number)
	}
	since, moved := errors.AsType[*ticket.Since](err)
	bad, fields := errors.AsType[fault.Fields](err)
	if !moved && !fields && fault.Sentence(err) == "" {
		return err
	}
	view, _, lost := p.consultation(c)
	if lost != nil {
		return lost
	}
	if view.Reply == nil {
		return err
	}
	view.Frame.Title = "Not sent: " + view.Frame.Title
	view.Reply.Value, view.Reply.Key = in.Body, orWords(in.Key, view.Reply.Key)
	view.Reply.Draft = "/drafts/" + view.Reply.Key
	status, _, words := explain(err)
	switch {
	case moved:
		view.Since = cameSince(since.Entries)
	case fields:
		view.Reply.Error = bad.For("message")
		view.Problems = []ui.Problem{{Field: "message", Message: view.Reply.Error}}
	default:
		view.Reply.Key = uuid.NewString()
		view.Reply.Draft = "/drafts/" + view.Reply.Key
		view.Problems = []ui.Problem{{Field: "message", Message: words}}
	}
	return page(c, status, views.Show(view))
}

// sinceOf is the last entry the page showed. The page may hold it twice for a
// moment while a part of it is exchanged; the later one counts.
func sinceOf(c *gin.Context) int64 {
	seen := int64(0)
	for _, s := range c.PostFormArray("since") {
		seen = max(seen, number(s))
	}
	return seen
}

// cameSince says what came while somebody wrote, each with where it stands on the page.
func cameSince(entries []ticket.Entry) []views.Since {
	var out []views.Since
	for _, e := range entries {
		var about struct{ Message, Call int64 }
		_ = json.Unmarshal(e.Detail, &about) // an entry without either leads to the whole
		s := views.Since{Words: "The consultation moved on.", URL: "#said"}
		switch {
		case e.Action == "ticket.message_sent":
			s = views.Since{Words: "We wrote to you.", URL: fmt.Sprintf("#message-%d", about.Message)}
		case e.Action == "ticket.answered":
			s = views.Since{Words: "Somebody on your side wrote.", URL: fmt.Sprintf("#message-%d", about.Message)}
		case e.Action == "ticket.summary_sent":
			s = views.Since{Words: "We sent you a summary.", URL: "#summary"}
		case e.Action == "ticket.summary_corrected":
			s = views.Since{Words: "Somebody on your side corrected the summary.", URL: "#summary"}
		case e.Action == "ticket.call_logged":
			s = views.Since{Words: "We spoke on the phone, or tried to.", URL: "#said"}
		}
		out = append(out, s)
	}
	return out
}

// consultation reads everything the page shows.
func (p requestPages) consultation(c *gin.Context) (views.ShowPage, *ticket.Consultation, error) {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	got, err := p.rooms.Tickets.Consultation(ctx, by, c.Param("number"))
	if err != nil {
		return views.ShowPage{}, nil, err
	}
	s := got.Sheet
	if got.Hears && slices.ContainsFunc(s.Messages, func(m ticket.Message) bool { return !m.FromInsured }) {
		if err := p.rooms.Tickets.KeepRead(ctx, by, s.ID); err != nil {
			return views.ShowPage{}, nil, err
		}
	}
	var legs []call.Leg
	var cited []ui.Citation
	if got.Hears {
		if legs, err = p.rooms.Calls.Of(ctx, by, s.ID); err != nil {
			return views.ShowPage{}, nil, err
		}
		if cited, err = p.citedOn(c, s.ID); err != nil {
			return views.ShowPage{}, nil, err
		}
	}
	stands, physician := p.standing(c, got), "Dr "+s.Family
	view := views.ShowPage{Frame: p.frame(c, s.Number, "/requests"), Self: "/requests/" + s.Number, Word: "ticket-" + strconv.FormatInt(s.ID, 10),
		Number: s.Number, Topic: s.TopicName, StatusCode: stands.code, StatusWords: stands.words, Timeline: stands.timeline, Who: stands.who, WhoTitle: stands.whoTitle, Nobody: stands.nobody,
		Said: conversation(&s, legs, by, clock), Cited: cited, Notice: noticeOf(s.Notice), NextStep: s.NextStep, Lookers: lookers(got.Lookers, by, clock)}
	view.Frame.Live, view.Frame.Events = true, "/events?ticket="+s.Number
	if by.Is(actor.Delegate) {
		view.Meta = ", for " + physician
	} else if s.OpenedBy != by.ID && s.Channel == "online" {
		view.Meta = ", asked by " + s.OpenerName + " for you"
	}
	view.AskedTitle = "What you asked"
	if s.OpenedBy != by.ID {
		view.AskedTitle = "What was asked"
	}
	view.Asked = ui.Evidence{Words: s.Question, By: askedBy(s, by, clock)}
	switch {
	case !got.Hears:
		view.Silent = "The answer goes to " + physician + ". You may ask for them, and see where it stands."
	case len(view.Said) == 0:
		view.Silent = "Nothing yet. We send you an e-mail when there is something to read."
	}
	if view.NoReply = noReply(got, clock.Now); view.NoReply == "" {
		if view.Reply, err = p.replyForm(c, s); err != nil {
			return view, nil, err
		}
	}
	if view.Summary, err = (summaryPages(p)).forPhysician(c, got, correctionTry{}); err != nil {
		return view, nil, err
	}
	return view, got, nil
}

// noReply says why somebody cannot write here, or nothing.
func noReply(got *ticket.Consultation, now time.Time) string {
	s := got.Sheet
	switch {
	case !got.Writes:
		return "Only the physician, and those who may ask for them, can write here. Please call us."
	case s.Status == ticket.Resolved && s.ResolvedAt != nil && now.After(s.ResolvedAt.AddDate(0, 0, ticket.ReopenDays)):
		return "This was closed more than 90 days ago. Please ask a new question; you can name this number in it."
	}
	return ""
}

// replyForm is the form to write in, with what somebody began to write in it before.
func (p requestPages) replyForm(c *gin.Context, s ticket.Sheet) (*views.Reply, error) {
	to := orWords(s.HolderName, "Risk Management")
	r := &views.Reply{Action: "/requests/" + s.Number + "/replies", Key: uuid.NewString(), Since: strconv.FormatInt(s.Seen, 10), Number: s.Number,
		Label: "Write to " + to, Button: "Send to " + to, Hint: "No names, dates of birth or record numbers."}
	if s.Status == ticket.Resolved {
		r.Hint = "This is closed; what you write opens it again. " + r.Hint
	}
	drafts, err := p.rooms.Tickets.Drafts(c.Request.Context(), who(c), "message")
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		if d.Fields["number"] == s.Number && strings.TrimSpace(d.Fields["message"]) != "" {
			r.Key, r.Value = d.ID, d.Fields["message"]
			break
		}
	}
	r.Draft = "/drafts/" + r.Key
	return r, nil
}

// conversation is what was written, and what was advised on calls, oldest first.
// What stays on the desk is not in it: a call's note is the desk's.
func conversation(s *ticket.Sheet, legs []call.Leg, by actor.Actor, clock ui.Clock) []ui.Letter {
	type item struct {
		at     time.Time
		letter ui.Letter
	}
	var items []item
	to := "you"
	if !by.Is(actor.Physician) {
		to = readerOf(s)
	}
	for _, m := range s.Messages {
		l := ui.Letter{At: clock.At(m.SentAt), Words: m.Body, ID: fmt.Sprintf("message-%d", m.ID)}
		switch {
		case m.FromInsured && m.AuthorID == by.ID:
			l.From = "You to us"
		case m.FromInsured:
			l.From = m.Author + " to us"
		default:
			l.From, l.Notice = m.Author+" to "+to, noticeOf(s.Notice).Title
		}
		items = append(items, item{m.SentAt, l})
	}
	for _, leg := range legs {
		if leg.Outcome != "answered" || strings.TrimSpace(leg.Advice) == "" {
			continue
		}
		items = append(items, item{leg.StartedAt, ui.Letter{From: leg.Consultant + " advised on the phone", At: clock.At(leg.StartedAt), Words: leg.Advice,
			Notice: noticeOf(s.Notice).Title, ID: fmt.Sprintf("call-%d", leg.ID)}})
	}
	slices.SortStableFunc(items, func(a, b item) int { return a.at.Compare(b.at) })
	var out []ui.Letter
	for _, i := range items {
		out = append(out, i.letter)
	}
	return out
}

// noticeOf is the notice status in words.
func noticeOf(status string) ui.Notice {
	switch status {
	case "handed":
		return ui.Notice{Kind: "handed", Title: "Handed to Claims", Detail: "Claims has accepted it. This consultation goes on as before."}
	case "declined":
		return ui.Notice{Kind: "declined", Title: "Claims declined it: not notice of a claim", Detail: "If somebody demands money or legal papers reach you, tell us that day."}
	}
	return ui.Notice{Title: "Consultation only, not notice of a claim", Detail: "If somebody demands money or legal papers reach you, tell us that day."}
}

// lookers are the roles that may open a consultation, whether they did, and the one
// that cannot.
func lookers(all []ticket.Looker, by actor.Actor, clock ui.Clock) []views.Looker {
	find := func(role actor.Role) *ticket.Looker {
		for _, l := range all {
			if l.Role == role {
				return &l
			}
		}
		return nil
	}
	var out []views.Looker
	add := func(role actor.Role, one, many, never string) {
		switch l := find(role); {
		case l != nil && l.People > 1:
			out = append(out, views.Looker{Role: one + ", " + strconv.Itoa(l.People) + " " + many, At: clock.At(l.LastAt)})
		case l != nil:
			out = append(out, views.Looker{Role: one, At: clock.At(l.LastAt)})
		case never != "":
			out = append(out, views.Looker{Role: one, Words: never})
		}
	}
	add(actor.Consultant, "Risk consultant", "people", "not yet")
	add(actor.Manager, "Their manager", "people", "")
	if by.Is(actor.Physician) {
		add(actor.Delegate, "Your office", "people", "")
	} else {
		add(actor.Physician, "The physician", "people", "not yet")
	}
	add(actor.Claims, "Claims", "people", "never")
	return append(out, views.Looker{Role: "Underwriting", Words: "cannot open it"})
}

// askedBy says whose words the question is in, since when, and by when it presses.
func askedBy(s ticket.Sheet, by actor.Actor, clock ui.Clock) []string {
	at := ui.Relative(s.OpenedAt, clock.Now, clock.Zone)
	var out []string
	switch {
	case s.Channel != "online":
		out = append(out, "As "+s.OpenerName+" wrote it down on the phone, "+at)
	case s.OpenedBy == by.ID:
		out = append(out, "Your words, "+at)
	default:
		out = append(out, "In the words of "+s.OpenerName+", "+at)
	}
	if s.CallerDeadline != nil {
		out = append(out, "Your deadline: "+ui.Relative(*s.CallerDeadline, clock.Now, clock.Zone))
	}
	if s.State != "" {
		out = append(out, "Care in "+ticket.StateName(s.State))
	}
	if s.OfficeMaySee && by.Is(actor.Physician) {
		out = append(out, "Your office may see it")
	}
	return out
}
