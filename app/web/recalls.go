package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	"hotline/app/ticket"
	views "hotline/views/recall"
	"hotline/views/ui"
)

type recallPages struct{ *Web }

func (w *Web) recallRoutes() []route {
	p := recallPages{w}
	return []route{
		get("/guidance/recalls", deskP, p.index),
		get("/guidance/recalls/:id", deskP, p.show),
		post("/guidance/recalls/:id/tickets/:number", deskP, p.settle),
	}
}

// index is every recall: what is left of it, and what was done.
func (p recallPages) index(c *gin.Context) error {
	by, clock := who(c), p.clock(c)
	all, err := p.rooms.Guidance.Recalls(c.Request.Context(), by)
	if err != nil {
		return err
	}
	view := views.IndexPage{Frame: p.frame(c, "Recalls", "/guidance"), Tabs: guidanceTabs(by, "/guidance/recalls"), Live: "recall"}
	view.Frame.Live = true
	left := 0
	for _, r := range all {
		line := views.Line{URL: recallURL(r.ID), Title: r.Title, Words: recalledWords(r), Why: r.Why, Opened: clock.At(r.OpenedAt), By: r.OpenedBy,
			Done: r.Settled(), Of: r.Total, Left: recallLeft(r), Hidden: recallHidden(r)}
		if r.Mine() > 0 {
			left += r.Mine()
			view.Open = append(view.Open, line)
		} else {
			view.Done = append(view.Done, line)
		}
	}
	view.Said = fmt.Sprintf("%d %s left to settle.", left, plural(left, "ticket"))
	if len(all) == 0 {
		view.Said = ""
		view.Empty = &ui.Empty{Title: "No recall so far", Words: "When somebody rewrites or withdraws an article and says that earlier advice is affected, every ticket that cited it stands here."}
	}
	return page(c, http.StatusOK, views.Index(view))
}

// recalledWords is what became of the article.
func recalledWords(r guidance.Recall) string {
	switch {
	case r.Withdrawn:
		return fmt.Sprintf("Withdrawn; cited up to version %d.", r.Version)
	case r.Version == 1:
		return fmt.Sprintf("Version 1 was rewritten; version %d holds now.", r.Current)
	}
	return fmt.Sprintf("Versions 1 to %d were rewritten; version %d holds now.", r.Version, r.Current)
}

func recallLeft(r guidance.Recall) string {
	if r.Total == 0 {
		return "Nothing you may see"
	}
	if r.Open() > 0 {
		return fmt.Sprintf("%d of %d settled, %d left", r.Settled(), r.Total, r.Open())
	}
	words := fmt.Sprintf("All %d settled", r.Total)
	if r.LastAt != nil {
		words += " in " + recallTook(r.LastAt.Sub(r.OpenedAt))
	}
	return words
}

// recallTook is how long something took, in the words one would use.
func recallTook(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case d < time.Minute:
		return "a moment"
	case days < 2:
		return ui.Length(d)
	default:
		return strconv.Itoa(days) + " days"
	}
}

func recallHidden(r guidance.Recall) string {
	var words []string
	switch {
	case r.Hidden == 1:
		words = append(words, "One of them is on another desk, and "+map[bool]string{true: "still open.", false: "settled."}[r.HiddenOpen == 1])
	case r.HiddenOpen > 0:
		words = append(words, fmt.Sprintf("%d of them are on other desks, %d still open.", r.Hidden, r.HiddenOpen))
	case r.Hidden > 0:
		words = append(words, fmt.Sprintf("%d of them are on other desks.", r.Hidden))
	}
	if r.Restricted > 0 {
		words = append(words, fmt.Sprintf("And %d restricted.", r.Restricted))
	}
	return strings.Join(words, " ")
}

// triedSettling is what somebody sent that did not go through.
type triedSettling struct {
	number, how, on, why string
	bad                  fault.Fields
	conflict             string
}

// show is one recall, ticket by ticket.
func (p recallPages) show(c *gin.Context) error { return p.recall(c, http.StatusOK, triedSettling{}) }

func (p recallPages) recall(c *gin.Context, status int, tried triedSettling) error {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	r, err := p.rooms.Guidance.Recall(ctx, by, number(c.Param("id")))
	if err != nil {
		return err
	}
	view := views.ShowPage{Frame: p.frame(c, "Recall: "+r.Title, "/guidance"), Title: r.Title, ArticleURL: articleURL(r.Slug), Words: recalledWords(*r),
		Why: r.Why, URL: recallURL(r.ID), Live: "recall-" + strconv.FormatInt(r.ID, 10), Done: r.Settled(), Of: r.Total, Left: recallLeft(*r), Hidden: recallHidden(*r)}
	view.Frame.Live = true
	if !r.Withdrawn {
		view.Changes = fmt.Sprintf("%s/changes?from=%d&to=%d", articleURL(r.Slug), r.Version, r.Current)
	}
	if status >= 400 {
		view.Frame.Title = "Not settled: " + view.Frame.Title
	}
	view.Problem = tried.conflict
	today := p.rooms.Now().In(p.deskZone(ctx)).Format(time.DateOnly)
	for _, one := range r.Items {
		item := views.Item{Number: one.Number, URL: "/tickets/" + one.Number, Who: recalledWho(one), Status: recalledStatus(one),
			Cited: fmt.Sprintf("Version %d, cited by %s on %s.", one.Version, one.CitedBy, p.deskDay(ctx, one.CitedAt))}
		if one.ToldAt != nil {
			item.Told = "The desk wrote to them or spoke with them since: " + ui.Relative(*one.ToldAt, clock.Now, zoneOf(clock)) + "."
		}
		if one.How != "" {
			item.Settled, item.Told = p.settledWords(c, one), ""
			view.Settled = append(view.Settled, item)
			continue
		}
		form := &views.Form{Action: recallURL(r.ID) + "/tickets/" + one.Number, WriteURL: "/tickets/" + one.Number + "#message", ID: strings.ToLower(one.Number), On: today}
		if one.ToldAt != nil {
			form.Chosen, form.On = guidance.Contacted, one.ToldAt.In(p.deskZone(ctx)).Format(time.DateOnly)
		}
		if tried.number == one.Number {
			form.Chosen, form.On, form.Why, form.Tried = tried.how, tried.on, tried.why, true
			form.HowError, form.OnError, form.WhyError = tried.bad.For("how"), tried.bad.For("on"), tried.bad.For("why")
			for _, bad := range tried.bad {
				form.Problems = append(form.Problems, ui.Problem{Field: bad.Name + "-" + form.ID, Message: bad.Says})
			}
		}
		item.Form = form
		view.Open = append(view.Open, item)
	}
	view.Facts = ui.Facts{{Label: "Opened", Value: p.deskDay(ctx, r.OpenedAt)}, {Label: "By", Value: orWords(r.OpenedBy, "the program")},
		{Label: "They were told", Value: strconv.Itoa(r.Contacted), Number: true}, {Label: "Not needed", Value: strconv.Itoa(r.NotNeeded), Number: true}}
	if r.Carried > 0 {
		view.Facts = append(view.Facts, ui.Fact{Label: "Taken over by a later recall", Value: strconv.Itoa(r.Carried), Number: true})
	}
	view.Facts = append(view.Facts, ui.Fact{Label: "Left", Value: strconv.Itoa(r.Open()), Number: true})
	if r.Contacted+r.NotNeeded > 0 {
		view.Facts = append(view.Facts, ui.Fact{Label: "Half of them within", Value: recallTook(r.Median)})
	}
	view.HasPeople = len(r.People) > 0
	view.People = ui.Table{Caption: "Who settled how many", Columns: []ui.Column{{Label: "By"}, {Label: "Told", Number: true}, {Label: "Not needed", Number: true}}}
	for _, one := range r.People {
		view.People.Rows = append(view.People.Rows, []ui.Cell{{Text: one.Name}, {Text: strconv.Itoa(one.Contacted)}, {Text: strconv.Itoa(one.NotNeeded)}})
	}
	return page(c, status, views.Show(view))
}

func recalledWho(one guidance.RecallItem) string {
	if one.Physician != "" {
		return "Dr " + one.Physician
	}
	return orWords(one.Caller, "Unknown caller")
}

func recalledStatus(one guidance.RecallItem) string {
	switch ticket.Status(one.Status) {
	case ticket.Resolved:
		return "resolved"
	case ticket.Unassigned:
		return "nobody has it"
	case ticket.WithPhysician:
		return "with the physician, held by " + one.Holder
	}
	return "held by " + one.Holder
}

// settledAlready tells the second of two people what the first did.
func settledAlready(was *guidance.SettledAlready) string {
	switch {
	case was.How == guidance.Contacted && was.On != nil:
		return was.By + " settled this one already: they were told on " + longDay(*was.On) + "."
	case was.How == guidance.NotNeeded:
		return was.By + " settled this one already: not needed, because " + ended(was.Why)
	}
	return "A later recall of the same article took this one over."
}

func (p recallPages) settledWords(c *gin.Context, one guidance.RecallItem) string {
	ctx := c.Request.Context()
	on := ""
	if one.SettledAt != nil {
		on = " on " + p.deskDay(ctx, *one.SettledAt)
	}
	switch {
	case one.How == guidance.Contacted && one.ContactedOn != nil:
		return "Told on " + longDay(*one.ContactedOn) + ". Settled by " + one.SettledBy + on + "."
	case one.How == guidance.NotNeeded:
		return "Not needed: " + ended(one.Why) + " Settled by " + one.SettledBy + on + "."
	}
	return "A later recall of this article took it over" + on + "."
}

// settle says that a ticket under a recall is done with.
func (p recallPages) settle(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	tried := triedSettling{number: c.Param("number"), how: c.PostForm("how"), on: line(c, "on"), why: line(c, "why")}
	in := guidance.Settlement{How: tried.how, Why: tried.why}
	noDay := false
	if tried.how == guidance.Contacted && tried.on != "" {
		day, err := time.Parse(time.DateOnly, tried.on)
		if noDay = err != nil || day.Year() < 2000; noDay {
			in.How = "" // the room says what else is missing; nothing is settled on no day
		}
		in.On = day
	}
	err := p.rooms.Guidance.Settle(ctx, by, number(c.Param("id")), tried.number, in)
	if err == nil {
		p.flash(c, "Settled: "+tried.number+".")
		return see(c, recallURL(number(c.Param("id"))))
	}
	bad, fields := errors.AsType[fault.Fields](err)
	first, late := errors.AsType[*guidance.SettledAlready](err)
	switch {
	case fields && noDay:
		tried.bad.Need(false, "on", "That is no day. Write it as 2026-11-19.")
	case fields:
		tried.bad = bad
	case late:
		tried.conflict = tried.number + ": " + settledAlready(first)
		if tried.why != "" {
			tried.conflict += " You had written: “" + tried.why + "”."
		}
	default:
		return err
	}
	status, _, _ := explain(err)
	return p.recall(c, status, tried)
}
