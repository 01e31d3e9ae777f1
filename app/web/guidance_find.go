package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	views "hotline/views/guidance"
)

// mostFound is how many articles are offered while somebody types.
const mostFound = 6

// find looks for guidance to cite on a ticket: what was found alone where the page has
// the rest, or a page of its own.
func (p guidancePages) find(c *gin.Context) error {
	ctx, by, number, asked := c.Request.Context(), who(c), c.Param("number"), query(c, "q")
	id, err := p.rooms.Tickets.ID(ctx, by, number)
	if err != nil {
		return err
	}
	find := p.findFor(c, number)
	find.Asked = asked
	if asked != "" {
		hits, err := p.rooms.Guidance.Search(ctx, by, asked, "", mostFound)
		if err != nil {
			return err
		}
		cited, err := p.rooms.Guidance.Cited(ctx, by, id)
		if err != nil {
			return err
		}
		p.found(c, &find, hits, cited)
	}
	if c.GetHeader("HX-Request") != "" {
		return page(c, http.StatusOK, views.FoundPart(find))
	}
	find.Big = true
	return page(c, http.StatusOK, views.FindAll(views.FindPage{Frame: p.frame(c, "Guidance to cite", "/desk"), Back: placeOf(c).on("/tickets/" + number), Label: number, Find: find}))
}

// findFor is the search for guidance on a ticket before anything was asked.
func (w *Web) findFor(c *gin.Context, number string) views.Find {
	at := placeOf(c)
	return views.Find{Ticket: number, URL: "/tickets/" + number + "/guidance", Back: query(c, "view"), Action: at.on("/tickets/" + number + "/citations")}
}

func (p guidancePages) found(c *gin.Context, find *views.Find, hits []guidance.Hit, cited []guidance.Citation) {
	find.Said = articlesIn(len(hits)) + " found"
	if len(hits) == 0 {
		find.Empty = "Nothing found. Try plainer words, or say it in your own."
		find.Missed = missedOn(who(c), find.Asked, placeOf(c).on("/tickets/"+find.Ticket))
		return
	}
	chosen := false
	for _, hit := range hits {
		one := views.Found{Slug: hit.Slug, Title: viewParts(hit.TitleParts), Words: viewParts(hit.Quote), URL: articleURL(hit.Slug) + "?ticket=" + url.QueryEscape(find.Ticket)}
		for _, before := range cited {
			if before.Slug == hit.Slug && !before.Newer {
				one.Off, one.Foot = true, "Cited already."
			}
		}
		switch {
		case hit.DeskOnly:
			one.Off, one.Foot = true, "For the desk only."
		case one.Foot == "" && p.overdue(c.Request.Context(), hit.ReviewBy):
			one.Foot = "Review overdue."
		}
		if !one.Off && !chosen {
			one.Chosen, chosen = true, true
		}
		find.Found = append(find.Found, one)
	}
}

// missedOn offers to say that there should be guidance on what was looked for.
func missedOn(by actor.Actor, words, back string) *views.Missed {
	m := &views.Missed{Words: words, Back: back, Label: "Tell the desk we should have this",
		Hint: "We count that somebody looked for this. Your words are kept only if they give nobody away; your name is not shown."}
	if by.Staff() {
		m.Label, m.Hint = "We should have this", "Counted under Gaps. The words are kept, without who typed them; leave names out."
	}
	return m
}

// missed keeps that somebody looked for what is not there.
func (p guidancePages) missed(c *gin.Context) error {
	if err := p.rooms.Guidance.AskFor(c.Request.Context(), who(c), line(c, "words")); err != nil {
		return err
	}
	p.flash(c, "Thank you. It is counted among what we should write about.")
	return see(c, local(c.PostForm("back"), "/guidance"))
}
