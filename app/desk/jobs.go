package desk

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/live"
	"hotline/app/outbox"
)

// SweepJob brings a desk's waiting tickets to those who now have room.
type SweepJob struct {
	DeskID int64 `json:"desk_id"`
}

func (SweepJob) Kind() string  { return "desk:sweep" }
func (SweepJob) Queue() string { return "urgent" }

// RecomputeJob moves a desk's open deadlines once to a version of its calendar.
type RecomputeJob struct {
	DeskID  int64 `json:"desk_id"`
	Version int   `json:"version"`
}

func (RecomputeJob) Kind() string  { return "desk:recompute" }
func (RecomputeJob) Queue() string { return "low" }

// AbsenceJob begins an absence when its time has come.
type AbsenceJob struct {
	AbsenceID int64 `json:"absence_id"`
}

func (AbsenceJob) Kind() string  { return "desk:absence" }
func (AbsenceJob) Queue() string { return "urgent" }

// PromiseSweep promises one sweep of a desk.
func PromiseSweep(tx *gorm.DB, deskID int64, now time.Time) error {
	return promiseSweepAt(tx, deskID, now)
}

// promiseSweeps promises a sweep of each desk of a person at a time, or as soon after
// it as may be, and tells the pages of these desks that somebody's day has changed.
func promiseSweeps(tx *gorm.DB, userID int64, at time.Time) error {
	var desks []int64
	err := tx.Raw(`SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id`, userID).Scan(&desks).Error
	if err != nil {
		return err
	}
	for _, id := range desks {
		live.Say(tx, "person", userID, id)
		if err := promiseSweepAt(tx, id, at); err != nil {
			return err
		}
	}
	return nil
}

// tellDesks tells the pages of a person's desks that they went off duty.
func tellDesks(tx *gorm.DB, userID int64) error {
	var desks []int64
	err := tx.Raw(`SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id`, userID).Scan(&desks).Error
	for _, id := range desks {
		live.Say(tx, "person", userID, id)
	}
	return err
}

// promiseSweepAt promises one sweep of a desk at a time.
func promiseSweepAt(tx *gorm.DB, deskID int64, at time.Time) error {
	return outbox.PromiseAt(tx, SweepJob{DeskID: deskID}, at)
}
