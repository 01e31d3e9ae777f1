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

// Approve publishes a draft as it stands and gives its version; the day of the approval
// is the day of the review. Where advice already given is affected, every consultation
// that relied on the versions before is listed for recall; where anybody ever did, that
// has to be answered. What was withdrawn is back, and the record says so. Its reviewers.
// Errors: fault.Fields; Conflict where it is not in review, or another version came
// meanwhile.
func (s *Service) Approve(ctx context.Context, by actor.Actor, slug string, affects Affects) (version int, err error) {
	return s.ApproveRevision(ctx, by, slug, 0, affects)
}

// ApproveRevision is Approve of the text the reviewer read, and of no other: the draft's
// revision when its page was shown. 0: whichever.
func (s *Service) ApproveRevision(ctx context.Context, by actor.Actor, slug string, revision int, affects Affects) (version int, err error) {
	err = s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if err := d.reviewer(by); err != nil {
			return err
		}
		if revision != 0 && revision != d.Revision {
			return fault.Say(fault.Conflict, "It was taken back and offered anew since you read it. Read it as it is now.")
		}
		if err := d.ripe(tx, d.Changed, now); err != nil {
			return err
		}
		relied, err := reliedOn(tx, d.articleID)
		if err != nil {
			return err
		}
		if err := affects.check(d.Current > 0 && relied > 0).Err(); err != nil {
			return err
		}
		var restored bool
		if err := tx.Raw(`SELECT withdrawn_at IS NOT NULL FROM articles WHERE id = ?`, d.articleID).Scan(&restored).Error; err != nil {
			return err
		}
		a := d.Article
		if a.Reviewed, err = today(tx, now); err != nil {
			return err
		}
		if version, err = publish(tx, by, a, now); err != nil {
			return err
		}
		if version == d.Current && !restored { // to the letter what was there: no version, and yet a review
			if err := trust(tx, d.articleID, a.ReviewBy, now); err != nil {
				return err
			}
		}
		if affects.Affected && d.Current > 0 {
			if err := openRecall(tx, by, d.articleID, d.Current, affects.Why, now); err != nil {
				return err
			}
		}
		err = tx.Exec(`UPDATE article_drafts SET state = 'published', version = ?, reviewer_id = ?, reviewed_at = ? WHERE id = ?`, version, by.ID, now, d.ID).Error
		if err != nil {
			return err
		}
		detail := audit.Detail{"draft": d.ID, "version": version, "affects": affects.Affected}
		if restored {
			detail["restored"] = true
		}
		return audit.Record(tx, by, now, "article.approved", audit.Article(d.articleID), detail)
	})
	if errors.Is(err, fault.Conflict) {
		if was, already := s.approvedAlready(ctx, by, slug, revision, affects); already {
			return was, nil
		}
	}
	return version, err
}
