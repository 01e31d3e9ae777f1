package call

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Log writes a call down: the leg, and with it a new ticket unless it belongs to
// one, in one transaction. Consultants and managers. It returns the ticket's number.
// Errors: fault.Fields; ticket.AlreadySent for a key sent before with other words.
func (s *Service) Log(ctx context.Context, by actor.Actor, in Note) (number string, err error) {
	if !by.Desk() {
		return "", fault.NotFound
	}
	w, err := in.check(s.now())
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		var err error
		if number, err = logged(tx, by, in); err == nil && number == "" {
			number, err = s.log(tx, by, in, w)
		}
		if err != nil {
			return err
		}
		return ticket.ForgetDraft(tx, by, in.Key)
	})
	return number, err
}

func (s *Service) log(tx *gorm.DB, by actor.Actor, in Note, w checked) (number string, err error) {
	if in.Number == "" && in.Keep {
		// Whether there is room is weighed under the desk's turn; what follows is of then.
		deskID, err := desk.OfUser(by)
		if err == nil {
			err = desk.Turn(tx, deskID)
		}
		if err != nil {
			return "", err
		}
	}
	now := s.now()
	var t *ticket.Ticket
	fresh := true
	if in.Number != "" {
		t, err = ticket.Locked(tx, by, in.Number, now)
	} else {
		t, fresh, err = open(tx, by, in, w, now)
	}
	if err != nil {
		return "", err
	}
	if in.Number != "" {
		// A call is a way to take up what the router gave.
		if err := ticket.Accepted(tx, by, t, now); err != nil {
			return "", err
		}
	}
	if fresh {
		fresh, err = leg(tx, by, t, in, w, now)
	}
	if err != nil {
		return "", err
	}
	if !fresh {
		// The same form was sent twice at once, and the other was faster.
		return logged(tx, by, in)
	}
	if in.Number != "" {
		if err := settle(tx, by, t, in, now); err != nil {
			return "", err
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
	}
	return t.Number, nil
}

// settle is what another leg does to its ticket: a call of the physician's ends the
// wait for them, advice given in person meets the promise to answer, and an answer ends
// it. Where ending it is not theirs to do it stays open: the call is logged whatever
// happens.
func settle(tx *gorm.DB, by actor.Actor, t *ticket.Ticket, in Note, now time.Time) error {
	if in.Direction == "in" && in.Outcome == "answered" {
		if err := ticket.CalledBack(tx, by, t, now); err != nil {
			return err
		}
	}
	if in.Outcome == "answered" && said(in.Advice) {
		if err := ticket.Answered(tx, t, now); err != nil {
			return err
		}
	}
	if !in.Answered || t.Status == ticket.Resolved {
		return nil
	}
	if err := ticket.ResolveOnCall(tx, by, t, now); !errors.Is(err, fault.Forbidden) {
		return err
	}
	return nil
}

// open opens the ticket of a call.
func open(tx *gorm.DB, by actor.Actor, in Note, w checked, now time.Time) (*ticket.Ticket, bool, error) {
	deskID, err := desk.OfUser(by)
	if err != nil {
		return nil, false, err
	}
	o := ticket.Opening{Key: in.Key, Desk: deskID, Channel: "phone", CallerName: in.CallerName, CallerRole: in.CallerRole,
		CallerPhone: in.Phone, CallerE164: w.e164, State: in.State, Topic: in.Topic, Urgency: in.Urgency, Question: in.Narrative,
		NextStep: in.NextStep, CallerDeadline: w.deadline, AnswerBy: "call", CallbackPhone: in.Phone, CallbackE164: w.e164, Answered: in.Answered}
	if in.PhysicianID != 0 {
		var states []string
		if err := tx.Raw(`SELECT state FROM physicians WHERE id = ?`, in.PhysicianID).Scan(&states).Error; err != nil {
			return nil, false, err
		}
		if len(states) == 0 {
			return nil, false, fault.Fields{{Name: "who", Says: "That physician is not in the roster any more. Find them again."}}
		}
		o.PhysicianID = &in.PhysicianID
		if o.State == "" {
			o.State = states[0]
		}
	}
	switch {
	case in.Answered && by.Is(actor.Consultant):
		o.Holder = &by.ID
	case in.Keep && by.Is(actor.Consultant):
		// Nobody is put above their cap: without room the router takes it.
		room, err := ticket.HasRoom(tx, deskID, by.ID, in.Urgency, o.PhysicianID, now)
		if err != nil {
			return nil, false, err
		}
		if room {
			o.Holder = &by.ID
		}
	}
	if in.Matter != "" {
		matter, err := ticket.Matter(tx, by, in.Matter, now)
		if errors.Is(err, fault.NotFound) {
			err = fault.Fields{{Name: "who", Says: "The ticket it was to continue is not one of yours. It is left out; log the call again."}}
		}
		if err != nil {
			return nil, false, err
		}
		o.Matter = &matter
	}
	return ticket.Open(tx, by, now, o)
}

// leg writes the leg, unless one was written under this key before.
func leg(tx *gorm.DB, by actor.Actor, t *ticket.Ticket, in Note, w checked, now time.Time) (fresh bool, err error) {
	note := ""
	if in.Number != "" {
		note = in.Narrative
	}
	var id int64
	err = tx.Raw(`INSERT INTO calls (ticket_id, consultant_id, direction, outcome, caller_name, caller_role, phone, phone_e164, advice, note, started_at, ended_at, client_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::uuid) ON CONFLICT ON CONSTRAINT calls_logged_once DO NOTHING RETURNING id`,
		t.ID, by.ID, in.Direction, in.Outcome, in.CallerName, in.CallerRole, in.Phone, w.e164, in.Advice, note, in.StartedAt, in.EndedAt, in.Key).Scan(&id).Error
	if err != nil || id == 0 {
		return false, err
	}
	return true, audit.Record(tx, by, now, "ticket.call_logged", audit.Ticket(t.ID),
		audit.Detail{"call": id, "direction": in.Direction, "outcome": in.Outcome})
}
