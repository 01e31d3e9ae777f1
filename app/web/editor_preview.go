package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	article "hotline/views/guidance"
	"hotline/views/ui"
)

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
	r := &guidance.Reading{Article: a, Version: w.Version + 1, Current: w.Version + 1, TopicName: topic, PublishedAt: p.rooms.Now(), Due: a.ReviewBy, Whole: true}
	view := article.ShowPage{Frame: p.frame(c, orWords(a.Title, "A draft"), ""), Title: a.Title, Summary: a.Summary, For: a.For,
		Topic: article.Link{Label: uncapped(orWords(topic, "Topic")), URL: "/guidance"}, DeskOnly: a.Visible == guidance.ForDesk, Imprint: pages.imprint(ctx, r), Files: filesWith(w.Slug, w.Files),
		Notices: []ui.Flash{{Words: "A draft, as its readers would see it. It is nobody’s advice yet.", MoreLabel: "Back to the draft", MoreURL: editURL(w.Slug)}}}
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
