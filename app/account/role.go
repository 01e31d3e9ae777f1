package account

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// ChangeRole gives a person another role and, for a consultant, desks. It ends their
// sessions. Administrators may, but not for themselves, and so may the program's own
// verbs. Nothing to change: nothing happens.
func (s *Service) ChangeRole(ctx context.Context, by actor.Actor, userID int64, role actor.Role, desks []int64) error {
	if !operator(by) {
		return fault.Forbidden
	}
	if by.ID == userID && by.ID != 0 {
		return fault.Say(fault.Unacceptable, "You cannot change your own role. Ask another administrator.")
	}
	desks = distinct(desks)
	var bad fault.Fields
	bad.Need(slices.Contains(actor.Roles, role), "role", "Choose a role.")
	bad = append(bad, desksFit(role, desks)...)
	if err := bad.Err(); err != nil {
		return err
	}
	return unknownDesk(s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := hold(tx, userID)
		if err != nil {
			return err
		}
		var had []int64
		if err := tx.Raw("SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id", userID).Scan(&had).Error; err != nil {
			return err
		}
		if p.Role == role && slices.Equal(had, desks) {
			return nil
		}
		if err := tx.Exec("UPDATE users SET role = ? WHERE id = ?", string(role), userID).Error; err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM memberships WHERE user_id = ?", userID).Error; err != nil {
			return err
		}
		if err := join(tx, userID, desks); err != nil {
			return err
		}
		if err := endSessions(tx, userID); err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "user.role_changed", audit.User(userID),
			audit.Detail{"from": p.Role, "to": role, "desks": desks})
	}))
}
