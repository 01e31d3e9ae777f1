package guidance

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// reviewEvery is how long an article is trusted after a review, unless its writer says
// otherwise: a house rule, as the shipped articles have it.
const reviewEvery = 6 // months

// StartDraft begins a draft of what is published, withdrawn or not, or gives the one
// that is open. Consultants and managers.
func (s *Service) StartDraft(ctx context.Context, by actor.Actor, slug string) (*Draft, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var d *Draft
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		k, err := shelved(tx, slug, " FOR UPDATE OF a")
		if err != nil {
			return err
		}
		if d, err = draft(tx, slug, ""); !errors.Is(err, fault.NotFound) {
			return err
		}
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		a := k.article()
		a.Changed, a.ReviewBy = "", today.AddDate(0, reviewEvery, 0)
		d, err = begin(tx, by, k.ArticleID, k.Current, a, now)
		return err
	})
	return d, err
}

// NewDraft begins a draft of an article that is not there yet, at an address nobody has.
// It may lack everything but its title, address, topic and audience. Consultants and
// managers. Errors: fault.Fields.
func (s *Service) NewDraft(ctx context.Context, by actor.Actor, a Article) (*Draft, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	a = a.tidy()
	var bad fault.Fields
	bad.Need(a.Title != "", "title", "Give the article a title.")
	bad.Need(slugLike.MatchString(a.Slug), "slug", "Write the address in small letters and digits with single hyphens between them.")
	bad.Need(!slices.Contains(reserved, a.Slug), "slug", "That address is taken by one of our own pages. Choose another.")
	bad = append(bad, a.keepable()...)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var d *Draft
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		if a.ReviewBy.IsZero() {
			a.ReviewBy = today.AddDate(0, reviewEvery, 0)
		}
		if a.Owner == "" {
			if err := tx.Raw(`SELECT `+signed+` FROM users WHERE id = ?`, by.ID).Scan(&a.Owner).Error; err != nil {
				return err
			}
		}
		id, err := room(tx, a)
		if err != nil {
			return err
		}
		d, err = begin(tx, by, id, 0, a, now)
		return err
	})
	return d, err
}

// room is the row of an article that has no version and no open draft yet.
func room(tx *gorm.DB, a Article) (int64, error) {
	made := tx.Exec(`INSERT INTO articles (slug, topic, visible, owner) VALUES (?, ?, ?, ?) ON CONFLICT ON CONSTRAINT articles_slug_once DO NOTHING`,
		a.Slug, a.Topic, a.Visible, a.Owner)
	if made.Error != nil {
		return 0, made.Error
	}
	var there struct {
		ID      int64
		Current int
		Open    bool
	}
	err := tx.Raw(`SELECT a.id, a.current, EXISTS (SELECT FROM article_drafts d WHERE d.article_id = a.id AND d.state `+open+`) AS open
		FROM articles a WHERE a.slug = ? FOR UPDATE OF a`, a.Slug).Take(&there).Error
	switch {
	case err != nil:
		return 0, err
	case there.Current > 0:
		return 0, fault.Fields{{Name: "slug", Says: "There is an article at that address already. Begin a change to it, or choose another."}}
	case there.Open:
		return 0, fault.Fields{{Name: "slug", Says: "Somebody is writing an article at that address already. Write in theirs, or choose another."}}
	}
	return there.ID, nil
}

// begin opens a draft. Its revisions go on from those of the drafts before it, so that a
// revision is never of two texts of one article.
func begin(tx *gorm.DB, by actor.Actor, articleID int64, based int, a Article, now time.Time) (*Draft, error) {
	var id int64
	err := tx.Raw(`INSERT INTO article_drafts (article_id, based, title, summary, written_for, author, keywords, topic, visible, owner, body, review_by, changed,
			begun_by, begun_at, changed_by, changed_at, revision)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::date, ?, ?, ?, ?, ?,
			(SELECT coalesce(max(revision), 0) + 1 FROM article_drafts WHERE article_id = ?)) RETURNING id`,
		articleID, based, a.Title, a.Summary, a.For, a.Author, a.Keywords, a.Topic, a.Visible, a.Owner, a.Body, day(a.ReviewBy), a.Changed,
		by.ID, now, by.ID, now, articleID).Scan(&id).Error
	if database.Violates(err, "article_drafts_one_open") {
		return nil, fault.Conflict
	}
	if err != nil {
		return nil, err
	}
	if _, err := wrote(tx, id, by, now); err != nil {
		return nil, err
	}
	if err := audit.Record(tx, by, now, "article.draft_begun", audit.Article(articleID), audit.Detail{"draft": id, "based": based}); err != nil {
		return nil, err
	}
	all, err := readDrafts(tx, " AND d.id = ?", id)
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}
