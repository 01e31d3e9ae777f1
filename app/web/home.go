package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/ticket"
	views "hotline/views/requests"
	"hotline/views/ui"
)

type homePages struct{ *Web }

func (w *Web) homeRoutes() []route {
	p := homePages{w}
	return []route{get("/", signedIn, p.home)}
}

// home is where each role begins its day.
func (p homePages) home(c *gin.Context) error {
	switch by := who(c); {
	case by.Insured():
		return p.insured(c)
	case by.Is(actor.Manager):
		return see(c, "/reports/caseload")
	case by.Is(actor.Consultant):
		return see(c, "/desk")
	case by.Is(actor.Administrator):
		return see(c, "/operations")
	case by.Is(actor.Auditor):
		return see(c, "/record")
	}
	return page(c, http.StatusOK, views.Claims(views.ClaimsPage{Frame: p.frame(c, "Hand-offs", "/")}))
}

// latest is how many consultations home shows.
const latest = 5

func (p homePages) insured(c *gin.Context) error {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	asking, err := p.rooms.Tickets.Asking(ctx, by)
	if err != nil {
		return err
	}
	all, _, err := p.rooms.Tickets.Consultations(ctx, by, nil, 50)
	if err != nil {
		return err
	}
	drafts, err := p.draftsOf(c)
	if err != nil {
		return err
	}
	key := uuid.NewString()
	name := asking.Greeting
	if name == "" {
		name = visitOf(c).person.Name
	}
	view := views.HomePage{Frame: p.frame(c, "Home", "/"), Greeting: greeting(clock.Now.In(clock.Zone)) + ", " + unbroken(name) + ".",
		MayAsk: len(asking.For) > 0, Key: key, Draft: "/drafts/" + key, Hearing: p.soon(ctx, clock), Drafts: drafts, Articles: p.articles(c)}
	confirm, steps, err := p.summaryToDo(c)
	if err != nil {
		return err
	}
	for i, a := range all {
		if todo, ok := toDo(a, asking); ok && len(view.ToDo) < latest {
			view.ToDo = append(view.ToDo, todo)
		}
		if i < latest {
			view.Lines = append(view.Lines, askedLine(a, asking, clock))
		}
	}
	view.ToDo = slices.Concat(confirm[:min(len(confirm), latest)], view.ToDo, steps[:min(len(steps), latest)])
	return page(c, http.StatusOK, views.Home(view))
}

// toDo is what a consultation wants of its reader, if anything.
func toDo(a ticket.Asked, asking ticket.Asking) (views.ToDo, bool) {
	url := "/requests/" + a.Number
	someone := orWords(a.Holder, "We")
	switch {
	case a.Status == ticket.WithPhysician:
		return views.ToDo{Title: "We are waiting for you", Words: someone + " asked you something about: " + firstWords(a.Words, 90), Label: "Read and answer", URL: url}, true
	case a.Unread && asking.Hears:
		return views.ToDo{Title: "An answer is waiting", Words: someone + " wrote to you about: " + firstWords(a.Words, 90), Label: "Read the answer", URL: url}, true
	}
	return views.ToDo{}, false
}

func greeting(local time.Time) string {
	switch hour := local.Hour(); {
	case hour >= 5 && hour < 12:
		return "Good morning"
	case hour >= 12 && hour < 18:
		return "Good afternoon"
	}
	return "Good evening"
}

// soon says by when somebody hears who asks now and has no urgency.
func (w *Web) soon(ctx context.Context, clock ui.Clock) views.Hearing {
	times, ok := w.house.desk(ctx)
	if !ok {
		return views.Hearing{Before: "A named consultant calls or writes back."}
	}
	due, err := times.Calendar.Add(clock.Now, time.Duration(times.Minutes(string(ticket.Routine)))*time.Minute)
	if err != nil {
		return views.Hearing{Before: "A named consultant calls or writes back."}
	}
	h := views.Hearing{Before: "Ask now and a named consultant calls or writes back by", By: said(clock, due), After: "at the latest, sooner if it is urgent."}
	if open, ok := times.Calendar.NextOpen(clock.Now); ok && !times.Calendar.Open(clock.Now) {
		h.Before = "We are closed and open again " + said(clock, open).Words + ". Ask now and a named consultant calls or writes back by"
	}
	return h
}
