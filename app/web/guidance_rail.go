package web

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/guidance"
	"hotline/app/ticket"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

// guidanceRail is what guidance has for a ticket, in its rail: what was cited, then
// what would fit, and why. Nil where it cannot be had: the ticket is shown without.
func guidanceRail(w *Web, c *gin.Context, s *ticket.Sheet) templ.Component {
	ctx, by := c.Request.Context(), who(c)
	cited, err := w.rooms.Guidance.Cited(ctx, by, s.ID)
	var fits []guidance.Hit
	var open []guidance.UnderRecall
	if err == nil {
		open, err = w.rooms.Guidance.UnderRecall(ctx, by, s.ID)
	}
	if err == nil {
		fits, err = w.fitsOn(ctx, by, s)
	}
	if err != nil {
		slog.Error("guidance for a ticket", "route", c.FullPath(), "error", safely(err))
		return nil
	}
	state := ""
	if s.State != "" {
		state = "&state=" + url.QueryEscape(s.State)
	}
	rail := views.Rail{Action: placeOf(c).on("/tickets/" + s.Number + "/citations"), Recalls: recalledOn(open, s.Number), Find: w.findFor(c, s.Number)}
	for i, one := range cited {
		offer := views.Offer{Title: one.Title, URL: citationURL(one) + state, Words: "Version " + strconv.Itoa(one.Version) +
			", reviewed " + one.ReviewedOn.Format("Jan 2, 2006") + ". Cited " + w.citedWhen(c, one.CitedAt)}
		again := slices.ContainsFunc(cited[i+1:], func(other guidance.Citation) bool { return other.Slug == one.Slug })
		switch {
		case one.Withdrawn != nil:
			offer.Alarm = "Withdrawn since. Do not rely on it."
		case one.Newer && !again:
			offer.Words += ". Rewritten since"
			offer.Slug, offer.Label = one.Slug, "Cite version "+strconv.Itoa(one.Current)
		}
		if !one.HashWhole {
			offer.Alarm = "Its text is no longer what was cited. Tell the administrator."
		}
		rail.Offers = append(rail.Offers, offer)
	}
	for _, hit := range fits {
		if slices.ContainsFunc(cited, func(one guidance.Citation) bool { return one.Slug == hit.Slug }) {
			continue
		}
		offer := views.Offer{Title: hit.Title, URL: articleURL(hit.Slug) + "?ticket=" + url.QueryEscape(s.Number) + state, Words: w.fitsBecause(ctx, hit, s)}
		if !hit.DeskOnly {
			offer.Slug, offer.Label = hit.Slug, "Cite"
		}
		rail.Offers = append(rail.Offers, offer)
	}
	return rail
}

// recalledOn are the lines of a ticket that is still to be settled in a recall.
func recalledOn(open []guidance.UnderRecall, number string) []views.Recalled {
	var all []views.Recalled
	for _, r := range open {
		all = append(all, views.Recalled{Words: "The advice of “" + r.Title + "”, version " + strconv.Itoa(r.Version) + ", changed: " + ended(r.Why),
			URL: recallURL(r.ID) + "#item-" + number})
	}
	return all
}

// fitsBecause says why an article is offered, and what to mind about it.
func (w *Web) fitsBecause(ctx context.Context, hit guidance.Hit, s *ticket.Sheet) string {
	words := "On this topic"
	if len(hit.Matched) > 0 {
		words = "Matches “" + strings.Join(hit.Matched, "”, “") + "”"
	}
	if hit.DeskOnly {
		words += ". For the desk only"
	}
	if w.overdue(ctx, hit.ReviewBy) {
		words += ". Review overdue"
	}
	i := slices.IndexFunc(ticket.States, func(state struct{ Code, Name string }) bool { return state.Code == s.State })
	if i >= 0 && len(hit.States) > 0 && !slices.Contains(hit.States, ticket.States[i].Name) {
		words += ". Nothing specific for " + ticket.States[i].Name
	}
	return words
}

func (w *Web) citedWhen(c *gin.Context, at time.Time) string {
	clock := w.clock(c)
	return ui.Relative(at, clock.Now, clock.Zone)
}

// citedOn are the articles a ticket's reader was pointed to, each as it read then; where
// one was rewritten since, the new one stands below it, and where one was withdrawn, that
// they should call.
func (w *Web) citedOn(c *gin.Context, ticketID int64) ([]ui.Citation, error) {
	ctx := c.Request.Context()
	cited, err := w.rooms.Guidance.Cited(ctx, who(c), ticketID)
	var all []ui.Citation
	for i, one := range cited {
		then := ui.Citation{Title: one.Title, URL: citationURL(one), Words: "Version " + strconv.Itoa(one.Version) + ", as it read on " + w.deskDay(ctx, one.CitedAt) + ". Reviewed " + longDay(one.ReviewedOn) + "."}
		again := slices.ContainsFunc(cited[i+1:], func(other guidance.Citation) bool { return other.Slug == one.Slug })
		switch {
		case one.Withdrawn != nil:
			then.Words += " It was withdrawn on " + w.deskDay(ctx, *one.Withdrawn) + ": call us before you rely on it."
		case one.Newer && !one.Readable:
			then.Words += " It has been rewritten since, and is no longer on your shelf: call us before you rely on it."
		case one.Newer:
			then.Words += " It has been rewritten since."
		}
		all = append(all, then)
		if one.Newer && one.Readable && one.Withdrawn == nil && !again {
			all = append(all, ui.Citation{Title: "Read the new one: " + one.Title, URL: articleURL(one.Slug),
				Words: "Version " + strconv.Itoa(one.Current) + ", since " + w.deskDay(ctx, one.NewerAt) + ". Ask us if it changes anything for you."})
		}
	}
	return all, err
}

func citationURL(one guidance.Citation) string {
	return articleURL(one.Slug) + "?version=" + strconv.Itoa(one.Version) + "&ticket=" + url.QueryEscape(one.Number)
}
