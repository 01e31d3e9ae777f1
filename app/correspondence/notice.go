package correspondence

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/outbox"
)

// Notice is a notice period whose end somebody wants to be reminded of.
type Notice struct {
	ID     int64
	State  string
	EndsOn time.Time // a day
	MadeAt time.Time
}

// The reminders come a week before the end and on its day, at nine in the morning.
const (
	weekBefore   = 7
	reminderHour = 9
)

// mostNotices is how many one person may have at once.
const mostNotices = 200

// The occasions of a reminder: one letter each, however often the work is done.
const (
	soonOccasion = 1
	endOccasion  = 2
)

// Remind promises to remind somebody a week before a notice ends, and on the day. One
// reminder a person and day: asked for again, it is the same one, and fresh is false.
// zone is whose mornings it comes in. For insured people and the desk, each for
// themselves. Errors: fault.Fields for ends_on.
func (s *Service) Remind(ctx context.Context, by actor.Actor, state string, endsOn time.Time, zone *time.Location) (fresh bool, err error) {
	if err := mayBuild(by); err != nil {
		return false, err
	}
	now := s.now()
	var bad fault.Fields
	bad.Need(stateLike.MatchString(state), "state", "Choose a state.")
	bad.Need(morning(endsOn, zone).After(now), "ends_on", "That notice has ended, or ends today: there is nothing left to remind you of.")
	bad.Need(endsOn.Before(now.AddDate(2, 0, 0)), "ends_on", "That is more than two years away.")
	if err := bad.Err(); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		fresh = false
		if err := tx.Exec(`SELECT FROM users WHERE id = ? FOR NO KEY UPDATE`, by.ID).Error; err != nil { // one at a time
			return err
		}
		var open int
		if err := tx.Raw(`SELECT count(*) FROM notices WHERE user_id = ? AND ended_at IS NULL AND ends_on >= ?::date`,
			by.ID, now.In(zone).Format(time.DateOnly)).Scan(&open).Error; err != nil {
			return err
		}
		if open >= mostNotices {
			return fault.Say(fault.Conflict, "You have two hundred reminders already. End some of them first.")
		}
		var id int64
		err := tx.Raw(`INSERT INTO notices (user_id, state, ends_on, zone, made_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (user_id, ends_on) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
			by.ID, state, endsOn.Format(time.DateOnly), zone.String(), now).Scan(&id).Error
		if err != nil || id == 0 {
			return err
		}
		fresh = true
		for _, days := range []int{weekBefore, 0} {
			if at := morning(endsOn.AddDate(0, 0, -days), zone); at.After(now) {
				if err := outbox.PromiseAt(tx, NoticeEndsJob{NoticeID: id}, at); err != nil {
					return err
				}
			}
		}
		return audit.Record(tx, by, now, "notice.set", audit.Notice(id), audit.Detail{"state": state, "ends_on": endsOn.Format(time.DateOnly)})
	})
	return fresh, err
}

// morning is nine o’clock on a day.
func morning(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), reminderHour, 0, 0, 0, zone).UTC()
}

// Notices are somebody's own that run, the soonest to end first; those that ended up to
// a week ago stand there still.
func (s *Service) Notices(ctx context.Context, by actor.Actor) (all []Notice, err error) {
	if err := mayBuild(by); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id, state, ends_on, made_at FROM notices WHERE user_id = ? AND ended_at IS NULL AND ends_on >= ? ORDER BY ends_on, id`,
			by.ID, s.now().AddDate(0, 0, -weekBefore).Format(time.DateOnly)).Scan(&all).Error
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
