package casefile

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Keep says that a correction was read and stands beside the edition, which is left as
// it was said. Consultants of the desk and managers.
func (s *Service) Keep(ctx context.Context, by actor.Actor, number string, correctionID int64) error {
	if !by.Desk() {
		return fault.NotFound
	}
	return s.change(ctx, by, number, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error {
		if err := ticket.Converses(by, t); err != nil {
			return err
		}
		var there bool
		err := tx.Raw(`SELECT true FROM summary_corrections WHERE id = ? AND ticket_id = ?`, correctionID, t.ID).Take(&there).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.NotFound
		}
		if err != nil {
			return err
		}
		kept := tx.Exec(`INSERT INTO corrections_kept (correction_id, ticket_id, kept_by, kept_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, correctionID, t.ID, by.ID, now)
		if kept.Error != nil || kept.RowsAffected == 0 {
			return kept.Error
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return audit.Record(tx, by, now, "ticket.correction_kept", audit.Ticket(t.ID), audit.Detail{"correction": correctionID})
	})
}
