package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
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
	view.Evidence = ui.Evidence{Words: s.Question, By: evidenceBy(clock, s)}
	view.Told = toldUs(clock, s)
	view.Why = whyHeld(clock, s, by)
	view.History = ticketHistory(clock, s, legs, func(code string) string { return p.house.topicName(ctx, code) })
	if view.Panels, err = p.panels(c, s, at, tried); err != nil {
		return view, err
	}
	if err := p.composers(c, s, at, tried, &view); err != nil {
		return view, err
	}
	view.Rail, err = p.railOf(c, s, legs)
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
		f = append(f, ui.Fact{Label: "Care is given in", Value: stateName(s.State)})
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
	y := &ui.Why{Measure: "Holds", Caption: "Who was considered, " + ui.Exact(a.FromAt, zoneOf(clock))}
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
	for _, one := range a.Considered() {
		y.Candidates = append(y.Candidates, ui.Candidate{Name: one.Name, Score: fmt.Sprintf("%d of %d", one.Held, one.Cap), Because: one.Reason, Chosen: one.Chosen, Out: one.Out})
	}
	return y
}

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
	add("State", stateName(person.State), false)
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
