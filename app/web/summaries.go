package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/casefile"
	"hotline/app/fault"
	"hotline/app/ticket"
	requests "hotline/views/requests"
	"hotline/views/ui"
)

// summaryPages are the written summary: as the desk writes it, and as the physician
// answers it.
type summaryPages struct{ *Web }

func (w *Web) summaryRoutes() []route {
	p := summaryPages{w}
	return []route{
		get("/tickets/:number/summaries", deskP, p.index),
		get("/tickets/:number/summaries/new", deskP, p.blank),
		post("/tickets/:number/summaries", deskP, p.send),
		get("/tickets/:number/summary.pdf", deskP, p.file),
		post("/tickets/:number/corrections/:id/keeping", deskP, p.keep),
		post("/tickets/:number/steps/:id/completion", deskP, p.complete),
		get("/requests/:number/summary", insuredP, p.theirs),
		get("/requests/:number/summary.pdf", insuredP, p.file),
		post("/requests/:number/summary/confirmation", insuredP, p.confirm),
		post("/requests/:number/summary/corrections", insuredP, p.correct),
		post("/requests/:number/steps/:id/completion", insuredP, p.complete),
	}
}

// file is the summary as a document. Taking it is recorded by the room.
func (p summaryPages) file(c *gin.Context) error {
	number := c.Param("number")
	pdf, err := p.rooms.Casefiles.PDF(c.Request.Context(), who(c), number)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="summary-%s.pdf"`, number))
	c.Data(http.StatusOK, "application/pdf", pdf)
	return nil
}

// keep leaves an edition as it was said, with the correction beside it.
func (p summaryPages) keep(c *gin.Context) error {
	number := c.Param("number")
	if err := p.rooms.Casefiles.Keep(c.Request.Context(), who(c), number, numberOf(c, "id")); err != nil {
		return err
	}
	p.flash(c, "Read. The correction stands beside the summary, and both sides see that.")
	return see(c, p.backTo(c, "/tickets/"+number, "/tickets/"+number+"/summaries"))
}

// complete ticks a step off, on either side.
func (p summaryPages) complete(c *gin.Context) error {
	number := c.Param("number")
	if err := p.rooms.Casefiles.Complete(c.Request.Context(), who(c), number, numberOf(c, "id")); err != nil {
		return err
	}
	p.flash(c, "Done. Both sides see it.")
	if who(c).Insured() {
		return see(c, p.backTo(c, "/requests/"+number, "/requests/"+number+"/summary"))
	}
	return see(c, p.backTo(c, "/tickets/"+number, "/tickets/"+number+"/summaries"))
}

// backTo is where a form stood: on the ticket, or on the page of all editions.
func (p summaryPages) backTo(c *gin.Context, ticket, all string) string {
	if query(c, "on") == "all" {
		return all
	}
	return ticket
}

func numberOf(c *gin.Context, param string) int64 { return number(c.Param(param)) }

// confirm is the physician's yes, or that of whoever may speak for them.
func (p summaryPages) confirm(c *gin.Context) error {
	number := c.Param("number")
	err := p.rooms.Casefiles.Confirm(c.Request.Context(), who(c), number, int(numberIn(c, "edition")))
	if err != nil {
		return p.unanswered(c, correctionTry{}, err)
	}
	p.flash(c, "Confirmed. It stays as it is; you can still add a correction.")
	return see(c, "/requests/"+number)
}

func numberIn(c *gin.Context, field string) int64 { return number(line(c, field)) }

// correct adds a correction.
func (p summaryPages) correct(c *gin.Context) error {
	number := c.Param("number")
	in := casefile.Remark{Key: line(c, "key"), Edition: int(numberIn(c, "edition")), Body: text(c, "correction")}
	if err := p.rooms.Casefiles.Correct(c.Request.Context(), who(c), number, in); err != nil {
		return p.unanswered(c, correctionTry{tried: true, key: in.Key, body: in.Body}, err)
	}
	p.flash(c, "Your correction is added below the summary, and we are told.")
	return see(c, "/requests/"+number)
}

// correctionTry is a correction that did not go through. The zero one is a page that is
// read.
type correctionTry struct {
	tried     bool
	key, body string
	wrong     string
}

// unanswered shows the consultation again with what stood in the way, and what was typed.
func (p summaryPages) unanswered(c *gin.Context, tried correctionTry, err error) error {
	bad, fields := errors.AsType[fault.Fields](err)
	if !fields && fault.Sentence(err) == "" {
		return err
	}
	view, got, lost := requestPages(p).consultation(c)
	if lost != nil {
		return lost
	}
	status, _, words := explain(err)
	if fields {
		tried.wrong = bad.For("correction")
		words = tried.wrong
	}
	if view.Summary, lost = p.forPhysician(c, got, tried); lost != nil {
		return lost
	}
	view.Frame.Title = "Not sent: " + view.Frame.Title
	field := ""
	if fields {
		field = "correction"
	}
	view.Problems = []ui.Problem{{Field: field, Message: words}}
	return page(c, status, requests.Show(view))
}

// index is a ticket's summary with every edition, for the desk.
func (p summaryPages) index(c *gin.Context) error {
	s, err := p.rooms.Tickets.Show(c.Request.Context(), who(c), c.Param("number"))
	if err != nil {
		return err
	}
	return p.allForDesk(c, s)
}

// theirs is the same for the physician's side.
func (p summaryPages) theirs(c *gin.Context) error {
	got, err := p.rooms.Tickets.Consultation(c.Request.Context(), who(c), c.Param("number"))
	if err != nil {
		return err
	}
	return p.allForPhysician(c, got)
}

// blank is the form, filled from what stands on the ticket or from its draft.
func (p summaryPages) blank(c *gin.Context) error {
	return p.write(c, summaryTry{status: http.StatusOK})
}

// send sends a summary, or shows its form with more room for steps.
func (p summaryPages) send(c *gin.Context) error {
	ctx, by, number := c.Request.Context(), who(c), c.Param("number")
	typed := typedSummary(func(name string) string { return text(c, name) }, slices.Collect(maps.Keys(c.Request.PostForm)))
	if line(c, "then") == "more" {
		return p.write(c, summaryTry{typed: &typed, status: http.StatusOK, key: line(c, "key"), seen: readUpTo(c), more: true})
	}
	in := typed.writing()
	in.Key, in.Seen = line(c, "key"), readUpTo(c)
	edition, err := p.rooms.Casefiles.Send(ctx, by, number, in)
	if err == nil {
		what := "The summary is sent"
		if edition > 1 {
			what = "Edition " + strconv.Itoa(edition) + " is sent"
		}
		p.flash(c, what+". Whoever may read it is told that it waits.")
		return see(c, "/tickets/"+number+"#summary")
	}
	tried := summaryTry{typed: &typed, key: in.Key}
	switch {
	case errors.As(err, &tried.bad):
		tried.status, tried.seen = http.StatusUnprocessableEntity, in.Seen
	case errors.As(err, &tried.since):
		tried.status = http.StatusConflict
	case fault.Sentence(err) != "":
		tried.status, _, tried.words = explain(err)
		if errors.Is(err, fault.Conflict) {
			tried.key = "" // this form was sent; the next one is another edition
		}
	default:
		return err
	}
	return p.write(c, tried)
}

// typedForm is a summary's form as it was typed or kept as a draft.
type typedForm struct {
	told, suggested, leftOut string
	cited                    map[int64]bool
	steps                    []casefile.Agreed
}

func typedSummary(field func(string) string, names []string) typedForm {
	f := typedForm{told: field("told"), suggested: field("suggested"), leftOut: field("left_out"), cited: map[int64]bool{}}
	for _, name := range names {
		if id, ok := strings.CutPrefix(name, "cited_"); ok && number(id) != 0 && field(name) != "" {
			f.cited[number(id)] = true
		}
	}
	for n := 1; n <= casefile.MostSteps; n++ {
		one := casefile.Agreed{Who: strings.TrimSpace(field(casefile.StepField("who", n))), What: field(casefile.StepField("what", n)),
			By: strings.TrimSpace(field(casefile.StepField("by", n)))}
		f.steps = append(f.steps, one)
	}
	return f
}

func (f typedForm) writing() casefile.Writing {
	in := casefile.Writing{Told: f.told, Suggested: f.suggested, LeftOut: f.leftOut, Steps: f.steps}
	for id := range f.cited {
		in.Cited = append(in.Cited, id)
	}
	return in
}

// summaryTry is a summary that did not go through. The zero one is a page that is read.
type summaryTry struct {
	typed  *typedForm
	key    string
	seen   int64
	bad    fault.Fields
	since  *ticket.Since
	words  string
	status int
	more   bool // more room for steps was asked for
}
