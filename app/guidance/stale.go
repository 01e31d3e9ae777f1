package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/outbox"
)

// An article is on the list of those to be reviewed this long before its day, and its
// keeper gets a letter that long before it.
const (
	staleAhead = 30 // days
	tellAhead  = 14 // days
)

// StaleArticle is one whose review is due soon, or was.
type StaleArticle struct {
	Slug, Title, TopicName, Owner string
	OwnerID                       *int64 // nil: nobody who signs in; managers are told instead
	Version                       int
	Due                           time.Time // a day, at midnight UTC
	Over                          bool      // the day has passed
	Drafting                      bool      // a draft is open
}

// due is the day an article is to be looked at: as its version says, or sooner.
const due = `least(v.review_by, a.review_early)`

// Stale are the articles whose review is due within 30 days or past, earliest first.
// Consultants and managers.
func (s *Service) Stale(ctx context.Context, by actor.Actor) ([]StaleArticle, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var all []StaleArticle
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		today, err := today(q, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT a.slug, v.title, tp.name AS topic_name, a.owner, u.id AS owner_id, v.version, `+due+` AS due, `+due+` < ?::date AS over,
				EXISTS (SELECT FROM article_drafts d WHERE d.article_id = a.id AND d.state `+open+`) AS drafting
			FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.current JOIN topics tp ON tp.code = a.topic
			LEFT JOIN users u ON u.id = a.owner_id AND `+mayKeep+`
			WHERE a.withdrawn_at IS NULL AND `+due+` <= ?::date ORDER BY due, v.title LIMIT 200`,
			day(today), day(today.AddDate(0, 0, staleAhead))).Scan(&all).Error
	})
	return all, err
}

// promiseReview promises the letter that says a review is due: two weeks ahead, at eight
// in the morning Eastern time, nine in summer. Promises of earlier dates find, when their
// time comes, that they do not hold any more.
func promiseReview(tx *gorm.DB, articleID int64, due, now time.Time) error {
	at := due.AddDate(0, 0, -tellAhead).Add(13 * time.Hour)
	if at.Before(now) {
		at = now
	}
	return outbox.PromiseAt(tx, ReviewDueJob{ArticleID: articleID}, at)
}

// TellReviewDue writes to whoever keeps an article when its review is due within two
// weeks: once for each day it is due on. One that was reviewed or withdrawn meanwhile is
// left alone. Where its keeper does not sign in any more, managers are told. Jobs alone.
func (s *Service) TellReviewDue(ctx context.Context, by actor.Actor, articleID int64) error {
	if !by.Is(actor.System) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var a struct {
			ID      int64
			Slug    string
			OwnerID *int64
			Due     time.Time
		}
		err := tx.Raw(`SELECT a.id, a.slug, u.id AS owner_id, `+due+` AS due FROM articles a
			JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
			LEFT JOIN users u ON u.id = a.owner_id AND `+mayKeep+`
			WHERE a.id = ? AND a.withdrawn_at IS NULL`, articleID).Scan(&a).Error
		if err != nil || a.ID == 0 || now.Before(a.Due.AddDate(0, 0, -tellAhead)) {
			return err
		}
		to := []int64{}
		if a.OwnerID != nil {
			to = append(to, *a.OwnerID)
		} else if err := tx.Raw(`SELECT id FROM users WHERE role = 'manager' AND state = 'active' ORDER BY id`).Scan(&to).Error; err != nil {
			return err
		}
		for _, id := range to {
			if err := letter.Post(tx, now, letter.ReviewDue, a.ID, id, a.Due.Unix()/86400, a.Slug); err != nil {
				return err
			}
		}
		return nil
	})
}
