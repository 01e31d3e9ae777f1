package guidance

import (
	"context"
	"slices"
	"strings"
	"time"
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
	why = strings.Join(strings.Fields(printable(why)), " ")
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
		relied, err := cited(tx, k.ArticleID)
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
			if err := openRecall(tx, by, k.ArticleID, k.Version, strings.TrimSpace(affects.Why), now); err != nil {
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

// Keeping is how an article is kept, apart from its text.
type Keeping struct {
	OwnerID  int64     // a consultant or manager who signs in
	ReviewBy time.Time // a day at midnight UTC; zero: as the version says
	Visible  string
	Topic    string
}

// Keep changes who keeps an article, who may read it, its topic, and the day somebody
// looks at it again. That day may come sooner than the version says, which changes no
// version and nothing that readers see; later takes a review (Confirm, or a draft),
// because a date that is moved is how old advice stays on the shelf. What changes here
// changes in the open draft too, or its approval would undo it. Managers. Errors:
// fault.Fields.
func (s *Service) Keep(ctx context.Context, by actor.Actor, slug string, k Keeping) error {
	if !by.Is(actor.Manager) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		was, err := shelved(tx, slug, " FOR UPDATE OF a")
		if err != nil {
			return err
		}
		var owner struct {
			ID   int64
			Name string
		}
		err = tx.Raw(`SELECT id, name || CASE WHEN credentials <> '' THEN ', ' || credentials ELSE '' END AS name FROM users
			WHERE id = ? AND role IN ('consultant', 'manager') AND state = 'active'`, k.OwnerID).Scan(&owner).Error
		if err != nil {
			return err
		}
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		early := !k.ReviewBy.IsZero() && k.ReviewBy.Before(was.ReviewBy)
		var bad fault.Fields
		bad.Need(owner.ID != 0, "owner", "Choose who keeps it up to date.")
		bad.Need(slices.Contains(topics, k.Topic), "topic", "Choose its topic.")
		bad.Need(k.Visible == ForInsured || k.Visible == ForDesk, "visible", "Choose who may read it.")
		bad.Need(!k.ReviewBy.After(was.ReviewBy), "review_by", "A later day takes a review. Read it again, and say that nothing had to change.")
		bad.Need(!early || !k.ReviewBy.Before(today), "review_by", "Choose a day that is still to come.")
		if err := bad.Err(); err != nil {
			return err
		}
		due, sooner := was.ReviewBy, any(nil)
		if early {
			due, sooner = k.ReviewBy, day(k.ReviewBy)
		}
		err = tx.Exec(`UPDATE articles SET owner = ?, owner_id = ?, visible = ?, topic = ?, review_early = ?::date WHERE id = ?`,
			owner.Name, owner.ID, k.Visible, k.Topic, sooner, was.ArticleID).Error
		if err != nil {
			return err
		}
		if err := keepDraftSo(tx, by, was, owner.Name, k, now); err != nil {
			return err
		}
		if err := promiseReview(tx, was.ArticleID, due, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.kept", audit.Article(was.ArticleID),
			audit.Detail{"owner": owner.ID, "visible": k.Visible, "topic": k.Topic, "review": due.Format(time.DateOnly)})
	})
}

// keepDraftSo changes in the open draft of an article what its keeping changes from what
// was, and nothing else; whoever has it before them, to write or to approve, sees that.
func keepDraftSo(tx *gorm.DB, by actor.Actor, was kept, owner string, k Keeping, now time.Time) error {
	if owner == was.Owner && k.Visible == was.Visible && k.Topic == was.Topic {
		return nil
	}
	changed := func(from, to string) any {
		if from == to {
			return nil
		}
		return to
	}
	return tx.Exec(`UPDATE article_drafts SET owner = coalesce(?, owner), visible = coalesce(?, visible), topic = coalesce(?, topic),
			revision = revision + 1, sitting = '', changed_by = ?, changed_at = ? WHERE article_id = ? AND state IN ('writing', 'in_review', 'returned')`,
		changed(was.Owner, owner), changed(was.Visible, k.Visible), changed(was.Topic, k.Topic), by.ID, now, was.ArticleID).Error
}
