package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	article "hotline/views/guidance"
	"hotline/views/ui"
)

func changesOf(all []guidance.Change) []views.Change {
	out := make([]views.Change, len(all))
	for i, one := range all {
		out[i] = views.Change{Part: one.Part, Kind: one.Kind, Said: countsOf(one)}
		for _, piece := range one.Pieces {
			out[i].Pieces = append(out[i].Pieces, views.Piece(piece))
		}
	}
	return out
}

func countsOf(c guidance.Change) string {
	added, removed := c.Counts()
	var parts []string
	switch c.Kind {
	case guidance.Added:
		return "new, " + strconv.Itoa(added) + plural(added, " word")
	case guidance.Removed:
		return "taken away, " + strconv.Itoa(removed) + plural(removed, " word")
	}
	if added > 0 {
		parts = append(parts, strconv.Itoa(added)+plural(added, " word")+" added")
	}
	if removed > 0 {
		parts = append(parts, strconv.Itoa(removed)+plural(removed, " word")+" taken away")
	}
	if len(parts) == 0 && c.Kind == guidance.Changed {
		return "other spaces"
	}
	return strings.Join(parts, ", ")
}

// saidOf sums a comparison up.
func saidOf(all []guidance.Change) string {
	differ, added, removed := 0, 0, 0
	for _, c := range all {
		if c.Kind == guidance.Same {
			continue
		}
		a, r := c.Counts()
		differ, added, removed = differ+1, added+a, removed+r
	}
	if differ == 0 {
		return "Nothing differs."
	}
	return inWords(differ) + plural(differ, " part") + " of " + strconv.Itoa(len(all)) + " differ: " + strconv.Itoa(added) + plural(added, " word") + " added, " +
		strconv.Itoa(removed) + " taken away."
}

// changes is what differs between two versions, or between the draft and what readers
// have. From and to are versions; to is "draft" for the draft. Left out: the draft
// where one is open, else the newest version, against the one before.
func (p editorPages) changes(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	w, err := p.rooms.Guidance.Workbench(ctx, by, slug)
	if err != nil {
		return err
	}
	from, to := max(1, w.Version-1), w.Version
	if w.Draft != nil {
		from, to = w.Version, 0
	}
	if asked := query(c, "to"); asked == "draft" {
		to = 0
	} else if to, err = versionAsked(asked, to); err != nil {
		return err
	}
	if from, err = versionAsked(query(c, "from"), from); err != nil {
		return err
	}
	_, _, changes, err := p.rooms.Guidance.Compare(ctx, by, slug, from, to)
	if err != nil {
		return err
	}
	title := w.Article.Title
	if w.Draft != nil && w.Draft.Title != "" {
		title = w.Draft.Title
	}
	view := views.ChangesPage{Frame: p.frame(c, "What differs", "/guidance"), Title: title, BackURL: editURL(slug), Back: "Back to the article",
		Action: articleURL(slug) + "/changes", Said: saidOf(changes), Changes: changesOf(changes),
		From: ui.Select{ID: "from", Label: "From"}, To: ui.Select{ID: "to", Label: "To"}}
	if w.Draft != nil {
		view.To.Options = []ui.Option{{Value: "draft", Label: "The draft", Chosen: to == 0}}
	}
	for _, e := range w.Standing {
		n := strconv.Itoa(e.Version)
		view.From.Options = append(view.From.Options, ui.Option{Value: n, Label: "Version " + n, Chosen: e.Version == from})
		view.To.Options = append(view.To.Options, ui.Option{Value: n, Label: "Version " + n, Chosen: e.Version == to})
	}
	if len(w.Standing) == 0 {
		view.From.Options = []ui.Option{{Label: "Nothing: it is new", Chosen: true}}
	}
	return page(c, http.StatusOK, views.Changes(view))
}

func versionAsked(typed string, otherwise int) (int, error) {
	if typed == "" {
		return otherwise, nil
	}
	if !versionLike.MatchString(typed) {
		return 0, fault.NotFound
	}
	return strconv.Atoi(typed)
}

// preview is a draft as its readers will see it: the article's own page.
func (p editorPages) preview(c *gin.Context) error {
	ctx := c.Request.Context()
	w, err := p.rooms.Guidance.Workbench(ctx, who(c), c.Param("slug"))
	if err != nil {
		return err
	}
	d := w.Draft
	if d == nil {
		return fault.NotFound
	}
	a := d.Article
	a.Reviewed = w.Today
	topic := ""
	for _, t := range p.house.allTopics(ctx) {
		if t.Code == a.Topic {
			topic = t.Name
		}
	}
	pages := guidancePages(p)
	r := &guidance.Reading{Article: a, Version: w.Version + 1, Current: w.Version + 1, TopicName: topic, PublishedAt: p.rooms.Now(), Whole: true, Files: w.Files}
	view := article.ShowPage{Frame: p.frame(c, orWords(a.Title, "A draft"), ""), Title: a.Title, Summary: a.Summary, For: a.For,
		Topic: article.Link{Label: uncapped(orWords(topic, "Topic")), URL: "/guidance"}, DeskOnly: a.Visible == guidance.ForDesk, Imprint: pages.imprint(ctx, r),
		Notices: []ui.Flash{{Words: "A draft, as its readers would see it. It is nobody’s advice yet.", MoreLabel: "Back to the draft", MoreURL: editURL(w.Slug)}}}
	for _, f := range w.Files {
		view.Files = append(view.Files, article.File{Label: f.Name, URL: fileURL(w.Slug, f.ID), Words: fileWords(f)})
	}
	// The reader's room, and nothing in it that leads a writer astray.
	view.Frame.Room, view.Frame.Nav, view.Frame.Shortcuts = "physician", nil, false
	sections, err := guidance.Render(a.Body)
	if err != nil {
		return err
	}
	if view.Sections, view.Contents, err = dressed(sections, pages.calling(view), whose{}); err != nil {
		return err
	}
	return page(c, http.StatusOK, article.Show(view))
}
