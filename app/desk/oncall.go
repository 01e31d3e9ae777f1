package desk

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// OnCallTurn is a time in which somebody answers a desk's critical tickets while it is
// closed.
type OnCallTurn struct {
	ID, DeskID, UserID int64
	Name               string
	From, Until        time.Time // from, up to and not including, until
}

// longestTurn is how long one turn lasts at most.
const longestTurn = 31 * 24 * time.Hour

// AddOnCall gives somebody of a desk an on-call turn; a desk has one person on call at
// a time. Managers, administrators and commands may. Errors: fault.Fields on user_id,
// from and until.
func (s *Service) AddOnCall(ctx context.Context, by actor.Actor, in OnCallTurn) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	var bad fault.Fields
	now := s.now()
	bad.Need(!in.From.IsZero(), "from", "Give a beginning.")
	bad.Need(in.Until.After(in.From), "until", "A turn ends after it begins.")
	bad.Need(in.Until.After(now), "until", "Give an end that is still to come.")
	bad.Need(in.Until.Sub(in.From) <= longestTurn, "until", "Give a turn of a month at most.")
	if err := bad.Err(); err != nil {
		return err
	}
	in.From, in.Until = in.From.UTC().Truncate(time.Microsecond), in.Until.UTC().Truncate(time.Microsecond)
	return s.db.Write(ctx, func(tx *gorm.DB) error { return addOnCall(tx, by, in, s.now()) })
}

func addOnCall(tx *gorm.DB, by actor.Actor, in OnCallTurn, now time.Time) error {
	if err := holdDesk(tx, in.DeskID); err != nil {
		return err
	}
	var there struct{ Member, Taken bool }
	err := tx.Raw(`SELECT EXISTS (SELECT FROM memberships m JOIN consultants c ON c.user_id = m.user_id
			JOIN users u ON u.id = m.user_id AND u.state = 'active' AND u.role = 'consultant' WHERE m.desk_id = ? AND m.user_id = ?) AS member,
		EXISTS (SELECT FROM oncall_turns WHERE desk_id = ? AND ended_at IS NULL AND from_at < ? AND until_at > ?) AS taken`,
		in.DeskID, in.UserID, in.DeskID, in.Until, in.From).Scan(&there).Error
	if err != nil {
		return err
	}
	if !there.Member {
		return fault.Fields{{Name: "user_id", Says: "Choose a consultant of this desk."}}
	}
	if err := hold(tx, in.UserID); err != nil {
		return err
	}
	away, err := awayWithin(tx, in.UserID, in.From, in.Until)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Need(!away, "user_id", "They are away in this time.")
	bad.Need(!there.Taken, "from", "Somebody is on call in this time already.")
	if err := bad.Err(); err != nil {
		return err
	}
	var id int64
	err = tx.Raw(`INSERT INTO oncall_turns (desk_id, user_id, from_at, until_at, made_by, made_at)
		VALUES (?, ?, ?, ?, nullif(CAST(? AS bigint), 0), ?) RETURNING id`, in.DeskID, in.UserID, in.From, in.Until, by.ID, now).Scan(&id).Error
	if err != nil {
		return err
	}
	err = audit.Record(tx, by, now, "desk.oncall_added", audit.Desk(in.DeskID), audit.Detail{"turn": id, "user": in.UserID, "from": in.From, "until": in.Until})
	if err != nil {
		return err
	}
	if in.From.Before(now) {
		return PromiseSweep(tx, in.DeskID, now)
	}
	return promiseSweepAt(tx, in.DeskID, in.From)
}

// EndOnCall ends a turn now, or calls off one to come. Managers, administrators and
// commands may.
func (s *Service) EndOnCall(ctx context.Context, by actor.Actor, id int64) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var deskID int64
		if err := tx.Raw(`SELECT desk_id FROM oncall_turns WHERE id = ?`, id).Scan(&deskID).Error; err != nil {
			return err
		}
		if deskID == 0 {
			return fault.NotFound
		}
		done := tx.Exec(`UPDATE oncall_turns SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND until_at > ?`, now, id, now)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.Say(fault.Conflict, "This turn is over.")
		}
		return audit.Record(tx, by, now, "desk.oncall_ended", audit.Desk(deskID), audit.Detail{"turn": id})
	})
}

// OnCallNow is the turn that runs on a desk, or nil.
func OnCallNow(q *gorm.DB, deskID int64, now time.Time) (*OnCallTurn, error) {
	var turn OnCallTurn
	err := q.Raw(turnSQL+`WHERE o.desk_id = ? AND o.ended_at IS NULL AND o.from_at <= ? AND o.until_at > ? ORDER BY o.id LIMIT 1`,
		deskID, now, now).Take(&turn).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &turn, err
}

const turnSQL = `SELECT o.id, o.desk_id, o.user_id, u.name, o.from_at AS "from", o.until_at AS until
	FROM oncall_turns o JOIN users u ON u.id = o.user_id `
