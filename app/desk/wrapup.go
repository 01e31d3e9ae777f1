package desk

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// usualWrapUp is how many minutes wrap-up lasts when nobody says.
const usualWrapUp = 10

// WrapUp gives a consultant at work some minutes to wrap up a call in which nothing is
// given to them: 1 to 60, or 0 for the usual ten. They themselves, managers and
// commands may.
func (s *Service) WrapUp(ctx context.Context, by actor.Actor, userID int64, minutes int) error {
	if !mayPut(by, userID) {
		return fault.Forbidden
	}
	if minutes == 0 {
		minutes = usualWrapUp
	}
	if minutes < 1 || minutes > 60 {
		return fault.Fields{{Name: "minutes", Says: "Give from 1 to 60 minutes."}}
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		until := now.Add(time.Duration(minutes) * time.Minute)
		if err := hold(tx, userID); err != nil {
			return err
		}
		changed := tx.Exec(`UPDATE consultants SET wrap_until = ? WHERE user_id = ? AND duty_since <= ? AND duty_until > ?`, until, userID, now, now)
		if changed.Error != nil {
			return changed.Error
		}
		if changed.RowsAffected == 0 {
			return fault.Say(fault.Conflict, "Only somebody who is at work wraps up a call.")
		}
		if err := audit.Record(tx, by, now, "user.wrapup_started", audit.User(userID), audit.Detail{"until": until}); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, until)
	})
}

// EndWrapUp ends a wrap-up before its time; one that is over already stays so.
func (s *Service) EndWrapUp(ctx context.Context, by actor.Actor, userID int64) error {
	if !mayPut(by, userID) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := hold(tx, userID); err != nil {
			return err
		}
		changed := tx.Exec(`UPDATE consultants SET wrap_until = NULL WHERE user_id = ? AND wrap_until > ?`, userID, now)
		if changed.Error != nil || changed.RowsAffected == 0 {
			return changed.Error
		}
		if err := audit.Record(tx, by, now, "user.wrapup_ended", audit.User(userID), nil); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, now)
	})
}
