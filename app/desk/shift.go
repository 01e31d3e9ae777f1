package desk

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/fault"
)

// Shift is one stretch of a person's usual week, in minutes after midnight in the
// zone of their first desk. One over midnight is two.
type Shift struct {
	Weekday      time.Weekday
	Starts, Ends int
}

// mayRoster says whether somebody may say when others work and what they take.
func mayRoster(by actor.Actor) bool {
	return by.Is(actor.Manager, actor.Administrator, actor.System)
}

// SetShifts replaces a consultant's usual week; none: the desk's hours. Managers,
// administrators and commands may. Errors: fault.Fields on shifts.
func (s *Service) SetShifts(ctx context.Context, by actor.Actor, userID int64, week []Shift) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error { return SetShiftsIn(tx, by, userID, week, s.now()) })
}

// SetShiftDay makes one day of a consultant differ from their usual week: other hours,
// or off where hours is nil; usual forgets that it differs. Managers, administrators
// and commands may. Errors: fault.Fields on day and hours.
func (s *Service) SetShiftDay(ctx context.Context, by actor.Actor, userID int64, day calendar.Day, hours *calendar.Segment, usual bool) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	var bad fault.Fields
	parsed, err := calendar.ParseDay(day.String())
	bad.Need(err == nil && parsed == day, "day", "Give a date, such as 2026-12-24.")
	bad.Need(hours == nil || holds([]calendar.Segment{*hours}), "hours", "The shift must start before it ends.")
	if err := bad.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := hold(tx, userID); err != nil {
			return err
		}
		if err := notOver(tx, userID, day, now); err != nil {
			return err
		}
		detail := audit.Detail{"day": day.String(), "hours": hours}
		var done *gorm.DB
		switch {
		case usual:
			detail = audit.Detail{"day": day.String(), "usual": true}
			done = tx.Exec(`DELETE FROM shift_days WHERE user_id = ? AND day = ?`, userID, day.String())
		case hours == nil:
			done = tx.Exec(`INSERT INTO shift_days (user_id, day) VALUES (?, ?)
				ON CONFLICT (user_id, day) DO UPDATE SET starts = NULL, ends = NULL`, userID, day.String())
		default:
			done = tx.Exec(`INSERT INTO shift_days (user_id, day, starts, ends) VALUES (?, ?, ?, ?)
				ON CONFLICT (user_id, day) DO UPDATE SET starts = excluded.starts, ends = excluded.ends`, userID, day.String(), hours.Opens, hours.Closes)
		}
		if done.Error != nil {
			return done.Error
		}
		if err := audit.Record(tx, by, now, "user.shift_day_changed", audit.User(userID), detail); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, now)
	})
}

// notOver refuses a day that is over where the person works: what was is not rewritten.
func notOver(tx *gorm.DB, userID int64, day calendar.Day, now time.Time) error {
	zone, err := homeOf(tx, userID)
	if err != nil {
		return err
	}
	if compareDays(day, calendar.DayOf(now, zone)) < 0 {
		return fault.Fields{{Name: "day", Says: "That day is over."}}
	}
	return nil
}

// homeOf is the zone of a person's first desk.
func homeOf(tx *gorm.DB, userID int64) (*time.Location, error) {
	var name string
	err := tx.Raw(`SELECT d.zone FROM memberships m JOIN desks d ON d.id = m.desk_id WHERE m.user_id = ? ORDER BY d.id LIMIT 1`, userID).Scan(&name).Error
	if err != nil || name == "" {
		return time.UTC, err
	}
	return zoneOf(name)
}
