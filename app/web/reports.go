package web

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/report"
	"hotline/app/ticket"
	views "hotline/views/reports"
	"hotline/views/ui"
)

// reportPages are the manager's: the caseload, and the tickets behind its numbers.
type reportPages struct{ *Web }

func (w *Web) reportRoutes() []route {
	p := reportPages{w}
	return []route{
		get("/reports/caseload", managers, p.caseload),
		get("/reports/caseload.csv", managers, p.caseloadFile),
		get("/reports/caseload/tickets", managers, p.tickets),
		get("/reports/caseload/tickets.csv", managers, p.ticketsFile),
	}
}

// reportQuery reads what a report is asked about. A desk or an instant that does not
// read as one is nobody's.
func reportQuery(c *gin.Context) (report.Query, error) {
	q := report.Query{From: query(c, "from"), To: query(c, "to"), Topic: query(c, "topic"), Channel: query(c, "channel"), State: query(c, "state")}
	if desk := query(c, "desk"); desk != "" {
		if q.Desk = number(desk); q.Desk == 0 {
			return q, fault.NotFound
		}
	}
	if asOf := query(c, "asof"); asOf != "" {
		var err error
		if q.AsOf, err = time.Parse(time.RFC3339Nano, asOf); err != nil {
			return q, fault.NotFound
		}
	}
	return q, nil
}

// reportSelection reads which of a report's numbers is opened.
func reportSelection(c *gin.Context) (report.Selection, error) {
	q, err := reportQuery(c)
	return report.Selection{Query: q, Measure: report.Measure(query(c, "measure")), Holder: query(c, "holder"), Age: query(c, "age"),
		After: keyOf(query(c, "after")), Before: keyOf(query(c, "before"))}, err
}

// reportURL is an address of the report, or of what hangs on it, with what it is about.
func reportURL(path string, q report.Query, more ...string) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("from", q.From)
	set("to", q.To)
	set("topic", q.Topic)
	set("channel", q.Channel)
	set("state", q.State)
	if q.Desk != 0 {
		set("desk", strconv.FormatInt(q.Desk, 10))
	}
	if !q.AsOf.IsZero() {
		set("asof", q.AsOf.UTC().Format(time.RFC3339Nano))
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	return path + "?" + v.Encode()
}

func (p reportPages) caseload(c *gin.Context) error {
	q, err := reportQuery(c)
	if err != nil {
		return err
	}
	q.AsOf = time.Time{} // the page is always of now; what hangs on it says as of when
	view := views.CaseloadPage{Frame: p.frame(c, "Caseload", "/reports/caseload")}
	found, err := p.rooms.Reports.Caseload(c.Request.Context(), who(c), q)
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		view.Finding = "Caseload"
		view.Words = "Choose the days the report is about. The last one is not part of it."
		view.Filters = p.filters(c, q, bad)
		return page(c, http.StatusUnprocessableEntity, views.Caseload(view))
	}
	if err != nil {
		return err
	}
	// Days that were filled in are shown in the form.
	view.Filters = p.filters(c, found.Query, nil)
	view.Filters.CSVURL = reportURL("/reports/caseload.csv", found.Query)
	caseloadPage{found}.fill(&view)
	return page(c, http.StatusOK, views.Caseload(view))
}

// filters are the form as it was sent, and what is wrong with it.
func (p reportPages) filters(c *gin.Context, q report.Query, bad fault.Fields) views.Filters {
	ctx := c.Request.Context()
	f := views.Filters{
		From: dayField("from", "From", q.From, bad), To: dayField("to", "Before", q.To, bad), Problems: problemsOf(bad),
		Topic: ui.Select{ID: "topic", Label: "Topic", Wide: true, Error: bad.For("topic"), Options: []ui.Option{{Label: "All topics"}}},
		Channel: ui.Select{ID: "channel", Label: "Channel", Wide: true, Error: bad.For("channel"), Options: []ui.Option{{Label: "Phone and online"},
			{Value: "phone", Label: "Phone", Chosen: q.Channel == "phone"}, {Value: "online", Label: "Online", Chosen: q.Channel == "online"}}},
		State: ui.Select{ID: "state", Label: "State", Wide: true, Error: bad.For("state"), Options: []ui.Option{{Label: "All states"}}},
	}
	for _, s := range ticket.States {
		f.State.Options = append(f.State.Options, ui.Option{Value: s.Code, Label: s.Name, Chosen: s.Code == q.State})
	}
	for _, t := range p.house.allTopics(ctx) {
		f.Topic.Options = append(f.Topic.Options, ui.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == q.Topic})
	}
	if desks, err := p.rooms.Desks.All(ctx); err == nil && len(desks) > 1 {
		f.Desk = &ui.Select{ID: "desk", Label: "Desk", Wide: true}
		for _, d := range desks {
			f.Desk.Options = append(f.Desk.Options, ui.Option{Value: strconv.FormatInt(d.ID, 10), Label: d.Name, Chosen: d.ID == q.Desk})
		}
	}
	f.Periods = p.periods(c, q)
	return f
}

// dayField is a day's control: a calendar, unless what was typed is no day and has to
// be seen to be put right.
func dayField(id, label, value string, bad fault.Fields) ui.Field {
	f := ui.Field{ID: id, Label: label, Value: value, Kind: "date", Error: bad.For(id)}
	if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
		f.Kind = ""
	}
	return f
}

// periods are the ranges people ask for most, by name.
func (p reportPages) periods(c *gin.Context, q report.Query) ui.Tabs {
	zone := time.UTC
	if times, ok := p.house.desk(c.Request.Context()); ok {
		zone = times.Zone
	}
	year, month, day := p.rooms.Now().In(zone).Date()
	date := func(month time.Month, day int) string {
		return time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	tabs := ui.Tabs{Label: "Period"}
	for _, one := range []struct{ label, from, to string }{
		{"Last 7 days", date(month, day-6), date(month, day+1)},
		{"Last 28 days", date(month, day-27), date(month, day+1)},
		{"Last 90 days", date(month, day-89), date(month, day+1)},
		{"This month", date(month, 1), date(month+1, 1)},
		{"Last month", date(month-1, 1), date(month, 1)},
	} {
		at := q
		at.From, at.To, at.AsOf = one.from, one.to, time.Time{}
		tabs.Tabs = append(tabs.Tabs, ui.Tab{Label: one.label, URL: reportURL("/reports/caseload", at), Current: q.From == one.from && q.To == one.to})
	}
	return tabs
}

func (p reportPages) tickets(c *gin.Context) error {
	in, err := reportSelection(c)
	if err != nil {
		return err
	}
	found, err := p.rooms.Reports.Tickets(c.Request.Context(), who(c), in)
	if err != nil {
		return err
	}
	view := views.TicketsPage{Frame: p.frame(c, "Tickets behind a number", "/reports/caseload")}
	ticketsBehind{found, p.house.topicName(c.Request.Context(), found.Selection.Topic)}.fill(&view)
	return page(c, http.StatusOK, views.Tickets(view))
}

func (p reportPages) caseloadFile(c *gin.Context) error {
	q, err := reportQuery(c)
	if err != nil {
		return err
	}
	return sent(c, p.rooms.Reports.Export(c.Request.Context(), who(c), q, file(c, "caseload")))
}

func (p reportPages) ticketsFile(c *gin.Context) error {
	in, err := reportSelection(c)
	if err != nil {
		return err
	}
	return sent(c, p.rooms.Reports.ExportTickets(c.Request.Context(), who(c), in, file(c, "caseload-tickets")))
}

// file begins a download once the room says that it may.
func file(c *gin.Context, name string) func(report.Period) io.Writer {
	return func(p report.Period) io.Writer {
		c.Header("Content-Type", "text/csv; charset=utf-8")
		c.Header("Content-Disposition", `attachment; filename="`+name+"-"+p.From.String()+"-"+p.To.String()+`.csv"`)
		c.Status(http.StatusOK)
		return c.Writer
	}
}

// sent is what became of a download. One that broke off half way cannot say so in a
// page any more: the connection is cut, so that nobody takes half for the whole.
func sent(c *gin.Context, err error) error {
	if err == nil || !c.Writer.Written() {
		return err
	}
	if c.Request.Context().Err() == nil {
		slog.Error("download broke off", "route", c.FullPath(), "error", safely(err))
	}
	c.Abort()
	if inner, ok := c.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		if conn, _, err := http.NewResponseController(inner.Unwrap()).Hijack(); err == nil {
			conn.Close()
		}
	}
	return nil
}
