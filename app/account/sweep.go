package account

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Sweep forgets sessions that have ended and failed tries that no longer count. The
// clock calls it; twice does no harm.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM sessions WHERE expires_at < ?", time.Now().Add(-time.Hour)).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM sign_in_failures WHERE last_at < ?", s.now().Add(-quiet)).Error
	})
}
