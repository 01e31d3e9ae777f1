package ticket

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/outbox"
)

// Words are something typed on a ticket. Key makes it once however often it is
// sent; Seen is the last entry of the record that the page showed (0: unsaid).
type Words struct {
	Key  string
	Body string
	Seen int64
}

func (w *Words) check(field, missing string) error {
	var bad fault.Fields
	bad.Need(strings.TrimSpace(w.Body) != "", field, missing)
	fits(&bad, field, w.Body)
	if w.Key == "" {
		w.Key = uuid.NewString()
	}
	_, err := uuid.Parse(w.Key)
	bad.Need(err == nil, field, "This form has lost its mark. Load the page again; what you typed is kept.")
	return bad.Err()
}

// Reply sends a message to the physician. Any consultant of the desk, and managers.
// It meets the promise to answer. Conflict (Since) when a message or a call came
// after what the page showed.
func (s *Service) Reply(ctx context.Context, by actor.Actor, number string, in Words) error {
	if err := in.check("message", "Write the message first."); err != nil {
		return err
	}
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		return s.reply(tx, by, t, in, now)
	})
}

func (s *Service) reply(tx *gorm.DB, by actor.Actor, t *Ticket, in Words, now time.Time) error {
	if reaches, err := readable(tx, t, now); err != nil {
		return err
	} else if !reaches {
		return fault.Say(fault.Unacceptable, "Nobody who signs in is on this ticket, so a message would reach no one. Call back, and log the call.")
	}
	if err := readAlong(tx, by, t); err != nil {
		return err
	}
	id, fresh, err := keep(tx, t, by, in, false, now)
	if err != nil || !fresh {
		return err
	}
	if err := readOnce(tx, by, t); err != nil {
		return err
	}
	if err := answered(tx, t, now); err != nil {
		return err
	}
	if err := audit.Record(tx, by, now, "ticket.message_sent", audit.Ticket(t.ID), audit.Detail{"message": id}); err != nil {
		return err
	}
	return Tell(tx, t, letter.Answer, id, now)
}

// readable says whether a message on the ticket would reach anyone who signs in.
func readable(tx *gorm.DB, t *Ticket, now time.Time) (bool, error) {
	people, err := Readers(tx, t, now)
	return len(people) > 0, err
}

// keep writes a message once. The same key with the same words is the one there is.
func keep(tx *gorm.DB, t *Ticket, by actor.Actor, in Words, fromInsured bool, now time.Time) (id int64, fresh bool, err error) {
	err = tx.Raw(`INSERT INTO messages (ticket_id, author_id, from_insured, body, client_key, sent_at) VALUES (?, ?, ?, ?, ?::uuid, ?)
		ON CONFLICT ON CONSTRAINT messages_sent_once DO NOTHING RETURNING id`,
		t.ID, by.ID, fromInsured, in.Body, in.Key, now).Scan(&id).Error
	if err != nil {
		return 0, false, err
	}
	if id != 0 {
		return id, true, uncrossed(tx, t, in.Seen)
	}
	return 0, false, sameWords(tx, "messages", t, by, in)
}

func sameWords(tx *gorm.DB, table string, t *Ticket, by actor.Actor, in Words) error {
	var before struct {
		TicketID int64
		Body     string
	}
	if err := tx.Raw(`SELECT ticket_id, body FROM `+table+` WHERE author_id = ? AND client_key = ?::uuid`, by.ID, in.Key).Take(&before).Error; err != nil {
		return err
	}
	if before.TicketID != t.ID || before.Body != in.Body {
		return fault.Say(fault.Conflict, "That was sent already, with other words. Your text is kept: send it as a new one.")
	}
	return nil
}

// answered notes that the physician was answered: the promise to answer is met.
func answered(tx *gorm.DB, t *Ticket, now time.Time) error {
	if err := meet(tx, t, now); err != nil {
		return err
	}
	if t.FirstAnsweredAt == nil {
		t.FirstAnsweredAt = &now
		if err := tx.Exec(`UPDATE tickets SET first_answered_at = ? WHERE id = ?`, now, t.ID).Error; err != nil {
			return err
		}
	}
	return redue(tx, t.ID)
}

// Answered notes, for the call room, that the physician was answered on a call.
func Answered(tx *gorm.DB, t *Ticket, now time.Time) error { return answered(tx, t, now) }

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// Answer is the insured person's message on their ticket. It brings a ticket that
// waits on them back to its holder if they are at work, else to the router, which
// prefers that holder. On a resolved ticket it reopens within ReopenDays.
func (s *Service) Answer(ctx context.Context, by actor.Actor, number string, in Words) error {
	if !by.Insured() {
		return fault.Forbidden
	}
	if err := in.check("message", "Write your message first."); err != nil {
		return err
	}
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		sight, err := see(tx, by, now)
		if err != nil {
			return err
		}
		if !sight.mayWrite(*t) {
			return fault.Say(fault.Forbidden, "You may not write on this consultation. Please call us.")
		}
		id, fresh, err := keep(tx, t, by, in, true, now)
		if err != nil || !fresh {
			return err
		}
		from := t.Status
		if err := Heard(tx, t, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.answered", audit.Ticket(t.ID),
			audit.Detail{"message": id, "from": from, "status": t.Status, "holder": t.AssigneeID})
	})
}

// mayWrite: the physician; a delegate who may ask, on what they see.
func (s sight) mayWrite(t Ticket) bool {
	for _, a := range s.acts {
		if t.PhysicianID != nil && a.PhysicianID == *t.PhysicianID && (a.Self || a.MayAsk) {
			return true
		}
	}
	return false
}

// back brings a ticket that waited on the physician, or was resolved, to the desk.
func back(tx *gorm.DB, t *Ticket, now time.Time) error {
	switch t.Status {
	case WithPhysician:
		return comeBack(tx, t, 0, now)
	case Resolved:
		return reopen(tx, actor.Actor{}, t, now)
	}
	return nil
}

// comeBack ends the wait for the physician: the ticket is its holder's again if they
// are at work, or speak with the physician right now; else it is the router's.
func comeBack(tx *gorm.DB, t *Ticket, speaks int64, now time.Time) error {
	if err := endPause(tx, t, now); err != nil {
		return err
	}
	if err := resumeTarget(tx, t, now); err != nil {
		return err
	}
	if at, err := atWork(tx, t.DeskID, *t.AssigneeID, now); err != nil {
		return err
	} else if at || t.HeldBy(speaks) {
		t.Status = Assigned
		return tx.Exec(`UPDATE tickets SET status = 'assigned' WHERE id = ?`, t.ID).Error
	}
	prefer := t.AssigneeID
	if err := putBack(tx, t, prefer, now); err != nil {
		return err
	}
	return outbox.Promise(tx, now, AssignJob{TicketID: t.ID, Urgency: t.Urgency})
}

// CalledBack is for the call room: on a ticket that waits on the physician, their call
// is as good as their answer. Our promises go on, and the next answer is owed.
func CalledBack(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	if t.Status != WithPhysician {
		return nil
	}
	if err := comeBack(tx, t, by.ID, now); err != nil {
		return err
	}
	if err := startTarget(tx, t, "asked", now); err != nil {
		return err
	}
	if err := redue(tx, t.ID); err != nil {
		return err
	}
	return audit.Record(tx, by, now, "ticket.resumed", audit.Ticket(t.ID),
		audit.Detail{"from": WithPhysician, "status": t.Status, "holder": t.AssigneeID, "how": "call"})
}

// atWork says whether a person is on duty as a consultant of a desk.
func atWork(tx *gorm.DB, deskID, userID int64, now time.Time) (bool, error) {
	var at bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM consultants c JOIN memberships m ON m.user_id = c.user_id AND m.desk_id = ?
		JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
		WHERE c.user_id = ? AND c.duty_since <= ? AND c.duty_until > ?
			AND NOT EXISTS (SELECT FROM absences b WHERE b.user_id = c.user_id AND b.ended_at IS NULL AND b.from_at <= ? AND b.until_at > ?))`,
		deskID, userID, now, now, now, now).Scan(&at).Error
	return at, err
}

// Note keeps a note on the desk. It never stands in anybody's way, and the insured
// never see it. Consultants of the desk, and managers.
func (s *Service) Note(ctx context.Context, by actor.Actor, number string, in Words) error {
	if err := in.check("note", "Write the note first."); err != nil {
		return err
	}
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		var id int64
		err := tx.Raw(`INSERT INTO notes (ticket_id, author_id, body, client_key, written_at) VALUES (?, ?, ?, ?::uuid, ?)
			ON CONFLICT ON CONSTRAINT notes_kept_once DO NOTHING RETURNING id`, t.ID, by.ID, in.Body, in.Key, now).Scan(&id).Error
		if err != nil {
			return err
		}
		if id == 0 {
			return sameWords(tx, "notes", t, by, in)
		}
		return audit.Record(tx, by, now, "ticket.note_kept", audit.Ticket(t.ID), audit.Detail{"note": id})
	})
}
