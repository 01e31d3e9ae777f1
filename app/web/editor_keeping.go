package web

import (
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

// manage are the forms of managers, on each page of an article that was ever published,
// whether somebody writes in it or not: what is wrong is taken off the shelf at once.
func (p editorPages) manage(c *gin.Context, w *guidance.Workbench, t benchTyped) views.Manage {
	view := views.Manage{URL: articleURL(w.Slug)}
	if w.Version == 0 || !who(c).Is(actor.Manager) {
		return view
	}
	keep, day, bad := guidance.Keeping{Visible: w.Article.Visible, Topic: w.Article.Topic}, w.Due.Format(time.DateOnly), fault.Fields(nil)
	if w.OwnerID != nil {
		keep.OwnerID = *w.OwnerID
	}
	if t.keeping != nil {
		keep, day, bad = *t.keeping, t.keepDay, t.bad
	}
	owner := ui.Select{ID: "keeper", Label: "Kept by", Wide: true, Error: bad.For("owner")}
	if keep.OwnerID == 0 {
		owner.Options = []ui.Option{{Label: "Choose somebody who signs in", Chosen: true}}
	}
	for _, k := range w.Keepers {
		owner.Options = append(owner.Options, ui.Option{Value: strconv.FormatInt(k.ID, 10), Label: k.Name, Chosen: k.ID == keep.OwnerID})
	}
	// A draft's own controls of these names may be on the page.
	topic, readers := p.topicSelect(c.Request.Context(), keep.Topic, bad.For("topic"), false), readersOf(keep.Visible, bad.For("visible"))
	topic.ID, topic.Name = "keep_topic", "topic"
	readers.ID, readers.Name = "keep_visible", "visible"
	view.Keep = []templ.Component{owner, topic, readers,
		ui.Field{ID: "keep_review_by", Name: "review_by", Label: "Look at it again by", Hint: "A sooner day is a matter of keeping. A later one takes a review.", Kind: "date", Value: day, Error: bad.For("review_by"), Short: true}}
	if w.Draft != nil {
		view.KeepNote = "What you change here changes in the open draft too."
	}
	if w.Withdrawn == nil {
		t := t.answering(true)
		view.Away = &views.Away{Affects: askAffects(w.Cited, "away_affects", t),
			Why: ui.Area{ID: "why", Label: "Why nobody should rely on it any more", Hint: "The desk reads it.", Value: t.why, Rows: 2, Error: t.bad.For("why")}}
		if w.Draft != nil {
			view.Away.Note = "The open draft stays with its writers. One that is in review goes back to them."
		}
	}
	return view
}

// withdraw takes an article off the shelf.
func (p editorPages) withdraw(c *gin.Context) error {
	affects, why := affectsTyped(c), line(c, "why")
	if err := p.rooms.Guidance.Withdraw(c.Request.Context(), who(c), c.Param("slug"), why, affects); err != nil {
		return p.refused(c, err, benchTyped{away: true, why: why, affects: line(c, "affects"), reason: affects.Why})
	}
	words := "It is withdrawn."
	if affects.Affected {
		words += " Those who relied on it are listed under Recalls."
	}
	p.flash(c, words)
	return see(c, editURL(c.Param("slug")))
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
