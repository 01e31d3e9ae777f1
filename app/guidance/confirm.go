package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Confirm says that an article was read again and nothing has to change: its text, with
// the day of the next review, goes to a second person as any other draft does, and
// becomes a version when they agree. So a review is never one person's word, and never
// a date somebody moved. Consultants and managers; Conflict where a draft is open.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, slug string, reviewBy time.Time) error {
	if !by.Desk() {
		return fault.NotFound
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		k, err := shelved(tx, slug, " FOR UPDATE OF a")
		if err != nil {
			return err
		}
		if open, err := readDrafts(tx, " AND a.slug = ?", slug); err != nil || len(open) > 0 {
			if err == nil && open[0].offeredSo(by, readAgain, 0) && open[0].ReviewBy.Equal(reviewBy) {
				return nil // pressed twice
			}
			if err == nil {
				err = fault.Say(fault.Conflict, "A draft of it is open. Review it with that, or drop the draft first.")
			}
			return err
		}
		a := k.article()
		a.ReviewBy, a.Changed = reviewBy, ""
		d, err := begin(tx, by, k.ArticleID, k.Current, a, now)
		if err != nil {
			return err
		}
		if err := d.ripe(tx, readAgain, now); err != nil {
			return err
		}
		return offer(tx, by, d, readAgain, now)
	})
}

const readAgain = "Read again. Nothing had to change."
