package correspondence

import (
	"context"
	"regexp"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Rule is what a state, or an insurer there, asks of the letter that ends a relationship.
type Rule struct {
	ID          int64
	State       string // "": the general rule
	Holds       bool   // false: kept, and the general rule is followed
	MinDays     int    // the shortest notice
	TakesEffect string // AtLetter or AtEnd
	Mailing     string
	MustSay     string // one statement a line
	Note        string
	Source      string
	SourceURL   string
	CheckedOn   time.Time // a day
	Version     int       // 0: there is none yet
	ChangedBy   string    // "": as it came
}

// When a letter takes effect: on its own date, or at the end of the notice.
const (
	AtLetter = "letter"
	AtEnd    = "end"
)

// General says whether nothing specific is known, and this is the rule for every other state.
func (r Rule) General() bool { return r.State == "" }

// Statements are what a letter must say there, one by one.
func (r Rule) Statements() []string {
	var all []string
	for line := range strings.Lines(r.MustSay) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

var stateLike = regexp.MustCompile(`^[A-Z]{2}$`)

// mayBuild are the people who use the letters: insured people and the desk.
func mayBuild(by actor.Actor) error {
	if by.Insured() || by.Desk() {
		return nil
	}
	return fault.NotFound
}

const ruleColumns = `SELECT r.id, r.state, r.holds, r.min_days, r.takes_effect, r.mailing, r.must_say, r.note, r.source, r.source_url, r.checked_on, r.version,
	coalesce(u.name, '') AS changed_by FROM mailing_rules r LEFT JOIN users u ON u.id = r.changed_by `

// RuleFor is the rule a letter in a state follows: its own if it holds, else the general
// one. For insured people and the desk.
func (s *Service) RuleFor(ctx context.Context, by actor.Actor, state string) (r Rule, err error) {
	if err := mayBuild(by); err != nil {
		return r, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(ruleColumns+`WHERE r.holds AND r.state IN (?, '') ORDER BY r.state DESC LIMIT 1`, state).Take(&r).Error
	})
	return r, err
}

// Rules are all there are, the general one first, then by state, those that no longer
// hold included. For managers.
func (s *Service) Rules(ctx context.Context, by actor.Actor) (all []Rule, err error) {
	if !by.Is(actor.Manager) {
		return nil, fault.NotFound
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(ruleColumns + `ORDER BY r.state`).Scan(&all).Error
	})
	return all, err
}

// RuleAs is one state's rule as it stands, to be edited: Version 0 where there is none.
// state "" is the general one. For managers.
func (s *Service) RuleAs(ctx context.Context, by actor.Actor, state string) (r Rule, err error) {
	if !by.Is(actor.Manager) {
		return r, fault.NotFound
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		r, err = ruleOf(q, state)
		return err
	})
	return r, err
}

// ruleOf reads one state's rule; Version 0: there is none.
func ruleOf(q *gorm.DB, state string) (r Rule, err error) {
	var all []Rule
	if err = q.Raw(ruleColumns+`WHERE r.state = ?`, state).Scan(&all).Error; err != nil {
		return r, err
	}
	if len(all) == 0 {
		return Rule{State: state, Holds: true, MinDays: leastDays, TakesEffect: AtEnd}, nil
	}
	return all[0], nil
}
