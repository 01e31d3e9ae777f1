package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/fault"
	"hotline/app/routing"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

// planPages are the manager's: how tickets find their consultant, other policies
// drafted and tried on the past, and the day from which one holds.
type planPages struct{ *Web }

func (w *Web) whatifRoutes() []route {
	p := planPages{w}
	return []route{
		get("/routing", managers, p.index),
		get("/routing/plans/new", managers, p.new),
		post("/routing/plans", managers, p.create),
		get("/routing/plans/:id", managers, p.show),
		post("/routing/plans/:id", managers, p.update),
		post("/routing/plans/:id/copies", managers, p.copy),
		post("/routing/plans/:id/withdrawal", managers, p.withdraw),
		get("/routing/plans/:id/enactment", managers, p.ask),
		post("/routing/plans/:id/enactment", managers, p.enact),
		post("/routing/plans/:id/replays", managers, p.play),
		get("/routing/replays/:id", managers, p.replay),
	}
}

func planURL(id int64, more ...string) string {
	return "/routing/plans/" + strconv.FormatInt(id, 10) + strings.Join(more, "")
}

func replayURL(id int64) string { return "/routing/replays/" + strconv.FormatInt(id, 10) }

// deskAsked is the desk that an address names; 0: the first. One that does not read as
// one is nobody's.
func deskAsked(typed string) (int64, error) {
	id := number(typed)
	if typed != "" && id == 0 {
		return 0, fault.NotFound
	}
	return id, nil
}

// index is the policy in force in words, and what is planned.
func (p planPages) index(c *gin.Context) error {
	deskID, err := deskAsked(query(c, "desk"))
	if err != nil {
		return err
	}
	o, err := p.rooms.Plans.Overview(c.Request.Context(), who(c), deskID)
	if err != nil {
		return err
	}
	clock := p.clock(c)
	view := views.RoutingPage{Frame: p.frame(c, "Routing", "/routing"), Title: "How a ticket finds its consultant",
		Words:  "The same for everybody, and said on each ticket with the reasons.",
		NewURL: "/routing/plans/new?desk=" + strconv.FormatInt(o.Desk.ID, 10), Rules: eligible, Team: teamTable(o.Ground), ByUrgency: urgencyTable(o.Ground)}
	switch {
	case o.InForce != nil:
		view.Since, view.SinceURL = fmt.Sprintf("In force since %s: “%s”.", ui.Exact(*o.InForce.FromAt, o.Times.Zone), o.InForce.Name), planURL(o.InForce.ID)
	case o.Policy == routing.Default():
		view.Since = "As it came: nobody has changed it yet."
	}
	if s := o.Scheduled; s != nil {
		view.Coming = &views.Coming{Name: s.Name, URL: planURL(s.ID), Withdrawal: planURL(s.ID, "/withdrawal"), Words: fromDay(*s.FromAt, o.Times.Zone)}
	}
	for _, w := range weights {
		view.Reasons = append(view.Reasons, views.Reason{Name: w.name, Says: w.says, Points: knob(w.knob).Of(o.Policy), Most: heaviest(o.Policy)})
	}
	for _, l := range o.Drafts {
		view.Drafts = append(view.Drafts, planLine(l, "changed "+ui.Relative(l.ChangedAt, clock.Now, clock.Zone)+" by "+l.ChangedBy))
	}
	for _, l := range o.Past {
		view.Past = append(view.Past, planLine(l, betweenDays(*l.FromAt, *l.UntilAt, o.Times.Zone)))
	}
	if view.Desks, err = p.desksTabs(c, o.Desk.ID); err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Routing(view))
}

// desksTabs lead from one desk's routing to another's.
func (p planPages) desksTabs(c *gin.Context, current int64) (ui.Tabs, error) {
	tabs := ui.Tabs{Label: "Desk"}
	all, err := p.rooms.Desks.All(c.Request.Context())
	for _, d := range all {
		tabs.Tabs = append(tabs.Tabs, ui.Tab{Label: d.Name, URL: "/routing?desk=" + strconv.FormatInt(d.ID, 10), Current: d.ID == current})
	}
	return tabs, err
}

func planLine(l whatif.Line, meta string) views.Line {
	line := views.Line{Name: l.Name, URL: planURL(l.ID), Meta: meta}
	if l.Last != nil {
		line.Finding, line.FindingURL = l.Last.Result.Finding(), replayURL(l.Last.ID)
	}
	return line
}

func urgencyTable(g *whatif.Ground) ui.Table {
	t := ui.Table{Caption: "By urgency", Columns: []ui.Column{{Label: ""}, {Label: "Critical", Number: true}, {Label: "Urgent", Number: true}, {Label: "Routine", Number: true}}}
	row := func(name, note string, of func(urgency string) string) {
		cells := []ui.Cell{{Text: name, Note: note}}
		for _, u := range urgencies {
			cells = append(cells, ui.Cell{Text: of(u)})
		}
		t.Rows = append(t.Rows, cells)
	}
	row("Counts in a load", "against a person’s capacity", func(u string) string { return strconv.Itoa(g.Policy.Load(u)) })
	row("First answer promised within", "open hours", func(u string) string { return answerWithin(g.Promise("", u)) })
	for _, own := range g.OwnTopics() {
		row("", "", func(string) string { return "" })
		t.Rows[len(t.Rows)-1][0] = ui.Cell{Text: g.TopicName(own.Topic), Note: "its own promise"}
		for i, u := range urgencies {
			t.Rows[len(t.Rows)-1][i+1] = ui.Cell{Text: "as above"}
			if u == own.Urgency {
				t.Rows[len(t.Rows)-1][i+1] = ui.Cell{Text: answerWithin(own, true)}
			}
		}
	}
	row("Accepted within", "else it is offered to the next", func(u string) string { return waitWords(g.Policy.Accept.Of(u), "not asked") })
	row("A manager is told after", "once a promise is broken", func(u string) string { return waitWords(g.Policy.Tell.Of(u), "at once") })
	return t
}

func teamTable(g *whatif.Ground) ui.Table {
	t := ui.Table{Caption: "Capacity and usual week", Columns: []ui.Column{{Label: "Consultant"}, {Label: "Holds at most", Number: true}, {Label: "Works"}}}
	for _, w := range g.People {
		week := "the desk’s hours"
		if w.Own {
			week = weekShort(w.Week)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.Name}, {Text: strconv.Itoa(w.Cap)}, {Text: week}})
	}
	return t
}

// fromDay is an instant from which something holds, where it is a midnight by its day.
func fromDay(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	if local.Hour() == 0 && local.Minute() == 0 {
		return "on " + local.Format("Monday, January 2, 2006")
	}
	return "on " + ui.Exact(t, zone)
}

func betweenDays(from, until time.Time, zone *time.Location) string {
	return from.In(zone).Format("Jan 2, 2006") + " to " + until.In(zone).Format("Jan 2, 2006")
}

// periodDays names the days of a period, of which the last is not part.
func periodDays(from, to calendar.Day) string {
	first, last := midnightOf(from), midnightOf(to).AddDate(0, 0, -1)
	switch {
	case first.Equal(last):
		return first.Format("January 2, 2006")
	case first.Year() == last.Year():
		return first.Format("January 2") + " to " + last.Format("January 2, 2006")
	}
	return first.Format("January 2, 2006") + " to " + last.Format("January 2, 2006")
}
