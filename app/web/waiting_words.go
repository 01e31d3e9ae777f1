package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hotline/app/report"
	"hotline/app/ticket"
	views "hotline/views/reports"
	"hotline/views/ui"
)

// waitingPage puts the queues into words, a matrix, a list of people and a chart.
type waitingPage struct {
	*report.Waiting
	clock ui.Clock
}

// ageWords are the ages in words, by their key.
var ageWords = map[string]string{"15m": "under 15\u00a0min", "1h": "15 to 60\u00a0min", "4h": "1 to 4\u00a0h", "1d": "4 to 24\u00a0h", "more": "over a day"}

// whatWords are what tickets wait for, and since when that counts.
var whatWords = map[report.What]struct{ title, words string }{
	report.ForSomebody: {"Waiting for somebody", "since opened, let go of or reopened"},
	report.ToBeTaken:   {"Given, not taken up yet", "since given"},
	report.ForAnswer:   {"With somebody, not answered yet", "since opened"},
}

func (p waitingPage) fill(view *views.WaitingPage) {
	view.URL = "/waiting?desk=" + strconv.FormatInt(p.Desk, 10)
	view.Live = "desk-" + strconv.FormatInt(p.Desk, 10)
	n := p.Queues[report.ForSomebody].Count(report.AnyUrgency, report.AnyWait)
	view.Said = map[bool]string{true: "Nobody waits now.", false: capitalised(report.Number(n)) + map[bool]string{true: " waits", false: " wait"}[n == 1] + " now."}[n == 0]
	view.Finding = p.Finding()
	view.Words = "As of " + p.clock.Now.In(zoneOf(p.clock)).Format("3:04 PM MST") + ", by the clock on the wall, not in open hours. Every number opens its tickets."
	view.Ages = make([]string, len(report.Waits))
	for i, w := range report.Waits {
		view.Ages[i] = ageWords[w.Key]
	}
	hidden := 0
	for _, what := range report.Whats {
		view.Groups = append(view.Groups, p.group(what))
		if p.Queues[what].Cut {
			view.Cut = "Of each, only the " + grouped(report.MostWaiting) + " due first are counted."
		}
		hidden += p.Queues[what].Hidden
	}
	if hidden > 0 {
		view.Hidden = "Restricted tickets are in none of the numbers."
	}
	view.People = p.people()
	view.Stuck = slices.Concat(p.stuck("Nobody at work takes", p.Untaken()), p.stuck("Nobody with room takes", p.Full()))
	view.Chart = p.hours()
}

func (p waitingPage) group(what report.What) views.WaitingGroup {
	q := p.Queues[what]
	g := views.WaitingGroup{Title: whatWords[what].title, Words: whatWords[what].words}
	if q.Hidden > 0 {
		g.Words += ", and " + grouped(q.Hidden) + " restricted"
	}
	row := func(urgency, word string) {
		r := views.WaitingRow{Urgency: urgency, Word: word}
		for i := range len(report.Waits) + 1 {
			in, wait := report.WaitingSelection{Desk: p.Desk, What: what, Urgency: urgency}, report.AnyWait
			if i < len(report.Waits) {
				in.Wait, wait = report.Waits[i].Key, i
			}
			n := q.Count(urgency, wait)
			r.Cells = append(r.Cells, views.WaitingCell{N: grouped(n), URL: waitingURL(in, n), Alarm: urgency == string(ticket.Critical)})
		}
		g.Rows = append(g.Rows, r)
	}
	row(string(ticket.Critical), urgencyWord(ticket.Critical))
	if what == report.ForSomebody {
		row(string(ticket.Urgent), urgencyWord(ticket.Urgent))
		row(string(ticket.Routine), urgencyWord(ticket.Routine))
	}
	row(report.AnyUrgency, "All")
	return g
}

// stuck are topics that wait for somebody and stay where they are.
func (p waitingPage) stuck(title string, topics []report.Topic) []views.WaitingTopics {
	if len(topics) == 0 {
		return nil
	}
	out := views.WaitingTopics{Title: title}
	for _, t := range topics {
		out.Topics = append(out.Topics, views.WaitingTopic{Name: t.Name, N: grouped(t.N),
			URL: waitingURL(report.WaitingSelection{Desk: p.Desk, What: report.ForSomebody, Topic: t.Code}, t.N)})
	}
	return []views.WaitingTopics{out}
}

// people is who is there, what they carry and what they could take now.
func (p waitingPage) people() ui.Table {
	t := ui.Table{Caption: "Who is there, and their room", Columns: []ui.Column{{Label: "Consultant"}, {Label: "Load, against cap"}, {Label: "Room now", Number: true}}}
	most, load := 0, 0
	for _, one := range p.People {
		most, load = max(most, one.Load, one.Cap), load+one.Load
	}
	for _, one := range p.People {
		room := ui.Cell{Text: "–"}
		if one.Takes() {
			room.Text = grouped(one.Room)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: one.Name, Note: presentWords(one, p.clock)},
			{Part: views.WaitingLoad{Open: one.Load, Cap: one.Cap, Most: most}}, room})
	}
	taking, room := p.Taking()
	t.Foot = []ui.Cell{{Text: capitalised(report.Number(len(taking))) + " at work"}, {Part: views.LoadSum{Text: grouped(load)}}, {Text: grouped(room)}}
	return t
}

// presentWords say how somebody stands: "at work until 6:00 PM, on call".
func presentWords(one report.Present, clock ui.Clock) string {
	words := "off"
	until := func(what string, at *time.Time) string {
		if at == nil {
			return what
		}
		return what + " until " + shortTime(clock, *at)
	}
	switch {
	case one.Away:
		words = until("away", one.AwayUntil)
	case one.At && one.Wrapping(clock.Now):
		words = until("wrapping up", one.WrapUntil)
	case one.Takes():
		words = until("at work", one.DutyUntil)
	case one.At:
		words = "at work, outside their shift"
	}
	if one.OnCall {
		words = commas(words, "on call")
	}
	return words
}

// hours is what came in and what was given, hour by hour.
func (p waitingPage) hours() templ.Component {
	chart := ui.LineChart{ID: "hours", Title: "Tickets that came in and were given, by hour", NameHead: "From"}
	in, out := ui.Line{Name: "came in"}, ui.Line{Name: "given"}
	opened, given := 0, 0
	for _, h := range p.Hours {
		at := h.From.In(zoneOf(p.clock))
		name := at.Format("3 PM")
		if at.Minute() != 0 {
			name = at.Format("3:04 PM")
		}
		chart.Points = append(chart.Points, name)
		in.Values, out.Values = append(in.Values, float64(h.Opened)), append(out.Values, float64(h.Given))
		opened, given = opened+h.Opened, given+h.Given
	}
	chart.Lines = []ui.Line{in, out}
	chart.Finding = fmt.Sprintf("In 24 hours, %s came in and %s %s given", report.Number(opened), report.Number(given), map[bool]string{true: "was", false: "were"}[given == 1])
	if opened+given == 0 {
		chart.Finding = "In 24 hours, nothing came in and nothing was given"
	}
	chart.Words = "By the hour, the one that runs now last and not over yet. Given counts each time a ticket was put into somebody’s hands."
	chart.Desc = chart.Finding + "."
	return chart
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// waitingBehind puts the tickets behind a number into a list.
type waitingBehind struct {
	*report.WaitingTickets
	clock ui.Clock
	topic string // in words
}

func (p waitingBehind) fill(view *views.WaitingTicketsPage) {
	in := p.Selection
	view.Title = p.title()
	view.Frame.Title = view.Title
	var words []string
	if in.Topic != "" {
		words = append(words, "Topic: "+p.topic+".")
	}
	if in.Wait != "" {
		words = append(words, "For "+ageWords[in.Wait]+", "+whatWords[in.What].words+".")
	}
	view.Words = strings.Join(append(words, "As of "+ui.Exact(p.AsOf, zoneOf(p.clock))+"."), " ")
	view.Hidden = hiddenWords(p.Hidden, "")
	view.BackURL = "/waiting?desk=" + strconv.FormatInt(in.Desk, 10)
	if len(p.Lines) == 0 {
		view.Empty = &ui.Empty{Title: "Nothing here", Words: "What stood here has moved on.", Do: &ui.Button{Label: "Back to the queues", URL: view.BackURL}}
		return
	}
	view.Tickets = p.table()
	edge := func(name string, t report.WaitingTicket) string { return waitingURL(in, 1, name, cursorOf(t.Key())) }
	view.Pager = ui.Pager{Words: "The longest waiting first", Newer: "Longer", Older: "Shorter"}
	if p.Fewer {
		view.Pager.NewerURL = edge("before", p.Lines[0])
	}
	if p.More {
		view.Pager.OlderURL = edge("after", p.Lines[len(p.Lines)-1])
	}
}

// title says what the tickets wait for: "Three critical tickets wait for somebody".
func (p waitingBehind) title() string {
	of := plural(p.Count, "ticket")
	if p.Selection.Urgency != "" {
		of = strings.ToLower(urgencyWord(ticket.Urgency(p.Selection.Urgency))) + " " + of
	}
	does := map[report.What][2]string{report.ForSomebody: {"wait for somebody", "waits for somebody"},
		report.ToBeTaken: {"are given and not taken up yet", "is given and not taken up yet"},
		report.ForAnswer: {"are with somebody and not answered yet", "is with somebody and not answered yet"}}[p.Selection.What]
	if p.Count == 1 {
		does[0] = does[1]
	}
	return fmt.Sprintf("%s %s %s", capitalised(report.Number(p.Count)), of, does[0])
}

func (p waitingBehind) table() ui.Table {
	t := ui.Table{Caption: "Tickets, the longest waiting first", Columns: []ui.Column{{Label: "Number"}, {Label: "Waits since"}, {Label: "Topic"}, {Label: "Urgency"}, {Label: "Due next"}}}
	held := p.Selection.What != report.ForSomebody
	if held {
		t.Columns = append(t.Columns, ui.Column{Label: "Held by"})
	}
	if p.Selection.What == report.ToBeTaken {
		t.Columns = append(t.Columns, ui.Column{Label: "To be taken up by"})
	}
	for _, l := range p.Lines {
		due := ui.Cell{Text: "–"}
		if l.DueKind != "none" {
			due = ui.Cell{Part: p.clock.At(l.NextDueAt), Note: clockWords(l.DueKind), Overdue: l.NextDueAt.Before(p.AsOf)}
		}
		row := []ui.Cell{{Text: l.Number, URL: "/tickets/" + l.Number}, {Part: p.clock.At(l.Since), Note: ui.Length(p.AsOf.Sub(l.Since))}, {Text: l.Topic},
			{Part: ui.Urgency(l.Urgency, urgencyWord(ticket.Urgency(l.Urgency)))}, due}
		if held {
			row = append(row, ui.Cell{Text: l.Holder})
		}
		if p.Selection.What == report.ToBeTaken && l.AcceptBy != nil {
			row = append(row, ui.Cell{Part: p.clock.At(*l.AcceptBy), Overdue: l.AcceptBy.Before(p.AsOf)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
