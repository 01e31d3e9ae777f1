package ticket

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Colleague is a consultant who may be given a ticket, and how full they are. Held
// stops at one above their cap: more is no fuller.
type Colleague struct {
	UserID    int64
	Name      string
	Held, Cap int
	AtWork    bool
}

// Room says whether they can hold one more.
func (c Colleague) Room() bool { return c.Held < c.Cap }

// Colleagues are the consultants of a desk, those at work first, then by name. For
// consultants of the desk and managers.
func (s *Service) Colleagues(ctx context.Context, by actor.Actor, deskID int64) ([]Colleague, error) {
	if !by.Desk() || !slices.Contains(by.Desks, deskID) {
		return nil, fault.NotFound
	}
	var all []Colleague
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		return q.Raw(`SELECT c.user_id, u.name, c.cap, coalesce(c.duty_since <= ?::timestamptz AND c.duty_until > ?::timestamptz, false)
				AND NOT EXISTS (SELECT FROM absences b WHERE b.user_id = c.user_id AND b.ended_at IS NULL AND b.from_at <= ? AND b.until_at > ?) AS at_work,
				`+loadOf("c.user_id", "c.cap + 1")+` AS held
			FROM memberships m JOIN consultants c ON c.user_id = m.user_id
			JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
			WHERE m.desk_id = ? ORDER BY at_work DESC, u.name COLLATE "und-x-icu", u.id`, now, now, now, now, deskID).Scan(&all).Error
	})
	return all, err
}
