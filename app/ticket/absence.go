package ticket

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
	"hotline/app/routing"
)

// AbsencePreview is what an absence would move, as things stand now.
type AbsencePreview struct {
	Moves []AbsenceMove
	Stays int // tickets that wait on a physician: they move when the physician answers
}

// AbsenceMove is one ticket that would go to somebody else.
type AbsenceMove struct {
	Number    string
	Words     string // its title, or how the question begins
	Urgency   Urgency
	Status    Status
	NextDueAt time.Time
	To        string // the deputy's name; "": the queue
	Why       string // why not the deputy, or why they can
}

// PreviewAbsence says what an absence would move, without planning it. Managers, and
// consultants for themselves.
func (s *Service) PreviewAbsence(ctx context.Context, by actor.Actor, in desk.NewAbsence) (AbsencePreview, error) {
	var p AbsencePreview
	if !by.Is(actor.Manager) && !(by.Is(actor.Consultant) && by.ID == in.UserID) {
		return p, fault.Forbidden
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		desks, err := desksOf(q, in.UserID)
		if err != nil {
			return err
		}
		now := s.now()
		sight, err := see(q, by, now)
		if err != nil {
			return err
		}
		taken := 0
		for _, id := range desks {
			people, err := desk.Roster(q, id, now)
			if err != nil {
				return err
			}
			m, err := muster(q, id, people, now)
			if err != nil {
				return err
			}
			m.load[in.DeputyID] += taken
			leaving, took, err := m.leaving(q, in.UserID, in.DeputyID, "AND "+sight.where, sight.args...)
			if err != nil {
				return err
			}
			taken += took
			for _, l := range leaving {
				move := AbsenceMove{Number: l.Number, Words: l.Title, Urgency: l.Urgency, Status: l.Status, NextDueAt: l.NextDueAt, To: l.to, Why: l.why}
				if move.Words == "" {
					move.Words = firstWords(l.Question)
				}
				p.Moves = append(p.Moves, move)
			}
		}
		return q.Raw("SELECT count(*) FROM tickets t WHERE t.assignee_id = ? AND t.status = 'with_physician' AND "+sight.where,
			append([]any{in.UserID}, sight.args...)...).Scan(&p.Stays).Error
	})
	return p, err
}

// wordsShown is how much of a question stands for it in a list.
const wordsShown = 90

func firstWords(question string) string {
	words := []rune(question)
	if len(words) <= wordsShown {
		return question
	}
	return string(words[:wordsShown]) + "…"
}

// PlanAbsence plans an absence; its work moves when it begins. Managers, and
// consultants for themselves. Errors: fault.Fields.
func (s *Service) PlanAbsence(ctx context.Context, by actor.Actor, in desk.NewAbsence) (*desk.Absence, error) {
	var a *desk.Absence
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		a, err = desk.PlanAbsence(tx, by, in, s.now())
		return err
	})
	return a, err
}

// BeginAbsence hands on what an absent person has in hand: to the deputy as far as
// they may have it and have room, the rest to the queue. What waits on a physician
// stays until they answer. Once per promise.
func (s *Service) BeginAbsence(ctx context.Context, by actor.Actor, absenceID int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		a, err := desk.AbsenceOf(tx, absenceID)
		if err != nil || a.EndedAt != nil || a.BeganAt != nil || !a.Until.After(now) {
			return err
		}
		desks, err := desksOf(tx, a.UserID)
		if err != nil {
			return err
		}
		// Every turn first, in order: who waits for a person of two desks while holding one
		// turn would wait for whoever holds the other.
		for _, id := range desks {
			if err := desk.Turn(tx, id); err != nil {
				return err
			}
		}
		now = s.now()
		var all []leaver
		crews, taken := map[int64]*crew{}, 0
		for _, id := range desks {
			m, err := gather(tx, id, now)
			if err != nil {
				return err
			}
			m.load[a.DeputyID] += taken // what they are about to be given on the desk before
			some, took, err := m.leaving(tx, a.UserID, a.DeputyID, "FOR UPDATE OF t")
			if err != nil {
				return err
			}
			crews[id], all, taken = m, append(all, some...), taken+took
		}
		slices.SortFunc(all, func(a, b leaver) int { return int(a.ID - b.ID) })
		for _, l := range all {
			if err := crews[l.DeskID].handOn(tx, by, l, a, now); err != nil {
				return err
			}
		}
		return desk.BeganAbsence(tx, by, a.ID, now)
	})
}

// desksOf are the desks of a person, and those on which they still hold something.
func desksOf(q *gorm.DB, userID int64) ([]int64, error) {
	var ids []int64
	err := q.Raw(`SELECT desk_id FROM memberships WHERE user_id = ?
		UNION SELECT desk_id FROM tickets WHERE assignee_id = ? AND status IN ('assigned', 'with_physician') ORDER BY desk_id`, userID, userID).Scan(&ids).Error
	return ids, err
}

// leaver is a ticket in the hands of somebody who goes away, and where it goes.
type leaver struct {
	Ticket
	deputy int64  // 0: the queue
	to     string // the deputy's name
	why    string
}

// leaving decides where the tickets in hand go: the most urgent first have the
// deputy's room, of which they say how much they take. more ends the statement.
func (m *crew) leaving(tx *gorm.DB, userID, deputyID int64, more string, args ...any) (all []leaver, taken int, err error) {
	err = tx.Raw("SELECT "+columns+" FROM tickets t WHERE t.desk_id = ? AND t.assignee_id = ? AND t.status = 'assigned' "+more,
		append([]any{m.deskID, userID}, args...)...).Scan(&all).Error
	if err != nil {
		return nil, 0, err
	}
	inOrder(all, m.now)
	d := m.person(deputyID)
	for i := range all {
		l := &all[i]
		if d == nil {
			l.why = "the router finds somebody"
			continue
		}
		why, err := m.barred(tx, deputyID, l.Urgency, l.PhysicianID)
		if err == nil && why == nil && l.Restricted {
			why, err = unnamed(tx, l.ID, deputyID)
		}
		switch {
		case err != nil:
			return nil, 0, err
		case d.Away:
			l.why = d.Name + " is away too"
		case routing.LevelOf(d.Level(l.Topic)) < routing.Knows:
			l.why = d.Name + " does not take this topic"
		case why != nil:
			l.why = fault.Sentence(why)
		default:
			l.deputy, l.to = deputyID, d.Name
			one := m.policy.Load(string(l.Urgency))
			m.load[deputyID], taken = m.load[deputyID]+one, taken+one
			l.why = "stands in, with room for it"
		}
	}
	return all, taken, nil
}

// unnamed is why somebody cannot be given a restricted ticket: it does not name them.
func unnamed(tx *gorm.DB, ticketID, userID int64) (why, err error) {
	var named bool
	err = tx.Raw(`SELECT EXISTS (SELECT FROM ticket_named WHERE ticket_id = ? AND user_id = ?)`, ticketID, userID).Scan(&named).Error
	if err == nil && !named {
		why = fault.Say(fault.Conflict, "It is restricted, and does not name them.")
	}
	return why, err
}

// inOrder sorts as a sweep does.
func inOrder(all []leaver, now time.Time) {
	order := make([]routing.Waiting, len(all))
	for i, l := range all {
		order[i] = routing.Waiting{ID: l.ID, Urgency: string(l.Urgency), OpenedAt: l.OpenedAt, DueAt: l.NextDueAt}
	}
	routing.Order(order, now)
	place := map[int64]int{}
	for i, w := range order {
		place[w.ID] = i
	}
	slices.SortFunc(all, func(a, b leaver) int { return place[a.ID] - place[b.ID] })
}

func (m *crew) handOn(tx *gorm.DB, by actor.Actor, l leaver, a *desk.Absence, now time.Time) error {
	t := &l.Ticket
	detail := audit.Detail{"from": a.UserID, "to": nil, "absence": a.ID}
	live.Say(tx, "ticket", t.ID, t.DeskID)
	if l.deputy == 0 {
		if err := putBack(tx, t, &a.UserID, now); err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.released", audit.Ticket(t.ID), detail); err != nil {
			return err
		}
		return outbox.Promise(tx, now, AssignJob{TicketID: t.ID, Urgency: t.Urgency})
	}
	assignment, err := give(tx, by, t, l.deputy, "deputy", "stands in for "+a.Name+", who is away", nil, now)
	if err != nil {
		return err
	}
	detail["to"] = l.deputy
	if err := audit.Record(tx, by, now, "ticket.covered", audit.Ticket(t.ID), detail); err != nil {
		return err
	}
	return letter.Post(tx, now, letter.Assigned, t.ID, l.deputy, assignment, t.Number)
}
