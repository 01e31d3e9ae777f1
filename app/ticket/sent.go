package ticket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// SentAs is the number of the ticket a person opened under a key. NotFound when
// they opened none: a form that is sent twice, or gone back to, ends where the
// first one did.
func (s *Service) SentAs(ctx context.Context, by actor.Actor, key string) (number string, err error) {
	if _, err := uuid.Parse(key); err != nil {
		return "", fault.NotFound
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT number FROM tickets WHERE client_key = ?::uuid AND opened_by = ?`, key, by.ID).Scan(&number).Error
	})
	if err == nil && number == "" {
		err = fault.NotFound
	}
	return number, err
}
