package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/guidance"
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

func recallURL(id int64) string { return "/guidance/recalls/" + strconv.FormatInt(id, 10) }

// index is every recall: what is left of it, and what was done.
func (p recallPages) index(c *gin.Context) error {
	by, clock := who(c), p.clock(c)
	all, err := p.rooms.Guidance.Recalls(c.Request.Context(), by)
	if err != nil {
		return err
	}
	view := views.IndexPage{Frame: p.frame(c, "Recalls", "/guidance"), Tabs: guidanceTabs(by, "/guidance/recalls")}
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
		if one.How != "" {
			item.Settled = p.settledWords(c, one)
			view.Settled = append(view.Settled, item)
			continue
		}
		item.Form = &views.Form{Action: recallURL(r.ID) + "/tickets/" + one.Number, WriteURL: "/tickets/" + one.Number + "#message", ID: strings.ToLower(one.Number), On: today}
		if one.ToldAt != nil {
			item.Told = "The desk wrote to them or spoke with them since: " + ui.Relative(*one.ToldAt, clock.Now, zoneOf(clock)) + "."
			item.Form.Chosen, item.Form.On = guidance.Contacted, one.ToldAt.In(p.deskZone(ctx)).Format(time.DateOnly)
		}
		if tried.number == one.Number {
			tried.fill(item.Form)
		}
		view.Open = append(view.Open, item)
	}
	p.recallReport(ctx, r, &view)
	return page(c, status, views.Show(view))
}

// recallReport is how far a recall is, and who did how much of it.
func (p recallPages) recallReport(ctx context.Context, r *guidance.Recall, view *views.ShowPage) {
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
}
