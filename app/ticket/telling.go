package ticket

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
)

// TellDueSoon writes to the holder of a ticket with a promise that is soon due. Once
// per target; one that was met or missed meanwhile is left alone.
//
// Here and in TellOverdue: to their deputy while they are away, to the managers while
// nobody holds it or stands in. Inside their hours, unless it is critical: outside, the
// same promise is made again for when these begin. To the managers too where the holder
// is no consultant of the desk any more.
func (s *Service) TellDueSoon(ctx context.Context, by actor.Actor, ticketID, targetID int64) error {
	return s.tell(ctx, by, news{WarnJob{ticketID, targetID}, letter.DueSoon, "ticket.due_soon", ""}, ticketID, targetID)
}

// TellOverdue writes to the holder of a ticket whose promise was missed. Once per
// target; one that was met meanwhile is left alone.
func (s *Service) TellOverdue(ctx context.Context, by actor.Actor, ticketID, targetID int64) error {
	return s.tell(ctx, by, news{OverdueJob{ticketID, targetID}, letter.Overdue, "ticket.overdue", "told_at"}, ticketID, targetID)
}

// TellEscalated writes to the managers that a promise was missed and nobody moved.
// Once per target. Where somebody moved, the same promise is made again for when nobody
// has for as long as the desk's policy says.
func (s *Service) TellEscalated(ctx context.Context, by actor.Actor, ticketID, targetID int64) error {
	return s.tell(ctx, by, news{EscalateJob{ticketID, targetID}, letter.Escalated, "ticket.escalated", "escalated_at"}, ticketID, targetID)
}

// news is one word about a running promise.
type news struct {
	job            outbox.Job
	letter, action string
	mark           string // the column that says it was taken up, where a row that goes on late takes it over
}

// listeners are who is to hear it. again: nobody now, look again then.
type listeners struct {
	people   []int64
	deputy   int64 // who stands in for the holder
	managers bool
	again    time.Time
}

func (s *Service) tell(ctx context.Context, by actor.Actor, n news, ticketID, targetID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var t Ticket
		if err := tx.Raw("SELECT "+columns+" FROM tickets t WHERE t.id = ? FOR UPDATE OF t", ticketID).Take(&t).Error; err != nil {
			return err
		}
		var r target
		if err := tx.Raw("SELECT "+targetColumns+" FROM targets g"+targetOrigin+" WHERE g.id = ? AND g.ticket_id = ?", targetID, ticketID).Take(&r).Error; err != nil {
			return err
		}
		if !r.runs() {
			return retell(tx, n, &r)
		}
		late := r.DueAt.Before(now)
		if t.Status != Unassigned && t.Status != Assigned || late == (n.letter == letter.DueSoon) {
			return nil
		}
		c, err := clocksOf(tx, t.DeskID)
		if err != nil {
			return err
		}
		to, err := c.listeners(tx, &t, &r, n, now)
		if err != nil {
			return err
		}
		if !to.again.IsZero() {
			return outbox.PromiseAt(tx, n.job, to.again.UTC())
		}
		for _, id := range to.people {
			if err := letter.Post(tx, now, n.letter, t.ID, id, r.ID, t.Number); err != nil {
				return err
			}
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		detail := audit.Detail{"target": r.ID, "kind": r.Kind, "holder": t.AssigneeID, "due": r.DueAt, "managers": to.managers}
		if to.deputy != 0 {
			detail["deputy"] = to.deputy
		}
		return audit.Record(tx, by, now, n.action, audit.Ticket(t.ID), detail)
	})
}

// retell lets the clock take a word up again that was not said before its row ended,
// where another row goes on, or will after a pause, with the mark of that word.
func retell(tx *gorm.DB, n news, r *target) error {
	if n.mark == "" || r.MetAt != nil {
		return nil
	}
	last, resolution, err := latest(tx, r.TicketID)
	if err != nil {
		return err
	}
	if r.Kind == ToBeResolved {
		last = resolution
	}
	if !last.runs() && !last.paused() {
		return nil
	}
	return tx.Exec(`UPDATE targets g SET `+n.mark+` = NULL FROM targets r WHERE g.id = ? AND r.id = ? AND g.`+n.mark+` = r.`+n.mark, last.ID, r.ID).Error
}

// listeners says who is to hear a word about a promise of a locked ticket.
func (c clocks) listeners(tx *gorm.DB, t *Ticket, r *target, n news, now time.Time) (listeners, error) {
	if n.letter == letter.Escalated {
		moved, err := lastMoved(tx, t.ID, r.DueAt)
		if err != nil {
			return listeners{}, err
		}
		if moved != nil {
			again, err := c.Clock(t.Urgency == Critical).Add(*moved, c.patience(t.Urgency))
			if err != nil || again.After(now) {
				return listeners{again: again}, err
			}
		}
		return c.managers(tx, t, now)
	}
	if t.AssigneeID == nil {
		return c.managers(tx, t, now)
	}
	people, err := desk.Roster(tx, t.DeskID, now)
	if err != nil {
		return listeners{}, err
	}
	p, err := minder(tx, t, people)
	if err != nil {
		return listeners{}, err
	}
	if p == nil {
		return c.managers(tx, t, now)
	}
	to := listeners{people: []int64{p.UserID}}
	if !t.HeldBy(p.UserID) {
		to.deputy = p.UserID
	}
	if t.Urgency == Critical || c.Calendar.Open(now) && (p.InShift || p.Extra) {
		return to, nil
	}
	again, found, err := desk.NextHours(tx, t.DeskID, p.UserID, now)
	if err != nil || found {
		return listeners{again: again}, err
	}
	return c.managers(tx, t, now) // nobody knows when they will be there
}

// managers are those who may see the ticket, while the desk is open, or at once where
// it is critical.
func (c clocks) managers(tx *gorm.DB, t *Ticket, now time.Time) (listeners, error) {
	if t.Urgency != Critical && !c.Calendar.Open(now) {
		if again, found := c.Calendar.NextOpen(now); found {
			return listeners{again: again}, nil
		}
	}
	people, err := managersOf(tx, t.ID)
	return listeners{people: people, managers: true}, err
}

// lastMoved is when anybody of the desk last did something to a ticket since its
// promise was missed, or it came to somebody new; nil: nobody.
func lastMoved(tx *gorm.DB, ticketID int64, since time.Time) (at *time.Time, err error) {
	err = tx.Raw(`SELECT max(at) FROM record WHERE kind = 'ticket' AND subject_id = ? AND at >= ?
		AND (role IN ('consultant', 'manager') OR action IN ('ticket.assigned', 'ticket.covered'))`, ticketID, since).Row().Scan(&at)
	return at, err
}

// named says whether a consultant of the desk may see a ticket.
func named(tx *gorm.DB, t *Ticket, userID int64) (bool, error) {
	if !t.Restricted {
		return true, nil
	}
	var sees bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM ticket_named WHERE ticket_id = ? AND user_id = ?)`, t.ID, userID).Scan(&sees).Error
	return sees, err
}

func among(people []desk.Consultant, userID int64) *desk.Consultant {
	i := slices.IndexFunc(people, func(p desk.Consultant) bool { return p.UserID == userID })
	if i < 0 {
		return nil
	}
	return &people[i]
}
