package ticket

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// KeepRead notes that an insured person has read an answer which came after their
// last kept look, within the same half hour: otherwise their list would call it new
// until the half hour is over. Nothing is written when there is no such answer.
func (s *Service) KeepRead(ctx context.Context, by actor.Actor, ticketID int64) error {
	if !by.Insured() {
		return nil
	}
	now := s.now()
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO ticket_views (ticket_id, user_id, half_hour, role, at)
			SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT FROM messages m WHERE m.ticket_id = ? AND NOT m.from_insured
				AND m.sent_at > (SELECT max(v.at) FROM ticket_views v WHERE v.ticket_id = ? AND v.user_id = ?))
			ON CONFLICT (ticket_id, user_id, half_hour) DO NOTHING`,
			ticketID, by.ID, now, string(by.Role), now, ticketID, ticketID, by.ID).Error
	})
}
