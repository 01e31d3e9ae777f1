package guidance

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
)

// Whoever presses a button twice before the page has changed did one thing, and is told
// the same both times. What somebody else did meanwhile, or they themselves otherwise, is
// a conflict still.

// approvedAlready is the version a draft became by the same approval: the same person's,
// of the revision they read (0: of the newest draft), with the same answer.
func (s *Service) approvedAlready(ctx context.Context, by actor.Actor, slug string, revision int, affects Affects) (version int, already bool) {
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		var d struct {
			ArticleID  int64
			State      string
			Version    int
			ReviewerID int64
			ReviewedAt time.Time
		}
		// A revision is one draft's alone: see begin.
		err := q.Raw(`SELECT d.article_id, d.state, coalesce(d.version, 0) AS version, coalesce(d.reviewer_id, 0) AS reviewer_id, coalesce(d.reviewed_at, d.changed_at) AS reviewed_at
			FROM article_drafts d JOIN articles a ON a.id = d.article_id
			WHERE a.slug = ? AND CAST(? AS bigint) IN (0, d.revision) ORDER BY d.id DESC LIMIT 1`, slug, revision).Take(&d).Error
		if err != nil || d.State != "published" || d.ReviewerID != by.ID {
			return err
		}
		version = d.Version
		already, err = answeredSo(q, d.ArticleID, d.ReviewedAt, affects)
		return err
	})
	return version, already && err == nil
}

// droppedAlready says whether the newest draft of an article was dropped by the same
// person.
func (s *Service) droppedAlready(ctx context.Context, by actor.Actor, slug string) (already bool) {
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		var d struct {
			ID, ArticleID int64
			State         string
		}
		err := q.Raw(`SELECT d.id, d.article_id, d.state FROM article_drafts d JOIN articles a ON a.id = d.article_id
			WHERE a.slug = ? ORDER BY d.id DESC LIMIT 1`, slug).Take(&d).Error
		if err != nil || d.State != "dropped" {
			return err
		}
		trail, err := audit.Trail(q, audit.Article(d.ArticleID))
		for _, e := range trail {
			var detail struct{ Draft int64 }
			if e.Action != "article.draft_dropped" || e.ActorID == nil || *e.ActorID != by.ID {
				continue
			}
			if err := json.Unmarshal(e.Detail, &detail); err != nil {
				return err
			}
			already = already || detail.Draft == d.ID
		}
		return err
	})
	return already && err == nil
}

// withdrawnSo says whether an article was withdrawn by the same person, for the same
// reason and with the same answer.
func withdrawnSo(tx *gorm.DB, by actor.Actor, k kept, why string, affects Affects) (bool, error) {
	var who int64
	err := tx.Raw(`SELECT coalesce(withdrawn_by, 0) FROM articles WHERE id = ?`, k.ArticleID).Scan(&who).Error
	if err != nil || who != by.ID || k.WithdrawnWhy != why {
		return false, err
	}
	return answeredSo(tx, k.ArticleID, *k.WithdrawnAt, affects)
}

// offeredSo says whether a draft is in review by the same person's offer: of the revision
// they had before them (0: whichever), with the same words.
func (d Draft) offeredSo(by actor.Actor, changed string, revision int) bool {
	return d.State == InReview && d.OfferedBy == by.ID && d.Changed == changed &&
		(revision == 0 || revision == d.Revision || revision == d.Revision-1)
}

// answeredSo says whether what was done to an article at a time was done with this answer:
// its recall tells.
func answeredSo(q *gorm.DB, articleID int64, at time.Time, affects Affects) (bool, error) {
	var whys []string
	if err := q.Raw(`SELECT why FROM recalls WHERE article_id = ? AND opened_at = ?`, articleID, at).Scan(&whys).Error; err != nil {
		return false, err
	}
	if len(whys) > 0 {
		return affects.Affected && whys[0] == oneLine(affects.Why), nil
	}
	if !affects.Affected {
		return true, nil
	}
	relied, err := reliedOn(q, articleID)
	return relied == 0, err // nobody relied on it, so no recall was opened
}
