package correspondence

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
)

// Notice is a notice period whose end somebody wants to be reminded of.
type Notice struct {
	ID     int64
	State  string
	EndsOn time.Time // a day
}

// Notices are somebody's own that run, the soonest to end first; those that ended up to
// a week ago stand there still.
func (s *Service) Notices(ctx context.Context, by actor.Actor) (all []Notice, err error) {
	if err := mayBuild(by); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id, state, ends_on FROM notices WHERE user_id = ? AND ended_at IS NULL
			AND ends_on >= (?::timestamptz AT TIME ZONE zone)::date - 7 ORDER BY ends_on, id`, by.ID, s.now()).Scan(&all).Error
	})
	return all, err
}

// EndNotice stops somebody's own reminder. One that was stopped before stays so. Errors:
// fault.NotFound for another's.
func (s *Service) EndNotice(ctx context.Context, by actor.Actor, id int64) error {
	if err := mayBuild(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		var ended *time.Time
		if err := tx.Raw(`SELECT ended_at FROM notices WHERE id = ? AND user_id = ? FOR UPDATE`, id, by.ID).Row().Scan(&ended); err != nil {
			return err
		}
		if ended != nil {
			return nil
		}
		now := s.now()
		if err := tx.Exec(`UPDATE notices SET ended_at = ? WHERE id = ?`, now, id).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "notice.ended", audit.Notice(id), nil)
	})
}
