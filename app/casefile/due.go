package casefile

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/letter"
	"hotline/app/outbox"
	"hotline/app/ticket"
)

// StepDueJob tells whose a step is that its day has come.
type StepDueJob struct {
	StepID int64 `json:"step_id"`
}

func (StepDueJob) Kind() string  { return "casefile:step_due" }
func (StepDueJob) Queue() string { return "low" }

// TellStepDue writes to whose a step is, if it is still to be done: on our side to
// whoever holds the ticket then, on theirs to the physician and who may hear for them.
// A step that is done, or that a newer edition has put aside, is left alone.
func (s *Service) TellStepDue(ctx context.Context, by actor.Actor, stepID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var step struct{ Number, Who string }
		if err := tx.Raw(`SELECT t.number, p.who FROM steps p JOIN tickets t ON t.id = p.ticket_id WHERE p.id = ?`, stepID).Take(&step).Error; err != nil {
			return err
		}
		t, err := ticket.Locked(tx, by, step.Number, now)
		if err != nil {
			return err
		}
		var open bool
		if err := tx.Raw(`SELECT EXISTS (SELECT FROM steps p WHERE p.id = ? AND NOT EXISTS (SELECT FROM step_completions d WHERE d.step_id = p.id)
			AND p.summary_id = (SELECT max(id) FROM summaries WHERE ticket_id = p.ticket_id))`, stepID).Take(&open).Error; err != nil || !open {
			return err
		}
		if err := tellStep(tx, t, step.Who, stepID, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.step_due", audit.Ticket(t.ID), audit.Detail{"step": stepID, "who": step.Who, "holder": t.AssigneeID})
	})
}

func tellStep(tx *gorm.DB, t *ticket.Ticket, who string, stepID int64, now time.Time) error {
	tell := ticket.Readers
	if who == Us {
		tell = ticket.Minders
	}
	people, err := tell(tx, t, now)
	if err != nil {
		return err
	}
	for _, id := range people {
		if err := letter.Post(tx, now, letter.StepDue, t.ID, id, stepID, t.Number); err != nil {
			return err
		}
	}
	return nil
}
