package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

// benchTyped is what stood in the forms of an article's page when one was refused.
type benchTyped struct {
	bad                                fault.Fields
	next, why, remark, affects, reason string
	keeping                            *guidance.Keeping
	keepDay                            string
	file                               string
}

func (p editorPages) drawBench(c *gin.Context, status int, w *guidance.Workbench, t benchTyped) error {
	by, clock, url := who(c), p.clock(c), articleURL(w.Slug)
	view := views.BenchPage{Frame: p.frame(c, w.Article.Title, "/guidance"), Title: w.Article.Title, URL: url, State: "On the shelf", Icon: "book-open",
		Papers: p.papers(by, w, clock, t.file), Kept: "Nothing has changed for anybody."}
	ids := map[string]string{"owner": "keeper"}
	if t.keeping == nil {
		ids["review_by"] = "next_review"
	}
	view.Problems = problemsAt(t.bad, ids)
	if w.Version > 0 {
		view.ReadURL = url
		view.Meta = "Version " + strconv.Itoa(w.Version) + "."
	} else {
		view.State, view.Icon = "Not published yet", "pen-line"
	}
	if w.Withdrawn != nil {
		view.State, view.Icon = "Withdrawn", "x"
		view.Withdrawn = w.WithdrawnBy + " withdrew it on " + p.deskDay(c.Request.Context(), *w.Withdrawn) + ": “" + w.WithdrawnWhy + "” A draft that is approved puts it back."
	}
	p.benchFacts(&view, w, clock)
	if d := w.Draft; d != nil {
		view.State, view.Icon = stateOf(*d)
		view.Meta = stated(since(*d, clock))
		view.Title = orWords(d.Title, view.Title)
		view.Review = p.review(by, w, t)
	} else {
		p.benchForms(c, &view, w, t)
	}
	return page(c, status, views.Bench(view))
}

func (p editorPages) benchFacts(view *views.BenchPage, w *guidance.Workbench, clock ui.Clock) {
	if w.Version == 0 {
		view.Facts = []views.Fact{{Label: "Kept by", Value: w.Article.Owner}}
		return
	}
	over := w.Due.Before(w.Today)
	due := longDay(w.Due)
	if w.Early {
		due += ", sooner than its readers are told"
	}
	if over {
		due += ", and past"
	}
	relied := "Nobody yet"
	if w.Cited > 0 {
		relied = strconv.Itoa(w.Cited) + plural(w.Cited, " consultation")
	}
	reads := map[string]string{guidance.ForInsured: "Physicians and staff", guidance.ForDesk: "Staff only"}
	view.Facts = []views.Fact{
		{Label: "Kept by", Value: w.Article.Owner}, {Label: "Read by", Value: reads[w.Article.Visible]}, {Label: "Reviewed", Value: longDay(w.Article.Reviewed)},
		{Label: "To be reviewed by", Value: due, Overdue: over}, {Label: "Relied on by", Value: relied},
	}
	if w.OwnerID == nil {
		view.Facts[0].Value += ", who does not sign in here: managers are told instead"
	}
	for i, e := range w.Standing {
		v := views.Version{Label: "Version " + strconv.Itoa(e.Version), URL: view.URL + "?version=" + strconv.Itoa(e.Version),
			Words: ui.Exact(e.PublishedAt, clock.Zone) + ". " + e.Changed}
		if i+1 < len(w.Standing) {
			v.DiffURL = view.URL + "/changes?from=" + strconv.Itoa(w.Standing[i+1].Version) + "&to=" + strconv.Itoa(e.Version)
		}
		view.Versions = append(view.Versions, v)
	}
}

// benchForms are what can be done with an article nobody is writing at.
func (p editorPages) benchForms(c *gin.Context, view *views.BenchPage, w *guidance.Workbench, t benchTyped) {
	view.Begin = true
	if w.Withdrawn == nil {
		next := orWords(t.next, w.Today.AddDate(0, 6, 0).Format(time.DateOnly))
		wrong := ""
		if t.keeping == nil {
			wrong = t.bad.For("review_by")
		}
		view.Confirm = &ui.Field{ID: "next_review", Label: "Next review", Kind: "date", Value: next, Error: wrong, Short: true}
	}
	if !who(c).Is(actor.Manager) {
		return
	}
	keep, day := guidance.Keeping{Visible: w.Article.Visible, Topic: w.Article.Topic}, w.Due.Format(time.DateOnly)
	if w.OwnerID != nil {
		keep.OwnerID = *w.OwnerID
	}
	wrong := ""
	if t.keeping != nil {
		keep, day, wrong = *t.keeping, t.keepDay, t.bad.For("review_by")
	}
	owner := ui.Select{ID: "keeper", Label: "Kept by", Wide: true, Error: t.bad.For("owner")}
	if keep.OwnerID == 0 {
		owner.Options = []ui.Option{{Label: "Choose somebody who signs in", Chosen: true}}
	}
	for _, k := range w.Keepers {
		owner.Options = append(owner.Options, ui.Option{Value: strconv.FormatInt(k.ID, 10), Label: k.Name, Chosen: k.ID == keep.OwnerID})
	}
	view.Keep = []templ.Component{owner, p.topicSelect(c.Request.Context(), keep.Topic, t.bad.For("topic"), false), readersOf(keep.Visible, t.bad.For("visible")),
		ui.Field{ID: "review_by", Label: "Look at it again by", Hint: "A sooner day is a matter of keeping. A later one takes a review.", Kind: "date", Value: day, Error: wrong, Short: true}}
	if w.Withdrawn == nil {
		view.Away = &views.Away{Affects: askAffects(w, t),
			Why: ui.Area{ID: "why", Label: "Why nobody should rely on it any more", Hint: "The desk reads it.", Value: t.why, Rows: 2, Error: t.bad.For("why")}}
	}
}

// askAffects asks whether advice already given is changed; where none was, nothing.
func askAffects(w *guidance.Workbench, t benchTyped) views.Affects {
	if w.Cited == 0 {
		return views.Affects{}
	}
	words := strconv.Itoa(w.Cited) + " consultations rely on this article."
	if w.Cited == 1 {
		words = "One consultation relies on this article."
	}
	return views.Affects{Ask: true, Words: words, Radios: ui.Choices{ID: "affects", Legend: "Does this change advice already given?", Error: t.bad.For("affects"), Options: []ui.Option{
		{Value: "no", Label: "No, what was advised before still holds", Chosen: t.affects == "no"},
		{Value: "yes", Label: "Yes", Hint: "Each consultation that relied on it is listed, to be told one by one.", Chosen: t.affects == "yes",
			More: ui.Area{ID: "affects_why", Label: "What was advised and does not hold any more", Value: t.reason, Rows: 2, Error: t.bad.For("affects_why")}},
	}}}
}

// affectsTyped reads the answer; asked says that there has to be one.
func affectsTyped(c *gin.Context, asked bool) (guidance.Affects, fault.Fields) {
	var bad fault.Fields
	answer := line(c, "affects")
	bad.Need(!asked || answer == "yes" || answer == "no", "affects", "Say whether it changes advice already given.")
	return guidance.Affects{Affected: answer == "yes", Why: line(c, "affects_why")}, bad
}

func (p editorPages) review(by actor.Actor, w *guidance.Workbench, t benchTyped) *views.Review {
	d, url := w.Draft, articleURL(w.Slug)
	was := guidance.Article{}
	if w.Version > 0 {
		was = w.Article
	}
	changes := guidance.Diff(was, d.Article)
	r := &views.Review{Revision: strconv.Itoa(d.Revision), TakeBack: d.Wrote(by), Changed: d.Changed, Changes: changesOf(changes), Said: saidOf(changes),
		Remark: ui.Area{ID: "remark", Label: "What has to change", Value: t.remark, Rows: 3, Error: t.bad.For("remark")}, PreviewURL: url + "/draft"}
	if w.Version > 0 {
		r.Affects = askAffects(w, t)
	}
	if r.TakeBack {
		r.Removal = url + "/draft/removal"
	}
	return r
}

// bench answers a refused form of an article's page with all that stood in it; other
// errors go on.
func (p editorPages) refused(c *gin.Context, err error, t benchTyped) error {
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok {
		return err
	}
	w, err := p.rooms.Guidance.Workbench(c.Request.Context(), who(c), c.Param("slug"))
	if err != nil {
		return err
	}
	t.bad = bad
	return p.drawBench(c, http.StatusUnprocessableEntity, w, t)
}

// giveBack returns a draft with a remark.
func (p editorPages) giveBack(c *gin.Context) error {
	remark := text(c, "remark")
	if err := p.rooms.Guidance.Return(c.Request.Context(), who(c), c.Param("slug"), remark); err != nil {
		return p.refused(c, err, benchTyped{remark: remark})
	}
	p.flash(c, "Returned with your remark.")
	return see(c, editURL(c.Param("slug")))
}

// approve publishes a draft.
func (p editorPages) approve(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	w, err := p.rooms.Guidance.Workbench(ctx, by, slug)
	if err != nil {
		return err
	}
	affects, bad := affectsTyped(c, w.Cited > 0 && w.Version > 0)
	t := benchTyped{affects: line(c, "affects"), reason: line(c, "affects_why")}
	if err := bad.Err(); err != nil {
		return p.refused(c, err, t)
	}
	version, err := p.rooms.Guidance.ApproveRevision(ctx, by, slug, int(number(c.PostForm("revision"))), affects)
	if err != nil {
		return p.refused(c, err, t)
	}
	words := "Version " + strconv.Itoa(version) + " is published."
	if affects.Affected {
		words += " Those who relied on the one before are listed under Recalls."
	}
	p.flash(c, words)
	return see(c, articleURL(slug))
}

// withdraw takes an article off the shelf.
func (p editorPages) withdraw(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	w, err := p.rooms.Guidance.Workbench(ctx, by, slug)
	if err != nil {
		return err
	}
	affects, bad := affectsTyped(c, w.Cited > 0)
	t := benchTyped{why: line(c, "why"), affects: line(c, "affects"), reason: line(c, "affects_why")}
	bad.Need(t.why != "", "why", "Say why nobody should rely on it any more.")
	if err := bad.Err(); err != nil {
		return p.refused(c, err, t)
	}
	if err := p.rooms.Guidance.Withdraw(ctx, by, slug, t.why, affects); err != nil {
		return p.refused(c, err, t)
	}
	words := "It is withdrawn."
	if affects.Affected {
		words += " Those who relied on it are listed under Recalls."
	}
	p.flash(c, words)
	return see(c, editURL(slug))
}

// keeping changes who keeps an article and who reads it.
func (p editorPages) keeping(c *gin.Context) error {
	k, typed := guidance.Keeping{OwnerID: number(c.PostForm("keeper")), Visible: line(c, "visible"), Topic: line(c, "topic")}, line(c, "review_by")
	var bad fault.Fields
	var err error
	if typed != "" {
		k.ReviewBy, err = time.Parse(time.DateOnly, typed)
		bad.Need(err == nil, "review_by", "Choose a day.")
	}
	if err = bad.Err(); err == nil {
		err = p.rooms.Guidance.Keep(c.Request.Context(), who(c), c.Param("slug"), k)
	}
	if err != nil {
		return p.refused(c, err, benchTyped{keeping: &k, keepDay: typed})
	}
	p.flash(c, "It is kept so from now on.")
	return see(c, editURL(c.Param("slug")))
}
