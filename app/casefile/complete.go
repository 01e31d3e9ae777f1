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

// Complete says that a step is done. Staff of the desk say it of any step; the
// physician, and who may ask and hear for them, of what is up to their side. Twice is
// once. Conflict for a step that a newer edition has put aside.
func (s *Service) Complete(ctx context.Context, by actor.Actor, number string, stepID int64) error {
	if !by.Insured() && !by.Desk() {
		return fault.NotFound
	}
	return s.change(ctx, by, number, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error {
		var step struct {
			ID    int64
			Who   string
			Holds bool
		}
		err := tx.Raw(`SELECT p.id, p.who, p.summary_id = (SELECT max(id) FROM summaries WHERE ticket_id = p.ticket_id) AS holds
			FROM steps p WHERE p.id = ? AND p.ticket_id = ?`, stepID, t.ID).Take(&step).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.NotFound
		}
		if err != nil {
			return err
		}
		if by.Insured() {
			v, err := voiceOf(tx, by, t.PhysicianID, now)
			switch {
			case err != nil:
				return err
			case !v.Hears:
				return fault.NotFound
			case !v.Speaks:
				return notHeard
			case step.Who == Us:
				return fault.Say(fault.Forbidden, "That step is ours. If it is done and does not say so, write to us.")
			}
		} else if err := ticket.Converses(by, t); err != nil {
			return err
		}
		if !step.Holds {
			return fault.Say(fault.Conflict, "A newer edition of the summary has other steps. Look there.")
		}
		done := tx.Exec(`INSERT INTO step_completions (step_id, ticket_id, done_by, role, done_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, step.ID, t.ID, by.ID, string(by.Role), now)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return audit.Record(tx, by, now, "ticket.step_done", audit.Ticket(t.ID), audit.Detail{"step": step.ID, "who": step.Who})
	})
}
