package account

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// List reads everybody who signs in, by name. Administrators and the program's own
// verbs may.
func (s *Service) List(ctx context.Context, by actor.Actor) ([]Person, error) {
	if !operator(by) {
		return nil, fault.Forbidden
	}
	var people []Person
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT ` + columns + ` FROM users u ORDER BY u.name COLLATE "und-x-icu", u.id`).Scan(&people).Error
	})
	return people, err
}

// ByEmail finds a person by e-mail address, for an operator who knows no number.
func (s *Service) ByEmail(ctx context.Context, by actor.Actor, email string) (*Person, error) {
	if !operator(by) {
		return nil, fault.Forbidden
	}
	var p Person
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT "+columns+" FROM users u WHERE lower(u.email) = ?", address(email)).Scan(&p).Error
	})
	if err != nil {
		return nil, err
	}
	if p.ID == 0 {
		return nil, fault.NotFound
	}
	return &p, nil
}
