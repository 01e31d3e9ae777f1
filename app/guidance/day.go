package guidance

import (
	"time"

	"gorm.io/gorm"
)

// day is a date as the database takes it; nil: none.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.DateOnly)
}

// today is the day it is where the first desk is, at midnight UTC: everybody reads the
// same dates.
func today(q *gorm.DB, now time.Time) (time.Time, error) {
	var zone string
	if err := q.Raw(`SELECT zone FROM desks ORDER BY id LIMIT 1`).Scan(&zone).Error; err != nil {
		return time.Time{}, err
	}
	if place, err := time.LoadLocation(zone); err == nil {
		now = now.In(place)
	}
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC), nil
}
