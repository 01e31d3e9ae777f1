package report

import (
	"context"

	"hotline/app/actor"
	"hotline/app/desk"
)

// Caseload is the report: the desk as it stood at the end of a period, and what came
// and went in it.
type Caseload struct {
	Query  Query // as it was understood: days filled in, AsOf set
	Period Period
	Desk   desk.Desk
	People []Line // who holds or held anything, or could; nobody yet is the last
	Topics []Line // by the topic a ticket has now
	Total  Line   // each ticket once
	Ages   []Age
	Steps  []Step // what came and went along the period
	Hidden int    // open, restricted, and not named to the one who asks

	StepDays int // how many days a step has; the first may have fewer
}

// Line is what the measures come to for one person, one topic or all.
type Line struct {
	Key     string // for lists: a person's id or Nobody; a topic's code; "" for all
	Name    string
	Counts  map[Measure]int
	Age     Spread // of what is open, in wall time
	Answer  Spread // to the first answer, in business time
	ByPhone int    // of those opened
	Takes   bool   // takes tickets of this desk today
	AtWork  bool
	Cap     int
	Held    int // at the end, on any desk: what a cap is held against
}

// Nobody is the Key of what nobody holds yet.
const Nobody = "none"

// Caseload computes the report. Managers. Errors: fault.Fields for what was asked;
// fault.NotFound for anybody else, or a desk that is not theirs.
func (s *Service) Caseload(ctx context.Context, by actor.Actor, in Query) (*Caseload, error) {
	var c *Caseload
	err := s.read(ctx, by, in, func(a *asked) (err error) {
		c, err = a.caseload()
		return err
	})
	return c, err
}

func (a *asked) caseload() (*Caseload, error) {
	c := &Caseload{Query: a.query, Period: a.period, Desk: a.times.Desk, StepDays: stepDays(a.period.Days())}
	l := newLedger()
	if err := a.people(l); err != nil {
		return nil, err
	}
	if err := a.topics(l); err != nil {
		return nil, err
	}
	a.steps(l)
	for _, count := range []func(*ledger) error{a.standing, a.atFirst, a.came, a.went, a.answered, a.resolvedBySteps, a.names} {
		if err := count(l); err != nil {
			return nil, err
		}
	}
	c.Total, c.People, c.Topics, c.Ages, c.Steps = *l.total, l.sorted(l.people), l.sorted(l.topics), l.ages, l.steps
	var err error
	c.Hidden, err = a.countHidden(Selection{Measure: Open})
	return c, err
}
