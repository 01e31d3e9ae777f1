package guidance

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// KeepDraft keeps what was written, finished or not, over revision; the address stays. A
// stale revision, and a draft in review, are an *Overtaken that keeps nothing, unless it
// is the very text that the same person offered: there is nothing to keep. Whoever
// keeps a word is one of its writers. Consultants and managers. Errors: fault.Fields for
// what no draft can hold; Conflict where the draft was closed meanwhile.
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
		was, err := draftToChange(tx, slug)
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

// same says whether two drafts are the same to the letter: a draft keeps its address, and
// has no day of review yet.
func (a Article) same(b Article) bool {
	if day(a.ReviewBy) != day(b.ReviewBy) {
		return false
	}
	for _, one := range []*Article{&a, &b} {
		one.Slug, one.Reviewed, one.ReviewBy = "", time.Time{}, time.Time{}
	}
	return a == b
}
