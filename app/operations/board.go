package operations

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Board is everything the operations page shows: identifiers, kinds and times, never
// what a ticket says, what a task carries or where a letter goes.
type Board struct {
	State
	Tasks   []Task   // set aside, then those being tried again: atMost of them
	Refused []Letter // newest first: atMost of them
	Sweeps  []Sweep
	Orders  []Order // open ones, and the last that were carried out
}

// Letter is a letter that no server would take.
type Letter struct {
	ID        int64
	Kind      string
	About     string     // the number it is about
	Role      actor.Role // of the person it was for
	RefusedAt time.Time
	Why       string // the kind of refusal
}

// atMost is how much of one list is shown at once.
const atMost = 100

// Show reads how the machine is. Administrators and managers.
func (s *Service) Show(ctx context.Context, by actor.Actor) (Board, error) {
	if !by.Is(actor.Administrator, actor.Manager) {
		return Board{}, fault.NotFound
	}
	state, err := s.State(ctx)
	if err != nil {
		return Board{}, err
	}
	b := Board{State: state}
	err = s.db.Read(ctx, func(q *gorm.DB) (err error) {
		if b.Tasks, err = tasks(q, "true"); err != nil {
			return err
		}
		if err = q.Raw(`SELECT l.id, l.kind, l.about, u.role, l.refused_at, l.refused_why AS why
			FROM letters l JOIN users u ON u.id = l.recipient_id
			WHERE l.refused_at IS NOT NULL ORDER BY l.refused_at DESC LIMIT ?`, atMost).Scan(&b.Refused).Error; err != nil {
			return err
		}
		if err = q.Raw(`SELECT kind, at, found, took_ms FROM sweeps ORDER BY kind`).Scan(&b.Sweeps).Error; err != nil {
			return err
		}
		b.Orders, err = recent(q, state.Now)
		return err
	})
	return b, err
}
