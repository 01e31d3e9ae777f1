package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
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

// Own is the physician that the person acting is; NotFound for everyone else.
func (s *Service) Own(ctx context.Context, by actor.Actor) (id int64, err error) {
	if !by.Is(actor.Physician) {
		return 0, fault.NotFound
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		id, err = ByUser(q, by.ID)
		return err
	})
	return id, err
}
