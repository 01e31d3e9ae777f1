package operations

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// The states of a task that did not succeed.
const (
	Retry    = "retry"    // it is tried again by itself
	Archived = "archived" // it was tried often enough, and waits for a person
)

// Task is a task that did not succeed, as a worker saw it in its queue.
type Task struct {
	Queue     string     `json:"queue"`
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state"`
	Retried   int        `json:"retried"`
	MaxRetry  int        `json:"max_retry"`
	LastError string     `json:"last_error"` // its kind and place, never what anybody typed
	FailedAt  *time.Time `json:"failed_at"`
	NextAt    *time.Time `json:"next_at"`    // nil: nobody tries it again by itself
	PromiseID *int64     `json:"promise_id"` // nil: the clock's own
}

// SawTasks notes which tasks a worker found that did not succeed, in place of those
// found before.
func (s *Service) SawTasks(ctx context.Context, found []Task) error {
	if found == nil {
		found = []Task{}
	}
	all, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		// One worker at a time: two that write all of it would wait for each other.
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(hashtext('tasks_seen'))`).Error; err != nil {
			return err
		}
		err := tx.Exec(`DELETE FROM tasks_seen t WHERE NOT EXISTS (
			SELECT FROM jsonb_to_recordset(?::jsonb) AS n (queue text, id text) WHERE n.queue = t.queue AND n.id = t.id)`, string(all)).Error
		if err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO tasks_seen AS t (queue, id, kind, state, retried, max_retry, last_error, failed_at, next_at, promise_id)
			SELECT queue, id, kind, state, retried, max_retry, last_error, failed_at, next_at, promise_id FROM jsonb_to_recordset(?::jsonb)
				AS n (queue text, id text, kind text, state text, retried int, max_retry int, last_error text, failed_at timestamptz, next_at timestamptz, promise_id bigint)
			ON CONFLICT (queue, id) DO UPDATE SET state = excluded.state, retried = excluded.retried, max_retry = excluded.max_retry,
				last_error = excluded.last_error, failed_at = excluded.failed_at, next_at = excluded.next_at
			WHERE (t.state, t.retried, t.failed_at, t.next_at) IS DISTINCT FROM (excluded.state, excluded.retried, excluded.failed_at, excluded.next_at)`,
			string(all)).Error
	})
}

// Task reads one task that did not succeed, before it is deleted. Administrators.
func (s *Service) Task(ctx context.Context, by actor.Actor, queue, id string) (Task, error) {
	if !by.Is(actor.Administrator) {
		return Task{}, fault.NotFound
	}
	var found []Task
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		found, err = tasks(q, "queue = ? AND id = ?", queue, id)
		return err
	})
	switch {
	case err != nil:
		return Task{}, err
	case len(found) == 0:
		return Task{}, fault.NotFound
	}
	return found[0], nil
}

func tasks(q *gorm.DB, where string, args ...any) (found []Task, err error) {
	err = q.Raw(`SELECT queue, id, kind, state, retried, max_retry, last_error, failed_at, next_at, promise_id FROM tasks_seen
		WHERE `+where+` ORDER BY state, CASE state WHEN 'archived' THEN failed_at ELSE next_at END, queue, id LIMIT ?`,
		append(args, atMost)...).Scan(&found).Error
	return found, err
}
