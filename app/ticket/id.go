package ticket

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// ID is the id of a ticket that the person may see, for whoever follows what happens
// to it. It leaves no trace of a look, for nothing is shown.
func (s *Service) ID(ctx context.Context, by actor.Actor, number string) (int64, error) {
	var id int64
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw("SELECT t.id FROM tickets t WHERE t.number = ? AND "+sight.where, append([]any{number}, sight.args...)...).Scan(&id).Error
	})
	if err == nil && id == 0 {
		err = fault.NotFound
	}
	return id, err
}
