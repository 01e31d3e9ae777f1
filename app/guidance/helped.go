package guidance

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Where somebody says whether an article helped.
const (
	InArticle = "article"
	InForm    = "form" // beside a question they were about to ask
)

// Verdicts are how many people said that a version helped, on the days they said so.
// Mine is the reader's own word of today.
type Verdicts struct {
	Yes, No int
	Mine    *bool
}

// Helped keeps whether a version of an article helped its reader; where is InArticle or
// InForm. It counts once a person, version and day: the last word of a day holds.
// Everyone who may read the version; version 0 is the current one.
func (s *Service) Helped(ctx context.Context, by actor.Actor, slug string, version int, helped bool, where string) error {
	if where != InArticle && where != InForm {
		return fault.NotFound
	}
	r, err := s.Show(ctx, by, slug, version)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		kept := tx.Exec(`INSERT INTO article_verdicts (version_id, user_id, day, helped, place, given_at)
			VALUES (?, ?, ?::date, ?, ?, ?)
			ON CONFLICT (version_id, user_id, day) DO UPDATE SET helped = excluded.helped, place = excluded.place, given_at = excluded.given_at
			WHERE article_verdicts.helped <> excluded.helped`, r.VersionID, by.ID, day(today), helped, where, now)
		if kept.Error != nil || kept.RowsAffected == 0 {
			return kept.Error
		}
		var article int64
		if err := tx.Raw(`SELECT article_id FROM article_versions WHERE id = ?`, r.VersionID).Scan(&article).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.judged", audit.Article(article), audit.Detail{"version": r.Version, "helped": helped, "where": where})
	})
}

// HelpedBy counts what was said of a version. Counts are for staff; insured people get
// their own word only.
func (s *Service) HelpedBy(ctx context.Context, by actor.Actor, versionID int64) (Verdicts, error) {
	var v Verdicts
	desk, err := reader(by)
	if err != nil {
		return v, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		today, err := today(q, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT count(*) FILTER (WHERE helped AND ?) AS yes, count(*) FILTER (WHERE NOT helped AND ?) AS no,
				bool_or(helped) FILTER (WHERE user_id = ? AND day = ?::date) AS mine
			FROM article_verdicts WHERE version_id = ?`, desk, desk, by.ID, day(today), versionID).Scan(&v).Error
	})
	return v, err
}
