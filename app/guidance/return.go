package guidance

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Reviewers are consultants and managers who wrote not a word of a draft. A manager is
// no better than a colleague here, and no writer approves their own text, managers
// included: what physicians rely on was read by two people who know the work, and the
// second had no part in the first's mistakes.
func (d Draft) reviewer(by actor.Actor) error {
	switch {
	case d.State != InReview:
		return fault.Say(fault.Conflict, "It is not in review any more. Load the page again and see what became of it.")
	case d.Wrote(by):
		return fault.Say(fault.Forbidden, "You wrote in this draft. Somebody who did not has to read it.")
	}
	return nil
}

// Return gives a draft back with a remark. Its reviewers. Errors: fault.Fields.
func (s *Service) Return(ctx context.Context, by actor.Actor, slug, remark string) error {
	remark = strings.TrimSpace(printable(plainBreaks(remark)))
	return s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if d.State == Returned && d.ReviewerID != nil && *d.ReviewerID == by.ID && d.Remark == remark {
			return nil // pressed twice
		}
		if err := d.reviewer(by); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(remark != "", "remark", "Say what has to change, so that it can.")
		bad.Need(utf8.RuneCountInString(remark) <= 4000, "remark", "Keep the remark under 4,000 characters.")
		if err := bad.Err(); err != nil {
			return err
		}
		err := tx.Exec(`UPDATE article_drafts SET state = 'returned', remark = ?, reviewer_id = ?, reviewed_at = ?, revision = revision + 1 WHERE id = ?`,
			remark, by.ID, now, d.ID).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.returned", audit.Article(d.articleID), audit.Detail{"draft": d.ID})
	})
}
