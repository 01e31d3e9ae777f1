package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
)

// Rebase says that its writers have seen the version published since the draft began:
// theirs is to go in its place. The writers' page shows the difference first.
func (s *Service) Rebase(ctx context.Context, by actor.Actor, slug string, version int) error {
	return s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if d.State == InReview || version != d.Current {
			return &Overtaken{*d}
		}
		if _, err := wrote(tx, d.ID, by, now); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE article_drafts SET based = ?, revision = revision + 1 WHERE id = ?`, version, d.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.draft_rebased", audit.Article(d.articleID), audit.Detail{"draft": d.ID, "based": version})
	})
}
