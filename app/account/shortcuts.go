package account

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// SetShortcuts turns the person's own keyboard shortcuts on or off.
func (s *Service) SetShortcuts(ctx context.Context, by actor.Actor, on bool) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE users SET shortcuts = ? WHERE id = ?", on, by.ID).Error
	})
}
