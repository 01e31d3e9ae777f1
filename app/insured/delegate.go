package insured

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Delegate is somebody who may act for a physician: ask for them, hear for them, or
// both, from From until Until, the first day on which it no longer holds; nil: until ended.
type Delegate struct {
	ID, UserID      int64
	Name            string
	MayAsk, MayHear bool
	From            Date
	Until           *Date
}

// InForce says whether it holds on a day.
func (d Delegate) InForce(on Date) bool {
	return !on.Before(d.From) && (d.Until == nil || on.Before(*d.Until))
}

// NewDelegation names a delegate of a physician, by their number or by the address
// they sign in with. A zero From is today.
type NewDelegation struct {
	PhysicianID, UserID int64
	Email               string
	MayAsk, MayHear     bool
	From                Date
	Until               *Date
}

// Delegate lets somebody act for a physician. For the physician themselves,
// administrators and the system. Who already acts for the physician at the time is
// refused: that one is ended first, so there is one answer to what they may do.
func (s *Service) Delegate(ctx context.Context, by actor.Actor, in NewDelegation) (id int64, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := mayDelegate(tx, by, in.PhysicianID); err != nil {
			return err
		}
		id, err = s.delegate(tx, by, in)
		return err
	})
	return id, err
}

func (s *Service) delegate(tx *gorm.DB, by actor.Actor, in NewDelegation) (id int64, err error) {
	if in.From.IsZero() {
		in.From = s.Today()
	}
	if in.UserID == 0 {
		err := tx.Raw(`SELECT id FROM users WHERE lower(email) = lower(?)`, strings.TrimSpace(in.Email)).Scan(&in.UserID).Error
		if err != nil {
			return 0, err
		}
	}
	role, err := roleOf(tx, in.UserID)
	if err != nil {
		return 0, err
	}
	var bad fault.Fields
	bad.Need(role == actor.Delegate, "delegate", "Nobody signs in as a delegate with that address. Ask us to add them first.")
	bad.Need(in.MayAsk || in.MayHear, "may", "Choose what they may do: ask, hear, or both.")
	bad.Need(in.From.real(), "from", "Give the day from which it holds.")
	bad.Need(in.Until == nil || in.Until.real() && in.From.Before(*in.Until), "until", "It has to end after it begins.")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	// Two delegations at once for one physician take turns here.
	if err := tx.Exec(`SELECT FROM physicians WHERE id = ? FOR UPDATE`, in.PhysicianID).Error; err != nil {
		return 0, err
	}
	var already bool
	err = tx.Raw(`SELECT EXISTS (SELECT FROM delegations WHERE physician_id = ? AND user_id = ?
		AND daterange(from_on, until_on) && daterange(?::date, ?::date))`,
		in.PhysicianID, in.UserID, in.From, in.Until).Scan(&already).Error
	if err != nil {
		return 0, err
	}
	if already {
		return 0, fault.Say(fault.Conflict, "They already act for this physician then. End that first.")
	}
	err = tx.Raw(`INSERT INTO delegations (physician_id, user_id, may_ask, may_hear, from_on, until_on)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		in.PhysicianID, in.UserID, in.MayAsk, in.MayHear, in.From, in.Until).Scan(&id).Error
	if err != nil {
		return 0, err
	}
	return id, audit.Record(tx, by, s.now(), "delegation.made", audit.Delegation(id), audit.Detail{
		"physician": in.PhysicianID, "delegate": in.UserID, "ask": in.MayAsk, "hear": in.MayHear, "from": in.From, "until": in.Until})
}

// EndDelegation ends a delegation as of today; one that has not begun never will. For
// the physician themselves, administrators and the system.
func (s *Service) EndDelegation(ctx context.Context, by actor.Actor, delegationID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		var d Delegate
		var physicianID int64
		err := tx.Raw(`SELECT physician_id, from_on, until_on FROM delegations WHERE id = ? FOR UPDATE`, delegationID).
			Row().Scan(&physicianID, &d.From, &d.Until)
		if err != nil {
			return noRow(err)
		}
		if err := mayDelegate(tx, by, physicianID); err != nil {
			return err
		}
		end := s.Today()
		if end.Before(d.From) {
			end = d.From
		}
		if d.Until != nil && !end.Before(*d.Until) {
			return fault.Say(fault.Conflict, "This has already ended.")
		}
		if err := tx.Exec(`UPDATE delegations SET until_on = ? WHERE id = ?`, end, delegationID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "delegation.ended", audit.Delegation(delegationID), audit.Detail{"until": end, "was": d.Until})
	})
}

// Delegates are all who act, will act or have acted for a physician, the latest first.
// For the physician themselves, the desk, administrators and the system.
func (s *Service) Delegates(ctx context.Context, by actor.Actor, physicianID int64) (all []Delegate, err error) {
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		if err := mayShow(q, by, physicianID); err != nil {
			return err
		}
		return q.Raw(`SELECT d.id, d.user_id, u.name, d.may_ask, d.may_hear, d.from_on AS "from", d.until_on AS until
			FROM delegations d JOIN users u ON u.id = d.user_id
			WHERE d.physician_id = ? ORDER BY d.until_on DESC NULLS FIRST, d.from_on DESC, d.id DESC`, physicianID).Scan(&all).Error
	})
	return all, err
}

func mayDelegate(q *gorm.DB, by actor.Actor, physicianID int64) error {
	if by.Is(actor.Physician) {
		return own(q, by, physicianID)
	}
	if err := keeper(by); err != nil {
		return err
	}
	there, err := exists(q, "physicians", physicianID)
	if err == nil && !there {
		err = fault.NotFound
	}
	return err
}
