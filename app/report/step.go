package report

import (
	"time"

	"hotline/app/calendar"
)

// Step is a part of the period: what was opened in it and what was resolved, as a
// report about that part alone would say. A ticket resolved in two steps counts in both.
type Step struct {
	From, To         calendar.Day
	Opened, Resolved int
}

// A chart is read in steps of a day up to a fortnight, of a week up to half a year, of
// four weeks up to two, and of a year's quarter beyond.
func stepDays(days int) int {
	switch {
	case days <= 14:
		return 1
	case days <= 26*7:
		return 7
	case days <= 2*366:
		return 28
	}
	return 91
}

// cutUp divides a period into steps that end with it; the first may be shorter.
func (p Period) cutUp() []Step {
	days := stepDays(p.Days())
	until := p.To
	// Days that lie ahead hold nothing yet.
	if today := p.day(p.AsOf, 1); p.start(until).After(p.start(today)) {
		until = today
	}
	var steps []Step
	for to := until; p.start(p.From).Before(p.start(to)); to = later(to, -days) {
		from := later(to, -days)
		if p.start(from).Before(p.start(p.From)) {
			from = p.From
		}
		steps = append([]Step{{From: from, To: to}}, steps...)
	}
	return steps
}

// stepOf is which step an instant lies in, from 1.
func stepOf(instant string) string { return `width_bucket(` + instant + `, (@edges )::timestamptz[])` }

// steps lists the period's steps, of which what was opened is counted with the rest.
func (a *asked) steps(l *ledger) {
	l.steps = a.period.cutUp()
	var edges []string
	for _, s := range l.steps {
		edges = append(edges, instant(a.period.start(s.From)))
	}
	a.vars["edges"] = list(edges)
}

// resolvedBySteps counts what was resolved, once in each step.
func (a *asked) resolvedBySteps(l *ledger) error {
	rows, err := scan[struct{ Step, N int }](a.raw(`SELECT `+stepOf("r.from_at")+` AS step, count(DISTINCT r.ticket_id) AS n
		FROM resolutions r JOIN tickets t ON t.id = r.ticket_id
		WHERE r.from_at >= @begin AND r.from_at < @cut AND `+a.see+` GROUP BY 1`, nil))
	for _, r := range rows {
		if r.Step >= 1 && r.Step <= len(l.steps) {
			l.steps[r.Step-1].Resolved = r.N
		}
	}
	return err
}

// Noon is a day's noon in the period's zone, for naming it.
func (p Period) Noon(d calendar.Day) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, p.Zone)
}
