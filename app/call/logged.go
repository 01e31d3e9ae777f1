package call

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// logged finds the ticket of a call that was logged before under this key; "" where
// none was. With other words, or on another ticket, it is AlreadySent.
func logged(tx *gorm.DB, by actor.Actor, in Note) (number string, err error) {
	var before struct {
		Number, Question, Note, Advice string
		EndedAt                        time.Time
		Opened                         bool
	}
	err = tx.Raw(`SELECT t.number, t.question, c.note, c.advice, c.ended_at, t.client_key = c.client_key AND t.opened_by = c.consultant_id AS opened
		FROM calls c JOIN tickets t ON t.id = c.ticket_id WHERE c.consultant_id = ? AND c.client_key = ?::uuid`, by.ID, in.Key).Scan(&before).Error
	if err != nil || before.Number == "" {
		return "", err
	}
	same := before.Opened && before.Question == in.Narrative
	if in.Number != "" {
		same = before.Number == in.Number && !before.Opened && before.Note == in.Narrative
	}
	if !same || before.Advice != in.Advice {
		return "", &ticket.AlreadySent{Number: before.Number, At: before.EndedAt}
	}
	return before.Number, nil
}

// Keys says which of these forms the person logged, and on which tickets: a draft
// that was kept a moment too late belongs to no unlogged call.
func (s *Service) Keys(ctx context.Context, by actor.Actor, keys []string) (map[string]string, error) {
	var rows []struct{ Key, Number string }
	if len(keys) > 0 {
		err := s.db.Read(ctx, func(q *gorm.DB) error {
			return q.Raw(`SELECT c.client_key::text AS key, t.number FROM calls c JOIN tickets t ON t.id = c.ticket_id
				WHERE c.consultant_id = ? AND c.client_key IN ?`, by.ID, keys).Scan(&rows).Error
		})
		if err != nil {
			return nil, err
		}
	}
	found := make(map[string]string, len(rows))
	for _, r := range rows {
		found[r.Key] = r.Number
	}
	return found, nil
}

// Standing is where a ticket stands.
type Standing struct {
	Number   string
	Status   ticket.Status
	HolderID int64  // 0: nobody
	Holder   string // "" for nobody
}

// Standing says where a ticket stands, for whoever has just logged a call on it.
// NotFound where they may not see it.
func (s *Service) Standing(ctx context.Context, by actor.Actor, number string) (Standing, error) {
	var at Standing
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		where, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT t.number, t.status, coalesce(t.assignee_id, 0) AS holder_id, coalesce(u.name, '') AS holder
			FROM tickets t LEFT JOIN users u ON u.id = t.assignee_id WHERE t.number = ? AND `+where, append([]any{number}, args...)...).Scan(&at).Error
	})
	if err == nil && at.Number == "" {
		err = fault.NotFound
	}
	return at, err
}
