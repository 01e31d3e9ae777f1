package guidance

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Workbench is all there is about an article for those who keep it.
type Workbench struct {
	ArticleID    int64
	Slug         string
	Article      Article // as it stands; of a new one, its draft
	Version      int     // 0: not published yet
	Standing     []Edition
	OwnerID      *int64
	Due          time.Time  // when somebody looks at it again; a day at midnight UTC
	Early        bool       // sooner than the version says
	Withdrawn    *time.Time // nil: it stands
	WithdrawnBy  string
	WithdrawnWhy string
	Draft        *Draft // nil: none is open
	Cited        int    // consultations that rely on any version
	Files        []File // on the shelf, and those that wait with the draft
	Keepers      []Writer
	Today        time.Time
}

// Workbench reads an article with its draft, its versions and its papers. Consultants
// and managers; NotFound where there is neither a version nor a draft.
func (s *Service) Workbench(ctx context.Context, by actor.Actor, slug string) (*Workbench, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var w *Workbench
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		var a struct {
			ID           int64
			OwnerID      *int64
			ReviewEarly  *time.Time
			WithdrawnBy  string
			WithdrawnWhy string
		}
		err := q.Raw(`SELECT a.id, a.owner_id, a.review_early, coalesce(u.name, '') AS withdrawn_by, a.withdrawn_why
			FROM articles a LEFT JOIN users u ON u.id = a.withdrawn_by WHERE a.slug = ?`, slug).Take(&a).Error
		if err != nil {
			return err
		}
		w = &Workbench{ArticleID: a.ID, Slug: slug, OwnerID: a.OwnerID, WithdrawnBy: a.WithdrawnBy, WithdrawnWhy: a.WithdrawnWhy}
		if w.Today, err = today(q, s.now()); err != nil {
			return err
		}
		if w.Draft, err = draft(q, slug, ""); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		k, err := shelved(q, slug, "")
		switch {
		case err == nil:
			w.Article, w.Version, w.Withdrawn, w.Due = k.article(), k.Version, k.WithdrawnAt, k.ReviewBy
			if a.ReviewEarly != nil && a.ReviewEarly.Before(k.ReviewBy) {
				w.Due, w.Early = *a.ReviewEarly, true
			}
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return err
		case w.Draft == nil:
			return fault.NotFound // begun once, and dropped
		default:
			w.Article = w.Draft.Article
		}
		if w.Standing, err = editions(q, a.ID); err != nil {
			return err
		}
		if w.Cited, err = cited(q, a.ID); err != nil {
			return err
		}
		if w.Files, err = filesOf(q, a.ID, "p.state <> 'dropped'"); err != nil {
			return err
		}
		w.Keepers, err = keepers(q)
		return err
	})
	return w, err
}

func editions(q *gorm.DB, articleID int64) ([]Edition, error) {
	var all []Edition
	err := q.Raw(`SELECT version, published_at, changed FROM article_versions WHERE article_id = ? ORDER BY version DESC LIMIT 50`, articleID).Scan(&all).Error
	return all, err
}

// keepers are the people an article can be kept by, with what they write behind their
// names.
func keepers(q *gorm.DB) ([]Writer, error) {
	var all []Writer
	err := q.Raw(`SELECT id, name || CASE WHEN credentials <> '' THEN ', ' || credentials ELSE '' END AS name FROM users
		WHERE role IN ('consultant', 'manager') AND state = 'active' ORDER BY name, id`).Scan(&all).Error
	return all, err
}

// Keepers are the people an article can be kept by. Consultants and managers.
func (s *Service) Keepers(ctx context.Context, by actor.Actor) ([]Writer, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var all []Writer
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		all, err = keepers(q)
		return err
	})
	return all, err
}

// Compare are two texts of an article side by side: two versions, or a version (0: the
// one read now) and, as to 0, the open draft. Consultants and managers.
func (s *Service) Compare(ctx context.Context, by actor.Actor, slug string, from, to int) (was, is Article, changes []Change, err error) {
	if !by.Desk() {
		return was, is, nil, fault.NotFound
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		version := func(n int) (Article, error) {
			var k kept
			err := q.Raw(`SELECT `+keptColumns+` FROM articles a JOIN topics tp ON tp.code = a.topic
				JOIN article_versions v ON v.article_id = a.id AND v.version = CASE WHEN CAST(? AS bigint) = 0 THEN a.current ELSE CAST(? AS bigint) END
				WHERE a.slug = ?`, n, n, slug).Take(&k).Error
			return k.article(), err
		}
		if is, err = version(to); to == 0 {
			d, wrong := draft(q, slug, "")
			if wrong != nil {
				return wrong
			}
			is, err = d.Article, nil
		}
		if err != nil {
			return err
		}
		if was, err = version(from); from == 0 && errors.Is(err, gorm.ErrRecordNotFound) {
			err = nil // a new article: everything is new
		}
		return err
	})
	if err != nil {
		return was, is, nil, err
	}
	return was, is, Diff(was, is), nil
}
