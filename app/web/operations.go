package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/views/operations"
	"hotline/views/ui"
)

type operationPages struct{ w *Web }

var administrators = []actor.Role{actor.Administrator}

func (w *Web) operationRoutes() []route {
	p := operationPages{w}
	routes := []route{
		get("/readyz", anyone, p.ready),
		get("/operations", []actor.Role{actor.Administrator, actor.Manager}, p.show),
		get("/operations/deletion", administrators, p.deletion),
		post("/operations/orders", administrators, p.order),
		get("/record", []actor.Role{actor.Auditor}, p.record),
	}
	if w.rooms.Box != nil {
		routes = append(routes, get("/demo/mail", anyone, p.mail))
	}
	return routes
}

// ready says whether work asked for now will be done.
func (p operationPages) ready(c *gin.Context) error {
	missing, err := p.w.rooms.Operations.Ready(c.Request.Context())
	if err != nil || missing != "" {
		c.Header("Retry-After", "5")
		c.String(http.StatusServiceUnavailable, "not ready: %s\n", missing)
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}

// record is the auditor's page: entries, newest first, without any ticket's words.
func (p operationPages) record(c *gin.Context) error {
	before := number(c.Query("before"))
	filter := query(c, "about")
	entries, more, err := p.w.rooms.Operations.Record(c.Request.Context(), who(c), filter, before)
	if err != nil {
		return err
	}
	clock := p.w.clock(c)
	view := operations.RecordPage{Frame: p.w.frame(c, "The record", "/record"), About: filter}
	for _, e := range entries {
		view.Rows = append(view.Rows, []ui.Cell{{Part: clock.At(e.At)}, {Text: e.Subject}, {Text: strconv.FormatInt(e.Seq, 10)},
			{Text: e.Action}, {Text: e.Actor}, {Text: e.Detail}})
	}
	if more {
		view.OlderURL = "/record?about=" + escape(filter) + "&before=" + strconv.FormatInt(entries[len(entries)-1].ID, 10)
	}
	if before != 0 {
		view.NewestURL = "/record?about=" + escape(filter)
	}
	return page(c, http.StatusOK, operations.Record(view))
}

// mail is the demo's mailbox: what would have left the house.
func (p operationPages) mail(c *gin.Context) error {
	if p.w.rooms.Box == nil {
		return fault.NotFound
	}
	clock := p.w.clock(c)
	view := operations.MailPage{Frame: p.w.frame(c, "Mail", "")}
	for _, k := range p.w.rooms.Box.Letters() {
		view.Letters = append(view.Letters, operations.Letter{To: k.To, Subject: k.Subject, Text: k.Text, ID: k.ID, At: clock.At(k.At), Links: links(k.Text)})
	}
	return page(c, http.StatusOK, operations.Mail(view))
}
