package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/report"
	"hotline/app/ticket"
	views "hotline/views/reports"
	"hotline/views/ui"
)

// caseloadPage puts a report into words, tables and charts.
type caseloadPage struct{ *report.Caseload }

func (p caseloadPage) fill(view *views.CaseloadPage) {
	view.Finding = p.Finding()
	view.Words = fmt.Sprintf("%s, as of %s. Every number opens the tickets behind it; the downloads hold the same rows under the same filter.",
		days(p.Period), ui.Exact(p.Period.AsOf, p.Period.Zone))
	view.Figures = p.figures()
	view.Adds = p.adds()
	view.Hidden = hiddenWords(p.Hidden, "open ")
	view.People = p.people()
	view.Topics = p.table("Caseload by topic, most open first", "Topic", p.Topics, func(l report.Line) ui.Cell {
		return p.cell(l.Counts[report.Open], report.Open, "topic", l.Key)
	})
	view.Charts = append(view.Charts, p.flow(), p.age(), p.byTopic(), p.waits())
}

// listURL is the list behind a number; nought opens nothing. more is what narrows it:
// a holder, a topic, an age.
func listURL(q report.Query, m report.Measure, n int, more ...string) string {
	if n == 0 {
		return ""
	}
	return reportURL("/reports/caseload/tickets", q, append([]string{"measure", string(m)}, more...)...)
}

// cell is a number that opens its tickets.
func (p caseloadPage) cell(n int, m report.Measure, more ...string) ui.Cell {
	return ui.Cell{Text: grouped(n), URL: listURL(p.Query, m, n, more...), Overdue: m == report.Overdue && n > 0}
}

func (p caseloadPage) figures() ui.Figures {
	t := p.Total
	open, period := "Open now", "in the period"
	if !p.Period.Current {
		open = "Open at the end"
	}
	one := func(label string, m report.Measure, words string) ui.Figure {
		n := t.Counts[m]
		return ui.Figure{Label: label, Value: grouped(n), URL: listURL(p.Query, m, n), Words: words, Overdue: m == report.Overdue && n > 0}
	}
	answer := ui.Figure{Label: "Median first answer", Value: "–", Words: "nothing was answered for the first time"}
	if t.Answer.N > 0 {
		answer = ui.Figure{Label: "Median first answer", Value: openTime(t.Answer.Median), URL: listURL(p.Query, report.Answered, t.Answer.N),
			Words: fmt.Sprintf("business time, n = %s; nine in ten within %s", grouped(t.Answer.N), openTime(t.Answer.P90))}
	}
	return ui.Figures{
		one(open, report.Open, aged(t.Age)),
		one("Opened", report.Opened, fmt.Sprintf("%s by phone, %s online", grouped(t.ByPhone), grouped(t.Counts[report.Opened]-t.ByPhone))),
		one("Resolved", report.Resolved, period+", each ticket once"),
		one("Overdue", report.Overdue, "past our promise or the caller’s own clock"),
		one("With the physician", report.WithPhysician, "our clock is paused"),
		answer,
	}
}

// aged says how old what is open is.
func aged(age report.Spread) string {
	if age.N == 0 {
		return "nothing is open"
	}
	return "half of them for over " + ui.Length(age.Median)
}

// adds says the numbers that add up.
func (p caseloadPage) adds() string {
	c := p.Total.Counts
	end := "open now"
	if !p.Period.Current {
		end = "open at the end"
	}
	said := fmt.Sprintf("%s open at the start + %s opened", grouped(c[report.Before]), grouped(c[report.Opened]))
	// A ticket that came back after it was resolved was counted out and is in again.
	if again := c[report.Open] - c[report.Before] - c[report.Opened] + c[report.Resolved]; again > 0 {
		said += fmt.Sprintf(" + %s taken up again", grouped(again))
	}
	said += fmt.Sprintf(" − %s resolved = %s %s. ", grouped(c[report.Resolved]), grouped(c[report.Open]), end)
	return said + fmt.Sprintf("%s with us + %s with the physician = %s %s.", grouped(c[report.Ours]), grouped(c[report.WithPhysician]), grouped(c[report.Open]), end)
}

// hiddenWords says how many tickets are kept from the one who looks.
func hiddenWords(n int, which string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("And %s restricted %s%s, which the numbers leave out.", grouped(n), which, plural(n, "ticket"))
}

// people is who carries what. Caps are those of now, so a past period has none.
func (p caseloadPage) people() ui.Table {
	most := 0
	for _, l := range p.People {
		most = max(most, l.Counts[report.Open])
		if p.Period.Current {
			most = max(most, l.Cap)
		}
	}
	t := p.table("Caseload per consultant, most open first", "Consultant", p.People, func(l report.Line) ui.Cell {
		open := l.Counts[report.Open]
		load := ui.Load{Open: open, Most: most, URL: listURL(p.Query, report.Open, open, "holder", l.Key)}
		if l.Takes && p.Period.Current {
			load.Cap = l.Cap
		}
		return ui.Cell{Part: load}
	})
	if p.Period.Current {
		t.Columns[1].Label = "Open, against cap"
	}
	t.Columns[1].Number = false
	t.Foot[1] = ui.Cell{Part: footLoad(p.cell(p.Total.Counts[report.Open], report.Open))}
	return t
}

// table is the measures by person or by topic. open draws the first number.
func (p caseloadPage) table(caption, head string, lines []report.Line, open func(report.Line) ui.Cell) ui.Table {
	by := map[string]string{"Consultant": "holder", "Topic": "topic"}[head]
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: head}, {Label: "Open", Number: true}, {Label: "Overdue", Number: true},
		{Label: "On physician", Number: true}, {Label: "Opened", Number: true}, {Label: "Resolved", Number: true},
		{Label: "Age, median", Number: true}, {Label: "Age, 90 %", Number: true},
		{Label: "First answers", Number: true}, {Label: "Median wait", Number: true}, {Label: "90 % wait", Number: true}}}
	row := func(l report.Line, first ui.Cell, more ...string) []ui.Cell {
		name := ui.Cell{Text: l.Name}
		if l.Takes && p.Period.Current && !l.AtWork {
			name.Note = "not at work now"
		}
		cells := []ui.Cell{name, first}
		for _, m := range []report.Measure{report.Overdue, report.WithPhysician, report.Opened, report.Resolved} {
			cells = append(cells, p.cell(l.Counts[m], m, more...))
		}
		cells = append(cells, spreadCells(l.Age, ui.Length)...)
		cells = append(cells, p.cell(l.Answer.N, report.Answered, more...))
		return append(cells, spreadCells(l.Answer, openTime)...)
	}
	for _, l := range lines {
		t.Rows = append(t.Rows, row(l, open(l), by, l.Key))
	}
	t.Foot = row(p.Total, p.cell(p.Total.Counts[report.Open], report.Open))
	return t
}

// footLoad is the sum of a column of loads, where their figures stand.
type footLoad = views.LoadSum

func spreadCells(s report.Spread, words func(time.Duration) string) []ui.Cell {
	if s.N == 0 {
		return []ui.Cell{{Text: "–"}, {Text: "–"}}
	}
	return []ui.Cell{{Text: words(s.Median)}, {Text: words(s.P90)}}
}

// openTime is a length of open hours: never in days, which would be of ten hours
// to one reader and of twenty-four to another.
func openTime(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case minutes < 10*60 && minutes%60 != 0:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return grouped((minutes+30)/60) + " h"
}

// hours is a length of open hours where there is room for one number.
func hours(d time.Duration) string {
	if d < time.Hour {
		return openTime(d)
	}
	return strconv.FormatFloat(math.Round(d.Hours()*10)/10, 'f', -1, 64) + " h"
}

// grouped is a number with a comma between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// days names a period by the days that belong to it.
func days(p report.Period) string {
	first, last := p.Noon(p.From), p.Noon(p.To).AddDate(0, 0, -1)
	words := fmt.Sprintf("%s to %s", first.Format("January 2, 2006"), last.Format("January 2, 2006"))
	if first.Equal(last) {
		words = first.Format("Monday, January 2, 2006")
	}
	return fmt.Sprintf("%s (%s %s)", words, grouped(p.Days()), plural(p.Days(), "day"))
}

// lastDay names the last day of a step.
func lastDay(p report.Period, to calendar.Day) string {
	day := p.Noon(to).AddDate(0, 0, -1)
	if day.Year() != p.AsOf.In(p.Zone).Year() {
		return day.Format("Jan 2, 2006")
	}
	return day.Format("Jan 2")
}

// ticketsBehind puts the tickets behind a number into a list.
type ticketsBehind struct {
	*report.Tickets
	topic string // in words
}

func (p ticketsBehind) fill(view *views.TicketsPage) {
	in := p.Selection
	view.Title = fmt.Sprintf("%s %s %s", grouped(p.Count), plural(p.Count, "ticket"), p.measure())
	view.Frame.Title = view.Title
	var words []string
	if p.Who != "" {
		words = append(words, p.Who+".")
	}
	if in.Topic != "" {
		words = append(words, "Topic: "+p.topic+".")
	}
	if in.Channel != "" {
		words = append(words, map[string]string{"phone": "By phone.", "online": "Online."}[in.Channel])
	}
	if in.State != "" {
		words = append(words, ticket.StateName(in.State)+".")
	}
	if age := ageName(in.Age); age != "" {
		words = append(words, "Age: "+strings.ToLower(age)+".")
	}
	view.Words = strings.Join(append(words, days(p.Period)+", as of "+ui.Exact(p.Period.AsOf, p.Period.Zone)+"."), " ")
	view.Hidden = hiddenWords(p.Hidden, "")
	back := in.Query
	back.AsOf = time.Time{}
	if in.Topic != "" && in.Holder == "" {
		back.Topic = "" // they came from a topic's line more likely than from a filter
	}
	view.BackURL = reportURL("/reports/caseload", back)
	here := []string{"measure", string(in.Measure), "holder", in.Holder, "age", in.Age}
	view.CSVURL = reportURL("/reports/caseload/tickets.csv", in.Query, here...)
	if len(p.Lines) == 0 {
		view.Empty = &ui.Empty{Title: "Nothing here", Words: "The number was nought.", Do: &ui.Button{Label: "Back to the report", URL: view.BackURL}}
		return
	}
	view.Tickets = p.table()
	edge := func(name string, t report.Ticket) string {
		return reportURL("/reports/caseload/tickets", in.Query, append(here, name, cursorOf(t.Key()))...)
	}
	view.Pager = ui.Pager{Words: "The oldest first", Newer: "Earlier", Older: "Later"}
	if p.Fewer {
		view.Pager.NewerURL = edge("before", p.Lines[0])
	}
	if p.More {
		view.Pager.OlderURL = edge("after", p.Lines[len(p.Lines)-1])
	}
}

// measure is what the tickets have in common.
func (p ticketsBehind) measure() string {
	end := "when the period ended"
	if p.Period.Current {
		end = "now"
	}
	return map[report.Measure]string{
		report.Open: "open " + end, report.Ours: "open and with us " + end, report.WithPhysician: "with the physician " + end,
		report.Overdue: "overdue " + end, report.Before: "open when the period began", report.Opened: "opened",
		report.Resolved: "resolved", report.Answered: "answered for the first time",
	}[p.Selection.Measure]
}

func (p ticketsBehind) table() ui.Table {
	holder := map[report.Measure]string{report.Opened: "First held by", report.Resolved: "Resolved by"}[p.Selection.Measure]
	if holder == "" {
		holder = "Held by"
	}
	clock := ui.Clock{Now: p.Period.AsOf, Zone: p.Period.Zone}
	moment := func(t *time.Time) ui.Cell {
		if t == nil {
			return ui.Cell{Text: "–"}
		}
		return ui.Cell{Part: clock.At(*t)}
	}
	t := ui.Table{Caption: "Tickets, the oldest first", Columns: []ui.Column{{Label: "Number"}, {Label: "Opened"}, {Label: "Topic"}, {Label: "Urgency"},
		{Label: p.statusHead()}, {Label: holder}, {Label: "First answer"}, {Label: "Resolved"}}}
	for _, l := range p.Lines {
		code, words := standingThen(l.Status)
		resolved := moment(l.ResolvedAt)
		if l.Outcome != "" {
			resolved.Note = ticket.OutcomeName(l.Outcome)
		}
		name := l.Holder
		if name == "" {
			name = "nobody yet"
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.Number, URL: "/tickets/" + l.Number}, moment(&l.OpenedAt), {Text: l.Topic},
			{Part: ui.Urgency(l.Urgency, urgencyWord(ticket.Urgency(l.Urgency)))}, {Part: ui.Status(code, words)}, {Text: name},
			moment(l.FirstAnsweredAt), resolved})
	}
	return t
}

func (p ticketsBehind) statusHead() string {
	if p.Period.Current {
		return "Status now"
	}
	return "Status at the end"
}

// standingThen is a status in words, with its shape's code.
func standingThen(status string) (code, words string) {
	switch ticket.Status(status) {
	case ticket.Unassigned:
		return "new", "Unassigned"
	case ticket.WithPhysician:
		return "waiting", "With the physician"
	case ticket.Resolved:
		return "closed", "Resolved"
	}
	return "open", "In hand"
}
