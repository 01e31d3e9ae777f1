package guidance

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Named are the current articles at these addresses, in no particular order, as far as by
// may read them; what was withdrawn, renamed or is not for them is left out. Everyone who
// signs in.
func (s *Service) Named(ctx context.Context, by actor.Actor, slugs []string) ([]Hit, error) {
	desk, err := reader(by)
	if err != nil || len(slugs) == 0 {
		return nil, err
	}
	var rows []row
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT a.slug, a.topic, tp.name AS topic_name, a.visible, v.version, v.title, v.summary, v.reviewed_on, `+due+` AS review_by
			FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.current JOIN topics tp ON tp.code = a.topic
			WHERE a.slug IN ? AND a.withdrawn_at IS NULL AND (a.visible = 'insured' OR CAST(? AS boolean))`, slugs, desk).Scan(&rows).Error
	})
	return hitsOf(rows), err
}
