package ticket

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/routing"
)

// give moves a locked ticket to a holder. It closes the span of who held it before.
func give(tx *gorm.DB, by actor.Actor, t *Ticket, to int64, how, reason string, considered []routing.Considered, now time.Time) (assignment int64, err error) {
	if err := letGo(tx, t, now); err != nil {
		return 0, err
	}
	err = tx.Exec(`UPDATE tickets SET assignee_id = ?, status = CASE WHEN status = 'with_physician' THEN status ELSE 'assigned' END,
		assigned_at = ?, preferred_id = NULL, resolved_at = NULL WHERE id = ?`, to, now, t.ID).Error
	if err != nil {
		return 0, err
	}
	var candidates *string
	if len(considered) > 0 {
		text, err := json.Marshal(considered)
		if err != nil {
			return 0, err
		}
		s := string(text)
		candidates = &s
	}
	var giver *int64
	if by.ID != 0 {
		giver = &by.ID
	}
	err = tx.Raw(`INSERT INTO assignments (ticket_id, user_id, from_at, how, given_by, reason, candidates)
		VALUES (?, ?, ?, ?, ?, ?, ?::jsonb) RETURNING id`, t.ID, to, now, how, giver, reason, candidates).Scan(&assignment).Error
	t.AssigneeID = &to
	if t.Status != WithPhysician {
		t.Status = Assigned
	}
	return assignment, err
}

// letGo closes the span of whoever holds the ticket.
func letGo(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE assignments SET until_at = ? WHERE ticket_id = ? AND until_at IS NULL`, now, t.ID).Error
}

// putBack leaves a locked ticket without a holder, waiting for the router, which
// prefers who had it.
func putBack(tx *gorm.DB, t *Ticket, prefer *int64, now time.Time) error {
	if err := letGo(tx, t, now); err != nil {
		return err
	}
	t.AssigneeID, t.Status = nil, Unassigned
	return tx.Exec(`UPDATE tickets SET assignee_id = NULL, status = 'unassigned', assigned_at = NULL, resolved_at = NULL, preferred_id = ? WHERE id = ?`,
		prefer, t.ID).Error
}
