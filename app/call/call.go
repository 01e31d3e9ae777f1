// Package call is the phone: the legs of a conversation, logged while somebody
// listens, each on a ticket.
package call

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/fault"
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

// Of reads the legs of a ticket, oldest first. The caller has seen the ticket
// through the ticket room; this reads by its id only.
func (s *Service) Of(ctx context.Context, by actor.Actor, ticketID int64) ([]Leg, error) {
	var legs []Leg
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		where, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT c.id, u.name AS consultant, c.direction, c.outcome, c.caller_name, c.phone, c.advice, c.note, c.started_at, c.ended_at
			FROM calls c JOIN users u ON u.id = c.consultant_id JOIN tickets t ON t.id = c.ticket_id
			WHERE c.ticket_id = ? AND `+where+` ORDER BY c.started_at, c.id`, append([]any{ticketID}, args...)...).Scan(&legs).Error
	})
	return legs, err
}

// Note is a call as it is logged. Either it opens a ticket (Number is empty) or it
// is another leg of one.
type Note struct {
	Key         string // made with the form; the same key is the same call
	Number      string // the ticket it belongs to; empty: a new one
	Matter      string // number of a ticket the new one continues; empty: none
	PhysicianID int64  // 0: an unknown caller
	CallerName  string
	CallerRole  string
	Phone       string
	Direction   string // in, out
	Outcome     string
	Narrative   string // what the caller told us: the question of a new ticket; the note of another leg
	State       string
	Topic       string
	Urgency     ticket.Urgency
	Deadline    ticket.Moment
	NextStep    string
	Answered    bool // answered on the call: the ticket opens resolved, or is resolved
	Advice      string
	Keep        bool // the one who logs it keeps it, if there is room
	StartedAt   time.Time
	EndedAt     time.Time
	Zone        *time.Location
	Seen        int64
}

func (in *Note) check(now time.Time) (e164 string, deadline *time.Time, err error) {
	var bad fault.Fields
	_, keyErr := uuid.Parse(in.Key)
	bad.Need(keyErr == nil, "narrative", "This form has lost its mark. Load the page again; what you typed is kept.")
	bad.Need(in.Number != "" || strings.TrimSpace(in.Narrative) != "", "narrative", "Write down what the caller told you.")
	bad.Need(fits(in.Narrative), "narrative", tooLong)
	bad.Need(in.Number != "" || in.PhysicianID != 0 || strings.TrimSpace(in.CallerName) != "" || strings.TrimSpace(in.Phone) != "",
		"who", "Find the physician, or give a name or a number for the caller.")
	bad.Need(in.Number != "" || ticket.ValidTopic(in.Topic), "topic", "Choose a topic. It can be changed later.")
	bad.Need(in.Number != "" || in.Urgency.Valid(), "urgency", "Choose how urgent it is.")
	bad.Need(in.State == "" || ticket.ValidState(in.State), "state", "Choose the state where the patient is treated.")
	e164, ok := insured.Number(in.Phone, insured.Region)
	_ = ok // a number that does not read as one is kept as typed
	deadline, says := in.Deadline.At(in.Zone, now)
	bad.Need(says == "", "deadline_day", says)
	bad.Need(!in.Answered || strings.TrimSpace(in.Advice) != "", "advice", "Write what you advised: it is the answer on record.")
	bad.Need(!in.Answered || in.Outcome == "answered", "outcome", "Only a call on which you spoke can have answered the question.")
	bad.Need(fits(in.Advice), "advice", tooLong)
	bad.Need(in.Direction == "in" || in.Direction == "out", "direction", "Say who called whom.")
	bad.Need(known(in.Outcome), "outcome", "Say how the call ended.")
	bad.Need(!in.StartedAt.IsZero() && !in.EndedAt.Before(in.StartedAt) && in.EndedAt.Sub(in.StartedAt) < 24*time.Hour && !in.StartedAt.After(now.Add(5*time.Minute)),
		"started", "The times of the call do not fit together.")
	return e164, deadline, bad.Err()
}

const tooLong = "That is longer than the 20,000 characters we take. Put the rest into a note."

func fits(s string) bool { return utf8.RuneCountInString(s) <= ticket.Longest }

func known(outcome string) bool {
	for _, o := range Outcomes {
		if o.Code == outcome {
			return true
		}
	}
	return false
}

// Log writes a call down: the leg, and with it a new ticket unless it belongs to
// one, in one transaction. Consultants and managers. It returns the ticket's number.
// Errors: fault.Fields; ticket.AlreadySent for a key sent before with other words.
func (s *Service) Log(ctx context.Context, by actor.Actor, in Note) (number string, err error) {
	if !by.Desk() {
		return "", fault.NotFound
	}
	e164, deadline, err := in.check(s.now())
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if before, err := logged(tx, by, in); err != nil || before != "" {
			number = before
			return err
		}
		var t *ticket.Ticket
		if in.Number != "" {
			t, err = ticket.Locked(tx, by, in.Number, now)
		} else {
			t, err = s.open(tx, by, in, e164, deadline, now)
		}
		if err != nil {
			return err
		}
		number = t.Number
		if err := s.leg(tx, by, t, in, e164, now); err != nil {
			return err
		}
		if in.Outcome == "answered" && in.Number != "" && strings.TrimSpace(in.Advice) != "" {
			if err := ticket.Answered(tx, t, now); err != nil {
				return err
			}
		}
		if in.Answered && in.Number != "" && t.Status != ticket.Resolved {
			if err := ticket.ResolveOnCall(tx, by, t, now); err != nil {
				return err
			}
		}
		return tx.Exec(`DELETE FROM drafts WHERE user_id = ? AND id = ?::uuid`, by.ID, in.Key).Error
	})
	return number, err
}

// logged finds the ticket of a call that was logged before under this key.
func logged(tx *gorm.DB, by actor.Actor, in Note) (string, error) {
	var before struct{ Number, Question, Note string }
	err := tx.Raw(`SELECT t.number, t.question, c.note FROM calls c JOIN tickets t ON t.id = c.ticket_id
		WHERE c.consultant_id = ? AND c.client_key = ?::uuid`, by.ID, in.Key).Scan(&before).Error
	if err != nil || before.Number == "" {
		return "", err
	}
	if in.Number == "" && before.Question != in.Narrative || in.Number != "" && (before.Number != in.Number || before.Note != in.Narrative) {
		return "", &ticket.AlreadySent{Number: before.Number, At: in.StartedAt}
	}
	return before.Number, nil
}

func (s *Service) open(tx *gorm.DB, by actor.Actor, in Note, e164 string, deadline *time.Time, now time.Time) (*ticket.Ticket, error) {
	deskID, err := desk.OfUser(by)
	if err != nil {
		return nil, err
	}
	o := ticket.Opening{Key: in.Key, Desk: deskID, Channel: "phone", CallerName: in.CallerName, CallerRole: in.CallerRole,
		CallerPhone: in.Phone, CallerE164: e164, State: in.State, Topic: in.Topic, Urgency: in.Urgency, Question: in.Narrative,
		NextStep: in.NextStep, CallerDeadline: deadline, AnswerBy: "call", CallbackPhone: in.Phone, CallbackE164: e164, Answered: in.Answered}
	if in.PhysicianID != 0 {
		var row struct{ State string }
		if err := tx.Raw(`SELECT state FROM physicians WHERE id = ?`, in.PhysicianID).Take(&row).Error; err != nil {
			return nil, fault.Fields{{Name: "who", Says: "That physician is not in the roster any more. Find them again."}}
		}
		o.PhysicianID = &in.PhysicianID
		if o.State == "" {
			o.State = row.State
		}
	}
	switch {
	case in.Answered && by.Is(actor.Consultant):
		o.Holder = &by.ID
	case in.Keep && by.Is(actor.Consultant):
		// Nobody is put above their cap: without room the router takes it.
		room, err := ticket.HasRoom(tx, deskID, by.ID, now)
		if err != nil {
			return nil, err
		}
		if room {
			o.Holder = &by.ID
		}
	}
	if in.Matter != "" {
		matter, err := ticket.Matter(tx, by, in.Matter, now)
		if err != nil {
			return nil, err
		}
		o.Matter = &matter
	}
	t, _, err := ticket.Open(tx, by, now, o)
	return t, err
}

func (s *Service) leg(tx *gorm.DB, by actor.Actor, t *ticket.Ticket, in Note, e164 string, now time.Time) error {
	note := ""
	if in.Number != "" {
		note = in.Narrative
	}
	var id int64
	err := tx.Raw(`INSERT INTO calls (ticket_id, consultant_id, direction, outcome, caller_name, caller_role, phone, phone_e164, advice, note, started_at, ended_at, client_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::uuid) RETURNING id`,
		t.ID, by.ID, in.Direction, in.Outcome, in.CallerName, in.CallerRole, in.Phone, e164, in.Advice, note, in.StartedAt, in.EndedAt, in.Key).Scan(&id).Error
	if err != nil {
		return err
	}
	return audit.Record(tx, by, now, "ticket.call_logged", audit.Ticket(t.ID),
		audit.Detail{"call": id, "direction": in.Direction, "outcome": in.Outcome})
}
