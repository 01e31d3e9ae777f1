package ticket

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/desk"
)

// A target is our promise while it runs. Its row never moves: a pause or a new
// urgency ends it, and another goes on with what was left.
type target struct {
	ID        int64
	Kind      string
	Urgency   Urgency
	Minutes   int
	StartedAt time.Time
	DueAt     time.Time
	LeftUS    *int64 `gorm:"column:left_us"`
}

func running(tx *gorm.DB, ticketID int64) (*target, error) {
	var r target
	err := tx.Raw(`SELECT id, kind, urgency, minutes, started_at, due_at FROM targets
		WHERE ticket_id = ? AND ended_at IS NULL AND met_at IS NULL`, ticketID).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &r, err
}

// startTarget begins a promise of a kind, unless one runs.
func startTarget(tx *gorm.DB, t *Ticket, kind string, now time.Time) error {
	if r, err := running(tx, t.ID); err != nil || r != nil {
		return err
	}
	times, err := desk.TimesOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	minutes := times.Minutes(string(t.Urgency))
	return insertTarget(tx, t, times, kind, minutes, time.Duration(minutes)*time.Minute, now)
}

func insertTarget(tx *gorm.DB, t *Ticket, times desk.Times, kind string, minutes int, left time.Duration, now time.Time) error {
	due := now
	if left > 0 {
		var err error
		if due, err = times.Calendar.Add(now, left); err != nil {
			return err
		}
	}
	return tx.Exec(`INSERT INTO targets (ticket_id, kind, urgency, minutes, started_at, due_at) VALUES (?, ?, ?, ?, ?, ?)`,
		t.ID, kind, t.Urgency, minutes, now, due.UTC()).Error
}

// meet closes the running promise: the physician was answered.
func meet(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE targets SET met_at = ? WHERE ticket_id = ? AND ended_at IS NULL AND met_at IS NULL`, now, t.ID).Error
}

// pauseTarget stops the running promise while the physician has the ticket.
func pauseTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	r, err := running(tx, t.ID)
	if err != nil || r == nil {
		return err
	}
	times, err := desk.TimesOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	left := times.Calendar.Between(now, r.DueAt)
	return tx.Exec(`UPDATE targets SET ended_at = ?, left_us = ? WHERE id = ?`, now, left.Microseconds(), r.ID).Error
}

// resumeTarget goes on with the promise that a pause stopped, if there is one.
func resumeTarget(tx *gorm.DB, t *Ticket, now time.Time) (resumed bool, err error) {
	var last target
	err = tx.Raw(`SELECT id, kind, urgency, minutes, started_at, due_at, left_us FROM targets
		WHERE ticket_id = ? ORDER BY started_at DESC, id DESC LIMIT 1`, t.ID).Take(&last).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil || last.LeftUS == nil {
		return false, err
	}
	times, err := desk.TimesOf(tx, t.DeskID)
	if err != nil {
		return false, err
	}
	return true, insertTarget(tx, t, times, last.Kind, last.Minutes, time.Duration(*last.LeftUS)*time.Microsecond, now)
}

// retarget gives the running promise the length of the ticket's new urgency, less
// what was used of it.
func retarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	r, err := running(tx, t.ID)
	if err != nil || r == nil {
		return err
	}
	times, err := desk.TimesOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	left := times.Calendar.Between(now, r.DueAt)
	used := time.Duration(r.Minutes)*time.Minute - left
	if err := tx.Exec(`UPDATE targets SET ended_at = ? WHERE id = ?`, now, r.ID).Error; err != nil {
		return err
	}
	minutes := times.Minutes(string(t.Urgency))
	return insertTarget(tx, t, times, r.Kind, minutes, time.Duration(minutes)*time.Minute-used, now)
}

// endTarget drops the running promise: the ticket was resolved without an answer.
func endTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE targets SET ended_at = ? WHERE ticket_id = ? AND ended_at IS NULL AND met_at IS NULL`, now, t.ID).Error
}

// redue writes what is due next: the earlier of our running promise and the caller's
// own clock; with neither, ninety days after the ticket was opened (rules, A ticket).
func redue(tx *gorm.DB, ticketID int64) error {
	return tx.Exec(`
		UPDATE tickets t SET next_due_at = coalesce(least(r.due_at, t.caller_deadline), t.opened_at + interval '90 days'),
			due_kind = CASE WHEN r.due_at IS NOT NULL AND (t.caller_deadline IS NULL OR r.due_at <= t.caller_deadline) THEN 'target'
				WHEN t.caller_deadline IS NOT NULL THEN 'caller' ELSE 'none' END
		FROM (SELECT ?::bigint AS id) x LEFT JOIN targets r ON r.ticket_id = x.id AND r.ended_at IS NULL AND r.met_at IS NULL
		WHERE t.id = x.id`, ticketID).Error
}
