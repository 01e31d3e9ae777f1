package ticket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
	"hotline/app/routing"
)

// AutoAssign gives an unassigned ticket to the best consultant at work, or leaves
// it for the sweep that follows when somebody is free. Once per promise; a ticket
// that somebody has already is left alone.
func (s *Service) AutoAssign(ctx context.Context, by actor.Actor, id int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var deskID int64
		if err := tx.Raw(`SELECT desk_id FROM tickets WHERE id = ? AND status = 'unassigned'`, id).Scan(&deskID).Error; err != nil || deskID == 0 {
			return err
		}
		team, err := assemble(tx, deskID, now)
		if err != nil {
			return err
		}
		_, err = team.decide(tx, by, []int64{id}, now)
		return err
	})
}

// sweepSize is how many waiting tickets one sweep looks at; more follow in another.
const sweepSize = 50

// Sweep brings a desk's waiting tickets to those who have room: the most urgent
// first, then the oldest. Once per promise.
func (s *Service) Sweep(ctx context.Context, by actor.Actor, deskID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		team, err := assemble(tx, deskID, now)
		if err != nil {
			return err
		}
		free := team.freeTopics()
		if len(free) == 0 {
			return nil
		}
		var ids []int64
		err = tx.Raw(`SELECT id FROM tickets WHERE desk_id = ? AND status = 'unassigned' AND topic IN ?
			ORDER BY array_position(ARRAY['critical', 'urgent', 'routine'], urgency), opened_at, id LIMIT ?`,
			deskID, free, sweepSize).Scan(&ids).Error
		if err != nil {
			return err
		}
		given, err := team.decide(tx, by, ids, now)
		if err != nil {
			return err
		}
		if given > 0 && len(ids) == sweepSize && len(team.freeTopics()) > 0 {
			return desk.PromiseSweep(tx, deskID, now)
		}
		return nil
	})
}

// SweepWaiting promises a sweep for each desk on which something waits and somebody
// is at work: the minute tick's safety net. It says how many desks.
func (s *Service) SweepWaiting(ctx context.Context) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var desks []int64
		err := tx.Raw(`SELECT d.id FROM desks d WHERE EXISTS (SELECT FROM tickets t WHERE t.desk_id = d.id AND t.status = 'unassigned')
			AND EXISTS (SELECT FROM consultants c JOIN memberships m ON m.user_id = c.user_id AND m.desk_id = d.id
				WHERE c.duty_since <= ? AND c.duty_until > ?)
			AND NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'desk:sweep' AND o.sent_at IS NULL AND o.done_at IS NULL
				AND (o.args->>'desk_id')::bigint = d.id)`, now, now).Scan(&desks).Error
		if err != nil {
			return err
		}
		n = len(desks)
		for _, id := range desks {
			if err := desk.PromiseSweep(tx, id, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// team is a desk's consultants while its turn is held: nobody else decides.
type team struct {
	people []desk.Consultant
	held   map[int64]int
}

func assemble(tx *gorm.DB, deskID int64, now time.Time) (*team, error) {
	if err := desk.Turn(tx, deskID); err != nil {
		return nil, err
	}
	people, err := desk.People(tx, deskID, now)
	if err != nil {
		return nil, err
	}
	h, err := held(tx, deskID)
	return &team{people: people, held: h}, err
}

// freeTopics are the topics that somebody at work with room takes.
func (m *team) freeTopics() []string {
	var free []string
	for _, p := range m.people {
		if p.At && m.held[p.UserID] < p.Cap {
			for topic := range strings.SplitSeq(strings.Trim(p.Topics, ","), ",") {
				if topic != "" && !slices.Contains(free, topic) {
					free = append(free, topic)
				}
			}
		}
	}
	return free
}

// room says whether a person of the team can hold one more.
func (m *team) room(userID int64) (bool, desk.Consultant) {
	for _, p := range m.people {
		if p.UserID == userID {
			return m.held[userID] < p.Cap, p
		}
	}
	return false, desk.Consultant{}
}

func (m *team) candidates(topic string, preferred *int64) []routing.Candidate {
	out := make([]routing.Candidate, len(m.people))
	for i, p := range m.people {
		out[i] = routing.Candidate{UserID: p.UserID, Name: p.Name, AtWork: p.At, InShift: true, Level: levelOf(p.Topics, topic),
			Held: m.held[p.UserID], Cap: p.Cap}
		if preferred != nil && *preferred == p.UserID {
			out[i].Tie = routing.SameMatter
		}
		if p.LastGiven != nil {
			out[i].LastGiven = *p.LastGiven
		}
	}
	return out
}

type decision struct {
	ticket *Ticket
	choice routing.Choice
}

// decide chooses for each ticket in the order given, then writes in the order of
// their ids, as the record asks. It says how many found somebody.
func (m *team) decide(tx *gorm.DB, by actor.Actor, ids []int64, now time.Time) (int, error) {
	var decisions []decision
	for _, id := range ids {
		var t Ticket
		var topicName string
		err := tx.Raw("SELECT "+columns+" FROM tickets t WHERE t.id = ? AND t.status = 'unassigned' FOR UPDATE OF t", id).Take(&t).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			continue
		}
		if err == nil {
			err = tx.Raw(`SELECT name FROM topics WHERE code = ?`, t.Topic).Scan(&topicName).Error
		}
		var gaveBack []int64
		if err == nil {
			err = tx.Raw(`SELECT DISTINCT user_id FROM assignments WHERE ticket_id = ? AND gave_back`, id).Scan(&gaveBack).Error
		}
		if err != nil {
			return 0, err
		}
		choice := choose(topicName, m.candidates(t.Topic, t.PreferredID), gaveBack)
		if choice.Nobody() {
			continue
		}
		m.held[choice.UserID]++
		for i := range m.people {
			if m.people[i].UserID == choice.UserID {
				m.people[i].LastGiven = &now
			}
		}
		decisions = append(decisions, decision{&t, choice})
	}
	slices.SortFunc(decisions, func(a, b decision) int { return int(a.ticket.ID - b.ticket.ID) })
	for _, d := range decisions {
		if err := carryOut(tx, by, d, now); err != nil {
			return 0, err
		}
	}
	return len(decisions), nil
}

// choose passes over who gave this ticket back, and says so among those considered.
func choose(topic string, people []routing.Candidate, gaveBack []int64) routing.Choice {
	var others []routing.Candidate
	var passed []routing.Considered
	for _, p := range people {
		if slices.Contains(gaveBack, p.UserID) {
			passed = append(passed, routing.Considered{UserID: p.UserID, Name: p.Name, Held: p.Held, Cap: p.Cap, Out: true, Reason: "gave it back"})
		} else {
			others = append(others, p)
		}
	}
	choice := routing.Choose(routing.Ask{TopicName: topic}, others, routing.Default())
	choice.Considered = append(choice.Considered, passed...)
	return choice
}

func carryOut(tx *gorm.DB, by actor.Actor, d decision, now time.Time) error {
	t := d.ticket
	assignment, err := give(tx, by, t, d.choice.UserID, "router", d.choice.Reason, d.choice.Considered, now)
	if err != nil {
		return err
	}
	if err := desk.Gave(tx, d.choice.UserID, now); err != nil {
		return err
	}
	err = audit.Record(tx, by, now, "ticket.assigned", audit.Ticket(t.ID),
		audit.Detail{"to": d.choice.UserID, "from": nil, "how": "router", "candidates": len(d.choice.Considered)})
	if err != nil {
		return err
	}
	live.Say(tx, "ticket", t.ID, t.DeskID)
	return letter.Post(tx, now, letter.Assigned, t.ID, d.choice.UserID, assignment, t.Number)
}

func levelOf(topics, topic string) routing.Level {
	if strings.Contains(topics, ","+topic+",") {
		return routing.Knows
	}
	return routing.None
}
