package audit

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Looked keeps that somebody opened a ticket, once a half hour, before the page is
// shown. The system is nobody and leaves no trace of reading.
func Looked(tx *gorm.DB, ticketID int64, by actor.Actor, now time.Time) error {
	if by.ID == 0 {
		return nil
	}
	return tx.Exec(`INSERT INTO ticket_views (ticket_id, user_id, half_hour, role, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (ticket_id, user_id, half_hour) DO NOTHING`,
		ticketID, by.ID, HalfHour(now), string(by.Role), now).Error
}

// HalfHour is the half hour a look at now is kept under.
func HalfHour(now time.Time) time.Time { return now.UTC().Truncate(30 * time.Minute) }

// Looker is how many people of a role opened a ticket, and when one last did, to
// the half hour: only the first look of each is kept.
type Looker struct {
	Role   actor.Role
	People int
	LastAt time.Time
}

// Lookers reads who opened a ticket, by role, the latest first. Whom that may be
// shown to is the asking room's to say.
func Lookers(q *gorm.DB, ticketID int64) ([]Looker, error) {
	var lookers []Looker
	err := q.Raw(`SELECT role, count(DISTINCT user_id) AS people, max(at) AS last_at FROM ticket_views
		WHERE ticket_id = ? GROUP BY role ORDER BY last_at DESC, role`, ticketID).Scan(&lookers).Error
	return lookers, err
}
