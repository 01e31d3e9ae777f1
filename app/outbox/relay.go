package outbox

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"
)

// Row is a promise as the relay reads it.
type Row struct {
	ID       int64
	Kind     string
	Queue    string
	Args     json.RawMessage
	Attempt  int
	Failures int
}

// Take locks up to limit promises that are due and not sent, oldest first. Those
// another relay holds are passed over.
func Take(tx *gorm.DB, now time.Time, limit int) ([]Row, error) {
	var rows []Row
	err := tx.Raw(`
		SELECT id, kind, queue, args, attempt, failures FROM outbox
		WHERE sent_at IS NULL AND done_at IS NULL AND run_at <= ?
		ORDER BY run_at, id LIMIT ? FOR UPDATE SKIP LOCKED`, now, limit).Scan(&rows).Error
	return rows, err
}

// Sent marks promises as brought to their queues.
func Sent(tx *gorm.DB, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return tx.Exec("UPDATE outbox SET sent_at = now(), last_error = NULL WHERE id IN ?", ids).Error
}

// Later lets one promise that could not be sent wait by itself: 2, 4, 8 … seconds,
// five minutes at most. why is the kind of error, never its text.
func Later(tx *gorm.DB, row Row, now time.Time, why string) error {
	wait := min(time.Second<<min(row.Failures+1, 9), 5*time.Minute)
	return tx.Exec("UPDATE outbox SET run_at = ?, failures = failures + 1, last_error = ? WHERE id = ?",
		now.Add(wait), why, row.ID).Error
}

// Overdue reads promises sent before a time and still not done.
func Overdue(tx *gorm.DB, sentBefore time.Time, limit int) ([]Row, error) {
	var rows []Row
	err := tx.Raw(`
		SELECT id, kind, queue, args, attempt, failures FROM outbox
		WHERE sent_at < ? AND done_at IS NULL
		ORDER BY sent_at LIMIT ? FOR UPDATE SKIP LOCKED`, sentBefore, limit).Scan(&rows).Error
	return rows, err
}

// Again makes a promise that its queue has forgotten ready to be sent anew, under
// its next attempt.
func Again(tx *gorm.DB, id int64) error {
	return tx.Exec("UPDATE outbox SET sent_at = NULL, attempt = attempt + 1 WHERE id = ? AND done_at IS NULL", id).Error
}

// StillThere notes that a promise was looked for and found in its queue.
func StillThere(tx *gorm.DB, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return tx.Exec("UPDATE outbox SET sent_at = now() WHERE id IN ? AND done_at IS NULL", ids).Error
}

// Prune forgets promises kept before a time, at most limit of them.
func Prune(tx *gorm.DB, doneBefore time.Time, limit int) (int64, error) {
	done := tx.Exec(`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at < ? LIMIT ?)`, doneBefore, limit)
	return done.RowsAffected, done.Error
}

// Lag is how many promises wait to be sent, and since when the oldest was due.
type Lag struct {
	Waiting int64
	Oldest  *time.Time
}

// LagNow reads the lag.
func LagNow(q *gorm.DB, now time.Time) (Lag, error) {
	var lag Lag
	err := q.Raw(`SELECT count(*) AS waiting, min(run_at) AS oldest FROM outbox
		WHERE sent_at IS NULL AND done_at IS NULL AND run_at <= ?`, now).Scan(&lag).Error
	return lag, err
}
