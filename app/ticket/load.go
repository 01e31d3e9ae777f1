package ticket

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/routing"
)

// weight is what a ticket t counts in its holder's load, by the policy of its desk d, as
// SQL: the same as routing.Policy.Load, for statements that weigh many.
var weight = func() string {
	one := func(urgency string) string {
		return fmt.Sprintf("greatest(1, coalesce((d.policy #>> '{loads,%s}')::int, %d))", urgency, routing.Default().Loads.Of(urgency))
	}
	return "CASE t.urgency WHEN 'critical' THEN " + one("critical") + " WHEN 'urgent' THEN " + one("urgent") + " ELSE " + one("routine") + " END"
}()

// loadOf is what a person holds, in hand or waiting on a physician, weighed. Its
// arguments: the person, and how many tickets are looked at at most (one above their
// cap is enough: more is no fuller).
func loadOf(person, most string) string {
	// The tickets first, then their desks: joined before the limit, the planner reads
	// everything a person holds.
	return "(SELECT coalesce(sum(" + weight + "), 0) FROM (SELECT t.urgency, t.desk_id FROM tickets t WHERE t.assignee_id = " + person +
		" AND t.status IN ('assigned', 'with_physician') LIMIT " + most + ") t JOIN desks d ON d.id = t.desk_id)"
}

// loads are the loads of each person of a desk, whatever desk their tickets are of.
func loads(tx *gorm.DB, deskID int64) (map[int64]int, error) {
	var rows []struct {
		UserID int64
		Load   int
	}
	err := tx.Raw(`SELECT m.user_id, `+loadOf("m.user_id", "coalesce(c.cap, 0) + 1")+` AS load
		FROM memberships m LEFT JOIN consultants c ON c.user_id = m.user_id WHERE m.desk_id = ?`, deskID).Scan(&rows).Error
	m := make(map[int64]int, len(rows))
	for _, r := range rows {
		m[r.UserID] = r.Load
	}
	return m, err
}

// Loads is what each person of a desk holds, weighed, for rooms above: up to a ticket
// above their cap, which is enough to say that they are full.
func Loads(q *gorm.DB, deskID int64) (map[int64]int, error) { return loads(q, deskID) }

// Load is how full a person is: what they hold, weighed. For staff.
func (s *Service) Load(ctx context.Context, by actor.Actor, userID int64) (int, error) {
	n := 0
	if !by.Staff() && !by.Is(actor.System) {
		return 0, fault.NotFound
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT "+loadOf("?", "1000"), userID).Scan(&n).Error
	})
	return n, err
}
