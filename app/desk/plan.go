package desk

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/fault"
)

// MostCap is the most that one consultant may be said to hold at once.
const MostCap = 500

// SetCap says how much a consultant holds at most; what they take stays as it is.
// Managers, administrators and commands may. Errors: fault.Fields on cap.
func SetCap(tx *gorm.DB, by actor.Actor, userID int64, limit int, now time.Time) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	if limit < 0 || limit > MostCap {
		return fault.Fields{{Name: "cap", Says: fmt.Sprintf("Give a number from 0 to %d.", MostCap)}}
	}
	if err := hold(tx, userID); err != nil {
		return err
	}
	var before int
	if err := tx.Raw(`SELECT cap FROM consultants WHERE user_id = ?`, userID).Scan(&before).Error; err != nil || before == limit {
		return err
	}
	if err := tx.Exec(`UPDATE consultants SET cap = ? WHERE user_id = ?`, limit, userID).Error; err != nil {
		return err
	}
	if err := audit.Record(tx, by, now, "user.cap_changed", audit.User(userID), audit.Detail{"from": before, "to": limit}); err != nil {
		return err
	}
	return promiseSweeps(tx, userID, now)
}

// SetShiftsIn is SetShifts within tx.
func SetShiftsIn(tx *gorm.DB, by actor.Actor, userID int64, week []Shift, now time.Time) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	var days [7][]calendar.Segment
	var bad fault.Fields
	for _, shift := range week {
		known := shift.Weekday >= time.Sunday && shift.Weekday <= time.Saturday
		bad.Need(known, "shifts", "Give each shift a day of the week.")
		if known {
			days[shift.Weekday] = append(days[shift.Weekday], calendar.Segment{Opens: shift.Starts, Closes: shift.Ends})
		}
	}
	for weekday, segments := range days {
		bad.Need(len(segments) <= segmentsADay, "shifts", "On "+time.Weekday(weekday).String()+", there are more than eight shifts.")
		bad.Need(holds(segments), "shifts", "On "+time.Weekday(weekday).String()+", each shift must start before it ends, and they may not overlap.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := hold(tx, userID); err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM shifts WHERE user_id = ?`, userID).Error; err != nil {
		return err
	}
	for weekday, segments := range days {
		for _, one := range segments {
			if err := tx.Exec(`INSERT INTO shifts (user_id, weekday, starts, ends) VALUES (?, ?, ?, ?)`,
				userID, weekday, one.Opens, one.Closes).Error; err != nil {
				return err
			}
		}
	}
	if err := audit.Record(tx, by, now, "user.shifts_changed", audit.User(userID), audit.Detail{"week": days}); err != nil {
		return err
	}
	return promiseSweeps(tx, userID, now)
}
