package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

// editorPages are where guidance is written: by consultants and managers, two of them
// for each version.
type editorPages struct{ *Web }

// uploads are the forms that bring a file.
var uploads = []string{"/guidance/:slug/files", "/guidance/import"}

func (w *Web) editorRoutes() []route {
	p := editorPages{w}
	return []route{
		get("/guidance/drafts", deskP, p.index),
		post("/guidance/drafts", deskP, p.create),
		get("/guidance/new", deskP, p.new),
		get("/guidance/export.zip", deskP, p.export),
		post("/guidance/import", managers, p.imports),
		get("/guidance/:slug/edit", deskP, p.edit),
		get("/guidance/:slug/draft", deskP, p.preview),
		post("/guidance/:slug/draft", deskP, p.keep),
		post("/guidance/:slug/draft/removal", deskP, p.drop),
		get("/guidance/:slug/changes", deskP, p.changes),
		post("/guidance/:slug/review", deskP, p.offer),
		post("/guidance/:slug/review/removal", deskP, p.takeBack),
		post("/guidance/:slug/return", deskP, p.giveBack),
		post("/guidance/:slug/publication", deskP, p.approve),
		post("/guidance/:slug/withdrawal", managers, p.withdraw),
		post("/guidance/:slug/keeping", managers, p.keeping),
		post("/guidance/:slug/files", deskP, p.addFile),
		get("/guidance/:slug/files/:id", signedIn, p.file),
		post("/guidance/:slug/files/:id/removal", deskP, p.removeFile),
	}
}

func editURL(slug string) string { return articleURL(slug) + "/edit" }

// index is what waits for the reader, what is being written, and what is due.
func (p editorPages) index(c *gin.Context) error {
	return p.drawIndex(c, http.StatusOK, nil, benchTyped{})
}

func (p editorPages) drawIndex(c *gin.Context, status int, problems []ui.Problem, t benchTyped) error {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	drafts, err := p.rooms.Guidance.Drafts(ctx, by)
	if err != nil {
		return err
	}
	stale, err := p.rooms.Guidance.Stale(ctx, by)
	if err != nil {
		return err
	}
	view := views.DraftsPage{Frame: p.frame(c, "Drafts and reviews", "/guidance"), Tabs: guidanceTabs(by, "/guidance/drafts"),
		Import: by.Is(actor.Manager), Problems: problems, Refused: t.problems(), Unsent: t.unsent(nil, nil)}
	for _, d := range drafts {
		line := draftLine(d, clock)
		if d.State == guidance.InReview && !d.Wrote(by) {
			view.Yours = append(view.Yours, line)
		} else {
			view.Others = append(view.Others, line)
		}
	}
	for _, s := range stale {
		due := views.Due{URL: editURL(s.Slug), Title: s.Title, Over: s.Over, When: "Due by " + longDay(s.Due), Words: "Kept by " + s.Owner + ". " + s.TopicName + "."}
		if s.Over {
			due.When = "Was due by " + longDay(s.Due)
		}
		if s.OwnerID != nil && *s.OwnerID == by.ID {
			due.Words = "Yours. " + s.TopicName + "."
		}
		if s.OwnerID == nil {
			due.Words = "Kept by " + s.Owner + ", who does not sign in here. " + s.TopicName + "."
		}
		if s.Drafting {
			due.Words += " A draft is open."
		}
		view.Due = append(view.Due, due)
	}
	return page(c, status, views.Drafts(view))
}

func draftLine(d guidance.Draft, clock ui.Clock) views.Line {
	words, icon := stateOf(d)
	title := d.Title
	if title == "" {
		title = d.Slug
	}
	return views.Line{URL: editURL(d.Slug), Title: title, State: words, Icon: icon, Words: stated(since(d, clock))}
}

// stateOf is a draft's state, in words and as a mark.
func stateOf(d guidance.Draft) (words, icon string) {
	switch d.State {
	case guidance.InReview:
		return "In review", "clock"
	case guidance.Returned:
		return "Returned", "reply"
	}
	if d.Based == 0 {
		return "New, being written", "pen-line"
	}
	return "Being written", "pen-line"
}

// since says who did the last thing to a draft, and when.
func since(d guidance.Draft, clock ui.Clock) string {
	when := func(t time.Time) string { return ui.Relative(t, clock.Now, clock.Zone) }
	words := "kept by " + d.ChangedName + ", " + when(d.ChangedAt)
	switch {
	case d.State == guidance.InReview && d.OfferedAt != nil:
		words = "offered by " + d.OfferedName + ", " + when(*d.OfferedAt)
	case d.State == guidance.Returned:
		words = "returned by " + d.ReviewerName + "; " + words
	}
	if d.Based > 0 {
		words += ". It changes version " + strconv.Itoa(d.Based)
	}
	return words
}

func stated(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }

// new asks what a new article is.
func (p editorPages) new(c *gin.Context) error {
	return p.drawNew(c, http.StatusOK, guidance.Article{Front: guidance.Front{Visible: guidance.ForInsured, Topic: query(c, "topic")}}, nil)
}

func (p editorPages) drawNew(c *gin.Context, status int, a guidance.Article, bad fault.Fields) error {
	view := views.NewPage{Frame: p.frame(c, "A new article", "/guidance"), Problems: problemsAt(bad, nil),
		Title:   ui.Field{ID: "title", Label: "Title", Hint: "What it is about, as a physician would say it.", Value: a.Title, Error: bad.For("title")},
		Slug:    ui.Field{ID: "slug", Label: "Address", Hint: "Small letters and hyphens: it stands behind /guidance/ for good. Left empty, it is made from the title.", Value: a.Slug, Error: bad.For("slug")},
		Topic:   p.topicSelect(c.Request.Context(), a.Topic, bad.For("topic"), true),
		Visible: readersOf(a.Visible, bad.For("visible"))}
	return page(c, status, views.New(view))
}

func problemsAt(bad fault.Fields, ids map[string]string) []ui.Problem {
	var all []ui.Problem
	for _, f := range bad {
		id, renamed := ids[f.Name]
		if !renamed {
			id = f.Name
		}
		all = append(all, ui.Problem{Field: id, Message: f.Says})
	}
	return all
}

func (p editorPages) topicSelect(ctx context.Context, chosen, wrong string, empty bool) ui.Select {
	s := ui.Select{ID: "topic", Label: "Topic", Error: wrong, Wide: true}
	if empty {
		s.Options = []ui.Option{{Label: "Choose one"}}
	}
	for _, t := range p.house.allTopics(ctx) {
		s.Options = append(s.Options, ui.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == chosen})
	}
	return s
}

func readersOf(chosen, wrong string) ui.Choices {
	return ui.Choices{ID: "visible", Legend: "Who may read it", Error: wrong, Options: []ui.Option{
		{Value: guidance.ForInsured, Label: "Physicians and staff", Chosen: chosen == guidance.ForInsured},
		{Value: guidance.ForDesk, Label: "Staff only", Hint: "Never shown or cited to a physician.", Chosen: chosen == guidance.ForDesk},
	}}
}

// create begins a draft: of an article that is there, or of a new one.
func (p editorPages) create(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	if from := line(c, "article"); from != "" {
		d, err := p.rooms.Guidance.StartDraft(ctx, by, strings.TrimPrefix(from, "/guidance/"))
		if err != nil {
			return err
		}
		return see(c, editURL(d.Slug))
	}
	a := guidance.Article{Front: guidance.Front{Title: line(c, "title"), Slug: strings.ToLower(line(c, "slug")), Topic: line(c, "topic"), Visible: line(c, "visible")}}
	if a.Slug == "" {
		a.Slug = slugOf(a.Title)
	}
	a.Body = guidance.WithStateNotes("", []guidance.StateNote{{Words: "We have nothing specific here: the general advice only. Ask us before you rely on it."}})
	d, err := p.rooms.Guidance.NewDraft(ctx, by, a)
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.drawNew(c, http.StatusUnprocessableEntity, a, bad)
	}
	if err != nil {
		return err
	}
	p.flash(c, "The draft is there. Nobody but the desk sees it.")
	return see(c, editURL(d.Slug))
}

// slugOf makes an address of a title.
func slugOf(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '\'' || r == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// drop closes a draft that nobody wants.
func (p editorPages) drop(c *gin.Context) error {
	if err := p.rooms.Guidance.DropDraft(c.Request.Context(), who(c), c.Param("slug")); err != nil {
		return err
	}
	p.flash(c, "The draft is dropped. What readers have has not changed.")
	return see(c, "/guidance/drafts")
}
