package ticket

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
)

// breachBatch is how many missed promises one tick takes up; the next takes more.
const breachBatch = 200

// FindOverdue promises word of each target that was missed and not told yet. The
// clock's, each tick; it says how many.
func (s *Service) FindOverdue(ctx context.Context) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var due []OverdueJob
		err := tx.Raw(`UPDATE targets SET told_at = ? WHERE id IN (
				SELECT id FROM targets WHERE ended_at IS NULL AND met_at IS NULL AND told_at IS NULL AND due_at < ?
				ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED)
			RETURNING ticket_id, id AS target_id`, now, now, breachBatch).Scan(&due).Error
		if err != nil {
			return err
		}
		n = len(due)
		for _, job := range due {
			if err := outbox.Promise(tx, now, job); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// TellOverdue writes to the holder of a ticket whose promise was missed, or to the
// managers while nobody holds it. Once per target; one that was met meanwhile is
// left alone.
func (s *Service) TellOverdue(ctx context.Context, by actor.Actor, ticketID, targetID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var row struct {
			Number     string
			DeskID     int64
			AssigneeID *int64
			Late       bool
			DueAt      time.Time
		}
		err := tx.Raw(`SELECT t.number, t.desk_id, t.assignee_id, g.due_at,
				g.met_at IS NULL AND g.ended_at IS NULL AND g.due_at < ? AND t.status IN ('unassigned', 'assigned') AS late
			FROM targets g JOIN tickets t ON t.id = g.ticket_id WHERE g.id = ? AND t.id = ? FOR UPDATE OF t`, now, targetID, ticketID).Take(&row).Error
		if err != nil || !row.Late {
			return err
		}
		people := []int64{orZero(row.AssigneeID)}
		if row.AssigneeID == nil {
			err := tx.Raw(`SELECT u.id FROM users u JOIN tickets t ON t.id = ? WHERE u.role = 'manager' AND u.state = 'active'
				AND (NOT t.restricted OR EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = u.id))
				ORDER BY u.id`, ticketID).Scan(&people).Error
			if err != nil {
				return err
			}
		}
		for _, id := range people {
			if err := letter.Post(tx, now, letter.Overdue, ticketID, id, targetID, row.Number); err != nil {
				return err
			}
		}
		live.Say(tx, "ticket", ticketID, row.DeskID)
		return audit.Record(tx, by, now, "ticket.overdue", audit.Ticket(ticketID), audit.Detail{"target": targetID, "holder": row.AssigneeID, "due": row.DueAt})
	})
}
