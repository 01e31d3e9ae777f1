package whatif

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// ReplayJob plays a past period again.
type ReplayJob struct {
	ReplayID int64 `json:"replay_id"`
}

func (ReplayJob) Kind() string  { return "whatif:replay" }
func (ReplayJob) Queue() string { return "low" }

// mostDays is the longest period that is played: five years.
const mostDays = 5 * 366

// mostOpen is how many replays of one desk may be on their way at once. They are played
// one after the other, and each may take minutes.
const mostOpen = 5

// Ask promises a replay of a plan over the days from and up to, not including, to, in
// the desk's zone; a worker plays it. Asked again while the same one is on its way, it
// is that one. Managers. Errors: fault.Fields for from and to; fault.Conflict while as
// many of the desk as may be are on their way.
func (s *Service) Ask(ctx context.Context, by actor.Actor, planID int64, from, to string) (id int64, err error) {
	desks, err := mine(by)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := holdDeskOf(tx, desks, planID); err != nil { // or two who ask at once would both be the fifth
			return err
		}
		p, err := held(tx, desks, planID)
		if err != nil {
			return err
		}
		g, err := groundOf(tx, p.DeskID)
		if err != nil {
			return err
		}
		now := s.now()
		first, last, err := days(from, to, g.Times.Zone, now)
		if err != nil {
			return err
		}
		text, err := p.Body.text()
		if err != nil {
			return err
		}
		err = tx.Raw(`SELECT id FROM replays WHERE plan_id = ? AND from_day = ? AND to_day = ? AND body = ?::jsonb AND done_at IS NULL ORDER BY id LIMIT 1`,
			planID, first.String(), last.String(), text).Scan(&id).Error
		if err != nil || id != 0 {
			return err
		}
		open, err := openReplays(tx, p.DeskID)
		if err != nil {
			return err
		}
		if open >= mostOpen {
			return fault.Say(fault.Conflict, "Five replays of this desk are on their way already. Wait until one of them is through.")
		}
		err = tx.Raw(`INSERT INTO replays (plan_id, body, from_day, to_day, asked_by, asked_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
			planID, text, first.String(), last.String(), by.ID, now).Scan(&id).Error
		if err != nil {
			return err
		}
		err = audit.Record(tx, by, now, "plan.replay_asked", audit.Plan(planID), audit.Detail{"replay": id, "from": first.String(), "to": last.String()})
		if err != nil {
			return err
		}
		return outbox.Promise(tx, now, ReplayJob{ReplayID: id})
	})
	return id, err
}

// openReplays is how many replays of a desk are on their way. One whose promise was
// dropped never ends, and is not.
func openReplays(tx *gorm.DB, deskID int64) (n int, err error) {
	err = tx.Raw(`SELECT count(*) FROM replays r JOIN plans p ON p.id = r.plan_id
		WHERE p.desk_id = ? AND r.done_at IS NULL
		AND r.id IN (SELECT (o.args->>'replay_id')::bigint FROM outbox o WHERE o.kind = ? AND o.done_at IS NULL)`,
		deskID, ReplayJob{}.Kind()).Scan(&n).Error
	return n, err
}

// days reads the days of a period that is over, or in which we are.
func days(from, to string, zone *time.Location, now time.Time) (first, last calendar.Day, err error) {
	var bad fault.Fields
	first, err = calendar.ParseDay(from)
	bad.Need(err == nil && first.Year >= 1900 && first.Year < 2200, "from", "Give the day as in 2026-11-19.")
	last, err = calendar.ParseDay(to)
	bad.Need(err == nil && last.Year >= 1900 && last.Year < 2200, "to", "Give the day as in 2026-11-19.")
	if err := bad.Err(); err != nil {
		return first, last, err
	}
	begins, ends := midnight(first, zone), midnight(last, zone)
	bad.Need(begins.Before(ends), "to", "The period ends before it begins. The last day is not part of it, so give at least the day after the first.")
	bad.Need(begins.Before(now), "from", "That period has not begun yet: there is nothing to play.")
	bad.Need(ends.Sub(begins) <= mostDays*24*time.Hour, "to", "Give a period of five years at most.")
	return first, last, bad.Err()
}
