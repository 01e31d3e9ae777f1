package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
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

// versionLike is a version's number as an address has it.
var versionLike = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// ticketLike is a ticket's number as an address has it.
var ticketLike = regexp.MustCompile(`^RM-[0-9]{4}-[0-9]{6,12}$`)

// show is one version of an article: the current one, or the one that was cited.
func (p guidancePages) show(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	version := 0
	if asked := query(c, "version"); asked != "" {
		if !versionLike.MatchString(asked) {
			return fault.NotFound
		}
		version, _ = strconv.Atoi(asked) // nine digits at most
	}
	r, err := p.rooms.Guidance.Show(ctx, by, c.Param("slug"), version)
	if err != nil {
		return err
	}
	number := query(c, "ticket")
	var cited []guidance.Citation
	if ticketLike.MatchString(number) {
		if cited, err = p.rooms.Guidance.CitedOn(ctx, by, number); err != nil {
			return err
		}
		cited = slices.DeleteFunc(cited, func(one guidance.Citation) bool { return one.VersionID != r.VersionID })
	}
	view := views.ShowPage{Frame: p.frame(c, r.Title, "/guidance"), Staff: by.Staff(), Title: r.Title, Summary: r.Summary, For: r.For,
		Topic:    views.Link{Label: uncapped(r.TopicName), URL: "/guidance?topic=" + url.QueryEscape(r.Topic)},
		DeskOnly: r.Visible == guidance.ForDesk, Notices: p.notices(ctx, by, r, cited), Imprint: p.imprint(ctx, r)}
	if by.Insured() {
		view.AskURL = askURL(r.Topic)
	}
	if by.Insured() || by.Desk() {
		view.Tools = toolsFor(r.Slug)
	}
	for _, f := range r.Files {
		view.Files = append(view.Files, views.File{Label: f.Name, URL: articleURL(r.Slug) + "/files/" + strconv.FormatInt(f.ID, 10), Words: fileWords(f)})
	}
	if view.Helped, err = p.helpedOf(c, r); err != nil {
		return err
	}
	if by.Desk() {
		view.Edit = []views.Link{{Label: "Edit this article", URL: articleURL(r.Slug) + "/edit"}}
		if r.Current > 1 {
			view.Edit = append(view.Edit, views.Link{Label: "What changed", URL: articleURL(r.Slug) + "/changes"})
		}
	}
	broken, err := p.rooms.Guidance.BrokenLinks(ctx, by, r.Slug)
	if err != nil {
		return err
	}
	if len(broken) > 0 && r.Version == r.Current {
		view.Notices = append(view.Notices, brokenNotice(r, broken))
	}
	if by.Desk() && ticketLike.MatchString(number) && len(cited) == 0 && r.Version == r.Current && !view.DeskOnly && r.Withdrawn == nil {
		view.Cite = &views.Cite{Action: "/tickets/" + number + "/citations", Slug: r.Slug, Label: "Cite on " + number}
	}
	sections, err := guidance.Render(r.Body)
	if err != nil {
		return err
	}
	view.Sections, view.Contents, err = dressed(sections, p.calling(view), readersStates(c, by, r))
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Show(view))
}

// calling is the number an article tells its reader to call.
func (p guidancePages) calling(view views.ShowPage) views.Call {
	return views.Call{Phone: view.Frame.DeskPhone, Tel: view.Frame.DeskPhoneTel, Open: view.Frame.OpenLine}
}

// notices are what a reader has to know before they rely on what they read.
func (p guidancePages) notices(ctx context.Context, by actor.Actor, r *guidance.Reading, cited []guidance.Citation) []ui.Flash {
	var all []ui.Flash
	older := r.Version != r.Current
	readable := by.Staff() || r.Visible == guidance.ForInsured && r.Withdrawn == nil
	newest := func(f ui.Flash) ui.Flash {
		if older && readable {
			f.MoreLabel, f.MoreURL = "Read version "+strconv.Itoa(r.Current), articleURL(r.Slug)
		}
		return f
	}
	whole := r.Whole
	for _, one := range cited {
		whole = whole && one.HashWhole
		words := "Version " + strconv.Itoa(one.Version) + ", as " + one.CitedBy + " cited it on " + one.Number + " on " + p.deskDay(ctx, one.CitedAt) + "."
		if older && r.Withdrawn == nil {
			words += " It has been rewritten since."
		}
		all = append(all, newest(ui.Flash{Words: words}))
	}
	switch {
	case r.Withdrawn != nil:
		words := "This was withdrawn on " + p.deskDay(ctx, *r.Withdrawn) + "."
		if r.Why != "" {
			words += " " + r.Why
		}
		strong := "Do not rely on it: call us, and we tell you what has changed for you."
		if by.Staff() {
			strong = "It is not found, suggested or cited any more."
		}
		all = append(all, ui.Flash{Kind: "alarm", Words: words, Strong: strong})
	case older && len(cited) == 0:
		all = append(all, newest(ui.Flash{Kind: "problem", Words: "This is version " + strconv.Itoa(r.Version) + ". It has been rewritten since."}))
	case !older && p.overdue(ctx, r.Due):
		words := "This was to be reviewed by " + longDay(r.Due) + " and has not been since " + longDay(r.Reviewed) + ". The law may have moved on: "
		if by.Insured() {
			words += "call us before you rely on it."
		} else {
			words += "check before you rely on it, and tell " + r.Owner + "."
		}
		all = append(all, ui.Flash{Kind: "problem", Words: words})
	}
	if !whole {
		all = append(all, ui.Flash{Kind: "alarm", Words: "This text is not, letter for letter, the one that was published.", Strong: "Do not rely on it; please call us."})
	}
	return all
}

// imprint is what stands about an article: how fresh it is, and who answers for it.
func (p guidancePages) imprint(ctx context.Context, r *guidance.Reading) []views.Fact {
	due := "by "
	if p.overdue(ctx, r.Due) {
		due = "was due by "
	}
	facts := []views.Fact{
		{Label: "Last reviewed", Day: &views.Day{Words: longDay(r.Reviewed), At: r.Reviewed}},
		{Label: "Next review", Day: &views.Day{Words: due + longDay(r.Due), At: r.Due}},
		{Label: "Version", Value: strconv.Itoa(r.Version) + ", published " + p.deskDay(ctx, r.PublishedAt)},
	}
	if r.Changed != "" {
		facts = append(facts, views.Fact{Label: "What changed", Value: r.Changed})
	}
	var others []views.Link
	for _, e := range r.Editions {
		if e.Version != r.Version {
			others = append(others, views.Link{Label: strconv.Itoa(e.Version), URL: articleURL(r.Slug) + "?version=" + strconv.Itoa(e.Version)})
		}
	}
	if len(others) > 0 {
		facts = append(facts, views.Fact{Label: "Other versions", Links: others})
	}
	minutes := guidance.ReadingMinutes(r.Body)
	return append(facts, views.Fact{Label: "Kept by", Value: keeper(r)}, views.Fact{Label: "Reading time", Value: strconv.Itoa(minutes) + plural(minutes, " minute")})
}

// keeper is who answers for an article, and in what capacity it was written.
func keeper(r *guidance.Reading) string {
	if r.Author == "" {
		return r.Owner
	}
	return r.Owner + ", " + uncapped(r.Author)
}

// whose are the states a page marks, and the words that say why.
type whose struct {
	names []string
	words string
}

// readersStates are the reader's own, or, for staff who came from a ticket, its state.
func readersStates(c *gin.Context, by actor.Actor, r *guidance.Reading) whose {
	w := whose{words: "your state"}
	codes := r.States
	switch {
	case by.Is(actor.Delegate) && len(codes) > 1:
		w.words = "your physicians’ state"
	case by.Is(actor.Delegate):
		w.words = "your physician’s state"
	case by.Staff():
		codes, w.words = []string{query(c, "state")}, "the ticket’s state"
	}
	for _, s := range ticket.States {
		if slices.Contains(codes, s.Code) {
			w.names = append(w.names, s.Name)
		}
	}
	return w
}

// dressed gives each section of an article its place on the page, and the list of them.
func dressed(sections []guidance.Section, call views.Call, mine whose) ([]templ.Component, []views.Link, error) {
	var all []templ.Component
	var contents []views.Link
	var pair *views.Pair
	for _, s := range sections {
		items, rest, err := guidance.Items(s.HTML)
		if err != nil {
			return nil, nil, err
		}
		heading := s.Heading
		var drawn templ.Component = views.Read{ID: s.ID, Heading: s.Heading, HTML: s.HTML}
		switch kind := s.Kind; {
		case len(items) == 0: // not a list after all: it is read as it stands
		case kind == "call":
			call.ID, call.Heading, call.Items, call.Rest = s.ID, s.Heading, entries(items), rest
			drawn = call
		case kind == "steps":
			heading = inWords(len(items)) + plural(len(items), " step") + ", in this order"
			drawn = views.Steps{ID: s.ID, Heading: heading, Steps: steps(items), Rest: rest}
			heading = inWords(len(items)) + plural(len(items), " step")
		case (kind == "do" || kind == "dont") && pair == nil:
			pair = &views.Pair{ID: s.ID}
			heading, drawn = "Do and don’t", pair
			pair.Take(kind == "do", entries(items), rest)
		case kind == "do" || kind == "dont":
			pair.Take(kind == "do", entries(items), rest)
			continue
		case kind == "say":
			drawn = views.Say{ID: s.ID, Heading: s.Heading, Quotes: entries(items), Rest: rest}
		case kind == "states":
			drawn = views.States{ID: s.ID, Heading: s.Heading, Notes: stateNotes(items, mine), Rest: rest}
		case kind == "related":
			drawn = views.Related{ID: s.ID, Heading: s.Heading, Items: entries(items), Rest: rest}
		case kind == "sources":
			drawn = views.Sources{ID: s.ID, Heading: s.Heading, Items: entries(items), Rest: rest}
		}
		all = append(all, drawn)
		if heading != "" {
			contents = append(contents, views.Link{Label: heading, URL: "#" + s.ID})
		}
	}
	return all, contents, nil
}

// entries are the items of a list, each with its bold words back in front.
func entries(items []guidance.Item) []string {
	all := make([]string, len(items))
	for i, item := range items {
		if all[i] = item.HTML; item.Lead != "" {
			all[i] = "<strong>" + templ.EscapeString(item.Lead) + "</strong> " + item.HTML
		}
	}
	return all
}

func steps(items []guidance.Item) []views.Step {
	all := make([]views.Step, len(items))
	for i, item := range items {
		all[i] = views.Step{Lead: strings.TrimSuffix(item.Lead, "."), HTML: item.HTML}
	}
	return all
}

// stateNotes puts the reader's own states first. Where a state has no note of its own,
// the one for every other state is theirs, and says so.
func stateNotes(items []guidance.Item, mine whose) []views.State {
	var first, others []views.State
	unnamed := slices.Clone(mine.names)
	for _, item := range items {
		note := views.State{Name: item.Lead, HTML: item.HTML, None: item.Elsewhere()}
		for _, name := range item.Names() {
			if slices.Contains(mine.names, name) {
				note.Whose = mine.words
				unnamed = slices.DeleteFunc(unnamed, func(other string) bool { return other == name })
			}
		}
		if note.None && len(unnamed) > 0 {
			note.Name = strings.Join(unnamed, ", ") + ", as every other state"
			note.Whose = mine.words
		}
		if note.Whose != "" {
			first = append(first, note)
		} else {
			others = append(others, note)
		}
	}
	return append(first, others...)
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
