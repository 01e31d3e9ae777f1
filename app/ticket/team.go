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
		return q.Raw(`SELECT c.user_id, u.name, c.cap, coalesce(c.duty_since <= ?::timestamptz AND c.duty_until > ?::timestamptz, false) AS at_work,
				(SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id = c.user_id
					AND t.status IN ('assigned', 'with_physician') LIMIT c.cap + 1) x) AS held
			FROM memberships m JOIN consultants c ON c.user_id = m.user_id
			JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
			WHERE m.desk_id = ? ORDER BY at_work DESC, u.name COLLATE "und-x-icu", u.id`, now, now, deskID).Scan(&all).Error
	})
	return all, err
}
