package desk

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// Engagement is what a consultant takes and how much at once.
type Engagement struct {
	UserID int64
	Cap    int
	Topics []string
}

// Engage sets what a consultant takes. Managers, administrators and commands may.
func (s *Service) Engage(ctx context.Context, by actor.Actor, in Engagement) error {
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return fault.Forbidden
	}
	var bad fault.Fields
	bad.Need(in.Cap >= 0 && in.Cap <= 500, "cap", "Give a number from 0 to 500.")
	if err := bad.Err(); err != nil {
		return err
	}
	in.Topics = slices.Compact(slices.Sorted(slices.Values(in.Topics)))
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		var role actor.Role
		if err := tx.Raw(`SELECT role FROM users WHERE id = ?`, in.UserID).Scan(&role).Error; err != nil {
			return err
		}
		if role != actor.Consultant {
			return fault.Fields{{Name: "user_id", Says: "Only a consultant takes tickets."}}
		}
		if err := tx.Exec(`INSERT INTO consultants (user_id, cap) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET cap = excluded.cap`, in.UserID, in.Cap).Error; err != nil {
			return err
		}
		if err := tx.Exec(`DELETE FROM consultant_topics WHERE user_id = ?`, in.UserID).Error; err != nil {
			return err
		}
		for _, topic := range in.Topics {
			if err := tx.Exec(`INSERT INTO consultant_topics (user_id, topic) VALUES (?, ?)`, in.UserID, topic).Error; err != nil {
				return err
			}
		}
		if err := promiseSweeps(tx, in.UserID, s.now()); err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "user.engaged", audit.User(in.UserID), audit.Detail{"cap": in.Cap, "topics": in.Topics})
	})
	if database.Violates(err, "consultant_topics_topic_fkey") {
		return fault.Fields{{Name: "topics", Says: "Choose topics from the list."}}
	}
	return err
}

// Duty is whether a consultant is at work, until when, and how full they are is the
// ticket room's to say.
type Duty struct {
	At    bool
	Until time.Time
	Cap   int
}

// DutyOf reads a consultant's duty; the zero Duty for somebody who is no consultant.
func (s *Service) DutyOf(ctx context.Context, userID int64) (Duty, error) {
	var row struct {
		Cap       int
		DutyUntil *time.Time
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT cap, duty_until FROM consultants WHERE user_id = ?`, userID).Scan(&row).Error
	})
	d := Duty{Cap: row.Cap}
	if row.DutyUntil != nil && row.DutyUntil.After(s.now()) {
		d.At, d.Until = true, *row.DutyUntil
	}
	return d, err
}

// StartDuty puts a consultant at work until their desk next closes, or until a given
// time to come. Work that waits is brought to them. They themselves, managers and commands may.
func (s *Service) StartDuty(ctx context.Context, by actor.Actor, userID int64, until *time.Time) error {
	if !by.Is(actor.Manager, actor.System) && !(by.Is(actor.Consultant) && by.ID == userID) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		end, err := dutyEnd(tx, userID, now, until)
		if err != nil {
			return err
		}
		changed := tx.Exec(`UPDATE consultants SET duty_since = ?, duty_until = ? WHERE user_id = ?`, now, end, userID)
		if changed.Error != nil {
			return changed.Error
		}
		if changed.RowsAffected == 0 {
			return fault.NotFound
		}
		if err := audit.Record(tx, by, now, "user.duty_started", audit.User(userID), audit.Detail{"until": end}); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, now)
	})
}

// longestDuty is how long duty lasts at most when nobody says until when: who starts
// after hours does not mean the whole of the next day.
const longestDuty = 12 * time.Hour

// dutyEnd is when duty that starts now ends by itself, so that work is not given to
// somebody who left without saying so: at the desk's next close, after an hour at the
// least and longestDuty at the most.
func dutyEnd(tx *gorm.DB, userID int64, now time.Time, until *time.Time) (time.Time, error) {
	if until != nil {
		if !until.After(now) {
			return now, fault.Fields{{Name: "until", Says: "Give a time that is still to come."}}
		}
		return *until, nil
	}
	var desks []int64
	if err := tx.Raw(`SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id`, userID).Scan(&desks).Error; err != nil {
		return time.Time{}, err
	}
	end, latest := now.Add(time.Hour), now.Add(longestDuty)
	for _, id := range desks {
		t, err := TimesOf(tx, id)
		if err != nil {
			return end, err
		}
		if close, ok := t.Calendar.NextClose(now); ok && close.After(end) {
			end = close
		}
	}
	if end.After(latest) {
		end = latest
	}
	return end.UTC(), nil
}

// EndDuty takes a consultant off duty: nothing more is given to them. What they
// hold stays theirs.
func (s *Service) EndDuty(ctx context.Context, by actor.Actor, userID int64) error {
	if !by.Is(actor.Manager, actor.System) && !(by.Is(actor.Consultant) && by.ID == userID) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		changed := tx.Exec(`UPDATE consultants SET duty_since = NULL, duty_until = NULL WHERE user_id = ?`, userID)
		if changed.Error != nil {
			return changed.Error
		}
		if changed.RowsAffected == 0 {
			return fault.NotFound
		}
		return audit.Record(tx, by, s.now(), "user.duty_ended", audit.User(userID), nil)
	})
}

// Consultant is one person of a desk as routing needs them, without what they hold.
type Consultant struct {
	UserID    int64
	Name      string
	Cap       int
	At        bool
	Topics    string // codes with a comma before and after each
	LastGiven *time.Time
}

// Turn takes the desk's turn until tx ends: one decision at a time on a desk.
func Turn(tx *gorm.DB, deskID int64) error {
	return tx.Exec(`SELECT pg_advisory_xact_lock(7301, ?::int)`, deskID).Error
}

// People are the consultants of a desk, each kept as they are until tx ends: who is
// on two desks cannot be given one ticket too many by both at once. Whoever decides
// by them takes the Turn first.
func People(tx *gorm.DB, deskID int64, now time.Time) ([]Consultant, error) {
	var people []Consultant
	err := tx.Raw(`
		SELECT c.user_id, u.name, c.cap, c.last_given,
			coalesce(c.duty_since <= ? AND c.duty_until > ?, false) AS at,
			',' || coalesce((SELECT string_agg(topic, ',') FROM consultant_topics ct WHERE ct.user_id = c.user_id), '') || ',' AS topics
		FROM memberships m
		JOIN consultants c ON c.user_id = m.user_id
		JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
		WHERE m.desk_id = ?
		ORDER BY c.user_id FOR NO KEY UPDATE OF c`, now, now, deskID).Scan(&people).Error
	return people, err
}

// Gave notes that the router gave somebody a ticket.
func Gave(tx *gorm.DB, userID int64, now time.Time) error {
	return tx.Exec(`UPDATE consultants SET last_given = ? WHERE user_id = ?`, now, userID).Error
}

// OfUser is the first desk of a consultant, or of the house for a manager.
func OfUser(by actor.Actor) (int64, error) {
	if len(by.Desks) == 0 {
		return 0, fault.NotFound
	}
	return by.Desks[0], nil
}

// First is the desk that requests come to while there is no rule to tell desks
// apart: the oldest.
func First(tx *gorm.DB) (int64, error) {
	var id int64
	err := tx.Raw(`SELECT id FROM desks ORDER BY id LIMIT 1`).Scan(&id).Error
	if err == nil && id == 0 {
		return 0, fault.Say(fault.Unavailable, "No desk has been set up yet.")
	}
	return id, err
}
