package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/live"
)

// change runs a change on one ticket: the desk's turn first where somebody's load
// is weighed, then the ticket's lock, then f, then word to the pages.
func (s *Service) change(ctx context.Context, by actor.Actor, number string, turn bool, f func(tx *gorm.DB, t *Ticket, now time.Time) error) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if turn {
			see, err := see(tx, by, now)
			if err != nil {
				return err
			}
			var deskID int64
			err = tx.Raw("SELECT t.desk_id FROM tickets t WHERE t.number = ? AND "+see.where, append([]any{number}, see.args...)...).Scan(&deskID).Error
			if err != nil {
				return err
			}
			if deskID == 0 {
				return fault.NotFound
			}
			if err := desk.Turn(tx, deskID); err != nil {
				return err
			}
		}
		t, _, err := locked(tx, by, number, now)
		if err != nil {
			return err
		}
		now = s.now() // what happens, happens once the ticket is ours, not when it was asked for
		if err := accepted(tx, by, t, now); err != nil {
			return err
		}
		if err := f(tx, t, now); err != nil {
			return err
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return nil
	})
}

// Claim makes an unassigned ticket the caller's own. Consultants of its desk. Of
// many at once one gets it; the others are told who did (Conflict).
func (s *Service) Claim(ctx context.Context, by actor.Actor, number string, seen int64) error {
	return s.change(ctx, by, number, true, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if !by.Is(actor.Consultant) {
			return fault.Say(fault.Forbidden, "Only consultants hold tickets. Give it to one of them instead.")
		}
		if t.HeldBy(by.ID) && t.Status == Assigned {
			return nil // a double click
		}
		if t.Status != Unassigned {
			return taken(tx, t)
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		m, err := fitsIn(tx, t, by.ID, now)
		if err != nil {
			return err
		}
		assignment, err := give(tx, by, t, by.ID, "claim", "", nil, now)
		if err != nil {
			return err
		}
		if err := m.readAlong(tx, t, assignment, by.ID); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.claimed", audit.Ticket(t.ID), audit.Detail{"to": by.ID, "from": nil})
	})
}

func taken(tx *gorm.DB, t *Ticket) error {
	if t.Status == Resolved {
		return fault.Say(fault.Conflict, "It has been resolved meanwhile.")
	}
	var name string
	if err := tx.Raw(`SELECT name FROM users WHERE id = ?`, t.AssigneeID).Scan(&name).Error; err != nil {
		return err
	}
	return fault.Say(fault.Conflict, name+" has it now.")
}

// fitsIn refuses to put anybody above their cap, and to give anybody the tickets of a
// physician they must never have. The turn must be held.
func fitsIn(tx *gorm.DB, t *Ticket, userID int64, now time.Time) (*crew, error) {
	m, err := gather(tx, t.DeskID, now)
	if err != nil {
		return nil, err
	}
	why, err := m.barred(tx, userID, t.Urgency, t.PhysicianID)
	if err == nil && why == nil && t.Restricted {
		why, err = unnamed(tx, t.ID, userID)
	}
	if err != nil {
		return nil, err
	}
	if why == nil {
		why = m.unread(tx, t, userID)
	}
	return m, why
}

// barred is why somebody cannot hold one more, as a fault to show; nil: they can.
func (m *crew) barred(tx *gorm.DB, userID int64, urgency Urgency, physicianID *int64) (why, err error) {
	p := m.person(userID)
	if p == nil {
		return fault.Say(fault.Unacceptable, "That person is not a consultant of this desk."), nil
	}
	if physicianID != nil {
		excluded, err := desk.ExcludedFrom(tx, *physicianID)
		if err != nil {
			return nil, err
		}
		if slices.Contains(excluded, userID) {
			return fault.Say(fault.Conflict, p.Name+" is never to have this physician’s tickets. Give it to somebody else."), nil
		}
	}
	held, one := m.load[userID], m.policy.Load(string(urgency))
	switch {
	case held >= p.Cap:
		return fault.Say(fault.Conflict, fmt.Sprintf("%s holds %d of %d. Resolve or hand over one first.", p.Name, held, p.Cap)), nil
	case held+one > p.Cap:
		return fault.Say(fault.Conflict, fmt.Sprintf("%s holds %d of %d, and a critical ticket counts %d. Resolve or hand over one first.", p.Name, held, p.Cap, one)), nil
	}
	return nil, nil
}

// Transfer gives a ticket to a consultant of its desk, with a reason that stays on
// the desk. Consultants move their own or an unassigned one, managers any. The
// status stays as it is, except that an unassigned one becomes assigned.
func (s *Service) Transfer(ctx context.Context, by actor.Actor, number string, to int64, reason string, seen int64) error {
	return s.change(ctx, by, number, true, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, move, t); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(to != 0, "to", "Choose who takes it.")
		bad.Need(strings.TrimSpace(reason) != "" || t.AssigneeID == nil, "reason", "Say why, so that the next person knows.")
		fits(&bad, "reason", reason)
		if err := bad.Err(); err != nil {
			return err
		}
		if t.Status == Resolved {
			return fault.Say(fault.Conflict, "It has been resolved. Reopen it first.")
		}
		if t.HeldBy(to) {
			return nil
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		m, err := fitsIn(tx, t, to, now)
		if err != nil {
			return err
		}
		if p := m.person(to); p.Away && to != by.ID {
			return fault.Say(fault.Conflict, p.Name+" is away. Give it to somebody who is there.")
		}
		from := t.AssigneeID
		assignment, err := give(tx, by, t, to, "transfer", reason, nil, now)
		if err != nil {
			return err
		}
		if err := m.readAlong(tx, t, assignment, to); err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.transferred", audit.Ticket(t.ID), audit.Detail{"to": to, "from": from}); err != nil {
			return err
		}
		if from != nil {
			if err := desk.PromiseSweep(tx, t.DeskID, now); err != nil {
				return err
			}
		}
		if to == by.ID {
			return nil
		}
		return letter.Post(tx, now, letter.Assigned, t.ID, to, assignment, t.Number)
	})
}

// Release puts a ticket back for the router, with a reason. Its holder, or a manager.
// The router does not give it to the same person again; they may still claim it.
func (s *Service) Release(ctx context.Context, by actor.Actor, number, reason string, seen int64) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, move, t); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(strings.TrimSpace(reason) != "", "reason", "Say why, so that the next person knows.")
		fits(&bad, "reason", reason)
		if err := bad.Err(); err != nil {
			return err
		}
		if t.Status == Unassigned {
			return nil
		}
		if t.Status == Resolved {
			return fault.Say(fault.Conflict, "It has been resolved meanwhile.")
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		from := t.AssigneeID
		if t.Status == WithPhysician {
			if err := endPause(tx, t, now); err != nil {
				return err
			}
			if err := resumeTarget(tx, t, now); err != nil {
				return err
			}
		}
		if err := tx.Exec(`UPDATE assignments SET gave_back = true, reason = CASE WHEN reason = '' THEN ? ELSE reason || ' — given back: ' || ? END
			WHERE ticket_id = ? AND until_at IS NULL`, "given back: "+reason, reason, t.ID).Error; err != nil {
			return err
		}
		if err := putBack(tx, t, nil, now); err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.released", audit.Ticket(t.ID), audit.Detail{"from": from, "to": nil}); err != nil {
			return err
		}
		return desk.PromiseSweep(tx, t.DeskID, now)
	})
}
