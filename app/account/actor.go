package account

import (
	"context"
	_ "embed"
	"encoding/json"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

//go:embed actor.sql
var readActor string

// Actor reads who acts, at each request, in one statement: with the desks whose
// tickets they may see (a manager's: all). Somebody gone or disabled is SignedOut.
func (s *Service) Actor(ctx context.Context, userID int64) (actor.Actor, Person, error) {
	var found struct {
		Person
		Desks string
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(readActor, userID).Scan(&found).Error
	})
	if err != nil {
		return actor.Actor{}, Person{}, err
	}
	if found.ID == 0 {
		return actor.Actor{}, Person{}, fault.SignedOut
	}
	by := found.Actor()
	if err := json.Unmarshal([]byte(found.Desks), &by.Desks); err != nil {
		return actor.Actor{}, Person{}, err
	}
	return by, found.Person, nil
}
