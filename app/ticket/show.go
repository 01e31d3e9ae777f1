package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/routing"
)

// Sheet is a ticket as staff read it, with everything said and done on it.
type Sheet struct {
	Ticket
	CallerPhone     string
	CallerPhoneE164 string `gorm:"column:caller_phone_e164"`
	Danger, Papers  bool
	NextStep        string
	AnswerBy        string
	CallbackPhone   string
	CallbackWindows string
	DueKind         string
	Notice          string
	LegalHold       bool
	AssignedAt      *time.Time
	ResolvedAt      *time.Time
	TopicName       string
	DeskName        string
	Zone            string
	Family          string // the physician's family name, "" for an unknown caller
	OpenerName      string
	OpenerRole      string
	HolderName      string
	Outcome         string
	ResolverName    string
	Seen            int64 // the last entry of the record that this sheet shows

	Target        *Promise         `gorm:"-"` // the latest promise to answer
	Resolution    *Promise         `gorm:"-"` // the latest to resolve, where the desk has one
	Assignment    *Assignment      `gorm:"-"`
	Messages      []Message        `gorm:"-"`
	Notes         []Note           `gorm:"-"`
	Trail         []audit.Entry    `gorm:"-"`
	Names         map[int64]string `gorm:"-"` // who acted, by id
	ReadByInsured *time.Time       `gorm:"-"`
	Reaches       bool             `gorm:"-"` // somebody who signs in would read a message
}

// Promise is the latest row of one of a ticket's promises.
type Promise struct {
	Kind      string
	Urgency   Urgency
	Minutes   int
	Always    bool // around the clock
	StartedAt time.Time
	DueAt     time.Time
	MetAt     *time.Time
	EndedAt   *time.Time
	LeftUS    *int64 `gorm:"column:left_us"`
}

// Assignment is who holds the ticket, since when, how and why.
type Assignment struct {
	UserID     int64
	FromAt     time.Time
	How        string
	GivenBy    *int64
	Reason     string
	Candidates json.RawMessage
	AcceptBy   *time.Time // nil: nobody was asked to accept it
	AcceptedAt *time.Time
	ReaderID   *int64 // who reads along with a holder who is learning the topic
	Reader     string
	ReadAt     *time.Time
}

// Considered are the candidates of a router's decision, best first.
func (a Assignment) Considered() []routing.Considered {
	var all []routing.Considered
	if len(a.Candidates) > 0 && json.Unmarshal(a.Candidates, &all) != nil {
		return nil
	}
	return all
}

// Message is what was sent to the physician, or what they wrote.
type Message struct {
	ID          int64
	AuthorID    int64
	Author      string
	FromInsured bool
	Body        string
	SentAt      time.Time
}

// Note is what stays on the desk.
type Note struct {
	ID        int64
	AuthorID  int64
	Author    string
	Body      string
	WrittenAt time.Time
}

const sheetColumns = columns + `, t.caller_phone, t.caller_phone_e164, t.danger, t.papers, t.next_step, t.answer_by, t.callback_phone, t.callback_windows,
	t.due_kind, t.notice, t.legal_hold, t.assigned_at, t.resolved_at, tp.name AS topic_name, d.name AS desk_name, d.zone AS zone,
	coalesce(p.family_name, '') AS family, o.name AS opener_name, o.role AS opener_role, coalesce(u.name, '') AS holder_name,
	coalesce(r.outcome, '') AS outcome, coalesce(ru.name, '') AS resolver_name,
	coalesce((SELECT seq FROM record_heads h WHERE h.kind = 'ticket' AND h.subject_id = t.id), 0) AS seen,
	EXISTS (SELECT FROM ticket_views v WHERE v.ticket_id = t.id AND v.user_id = ? AND v.half_hour = ?) AS looked`

const sheetJoins = ` JOIN topics tp ON tp.code = t.topic JOIN desks d ON d.id = t.desk_id JOIN users o ON o.id = t.opened_by
	LEFT JOIN physicians p ON p.id = t.physician_id LEFT JOIN users u ON u.id = t.assignee_id
	LEFT JOIN resolutions r ON r.ticket_id = t.id AND r.until_at IS NULL LEFT JOIN users ru ON ru.id = r.resolved_by`

// Show reads a ticket for staff and notes that they looked. Consultants and managers.
func (s *Service) Show(ctx context.Context, by actor.Actor, number string) (*Sheet, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	sheet, _, err := s.sheet(ctx, by, number, true)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) (err error) {
		sheet.Reaches, err = readable(q, &sheet.Ticket, s.now())
		return err
	})
	return sheet, err
}

// sheet reads a ticket with what was said on it. The note that somebody looked is
// written before anything is shown, once a half hour.
func (s *Service) sheet(ctx context.Context, by actor.Actor, number string, staff bool) (*Sheet, sight, error) {
	var row struct {
		Sheet
		Looked bool
	}
	var allowed sight
	now := s.now()
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		var err error
		if allowed, err = see(q, by, now); err != nil {
			return err
		}
		args := append([]any{by.ID, audit.HalfHour(now), number}, allowed.args...)
		err = q.Raw("SELECT "+sheetColumns+" FROM tickets t"+sheetJoins+" WHERE t.number = ? AND "+allowed.where, args...).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.NotFound
		}
		return err
	})
	if err != nil {
		return nil, allowed, err
	}
	sheet := &row.Sheet
	if !row.Looked {
		if err := s.db.Write(ctx, func(tx *gorm.DB) error { return audit.Looked(tx, sheet.ID, by, now) }); err != nil {
			return nil, allowed, err
		}
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error { return s.fill(q, sheet, staff) })
	return sheet, allowed, err
}

func (s *Service) fill(q *gorm.DB, sheet *Sheet, staff bool) error {
	err := q.Raw(`SELECT m.id, m.author_id, u.name AS author, m.from_insured, m.body, m.sent_at FROM messages m JOIN users u ON u.id = m.author_id
		WHERE m.ticket_id = ? ORDER BY m.sent_at, m.id`, sheet.ID).Scan(&sheet.Messages).Error
	if err != nil {
		return err
	}
	var targets []Promise
	if err := q.Raw(`SELECT DISTINCT ON (kind = 'resolution') kind, urgency, minutes, always, started_at, due_at, met_at, ended_at, left_us FROM targets
		WHERE ticket_id = ? ORDER BY kind = 'resolution', id DESC`, sheet.ID).Scan(&targets).Error; err != nil {
		return err
	}
	for i := range targets {
		if targets[i].Kind == ToBeResolved {
			sheet.Resolution = &targets[i]
		} else {
			sheet.Target = &targets[i]
		}
	}
	if !staff {
		return nil
	}
	if err := q.Raw(`SELECT n.id, n.author_id, u.name AS author, n.body, n.written_at FROM notes n JOIN users u ON u.id = n.author_id
		WHERE n.ticket_id = ? ORDER BY n.written_at, n.id`, sheet.ID).Scan(&sheet.Notes).Error; err != nil {
		return err
	}
	var assignments []Assignment
	if err := q.Raw(`SELECT a.user_id, a.from_at, a.how, a.given_by, a.reason, a.candidates, a.accept_by, a.accepted_at, a.reader_id, a.read_at,
			coalesce(u.name, '') AS reader
		FROM assignments a LEFT JOIN users u ON u.id = a.reader_id
		WHERE a.ticket_id = ? ORDER BY a.from_at DESC, a.id DESC LIMIT 1`, sheet.ID).Scan(&assignments).Error; err != nil {
		return err
	}
	if len(assignments) > 0 {
		sheet.Assignment = &assignments[0]
	}
	if sheet.Trail, err = audit.Trail(q, audit.Ticket(sheet.ID)); err != nil {
		return err
	}
	var people []struct {
		ID   int64
		Name string
	}
	err = q.Raw(`SELECT id, name FROM users WHERE id IN (
		SELECT actor_id FROM record WHERE kind = 'ticket' AND subject_id = ?
		UNION SELECT user_id FROM assignments WHERE ticket_id = ?)`, sheet.ID, sheet.ID).Scan(&people).Error
	sheet.Names = make(map[int64]string, len(people))
	for _, p := range people {
		sheet.Names[p.ID] = p.Name
	}
	if err != nil {
		return err
	}
	var read *time.Time
	err = q.Raw(`SELECT max(v.at) FROM ticket_views v WHERE v.ticket_id = ? AND v.role IN ('physician', 'delegate')`, sheet.ID).Row().Scan(&read)
	sheet.ReadByInsured = read
	return err
}

// Consultation is a ticket as the physician or their delegate reads it. It has no
// place for a note.
type Consultation struct {
	Sheet   Sheet
	Hears   bool // may read what was answered
	Writes  bool // may answer
	Lookers []audit.Looker
}

// Consultation reads a ticket for an insured person, and notes that they looked.
func (s *Service) Consultation(ctx context.Context, by actor.Actor, number string) (*Consultation, error) {
	if !by.Insured() {
		return nil, fault.NotFound
	}
	sheet, allowed, err := s.sheet(ctx, by, number, false)
	if err != nil {
		return nil, err
	}
	c := &Consultation{Sheet: *sheet, Hears: allowed.hears(sheet.Ticket), Writes: allowed.mayWrite(sheet.Ticket)}
	if !c.Hears {
		// Who may ask and not hear reads their own words only.
		kept := c.Sheet.Messages[:0]
		for _, m := range c.Sheet.Messages {
			if m.AuthorID == by.ID {
				kept = append(kept, m)
			}
		}
		c.Sheet.Messages = kept
	}
	err = s.db.Read(ctx, func(q *gorm.DB) (err error) {
		c.Lookers, err = audit.Lookers(q, sheet.ID)
		return err
	})
	return c, err
}
