package web

import (
	"log/slog"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	views "hotline/views/requests"
	"hotline/views/ui"
)

// onHome is how many articles home shows: the first of each topic.
const onHome = 6

// articles are a few pieces of guidance for home. Home does without when they cannot
// be had.
func (w *Web) articles(c *gin.Context) []views.Article {
	all, err := w.rooms.Guidance.Index(c.Request.Context(), who(c))
	if err != nil {
		slog.Error("guidance for home", "error", safely(err))
		return nil
	}
	var out []views.Article
	seen := map[string]bool{}
	for _, a := range all {
		if !seen[a.Topic] && !a.DeskOnly && len(out) < onHome {
			seen[a.Topic] = true
			out = append(out, views.Article{Title: a.Title, URL: "/guidance/" + url.PathEscape(a.Slug)})
		}
	}
	return out
}

// citations are the articles we pointed a physician to, each in the version of then.
func (p requestPages) citations(c *gin.Context, ticketID int64) ([]ui.Citation, error) {
	all, err := p.rooms.Guidance.Cited(c.Request.Context(), who(c), ticketID)
	if err != nil {
		return nil, err
	}
	clock := p.clock(c)
	var out []ui.Citation
	for _, one := range all {
		words := "Version " + strconv.Itoa(one.Version) + ", as it read on " + day(one.CitedAt, clock) + ". Reviewed " + one.ReviewedOn.Format("January 2, 2006") + "."
		if one.Newer {
			words += " There is a newer version."
		}
		out = append(out, ui.Citation{Title: one.Title, URL: "/guidance/" + url.PathEscape(one.Slug) + "?version=" + strconv.Itoa(one.Version), Words: words})
	}
	return out, nil
}
