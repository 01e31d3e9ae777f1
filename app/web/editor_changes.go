package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/guidance"
	views "hotline/views/editor"
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
	switch c.Kind {
	case guidance.Added:
		return "new, " + strconv.Itoa(added) + plural(added, " word")
	case guidance.Removed:
		return "taken away, " + strconv.Itoa(removed) + plural(removed, " word")
	}
	var parts []string
	if added > 0 {
		parts = append(parts, strconv.Itoa(added)+plural(added, " word")+" added")
	}
	if removed > 0 {
		parts = append(parts, strconv.Itoa(removed)+plural(removed, " word")+" taken away")
	}
	if len(parts) == 0 && c.Kind == guidance.Changed {
		return "only the spacing"
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
	words := inWords(differ) + " parts of " + strconv.Itoa(len(all)) + " differ: "
	if differ == 1 {
		words = "One part of " + strconv.Itoa(len(all)) + " differs: "
	}
	return words + strconv.Itoa(added) + plural(added, " word") + " added, " +
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
	view := views.ChangesPage{Frame: p.frame(c, "What differs", "/guidance"), Title: title, BackURL: editURL(slug),
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
