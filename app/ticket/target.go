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
	MetAt     *time.Time
	ToldAt    *time.Time
}

const targetColumns = `id, kind, urgency, minutes, started_at, due_at, left_us, met_at, told_at`

// left is what is left of the promise, less what was used of it, when it goes on
// under the ticket's urgency; negative when late.
func (r target) left(t *Ticket, times desk.Times, left time.Duration) (minutes int, goesOn time.Duration) {
	if r.Urgency == t.Urgency {
		return r.Minutes, left
	}
	minutes = times.Minutes(string(t.Urgency))
	return minutes, left + time.Duration(minutes-r.Minutes)*time.Minute
}

func running(tx *gorm.DB, ticketID int64) (*target, error) {
	var r target
	err := tx.Raw(`SELECT `+targetColumns+` FROM targets
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
	return insertTarget(tx, t, times, kind, minutes, time.Duration(minutes)*time.Minute, nil, now)
}

// insertTarget writes a promise with so much left. One that is late is due at once;
// if its lateness has been told before (told), it is not told again.
func insertTarget(tx *gorm.DB, t *Ticket, times desk.Times, kind string, minutes int, left time.Duration, told *time.Time, now time.Time) error {
	due := now
	if left > 0 {
		told = nil
		var err error
		if due, err = times.Calendar.Add(now, left); err != nil {
			return err
		}
	}
	return tx.Exec(`INSERT INTO targets (ticket_id, kind, urgency, minutes, started_at, due_at, told_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		t.ID, kind, t.Urgency, minutes, now, due.UTC(), told).Error
}

// meet closes the running promise, or the one that a pause stopped: the physician was
// answered.
func meet(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE targets SET met_at = ? WHERE ticket_id = ? AND met_at IS NULL AND (ended_at IS NULL OR left_us IS NOT NULL
		AND id = (SELECT id FROM targets WHERE ticket_id = ? ORDER BY started_at DESC, id DESC LIMIT 1))`, now, t.ID, t.ID).Error
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

// resumeTarget goes on with the promise that a pause stopped, if there is one and it
// was not met meanwhile. A new urgency counts from here.
func resumeTarget(tx *gorm.DB, t *Ticket, now time.Time) (resumed bool, err error) {
	var last target
	err = tx.Raw(`SELECT `+targetColumns+` FROM targets
		WHERE ticket_id = ? ORDER BY started_at DESC, id DESC LIMIT 1`, t.ID).Take(&last).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil || last.LeftUS == nil || last.MetAt != nil {
		return false, err
	}
	times, err := desk.TimesOf(tx, t.DeskID)
	if err != nil {
		return false, err
	}
	minutes, left := last.left(t, times, time.Duration(*last.LeftUS)*time.Microsecond)
	return true, insertTarget(tx, t, times, last.Kind, minutes, left, last.ToldAt, now)
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
	minutes, left := r.left(t, times, times.Calendar.Between(now, r.DueAt))
	if err := tx.Exec(`UPDATE targets SET ended_at = ? WHERE id = ?`, now, r.ID).Error; err != nil {
		return err
	}
	return insertTarget(tx, t, times, r.Kind, minutes, left, r.ToldAt, now)
}

// endTarget drops the running promise: the ticket was resolved without an answer.
func endTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE targets SET ended_at = ? WHERE ticket_id = ? AND ended_at IS NULL AND met_at IS NULL`, now, t.ID).Error
}

// idleDays is when a ticket with neither a promise nor a deadline is next looked at.
const idleDays = 90

// redue writes what is due next: the earlier of our running promise and the caller's
// own clock; with neither, ninety days after the ticket was opened (rules, A ticket).
func redue(tx *gorm.DB, ticketID int64) error {
	return tx.Exec(`
		UPDATE tickets t SET next_due_at = coalesce(least(r.due_at, t.caller_deadline), t.opened_at + make_interval(days => ?)),
			due_kind = CASE WHEN r.due_at IS NOT NULL AND (t.caller_deadline IS NULL OR r.due_at <= t.caller_deadline) THEN 'target'
				WHEN t.caller_deadline IS NOT NULL THEN 'caller' ELSE 'none' END
		FROM (SELECT ?::bigint AS id) x LEFT JOIN targets r ON r.ticket_id = x.id AND r.ended_at IS NULL AND r.met_at IS NULL
		WHERE t.id = x.id`, idleDays, ticketID).Error
}
