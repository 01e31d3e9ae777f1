package web

import (
	"log/slog"
	"net/url"

	"github.com/gin-gonic/gin"

	views "hotline/views/requests"
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
