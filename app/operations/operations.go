// Package operations is how the machine is: which workers live, how long the queues
// are, what the outbox owes, whether the record is sealed. The worker writes it, so
// that the web process never needs to talk to Redis.
package operations

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/outbox"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// Queues are the queues there are, most pressing first.
var Queues = []string{"critical", "urgent", "routine", "notify", "low"}

// Queue is how long one queue is, and how much of it is stuck.
type Queue struct {
	Name      string
	Pending   int
	Active    int
	Scheduled int
	Retry     int
	Archived  int
	Paused    bool
	OldestAt  *time.Time // since when the oldest pending task waits; nil: none does
	SeenAt    time.Time
}

// Worker is one process that works, or did.
type Worker struct {
	ID        string
	Version   string
	StartedAt time.Time
	SeenAt    time.Time
}

// Alive is how long after its last beat a worker counts as there.
const Alive = 30 * time.Second

// Beat notes that a worker is there.
func (s *Service) Beat(ctx context.Context, w Worker) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		err := tx.Exec(`INSERT INTO workers (id, version, started_at, seen_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`, w.ID, w.Version, w.StartedAt, now).Error
		if err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM workers WHERE seen_at < ?`, now.Add(-24*time.Hour)).Error
	})
}

// Saw notes how long a worker found the queues.
func (s *Service) Saw(ctx context.Context, queues []Queue) error {
	// In one order, or two workers would wait for each other.
	slices.SortFunc(queues, func(a, b Queue) int { return strings.Compare(a.Name, b.Name) })
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		for _, q := range queues {
			err := tx.Exec(`INSERT INTO queues (name, pending, active, scheduled, retry, archived, paused, oldest_at, seen_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (name) DO UPDATE SET pending = excluded.pending, active = excluded.active, scheduled = excluded.scheduled,
					retry = excluded.retry, archived = excluded.archived, paused = excluded.paused, oldest_at = excluded.oldest_at, seen_at = excluded.seen_at`,
				q.Name, q.Pending, q.Active, q.Scheduled, q.Retry, q.Archived, q.Paused, q.OldestAt, now).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Gone notes that a worker left.
func (s *Service) Gone(ctx context.Context, id string) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error { return tx.Exec(`DELETE FROM workers WHERE id = ?`, id).Error })
}

// Ready says whether work asked for now will be done: the database answers and a
// worker was seen within Alive. It says what is missing, in words for an operator.
func (s *Service) Ready(ctx context.Context) (missing string, err error) {
	var seen bool
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT EXISTS (SELECT FROM workers WHERE seen_at > ?)`, s.now().Add(-Alive)).Scan(&seen).Error
	})
	switch {
	case err != nil:
		return "the database does not answer", err
	case !seen:
		return "no worker was seen in the last 30 seconds", nil
	}
	return "", nil
}

// State is how the machine is, in numbers.
type State struct {
	Workers []Worker
	Queues  []Queue
	Lag     outbox.Lag
	Letters struct {
		Waiting int
		Oldest  *time.Time
	}
	Seal *audit.Sealed
	Now  time.Time
}

// State reads how the machine is, for the metrics and the checks of the program.
func (s *Service) State(ctx context.Context) (State, error) {
	st := State{Now: s.now()}
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		if err = q.Raw(`SELECT id, version, started_at, seen_at FROM workers ORDER BY started_at`).Scan(&st.Workers).Error; err != nil {
			return err
		}
		if err = q.Raw(`SELECT name, pending, active, scheduled, retry, archived, paused, oldest_at, seen_at FROM queues
			ORDER BY array_position(ARRAY['critical', 'urgent', 'routine', 'notify', 'low'], name)`).Scan(&st.Queues).Error; err != nil {
			return err
		}
		if st.Lag, err = outbox.LagNow(q, st.Now); err != nil {
			return err
		}
		if err = q.Raw(`SELECT count(*) AS waiting, min(made_at) AS oldest FROM letters WHERE sent_at IS NULL AND refused_at IS NULL`).Scan(&st.Letters).Error; err != nil {
			return err
		}
		st.Seal, err = audit.LastSeal(q)
		return err
	})
	return st, err
}

// Seal seals what moved in the record since the last seal, under a key, however much
// that is. What moves meanwhile waits for the next time.
func (s *Service) Seal(ctx context.Context, key []byte) error {
	for {
		var sealed int
		err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
			_, sealed, err = audit.Seal(tx, s.now(), key)
			return err
		})
		if err != nil || sealed < audit.SealAtMost {
			return err
		}
	}
}

// Prune lets go of promises kept more than thirty days ago, some at a time.
func (s *Service) Prune(ctx context.Context) error {
	for {
		var gone int64
		err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
			gone, err = outbox.Prune(tx, s.now().AddDate(0, 0, -30), 1000)
			return err
		})
		if err != nil || gone < 1000 {
			return err
		}
	}
}
