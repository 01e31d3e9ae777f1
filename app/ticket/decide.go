package ticket

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/routing"
)

// waiting is a ticket about to be decided on, with what the decision asks of it.
type waiting struct {
	Ticket
	TopicName  string
	PracticeID *int64
}

// past is what somebody had to do with a waiting ticket.
type past struct {
	TicketID int64
	UserID   int64
	Tie      routing.Tie
	At       time.Time
	GaveBack bool
	Lapsed   bool
}

type decision struct {
	ticket *Ticket
	choice routing.Choice
}

// decide chooses for each ticket in the order given, then writes in the order of
// their ids, as the record asks. It says how many found somebody.
func (m *crew) decide(tx *gorm.DB, by actor.Actor, ids []int64) (int, error) {
	all, pasts, err := m.look(tx, ids, "AND t.status = 'unassigned'")
	if err != nil {
		return 0, err
	}
	m.now = m.clock() // their locks may have been waited for
	var decisions []decision
	for i := range all {
		choice, err := m.choose(tx, &all[i], pasts)
		if err != nil {
			return 0, err
		}
		if choice.Nobody() {
			continue
		}
		m.took(choice.UserID, all[i].Urgency)
		decisions = append(decisions, decision{&all[i].Ticket, choice})
	}
	slices.SortFunc(decisions, func(a, b decision) int { return cmp.Compare(a.ticket.ID, b.ticket.ID) })
	for _, d := range decisions {
		if err := m.carryOut(tx, by, d); err != nil {
			return 0, err
		}
	}
	return len(decisions), nil
}

// took notes that somebody was given one more.
func (m *crew) took(userID int64, urgency Urgency) {
	m.load[userID] += m.policy.Load(string(urgency))
	if p := m.person(userID); p != nil {
		p.LastGiven = &m.now
	}
}

// practiceTies is how far back, and how many tickets of each physician of a practice,
// the router looks for somebody who knows them.
const practiceTies = "1 year"

// look locks the tickets, in the order given, and reads who had to do with them.
func (m *crew) look(tx *gorm.DB, ids []int64, where string) ([]waiting, []past, error) {
	var all []waiting
	err := tx.Raw(`SELECT `+columns+`, tp.name AS topic_name, p.practice_id FROM tickets t
		JOIN topics tp ON tp.code = t.topic LEFT JOIN physicians p ON p.id = t.physician_id
		WHERE t.id IN ? `+where+` ORDER BY t.id FOR UPDATE OF t`, ids).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID)) })
	var pasts []past
	err = tx.Raw(`SELECT t.id AS ticket_id, a.user_id, max(k.tie) AS tie, max(a.from_at) AS at,
			bool_or(k.tie = 4 AND a.gave_back) AS gave_back, bool_or(k.tie = 4 AND a.lapsed) AS lapsed
		FROM tickets t CROSS JOIN LATERAL (
			SELECT t.id, 4 AS tie
			UNION ALL SELECT s.id, 3 FROM tickets s WHERE s.matter_id = t.matter_id AND s.id <> t.id
			UNION ALL (SELECT s.id, 2 FROM tickets s WHERE s.physician_id = t.physician_id AND s.id <> t.id ORDER BY s.opened_at DESC, s.id DESC LIMIT 20)
			UNION ALL SELECT s.id, 1 FROM physicians p JOIN physicians o ON o.practice_id = p.practice_id AND o.id <> p.id
				CROSS JOIN LATERAL (SELECT s.id FROM tickets s WHERE s.physician_id = o.id AND s.opened_at > ?::timestamptz - interval '`+practiceTies+`'
					ORDER BY s.opened_at DESC, s.id DESC LIMIT 3) s
				WHERE p.id = t.physician_id) k
		JOIN assignments a ON a.ticket_id = k.id
		WHERE t.id IN ? AND (k.tie = 4 OR NOT a.gave_back AND NOT a.lapsed) GROUP BY t.id, a.user_id`, m.now, ids).Scan(&pasts).Error
	return all, pasts, err
}

// choose decides on one ticket. Who is at work and could read along with a learner is
// told to the decision; who reads along is named when it is carried out.
func (m *crew) choose(tx *gorm.DB, t *waiting, pasts []past) (routing.Choice, error) {
	var excluded []int64
	if t.PhysicianID != nil {
		var err error
		if excluded, err = desk.ExcludedFrom(tx, *t.PhysicianID); err != nil {
			return routing.Choice{}, err
		}
	}
	ask := routing.Ask{Now: m.now.In(m.times.Zone), Topic: t.Topic, TopicName: t.TopicName, Urgency: string(t.Urgency), State: t.State, Language: t.Language,
		Closed: m.closed(), Readers: m.reader(t.Topic, 0, excluded) != 0, StateName: StateName(t.State), LanguageName: insured.LanguageName(t.Language)}
	people := m.candidates(t, pasts, excluded)
	if t.Restricted {
		var named []int64
		if err := tx.Raw(`SELECT user_id FROM ticket_named WHERE ticket_id = ?`, t.ID).Scan(&named).Error; err != nil {
			return routing.Choice{}, err
		}
		// Whom it does not name is not even considered: the decision is kept with the ticket.
		people = slices.DeleteFunc(people, func(c routing.Candidate) bool { return !slices.Contains(named, c.UserID) })
	}
	return routing.Choose(ask, people, m.policy), nil
}

func (m *crew) candidates(t *waiting, pasts []past, excluded []int64) []routing.Candidate {
	out := make([]routing.Candidate, len(m.people))
	at := map[int64]int{}
	for i, p := range m.people {
		at[p.UserID] = i
		out[i] = routing.Candidate{UserID: p.UserID, Name: p.Name, AtWork: p.At, Wrapping: p.Wrapping(m.now), InShift: p.InShift || p.Extra,
			Away: p.Away, OnCall: p.OnCall, Level: routing.LevelOf(p.Level(t.Topic)), State: slices.Contains(p.States, t.State),
			Language: slices.Contains(p.Languages, t.Language), Held: m.load[p.UserID], Cap: p.Cap, Excluded: slices.Contains(excluded, p.UserID)}
		if p.LastGiven != nil {
			out[i].LastGiven = *p.LastGiven
		}
	}
	for _, k := range pasts {
		i, here := at[k.UserID]
		if k.TicketID != t.ID || !here {
			continue
		}
		c := &out[i]
		c.GaveBack, c.Lapsed = c.GaveBack || k.GaveBack, c.Lapsed || k.Lapsed
		if k.GaveBack || k.Lapsed {
			continue
		}
		if k.Tie > c.Tie {
			c.Tie, c.TieAt = k.Tie, k.At
		}
		if d, deputy := at[m.people[i].DeputyID]; m.people[i].Away && deputy && c.Tie >= routing.SamePhysician {
			out[d].Covers, out[d].CoversTie = c.Name, c.Tie
		}
	}
	if t.PreferredID != nil {
		if i, here := at[*t.PreferredID]; here && !out[i].GaveBack && !out[i].Lapsed {
			out[i].Tie = routing.SameTicket
		}
	}
	return out
}

func (m *crew) carryOut(tx *gorm.DB, by actor.Actor, d decision) error {
	t, to := d.ticket, d.choice.UserID
	from := t.AssigneeID
	assignment, err := give(tx, by, t, to, "router", d.choice.Reason, d.choice.Considered, m.now)
	if err != nil {
		return err
	}
	if err := m.terms(tx, t, assignment, d.choice); err != nil {
		return err
	}
	if err := desk.Gave(tx, to, m.now); err != nil {
		return err
	}
	detail := audit.Detail{"to": to, "from": from, "how": "router", "candidates": len(d.choice.Considered)}
	if d.choice.Learning {
		detail["learning"] = true
	}
	if err := audit.Record(tx, by, m.now, "ticket.assigned", audit.Ticket(t.ID), detail); err != nil {
		return err
	}
	live.Say(tx, "ticket", t.ID, t.DeskID)
	return letter.Post(tx, m.now, letter.Assigned, t.ID, to, assignment, t.Number)
}

// terms are what comes with an assignment of the router's: by when it is to be
// accepted, and who reads along.
func (m *crew) terms(tx *gorm.DB, t *Ticket, assignment int64, choice routing.Choice) error {
	acceptBy, err := m.acceptBy(t.Urgency)
	if err != nil {
		return err
	}
	if acceptBy != nil {
		if err := tx.Exec(`UPDATE assignments SET accept_by = ? WHERE id = ?`, acceptBy, assignment).Error; err != nil {
			return err
		}
	}
	err = m.readAlong(tx, t, assignment, choice.UserID)
	if errors.Is(err, errUnread) {
		return nil // who is on call answers for the desk, with or without a reader
	}
	return err
}

// errUnread refuses to give a learner what nobody could read along with.
var errUnread = fault.Say(fault.Conflict, "Who is learning this topic is given it only while somebody who knows it is at work and can read along.")

// readAlong names who reads along where the new holder is learning the topic, and tells
// them; errUnread where nobody at work could.
func (m *crew) readAlong(tx *gorm.DB, t *Ticket, assignment, holder int64) error {
	reader, err := m.readerFor(tx, t, holder)
	if err != nil || reader == 0 {
		return err
	}
	if err := tx.Exec(`UPDATE assignments SET reader_id = ? WHERE id = ?`, reader, assignment).Error; err != nil {
		return err
	}
	return letter.Post(tx, m.now, letter.Reading, t.ID, reader, assignment, t.Number)
}

// unread is errUnread for a learner beside whom nobody could read.
func (m *crew) unread(tx *gorm.DB, t *Ticket, holder int64) error {
	_, err := m.readerFor(tx, t, holder)
	return err
}

// readerFor is who reads along with a holder; 0 for one who is not learning the topic.
func (m *crew) readerFor(tx *gorm.DB, t *Ticket, holder int64) (int64, error) {
	p := m.person(holder)
	if p == nil || routing.LevelOf(p.Level(t.Topic)) != routing.Training {
		return 0, nil
	}
	var excluded []int64
	if t.PhysicianID != nil {
		var err error
		if excluded, err = desk.ExcludedFrom(tx, *t.PhysicianID); err != nil {
			return 0, err
		}
	}
	if reader := m.reader(t.Topic, holder, excluded); reader != 0 {
		return reader, nil
	}
	return 0, errUnread
}

// acceptBy is by when a ticket given now is to be accepted: in the desk's business
// time, around the clock for a critical one; nil where nobody is asked to.
func (m *crew) acceptBy(u Urgency) (*time.Time, error) {
	minutes := m.policy.Accept.Of(string(u))
	if minutes <= 0 {
		return nil, nil
	}
	at, err := m.times.Clock(u == Critical).Add(m.now, time.Duration(minutes)*time.Minute)
	at = at.UTC()
	return &at, err
}
