package casefile

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// ToDo is something a summary wants of an insured person: to be confirmed, or a step.
type ToDo struct {
	Number  string
	Topic   string
	Author  string
	Edition int
	StepID  int64 // 0: the summary waits to be confirmed
	Who     string
	What    string
	DueOn   time.Time // a day, at midnight UTC
	Overdue bool
}

// toDoMost is how much of each kind is given.
const toDoMost = 10

// ToDo is what waits for an insured person: first what is to be confirmed, the oldest
// first, then steps by their day. Only what they may read and may answer.
func (s *Service) ToDo(ctx context.Context, by actor.Actor) ([]ToDo, error) {
	if !by.Insured() {
		return nil, fault.NotFound
	}
	var all []ToDo
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		where, args, err := ticket.Visible(q, by, now)
		if err != nil {
			return err
		}
		acts, err := insured.ActsFor(q, by, now)
		if err != nil {
			return err
		}
		speaks := []int64{0}
		for _, a := range acts {
			if voiceIn(a).Speaks {
				speaks = append(speaks, a.PhysicianID)
			}
		}
		args = append(append([]any{speaks}, args...), toDoMost)
		if err := q.Raw(`SELECT t.number, tp.name AS topic, u.name AS author, s.edition FROM summaries s
			JOIN tickets t ON t.id = s.ticket_id JOIN topics tp ON tp.code = t.topic JOIN users u ON u.id = s.author_id
			WHERE t.physician_id IN ? AND `+where+` AND s.edition = (SELECT max(edition) FROM summaries l WHERE l.ticket_id = s.ticket_id)
				AND NOT EXISTS (SELECT FROM summary_confirmations c WHERE c.summary_id = s.id)
				AND NOT EXISTS (SELECT FROM summary_corrections c WHERE c.summary_id = s.id)
			ORDER BY s.sent_at, s.id LIMIT ?`, args...).Scan(&all).Error; err != nil {
			return err
		}
		var steps []struct {
			ToDo
			DeskZone string
		}
		if err := q.Raw(`SELECT t.number, tp.name AS topic, s.edition, p.id AS step_id, p.who, p.what, p.due_on, d.zone AS desk_zone FROM steps p
			JOIN summaries s ON s.id = p.summary_id JOIN tickets t ON t.id = p.ticket_id JOIN topics tp ON tp.code = t.topic JOIN desks d ON d.id = t.desk_id
			WHERE t.physician_id IN ? AND `+where+` AND p.who <> 'us' AND s.edition = (SELECT max(edition) FROM summaries l WHERE l.ticket_id = s.ticket_id)
				AND NOT EXISTS (SELECT FROM step_completions c WHERE c.step_id = p.id)
			ORDER BY p.due_on, p.id LIMIT ?`, args...).Scan(&steps).Error; err != nil {
			return err
		}
		for _, one := range steps {
			zone, err := time.LoadLocation(one.DeskZone)
			if err != nil {
				return err
			}
			one.Overdue = one.DueOn.Before(day(now, zone))
			all = append(all, one.ToDo)
		}
		return nil
	})
	return all, err
}
