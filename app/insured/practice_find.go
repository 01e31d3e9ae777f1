package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Practice is a practice as it is found.
type Practice struct {
	ID                int64
	Name, City, State string
}

// FindPractices looks for practices by a name spelled about right and as yet
// incomplete, those most alike first, at most 50; limit 0: 8. Nothing to go by gives
// none. For the desk and administrators; others find nothing.
func (s *Service) FindPractices(ctx context.Context, by actor.Actor, typed string, limit int) ([]Practice, error) {
	if !by.Desk() && !by.Is(actor.Administrator) {
		return nil, fault.NotFound
	}
	name := read(typed).words
	if name == "" {
		return nil, nil
	}
	if limit <= 0 {
		limit = findUsual
	}
	var all []Practice
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT p.id, p.name, p.city, p.state
			FROM practices_like(nullif(translate(plain(CAST(? AS text)), '''', ''), ''), ?) l JOIN practices p ON p.id = l.practice_id
			ORDER BY l.score DESC, p.plain_name, p.id`, name, min(limit, findMost)).Scan(&all).Error
	})
	return all, err
}
