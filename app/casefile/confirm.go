package casefile

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Confirm says that an edition is right. The physician, or somebody who may ask and hear
// for them, which is kept with it. A second yes of the same person is the first one.
// Conflict when a newer edition was sent meanwhile.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, number string, edition int) error {
	return s.speak(ctx, by, number, edition, func(tx *gorm.DB, t *ticket.Ticket, v voice, summaryID int64, now time.Time) error {
		made := tx.Exec(`INSERT INTO summary_confirmations (ticket_id, summary_id, confirmed_by, on_behalf, confirmed_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT ON CONSTRAINT summary_confirmations_once DO NOTHING`, t.ID, summaryID, by.ID, v.OnBehalf, now)
		if made.Error != nil || made.RowsAffected == 0 {
			return made.Error
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return audit.Record(tx, by, now, "ticket.summary_confirmed", audit.Ticket(t.ID),
			audit.Detail{"summary": summaryID, "edition": edition, "on_behalf": v.OnBehalf})
	})
}

// speak does what only the physician's side may do to the edition that holds.
func (s *Service) speak(ctx context.Context, by actor.Actor, number string, edition int,
	do func(tx *gorm.DB, t *ticket.Ticket, v voice, summaryID int64, now time.Time) error) error {
	if !by.Insured() {
		return fault.NotFound
	}
	return s.change(ctx, by, number, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error {
		v, err := voiceOf(tx, by, t.PhysicianID, now)
		if err != nil {
			return err
		}
		var last struct {
			ID      int64
			Edition int
		}
		if err := tx.Raw(`SELECT id, edition FROM summaries WHERE ticket_id = ? ORDER BY edition DESC LIMIT 1`, t.ID).Scan(&last).Error; err != nil {
			return err
		}
		switch {
		case !v.Speaks:
			return notHeard
		case last.ID == 0:
			return fault.Say(fault.Conflict, "There is no summary on this consultation yet.")
		case last.Edition != edition:
			return fault.Say(fault.Conflict, "A newer edition of the summary was sent meanwhile. Read that one first.")
		}
		return do(tx, t, v, last.ID, now)
	})
}
