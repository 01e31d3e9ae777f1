package ticket

import (
	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/fault"
)

// Since is a conflict: what happened on the ticket after the page was read.
type Since struct {
	Entries []audit.Entry
}

func (s *Since) Error() string { return "conflict: the ticket moved on since the page was read" }
func (s *Since) Unwrap() error { return fault.Conflict }

// Entries that never stand in anybody's way.
const quiet = `('ticket.note_kept', 'ticket.cited', 'ticket.overdue', 'ticket.due_soon', 'ticket.escalated', 'ticket.accepted', 'ticket.unaccepted', 'ticket.stranded', 'ticket.read_along',
	'ticket.recalled', 'ticket.recall_settled', 'letter.cleared',
	'ticket.summary_confirmed', 'ticket.correction_kept', 'ticket.step_done', 'ticket.step_due')`

// Entries that a message must not cross.
const conversation = `('ticket.message_sent', 'ticket.answered', 'ticket.call_logged', 'ticket.opened', 'ticket.summary_sent', 'ticket.summary_corrected')`

// unmoved refuses a change of state when the ticket moved on after entry seen (0:
// the caller did not say what they had read, and is not checked).
func unmoved(tx *gorm.DB, t *Ticket, seen int64) error {
	return since(tx, t, seen, "action NOT IN "+quiet)
}

// uncrossed refuses a message when another message or a call came after entry seen.
func uncrossed(tx *gorm.DB, t *Ticket, seen int64) error {
	return since(tx, t, seen, "action IN "+conversation)
}

func since(tx *gorm.DB, t *Ticket, seen int64, which string) error {
	if seen <= 0 {
		return nil
	}
	var entries []audit.Entry
	err := tx.Raw(`SELECT id, seq, at, actor_id, role, job, action, detail FROM record
		WHERE kind = 'ticket' AND subject_id = ? AND seq > ? AND `+which+` ORDER BY seq LIMIT 20`, t.ID, seen).Scan(&entries).Error
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return &Since{Entries: entries}
	}
	return nil
}
