package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/requests"
)

// draftFields is the most fields a draft keeps; no form of ours comes near it.
const draftFields = 60

func (p requestPages) draftRoutes() []route {
	return []route{
		post("/drafts/:uuid", signedIn, p.keepDraft),
		get("/drafts/:uuid", signedIn, p.openDraft),
		post("/drafts/:uuid/removal", signedIn, p.dropDraft),
	}
}

// keepDraft keeps what somebody is typing, as often as their page says so. What
// kinds of draft a person may keep is the room's to say.
func (p requestPages) keepDraft(c *gin.Context) error {
	d := ticket.Draft{ID: c.Param("uuid"), Kind: orWords(text(c, "kind"), "request"), Fields: map[string]string{}}
	for name := range c.Request.PostForm {
		if len(d.Fields) == draftFields || len(name) > 60 {
			return fault.Unacceptable
		}
		if name != "kind" && name != "key" {
			d.Fields[clean(name)] = text(c, name)
		}
	}
	if d.Kind == "request" {
		// A page may still be keeping while its form is sent: what was sent is no draft.
		if _, err := p.rooms.Tickets.SentAs(c.Request.Context(), who(c), d.ID); err == nil {
			c.Status(http.StatusNoContent)
			return nil
		}
	}
	if err := p.rooms.Tickets.KeepDraft(c.Request.Context(), who(c), d); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// openDraft goes to where a draft is gone on with.
func (p requestPages) openDraft(c *gin.Context) error {
	d, err := p.rooms.Tickets.Draft(c.Request.Context(), who(c), c.Param("uuid"))
	if err != nil {
		return err
	}
	number := url.PathEscape(d.Fields["number"])
	switch {
	case d.Kind == "request":
		return see(c, "/requests/new?draft="+d.ID)
	case d.Kind == "call":
		return see(c, "/calls/new?draft="+d.ID)
	case number == "":
		return see(c, "/")
	case who(c).Insured() && d.Kind == "summary":
		return see(c, "/requests/"+number+"#correct")
	case who(c).Insured():
		return see(c, "/requests/"+number+"#message")
	case d.Kind == "summary":
		return see(c, "/tickets/"+number+"/summaries/new")
	}
	return see(c, "/tickets/"+number+"#"+d.Kind)
}

func (p requestPages) dropDraft(c *gin.Context) error {
	if err := p.rooms.Tickets.DropDraft(c.Request.Context(), who(c), c.Param("uuid")); err != nil {
		return err
	}
	if !who(c).Insured() {
		return see(c, "/")
	}
	p.flash(c, "The draft is gone.")
	return see(c, "/requests")
}

// draftsOf are the questions somebody began and has not sent.
func (w *Web) draftsOf(c *gin.Context) ([]views.Draft, error) {
	all, err := w.rooms.Tickets.Drafts(c.Request.Context(), who(c), "request")
	if err != nil {
		return nil, err
	}
	clock := w.clock(c)
	var out []views.Draft
	for _, d := range all {
		words := firstWords(strings.TrimSpace(d.Fields["question"]), 120)
		if words == "" {
			continue
		}
		out = append(out, views.Draft{Kept: said(clock, d.KeptAt).Words, Words: words,
			URL: "/requests/new?draft=" + d.ID, Removal: "/drafts/" + d.ID + "/removal"})
	}
	return out, nil
}
