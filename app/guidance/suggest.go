package guidance

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"

	"gorm.io/gorm"

	"hotline/app/actor"
)

//go:embed suggest.sql
var suggestSQL string

// How many words of a question are looked at, and how many an article is explained by.
const (
	mostAsked   = 120
	mostMatched = 3
)

// Suggest gives the articles that fit a question and its topic, best first, with the
// words they were found by; limit 0 is 3. Everyone who signs in, insured people among
// what is for them.
func (s *Service) Suggest(ctx context.Context, by actor.Actor, words, topic string, limit int) ([]Hit, error) {
	desk, err := reader(by)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 3
	}
	asked := single(printable(words), mostAsked)
	var rows []row
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(suggestSQL, sql.Named("loose", list(asked)), sql.Named("topic", printable(topic)),
			sql.Named("desk", desk), sql.Named("most", min(limit, mostHits))).Scan(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	hits := hitsOf(rows)
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Matched), &hits[i].Matched); err != nil {
			return nil, err
		}
		hits[i].Matched = hits[i].Matched[:min(len(hits[i].Matched), mostMatched)]
		if err := json.Unmarshal([]byte(r.Stated), &hits[i].States); err != nil {
			return nil, err
		}
	}
	return hits, nil
}
