package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// deskPages are the consultants' pages: queues, lists, tickets and search.
type deskPages struct{ *Web }

func (w *Web) deskRoutes() []route {
	p := deskPages{w}
	return []route{
		get("/desk", deskP, p.index),
		get("/desk/queues", deskP, p.queues),
		post("/duty", deskP, p.duty),
		get("/tickets/:number", deskP, p.show),
		post("/tickets/:number/assignment", deskP, p.assign),
		post("/tickets/:number/acceptance", []actor.Role{actor.Consultant}, p.accept),
		post("/tickets/:number/reading", deskP, p.read),
		post("/tickets/:number/replies", deskP, p.reply),
		post("/tickets/:number/notes", deskP, p.note),
		post("/tickets/:number/waiting", deskP, p.wait),
		post("/tickets/:number/resolution", deskP, p.resolve),
		post("/tickets/:number/reopening", deskP, p.reopen),
		post("/tickets/:number/topic", deskP, p.topic),
		post("/tickets/:number/urgency", deskP, p.urgency),
		post("/tickets/:number/title", deskP, p.title),
		get("/search", deskP, p.search),
		get("/events", signedIn, p.events),
	}
}

// deskPlace is where on the desk somebody is: a view, and a page of it.
type deskPlace struct {
	view          ticket.View
	after, before string
}

// placeOf reads where somebody is from the address. Managers hold nothing, so they
// begin with the team's work.
func placeOf(c *gin.Context) deskPlace {
	at := deskPlace{view: ticket.View(query(c, "view")), after: query(c, "after"), before: query(c, "before")}
	if slices.Contains(ticket.Views, at.view) && !(at.view == ticket.Mine && who(c).Is(actor.Manager)) {
		return at
	}
	if who(c).Is(actor.Manager) {
		return deskPlace{view: ticket.Team}
	}
	return deskPlace{view: ticket.Mine}
}

// on is an address with the place in it.
func (at deskPlace) on(path string, more ...string) string {
	v := url.Values{"view": {string(at.view)}}
	if at.after != "" {
		v.Set("after", at.after)
	}
	if at.before != "" {
		v.Set("before", at.before)
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return path + "?" + v.Encode()
}

// cursorOf writes where a line stands so that an address can carry it.
func cursorOf(k ticket.Key) string {
	return base64.RawURLEncoding.EncodeToString([]byte(k.At.UTC().Format(time.RFC3339Nano) + " " + strconv.FormatInt(k.ID, 10)))
}

// keyOf reads a cursor; nil for none, or for one that does not read as one.
func keyOf(s string) *ticket.Key {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || s == "" {
		return nil
	}
	at, id, _ := strings.Cut(string(text), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	n, idErr := strconv.ParseInt(id, 10, 64)
	if err != nil || idErr != nil {
		return nil
	}
	return &ticket.Key{At: t, ID: n}
}

// viewWords are the views in words, with the icon of each.
var viewWords = map[ticket.View]struct{ title, icon, summary string }{
	ticket.Mine:        {"My work", "inbox", "earliest clock first"},
	ticket.Overdue:     {"Overdue", "clock", "latest first"},
	ticket.Waiting:     {"Unassigned", "circle-dashed", "earliest clock first"},
	ticket.Team:        {"Team", "users", "earliest clock first"},
	ticket.OnPhysician: {"With the physician", "circle-pause", "our clock is paused"},
	ticket.Lately:      {"Resolved", "circle-check", "newest first"},
}

// deskPanes are the queues and the list, which stand beside every ticket.
type deskPanes struct {
	queues views.Queues
	list   views.List
	duty   string // "at work until 6:00 PM EST", or ""
	back   string // "My work, 12"
}

func (p deskPages) panes(c *gin.Context, at deskPlace, open string) (deskPanes, error) {
	ctx, by, clock := c.Request.Context(), who(c), p.clock(c)
	found, err := p.rooms.Tickets.List(ctx, by, ticket.Query{View: at.view, After: keyOf(at.after), Before: keyOf(at.before)})
	if err != nil {
		return deskPanes{}, err
	}
	standing, err := p.rooms.Tickets.Counts(ctx, by, 0)
	if err != nil {
		return deskPanes{}, err
	}
	all := deskPanes{queues: p.queuesPane(c, at, standing), list: p.listPane(c, at, found, standing, open)}
	all.back = commas(viewWords[at.view].title, capped(standing.Counts[at.view]))
	if standing.DutyUntil != nil {
		all.duty = "at work until " + zoned(*standing.DutyUntil, clock)
	}
	return all, nil
}

func (p deskPages) queuesPane(c *gin.Context, at deskPlace, standing ticket.Standing) views.Queues {
	q := views.Queues{URL: at.on("/desk/queues", "back", backTo(c)), Live: deskWord(who(c)), Duty: p.dutyLine(c, standing)}
	for _, v := range ticket.Views {
		if v == ticket.Mine && who(c).Is(actor.Manager) {
			continue
		}
		one := ui.Queue{Label: viewWords[v].title, Icon: viewWords[v].icon, URL: deskPlace{view: v}.on("/desk"), Current: v == at.view}
		if n, counted := standing.Counts[v]; counted {
			one.Count = capped(n)
			if n == 0 {
				one.Count = ""
			}
			one.Overdue = v == ticket.Overdue && n > 0
		}
		q.Queues = append(q.Queues, one)
	}
	return q
}

// backTo is the page somebody is on, for what returns to it.
func backTo(c *gin.Context) string {
	if back := query(c, "back"); back != "" {
		return local(back, "/desk")
	}
	if c.Request.Method != http.MethodGet {
		return "/desk"
	}
	return local(c.Request.URL.RequestURI(), "/desk")
}

// dutyLine is how a consultant stands: at work, wrapping up a call, off, or away, and
// the one thing to do about it.
func (p deskPages) dutyLine(c *gin.Context, standing ticket.Standing) *views.Duty {
	if !standing.Engaged || !who(c).Is(actor.Consultant) {
		return nil
	}
	clock := p.clock(c)
	d := &views.Duty{Back: backTo(c), AbsenceURL: "/people/" + strconv.FormatInt(who(c).ID, 10) + "/absences/new"}
	room := standing.Cap - standing.Held
	switch {
	case standing.AwayUntil != nil:
		d.Words = "You are away until " + zoned(*standing.AwayUntil, clock) + ", and nobody stands in."
		if standing.Deputy != "" {
			d.Words = "You are away until " + zoned(*standing.AwayUntil, clock) + ". " + standing.Deputy + " stands in."
		}
		return d
	case standing.DutyUntil == nil:
		d.Words = fmt.Sprintf("You are not at work: nothing new is given to you. You hold %d of %d.", standing.Held, standing.Cap)
		d.Start = "Go to work"
		if shift := p.house.nextShift(c.Request.Context(), who(c), clock); shift != "" {
			d.Words, d.Start = d.Words+" "+shift, "Work now anyway"
		}
		return d
	case standing.WrapUntil != nil:
		d.AtWork, d.Wrapping = true, true
		d.Words = "Wrapping up until " + zoned(*standing.WrapUntil, clock) + ": nothing new is given to you until then."
		return d
	case room <= 0:
		d.Words = fmt.Sprintf("You are full, %d of %d.", standing.Held, standing.Cap)
	default:
		d.Words = fmt.Sprintf("Room for %d more under your cap of %d.", room, standing.Cap)
	}
	d.AtWork = true
	d.Words = "At work until " + zoned(*standing.DutyUntil, clock) + ". " + d.Words
	return d
}

func (p deskPages) listPane(c *gin.Context, at deskPlace, found ticket.Page, standing ticket.Standing, open string) views.List {
	l := views.List{Title: viewWords[at.view].title, Live: deskWord(who(c)), URL: at.on("/desk"), Duty: p.dutyLine(c, standing)}
	if open != "" {
		l.URL = at.on("/desk", "open", open)
	}
	words := viewWords[at.view].summary
	if n, counted := standing.Counts[at.view]; counted {
		words = commas(capped(n), words)
	}
	if at.view == ticket.Team && standing.Restricted > 0 {
		words = commas(words, "and "+capped(standing.Restricted)+" restricted")
	}
	l.Summary = words
	if len(found.Lines) == 0 {
		l.Summary, l.Empty = "", emptyView(at, standing)
	}
	l.Groups = listGroups(p.clock(c), found.Lines, at, open)
	if len(found.Lines) > 0 {
		first, last := found.Lines[0].Key(at.view), found.Lines[len(found.Lines)-1].Key(at.view)
		l.Pager.Newer, l.Pager.Older = "Earlier", "Later"
		if at.view == ticket.Lately {
			l.Pager.Newer, l.Pager.Older = "Newer", "Older"
		}
		if found.Fewer {
			l.Pager.NewerURL = deskPlace{view: at.view, before: cursorOf(first)}.on("/desk")
		}
		if found.More {
			l.Pager.OlderURL = deskPlace{view: at.view, after: cursorOf(last)}.on("/desk")
		}
	}
	return l
}

// emptyView is an empty view: what that means, and what to do.
func emptyView(at deskPlace, standing ticket.Standing) *ui.Empty {
	switch {
	case at.after != "" || at.before != "":
		return &ui.Empty{Title: "Nothing further", Words: "What stood here has moved on.", Do: &ui.Button{Label: "From the beginning", URL: deskPlace{view: at.view}.on("/desk")}}
	case at.view == ticket.Mine && standing.Counts[ticket.Waiting] > 0:
		return &ui.Empty{Title: "Nothing in your hands", Words: "Some wait for somebody. Claim one.", Do: &ui.Button{Label: "Show unassigned", URL: deskPlace{view: ticket.Waiting}.on("/desk")}}
	case at.view == ticket.Mine && standing.DutyUntil == nil:
		return &ui.Empty{Title: "Nothing in your hands", Words: "Go to work, and what comes in is brought to you."}
	case at.view == ticket.Mine:
		return &ui.Empty{Title: "Nothing in your hands", Words: "You are at work: the next that fits you is brought here."}
	case at.view == ticket.Overdue:
		return &ui.Empty{Title: "Nothing is late", Words: "Every promise and every caller’s clock is being kept."}
	case at.view == ticket.Waiting:
		return &ui.Empty{Title: "Nobody waits", Words: "Each open ticket is in somebody’s hands."}
	case at.view == ticket.OnPhysician:
		return &ui.Empty{Title: "Nothing with a physician", Words: "When you wait for an answer, hand the ticket to the physician: our clock pauses and it stands here."}
	case at.view == ticket.Lately:
		return &ui.Empty{Title: "Nothing resolved yet", Words: "What ends stands here, the newest first."}
	}
	return &ui.Empty{Title: "No open tickets", Words: "Calls you log and questions asked online stand here."}
}

func (p deskPages) index(c *gin.Context) error {
	at := placeOf(c)
	all, err := p.panes(c, at, query(c, "open"))
	if err != nil {
		return err
	}
	f := p.frame(c, viewWords[at.view].title, "/desk")
	f.Room, f.Live, f.Person.OnDuty = "desk", true, all.duty
	view := views.IndexPage{Frame: f, Queues: all.queues, List: all.list}
	if f.Shortcuts {
		view.Keys = ui.Keys{{Does: "Next ticket", Keys: []string{"j"}}, {Does: "Previous ticket", Keys: []string{"k"}}, {Does: "Log a call", Keys: []string{"c"}}, {Does: "Search", Keys: []string{"/"}},
			{Does: "Message", Keys: []string{"r"}}, {Does: "Note", Keys: []string{"n"}}, {Does: "Assign", Keys: []string{"a"}}, {Does: "Resolve", Keys: []string{"e"}}, {Does: "All of them", Keys: []string{"?"}}}
	}
	return page(c, http.StatusOK, views.Index(view))
}

// queues is the first pane alone, for a page that asks for it again.
func (p deskPages) queues(c *gin.Context) error {
	standing, err := p.rooms.Tickets.Counts(c.Request.Context(), who(c), 0)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.QueuesPage(p.queuesPane(c, placeOf(c), standing)))
}

// duty is a consultant going to work, wrapping up a call, or stepping away.
func (p deskPages) duty(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	said, err := "", error(nil)
	switch wrap := line(c, "wrap"); {
	case wrap == "over":
		said, err = "You are ready: what waits and fits you is brought to you.", p.rooms.Desks.EndWrapUp(ctx, by, by.ID)
	case wrap != "":
		minutes := int(min(number(wrap), 61)) // what is no number of minutes is refused there
		if minutes == 0 {
			minutes = -1
		}
		said, err = fmt.Sprintf("Nothing new is given to you for %d minutes.", minutes), p.rooms.Desks.WrapUp(ctx, by, by.ID, minutes)
	case checked(c, "at"):
		said, err = "You are at work. What waits and fits you is brought to you.", p.rooms.Desks.StartDuty(ctx, by, by.ID, nil)
	default:
		said, err = "You have stepped away: nothing new is given to you. What you hold stays yours.", p.rooms.Desks.EndDuty(ctx, by, by.ID)
	}
	// An absence that runs, a wrap-up after duty has ended: said on the page one is on.
	if sentence := fault.Sentence(err); sentence != "" && errors.Is(err, fault.Conflict) {
		said, err = sentence, nil
	}
	if err != nil {
		return err
	}
	p.flash(c, said)
	return see(c, local(text(c, "back"), "/desk"))
}

// deskWord is what the desk's lists listen for.
func deskWord(by actor.Actor) string {
	if len(by.Desks) == 0 {
		return "desk-0"
	}
	return "desk-" + strconv.FormatInt(by.Desks[0], 10)
}

// capped is a capped count in words.
func capped(n int) string {
	if n >= ticket.CountCap {
		return "99+"
	}
	return strconv.Itoa(n)
}

// commas puts a comma between what is there.
func commas(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
