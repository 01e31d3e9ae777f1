package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/requests"
	"hotline/views/ui"
)

// askAgain shows the form on which a question is asked.
func (p requestPages) askAgain(c *gin.Context, status int, asking ticket.Asking, form views.Form, kept string, problems []ui.Problem) error {
	if len(asking.For) == 0 {
		return fault.Say(fault.Forbidden, "You may not ask for anyone at the moment. Please call us.")
	}
	ctx, clock := c.Request.Context(), p.clock(c)
	title := "Your question"
	if len(problems) > 0 {
		title = "Error: your question"
	}
	view := views.FormPage{Frame: p.frame(c, title, "/requests"), Form: form, Problems: problems, Draft: "/drafts/" + form.Key, Saved: kept,
		Office: "My office may see this", Days: clock.Now.In(clock.Zone).AddDate(0, 0, 4).Format("1/2/2006"), Hearing: p.soon(ctx, clock)}
	view.Near = p.beside(c, form)
	if !asking.Self {
		view.Office = "Others in the office may see this"
		if len(asking.For) == 1 {
			view.For = asking.For[0].Name
		}
	}
	if len(asking.For) > 1 {
		for _, a := range asking.For {
			id := strconv.FormatInt(a.PhysicianID, 10)
			view.Physicians = append(view.Physicians, ui.Option{Value: id, Label: a.Name, Chosen: id == form.PhysicianID})
		}
	}
	for _, t := range p.house.allTopics(ctx) {
		view.Topics = append(view.Topics, ui.Option{Value: t.Code, Label: t.Name, Hint: t.Asks, Chosen: t.Code == form.Topic})
	}
	view.States = []ui.Option{{Label: "As in our records", Chosen: form.State == ""}}
	for _, s := range ticket.States {
		view.States = append(view.States, ui.Option{Value: s.Code, Label: s.Name, Chosen: s.Code == form.State})
	}
	return page(c, status, views.Ask(view))
}

// checkPage reads a question back with what it comes to.
func (p requestPages) checkPage(c *gin.Context, f views.Form, preview ticket.Preview) views.CheckPage {
	clock, edit := p.clock(c), "/requests/new?draft="+f.Key
	row := func(label, value, none, field string) views.Answer {
		return views.Answer{Label: label, Value: orWords(value, none), Change: edit + "#" + field}
	}
	yes := func(b bool) string {
		if b {
			return "Yes"
		}
		return "No"
	}
	back := row("How we come back", map[bool]string{true: "We call you", false: "We write to you here"}[f.AnswerBy == "call"], "", "answer_by")
	what := []views.Answer{row("For", preview.Physician, "", "physician_id"), row("Topic", p.house.topicName(c.Request.Context(), f.Topic), "", "topic"),
		row("Your question", f.Question, "", "question"), row("State", ticket.StateName(preview.State), "Not given", "state")}
	if who := visitOf(c); who.by.Insured() && f.PhysicianID == "" {
		what[0].Change = edit
	}
	papers := yes(f.Papers)
	if f.Papers && f.PaperDay != "" {
		papers += ", with the date " + f.PaperDay
	} else if f.Papers {
		papers += ", without a date"
	}
	deadline := "Nothing is scheduled"
	if preview.Deadline != nil {
		deadline = ui.Exact(*preview.Deadline, clock.Zone)
	}
	view := views.CheckPage{Frame: p.frame(c, "Check before sending", "/requests"), Key: f.Key, ChangeURL: edit,
		Urgency: string(preview.Urgency), UrgencyWord: urgencyWords[preview.Urgency], Because: because(preview),
		Groups: []views.Group{
			{ID: "group-what", Title: "What happened", Answers: what},
			{ID: "group-when", Title: "How soon", Answers: []views.Answer{
				row("Someone in danger", yes(f.Danger), "", "danger"), row("Legal papers", papers, "", "papers"),
				row("You need to act by", deadline, "", "deadline"), row("What happens next", f.NextStep, "Not given", "next_step")}},
			{ID: "group-back", Title: "Coming back to you", Answers: []views.Answer{back, row("Number to call", f.Phone, "Not given", "phone"),
				row("Good times", f.Windows, "Any time", "windows"), row("Your office may see it", yes(f.OfficeMaySee), "", "office_may_see")}},
		}}
	view.Doubts = p.doubts(c, f, preview.Deadline != nil)
	view.Alert, view.Near = p.besideCheck(c, f)
	fields := fieldsOf(f)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		view.Sends = append(view.Sends, views.Sending{Name: name, Value: fields[name]})
	}
	does := "writes to you"
	if f.AnswerBy == "call" {
		does = "calls you"
	}
	view.Hearing = views.Hearing{Before: "Send it now and a named consultant " + does + " by", By: said(clock, preview.AnswerBy), After: "at the latest."}
	if !preview.Open {
		view.Closed = closedUntil(clock, preview.NextOpen)
		if preview.Urgency == ticket.Critical {
			view.Closed, view.Alone = onCallWords(preview.OnCall, view.Closed)
		}
	}
	return view
}

// because says in plain words why a question has the urgency it has.
func because(p ticket.Preview) string {
	switch {
	case p.Because != "":
		return "because " + p.Because + "."
	case p.Deadline != nil:
		return "because your deadline leaves more than five business days."
	}
	return "because you named no danger, no legal papers and no deadline."
}

var urgencyWords = map[ticket.Urgency]string{ticket.Critical: "Critical", ticket.Urgent: "Urgent", ticket.Routine: "Routine"}

// closedUntil says that nobody is at the desk, and from when somebody is.
func closedUntil(clock ui.Clock, open time.Time) string {
	if open.IsZero() {
		return "We are closed now."
	}
	return "We are closed now and open again " + ui.Exact(open, clock.Zone) + "."
}

// onCallWords is what somebody reads who cannot wait while the desk is closed, and
// whether nobody is there for them.
func onCallWords(there bool, closed string) (words string, alone bool) {
	if there {
		return "The desk is closed, and a consultant is on call for what cannot wait: they are told at once.", false
	}
	return closed, true
}

// sent says that a question has arrived and what becomes of it.
func (p requestPages) sent(c *gin.Context) error {
	got, err := p.rooms.Tickets.Consultation(c.Request.Context(), who(c), c.Param("number"))
	if err != nil {
		return err
	}
	s, clock := got.Sheet, p.clock(c)
	url := "/requests/" + s.Number
	stands := p.standing(c, got)
	view := views.SentPage{Frame: p.frame(c, "Sent", "/requests"), Number: s.Number, URL: url, Self: url + "/sent", Word: "ticket-" + strconv.FormatInt(s.ID, 10),
		Timeline: stands.timeline, Who: stands.who}
	view.Frame.Live, view.Frame.Events = true, "/events?ticket="+s.Number
	does := "writes to you"
	if s.AnswerBy == "call" {
		does = "calls you"
	}
	switch {
	case s.FirstAnsweredAt != nil:
		view.Hearing.Before = "We have answered. Read it in your consultation."
	case s.HolderName != "":
		view.Hearing = views.Hearing{Before: "Your question is with " + s.HolderName + ", who " + does + " by", By: said(clock, due(s)), After: "at the latest."}
	default:
		view.Hearing = views.Hearing{Before: "It goes to a named consultant, who " + does + " by", By: said(clock, due(s)), After: "at the latest. You will see the name here."}
	}
	if times, ok := p.house.desk(c.Request.Context()); ok && s.FirstAnsweredAt == nil && s.HolderName == "" && !times.Calendar.Open(clock.Now) {
		open, _ := times.Calendar.NextOpen(clock.Now)
		view.Closed = closedUntil(clock, open)
		if s.Urgency == ticket.Critical {
			there, err := p.rooms.Tickets.SomebodyOnCall(c.Request.Context(), s.DeskID)
			if err != nil {
				return err
			}
			view.Closed, view.Alone = onCallWords(there, view.Closed)
		}
	}
	return page(c, http.StatusOK, views.Sent(view))
}

// due is when an answer was promised at the latest.
func due(s ticket.Sheet) time.Time {
	if s.Target != nil {
		return s.Target.DueAt
	}
	return s.NextDueAt
}
