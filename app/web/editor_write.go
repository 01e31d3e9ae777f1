package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

// edit is an article for those who keep it: its draft, to be written or reviewed; or,
// where none is open, what can be done with it.
func (p editorPages) edit(c *gin.Context) error {
	w, err := p.rooms.Guidance.Workbench(c.Request.Context(), who(c), c.Param("slug"))
	if err != nil {
		return err
	}
	if w.Draft == nil || w.Draft.State == guidance.InReview {
		return p.drawBench(c, http.StatusOK, w, benchTyped{})
	}
	return p.drawWrite(c, http.StatusOK, w, typedOf(*w.Draft), writeNews{})
}

// writeNews is what the page of a draft has to say besides the draft.
type writeNews struct {
	bad    fault.Fields
	kept   string
	theirs *guidance.Overtaken
	bench  benchTyped // a form beside the draft that was refused
}

func (p editorPages) drawWrite(c *gin.Context, status int, w *guidance.Workbench, t typedArticle, news writeNews) error {
	ctx, by, clock, d := c.Request.Context(), who(c), p.clock(c), w.Draft
	if t.sitting == "" {
		t.sitting = uuid.NewString()
	}
	url := articleURL(w.Slug)
	state, icon := stateOf(*d)
	ids := t.fieldIDs()
	view := views.WritePage{Frame: p.frame(c, orWords(t.article.Title, "A draft"), "/guidance"), URL: url, State: state, Icon: icon,
		Meta: stated(since(*d, clock)), Kept: news.kept, Problems: append(problemsAt(news.bad, ids), news.bench.problems()...),
		Withdrawn: p.withdrawn(c, w), Manage: p.manage(c, w, news.bench),
		Revision: strconv.Itoa(t.revision), Sitting: t.sitting, Key: "guidance-" + t.sitting,
		Title: ui.Field{ID: "title", Label: "Title", Value: t.article.Title, Error: news.bad.For("title")}, Sections: t.sections(news.bad.For), Check: p.checkOf(w.Slug, t, w.Today),
		Changed: ui.Field{ID: "changed", Label: "What is new, in a sentence", Optional: d.Based == 0, Value: t.article.Changed, Error: news.bad.For("changed")},
		Papers:  p.papers(by, w, clock, news.bench.bad.For("file"))}
	view.Unsent = news.bench.unsent(nil, view.Manage.Away)
	view.Head = []templ.Component{
		ui.Area{ID: "summary", Label: "In two lines", Value: t.article.Summary, Rows: 2, Error: news.bad.For("summary")},
		ui.Area{ID: "for", Label: "Whom it is for", Value: t.article.For, Rows: 2, Error: news.bad.For("for")},
	}
	view.Beside = p.beside(ctx, w, t, news.bad)
	if len(view.Problems) == 0 && news.theirs == nil && d.ChangedAt.After(clock.Now.Add(-24*time.Hour)) {
		view.Saved = "Kept " + ui.Relative(d.ChangedAt, clock.Now, clock.Zone)
	}
	if d.State == guidance.Returned && d.Remark != "" {
		view.Remark = &views.Remark{By: d.ReviewerName, Words: d.Remark}
	}
	if d.Based > 0 {
		view.ChangesURL = url + "/changes"
	}
	if d.Wrote(by) || by.Is(actor.Manager) {
		view.Removal = url + "/draft/removal"
	}
	if d.Behind() {
		view.Behind = &views.Behind{Version: strconv.Itoa(d.Current), Action: url + "/draft", URL: url + "/changes",
			Words: "Version " + strconv.Itoa(d.Current) + " was published since this draft began from version " + strconv.Itoa(d.Based) + "."}
	}
	if o := news.theirs; o != nil {
		view.Theirs = &views.Theirs{Words: overtakenWords(*o, clock), Changes: changesOf(guidance.Diff(o.Now.Article, t.article))}
	}
	return page(c, status, views.Write(view))
}

// over is the form as it is kept over what somebody else kept: on purpose, by who has seen both.
func (t typedArticle) over(o *guidance.Overtaken) typedArticle {
	t.revision, t.sitting = o.Now.Revision, ""
	return t
}

func overtakenWords(o guidance.Overtaken, clock ui.Clock) string {
	if o.Now.State == guidance.InReview {
		return o.Now.OfferedName + " has offered the draft for review meanwhile. What you typed is still here and not kept; take the review back first, then keep it."
	}
	return o.Now.ChangedName + " kept it " + ui.Relative(o.Now.ChangedAt, clock.Now, clock.Zone) +
		". What you typed is still here and not kept. Keeping it now puts yours in its place, so take over from below what is worth it."
}

func (p editorPages) beside(ctx context.Context, w *guidance.Workbench, t typedArticle, bad fault.Fields) []templ.Component {
	owner := ui.Select{ID: "owner", Label: "Kept by", Hint: "Gets a letter when its review is due.", Wide: true, Error: bad.For("owner")}
	known := false
	for _, k := range w.Keepers {
		known = known || k.Name == t.article.Owner
		owner.Options = append(owner.Options, ui.Option{Value: k.Name, Label: k.Name, Chosen: k.Name == t.article.Owner})
	}
	if !known {
		owner.Options = append([]ui.Option{{Value: t.article.Owner, Label: orWords(t.article.Owner, "Nobody yet"), Chosen: true}}, owner.Options...)
	}
	return []templ.Component{
		p.topicSelect(ctx, t.article.Topic, bad.For("topic"), false),
		readersOf(t.article.Visible, bad.For("visible")),
		owner,
		ui.Field{ID: "author", Label: "Written as", Hint: "“Risk consultant, attorney”", Value: t.article.Author, Error: bad.For("author")},
		ui.Field{ID: "review_by", Label: "Next review", Hint: "The day it is approved counts as this review.", Kind: "date", Value: t.day, Error: bad.For("review_by"), Short: true},
		ui.Area{ID: "keywords", Label: "Search words", Hint: "What people would type, commas between.", Value: t.article.Keywords, Rows: 3, Error: bad.For("keywords")},
	}
}

// longArticle is the most words an article ought to have.
const longArticle = 1200

// checkOf says what is missing, and how long it is.
func (p editorPages) checkOf(slug string, t typedArticle, today time.Time) views.Check {
	a := t.article
	a.Slug = slug
	check := views.Check{Action: articleURL(slug) + "/draft", Missing: problemsAt(guidance.Missing(a, today), t.fieldIDs())}
	n := guidance.Words(a.Body)
	check.Words = strconv.Itoa(n) + plural(n, " word")
	if n > 0 {
		minutes := guidance.ReadingMinutes(a.Body)
		check.Words += ", " + strconv.Itoa(minutes) + plural(minutes, " minute") + " to read"
	}
	if check.Long = n > longArticle; check.Long {
		check.Words += ". Longer than one reads between patients: 1,200 are enough"
	}
	check.Words += "."
	return check
}

// keep keeps a draft, however unfinished: by itself while somebody types, and when they
// say so. It goes on to where they want to go.
func (p editorPages) keep(c *gin.Context) error {
	then := line(c, "then")
	switch then {
	case "look":
		return p.look(c)
	case "rebase":
		if err := p.rooms.Guidance.Rebase(c.Request.Context(), who(c), c.Param("slug"), int(number(c.PostForm("version")))); err != nil {
			return err
		}
		p.flash(c, "Yours goes in its place once it is approved.")
		return see(c, editURL(c.Param("slug")))
	}
	t := readArticle(c)
	if strings.HasPrefix(then, "up-") || strings.HasPrefix(then, "down-") {
		t = t.moved(c, then)
	}
	w, err := p.kept(c, t)
	if w == nil {
		return err
	}
	switch then {
	case "":
		c.Status(http.StatusNoContent) // the page keeps itself
		return nil
	case "preview":
		return see(c, articleURL(w.Slug)+"/draft")
	case "keep":
		p.flash(c, "Kept. Readers have what they had.")
	}
	return see(c, editURL(w.Slug))
}

// kept keeps what was typed. A nil workbench: the answer has been given, or is err.
func (p editorPages) kept(c *gin.Context, t typedArticle) (*guidance.Workbench, error) {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	d, err := p.rooms.Guidance.KeepSitting(ctx, by, slug, t.article, t.revision, t.sitting)
	over, overtaken := errors.AsType[*guidance.Overtaken](err)
	bad, wrong := errors.AsType[fault.Fields](err)
	if err != nil && !overtaken && !wrong {
		t.article.Slug = slug
		return nil, p.refused(c, err, benchTyped{written: string(t.article.Markdown())})
	}
	w, problem := p.rooms.Guidance.Workbench(ctx, by, slug)
	if problem != nil {
		return nil, problem
	}
	switch {
	case w.Draft == nil: // dropped in this very moment
		return nil, fault.Conflict
	case overtaken:
		return nil, p.drawWrite(c, http.StatusConflict, w, t.over(over), writeNews{theirs: over})
	case wrong:
		return nil, p.drawWrite(c, http.StatusUnprocessableEntity, w, t, writeNews{bad: bad, kept: "Everything you typed is still here, and not kept yet."})
	}
	w.Draft = d
	return w, nil
}

// look says what is missing from what stands in the form now, and keeps nothing.
func (p editorPages) look(c *gin.Context) error {
	w, err := p.rooms.Guidance.Workbench(c.Request.Context(), who(c), c.Param("slug"))
	if err != nil {
		return err
	}
	if w.Draft == nil {
		return fault.NotFound
	}
	t := readArticle(c)
	check := p.checkOf(w.Slug, t, w.Today)
	if d := w.Draft; d.State == guidance.InReview || d.Revision > t.revision && d.ChangedBy != who(c).ID {
		check.Alert = d.ChangedName + " has kept this draft since you opened it. Keep yours, and you see both."
	}
	return page(c, http.StatusOK, check)
}
