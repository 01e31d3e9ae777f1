package insured

import (
	"time"

	"gorm.io/gorm"
)

// Hearers are the people who sign in and may hear what a physician is answered: the
// physician, and those among some others whose delegation to hear holds at now.
func Hearers(tx *gorm.DB, physicianID int64, among []int64, now time.Time) ([]int64, error) {
	on := Today(now, home)
	var people []int64
	err := tx.Raw(`
		SELECT user_id FROM physicians WHERE id = ? AND user_id IS NOT NULL
		UNION
		SELECT user_id FROM delegations WHERE physician_id = ? AND may_hear AND user_id IN ?
			AND from_on <= ? AND (until_on IS NULL OR ? < until_on)
		ORDER BY user_id`, physicianID, physicianID, among, on, on).Scan(&people).Error
	return people, err
}
