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
// draft that is approved later puts it back. Managers. Errors: fault.Fields; Conflict
// where it is withdrawn already.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, slug, why string, affects Affects) error {
	if !by.Is(actor.Manager) {
		return fault.Forbidden
	}
	why = strings.Join(strings.Fields(printable(why)), " ")
	var bad fault.Fields
	bad.Need(why != "", "why", "Say why nobody should rely on it any more.")
	bad.Need(utf8.RuneCountInString(why) <= longestLine, "why", "Keep it under 400 characters.")
	if more, is := affects.check().(fault.Fields); is {
		bad = append(bad, more...)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		k, err := shelved(tx, slug, " FOR UPDATE OF a")
		if err != nil {
			return err
		}
		if k.WithdrawnAt != nil {
			return fault.Say(fault.Conflict, "It is withdrawn already.")
		}
		err = tx.Exec(`UPDATE articles SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_why = ? WHERE id = ?`, now, by.ID, why, k.ArticleID).Error
		if err != nil {
			return err
		}
		if affects.Affected {
			if err := openRecall(tx, by, k.ArticleID, k.Version, strings.TrimSpace(affects.Why), now); err != nil {
				return err
			}
		}
		return audit.Record(tx, by, now, "article.withdrawn", audit.Article(k.ArticleID), audit.Detail{"version": k.Version, "affects": affects.Affected})
	})
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
// because a date that is moved is how old advice stays on the shelf. Managers. Errors:
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
		if err := promiseReview(tx, was.ArticleID, due, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.kept", audit.Article(was.ArticleID),
			audit.Detail{"owner": owner.ID, "visible": k.Visible, "topic": k.Topic, "review": due.Format(time.DateOnly)})
	})
}
