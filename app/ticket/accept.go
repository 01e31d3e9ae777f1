package ticket

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
	"hotline/app/routing"
)

// ManagerAt is at how many times in a row a ticket was not accepted that the managers
// are told.
const ManagerAt = 3

// Accept says that the holder has seen what the router gave them and takes it. So does
// anything else they do to the ticket. Its holder.
func (s *Service) Accept(ctx context.Context, by actor.Actor, number string) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if !t.HeldBy(by.ID) {
			return fault.Say(fault.Conflict, "It went on to somebody else meanwhile.")
		}
		return nil // change notes it, as with everything the holder does
	})
}

// accepted notes that the holder has taken up what the router gave them.
func accepted(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	if !t.HeldBy(by.ID) {
		return nil
	}
	took := tx.Exec(`UPDATE assignments SET accepted_at = ? WHERE ticket_id = ? AND user_id = ? AND until_at IS NULL
		AND accept_by IS NOT NULL AND accepted_at IS NULL`, now, t.ID, by.ID)
	if took.Error != nil || took.RowsAffected == 0 {
		return took.Error
	}
	return audit.Record(tx, by, now, "ticket.accepted", audit.Ticket(t.ID), audit.Detail{"holder": by.ID})
}

// Accepted is the same for a room that leans on this one: a call is a way to take a
// ticket up.
func Accepted(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	return accepted(tx, by, t, now)
}

// chaseBatch is how many unaccepted assignments one tick takes up; the next takes more.
const chaseBatch = 200

// FindUnaccepted promises to see to each assignment that was not accepted in its
// time. The clock's, each tick; it says how many.
func (s *Service) FindUnaccepted(ctx context.Context) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var due []UnacceptedJob
		err := tx.Raw(`UPDATE assignments SET chased_at = ? WHERE id IN (
				SELECT id FROM assignments WHERE until_at IS NULL AND accepted_at IS NULL AND chased_at IS NULL AND accept_by < ?
				ORDER BY accept_by LIMIT ? FOR UPDATE SKIP LOCKED)
			RETURNING id AS assignment_id`, now, now, chaseBatch).Scan(&due).Error
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

// unaccepted is an assignment nobody took up, under the turn and the ticket's lock.
type unaccepted struct {
	ID         int64
	TicketID   int64
	UserID     int64
	AcceptedAt *time.Time
	UntilAt    *time.Time
}

// Unaccepted offers a ticket that was not accepted in its time to the next; with
// nobody else to have it, it stays where it is. The managers are told at the third
// time, and when there is nobody else. Once per promise.
func (s *Service) Unaccepted(ctx context.Context, by actor.Actor, assignmentID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var deskID int64
		err := tx.Raw(`SELECT t.desk_id FROM assignments a JOIN tickets t ON t.id = a.ticket_id WHERE a.id = ?`, assignmentID).Scan(&deskID).Error
		if err != nil || deskID == 0 {
			return err
		}
		crew, err := assemble(tx, deskID, s.now)
		if err != nil {
			return err
		}
		return crew.offerOn(tx, by, assignmentID)
	})
}

func (m *crew) offerOn(tx *gorm.DB, by actor.Actor, assignmentID int64) error {
	var a unaccepted
	if err := tx.Raw(`SELECT id, ticket_id, user_id, accepted_at, until_at FROM assignments WHERE id = ?`, assignmentID).Take(&a).Error; err != nil {
		return err
	}
	all, pasts, err := m.look(tx, []int64{a.TicketID}, "AND t.status = 'assigned'")
	if err != nil || len(all) == 0 {
		return err
	}
	// The ticket is locked now: look again.
	err = tx.Raw(`SELECT id, ticket_id, user_id, accepted_at, until_at FROM assignments WHERE id = ? AND until_at IS NULL AND accepted_at IS NULL`, a.ID).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	t := &all[0]
	if err != nil || !t.HeldBy(a.UserID) {
		return err
	}
	pasts = append(pasts, past{TicketID: t.ID, UserID: a.UserID, Lapsed: true})
	choice, err := m.choose(tx, t, pasts)
	if err != nil {
		return err
	}
	if choice.Nobody() {
		return m.nobodyElse(tx, by, t, a)
	}
	if err := tx.Exec(`UPDATE assignments SET lapsed = true WHERE id = ?`, a.ID).Error; err != nil {
		return err
	}
	m.took(choice.UserID, t.Urgency)
	if err := m.carryOut(tx, by, decision{&t.Ticket, choice}); err != nil {
		return err
	}
	if err := desk.PromiseSweep(tx, m.deskID, m.now); err != nil { // who let it lapse has room for another
		return err
	}
	var lapses int
	if err := tx.Raw(`SELECT count(*) FROM assignments WHERE ticket_id = ? AND lapsed`, t.ID).Scan(&lapses).Error; err != nil || lapses != ManagerAt {
		return err
	}
	return tellManagers(tx, m.now, letter.Unaccepted, t.ID, a.ID, t.Number)
}

// nobodyElse: it stays with its holder, and the managers learn of it. Out of hours, and
// not critical, that waits until the desk opens, when somebody may be there.
func (m *crew) nobodyElse(tx *gorm.DB, by actor.Actor, t *waiting, a unaccepted) error {
	if m.closed() && t.Urgency != Critical {
		if open, ok := m.times.Calendar.NextOpen(m.now); ok {
			return outbox.PromiseAt(tx, UnacceptedJob{AssignmentID: a.ID}, open.Add(15*time.Minute).UTC())
		}
	}
	if err := tellManagers(tx, m.now, letter.Unaccepted, t.ID, a.ID, t.Number); err != nil {
		return err
	}
	live.Say(tx, "ticket", t.ID, t.DeskID)
	return audit.Record(tx, by, m.now, "ticket.unaccepted", audit.Ticket(t.ID), audit.Detail{"holder": a.UserID})
}

// tellManagers posts a letter to the managers who may see a ticket.
func tellManagers(tx *gorm.DB, now time.Time, kind string, ticketID, occasion int64, number string) error {
	managers, err := managersOf(tx, ticketID)
	for _, id := range managers {
		if err == nil {
			err = letter.Post(tx, now, kind, ticketID, id, occasion, number)
		}
	}
	return err
}

// managersOf are the managers who may see a ticket.
func managersOf(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	err := tx.Raw(`SELECT u.id FROM users u JOIN tickets t ON t.id = ? WHERE u.role = 'manager' AND u.state = 'active'
		AND (NOT t.restricted OR EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = u.id))
		ORDER BY u.id`, ticketID).Scan(&ids).Error
	return ids, err
}

// readAlong keeps back what a learner writes until somebody who knows the topic has
// read it on the desk.
func readAlong(tx *gorm.DB, by actor.Actor, t *Ticket) error {
	if !t.HeldBy(by.ID) {
		return nil
	}
	var name string
	err := tx.Raw(`SELECT u.name FROM assignments a JOIN users u ON u.id = a.reader_id
		WHERE a.ticket_id = ? AND a.user_id = ? AND a.until_at IS NULL AND a.read_at IS NULL`, t.ID, by.ID).Scan(&name).Error
	if err != nil || name == "" {
		return err
	}
	return fault.Say(fault.Unacceptable, "You are learning this topic, and "+name+" reads along. Keep your answer as a note; once it has been read, send it.")
}

// readOnce: what was read is sent; the next message is read again.
func readOnce(tx *gorm.DB, by actor.Actor, t *Ticket) error {
	if !t.HeldBy(by.ID) {
		return nil
	}
	return tx.Exec(`UPDATE assignments SET read_at = NULL WHERE ticket_id = ? AND user_id = ? AND until_at IS NULL AND reader_id IS NOT NULL`, t.ID, by.ID).Error
}

// Read says that somebody who knows the topic has read what a learner means to send:
// the next message may go. The second reader, another consultant who knows the topic,
// or a manager; never the holder.
func (s *Service) Read(ctx context.Context, by actor.Actor, number string, seen int64) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		if t.HeldBy(by.ID) {
			return fault.Say(fault.Forbidden, "Somebody else has to read it.")
		}
		if by.Is(actor.Consultant) {
			var level string
			if err := tx.Raw(`SELECT level FROM consultant_topics WHERE user_id = ? AND topic = ?`, by.ID, t.Topic).Scan(&level).Error; err != nil {
				return err
			}
			if routing.LevelOf(level) < routing.Knows {
				return fault.Say(fault.Forbidden, "Somebody who knows this topic has to read it.")
			}
			if t.PhysicianID != nil {
				excluded, err := desk.ExcludedFrom(tx, *t.PhysicianID)
				if err != nil {
					return err
				}
				if slices.Contains(excluded, by.ID) {
					return fault.Say(fault.Forbidden, "You are never to have this physician’s tickets. Somebody else has to read it.")
				}
			}
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		read := tx.Exec(`UPDATE assignments SET read_at = ? WHERE ticket_id = ? AND until_at IS NULL AND reader_id IS NOT NULL AND read_at IS NULL`, now, t.ID)
		if read.Error != nil || read.RowsAffected == 0 {
			return read.Error
		}
		return audit.Record(tx, by, now, "ticket.read_along", audit.Ticket(t.ID), audit.Detail{"holder": t.AssigneeID})
	})
}
