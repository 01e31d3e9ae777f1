package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	"hotline/app/ticket"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

// gapDays is how far back the gaps are shown unless somebody says.
const gapDays = 30

// noDay is said of a day nobody can read.
const noDay = "That is no day. Write it as 2026-11-19."

// rangeOf reads from and to, days where the desk is, to included; without them the last
// thirty days. bad names what is no day.
func (p guidancePages) rangeOf(c *gin.Context) (from, to time.Time, bad []ui.Problem) {
	zone := p.deskZone(c.Request.Context())
	now := p.rooms.Now().In(zone)
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone) }
	read := func(name string, otherwise time.Time) time.Time {
		typed := query(c, name)
		if typed == "" {
			return midnight(otherwise)
		}
		day, err := time.ParseInLocation(time.DateOnly, typed, zone)
		if err != nil || day.Year() < 2000 || day.Year() > 2200 {
			bad = append(bad, ui.Problem{Field: name, Message: noDay})
			return midnight(otherwise)
		}
		return day
	}
	from, to = read("from", now.AddDate(0, 0, -gapDays)), read("to", now)
	if len(bad) == 0 && to.Before(from) {
		bad = append(bad, ui.Problem{Field: "to", Message: "This is before the first day."})
	}
	return from, to.AddDate(0, 0, 1), bad
}

// gaps is where guidance had nothing to give.
func (p guidancePages) gaps(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	from, to, bad := p.rangeOf(c)
	last := to.AddDate(0, 0, -1)
	view := views.GapsPage{Frame: p.frame(c, "Gaps", "/guidance"), Tabs: guidanceTabs(by, "/guidance/gaps"), Problems: bad,
		From: ui.Field{ID: "from", Label: "From", Kind: "date", Value: from.Format(time.DateOnly), Short: true},
		To:   ui.Field{ID: "to", Label: "Through", Kind: "date", Value: last.Format(time.DateOnly), Short: true}}
	if len(bad) > 0 {
		for _, f := range []*ui.Field{&view.From, &view.To} {
			f.Value = orWords(query(c, f.ID), f.Value)
			for _, one := range bad {
				if one.Field == f.ID {
					f.Error, f.Kind = one.Message, ""
				}
			}
		}
		view.Finding = "Choose other days."
		view.NoTopics, view.NoWords = &ui.Empty{Title: "No days chosen"}, &ui.Empty{Title: "No days chosen"}
		return page(c, http.StatusUnprocessableEntity, views.Gaps(view))
	}
	g, err := p.rooms.Guidance.Gaps(ctx, by, from, to)
	if err != nil {
		return err
	}
	gapTopics(&view, g, daysQuery(from, last))
	p.gapWords(ctx, &view, g)
	return page(c, http.StatusOK, views.Gaps(view))
}

func daysQuery(from, last time.Time) string {
	return "from=" + from.Format(time.DateOnly) + "&to=" + last.Format(time.DateOnly)
}

// gapTopics are the topics on which something was answered with nothing cited; days are
// those the reader chose, as an address has them.
func gapTopics(view *views.GapsPage, g *guidance.Gaps, days string) {
	view.Topics = ui.Table{Caption: "Tickets answered or resolved with nothing cited, by topic",
		Columns: []ui.Column{{Label: "Topic"}, {Label: "Nothing cited", Number: true}, {Label: "Of all", Number: true}, {Label: "Articles", Number: true}}}
	bare := 0
	for _, t := range g.Topics {
		bare += t.Bare
		view.Topics.Rows = append(view.Topics.Rows, []ui.Cell{{Text: t.Name},
			{Text: strconv.Itoa(t.Bare), URL: "/guidance/gaps/tickets?topic=" + url.QueryEscape(t.Topic) + "&" + days},
			{Text: strconv.Itoa(t.Settled)}, {Text: strconv.Itoa(t.Articles), URL: "/guidance?topic=" + url.QueryEscape(t.Topic), Overdue: t.Articles == 0}})
	}
	view.Finding = "Everything answered in that time had something cited."
	if bare > 0 {
		view.Finding = fmt.Sprintf("%d %s answered or resolved with nothing cited, most on %s.", bare, plural(bare, "ticket"), uncapped(g.Topics[0].Name))
	}
	if len(g.Topics) == 0 {
		view.NoTopics = &ui.Empty{Title: "No gap by topic", Words: "Nothing was answered in that time, or everything had something cited."}
	}
}

// gapWords are what people told us they looked for.
func (p guidancePages) gapWords(ctx context.Context, view *views.GapsPage, g *guidance.Gaps) {
	view.Words = ui.Table{Caption: "What people looked for and did not find",
		Columns: []ui.Column{{Label: "Words"}, {Label: "People", Number: true}, {Label: "Last asked"}}}
	for _, w := range g.Words {
		view.Words.Rows = append(view.Words.Rows, []ui.Cell{{Text: w.Words, URL: "/guidance?q=" + url.QueryEscape(w.Words)}, {Text: strconv.Itoa(w.People)}, {Text: p.deskDay(ctx, w.LastAt)}})
	}
	if len(g.Words) == 0 {
		view.NoWords = &ui.Empty{Title: "Nobody has told us of one", Words: "An empty search offers to."}
	}
	if g.Unkept > 0 {
		view.Unkept = fmt.Sprintf("And %d more, in words we do not keep.", g.Unkept)
	}
}

// uncited are the tickets behind a topic's gap.
func (p guidancePages) uncited(c *gin.Context) error {
	ctx, clock := c.Request.Context(), p.clock(c)
	from, to, bad := p.rangeOf(c)
	topic := query(c, "topic")
	if len(bad) > 0 || topic == "" {
		return fault.NotFound
	}
	list, err := p.rooms.Guidance.Uncited(ctx, who(c), topic, from, to)
	if err != nil {
		return err
	}
	last := to.AddDate(0, 0, -1)
	view := views.UncitedPage{Frame: p.frame(c, "Nothing cited", "/guidance"),
		Back:    "/guidance/gaps?" + daysQuery(from, last),
		Title:   p.house.topicName(ctx, topic) + ": nothing cited",
		Words:   fmt.Sprintf("%d %s answered or resolved from %s through %s, latest first.", len(list), plural(len(list), "ticket"), longDay(from), longDay(last)),
		Tickets: ui.Table{Caption: "Tickets with nothing cited", Columns: []ui.Column{{Label: "Ticket"}, {Label: "About"}, {Label: "Urgency"}, {Label: "Held by"}, {Label: "Answered"}}}}
	for _, t := range list {
		held := t.Holder
		if ticket.Status(t.Status) == ticket.Resolved {
			held = "Resolved"
		}
		view.Tickets.Rows = append(view.Tickets.Rows, []ui.Cell{{Text: t.Number, URL: "/tickets/" + t.Number}, {Text: firstWords(t.Title, 110)},
			{Text: urgencyWord(ticket.Urgency(t.Urgency))}, {Text: held}, {Part: clock.At(t.At)}})
	}
	if len(list) == 0 {
		view.Empty = &ui.Empty{Title: "None", Words: "Every one of them has something cited by now."}
	}
	return page(c, http.StatusOK, views.Uncited(view))
}

// links is which links in guidance do not work.
func (p guidancePages) links(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	r, err := p.rooms.Guidance.Links(ctx, by)
	if err != nil {
		return err
	}
	view := views.LinksPage{Frame: p.frame(c, "Links", "/guidance"), Tabs: guidanceTabs(by, "/guidance/links"),
		Broken: ui.Table{Caption: "Links that do not work", Columns: []ui.Column{{Label: "Article"}, {Label: "Link"}, {Label: "What it gave"}, {Label: "Since"}, {Label: "Kept by"}}}}
	if r.LastAt == nil {
		view.Words = "Each day every link in the library is asked for once; what fails on two days running stands here. Nobody has looked yet; a demo never does."
	} else {
		view.Words = fmt.Sprintf("%d %s looked at, last on %s. What fails on two days running is broken, and its article says so to staff.", r.Checked, map[bool]string{true: "address", false: "addresses"}[r.Checked == 1], p.deskDay(ctx, *r.LastAt))
		if r.Unreached > 0 {
			view.Words += fmt.Sprintf(" %d could not be reached when nothing else could either: that says nothing about them.", r.Unreached)
		}
	}
	for _, l := range r.Links {
		since := "Not followed"
		if l.Since != nil {
			since = p.deskDay(ctx, *l.Since)
		}
		view.Broken.Rows = append(view.Broken.Rows, []ui.Cell{{Text: l.Title, URL: articleURL(l.Slug)}, {Text: l.URL}, {Text: linkWords(l), Overdue: l.Broken()}, {Text: since}, {Text: l.Owner}})
	}
	if len(r.Links) == 0 {
		view.Empty = &ui.Empty{Title: "No broken link", Words: "When one is, its article and its keeper stand here."}
	}
	return page(c, http.StatusOK, views.Links(view))
}

func linkWords(l guidance.Link) string {
	words := map[string]string{guidance.LinkGone: "Gone", guidance.LinkFailing: "Does not answer", guidance.LinkRefused: "Leads into a private network or to an unusual port; not followed",
		guidance.LinkUnusable:  "Too long for an address; not followed",
		guidance.LinkUnreached: "Could not be reached", guidance.LinkWorks: "Works"}[l.Outcome]
	if l.Outcome == guidance.LinkFailing && l.Status > 0 {
		words = "Its server has a fault"
	}
	if l.Status > 0 {
		words += " (" + strconv.Itoa(l.Status) + ")"
	}
	if !l.Broken() {
		words += ", for the first day"
	}
	return words
}
