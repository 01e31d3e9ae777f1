package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
)

// offer keeps what was typed and gives it to review; or, of an article that needed no
// change, says so.
func (p editorPages) offer(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	if checked(c, "unchanged") {
		return p.confirm(c)
	}
	changed := line(c, "changed")
	if c.PostForm("sections") == "" { // offered from elsewhere: as it is kept
		if err := p.rooms.Guidance.OfferRevision(ctx, by, slug, changed, int(number(c.PostForm("revision")))); err != nil {
			return p.refused(c, err, benchTyped{})
		}
		return p.offered(c)
	}
	t := readArticle(c)
	w, err := p.kept(c, t)
	if w == nil {
		return err
	}
	t.revision = w.Draft.Revision
	err = p.rooms.Guidance.OfferRevision(ctx, by, slug, changed, w.Draft.Revision)
	if over, ok := errors.AsType[*guidance.Overtaken](err); ok {
		return p.drawWrite(c, http.StatusConflict, w, t.over(over), writeNews{theirs: over})
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.drawWrite(c, http.StatusUnprocessableEntity, w, t, writeNews{bad: bad, kept: "The draft is kept as it is."})
	}
	if err != nil {
		return p.refused(c, err, benchTyped{})
	}
	return p.offered(c)
}

func (p editorPages) offered(c *gin.Context) error {
	p.flash(c, "Offered. A colleague who did not write in it reads it next.")
	return see(c, editURL(c.Param("slug")))
}

func (p editorPages) confirm(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	typed := line(c, "next_review")
	day, _ := time.Parse(time.DateOnly, typed) // none: the room says so
	err := p.rooms.Guidance.Confirm(ctx, by, slug, day)
	if err != nil {
		return p.refused(c, err, benchTyped{next: typed})
	}
	return p.offered(c)
}

// takeBack ends a review to write on.
func (p editorPages) takeBack(c *gin.Context) error {
	if err := p.rooms.Guidance.TakeBack(c.Request.Context(), who(c), c.Param("slug")); err != nil {
		return err
	}
	p.flash(c, "It is yours to write in again.")
	return see(c, editURL(c.Param("slug")))
}
