package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

func fileURL(slug string, id int64) string {
	return articleURL(slug) + "/files/" + strconv.FormatInt(id, 10)
}

// papers are the files of an article on its keepers' page.
func (p editorPages) papers(by actor.Actor, w *guidance.Workbench, clock ui.Clock, wrong string) views.Papers {
	open := w.Draft != nil && w.Draft.State != guidance.InReview
	view := views.Papers{Error: wrong, Empty: "None. A form to hand out, a letter to start from: begin a change to add one."}
	if open {
		view.Action, view.Empty = articleURL(w.Slug)+"/files", "None yet."
	}
	for _, f := range w.Files {
		one := views.Paper{Name: f.Name, URL: fileURL(w.Slug, f.ID), Words: sizeWords(f.Size) + ", added by " + f.AddedBy + " " + ui.Relative(f.AddedAt, clock.Now, clock.Zone)}
		if !f.Shelved {
			one.Words += ". Waits for its draft"
		}
		if f.Shelved && by.Is(actor.Manager) || !f.Shelved && open {
			one.Removal = one.URL + "/removal"
		}
		view.Papers = append(view.Papers, one)
	}
	return view
}

func sizeWords(bytes int) string {
	if bytes < 1<<20 {
		return strconv.Itoa(max(1, bytes>>10)) + " kB"
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}

// sentFile is the file of a form, up to limit bytes and one more; nil: none was chosen.
func sentFile(c *gin.Context, field string, limit int64) (name string, content []byte, err error) {
	header, err := c.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fault.Unacceptable
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	content, err = io.ReadAll(io.LimitReader(f, limit+1))
	return clean(header.Filename), content, err
}

// addFile puts a paper with the open draft.
func (p editorPages) addFile(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), c.Param("slug")
	name, content, err := sentFile(c, "file", guidance.LargestFile)
	if err != nil {
		return err
	}
	if _, err = p.rooms.Guidance.AddFile(ctx, by, slug, name, content); err != nil {
		return p.refused(c, err, benchTyped{})
	}
	p.flash(c, "Added. Readers have it once the draft is approved.")
	return see(c, editURL(slug)+"#papers")
}

// removeFile takes a paper off.
func (p editorPages) removeFile(c *gin.Context) error {
	if err := p.rooms.Guidance.RemoveFile(c.Request.Context(), who(c), c.Param("slug"), number(c.Param("id"))); err != nil {
		return err
	}
	p.flash(c, "It is taken off.")
	return see(c, editURL(c.Param("slug"))+"#papers")
}

// file gives a paper to whoever may read its article: to be kept, never to be shown in
// the page's place, and as what its bytes are.
func (p editorPages) file(c *gin.Context) error {
	f, err := p.rooms.Guidance.File(c.Request.Context(), who(c), c.Param("slug"), number(c.Param("id")))
	if err != nil {
		return err
	}
	kind := f.Kind
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	h := c.Writer.Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, kind, f.Content)
	return nil
}
