package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/calls"
	"hotline/views/ui"
)

// callPages are where a call is logged while somebody listens.
type callPages struct{ *Web }

func (w *Web) callRoutes() []route {
	p := callPages{w}
	return []route{
		get("/calls/new", deskP, p.blank),
		get("/calls/callers", deskP, p.callers),
		get("/calls/caller", deskP, p.caller),
		post("/calls/form", deskP, p.goOn),
		post("/calls", deskP, p.log),
	}
}

// callForm reads a call out of a form or a draft. What was never said takes what is usual.
func callForm(key string, field func(string) string) views.Form {
	one := func(name string) string { return strings.Join(strings.Fields(field(name)), " ") }
	f := views.Form{Key: key, Ticket: one("ticket"), Matter: one("matter"), Narrative: field("narrative"), Who: one("who"), PhysicianID: one("physician_id"),
		CallerName: one("caller_name"), CallerRole: one("caller_role"), Phone: one("phone"), Topic: one("topic"), Urgency: one("urgency"), State: one("state"),
		DeadlineDay: one("deadline_day"), DeadlineTime: one("deadline_time"), NextStep: one("next_step"), Direction: one("direction"), Outcome: one("outcome"),
		Advice: field("advice"), Answered: one("answered"), Keep: one("keep"), Started: one("started"), Ended: one("ended")}
	if f.Direction == "" {
		f.Direction = "in"
		if f.Ticket != "" {
			f.Direction = "out"
		}
	}
	if f.Outcome == "" {
		f.Outcome = "answered"
	}
	return f
}

// callMoment reads a time the form carries; the zero time where it does not read as one.
func callMoment(s string) time.Time {
	at, _ := time.Parse(time.RFC3339, s)
	return at.UTC()
}

// blank is the form, empty or as far as it was filled: a draft by its key, a number
// that is ringing, a ticket it belongs to.
func (p callPages) blank(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	key, kept := uuid.NewString(), map[string]string{}
	saved := ""
	if asked := query(c, "draft"); asked != "" {
		if _, err := uuid.Parse(asked); err != nil {
			return fault.NotFound
		}
		logged, err := p.rooms.Calls.Keys(ctx, by, []string{asked})
		if err != nil {
			return err
		}
		if number := logged[asked]; number != "" {
			return see(c, "/tickets/"+number)
		}
		d, err := p.rooms.Tickets.Draft(ctx, by, asked)
		switch {
		case err == nil && d.Kind == "call":
			kept, saved = d.Fields, "Kept "+said(p.clock(c), d.KeptAt).Words
		case err == nil:
			return fault.NotFound
		case !errors.Is(err, fault.NotFound):
			return err
		}
		key = asked
	}
	for name, in := range map[string]string{"phone": "from", "who": "from", "ticket": "ticket", "matter": "matter", "physician_id": "physician", "started": "started"} {
		if kept[name] == "" {
			kept[name] = query(c, in)
		}
	}
	form := callForm(key, func(name string) string { return kept[name] })
	return p.form(c, http.StatusOK, form, callView{blank: query(c, "draft") == "", find: query(c, "find") != "", saved: saved})
}

// goOn keeps everything typed as a draft and comes back to it with what a button
// asked for: the caller looked up, a matter continued, the ticket it is about.
func (p callPages) goOn(c *gin.Context) error {
	form := callForm(callKey(c), func(name string) string { return text(c, name) })
	switch next := line(c, "continue"); next {
	case "":
	case "none":
		form.Matter = ""
	default:
		form.Matter = next
	}
	find := line(c, "then") == "find"
	err := p.keep(c, form)
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.form(c, http.StatusUnprocessableEntity, form, callView{problems: problemsOf(bad), find: find, unkept: true})
	}
	if err != nil {
		return err
	}
	to := "/calls/new?draft=" + form.Key
	if find {
		to += "&find=1"
	}
	return see(c, to+"#caller")
}

// callKey is the form's key, or a new one where the form brought none that is one.
func callKey(c *gin.Context) string {
	if key := strings.TrimSpace(c.PostForm("key")); uuid.Validate(key) == nil {
		return key
	}
	return uuid.NewString()
}

// log writes the call down. Whatever stands in the way, what was typed stays.
func (p callPages) log(c *gin.Context) error {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	form := callForm(callKey(c), func(name string) string { return text(c, name) })
	if form.Ended == "" {
		form.Ended = clock.Now.UTC().Format(time.RFC3339)
	}
	if line(c, "then") == "dropped" {
		form.Outcome, form.Answered = "dropped", "no"
	}
	note := noteOf(form, clock.Zone)
	number, err := p.rooms.Calls.Log(ctx, by, note)
	if again, ok := errors.AsType[*ticket.AlreadySent](err); ok {
		form.Key = uuid.NewString()
		return p.form(c, http.StatusConflict, form, callView{already: again, unkept: p.keep(c, form) != nil})
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		if bad.For("started") != "" {
			form.Started, form.Ended = clock.Now.UTC().Format(time.RFC3339), ""
		}
		return p.form(c, http.StatusUnprocessableEntity, form, callView{problems: problemsOf(bad), unkept: p.keep(c, form) != nil})
	}
	if err != nil {
		return err
	}
	at, err := p.rooms.Calls.Standing(ctx, by, number)
	if err != nil {
		return err
	}
	p.flash(c, loggedWords(at, note, by.ID))
	return see(c, "/tickets/"+number)
}

// keep keeps as a draft what could not be logged, so that a reload finds all of it.
func (p callPages) keep(c *gin.Context, f views.Form) error {
	fields := map[string]string{}
	for name, words := range map[string]string{"ticket": f.Ticket, "matter": f.Matter, "narrative": f.Narrative, "who": f.Who, "physician_id": f.PhysicianID,
		"caller_name": f.CallerName, "caller_role": f.CallerRole, "phone": f.Phone, "topic": f.Topic, "urgency": f.Urgency, "state": f.State,
		"deadline_day": f.DeadlineDay, "deadline_time": f.DeadlineTime, "next_step": f.NextStep, "direction": f.Direction, "outcome": f.Outcome,
		"advice": f.Advice, "answered": f.Answered, "keep": f.Keep, "started": f.Started, "ended": f.Ended} {
		if words != "" {
			fields[name] = words
		}
	}
	return p.rooms.Tickets.KeepDraft(c.Request.Context(), who(c), ticket.Draft{ID: f.Key, Kind: "call", Fields: fields})
}

func noteOf(f views.Form, zone *time.Location) call.Note {
	return call.Note{Key: f.Key, Number: f.Ticket, Matter: f.Matter, PhysicianID: number(f.PhysicianID), CallerName: f.CallerName, CallerRole: f.CallerRole,
		Phone: f.Phone, Direction: f.Direction, Outcome: f.Outcome, Narrative: f.Narrative, State: f.State, Topic: f.Topic, Urgency: ticket.Urgency(f.Urgency),
		Deadline: ticket.Moment{Day: f.DeadlineDay, Time: f.DeadlineTime}, NextStep: f.NextStep, Answered: f.Answered == "yes", Advice: f.Advice,
		Keep: f.Keep == "yes", StartedAt: callMoment(f.Started), EndedAt: callMoment(f.Ended), Zone: zone}
}

// loggedWords say what became of the call.
func loggedWords(at call.Standing, note call.Note, me int64) string {
	words := "Logged as " + at.Number
	if note.Number != "" {
		words = "Call logged on " + at.Number
	}
	switch {
	case at.Status == ticket.Resolved && note.Answered:
		return words + ": answered on the call."
	case at.Status == ticket.Resolved:
		return words + ". It stays resolved."
	case at.HolderID == me:
		return words + "; you have it."
	case note.Answered && at.Holder != "":
		return words + "; " + at.Holder + " has it, so it stays open until they end it."
	case at.Holder != "":
		return words + "; " + at.Holder + " has it."
	case note.Answered:
		return words + "; nobody has it yet, so it stays open. Claim it to end it."
	case note.Number == "" && note.Keep:
		return words + ". You are full, so it waits for the router."
	}
	return words + ". It waits for the router."
}

// problemsOf are a form's faults as its summary lists them. The times of a call have
// no control of their own.
func problemsOf(bad fault.Fields) []ui.Problem {
	var all []ui.Problem
	for _, f := range bad {
		one := ui.Problem{Field: f.Name, Message: f.Says}
		if f.Name == "started" {
			one.Field, one.Message = "", f.Says+" Its clock starts anew: log it again, and say in the text when it was."
		}
		all = append(all, one)
	}
	return all
}

// unlogged are the calls that somebody began to write down and never logged.
func (p callPages) unlogged(c *gin.Context) ([]ui.Flash, error) {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	drafts, err := p.rooms.Tickets.Drafts(ctx, by, "call")
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	ids := make([]string, len(drafts))
	for i, d := range drafts {
		ids[i] = d.ID
	}
	logged, err := p.rooms.Calls.Keys(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	var all []ui.Flash
	for _, d := range drafts {
		f := callForm(d.ID, func(name string) string { return d.Fields[name] })
		words := firstWords(strings.TrimSpace(f.Narrative+" "+f.Advice), 90)
		if logged[d.ID] != "" || words == "" {
			continue
		}
		began := callMoment(f.Started)
		if began.IsZero() {
			began = d.KeptAt
		}
		all = append(all, ui.Flash{Kind: "problem", Words: "You have a call from " + said(clock, began).Words + " that was not logged: “" + words + "”",
			MoreLabel: "Go on with it", MoreURL: "/calls/new?draft=" + d.ID})
	}
	return all, nil
}
