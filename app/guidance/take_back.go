package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// TakeBack ends a review nobody has finished, to write on. The draft's writers.
func (s *Service) TakeBack(ctx context.Context, by actor.Actor, slug string) error {
	return s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		switch {
		case d.State != InReview:
			return fault.Say(fault.Conflict, "It is not in review any more.")
		case !d.Wrote(by):
			return fault.Say(fault.Forbidden, "It is taken back by somebody who wrote in it. You can return it with a remark.")
		}
		if err := tx.Exec(`UPDATE article_drafts SET state = 'writing', revision = revision + 1, sitting = '' WHERE id = ?`, d.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.taken_back", audit.Article(d.articleID), audit.Detail{"draft": d.ID})
	})
}
