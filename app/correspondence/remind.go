package correspondence

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// The reminders come a week before the end and on its day, at nine in the morning.
const (
	weekBefore   = 7
	reminderHour = 9
)

// mostNotices is how many one person may have at once.
const mostNotices = 200

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
