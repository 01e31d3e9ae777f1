package guidance

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

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
				JOIN article_versions v ON v.article_id = a.id AND v.version = `+asked+`
				WHERE a.slug = ?`, n, slug).Take(&k).Error
			return k.article(), err
		}
		if to != 0 {
			is, err = version(to)
		} else if d, wrong := draft(q, slug, ""); wrong == nil {
			is = d.Article
		} else {
			err = wrong
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
