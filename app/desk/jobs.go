package desk

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/outbox"
)

// SweepJob brings a desk's waiting tickets to those who now have room.
type SweepJob struct {
	DeskID int64 `json:"desk_id"`
}

func (SweepJob) Kind() string  { return "desk:sweep" }
func (SweepJob) Queue() string { return "urgent" }

// PromiseSweep promises one sweep of a desk.
func PromiseSweep(tx *gorm.DB, deskID int64, now time.Time) error {
	return outbox.Promise(tx, now, SweepJob{DeskID: deskID})
}

func promiseSweeps(tx *gorm.DB, userID int64, now time.Time) error {
	var desks []int64
	if err := tx.Raw(`SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id`, userID).Scan(&desks).Error; err != nil {
		return err
	}
	for _, id := range desks {
		if err := PromiseSweep(tx, id, now); err != nil {
			return err
		}
	}
	return nil
}
