package guidance

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

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
		err = tx.Raw(`SELECT id, `+signed+` AS name FROM users u WHERE id = ? AND `+mayKeep, k.OwnerID).Scan(&owner).Error
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
			revision = revision + 1, sitting = '', changed_by = ?, changed_at = ? WHERE article_id = ? AND state `+open,
		changed(was.Owner, owner), changed(was.Visible, k.Visible), changed(was.Topic, k.Topic), by.ID, now, was.ArticleID).Error
}
