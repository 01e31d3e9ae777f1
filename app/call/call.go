// Package call is the phone: the legs of a conversation, logged while somebody
// listens, each on a ticket.
package call

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// Leg is one leg of a conversation as it is read.
type Leg struct {
	ID         int64
	Consultant string
	Direction  string // in, out
	Outcome    string // answered, dropped, no_answer, voicemail
	CallerName string
	Phone      string
	Advice     string
	Note       string
	StartedAt  time.Time
	EndedAt    time.Time
}

// Outcomes are how a leg can end, in words.
var Outcomes = []struct{ Code, Name string }{
	{"answered", "We spoke"}, {"dropped", "The call dropped"}, {"no_answer", "No answer"}, {"voicemail", "Left a voicemail"},
}

// Of reads the legs of a ticket, oldest first, for those who may see the ticket.
// Insured people read them where they may hear what was advised, and never the note
// that a leg leaves on the desk.
func (s *Service) Of(ctx context.Context, by actor.Actor, ticketID int64) ([]Leg, error) {
	var legs []Leg
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		where, args, err := ticket.Visible(q, by, now)
		if err != nil {
			return err
		}
		note := "c.note"
		if by.Insured() {
			acts, err := insured.ActsFor(q, by, now)
			if err != nil {
				return err
			}
			hears := []int64{0}
			for _, a := range acts {
				if a.Self || a.MayHear {
					hears = append(hears, a.PhysicianID)
				}
			}
			note, where, args = "''", where+" AND t.physician_id IN ?", append(args, hears)
		}
		return q.Raw(`SELECT c.id, u.name AS consultant, c.direction, c.outcome, c.caller_name, c.phone, c.advice, `+note+` AS note, c.started_at, c.ended_at
			FROM calls c JOIN users u ON u.id = c.consultant_id JOIN tickets t ON t.id = c.ticket_id
			WHERE c.ticket_id = ? AND `+where+` ORDER BY c.started_at, c.id`, append([]any{ticketID}, args...)...).Scan(&legs).Error
	})
	return legs, err
}
