package web

import (
	"errors"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

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
	written                            string // the article, with its head, where its draft is gone
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
	add(true, "The article", t.written)
	return all
}

func (p editorPages) drawBench(c *gin.Context, status int, w *guidance.Workbench, t benchTyped) error {
	by, clock, url := who(c), p.clock(c), articleURL(w.Slug)
	view := views.BenchPage{Frame: p.frame(c, w.Article.Title, "/guidance"), Title: w.Article.Title, URL: url, State: "On the shelf", Icon: "book-open",
		Papers: p.papers(by, w, clock, t.bad.For("file")), Problems: t.problems(),
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

// benchForms are what can be done with an article nobody is writing in.
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
	return p.drawWrite(c, status, w, typedOf(*w.Draft), writeNews{bench: t, kept: "The draft is as it was kept, and what you typed beside it is still here."})
}
