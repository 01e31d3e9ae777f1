package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hotline/app/routing"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

// fewAnswers is from how many on a median is worth a sentence.
const fewAnswers = 5

// waits are the waiting times by urgency, each in the three accounts on a scale of its
// own, and a sentence over them.
func (a replayed) waits() (finding string, charts []views.WaitChart) {
	most, fell := "", 0.0
	for _, u := range urgencies {
		slices := [3]routing.Slice{a.Result.Happened.ByUrgency[u], a.Result.AsIs.ByUrgency[u], a.Result.Draft.ByUrgency[u]}
		if slices[2].Cases == 0 {
			continue
		}
		promise, _ := a.sheet.Ground.Promise("", u)
		for _, p := range a.Body.Promises {
			if p.Topic == "" && p.Urgency == u {
				promise = p
			}
		}
		chart := views.WaitChart{ID: "wait-" + u, Title: capital(u),
			Words: fmt.Sprintf("%s %s; promises kept %s, now %s", grouped(slices[2].Cases), plural(slices[2].Cases, "ticket"), shareOf(slices[2].Met, slices[2].Due), shareOf(slices[1].Met, slices[1].Due))}
		if open := slices[2].Cases - slices[2].Answered; open > 0 {
			chart.Words += fmt.Sprintf("; %s not answered", grouped(open))
		}
		if !promise.Always {
			chart.Promise, chart.PromiseWords = float64(promise.Minutes), "promised within "+minutesWords(promise.Minutes)
		}
		for i, name := range []string{"What happened", "As things are", "The draft"} {
			s := slices[i]
			row := views.Wait{Name: name, Half: s.Median.Minutes(), Ninety: s.P90.Minutes(), Class: []string{"c-3", "c-2", "c-1"}[i], Shown: "nothing answered"}
			if s.Answered > 0 {
				row.Shown = openTime(s.Median) + ", 9 in 10: " + openTime(s.P90)
			}
			chart.Rows = append(chart.Rows, row)
		}
		charts = append(charts, chart)
		if by := slices[2].Median - slices[1].Median; by.Abs() >= time.Minute && slices[1].Median > 0 && min(slices[1].Answered, slices[2].Answered) >= fewAnswers {
			if share := math.Abs(float64(by)) / float64(slices[1].Median); share > fell {
				most, fell = fmt.Sprintf("%s questions would be answered %s %s", capital(u), openTime(by.Abs()), map[bool]string{true: "sooner", false: "later"}[by < 0]), share
			}
		}
	}
	if most == "" {
		most = "No urgency would wait much differently"
	}
	return most, charts
}

// sharesInOrder are the draft's people, with whoever is given the most first.
func (a replayed) sharesInOrder() []routing.Share {
	return slices.SortedStableFunc(slices.Values(a.Result.Draft.People), func(x, y routing.Share) int { return cmp.Compare(y.Given, x.Given) })
}

// given is how many tickets each would be given.
func (a replayed) given() templ.Component {
	chart := views.ShiftChart{ID: "given", Title: "Tickets given to each, as things are and under the draft", Words: "Tickets given in these days. Grey: as things are; petrol: under the draft."}
	chart.Behind = ui.Table{Caption: chart.Title, Columns: []ui.Column{{Label: "Consultant"}, {Label: "As things are", Number: true}, {Label: "Under the draft", Number: true}, {Label: "Change", Number: true}}}
	var who routing.Share
	most, from := 0, 0
	for _, s := range a.sharesInOrder() {
		now := a.Result.AsIs.Share(s.UserID).Given
		by := s.Given - now
		shown := grouped(s.Given)
		if by != 0 {
			shown = fmt.Sprintf("%s → %s", grouped(now), grouped(s.Given))
		}
		chart.Rows = append(chart.Rows, views.Shift{Name: s.Name, Shown: shown, Was: float64(now), Now: float64(s.Given)})
		chart.Behind.Rows = append(chart.Behind.Rows, []ui.Cell{{Text: s.Name}, {Text: grouped(now)}, {Text: grouped(s.Given)}, {Text: signed(by)}})
		if max(by, -by) > most {
			who, most, from = s, max(by, -by), now
		}
	}
	chart.Finding = "Everybody would be given as many as now"
	if most > 0 {
		chart.Finding = fmt.Sprintf("%s would be given %s instead of %s", firstName(who.Name), grouped(who.Given), grouped(from))
	}
	chart.Desc = desc(chart.Rows)
	return chart
}

// fullness is how much each would hold, in the mean over open time, against their
// capacity.
func (a replayed) fullness() templ.Component {
	chart := views.ShiftChart{ID: "full", Title: "Mean load of each, as things are and under the draft", Words: "Load in the mean over open hours. The stroke is their capacity under the draft."}
	chart.Behind = ui.Table{Caption: chart.Title, Columns: []ui.Column{{Label: "Consultant"}, {Label: "As things are", Number: true}, {Label: "Under the draft", Number: true}, {Label: "Most at once", Number: true}, {Label: "Capacity", Number: true}}}
	full := 0
	decimal := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	for _, s := range a.sharesInOrder() {
		now := a.Result.AsIs.Share(s.UserID).Mean
		shown := decimal(s.Mean)
		if decimal(now) != shown {
			shown = decimal(now) + " → " + shown
		}
		chart.Rows = append(chart.Rows, views.Shift{Name: s.Name, Shown: fmt.Sprintf("%s of %d", shown, s.Cap), Was: now, Now: s.Mean, Limit: float64(s.Cap)})
		chart.Behind.Rows = append(chart.Behind.Rows, []ui.Cell{{Text: s.Name}, {Text: decimal(now)}, {Text: decimal(s.Mean)}, {Text: strconv.Itoa(s.Most)}, {Text: strconv.Itoa(s.Cap)}})
		if s.Cap > 0 && s.Most >= s.Cap {
			full++
		}
	}
	switch full {
	case 0:
		chart.Finding = "Nobody would ever be full"
	case 1:
		chart.Finding = "One of them would be full at times"
	case len(chart.Rows):
		chart.Finding = "Everybody would be full at times"
	default:
		chart.Finding = fmt.Sprintf("%s of %d would be full at times", inWords(full), len(chart.Rows))
	}
	chart.Desc = desc(chart.Rows)
	return chart
}

func desc(rows []views.Shift) string {
	var said []string
	for _, r := range rows {
		said = append(said, r.Name+": "+strings.ReplaceAll(r.Shown, "→", "to"))
	}
	return strings.Join(said, "; ")
}

func signed(n int) string {
	if n > 0 {
		return "+" + grouped(n)
	}
	return strings.ReplaceAll(grouped(n), "-", "−")
}

// within is what share was answered within how long.
func (a replayed) within() templ.Component {
	chart := ui.LineChart{ID: "within", Title: "Share of tickets answered within a time", NameHead: "Within", Unit: " %",
		Words: "Per cent of all tickets answered within so many open hours. The steps of the scale are not even.",
		Desc:  "Under the draft, and as things are."}
	draft, now := ui.Line{Name: "draft"}, ui.Line{Name: "as things are"}
	at, gap := -1, 0.0
	for i, limit := range whatif.Within {
		chart.Points = append(chart.Points, openTime(limit))
		d, n := math.Round(a.Result.Draft.Within[i]*100), math.Round(a.Result.AsIs.Within[i]*100)
		draft.Values, now.Values = append(draft.Values, d), append(now.Values, n)
		if math.Abs(d-n) > gap {
			at, gap = i, math.Abs(d-n)
		}
	}
	chart.Lines = []ui.Line{draft, now}
	chart.Finding = "As many would be answered within any time"
	if at >= 0 {
		chart.Finding = fmt.Sprintf("Within %s, %.0f %% would be answered instead of %.0f %%", openTime(whatif.Within[at]), draft.Values[at], now.Values[at])
	}
	return chart
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
