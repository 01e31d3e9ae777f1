package ticket

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/desk"
)

// SomebodyOnCall says whether a critical question that comes while the desk is closed
// reaches somebody now. Anyone may ask: it names nobody.
func (s *Service) SomebodyOnCall(ctx context.Context, deskID int64) (there bool, err error) {
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		turn, err := desk.OnCallNow(q, deskID, s.now())
		there = turn != nil
		return err
	})
	return there, err
}
