package guidance

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
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
	Slug         string
	Based        int // the version it began from; 0: a new article
	Current      int // the version that is read now; 0: none yet
	Article          // Reviewed is zero: approving it is the review
	State        string
	By           int64 // who began it
	ByName       string
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

// reviewEvery is how long an article is trusted after a review, unless its writer says
// otherwise: a house rule, as the shipped articles have it.
const reviewEvery = 6 // months

const draftQuery = `SELECT d.id, d.article_id, a.slug, a.current, d.based, d.state, d.title, d.summary, d.written_for, d.author, d.keywords, d.topic, d.visible,
		d.owner, d.body, d.review_by, d.changed, d.remark, d.revision, d.sitting, d.sitting_from, d.begun_by, b.name AS begun_name, d.changed_by,
		w.name AS changed_name, d.changed_at, coalesce(d.offered_by, 0) AS offered_by, coalesce(o.name, '') AS offered_name, d.offered_at, d.reviewer_id, coalesce(r.name, '') AS reviewer_name
	FROM article_drafts d JOIN articles a ON a.id = d.article_id JOIN users b ON b.id = d.begun_by JOIN users w ON w.id = d.changed_by
	LEFT JOIN users o ON o.id = d.offered_by LEFT JOIN users r ON r.id = d.reviewer_id
	WHERE d.state IN ('writing', 'in_review', 'returned')`

func readDrafts(q *gorm.DB, where string, args ...any) ([]Draft, error) {
	var rows []struct {
		ID, ArticleID, BegunBy, ChangedBy, OfferedBy, SittingFrom                                       int64
		Slug, State, Title, Summary, WrittenFor, Author, Keywords, Topic, Visible, Owner, Body, Changed string
		Remark, Sitting, BegunName, ChangedName, OfferedName, ReviewerName                              string
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
		out[i] = Draft{ID: r.ID, Slug: r.Slug, Based: r.Based, Current: r.Current, State: r.State, By: r.BegunBy, ByName: r.BegunName,
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
			if err := tx.Raw(`SELECT name || CASE WHEN credentials <> '' THEN ', ' || credentials ELSE '' END FROM users WHERE id = ?`, by.ID).Scan(&a.Owner).Error; err != nil {
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
	err := tx.Raw(`SELECT a.id, a.current, EXISTS (SELECT FROM article_drafts d WHERE d.article_id = a.id AND d.state IN ('writing', 'in_review', 'returned')) AS open
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

// wrote notes that somebody wrote in a draft, and says whether that is new.
func wrote(tx *gorm.DB, draftID int64, by actor.Actor, now time.Time) (first bool, err error) {
	made := tx.Exec(`INSERT INTO article_draft_writers (draft_id, user_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, draftID, by.ID, now)
	return made.RowsAffected == 1, made.Error
}

// KeepDraft keeps what was written, finished or not, over revision; the address stays. A
// stale revision, and a draft in review, are an *Overtaken that keeps nothing, unless it
// is the very text that the same person offered: there is nothing to keep. Whoever
// keeps a word is one of its writers. Consultants and managers. Errors: fault.Fields for
// what no draft can hold.
func (s *Service) KeepDraft(ctx context.Context, by actor.Actor, slug string, a Article, revision int) (*Draft, error) {
	return s.KeepSitting(ctx, by, slug, a, revision, "")
}

// KeepSitting is KeepDraft for a page that keeps itself while somebody types: sitting
// names the page, and the revision it began from stays good for it for as long as
// nobody else kept anything since.
func (s *Service) KeepSitting(ctx context.Context, by actor.Actor, slug string, a Article, revision int, sitting string) (*Draft, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	a = a.tidy()
	if bad := a.keepable(); bad.Err() != nil {
		return nil, bad
	}
	var d *Draft
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		was, err := draft(tx, slug, " FOR UPDATE OF d")
		if err != nil {
			return err
		}
		if d = was; was.State == InReview && was.OfferedBy == by.ID && was.Article.same(a) {
			return nil
		}
		mine := sitting != "" && sitting == was.sitting && int64(revision) >= was.sittingFrom && revision <= was.Revision
		if was.State == InReview || revision != was.Revision && !mine {
			return &Overtaken{*was}
		}
		if was.Article.same(a) {
			return nil
		}
		from := was.sittingFrom
		if !mine {
			from = int64(was.Revision)
		}
		err = tx.Exec(`UPDATE article_drafts SET title = ?, summary = ?, written_for = ?, author = ?, keywords = ?, topic = ?, visible = ?, owner = ?, body = ?,
				review_by = ?::date, changed = ?, revision = revision + 1, sitting = ?, sitting_from = ?, changed_by = ?, changed_at = ? WHERE id = ?`,
			a.Title, a.Summary, a.For, a.Author, a.Keywords, a.Topic, a.Visible, a.Owner, a.Body, day(a.ReviewBy), a.Changed, sitting, from,
			by.ID, now, was.ID).Error
		if err != nil {
			return err
		}
		first, err := wrote(tx, was.ID, by, now)
		if err != nil {
			return err
		}
		if was.State == Returned {
			if err := tx.Exec(`UPDATE article_drafts SET state = 'writing' WHERE id = ?`, was.ID).Error; err != nil {
				return err
			}
		}
		// Every few seconds is no event; that somebody took up the pen is.
		if first || was.State == Returned || was.ChangedBy != by.ID {
			if err := audit.Record(tx, by, now, "article.draft_edited", audit.Article(was.articleID), audit.Detail{"draft": was.ID, "revision": was.Revision + 1}); err != nil {
				return err
			}
		}
		d, err = draft(tx, slug, "")
		return err
	})
	return d, err
}

// Rebase says that its writers have seen the version published since the draft began:
// theirs is to go in its place. The writers' page shows the difference first.
func (s *Service) Rebase(ctx context.Context, by actor.Actor, slug string, version int) error {
	return s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if d.State == InReview || version != d.Current {
			return &Overtaken{*d}
		}
		if _, err := wrote(tx, d.ID, by, now); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE article_drafts SET based = ?, revision = revision + 1 WHERE id = ?`, version, d.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.draft_rebased", audit.Article(d.articleID), audit.Detail{"draft": d.ID, "based": version})
	})
}

// DropDraft closes a draft that nobody wants; its text stays on file. Its writers and
// managers.
func (s *Service) DropDraft(ctx context.Context, by actor.Actor, slug string) error {
	err := s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if !d.Wrote(by) && !by.Is(actor.Manager) {
			return fault.Say(fault.Forbidden, "A draft is dropped by somebody who wrote in it, or by a manager.")
		}
		if err := tx.Exec(`UPDATE article_drafts SET state = 'dropped' WHERE id = ?`, d.ID).Error; err != nil {
			return err
		}
		// Its papers were never on the shelf.
		if err := tx.Exec(`UPDATE article_files SET removed_by = ?, removed_at = ? WHERE draft_id = ? AND removed_at IS NULL`, by.ID, now, d.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.draft_dropped", audit.Article(d.articleID), audit.Detail{"draft": d.ID})
	})
	if errors.Is(err, fault.Conflict) && s.droppedAlready(ctx, by, slug) {
		return nil
	}
	return err
}

// turn does one thing to the open draft of an article, which nobody else touches
// meanwhile. Consultants and managers.
func (s *Service) turn(ctx context.Context, by actor.Actor, slug string, f func(tx *gorm.DB, d *Draft, now time.Time) error) error {
	if !by.Desk() {
		return fault.NotFound
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		// The article first, as those do who publish and withdraw.
		if err := tx.Exec(`SELECT FROM articles WHERE slug = ? FOR UPDATE`, slug).Error; err != nil {
			return err
		}
		d, err := draft(tx, slug, " FOR UPDATE OF d")
		if errors.Is(err, fault.NotFound) {
			return closed(tx, slug)
		}
		if err != nil {
			return err
		}
		return f(tx, d, s.now())
	})
}

// closed is what to say where no draft is open: a conflict where one was.
func closed(tx *gorm.DB, slug string) error {
	var once bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM article_drafts d JOIN articles a ON a.id = d.article_id WHERE a.slug = ?)`, slug).Scan(&once).Error
	switch {
	case err != nil:
		return err
	case once:
		return fault.Say(fault.Conflict, "No draft of it is open any more: it was published or dropped meanwhile.")
	}
	return fault.NotFound
}

// keepable are the faults that no draft may have, however unfinished.
func (a Article) keepable() fault.Fields {
	var bad fault.Fields
	for _, line := range []struct{ name, value string }{{"title", a.Title}, {"for", a.For}, {"summary", a.Summary}, {"author", a.Author}, {"owner", a.Owner}, {"changed", a.Changed}} {
		bad.Need(utf8.RuneCountInString(line.value) <= longestLine, line.name, "Keep it under 400 characters.")
	}
	bad.Need(utf8.RuneCountInString(a.Keywords) <= longestKeywords, "keywords", "Keep the search words under 2,000 characters.")
	bad.Need(slices.Contains(topics, a.Topic), "topic", "Choose its topic.")
	bad.Need(a.Visible == ForInsured || a.Visible == ForDesk, "visible", "Choose who may read it.")
	bad.Need(utf8.RuneCountInString(a.Body) <= longestBody, "body", "That is longer than the 20,000 characters an article takes. Make it two.")
	return bad
}

// same says whether two articles are the same to the letter, dates of review apart.
func (a Article) same(b Article) bool {
	a.Reviewed, b.Reviewed, a.Slug, b.Slug = time.Time{}, time.Time{}, "", ""
	return day(a.ReviewBy) == day(b.ReviewBy) && a.withoutDates() == b.withoutDates()
}

func (a Article) withoutDates() Article {
	a.Reviewed, a.ReviewBy = time.Time{}, time.Time{}
	return a
}

// day is a date as the database takes it; nil: none.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.DateOnly)
}

// today is the day it is where the first desk is, at midnight UTC: everybody reads the
// same dates.
func today(q *gorm.DB, now time.Time) (time.Time, error) {
	var zone string
	if err := q.Raw(`SELECT zone FROM desks ORDER BY id LIMIT 1`).Scan(&zone).Error; err != nil {
		return time.Time{}, err
	}
	if place, err := time.LoadLocation(zone); err == nil {
		now = now.In(place)
	}
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC), nil
}
