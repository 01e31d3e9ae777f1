package guidance

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// The states of a draft that is open. A closed one was published or dropped.
const (
	Writing  = "writing"   // somebody is at it
	InReview = "in_review" // offered; nobody writes in it until it is returned or taken back
	Returned = "returned"  // a reviewer had a remark; the next word makes it Writing again
)

// Draft is a text being worked on: one open draft an article.
type Draft struct {
	ID           int64
	Based        int // the version it began from; 0: a new article
	Current      int // the version that is read now; 0: none yet
	Article          // Reviewed is zero: approving it is the review
	State        string
	ChangedBy    int64 // who wrote in it last
	ChangedName  string
	OfferedBy    int64 // who offered it last; 0: nobody yet
	OfferedName  string
	OfferedAt    *time.Time
	ReviewerID   *int64 // who returned it last
	ReviewerName string
	Remark       string
	Revision     int
	ChangedAt    time.Time
	Writers      []Writer // everybody who wrote in it, first to last

	articleID, sittingFrom int64
	sitting                string
}

// Writer is somebody who wrote in a draft, and so may not approve it.
type Writer struct {
	ID   int64
	Name string
}

// Wrote says whether somebody wrote in the draft.
func (d Draft) Wrote(by actor.Actor) bool {
	return slices.ContainsFunc(d.Writers, func(w Writer) bool { return w.ID == by.ID })
}

// Behind says whether another version was published since the draft began.
func (d Draft) Behind() bool { return d.Based != d.Current }

// Overtaken is the conflict of somebody who wrote on from an older revision of a draft,
// or in one that is in review by now: nothing was kept. Now is the draft as it stands.
type Overtaken struct{ Now Draft }

func (o *Overtaken) Error() string { return "conflict: the draft was changed meanwhile" }

// Unwrap makes it a fault.Conflict.
func (o *Overtaken) Unwrap() error { return fault.Conflict }

// open is what the states of an open draft are, in SQL.
const open = `IN ('writing', 'in_review', 'returned')`

const draftQuery = `SELECT d.id, d.article_id, a.slug, a.current, d.based, d.state, d.title, d.summary, d.written_for, d.author, d.keywords, d.topic, d.visible,
		d.owner, d.body, d.review_by, d.changed, d.remark, d.revision, d.sitting, d.sitting_from, d.changed_by,
		w.name AS changed_name, d.changed_at, coalesce(d.offered_by, 0) AS offered_by, coalesce(o.name, '') AS offered_name, d.offered_at, d.reviewer_id, coalesce(r.name, '') AS reviewer_name
	FROM article_drafts d JOIN articles a ON a.id = d.article_id JOIN users w ON w.id = d.changed_by
	LEFT JOIN users o ON o.id = d.offered_by LEFT JOIN users r ON r.id = d.reviewer_id
	WHERE d.state ` + open

func readDrafts(q *gorm.DB, where string, args ...any) ([]Draft, error) {
	var rows []struct {
		ID, ArticleID, ChangedBy, OfferedBy, SittingFrom                                                int64
		Slug, State, Title, Summary, WrittenFor, Author, Keywords, Topic, Visible, Owner, Body, Changed string
		Remark, Sitting, ChangedName, OfferedName, ReviewerName                                         string
		Current, Based, Revision                                                                        int
		ReviewBy, OfferedAt                                                                             *time.Time
		ReviewerID                                                                                      *int64
		ChangedAt                                                                                       time.Time
	}
	if err := q.Raw(draftQuery+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	ids, at := []int64{0}, map[int64]int{}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		ids, at[r.ID] = append(ids, r.ID), i
		out[i] = Draft{ID: r.ID, Based: r.Based, Current: r.Current, State: r.State,
			ChangedBy: r.ChangedBy, ChangedName: r.ChangedName, ChangedAt: r.ChangedAt, OfferedBy: r.OfferedBy, OfferedName: r.OfferedName, OfferedAt: r.OfferedAt,
			ReviewerID: r.ReviewerID, ReviewerName: r.ReviewerName, Remark: r.Remark, Revision: r.Revision,
			articleID: r.ArticleID, sitting: r.Sitting, sittingFrom: r.SittingFrom,
			Article: Article{Body: r.Body, Changed: r.Changed, Front: Front{Title: r.Title, Slug: r.Slug, Topic: r.Topic, Visible: r.Visible,
				Owner: r.Owner, Author: r.Author, For: r.WrittenFor, Summary: r.Summary, Keywords: r.Keywords}}}
		if r.ReviewBy != nil {
			out[i].ReviewBy = *r.ReviewBy
		}
	}
	var writers []struct {
		DraftID int64
		Writer  Writer `gorm:"embedded"`
	}
	err := q.Raw(`SELECT w.draft_id, w.user_id AS id, u.name FROM article_draft_writers w JOIN users u ON u.id = w.user_id
		WHERE w.draft_id IN ? ORDER BY w.since, w.user_id`, ids).Scan(&writers).Error
	for _, w := range writers {
		out[at[w.DraftID]].Writers = append(out[at[w.DraftID]].Writers, w.Writer)
	}
	return out, err
}

// draft reads the open draft of an article; lock is "" or " FOR UPDATE OF d".
func draft(q *gorm.DB, slug, lock string) (*Draft, error) {
	all, err := readDrafts(q, " AND a.slug = ?"+lock, slug)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.NotFound
	}
	return &all[0], nil
}

// Drafts are the open drafts, those longest untouched first. Consultants and managers,
// of whichever desk: guidance is the house's, not a desk's.
func (s *Service) Drafts(ctx context.Context, by actor.Actor) ([]Draft, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var all []Draft
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		all, err = readDrafts(q, " ORDER BY d.changed_at, d.id LIMIT 200")
		return err
	})
	return all, err
}

// DraftOf is the open draft of an article; NotFound without one. Consultants and managers.
func (s *Service) DraftOf(ctx context.Context, by actor.Actor, slug string) (*Draft, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var d *Draft
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		d, err = draft(q, slug, "")
		return err
	})
	return d, err
}

// wrote notes that somebody wrote in a draft, and says whether that is new.
func wrote(tx *gorm.DB, draftID int64, by actor.Actor, now time.Time) (first bool, err error) {
	made := tx.Exec(`INSERT INTO article_draft_writers (draft_id, user_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, draftID, by.ID, now)
	return made.RowsAffected == 1, made.Error
}
