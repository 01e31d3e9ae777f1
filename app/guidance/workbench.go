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
			ID          int64
			OwnerID     *int64
			WithdrawnBy string
		}
		err := q.Raw(`SELECT a.id, a.owner_id, coalesce(u.name, '') AS withdrawn_by
			FROM articles a LEFT JOIN users u ON u.id = a.withdrawn_by WHERE a.slug = ?`, slug).Take(&a).Error
		if err != nil {
			return err
		}
		w = &Workbench{ArticleID: a.ID, Slug: slug, OwnerID: a.OwnerID, WithdrawnBy: a.WithdrawnBy}
		if w.Today, err = today(q, s.now()); err != nil {
			return err
		}
		if w.Draft, err = draft(q, slug, ""); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		k, err := shelved(q, slug, "")
		switch {
		case err == nil:
			w.Article, w.Version, w.Withdrawn, w.WithdrawnWhy = k.article(), k.Version, k.WithdrawnAt, k.WithdrawnWhy
			w.Due, w.Early = k.due()
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
		if w.Cited, err = reliedOn(q, a.ID); err != nil {
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

// Of users: how they sign, with what they write behind their names; and, of users u, who
// can keep an article.
const (
	signed  = `name || CASE WHEN credentials <> '' THEN ', ' || credentials ELSE '' END`
	mayKeep = `u.role IN ('consultant', 'manager') AND u.state = 'active'`
)

// keepers are the people an article can be kept by, as they sign.
func keepers(q *gorm.DB) ([]Writer, error) {
	var all []Writer
	err := q.Raw(`SELECT id, ` + signed + ` AS name FROM users u WHERE ` + mayKeep + ` ORDER BY name, id`).Scan(&all).Error
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
