package web

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"hotline/app/report"
	"hotline/views/ui"
)

// flow is what came and what went, step by step.
func (p caseloadPage) flow() templ.Component {
	unit := map[int]string{1: "day", 7: "week", 28: "four weeks", 91: "quarter"}[p.StepDays]
	chart := ui.LineChart{ID: "flow", Title: "Tickets opened and resolved", NameHead: "Ending"}
	opened, resolved := ui.Line{Name: "opened"}, ui.Line{Name: "resolved"}
	more, most := 0, 0
	for _, s := range p.Steps {
		chart.Points = append(chart.Points, lastDay(p.Period, s.To))
		opened.Values, resolved.Values = append(opened.Values, float64(s.Opened)), append(resolved.Values, float64(s.Resolved))
		part := p.Query
		part.From, part.To = s.From.String(), s.To.String()
		opened.URLs = append(opened.URLs, listURL(part, report.Opened, s.Opened))
		resolved.URLs = append(resolved.URLs, listURL(part, report.Resolved, s.Resolved))
		most = max(most, s.Opened, s.Resolved)
		if s.Opened > s.Resolved {
			more++
		}
	}
	chart.Lines = []ui.Line{opened, resolved}
	units := map[bool]string{true: unit, false: unit + "s"}[len(p.Steps) == 1 || p.StepDays == 28]
	switch {
	case most == 0:
		chart.Finding = "Nothing came in and nothing was resolved"
	case more == 0:
		chart.Finding = "We resolved as many as came in, or more, throughout"
	case more == len(p.Steps):
		chart.Finding = "More came in than we resolved, throughout"
	case p.StepDays == 28:
		chart.Finding = fmt.Sprintf("More came in than we resolved in %s of %s stretches", report.Number(more), report.Number(len(p.Steps)))
	default:
		chart.Finding = fmt.Sprintf("More came in than we resolved in %s of %s %s", report.Number(more), report.Number(len(p.Steps)), units)
	}
	each := map[int]string{1: "Tickets a day.", 7: "Tickets a week, weeks ending on the date shown.",
		28: "Tickets in each four weeks, ending on the date shown.", 91: "Tickets in each 91 days, ending on the date shown."}[p.StepDays]
	chart.Words = each + " A ticket resolved in two of them counts in both."
	if len(p.Steps) > 0 {
		last := p.Steps[len(p.Steps)-1]
		chart.Desc = fmt.Sprintf("%s. At the end, %s opened and %s resolved.", chart.Finding, grouped(last.Opened), grouped(last.Resolved))
	}
	return chart
}

// ageNames are the ages in words.
var ageNames = map[string]string{"4h": "Under 4 hours", "1d": "4 to 24 hours", "3d": "1 to 3 days", "7d": "3 to 7 days", "28d": "7 to 28 days", "more": "Over 28 days"}

func ageName(key string) string { return ageNames[key] }

// age is how old what is open is, ours and the physician's.
func (p caseloadPage) age() templ.Component {
	end := map[bool]string{true: "now", false: "at the end of the period"}[p.Period.Current]
	chart := ui.StackChart{ID: "age", Title: "Open tickets by age, with us or with the physician", NameHead: "Age", TotalHead: "Open",
		Series: []string{"with us", "with the physician"}}
	old, waiting := 0, 0
	for _, a := range p.Ages {
		chart.Bars = append(chart.Bars, ui.Stack{Name: ageName(a.Key), Parts: []float64{float64(a.Ours), float64(a.WithPhysician)},
			URLs: []string{listURL(p.Query, report.Ours, a.Ours, "age", a.Key), listURL(p.Query, report.WithPhysician, a.WithPhysician, "age", a.Key)},
			URL:  listURL(p.Query, report.Open, a.Open(), "age", a.Key)})
		if a.From >= 7*24*3600e9 {
			old, waiting = old+a.Open(), waiting+a.WithPhysician
		}
	}
	open := p.Total.Counts[report.Open]
	switch {
	case open == 0:
		chart.Finding = "Nothing is open"
		if !p.Period.Current {
			chart.Finding = "Nothing was open at the end"
		}
	case old == 0:
		chart.Finding = "Nothing open is older than a week"
	case old == 1:
		chart.Finding = "One ticket is older than a week, and it is with " + map[bool]string{true: "the physician", false: "us"}[waiting == 1]
	case waiting == 0:
		chart.Finding = fmt.Sprintf("All of the %s tickets older than a week are with us", report.Number(old))
	default:
		chart.Finding = fmt.Sprintf("Of %s tickets older than a week, %s %s with the physician", report.Number(old), report.Number(waiting), map[bool]string{true: "is", false: "are"}[waiting == 1])
	}
	chart.Words = fmt.Sprintf("%s open %s %s, by the time since they were opened.", grouped(open), plural(open, "ticket"), end)
	chart.Desc = fmt.Sprintf("%s. %s are with us and %s with the physician.", chart.Finding, grouped(p.Total.Counts[report.Ours]), grouped(p.Total.Counts[report.WithPhysician]))
	return chart
}

// byTopic is what is open by topic, and what changed since the period began.
func (p caseloadPage) byTopic() templ.Component {
	chart := ui.BarChart{ID: "by-topic", Title: "Open tickets by topic", NameHead: "Topic", ValueHead: "Open", ChangeHead: "Change"}
	grew := report.Line{}
	growth := func(l report.Line) int { return l.Counts[report.Open] - l.Counts[report.Before] }
	for _, l := range p.Topics {
		if growth(l) > 0 && growth(l) > growth(grew) {
			grew = l
		}
	}
	for _, l := range p.Topics {
		b := ui.Bar{Name: l.Name, Value: float64(l.Counts[report.Open]), Shown: grouped(l.Counts[report.Open]), Strong: grew.Key != "" && l.Key == grew.Key,
			URL: listURL(p.Query, report.Open, l.Counts[report.Open], "topic", l.Key)}
		switch n := growth(l); {
		case n > 0:
			b.Change = "+" + grouped(n)
		case n < 0:
			b.Change = "−" + grouped(-n)
		}
		chart.Bars = append(chart.Bars, b)
	}
	open := p.Total.Counts[report.Open]
	since := p.Period.Noon(p.Period.From).Format("January 2")
	switch {
	case open == 0:
		chart.Finding = "Nothing is open on any topic"
		if !p.Period.Current {
			chart.Finding = "Nothing was open on any topic"
		}
	case grew.Key == "":
		chart.Finding = "No topic grew"
	default:
		chart.Finding = fmt.Sprintf("%s grew most: %s open, %s more than on %s", grew.Name, report.Number(grew.Counts[report.Open]), report.Number(growth(grew)), since)
	}
	chart.Words = fmt.Sprintf("%s open %s by topic, with the change since %s. Tickets count by the topic they have today.", grouped(open), plural(open, "ticket"), since)
	chart.Desc = chart.Finding + "."
	return chart
}

// waits is how long people waited for a first answer, by who held their ticket.
func (p caseloadPage) waits() templ.Component {
	chart := ui.BarChart{ID: "waits", Title: "Median wait for a first answer, by who held the ticket", NameHead: "Consultant", ValueHead: "Median wait"}
	lines := slices.DeleteFunc(slices.Clone(p.People), func(l report.Line) bool { return l.Answer.N == 0 })
	slices.SortStableFunc(lines, func(a, b report.Line) int { return cmp.Compare(b.Answer.Median, a.Answer.Median) })
	const most = 10
	for _, l := range lines[:min(len(lines), most)] {
		chart.Bars = append(chart.Bars, ui.Bar{Name: l.Name, Value: l.Answer.Median.Hours(), Shown: hours(l.Answer.Median),
			URL: listURL(p.Query, report.Answered, l.Answer.N, "holder", l.Key)})
	}
	if len(lines) == 0 {
		chart.Finding, chart.Words = "Nothing was answered for the first time", "Business time from opening to the first message or answered call."
	} else {
		chart.Finding = fmt.Sprintf("Half of the first answers came within %s, nine in ten within %s", openTime(p.Total.Answer.Median), openTime(p.Total.Answer.P90))
		chart.Words = fmt.Sprintf("Median business time from opening to the first message or answered call, by who held the ticket then, n = %s.", grouped(p.Total.Answer.N))
		if len(lines) > most {
			chart.Words += " The ten longest; the table above has all."
		}
	}
	chart.Desc = chart.Finding + "."
	return chart
}
