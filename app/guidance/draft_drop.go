package guidance

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// DropDraft closes a draft that nobody wants; its text stays on file. Its writers and
// managers.
func (s *Service) DropDraft(ctx context.Context, by actor.Actor, slug string) error {
	err := s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if !d.Wrote(by) && !by.Is(actor.Manager) {
			return fault.Say(fault.Forbidden, "A draft is dropped by somebody who wrote in it, or by a manager.")
		}
		if err := tx.Exec(`UPDATE article_drafts SET state = 'dropped' WHERE id = ?`, d.ID).Error; err != nil {
			return err
		}
		// Its papers were never on the shelf.
		if err := tx.Exec(`UPDATE article_files SET removed_by = ?, removed_at = ? WHERE draft_id = ? AND removed_at IS NULL`, by.ID, now, d.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.draft_dropped", audit.Article(d.articleID), audit.Detail{"draft": d.ID})
	})
	if errors.Is(err, fault.Conflict) && s.droppedAlready(ctx, by, slug) {
		return nil
	}
	return err
}
