package web

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/routing"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// ticketPage reads everything a ticket's page shows, and decides every word on it.
func (p deskPages) ticketPage(c *gin.Context, number string, tried ticketAttempt) (views.ShowPage, error) {
	ctx, by, clock, at := c.Request.Context(), who(c), p.clock(c), placeOf(c)
	var view views.ShowPage
	s, err := p.rooms.Tickets.Show(ctx, by, number)
	if err != nil {
		return view, err
	}
	legs, err := p.rooms.Calls.Of(ctx, by, s.ID)
	if err != nil {
		return view, err
	}
	all, err := p.panes(c, at, number)
	if err != nil {
		return view, err
	}
	times, err := p.timesOf(c, s.DeskID)
	if err != nil {
		return view, err
	}
	view.Frame = p.frame(c, s.Number, "/desk")
	view.Frame.Room, view.Frame.Live, view.Frame.Person.OnDuty = "desk", true, all.duty
	if flash := tried.flash(c, s); flash.Words+flash.Strong != "" {
		view.Frame.Flash = flash
	}
	view.Queues, view.List = all.queues, all.list
	view.Back, view.BackURL = all.back, at.on("/desk")
	view.URL, view.Live = at.on("/tickets/"+number), "ticket-"+strconv.FormatInt(s.ID, 10)
	view.Head = p.head(c, s, at, times)
	working, err := p.rooms.Tickets.Working(ctx, by, number)
	if err != nil {
		return view, err
	}
	view.Head.Working = workingOf(working, times)
	reads := p.rooms.Learning.Read(ctx, s.Question)
	view.Evidence = ui.Evidence{Words: s.Question, By: evidenceBy(clock, s), Fired: firedIn(reads)}
	if len(view.Evidence.Fired) > 0 {
		view.Evidence.By = append(view.Evidence.By, "Underlined: what raises a trigger")
	}
	if found := p.readsAs(c, s, reads, at); found != nil {
		view.Reads = found
	}
	view.Told = toldUs(clock, s)
	view.Why = whyHeld(clock, s, by)
	view.Offer, view.Reading = offer(clock, s, by, "/tickets/"+s.Number), reading(s, by, "/tickets/"+s.Number)
	view.History = ticketHistory(clock, s, legs, func(code string) string { return p.house.topicName(ctx, code) })
	if view.Panels, err = p.panels(c, s, at, tried); err != nil {
		return view, err
	}
	if err := p.composers(c, s, at, tried, &view); err != nil {
		return view, err
	}
	if view.Rail, err = p.railOf(c, s, legs); err != nil {
		return view, err
	}
	view.Summary, view.Rail.Steps, view.Panels.Resolve.Summary, err = summaryPages(p).onDesk(c, s)
	return view, err
}

// timesOf is the clock of a ticket's desk; the house knows that of the first one.
func (p deskPages) timesOf(c *gin.Context, deskID int64) (desk.Times, error) {
	if times, ok := p.house.desk(c.Request.Context()); ok && times.Desk.ID == deskID {
		return times, nil
	}
	return p.rooms.Desks.Times(c.Request.Context(), deskID)
}

// May the person move the ticket to somebody, or end it? The room decides; this is
// what the page offers.
func mayMove(by actor.Actor, s *ticket.Sheet) bool {
	return by.Is(actor.Manager) || s.HeldBy(by.ID) || s.AssigneeID == nil
}

func maySettle(by actor.Actor, s *ticket.Sheet) bool {
	return by.Is(actor.Manager) && s.AssigneeID != nil || s.HeldBy(by.ID)
}

func (p deskPages) head(c *gin.Context, s *ticket.Sheet, at deskPlace, times desk.Times) views.Head {
	by, clock := who(c), p.clock(c)
	h := views.Head{Number: s.Number, Urgency: string(s.Urgency), UrgencyWord: urgencyWord(s.Urgency), Notice: noticeWords(s.Notice), Title: titleOf(s)}
	h.StatusCode, h.Status = ticketStanding(s)
	h.Tags = append(h.Tags, views.Tag{Words: s.TopicName})
	if s.Restricted {
		h.Tags = append(h.Tags, views.Tag{Words: "Restricted", Icon: "lock"})
	}
	if s.LegalHold {
		h.Tags = append(h.Tags, views.Tag{Words: "Legal hold", Icon: "file-text"})
	}
	h.Due, h.WhyDue = dueStrip(clock, s, times)
	tool := func(b ui.Button) {
		b.ID = "tool-" + strings.TrimPrefix(b.URL, "#")
		if !strings.HasPrefix(b.URL, "#") {
			b.ID = "tool-call"
		}
		h.Tools = append(h.Tools, b)
	}
	if s.Status == ticket.Unassigned && by.Is(actor.Consultant) {
		h.Claim, h.ClaimSince = at.on("/tickets/"+s.Number+"/assignment"), strconv.FormatInt(s.Seen, 10)
	}
	if reachable(s) {
		tool(ui.Button{Label: "Message", Icon: "send", Key: "r", URL: "#message", ToolLabel: true})
	}
	tool(ui.Button{Label: "Note", Icon: "sticky-note", Key: "n", URL: "#note", ToolLabel: true})
	tool(ui.Button{Label: "Call", Icon: "phone-outgoing", URL: callURL(s), ToolLabel: true})
	if s.Status != ticket.Resolved && mayMove(by, s) {
		tool(ui.Button{Label: "Assign", Icon: "user-plus", Key: "a", URL: "#assign", ToolLabel: true})
	}
	if maySettle(by, s) && s.Status == ticket.Assigned && reachable(s) {
		tool(ui.Button{Label: "Wait", Icon: "circle-pause", URL: "#waiting", ToolLabel: true})
	}
	if maySettle(by, s) && s.Status == ticket.WithPhysician {
		tool(ui.Button{Label: "Take back", Icon: "circle-pause", URL: "#waiting", ToolLabel: true})
	}
	switch {
	case s.Status == ticket.Resolved:
		tool(ui.Button{Label: "Take up again", Icon: "reply", URL: "#reopen", ToolLabel: true})
	case maySettle(by, s) || by.Is(actor.Manager):
		tool(ui.Button{Label: "Resolve", Icon: "circle-check", Key: "e", URL: "#resolve", ToolLabel: true})
	}
	tool(ui.Button{Label: "Edit", Icon: "pen-line", URL: "#change", ToolLabel: true})
	h.Tools = append(h.Tools, ui.Button{Label: "Summary", Icon: "file-text", Key: "u", URL: "/tickets/" + s.Number + "/summaries/new", ToolLabel: true, ID: "tool-summary"})
	return h
}

// titleOf is the desk's title, or the first words of the question.
func titleOf(s *ticket.Sheet) string {
	if s.Title != "" {
		return s.Title
	}
	words := strings.Join(strings.Fields(s.Question), " ")
	runes := []rune(words)
	if len(runes) <= 90 {
		return words
	}
	cut := string(runes[:90])
	if i := strings.LastIndex(cut, " "); i > 40 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}

// ticketStanding is where a ticket stands, with who has it.
func ticketStanding(s *ticket.Sheet) (code, words string) {
	switch s.Status {
	case ticket.Assigned:
		return "open", "In hand, " + s.HolderName
	case ticket.WithPhysician:
		return "waiting", "With " + readerOf(s) + ", held by " + s.HolderName
	case ticket.Resolved:
		return "closed", commas("Resolved", s.ResolverName, lowerFirst(ticket.OutcomeName(s.Outcome)))
	}
	return "new", "Nobody has it yet"
}

// reachable says whether a message would reach somebody.
func reachable(s *ticket.Sheet) bool { return s.Reaches }

func callURL(s *ticket.Sheet) string { return "/calls/new?ticket=" + url.QueryEscape(s.Number) }

func evidenceBy(clock ui.Clock, s *ticket.Sheet) []string {
	when := ui.Relative(s.OpenedAt, clock.Now, zoneOf(clock))
	if s.Channel == "phone" {
		return []string{commas("Told by "+cmp.Or(s.CallerName, readerOf(s)), s.CallerRole, "by phone", when), "Written down by " + s.OpenerName}
	}
	by := readerOf(s)
	if s.OpenerRole == string(actor.Delegate) {
		by = s.OpenerName + " for " + readerOf(s)
	}
	return []string{commas(by, "online", when)}
}

// toldUs is what the asker said besides the question.
func toldUs(clock ui.Clock, s *ticket.Sheet) ui.Facts {
	var f ui.Facts
	if s.Danger {
		f = append(f, ui.Fact{Label: "Danger", Value: "Someone may be in danger"})
	}
	if s.Papers {
		f = append(f, ui.Fact{Label: "Papers", Value: "Legal papers have arrived"})
	}
	if s.NextStep != "" {
		f = append(f, ui.Fact{Label: "What happens next", Value: s.NextStep})
	}
	if s.CallerDeadline != nil {
		f = append(f, ui.Fact{Label: "Needs it by", Value: ui.Relative(*s.CallerDeadline, clock.Now, zoneOf(clock)), Number: true})
	}
	if s.State != "" {
		f = append(f, ui.Fact{Label: "Care is given in", Value: ticket.StateName(s.State)})
	}
	switch {
	case s.AnswerBy == "call" && s.CallbackPhone != "":
		f = append(f, ui.Fact{Label: "Call back", Value: commas(s.CallbackPhone, s.CallbackWindows), Number: true})
	case s.AnswerBy == "call":
		f = append(f, ui.Fact{Label: "Answer", Value: commas("By phone", s.CallbackWindows)})
	default:
		f = append(f, ui.Fact{Label: "Answer", Value: "In writing"})
	}
	if s.OfficeMaySee {
		f = append(f, ui.Fact{Label: "Shared", Value: "Their office may see this"})
	}
	return f
}

// whyHeld says why the ticket is with who has it.
func whyHeld(clock ui.Clock, s *ticket.Sheet, by actor.Actor) *ui.Why {
	a := s.Assignment
	if a == nil || s.AssigneeID == nil || a.UserID != *s.AssigneeID {
		return nil
	}
	whom := s.HolderName
	if s.HeldBy(by.ID) {
		whom = "you"
	}
	considered := a.Considered()
	y := &ui.Why{Measure: measureOf(considered), Caption: "Who was considered, " + ui.Exact(a.FromAt, zoneOf(clock))}
	switch a.How {
	case "router":
		reason, _ := strings.CutPrefix(a.Reason, s.HolderName+" ")
		reason, _ = strings.CutPrefix(reason, "is ")
		y.Sentence = "Why " + whom + ": " + reason
	case "transfer":
		giver := "Somebody"
		if a.GivenBy != nil {
			giver = nameOf(s, *a.GivenBy)
		}
		y.Sentence = giver + " gave it to " + whom
		if a.Reason != "" {
			y.Sentence += ": " + a.Reason
		}
	case "claim", "call":
		return nil // the history says so
	default:
		y.Sentence = "Why " + whom + ": " + a.Reason
	}
	for _, one := range considered {
		line := ui.Candidate{Name: one.Name, Score: fmt.Sprintf("%d of %d", one.Held, one.Cap), Because: one.Reason, Chosen: one.Chosen, Out: one.Out}
		if y.Measure == points {
			line.Score = "out"
			if !one.Out {
				line.Score = strconv.Itoa(one.Score)
			}
			for _, part := range one.Parts {
				line.Parts = append(line.Parts, ui.Part{Why: pointWords[part.Why], Points: strconv.Itoa(part.Points)})
			}
		}
		y.Candidates = append(y.Candidates, line)
	}
	return y
}

const points = "Points"

// measureOf is what the decision went by: points, or, for one of the first days, how much each held.
func measureOf(considered []routing.Considered) string {
	for _, one := range considered {
		if one.Score > 0 || len(one.Parts) > 0 {
			return points
		}
	}
	return "Holds"
}

// pointWords are the reasons of a score in words.
var pointWords = map[string]string{"room": "room", "depth": "the topic", "state": "the state", "language": "the language", "matter": "had it before",
	"physician": "knows the physician", "practice": "knows the practice", "cover": "stands in"}

// offer is what stands on a ticket that the router gave somebody who has not taken it up.
func offer(clock ui.Clock, s *ticket.Sheet, by actor.Actor, path string) *views.Offer {
	a := s.Assignment
	if a == nil || s.Status != ticket.Assigned || !s.HeldBy(a.UserID) || a.AcceptBy == nil || a.AcceptedAt != nil {
		return nil
	}
	o := &views.Offer{Words: s.HolderName + " has not taken it up yet. Past ", By: clock.At(*a.AcceptBy), After: " it goes to the next by itself.", Late: a.AcceptBy.Before(clock.Now)}
	if s.HeldBy(by.ID) {
		o.Words, o.Action = "The router gave you this. Take it: past ", path+"/acceptance"
	}
	if o.Late {
		o.Words, o.After = s.HolderName+" was to take it up by ", ", and nobody else can have it now."
		if s.HeldBy(by.ID) {
			o.Words, o.After = "You were to take this up by ", ". Nobody else can have it now."
		}
	}
	return o
}

// reading is what stands on a ticket whose holder is learning its topic.
func reading(s *ticket.Sheet, by actor.Actor, path string) *views.Reading {
	a := s.Assignment
	if a == nil || a.ReaderID == nil || s.AssigneeID == nil || !s.HeldBy(a.UserID) {
		return nil
	}
	r := &views.Reading{Since: strconv.FormatInt(s.Seen, 10), Done: a.ReadAt != nil}
	switch {
	case s.HeldBy(by.ID) && r.Done:
		r.Words = "It has been read. Send it."
	case s.HeldBy(by.ID):
		r.Words = "You are learning this topic. Keep what you mean to send as a note; " + a.Reader + " reads it, then you send it."
	case r.Done:
		r.Words = "What " + s.HolderName + " means to send has been read."
	default:
		whose := a.Reader + " reads along"
		if *a.ReaderID == by.ID {
			whose = "You read along"
		}
		r.Words, r.Action = s.HolderName+" is learning this topic. "+whose+": when the note with the answer is right, say so.", path+"/reading"
	}
	return r
}
