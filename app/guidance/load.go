package guidance

import (
	"context"
	"io/fs"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// loading is the advisory lock under which an empty library is filled, so that two
// processes do not do it at once.
const loading = 7207

// Load fills an empty library with the articles that ship with the program, and says
// how many it read: all or none. A library that holds anything is left as it is.
// Managers and the program's own verbs.
func (s *Service) Load(ctx context.Context, by actor.Actor) (n int, err error) {
	if !by.Is(actor.Manager, actor.System) {
		return 0, fault.Forbidden
	}
	shipped, err := shipped()
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		n = 0
		var filled bool
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, loading).Error; err != nil {
			return err
		}
		if err := tx.Raw(`SELECT EXISTS (SELECT FROM articles)`).Scan(&filled).Error; err != nil || filled {
			return err
		}
		for _, a := range shipped {
			if _, err := publish(tx, by, a, s.now()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func shipped() ([]Article, error) {
	names, err := fs.Glob(Library(), "*.md")
	if err != nil {
		return nil, err
	}
	var all []Article
	for _, name := range names {
		b, err := fs.ReadFile(Library(), name)
		if err != nil {
			return nil, err
		}
		front, body, err := ParseFile(name, b)
		if err != nil {
			return nil, err
		}
		a := Article{Front: front, Body: body}.tidy()
		if err := a.check(); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
