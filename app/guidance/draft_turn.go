package guidance

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// turn does one thing to the open draft of an article, which nobody else touches
// meanwhile. Consultants and managers.
func (s *Service) turn(ctx context.Context, by actor.Actor, slug string, f func(tx *gorm.DB, d *Draft, now time.Time) error) error {
	if !by.Desk() {
		return fault.NotFound
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := hold(tx, slug); err != nil {
			return err
		}
		d, err := draftToChange(tx, slug)
		if err != nil {
			return err
		}
		return f(tx, d, s.now())
	})
}

// draftToChange is the open draft of an article, which nobody else touches meanwhile.
func draftToChange(tx *gorm.DB, slug string) (*Draft, error) {
	d, err := draft(tx, slug, " FOR UPDATE OF d")
	if errors.Is(err, fault.NotFound) {
		return nil, closed(tx, slug)
	}
	return d, err
}

// hold keeps others from an article and all that goes with it: whoever changes a draft or
// its papers takes the article first, as those do who publish and withdraw.
func hold(tx *gorm.DB, slug string) error {
	return tx.Exec(`SELECT FROM articles WHERE slug = ? FOR UPDATE`, slug).Error
}

// closed is what to say where no draft is open: a conflict where one was.
func closed(tx *gorm.DB, slug string) error {
	var once bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM article_drafts d JOIN articles a ON a.id = d.article_id WHERE a.slug = ?)`, slug).Scan(&once).Error
	switch {
	case err != nil:
		return err
	case once:
		return fault.Say(fault.Conflict, "No draft of it is open any more: it was published or dropped meanwhile.")
	}
	return fault.NotFound
}
