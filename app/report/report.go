// Package report answers what a manager asks of the past: who carries what, what came
// in, what went out, and how long people waited. It reads anything and writes nothing,
// except that whoever takes a list away is recorded.
//
// Where a ticket stood at an instant is read from its spans (who held it from when
// until when, when it waited on the physician, when it was resolved), so that a report
// about last spring says what was so last spring.
package report

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
)

// Service is the room.
type Service struct {
	db      *database.DB
	now     database.Clock
	leaving chan struct{} // exports under way
}

// exportsAtOnce keeps exports, each of which reads for as long as somebody downloads,
// from taking every connection.
const exportsAtOnce = 2

// New makes the room.
func New(db *database.DB) *Service {
	return &Service{db: db, now: db.Now, leaving: make(chan struct{}, exportsAtOnce)}
}

// read runs f at one instant over what a manager asks about.
func (s *Service) read(ctx context.Context, by actor.Actor, in Query, f func(a *asked) error) error {
	if !by.Is(actor.Manager) {
		return fault.NotFound
	}
	return s.db.Snapshot(ctx, func(q *gorm.DB) error {
		// Plans made for any range at all are the wrong ones for most; and a report reads
		// more at once, and may take longer, than a page of the desk.
		err := q.Exec(`SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true),
			set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true), set_config('statement_timeout', '20s', true)`).Error
		if err != nil {
			return err
		}
		a, err := ask(q, by, in, s.now())
		if err != nil {
			return err
		}
		return f(a)
	})
}
