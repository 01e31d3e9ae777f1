package account

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Disable shuts a person out and ends their sessions. Administrators may, but not
// themselves, and so may the program's own verbs. Done already: nothing happens.
func (s *Service) Disable(ctx context.Context, by actor.Actor, userID int64) error {
	if by.ID == userID && by.ID != 0 {
		return fault.Say(fault.Unacceptable, "You cannot disable your own account. Ask another administrator.")
	}
	return s.turn(ctx, by, userID, Active, Disabled, "user.disabled")
}

// Enable lets a person in again, with the password they had.
func (s *Service) Enable(ctx context.Context, by actor.Actor, userID int64) error {
	return s.turn(ctx, by, userID, Disabled, Active, "user.enabled")
}

func (s *Service) turn(ctx context.Context, by actor.Actor, userID int64, from, to, action string) error {
	if !operator(by) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := hold(tx, userID)
		if err != nil || p.State != from {
			return err
		}
		if err := tx.Exec("UPDATE users SET state = ? WHERE id = ?", to, userID).Error; err != nil {
			return err
		}
		if to == Disabled {
			if err := endSessions(tx, userID); err != nil {
				return err
			}
			if err := voidLinks(tx, userID, s.now()); err != nil {
				return err
			}
		}
		return audit.Record(tx, by, s.now(), action, audit.User(userID), nil)
	})
}

// hold reads a person and keeps others from changing them until tx ends.
func hold(tx *gorm.DB, userID int64) (Person, error) {
	var p Person
	err := tx.Raw("SELECT "+columns+" FROM users u WHERE u.id = ? FOR UPDATE", userID).Scan(&p).Error
	if err == nil && p.ID == 0 {
		err = fault.NotFound
	}
	return p, err
}
