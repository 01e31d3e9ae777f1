package ticket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// ReopenDays is how long an insured person's message reopens a resolved ticket;
// after that they ask anew.
const ReopenDays = 90

// Wait hands the ticket to the physician: our promise pauses until they answer. Its
// holder, or a manager. A message that says what we wait for goes first, or comes along.
func (s *Service) Wait(ctx context.Context, by actor.Actor, number string, message Words) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, settle, t); err != nil {
			return err
		}
		if t.Status == WithPhysician {
			return kept(tx, by, message, "It waits on the physician already. Your text is kept: send it as a message.")
		}
		if t.Status != Assigned {
			return fault.Say(fault.Conflict, "Only a ticket in hand can wait on the physician.")
		}
		if err := unmoved(tx, t, message.Seen); err != nil {
			return err
		}
		if strings.TrimSpace(message.Body) != "" {
			if err := message.check("message", ""); err != nil {
				return err
			}
			if err := s.reply(tx, by, t, message, now); err != nil {
				return err
			}
		} else if t.FirstAnsweredAt == nil {
			return fault.Fields{{Name: "message", Says: "Tell the physician what you need from them first."}}
		}
		if err := pauseTarget(tx, t, now); err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO pauses (ticket_id, from_at) VALUES (?, ?)`, t.ID, now).Error; err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE tickets SET status = 'with_physician' WHERE id = ?`, t.ID).Error; err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.waiting", audit.Ticket(t.ID), audit.Detail{"from": Assigned, "status": WithPhysician})
	})
}

// Resume takes a ticket back from the physician without their answer. Its holder, or a manager.
func (s *Service) Resume(ctx context.Context, by actor.Actor, number string, seen int64) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, settle, t); err != nil {
			return err
		}
		if t.Status == Assigned {
			return nil
		}
		if t.Status != WithPhysician {
			return fault.Say(fault.Conflict, "It does not wait on the physician any more.")
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		if err := endPause(tx, t, now); err != nil {
			return err
		}
		if err := resumeTarget(tx, t, now); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE tickets SET status = 'assigned' WHERE id = ?`, t.ID).Error; err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.resumed", audit.Ticket(t.ID), audit.Detail{"from": WithPhysician, "status": Assigned})
	})
}

// kept is for a second click: nothing more happens, unless it brings words that the
// first one did not.
func kept(tx *gorm.DB, by actor.Actor, in Words, says string) error {
	if strings.TrimSpace(in.Body) == "" {
		return nil
	}
	var there bool
	if err := tx.Raw(`SELECT EXISTS (SELECT FROM messages WHERE author_id = ? AND client_key::text = ? AND body = ?)`,
		by.ID, strings.ToLower(in.Key), in.Body).Scan(&there).Error; err != nil {
		return err
	}
	if !there {
		return fault.Say(fault.Conflict, says)
	}
	return nil
}

func endPause(tx *gorm.DB, t *Ticket, now time.Time) error {
	return tx.Exec(`UPDATE pauses SET until_at = ? WHERE ticket_id = ? AND until_at IS NULL`, now, t.ID).Error
}

// Resolution is how a ticket ends: an outcome, and the written answer unless the
// physician has been answered before.
type Resolution struct {
	Outcome string
	Answer  Words
}

// Resolve ends a ticket. Its holder, or a manager. What is missing is asked in
// place (fault.Fields), and nothing typed is lost.
func (s *Service) Resolve(ctx context.Context, by actor.Actor, number string, in Resolution) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, settle, t); err != nil {
			return err
		}
		if t.Status == Resolved {
			var again bool // a double click
			if err := tx.Raw(`SELECT EXISTS (SELECT FROM resolutions WHERE ticket_id = ? AND until_at IS NULL AND resolved_by = ? AND outcome = ?)`,
				t.ID, by.ID, in.Outcome).Scan(&again).Error; err != nil {
				return err
			}
			if !again {
				return fault.Say(fault.Conflict, "It has been resolved already.")
			}
			return kept(tx, by, in.Answer, "It has been resolved already. Your text is kept: send it as a message.")
		}
		if err := unmoved(tx, t, in.Answer.Seen); err != nil {
			return err
		}
		known := slices.IndexFunc(Outcomes, func(o Outcome) bool { return o.Code == in.Outcome })
		writes := strings.TrimSpace(in.Answer.Body) != ""
		var bad fault.Fields
		bad.Need(known >= 0, "outcome", "Choose how it ended.")
		if known >= 0 && Outcomes[known].NeedsAnswer {
			bad.Need(writes || t.FirstAnsweredAt != nil, "message", "The physician has not been answered yet. Write the answer here, or log the call in which you gave it.")
		}
		fits(&bad, "message", in.Answer.Body)
		if err := bad.Err(); err != nil {
			return err
		}
		if writes {
			if err := in.Answer.check("message", ""); err != nil {
				return err
			}
			if err := s.reply(tx, by, t, in.Answer, now); err != nil {
				return err
			}
		}
		return resolve(tx, by, t, in.Outcome, now)
	})
}

func resolve(tx *gorm.DB, by actor.Actor, t *Ticket, outcome string, now time.Time) error {
	from := t.Status
	if err := endTarget(tx, t, now); err != nil {
		return err
	}
	if err := endPause(tx, t, now); err != nil {
		return err
	}
	if err := letGo(tx, t, now); err != nil {
		return err
	}
	if err := tx.Exec(`INSERT INTO resolutions (ticket_id, from_at, resolved_by, outcome) VALUES (?, ?, ?, ?)`, t.ID, now, by.ID, outcome).Error; err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE tickets SET status = 'resolved', resolved_at = ? WHERE id = ?`, now, t.ID).Error; err != nil {
		return err
	}
	if err := redue(tx, t.ID); err != nil {
		return err
	}
	t.Status = Resolved
	err := audit.Record(tx, by, now, "ticket.resolved", audit.Ticket(t.ID), audit.Detail{"from": from, "status": Resolved, "outcome": outcome, "holder": t.AssigneeID})
	if err != nil || t.AssigneeID == nil {
		return err
	}
	return desk.PromiseSweep(tx, t.DeskID, now) // its holder has room for one more
}

// ResolveOnCall resolves a locked ticket for the call room: it was answered on the call.
func ResolveOnCall(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	if err := may(by, settle, t); err != nil {
		return err
	}
	return resolve(tx, by, t, "answered_on_call", now)
}

// Reopen takes a resolved ticket up again, with a reason. Consultants of the desk,
// and managers. It goes to who last held it if they are at work with room, else to
// the router, which prefers them.
func (s *Service) Reopen(ctx context.Context, by actor.Actor, number, reason string, seen int64) error {
	return s.change(ctx, by, number, true, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		if t.Status != Resolved {
			return fault.Say(fault.Conflict, "It is open already.")
		}
		var bad fault.Fields
		bad.Need(strings.TrimSpace(reason) != "", "reason", "Say why it is taken up again.")
		fits(&bad, "reason", reason)
		if err := bad.Err(); err != nil {
			return err
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		if err := reopen(tx, by, t, now); err != nil {
			return err
		}
		if err := startTarget(tx, t, "reopened", now); err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		if err := noteReason(tx, by, t, reason, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.reopened", audit.Ticket(t.ID),
			audit.Detail{"from": Resolved, "status": t.Status, "holder": t.AssigneeID})
	})
}

// reopen ends the resolution and finds the ticket a holder. by with an ID 0: the
// physician's own message reopens it.
func reopen(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	var since time.Time
	if err := tx.Raw(`SELECT from_at FROM resolutions WHERE ticket_id = ? AND until_at IS NULL`, t.ID).Scan(&since).Error; err != nil {
		return err
	}
	if by.ID == 0 && now.After(since.AddDate(0, 0, ReopenDays)) {
		return fault.Say(fault.Conflict, "This consultation was closed more than 90 days ago. Please ask a new question; you can name this number in it.")
	}
	if err := tx.Exec(`UPDATE resolutions SET until_at = ? WHERE ticket_id = ? AND until_at IS NULL`, now, t.ID).Error; err != nil {
		return err
	}
	last := t.AssigneeID
	// Whether there is room is weighed under the desk's turn; a physician's message
	// does not hold it, so the router decides then.
	if last != nil && by.ID != 0 {
		at, err := atWork(tx, t.DeskID, *last, now)
		if err != nil {
			return err
		}
		if at {
			m, why := fitsIn(tx, t, *last, now)
			if why == nil {
				assignment, err := give(tx, by, t, *last, "reopen", "held it before", nil, now)
				if err != nil {
					return err
				}
				return m.readAlong(tx, t, assignment, *last)
			}
			if !errors.Is(why, fault.Conflict) && !errors.Is(why, fault.Unacceptable) {
				return why
			}
		}
	}
	if err := putBack(tx, t, last, now); err != nil {
		return err
	}
	return outbox.Promise(tx, now, AssignJob{TicketID: t.ID, Urgency: t.Urgency})
}
