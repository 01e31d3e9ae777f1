package guidance

import (
	"context"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Withdraw takes an article off the shelf: it is not found, not suggested and not cited
// any more. Whoever it was cited to still reads it, with a word that it was withdrawn. A
// review that is under way ends, so that nobody approves on a page that did not know of
// it; a draft that is offered anew and approved puts the article back. Where anybody ever
// relied on it, affects has to be answered. Managers. Errors: fault.Fields; Conflict
// where somebody has withdrawn it already.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, slug, why string, affects Affects) error {
	if !by.Is(actor.Manager) {
		return fault.Forbidden
	}
	why = oneLine(why)
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		k, err := shelved(tx, slug, " FOR UPDATE OF a")
		if err != nil {
			return err
		}
		if k.WithdrawnAt != nil {
			so, err := withdrawnSo(tx, by, k, why, affects)
			if err == nil && !so {
				err = fault.Say(fault.Conflict, "It is withdrawn already.")
			}
			return err
		}
		relied, err := reliedOn(tx, k.ArticleID)
		if err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(why != "", "why", "Say why nobody should rely on it any more.")
		bad.Need(utf8.RuneCountInString(why) <= longestLine, "why", "Keep it under 400 characters.")
		bad = append(bad, affects.check(relied > 0)...)
		if err := bad.Err(); err != nil {
			return err
		}
		err = tx.Exec(`UPDATE articles SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_why = ? WHERE id = ?`, now, by.ID, why, k.ArticleID).Error
		if err != nil {
			return err
		}
		ended, err := endReview(tx, k.ArticleID)
		if err != nil {
			return err
		}
		if affects.Affected {
			if err := openRecall(tx, by, k.ArticleID, k.Version, affects.Why, now); err != nil {
				return err
			}
		}
		detail := audit.Detail{"version": k.Version, "affects": affects.Affected}
		if ended != 0 {
			detail["draft"] = ended
		}
		return audit.Record(tx, by, now, "article.withdrawn", audit.Article(k.ArticleID), detail)
	})
}

// endReview gives a draft in review back to its writers, as a revision nobody has read:
// an approval that is on its way is of the one before. It gives the draft; 0: none was in
// review. One that is being written stays as its writers have it.
func endReview(tx *gorm.DB, articleID int64) (draftID int64, err error) {
	err = tx.Raw(`UPDATE article_drafts SET state = 'writing', revision = revision + 1, sitting = '' WHERE article_id = ? AND state = 'in_review' RETURNING id`,
		articleID).Scan(&draftID).Error
	return draftID, err
}
