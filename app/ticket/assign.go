package ticket

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/letter"
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
		crew, err := assemble(tx, deskID, s.now)
		if err != nil {
			return err
		}
		ids, err := crew.before(tx, id)
		if err != nil {
			return err
		}
		if _, err := crew.decide(tx, by, ids); err != nil {
			return err
		}
		return crew.stranded(tx, by, id)
	})
}

// before is a ticket with those that wait for the same people and come before it: it
// may not take the room that an older one waits for.
func (m *crew) before(tx *gorm.DB, id int64) ([]int64, error) {
	topics, onCall := m.free()
	if len(topics) == 0 && !onCall {
		return []int64{id}, nil
	}
	var ids []int64
	err := tx.Raw(`SELECT t.id FROM tickets t WHERE t.desk_id = ? AND t.status = 'unassigned' AND t.id <> ?
		AND (t.topic IN ? OR ?::boolean AND t.urgency = 'critical')
		ORDER BY `+routing.OrderSQL+` LIMIT ?`, m.deskID, id, append(topics, ""), onCall, m.now, sweepSize-1).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return []int64{id}, err
	}
	err = tx.Raw(`SELECT t.id FROM tickets t WHERE t.id IN ? ORDER BY `+routing.OrderSQL, append(ids, id), m.now).Scan(&ids).Error
	return ids, err
}

// stranded tells the managers at once of a critical ticket that finds nobody.
func (m *crew) stranded(tx *gorm.DB, by actor.Actor, id int64) error {
	var number string
	err := tx.Raw(`SELECT number FROM tickets WHERE id = ? AND status = 'unassigned' AND urgency = 'critical'`, id).Scan(&number).Error
	if err != nil || number == "" {
		return err
	}
	if err := tellManagers(tx, m.now, letter.Stranded, id, id, number); err != nil {
		return err
	}
	return audit.Record(tx, by, m.now, "ticket.stranded", audit.Ticket(id), nil)
}

const (
	// sweepSize is how many waiting tickets are decided on together.
	sweepSize = 50
	// sweepMost is how many one sweep looks at; more follow in another.
	sweepMost = 1000
)

// Sweep brings a desk's waiting tickets to those who have room, in the order of
// routing.Order: tickets that nobody at work may have do not keep the ones behind
// them waiting. Once per promise.
func (s *Service) Sweep(ctx context.Context, by actor.Actor, deskID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		crew, err := assemble(tx, deskID, s.now)
		if err != nil {
			return err
		}
		topics, onCall := crew.free()
		if len(topics) == 0 && !onCall {
			return nil
		}
		var ids []int64
		err = tx.Raw(`SELECT t.id FROM tickets t WHERE t.desk_id = ? AND t.status = 'unassigned'
			AND (t.topic IN ? OR ?::boolean AND t.urgency = 'critical')
			ORDER BY `+routing.OrderSQL+` LIMIT ?`, deskID, append(topics, ""), onCall, crew.now, sweepMost).Scan(&ids).Error
		if err != nil {
			return err
		}
		given, seen := 0, 0
		for seen < len(ids) && crew.hasRoom() {
			some := ids[seen:min(seen+sweepSize, len(ids))]
			n, err := crew.decide(tx, by, some)
			if err != nil {
				return err
			}
			given, seen = given+n, seen+len(some)
		}
		if given > 0 && len(ids) == sweepMost && crew.hasRoom() {
			return desk.PromiseSweep(tx, deskID, crew.now)
		}
		return nil
	})
}

// SweepWaiting promises a sweep for each desk on which something waits and somebody
// is at work or on call: the minute tick's safety net. It says how many desks.
func (s *Service) SweepWaiting(ctx context.Context) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var desks []int64
		err := tx.Raw(`SELECT d.id FROM desks d WHERE EXISTS (SELECT FROM tickets t WHERE t.desk_id = d.id AND t.status = 'unassigned')
			AND (EXISTS (SELECT FROM consultants c JOIN memberships m ON m.user_id = c.user_id AND m.desk_id = d.id
					WHERE c.duty_since <= ? AND c.duty_until > ?)
				OR EXISTS (SELECT FROM oncall_turns o WHERE o.desk_id = d.id AND o.ended_at IS NULL AND o.from_at <= ? AND o.until_at > ?))
			AND NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'desk:sweep' AND o.sent_at IS NULL AND o.done_at IS NULL AND o.run_at <= ?
				AND (o.args->>'desk_id')::bigint = d.id)`, now, now, now, now, now).Scan(&desks).Error
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

// crew is a desk's consultants while its turn is held: nobody else decides.
type crew struct {
	deskID int64
	now    time.Time
	clock  database.Clock // nil for who decides at one instant
	times  desk.Times
	policy routing.Policy
	people []desk.Consultant
	load   map[int64]int // what they hold, weighed by the desk's policy
}

// assemble takes the desk's turn and reads who is there, and how full they are. The
// clock is read once it has the turn: a decision is of when it is made, not of when its
// turn was asked for, or the spans of two holders would overlap by the wait.
func assemble(tx *gorm.DB, deskID int64, clock database.Clock) (*crew, error) {
	if err := desk.Turn(tx, deskID); err != nil {
		return nil, err
	}
	m, err := gather(tx, deskID, clock())
	if err == nil {
		m.clock = clock
	}
	return m, err
}

// gather is the same for who holds the turn already.
func gather(tx *gorm.DB, deskID int64, now time.Time) (*crew, error) {
	people, err := desk.People(tx, deskID, now)
	if err != nil {
		return nil, err
	}
	return muster(tx, deskID, people, now)
}

// muster reads the same for a page: nothing is kept as it is.
func muster(q *gorm.DB, deskID int64, people []desk.Consultant, now time.Time) (*crew, error) {
	m := &crew{deskID: deskID, now: now, people: people}
	var err error
	if m.times, err = desk.TimesOf(q, deskID); err != nil {
		return nil, err
	}
	if m.policy, err = desk.PolicyOf(q, deskID); err != nil {
		return nil, err
	}
	m.load, err = loads(q, deskID)
	return m, err
}

func (m *crew) person(id int64) *desk.Consultant {
	for i := range m.people {
		if m.people[i].UserID == id {
			return &m.people[i]
		}
	}
	return nil
}

func (m *crew) closed() bool { return !m.times.Calendar.Open(m.now) }

// hasRoom says whether anybody who may be given something can hold more.
func (m *crew) hasRoom() bool {
	topics, onCall := m.free()
	return len(topics) > 0 || onCall
}

// free are the topics that somebody at work with room takes, and whether somebody with
// room is on call while the desk is closed, who takes whatever is critical.
func (m *crew) free() (topics []string, onCall bool) {
	for _, p := range m.people {
		if m.load[p.UserID] >= p.Cap {
			continue
		}
		if p.Takes() {
			for _, skill := range p.Skills {
				topics = append(topics, skill.Topic)
			}
		}
		onCall = onCall || p.OnCall && m.closed() && !p.Away
	}
	return topics, onCall
}

// reader is who at work knows a topic and could read along with who is learning it:
// the best of them, the least full first; 0 for nobody. Who must never have the
// physician's tickets does not read them either.
func (m *crew) reader(topic string, but int64, excluded []int64) int64 {
	var best *desk.Consultant
	for i, p := range m.people {
		if p.UserID == but || slices.Contains(excluded, p.UserID) || !p.At || p.Away || routing.LevelOf(p.Level(topic)) < routing.Knows {
			continue
		}
		if best == nil || m.reads(p, topic) > m.reads(*best, topic) {
			best = &m.people[i]
		}
	}
	if best == nil {
		return 0
	}
	return best.UserID
}

// reads ranks who reads along: who leads the topic, then who holds less.
func (m *crew) reads(p desk.Consultant, topic string) int {
	return int(routing.LevelOf(p.Level(topic)))*10_000 - m.load[p.UserID]
}
