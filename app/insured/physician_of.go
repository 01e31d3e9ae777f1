package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// PhysicianOf is the physician a person who signs in is; NotFound when they are none.
// For those who keep the roster.
func (s *Service) PhysicianOf(ctx context.Context, by actor.Actor, userID int64) (id int64, err error) {
	if err := keeper(by); err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		id, err = ByUser(q, userID)
		return err
	})
	return id, err
}
