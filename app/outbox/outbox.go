// Package outbox keeps promises of later work, made in the transaction that needs
// them. One row is one promise; the relay in jobs brings it to its queue.
package outbox

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
)

// Channel is what the relay listens to.
const Channel = "outbox"

// Job is the arguments of one piece of later work: identifiers, never content.
type Job interface {
	Kind() string  // stable, as "ticket:assign"
	Queue() string // critical, urgent, routine, notify or low
}

// Promise makes a promise to be kept as soon as may be after tx commits. now is the
// room's now.
func Promise(tx *gorm.DB, now time.Time, job Job) error { return PromiseAt(tx, job, now) }

// PromiseAt makes a promise to be kept at a time, or soon after.
func PromiseAt(tx *gorm.DB, job Job, at time.Time) error {
	args, err := json.Marshal(job)
	if err != nil {
		return err
	}
	err = tx.Exec(`INSERT INTO outbox (kind, queue, args, run_at) VALUES (?, ?, ?, ?)`,
		job.Kind(), job.Queue(), string(args), at).Error
	if err != nil {
		return err
	}
	database.Notify(tx, Channel, "")
	return nil
}

// Begin says whether the promise a job acts on is still open, and closes it with
// tx. Not fresh: the work has been done before, and there is nothing to do. A job
// that no promise made (the clock's) is always fresh.
func Begin(tx *gorm.DB, by actor.Actor, now time.Time) (fresh bool, err error) {
	if by.Promise == 0 {
		return true, nil
	}
	done := tx.Exec(`UPDATE outbox SET done_at = ?, last_error = NULL WHERE id = ? AND done_at IS NULL`, now, by.Promise)
	return done.RowsAffected == 1, done.Error
}

// Drop closes a promise that is not to be kept: no queue brings it to anybody again,
// and it is not sent again. It says whether the promise was still open.
func Drop(tx *gorm.DB, now time.Time, id int64) (open bool, err error) {
	done := tx.Exec(`UPDATE outbox SET done_at = ?, last_error = 'dropped' WHERE id = ? AND done_at IS NULL`, now, id)
	return done.RowsAffected == 1, done.Error
}
