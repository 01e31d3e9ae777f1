package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/requests"
	"hotline/views/ui"
)

type requestPages struct{ *Web }

func (w *Web) requestRoutes() []route {
	p := requestPages{w}
	return slices.Concat([]route{
		get("/requests", insuredP, p.index),
		get("/requests/new", insuredP, p.blank),
		post("/requests/new", insuredP, p.review),
		get("/requests/new/check", insuredP, p.check),
		post("/requests", insuredP, p.send),
		get("/requests/:number", insuredP, p.show),
		get("/requests/:number/sent", insuredP, p.sent),
		post("/requests/:number/replies", insuredP, p.reply),
	}, p.draftRoutes())
}

// perPage is how many consultations a page of the list holds.
const perPage = 20

// index lists an insured person's consultations, newest first.
func (p requestPages) index(c *gin.Context) error {
	ctx, clock := c.Request.Context(), p.clock(c)
	asking, err := p.rooms.Tickets.Asking(ctx, who(c))
	if err != nil {
		return err
	}
	after := edgeOf(query(c, "after"))
	all, more, err := p.rooms.Tickets.Consultations(ctx, who(c), after, perPage)
	if err != nil {
		return err
	}
	drafts, err := p.draftsOf(c)
	if err != nil {
		return err
	}
	view := views.ListPage{Frame: p.frame(c, "My consultations", "/requests"), Later: after != nil, Drafts: drafts, MayAsk: len(asking.For) > 0,
		Lede: "What you asked us, here and on the phone, and where each stands."}
	if !asking.Self {
		view.Lede = "What you asked for a physician, and what they share with the office."
	}
	for _, a := range all {
		view.Lines = append(view.Lines, askedLine(a, asking, clock))
	}
	if len(all) > 0 {
		last := all[len(all)-1]
		if more {
			view.Pager.OlderURL = "/requests?after=" + url.QueryEscape(last.OpenedAt.UTC().Format(time.RFC3339Nano)+","+strconv.FormatInt(last.ID, 10))
		}
		if after != nil {
			view.Pager.NewerURL, view.Pager.Newer = "/requests", "Newest"
		}
		view.Pager.Words = "Newest first"
	}
	return page(c, http.StatusOK, views.List(view))
}

// edgeOf reads where a page begins: "time,id". What does not read as one is the beginning.
func edgeOf(typed string) *ticket.Key {
	at, id, _ := strings.Cut(typed, ",")
	when, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || number(id) == 0 {
		return nil
	}
	return &ticket.Key{At: when, ID: number(id)}
}

// blank is the form: empty, or with a draft in it.
func (p requestPages) blank(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	asking, err := p.rooms.Tickets.Asking(ctx, by)
	if err != nil {
		return err
	}
	form, kept := views.Form{Key: uuid.NewString(), Topic: query(c, "topic")}, ""
	if len(asking.For) == 1 {
		form.State = asking.For[0].State
	}
	if id := query(c, "draft"); id != "" {
		d, err := p.draft(c, id)
		if err != nil || d == nil {
			return err
		}
		form = formOf(d.ID, func(name string) string { return d.Fields[name] })
		if _, chosen := d.Fields["state"]; !chosen && len(asking.For) == 1 {
			form.State = asking.For[0].State
		}
		kept = "Draft kept " + ui.Relative(d.KeptAt, p.clock(c).Now, p.clock(c).Zone) + ". You can leave and come back."
	}
	return p.askAgain(c, http.StatusOK, asking, form, kept, nil)
}

// draft reads a draft of a question. One that was sent meanwhile leads to what
// became of it: then the answer is given, and there is no draft.
func (p requestPages) draft(c *gin.Context, id string) (*ticket.Draft, error) {
	d, err := p.rooms.Tickets.Draft(c.Request.Context(), who(c), id)
	if err == nil && d.Kind == "request" {
		return d, nil
	}
	if err != nil && !errors.Is(err, fault.NotFound) {
		return nil, err
	}
	number, err := p.rooms.Tickets.SentAs(c.Request.Context(), who(c), id)
	if err != nil {
		return nil, err
	}
	return nil, see(c, "/requests/"+number+"/sent")
}

// review takes the form, keeps it as a draft, and shows it read back. From home it
// only begins: the question is carried into the form.
func (p requestPages) review(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	form := formOf(formKey(c), func(name string) string { return text(c, name) })
	keep := func() error {
		return p.rooms.Tickets.KeepDraft(ctx, by, ticket.Draft{ID: form.Key, Kind: "request", Fields: fieldsOf(form)})
	}
	if c.PostForm("begin") != "" {
		if strings.TrimSpace(form.Question) == "" {
			return see(c, "/requests/new")
		}
		// Only what home asked for, so that the form fills in the rest.
		err := p.rooms.Tickets.KeepDraft(ctx, by, ticket.Draft{ID: form.Key, Kind: "request", Fields: map[string]string{"question": form.Question}})
		if err == nil {
			return see(c, "/requests/new?draft="+form.Key)
		}
		return p.wrong(c, form, err)
	}
	_, err := p.rooms.Tickets.Check(ctx, by, p.submission(c, form))
	if err == nil {
		err = keep()
	}
	if err != nil {
		return p.wrong(c, form, err)
	}
	return see(c, "/requests/new/check?draft="+form.Key)
}

// check reads a draft back with what it comes to.
func (p requestPages) check(c *gin.Context) error {
	d, err := p.draft(c, query(c, "draft"))
	if err != nil || d == nil {
		return err
	}
	form := formOf(d.ID, func(name string) string { return d.Fields[name] })
	preview, err := p.rooms.Tickets.Check(c.Request.Context(), who(c), p.submission(c, form))
	if err != nil {
		return p.wrong(c, form, err)
	}
	return page(c, http.StatusOK, views.Check(p.checkPage(c, form, preview)))
}

// send opens the ticket: from the draft that was checked, or from a whole form.
func (p requestPages) send(c *gin.Context) error {
	form := formOf(formKey(c), func(name string) string { return text(c, name) })
	_, topic := c.Request.PostForm["topic"]
	_, question := c.Request.PostForm["question"]
	if !topic || !question {
		d, err := p.draft(c, c.PostForm("key"))
		if err != nil || d == nil {
			return err
		}
		form = formOf(d.ID, func(name string) string { return d.Fields[name] })
	}
	t, err := p.rooms.Tickets.Submit(c.Request.Context(), who(c), p.submission(c, form))
	if already, ok := errors.AsType[*ticket.AlreadySent](err); ok {
		return p.already(c, form, already)
	}
	if err != nil {
		return p.wrong(c, form, err)
	}
	return see(c, "/requests/"+t.Number+"/sent")
}

// already offers to add, as a message, what was sent once more with other words.
func (p requestPages) already(c *gin.Context, form views.Form, a *ticket.AlreadySent) error {
	key := uuid.NewString()
	view := views.AlreadyPage{Frame: p.frame(c, "You sent this already", "/requests"), Number: a.Number, URL: "/requests/" + a.Number, At: said(p.clock(c), a.At),
		Reply: views.Reply{Action: "/requests/" + a.Number + "/replies", Key: key, Draft: "/drafts/" + key, Value: form.Question,
			Label: "What you just wrote", Hint: "Take out what you have told us before, if you like.", Button: "Add it as a message"}}
	return page(c, http.StatusConflict, views.Already(view))
}

// wrong shows the form again with what is wrong with it, and everything typed.
func (p requestPages) wrong(c *gin.Context, form views.Form, err error) error {
	var problems []ui.Problem
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		for _, f := range bad {
			problems = append(problems, ui.Problem{Field: f.Name, Message: f.Says})
		}
	} else if words := fault.Sentence(err); words != "" && errors.Is(err, fault.Unacceptable) {
		// The form's mark was not one: it gets another, and can be sent again.
		form.Key = uuid.NewString()
		problems = []ui.Problem{{Message: words}}
	} else {
		return err
	}
	asking, err := p.rooms.Tickets.Asking(c.Request.Context(), who(c))
	if err != nil {
		return err
	}
	return p.askAgain(c, http.StatusUnprocessableEntity, asking, form, "", problems)
}

// formKey is the form's key, or a new one where the form brought none.
func formKey(c *gin.Context) string {
	if key := c.PostForm("key"); key != "" {
		return key
	}
	return uuid.NewString()
}

// formOf reads a question out of a form or a draft.
func formOf(key string, field func(string) string) views.Form {
	yes := func(name string) bool { return field(name) != "" && field(name) != "no" }
	one := func(name string) string { return strings.Join(strings.Fields(field(name)), " ") }
	return views.Form{Key: key, PhysicianID: one("physician_id"), Topic: one("topic"), Question: field("question"), State: one("state"),
		Danger: yes("danger"), Papers: yes("papers"), PaperDay: one("paper_day"),
		Deadline: one("deadline"), DeadlineDay: one("deadline_day"), DeadlineTime: one("deadline_time"), NextStep: field("next_step"),
		AnswerBy: one("answer_by"), Phone: one("phone"), Windows: one("windows"), OfficeMaySee: yes("office_may_see")}
}

// fieldsOf is formOf the other way, for the draft.
func fieldsOf(f views.Form) map[string]string {
	out := map[string]string{"topic": f.Topic, "question": f.Question, "state": f.State, "paper_day": f.PaperDay, "deadline": f.Deadline,
		"deadline_day": f.DeadlineDay, "deadline_time": f.DeadlineTime, "next_step": f.NextStep, "answer_by": f.AnswerBy, "phone": f.Phone, "windows": f.Windows}
	if f.PhysicianID != "" {
		out["physician_id"] = f.PhysicianID
	}
	for name, ticked := range map[string]bool{"danger": f.Danger, "papers": f.Papers, "office_may_see": f.OfficeMaySee} {
		if ticked {
			out[name] = "yes"
		}
	}
	return out
}

// submission is a form as the room takes it, in the reader's zone.
func (p requestPages) submission(c *gin.Context, f views.Form) ticket.Submission {
	return ticket.Submission{Key: f.Key, PhysicianID: number(f.PhysicianID), Topic: f.Topic, Question: f.Question, State: f.State,
		Danger: f.Danger, Papers: f.Papers, PaperDay: f.PaperDay,
		HasDeadline: f.Deadline == "date" || f.Deadline == "" && f.DeadlineDay != "", DeadlineDay: f.DeadlineDay, DeadlineTime: f.DeadlineTime,
		NextStep: f.NextStep, AnswerBy: f.AnswerBy, Phone: f.Phone, Windows: f.Windows, OfficeMaySee: f.OfficeMaySee, Zone: p.clock(c).Zone}
}
