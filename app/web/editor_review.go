package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

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
		r.Affects = askAffects(w.Cited, "affects", t.answering(false))
	}
	if r.TakeBack {
		r.Removal = url + "/draft/removal"
	}
	return r
}

// askAffects asks whether advice already given is changed; where none was, nothing. The
// controls are id and id_why; their names are affects and affects_why on every form.
func askAffects(cited int, id string, t benchTyped) views.Affects {
	if cited == 0 {
		return views.Affects{}
	}
	words := strconv.Itoa(cited) + " consultations rely on this article."
	if cited == 1 {
		words = "One consultation relies on this article."
	}
	return views.Affects{Ask: true, Words: words, Radios: ui.Choices{ID: id, Name: "affects", Legend: "Does this change advice already given?", Error: t.bad.For("affects"), Options: []ui.Option{
		{Value: "no", Label: "No, what was advised before still holds", Chosen: t.affects == "no"},
		{Value: "yes", Label: "Yes", Hint: "Each consultation that relied on it is listed, to be told one by one.", Chosen: t.affects == "yes",
			More: ui.Area{ID: id + "_why", Name: "affects_why", Label: "What was advised and does not hold any more", Value: t.reason, Rows: 2, Error: t.bad.For("affects_why")}},
	}}}
}

// affectsTyped reads the answer. Whether there has to be one, the room knows.
func affectsTyped(c *gin.Context) guidance.Affects {
	answer := line(c, "affects")
	return guidance.Affects{Answered: answer == "yes" || answer == "no", Affected: answer == "yes", Why: line(c, "affects_why")}
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
	affects := affectsTyped(c)
	version, err := p.rooms.Guidance.ApproveRevision(c.Request.Context(), who(c), c.Param("slug"), int(number(c.PostForm("revision"))), affects)
	if err != nil {
		return p.refused(c, err, benchTyped{affects: line(c, "affects"), reason: affects.Why})
	}
	words := "Version " + strconv.Itoa(version) + " is published."
	if affects.Affected {
		words += " Those who relied on the one before are listed under Recalls."
	}
	p.flash(c, words)
	return see(c, articleURL(c.Param("slug")))
}
