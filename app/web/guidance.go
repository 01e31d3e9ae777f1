package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	"hotline/app/ticket"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

type guidancePages struct{ *Web }

func (w *Web) guidanceRoutes() []route {
	p := guidancePages{w}
	return []route{
		get("/guidance", signedIn, p.index),
		get("/guidance/gaps", deskP, p.gaps),
		post("/guidance/gaps", signedIn, p.missed),
		get("/guidance/gaps/tickets", deskP, p.uncited),
		get("/guidance/words", managers, p.words),
		post("/guidance/words", managers, p.setWords),
		get("/guidance/links", deskP, p.links),
		get("/guidance/:slug", signedIn, p.show),
		post("/guidance/:slug/verdict", signedIn, p.verdict),
		get("/tickets/:number/guidance", deskP, p.find),
		post("/tickets/:number/citations", deskP, p.cite),
	}
}

// index is all guidance, topic by topic, or what fits what was asked.
func (p guidancePages) index(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	asked := guidance.Query{Words: strings.TrimSpace(query(c, "q")), Topic: query(c, "topic"), State: query(c, "state")}
	if by.Staff() {
		asked.Audience, asked.Stale = query(c, "audience"), query(c, "stale") != ""
	}
	hits, err := p.rooms.Guidance.SearchFor(ctx, by, asked)
	if err != nil {
		return err
	}
	view := views.IndexPage{Frame: p.frame(c, "Guidance", "/guidance"), Staff: by.Staff(), Tabs: guidanceTabs(by, "/guidance"), Asked: asked.Words,
		Topics: []ui.Option{{Label: "All topics"}}, States: []ui.Option{{Label: "Any state"}}, Stale: asked.Stale,
		Narrow: asked != (guidance.Query{Words: asked.Words, Topic: asked.Topic})}
	for _, t := range p.house.allTopics(ctx) {
		view.Topics = append(view.Topics, ui.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == asked.Topic})
	}
	for _, state := range ticket.States {
		view.States = append(view.States, ui.Option{Value: state.Code, Label: state.Name, Chosen: state.Code == asked.State})
	}
	if by.Staff() {
		view.Who = []ui.Option{{Label: "Anyone"}, {Value: guidance.ForInsured, Label: "Physicians and staff", Chosen: asked.Audience == guidance.ForInsured},
			{Value: guidance.ForDesk, Label: "The desk alone", Chosen: asked.Audience == guidance.ForDesk}}
	}
	if by.Insured() {
		view.Tools = []views.Link{{Label: "Build a discharge letter", URL: "/letters/discharge"}, {Label: "Check a reply to a review", URL: "/letters/review"},
			{Label: "The first hour after papers arrive", URL: "/letters/first-hour"}, {Label: "All letters and checks", URL: "/letters"}}
	}
	view.Said = articlesIn(len(hits))
	if asked.Words != "" {
		view.Said += " found"
		if len(hits) > 0 {
			view.Groups = []views.Group{{ID: "found-head", Title: view.Said}}
		}
	}
	for _, hit := range hits {
		if asked.Words == "" && (len(view.Groups) == 0 || view.Groups[len(view.Groups)-1].ID != "topic-"+hit.Topic) {
			view.Groups = append(view.Groups, views.Group{ID: "topic-" + hit.Topic, Title: hit.TopicName})
		}
		group := &view.Groups[len(view.Groups)-1]
		group.Rows = append(group.Rows, p.articleRow(ctx, hit, asked.Words != ""))
	}
	if len(hits) == 0 {
		view.Empty = nothingFound(by, asked.Words, asked.Topic, view.Narrow)
		if asked.Words != "" && !view.Narrow {
			view.Missed = missedOn(by, asked.Words, "/guidance?q="+url.QueryEscape(asked.Words)+"&topic="+url.QueryEscape(asked.Topic))
		}
	}
	return page(c, http.StatusOK, views.Index(view))
}

func (p guidancePages) articleRow(ctx context.Context, hit guidance.Hit, found bool) views.Row {
	row := views.Row{URL: articleURL(hit.Slug), Title: viewParts(hit.TitleParts), Words: viewParts(hit.Quote), DeskOnly: hit.DeskOnly,
		Reviewed: "Reviewed " + hit.Reviewed.Format("Jan 2, 2006"), Stale: p.overdue(ctx, hit.ReviewBy)}
	if found {
		row.Topic = hit.TopicName
	}
	return row
}

// nothingFound says what to do where guidance has nothing.
func nothingFound(by actor.Actor, asked, topic string, narrow bool) *ui.Empty {
	e := &ui.Empty{Title: "Nothing on that yet", Words: "Choose another topic, or look through all of them."}
	if asked != "" {
		e.Title = "Nothing found"
		e.Words = "Try fewer words, or plainer ones: “bad review”, “missed visits”, “text messages”."
		if topic != "" {
			e.Words += " Or look in all topics."
		}
	}
	if narrow {
		e.Words = "Nothing fits all of these at once. Leave one of them out."
	}
	if by.Insured() {
		e.Words += " Or ask us: that is what we are here for."
		e.Do = &ui.Button{Label: "Ask about my situation", URL: askURL(topic)}
		return e
	}
	if asked != "" || topic != "" || narrow {
		e.Do = &ui.Button{Label: "Show all guidance", URL: "/guidance"}
	}
	return e
}

// cite cites an article on a ticket and goes back to where one was on the desk.
func (p guidancePages) cite(c *gin.Context) error {
	one, err := p.rooms.Guidance.Cite(c.Request.Context(), who(c), c.Param("number"), text(c, "article"))
	if err != nil {
		return err
	}
	p.flash(c, "Cited: “"+one.Title+"”, version "+strconv.Itoa(one.Version)+". The physician reads it as it stands now.")
	return see(c, placeOf(c).on("/tickets/"+one.Number))
}

// overdue says whether a review's day has passed where the desk is.
func (w *Web) overdue(ctx context.Context, by time.Time) bool {
	today := w.rooms.Now().In(w.deskZone(ctx))
	return time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC).After(by)
}

// deskDay is the date of an instant where the desk is, so that everyone reads the same.
func (w *Web) deskDay(ctx context.Context, at time.Time) string {
	return longDay(at.In(w.deskZone(ctx)))
}

func (w *Web) deskZone(ctx context.Context) *time.Location {
	if times, ok := w.house.desk(ctx); ok {
		return times.Zone
	}
	return time.UTC
}

func longDay(t time.Time) string { return t.Format("January 2, 2006") }

func articleURL(slug string) string { return "/guidance/" + url.PathEscape(slug) }

func askURL(topic string) string {
	if topic == "" {
		return "/requests/new"
	}
	return "/requests/new?topic=" + url.QueryEscape(topic)
}

func viewParts(all []guidance.Part) []views.Part {
	out := make([]views.Part, len(all))
	for i, p := range all {
		out[i] = views.Part(p)
	}
	return out
}

// uncapped is a name as it stands within a sentence.
func uncapped(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if second, _ := utf8.DecodeRuneInString(name[size:]); unicode.IsUpper(second) {
		return name // an abbreviation keeps its capitals
	}
	return strings.ToLower(string(first)) + name[size:]
}

func articlesIn(n int) string { return strconv.Itoa(n) + plural(n, " article") }

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// inWords is a small number as it begins a heading.
func inWords(n int) string {
	if small := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}; n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}
