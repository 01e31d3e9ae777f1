package whatif

import (
	"context"
	_ "embed"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/routing"
)

// past is a period as it was, read at one instant.
type past struct {
	ground *Ground
	world  routing.World
	asOf   time.Time
	counts Counts
	failed Failure
}

// mostCases is how many tickets are played at once: more would take longer than a job
// may, and more memory than a worker should.
const mostCases = 200_000

var (
	//go:embed world.sql
	worldSQL string
	//go:embed world_people.sql
	peopleSQL string
)

// load reads the period. What is not kept of the past is taken as it is today: the
// policy, promises, calendar, capacities, skills and usual weeks.
func (s *Service) load(ctx context.Context, r Replay) (*past, error) {
	p := &past{asOf: s.now()}
	err := s.db.Snapshot(ctx, func(q *gorm.DB) error {
		err := q.Exec(`SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true),
			set_config('statement_timeout', '60s', true)`).Error
		if err != nil {
			return err
		}
		if p.ground, err = groundOf(q, r.DeskID); err != nil {
			return err
		}
		zone := p.ground.Times.Zone
		p.world = routing.World{Calendar: p.ground.Times.Calendar, From: midnight(r.From, zone), To: midnight(r.To, zone),
			Clock: p.ground.clock(), Policy: p.ground.Policy}
		if p.asOf.Before(p.world.To) {
			p.world.To = p.asOf
		}
		vars := map[string]any{"desk": r.DeskID, "begin": p.world.From, "until": p.world.To,
			"first": calendar.DayOf(p.world.From.AddDate(0, 0, -3), zone).String(), "last": calendar.DayOf(p.world.To.AddDate(0, 0, 3), zone).String()}
		var n int
		if err := q.Raw(`SELECT count(*) FROM tickets WHERE desk_id = @desk AND opened_at >= @begin AND opened_at < @until `, vars).Scan(&n).Error; err != nil {
			return err
		}
		if n > mostCases {
			p.failed = TooMany
			return nil
		}
		if err := p.people(q, vars); err != nil {
			return err
		}
		if err := p.cases(q, vars); err != nil {
			return err
		}
		p.counts.OnCall = n - len(p.world.Cases)
		if len(p.world.Cases) == 0 {
			p.failed = NothingThere
			return nil
		}
		return q.Raw(`SELECT count(*) FROM tickets t WHERE t.desk_id = @desk AND t.opened_at < @begin AND coalesce(t.resolved_at, 'infinity'::timestamptz) >= @begin
			AND NOT EXISTS (SELECT FROM assignments a WHERE a.ticket_id = t.id AND a.from_at < @begin )`, vars).Scan(&p.counts.Waiting).Error
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// clock are the promises of a first answer in force.
func (g *Ground) clock() routing.Promises {
	clock := routing.Promises{}
	for _, urgency := range desk.Urgencies {
		p, _ := g.Promise("", urgency)
		clock[routing.PromiseKey{Urgency: urgency}] = routing.PromiseTime{Minutes: p.Minutes, Always: p.Always}
	}
	for _, p := range g.OwnTopics() {
		clock[routing.PromiseKey{Topic: p.Topic, Urgency: p.Urgency}] = routing.PromiseTime{Minutes: p.Minutes, Always: p.Always}
	}
	return clock
}
