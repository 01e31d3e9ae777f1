package web

import (
	"errors"
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
	said                               string // why it was refused, where no field is at fault
	next, why, remark, affects, reason string
	away                               bool // affects and reason are of the withdrawal, not of the approval
	keeping                            *guidance.Keeping
	keepDay                            string
	file                               string
}

// answering is what the question about earlier advice was answered with, in the form of
// the withdrawal or in that of the approval.
func (t benchTyped) answering(away bool) benchTyped {
	if t.away != away {
		return benchTyped{}
	}
	return t
}

// problems are what is wrong, each with its control.
func (t benchTyped) problems() []ui.Problem {
	ids := map[string]string{"owner": "keeper", "topic": "keep_topic", "visible": "keep_visible", "review_by": "keep_review_by"}
	if t.keeping == nil {
		ids["review_by"] = "next_review"
	}
	if t.away {
		ids["affects"], ids["affects_why"] = "away_affects", "away_affects_why"
	}
	all := problemsAt(t.bad, ids)
	if t.said != "" {
		all = append(all, ui.Problem{Message: t.said})
	}
	return all
}

// unsent are the words somebody typed into a form that is not on the page any more: they
// are shown, to be taken along.
func (t benchTyped) unsent(r *views.Review, away *views.Away) []views.Unsent {
	var all []views.Unsent
	add := func(gone bool, label, words string) {
		if gone && words != "" {
			all = append(all, views.Unsent{Label: label, Words: words})
		}
	}
	reviewed := r != nil && !r.TakeBack
	add(!reviewed, "What has to change", t.remark)
	add(away == nil, "Why nobody should rely on it any more", t.why)
	asked := reviewed && r.Affects.Ask
	if t.away {
		asked = away != nil && away.Affects.Ask
	}
	add(!asked, "What was advised and does not hold any more", t.reason)
	return all
}

func (p editorPages) drawBench(c *gin.Context, status int, w *guidance.Workbench, t benchTyped) error {
	by, clock, url := who(c), p.clock(c), articleURL(w.Slug)
	view := views.BenchPage{Frame: p.frame(c, w.Article.Title, "/guidance"), Title: w.Article.Title, URL: url, State: "On the shelf", Icon: "book-open",
		Papers: p.papers(by, w, clock, t.file), Kept: "Nothing has changed for anybody.", Problems: t.problems(),
		Withdrawn: p.withdrawn(c, w), Manage: p.manage(c, w, t)}
	if w.Version > 0 {
		view.ReadURL = url
		view.Meta = "Version " + strconv.Itoa(w.Version) + "."
	} else {
		view.State, view.Icon = "Not published yet", "pen-line"
	}
	if w.Withdrawn != nil {
		view.State, view.Icon = "Withdrawn", "x"
	}
	p.benchFacts(&view, w, clock)
	if d := w.Draft; d != nil {
		view.State, view.Icon = stateOf(*d)
		view.Meta = stated(since(*d, clock))
		view.Title = orWords(d.Title, view.Title)
		view.Review = p.review(by, w, t)
	} else {
		benchForms(&view, w, t)
	}
	view.Unsent = t.unsent(view.Review, view.Manage.Away)
	return page(c, status, views.Bench(view))
}

// withdrawn says who withdrew an article and why; "" where it stands.
func (p editorPages) withdrawn(c *gin.Context, w *guidance.Workbench) string {
	if w.Withdrawn == nil {
		return ""
	}
	return w.WithdrawnBy + " withdrew it on " + p.deskDay(c.Request.Context(), *w.Withdrawn) + ": “" + w.WithdrawnWhy + "” A draft that is approved puts it back."
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
func benchForms(view *views.BenchPage, w *guidance.Workbench, t benchTyped) {
	view.Begin = true
	if w.Withdrawn != nil {
		return
	}
	next := orWords(t.next, w.Today.AddDate(0, 6, 0).Format(time.DateOnly))
	wrong := ""
	if t.keeping == nil {
		wrong = t.bad.For("review_by")
	}
	view.Confirm = &ui.Field{ID: "next_review", Label: "Next review", Kind: "date", Value: next, Error: wrong, Short: true}
}

// manage are the forms of managers, on each page of an article that was ever published,
// whether somebody writes at it or not: what is wrong is taken off the shelf at once.
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

// refused answers a form of an article's page that was refused: with the page as it is
// by now, what is wrong, and all that stood in the form. Faults that have nothing to say
// go on.
func (p editorPages) refused(c *gin.Context, err error, t benchTyped) error {
	t.bad, _ = errors.AsType[fault.Fields](err)
	t.said = fault.Sentence(err)
	if t.bad.Err() == nil && t.said == "" {
		return err
	}
	status, _, _ := explain(err)
	w, wrong := p.rooms.Guidance.Workbench(c.Request.Context(), who(c), c.Param("slug"))
	switch {
	case errors.Is(wrong, fault.NotFound): // a new article whose draft was dropped meanwhile
		return p.drawIndex(c, status, nil, t)
	case wrong != nil:
		return wrong
	case w.Draft == nil || w.Draft.State == guidance.InReview:
		return p.drawBench(c, status, w, t)
	}
	return p.drawWrite(c, status, w, typedOf(*w.Draft), writeNews{bench: t, kept: "Everything you typed is still here. The draft is as it was kept."})
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
