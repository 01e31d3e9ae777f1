package guidance

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Offer gives a draft to review, with a sentence on what is new. It has to be whole (see
// Missing). Consultants and managers; whoever offers it counts as one of its writers.
// Errors: fault.Fields; Conflict where another version was published since it began.
func (s *Service) Offer(ctx context.Context, by actor.Actor, slug, changed string) error {
	return s.OfferRevision(ctx, by, slug, changed, 0)
}

// OfferRevision is Offer of the text its writer had before them, and of no other: the
// draft's revision when they kept it. 0: whichever. Another is an *Overtaken.
func (s *Service) OfferRevision(ctx context.Context, by actor.Actor, slug, changed string, revision int) error {
	changed = oneLine(changed)
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
