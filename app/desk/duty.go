package desk

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Duty is whether a consultant is at work and until when; how full they are is the
// ticket room's to say.
type Duty struct {
	At        bool
	Until     time.Time
	Cap       int
	WrapUntil time.Time // wrapping up a call until then; zero: not
}

// DutyOf reads a consultant's duty; the zero Duty for somebody who is no consultant.
func (s *Service) DutyOf(ctx context.Context, userID int64) (Duty, error) {
	var row struct {
		Cap                  int
		DutyUntil, WrapUntil *time.Time
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT cap, duty_until, wrap_until FROM consultants WHERE user_id = ?`, userID).Scan(&row).Error
	})
	d, now := Duty{Cap: row.Cap}, s.now()
	if row.DutyUntil != nil && row.DutyUntil.After(now) {
		d.At, d.Until = true, *row.DutyUntil
	}
	if d.At && row.WrapUntil != nil && row.WrapUntil.After(now) {
		d.WrapUntil = *row.WrapUntil
	}
	return d, err
}

// mayPut says whether somebody may put a consultant at work, off, or on wrap-up.
func mayPut(by actor.Actor, userID int64) bool {
	return by.Is(actor.Manager, actor.System) || by.Is(actor.Consultant) && by.ID == userID
}

// StartDuty puts a consultant at work until their shift ends, or their desk next
// closes, or until a given time to come. Who starts outside their shift, or says until
// when, is given work beyond it too. Work that waits is brought to them. They
// themselves, managers and commands may. Errors: fault.Conflict for somebody absent.
func (s *Service) StartDuty(ctx context.Context, by actor.Actor, userID int64, until *time.Time) error {
	if !mayPut(by, userID) {
		return fault.Forbidden
	}
	now := s.now()
	if until != nil && !until.After(now) {
		return fault.Fields{{Name: "until", Says: "Give a time that is still to come."}}
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := hold(tx, userID); err != nil {
			return err
		}
		where, err := standingOf(tx, userID, now)
		if err != nil {
			return err
		}
		if where.away != nil {
			return fault.Say(fault.Conflict, where.awayWords(by.ID == userID))
		}
		end, extra := where.end, !where.inShift
		if until != nil {
			end, extra = *until, true
		}
		if err := tx.Exec(`UPDATE consultants SET duty_since = ?, duty_until = ?, duty_extra = ?, wrap_until = NULL WHERE user_id = ?`,
			now, end, extra, userID).Error; err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "user.duty_started", audit.User(userID), audit.Detail{"until": end, "extra": extra}); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, now)
	})
}

// EndDuty takes a consultant off duty: nothing more is given to them. What they
// hold stays theirs.
func (s *Service) EndDuty(ctx context.Context, by actor.Actor, userID int64) error {
	if !mayPut(by, userID) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := hold(tx, userID); err != nil {
			return err
		}
		if err := off(tx, userID); err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "user.duty_ended", audit.User(userID), nil)
	})
}

func off(tx *gorm.DB, userID int64) error {
	if err := tx.Exec(`UPDATE consultants SET duty_since = NULL, duty_until = NULL, duty_extra = false, wrap_until = NULL WHERE user_id = ?`, userID).Error; err != nil {
		return err
	}
	return tellDesks(tx, userID)
}

// hold keeps a consultant as they are until tx ends. fault.NotFound for somebody who
// is none.
func hold(tx *gorm.DB, userID int64) error {
	held, err := holdAll(tx, userID)
	if err == nil && len(held) == 0 {
		return fault.NotFound
	}
	return err
}

// holdAll keeps those who are consultants, in the order of their ids, as People does,
// and says who they are.
func holdAll(tx *gorm.DB, userIDs ...int64) (held []int64, err error) {
	err = tx.Raw(`SELECT user_id FROM consultants WHERE user_id IN ? ORDER BY user_id FOR NO KEY UPDATE`, userIDs).Scan(&held).Error
	return held, err
}
