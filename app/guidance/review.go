package guidance

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Affects answers what is asked before a text that was ever cited is replaced or taken
// away: does this change advice already given? The zero value is no answer, which is not
// the same as no.
type Affects struct {
	Answered bool // somebody said yes or no; Affected alone is a yes
	Affected bool
	Why      string // a sentence; needed where it is affected
}

// check says what is wrong with an answer; asked: there has to be one.
func (a Affects) check(asked bool) fault.Fields {
	var bad fault.Fields
	why := strings.TrimSpace(a.Why)
	bad.Need(!asked || a.Answered || a.Affected, "affects", "Say whether it changes advice already given.")
	bad.Need(!a.Affected || why != "", "affects_why", "Say in a sentence what was advised before and does not hold any more.")
	bad.Need(utf8.RuneCountInString(why) <= longestLine, "affects_why", "Keep it under 400 characters.")
	return bad
}

// Offer gives a draft to review, with a sentence on what is new. It has to be whole (see
// Missing). Consultants and managers; whoever offers it counts as one of its writers.
// Errors: fault.Fields; Conflict where another version was published since it began.
func (s *Service) Offer(ctx context.Context, by actor.Actor, slug, changed string) error {
	return s.OfferRevision(ctx, by, slug, changed, 0)
}

// OfferRevision is Offer of the text its writer had before them, and of no other: the
// draft's revision when they kept it. 0: whichever. Another is an *Overtaken.
func (s *Service) OfferRevision(ctx context.Context, by actor.Actor, slug, changed string, revision int) error {
	changed = strings.Join(strings.Fields(printable(changed)), " ")
	return s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		switch {
		case d.offeredSo(by, changed, revision):
			return nil
		case d.State == InReview:
			return fault.Say(fault.Conflict, "It is in review already.")
		case revision != 0 && revision != d.Revision:
			return &Overtaken{*d}
		}
		if err := d.ripe(tx, changed, now); err != nil {
			return err
		}
		return offer(tx, by, d, changed, now)
	})
}

// ripe says whether a draft can be reviewed as it stands.
func (d Draft) ripe(tx *gorm.DB, changed string, now time.Time) error {
	if d.Behind() {
		return fault.Say(fault.Conflict, "Another version was published since this draft began. Look at what differs, and say that yours goes in its place.")
	}
	today, err := today(tx, now)
	if err != nil {
		return err
	}
	bad := Missing(d.Article, today)
	bad.Need(changed != "" || d.Based == 0, "changed", "Say in a sentence what is new, for those who read the last version.")
	bad.Need(utf8.RuneCountInString(changed) <= longestLine, "changed", "Keep it under 400 characters.")
	return bad.Err()
}

func offer(tx *gorm.DB, by actor.Actor, d *Draft, changed string, now time.Time) error {
	if _, err := wrote(tx, d.ID, by, now); err != nil {
		return err
	}
	err := tx.Exec(`UPDATE article_drafts SET state = 'in_review', changed = ?, remark = '', offered_by = ?, offered_at = ?, revision = revision + 1, sitting = '' WHERE id = ?`,
		changed, by.ID, now, d.ID).Error
	if err != nil {
		return err
	}
	return audit.Record(tx, by, now, "article.offered", audit.Article(d.articleID), audit.Detail{"draft": d.ID, "revision": d.Revision + 1})
}

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
		relied, err := cited(tx, d.articleID)
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
			if err := openRecall(tx, by, d.articleID, d.Current, strings.TrimSpace(affects.Why), now); err != nil {
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
