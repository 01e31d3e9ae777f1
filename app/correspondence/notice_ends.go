package correspondence

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/letter"
	"hotline/app/outbox"
)

// NoticeEndsJob tells whoever asked to be reminded that a notice is about to end.
type NoticeEndsJob struct {
	NoticeID int64 `json:"notice_id"`
}

func (NoticeEndsJob) Kind() string  { return "correspondence:notice_ends" }
func (NoticeEndsJob) Queue() string { return "low" }

// The occasions of a reminder: one letter each, however often the work is done.
const (
	soonOccasion = 1
	endOccasion  = 2
)

// TellNoticeEnds writes to whoever asked to be reminded of a notice, if it still runs.
func (s *Service) TellNoticeEnds(ctx context.Context, by actor.Actor, noticeID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var n struct {
			UserID int64
			EndsOn time.Time
			Zone   string
		}
		if err := tx.Raw(`SELECT user_id, ends_on, zone FROM notices WHERE id = ? AND ended_at IS NULL`, noticeID).Scan(&n).Error; err != nil || n.UserID == 0 {
			return err
		}
		zone, err := time.LoadLocation(n.Zone)
		if err != nil {
			return err
		}
		occasion := int64(soonOccasion)
		if !now.Before(morning(n.EndsOn, zone)) {
			occasion = endOccasion
		}
		return letter.Post(tx, now, letter.NoticeEnds, noticeID, n.UserID, occasion, "")
	})
}
