package desk

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// Absence is a time when somebody is away, with who stands in. Why is not kept.
type Absence struct {
	ID, UserID       int64
	Name             string
	From, Until      time.Time // from, up to and not including, until
	DeputyID         int64     // 0: nobody
	Deputy           string
	BeganAt, EndedAt *time.Time // its work has been moved; it ended early or was called off
}

// NewAbsence is an absence to be planned.
type NewAbsence struct {
	UserID      int64
	From, Until time.Time
	DeputyID    int64 // 0: nobody
}

const (
	longestAbsence = 366 * 24 * time.Hour
	// lateAbsence is how long ago an absence may have begun: who is ill says so after
	// the morning has begun.
	lateAbsence = 24 * time.Hour
)

func (in NewAbsence) check(now time.Time) error {
	var bad fault.Fields
	bad.Need(!in.From.IsZero() && !in.From.Before(now.Add(-lateAbsence)), "from", "An absence begins today or later.")
	bad.Need(in.Until.After(in.From), "until", "An absence ends after it begins.")
	bad.Need(in.Until.After(now), "until", "Give an end that is still to come.")
	bad.Need(in.Until.Sub(in.From) <= longestAbsence, "until", "Give an absence of a year at most.")
	bad.Need(in.DeputyID != in.UserID, "deputy_id", "Choose somebody else as deputy.")
	return bad.Err()
}

// PlanAbsence plans an absence within tx: it begins by the AbsenceJob, when its work
// is moved. The consultant themselves, managers and commands may. Errors: fault.Fields
// on user_id, from, until and deputy_id.
func PlanAbsence(tx *gorm.DB, by actor.Actor, in NewAbsence, now time.Time) (*Absence, error) {
	if !mayPut(by, in.UserID) {
		return nil, fault.Forbidden
	}
	if err := in.check(now); err != nil {
		return nil, err
	}
	in.From, in.Until = in.From.UTC().Truncate(time.Microsecond), in.Until.UTC().Truncate(time.Microsecond)
	held, err := holdAll(tx, in.UserID, in.DeputyID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(held, in.UserID) {
		return nil, fault.NotFound
	}
	var id int64
	overlaps, err := awayWithin(tx, in.UserID, in.From, in.Until)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	bad.Need(!overlaps, "from", "There is an absence in this time already.")
	if in.DeputyID != 0 {
		says, err := deputyOf(tx, in)
		if err != nil {
			return nil, err
		}
		bad.Need(says == "", "deputy_id", says)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	err = tx.Raw(`INSERT INTO absences (user_id, from_at, until_at, deputy_id, made_by, made_at)
		VALUES (?, ?, ?, nullif(CAST(? AS bigint), 0), nullif(CAST(? AS bigint), 0), ?) RETURNING id`,
		in.UserID, in.From, in.Until, in.DeputyID, by.ID, now).Scan(&id).Error
	if err != nil {
		return nil, err
	}
	detail := audit.Detail{"absence": id, "from": in.From, "until": in.Until, "deputy": nil}
	if in.DeputyID != 0 {
		detail["deputy"] = in.DeputyID
	}
	if err := audit.Record(tx, by, now, "user.absence_planned", audit.User(in.UserID), detail); err != nil {
		return nil, err
	}
	begins := in.From
	if begins.Before(now) {
		begins = now
	}
	if err := outbox.PromiseAt(tx, AbsenceJob{AbsenceID: id}, begins); err != nil {
		return nil, err
	}
	if err := promiseSweeps(tx, in.UserID, in.Until); err != nil {
		return nil, err
	}
	return AbsenceOf(tx, id)
}

// awayWithin says whether somebody is away at any time from, until.
func awayWithin(tx *gorm.DB, userID int64, from, until time.Time) (away bool, err error) {
	err = tx.Raw(`SELECT EXISTS (SELECT FROM absences WHERE user_id = ? AND ended_at IS NULL AND from_at < ? AND until_at > ?)`,
		userID, until, from).Scan(&away).Error
	return away, err
}

// deputyOf says what is wrong with a deputy, or "". A deputy who plans to be away
// later is as good as none, and routing knows it.
func deputyOf(tx *gorm.DB, in NewAbsence) (says string, err error) {
	var shares bool
	err = tx.Raw(`SELECT EXISTS (SELECT FROM memberships theirs JOIN memberships ours ON ours.desk_id = theirs.desk_id AND ours.user_id = ?
		JOIN consultants c ON c.user_id = theirs.user_id JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
		WHERE theirs.user_id = ?)`, in.UserID, in.DeputyID).Scan(&shares).Error
	if err != nil || !shares {
		return "Choose a consultant of the same desk.", err
	}
	away, err := awayWithin(tx, in.DeputyID, in.From, in.Until)
	if err != nil || away {
		return "They are away themselves in this time.", err
	}
	return "", nil
}

// EndAbsence ends an absence now, or calls off one to come, within tx. The consultant
// themselves, managers and commands may.
func EndAbsence(tx *gorm.DB, by actor.Actor, id int64, now time.Time) error {
	a, err := AbsenceOf(tx, id)
	if err != nil {
		return err
	}
	if !mayPut(by, a.UserID) {
		return fault.Forbidden
	}
	if err := hold(tx, a.UserID); err != nil {
		return err
	}
	done := tx.Exec(`UPDATE absences SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND until_at > ?`, now, id, now)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return fault.Say(fault.Conflict, "This absence is over.")
	}
	if err := audit.Record(tx, by, now, "user.absence_ended", audit.User(a.UserID), audit.Detail{"absence": id}); err != nil {
		return err
	}
	return promiseSweeps(tx, a.UserID, now)
}

// EndAbsence is the function of that name in a transaction of its own.
func (s *Service) EndAbsence(ctx context.Context, by actor.Actor, id int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error { return EndAbsence(tx, by, id, s.now()) })
}

// BeganAbsence notes that an absence has begun and its work has been moved, and takes
// the person off duty. fault.Conflict when it began before, or was called off.
func BeganAbsence(tx *gorm.DB, by actor.Actor, id int64, now time.Time) error {
	a, err := AbsenceOf(tx, id)
	if err != nil {
		return err
	}
	if err := hold(tx, a.UserID); err != nil {
		return err
	}
	done := tx.Exec(`UPDATE absences SET began_at = ? WHERE id = ? AND began_at IS NULL AND ended_at IS NULL`, now, id)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return fault.Conflict
	}
	if err := off(tx, a.UserID); err != nil {
		return err
	}
	return audit.Record(tx, by, now, "user.absence_began", audit.User(a.UserID), audit.Detail{"absence": id})
}

const absenceSQL = `SELECT a.id, a.user_id, u.name, a.from_at AS "from", a.until_at AS until, a.deputy_id, d.name AS deputy, a.began_at, a.ended_at
	FROM absences a JOIN users u ON u.id = a.user_id LEFT JOIN users d ON d.id = a.deputy_id `

// AbsenceOf reads one absence.
func AbsenceOf(tx *gorm.DB, id int64) (*Absence, error) {
	var a Absence
	err := tx.Raw(absenceSQL+`WHERE a.id = ?`, id).Take(&a).Error
	return &a, err
}

// Absences are those of a desk's people that run or are to come, in the order they
// begin. For those who work on the desk, and administrators.
func (s *Service) Absences(ctx context.Context, by actor.Actor, deskID int64) ([]Absence, error) {
	if err := maySee(by, deskID); err != nil {
		return nil, err
	}
	var all []Absence
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(absenceSQL+`WHERE a.ended_at IS NULL AND a.until_at > ? AND a.user_id IN (SELECT user_id FROM memberships WHERE desk_id = ?)
			ORDER BY a.from_at, a.id`, s.now(), deskID).Scan(&all).Error
	})
	return all, err
}

// maySee refuses those who have no part in a desk's rota.
func maySee(by actor.Actor, deskID int64) error {
	switch {
	case by.Is(actor.Manager, actor.Administrator, actor.System):
		return nil
	case !by.Is(actor.Consultant):
		return fault.Forbidden
	case !slices.Contains(by.Desks, deskID):
		return fault.NotFound
	}
	return nil
}
