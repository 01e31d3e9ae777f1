package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

// moreWordRows is how many empty rows stand below the list, mostWordRows how many a form may have.
const (
	moreWordRows = 3
	mostWordRows = 320
)

// words is the list of synonyms.
func (p guidancePages) words(c *gin.Context) error {
	v, err := p.rooms.Guidance.Synonyms(c.Request.Context(), who(c))
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Words(p.wordsPage(c, v, v.Rows, v.Version, moreWordRows)))
}

func (p guidancePages) wordsPage(c *gin.Context, v *guidance.Vocabulary, rows []guidance.Synonym, version, more int) views.WordsPage {
	view := views.WordsPage{Frame: p.frame(c, "Search words", "/guidance"), Tabs: guidanceTabs(who(c), "/guidance/words"), Version: strconv.Itoa(version),
		Since: "This is the list as it came."}
	if v.ChangedBy != "" {
		view.Since = "Last changed by " + v.ChangedBy + " on " + p.deskDay(c.Request.Context(), v.ChangedAt) + "."
	}
	for _, row := range rows {
		view.Rows = append(view.Rows, views.SynonymRow{Words: row.Words, Means: row.Means})
	}
	for range more {
		view.Rows = append(view.Rows, views.SynonymRow{})
	}
	return view
}

// setWords puts another list in force, or shows what was typed with what is wrong.
func (p guidancePages) setWords(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	version := int(number(c.PostForm("version")))
	rows := make([]guidance.Synonym, min(number(c.PostForm("rows")), mostWordRows))
	for i := range rows {
		rows[i] = guidance.Synonym{Words: line(c, fmt.Sprintf("words-%d", i)), Means: line(c, fmt.Sprintf("means-%d", i))}
	}
	again := c.PostForm("then") == "rows"
	var err error
	if !again {
		if err = p.rooms.Guidance.SetSynonyms(ctx, by, rows, version); err == nil {
			p.flash(c, "Saved. It is in force from the next search on.")
			return see(c, "/guidance/words")
		}
	}
	bad, fields := errors.AsType[fault.Fields](err)
	moved := errors.Is(err, fault.Conflict)
	if !again && !fields && !moved {
		return err
	}
	v, lost := p.rooms.Guidance.Synonyms(ctx, by)
	if lost != nil {
		return lost
	}
	view, status := p.wordsPage(c, v, rows, version, 0), http.StatusUnprocessableEntity
	switch {
	case again:
		view, status = p.wordsPage(c, v, rows, version, 5), http.StatusOK
	case moved:
		// Who saves now has seen what they save over.
		view, status = p.wordsPage(c, v, rows, v.Version, 0), http.StatusConflict
		view.Conflict = "Somebody changed the list while you were at it. Yours stands below as you typed it, theirs first. Saving now puts yours in its place."
		for _, row := range v.Rows {
			view.Theirs = append(view.Theirs, views.SynonymRow{Words: row.Words, Means: row.Means})
		}
	default:
		view.Frame.Title = "Not saved: " + view.Frame.Title
		for i := range view.Rows {
			view.Rows[i].WordsError, view.Rows[i].MeansError = bad.For(fmt.Sprintf("words-%d", i)), bad.For(fmt.Sprintf("means-%d", i))
		}
		for _, one := range bad {
			view.Problems = append(view.Problems, ui.Problem{Field: one.Name, Message: one.Says})
		}
	}
	return page(c, status, views.Words(view))
}
