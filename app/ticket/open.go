package ticket

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
)

// Opening is a ticket about to be opened, checked already. Holder nil: it waits for
// the router. Answered: it opens resolved, answered on the call.
type Opening struct {
	Key            string
	Desk           int64
	Channel        string
	PhysicianID    *int64
	CallerName     string
	CallerRole     string
	CallerPhone    string
	CallerE164     string
	AskedBy        *int64
	State          string
	Topic          string
	Urgency        Urgency
	Because        string
	Question       string
	Danger, Papers bool
	NextStep       string
	CallerDeadline *time.Time
	AnswerBy       string
	CallbackPhone  string
	CallbackE164   string
	Windows        string
	OfficeMaySee   bool
	Matter         *int64
	Holder         *int64
	Answered       bool
}

// AlreadySent is the conflict of a key that was sent before with other words.
type AlreadySent struct {
	Number string
	At     time.Time
}

func (a *AlreadySent) Error() string { return "conflict: sent before with other words" }
func (a *AlreadySent) Unwrap() error { return fault.Conflict }

// Open opens a ticket in tx: its number, its first target, its entry in the record,
// and the promises that go with it. The same key from the same person is the same
// ticket (fresh is false); with another question it is AlreadySent; another
// person's key is not found.
func Open(tx *gorm.DB, by actor.Actor, now time.Time, o Opening) (t *Ticket, fresh bool, err error) {
	if _, err := uuid.Parse(o.Key); err != nil {
		return nil, false, fault.Say(fault.Unacceptable, "This form has lost its mark. Open it anew; what you typed is kept as a draft.")
	}
	if before, err := sentBefore(tx, by, o.Key); err != nil || before != nil {
		return sameAgain(before, o, err)
	}
	clocks, err := clocksOf(tx, o.Desk)
	if err != nil {
		return nil, false, err
	}
	promises, nextDue, dueKind, err := clocks.opening(&Ticket{Topic: o.Topic, Urgency: o.Urgency, CallerDeadline: o.CallerDeadline}, o.Answered, now)
	if err != nil {
		return nil, false, err
	}
	status := Unassigned
	if o.Holder != nil {
		status = Assigned
	}
	var resolvedAt, answeredAt, assignedAt *time.Time
	if o.Answered {
		status, resolvedAt, answeredAt = Resolved, &now, &now
	}
	if o.Holder != nil {
		assignedAt = &now
	}
	t = &Ticket{}
	err = tx.Raw(`
		WITH n AS (SELECT nextval('ticket_numbers')::text AS n)
		INSERT INTO tickets AS t (number, desk_id, matter_id, channel, client_key, physician_id, caller_name, caller_role,
			caller_phone, caller_phone_e164, asked_by, opened_by, state, topic, urgency, question, danger, papers, next_step,
			caller_deadline, answer_by, callback_phone, callback_e164, callback_windows, office_may_see, language,
			status, assignee_id, assigned_at, opened_at, first_answered_at, resolved_at, next_due_at, due_kind)
		SELECT 'RM-' || ? || '-' || lpad(n.n, greatest(6, length(n.n)), '0'),
			?::bigint, ?::bigint, ?, ?::uuid, ?::bigint, ?, ?, ?, ?, ?::bigint, ?::bigint, ?, ?, ?, ?, ?::boolean, ?::boolean, ?,
			?::timestamptz, ?, ?, ?, ?, ?::boolean,
			coalesce((SELECT p.language FROM physicians p WHERE p.id = ?::bigint), 'en'), ?, ?::bigint, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?
		FROM n
		ON CONFLICT ON CONSTRAINT tickets_sent_once DO NOTHING
		RETURNING `+columns,
		fmt.Sprint(now.In(clocks.Zone).Year()), o.Desk, o.Matter, o.Channel, o.Key, o.PhysicianID, o.CallerName, o.CallerRole,
		o.CallerPhone, o.CallerE164, o.AskedBy, by.ID, o.State, o.Topic, o.Urgency, o.Question, o.Danger, o.Papers, o.NextStep,
		o.CallerDeadline, orElse(o.AnswerBy, "write"), o.CallbackPhone, o.CallbackE164, o.Windows, o.OfficeMaySee, o.PhysicianID,
		status, o.Holder, assignedAt, now, answeredAt, resolvedAt, nextDue, dueKind).Take(t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		// Another request with this key was faster; its row is there by now.
		before, err := sentBefore(tx, by, o.Key)
		return sameAgain(before, o, err)
	}
	if err != nil {
		return nil, false, err
	}
	if err := startSpans(tx, by, now, t, o, promises); err != nil {
		return nil, false, err
	}
	detail := audit.Detail{"channel": o.Channel, "topic": o.Topic, "urgency": o.Urgency, "status": status}
	if o.PhysicianID != nil {
		detail["physician"] = *o.PhysicianID
	}
	if o.Because != "" {
		detail["because"] = o.Because
	}
	if o.Holder != nil {
		detail["holder"] = *o.Holder
	}
	if err := audit.Record(tx, by, now, "ticket.opened", audit.Ticket(t.ID), detail); err != nil {
		return nil, false, err
	}
	live.Say(tx, "ticket", t.ID, t.DeskID)
	if status == Unassigned {
		err = outbox.Promise(tx, now, AssignJob{TicketID: t.ID, Urgency: t.Urgency})
	}
	if err == nil && o.Channel == "online" {
		err = letter.Post(tx, now, letter.Acknowledgement, t.ID, by.ID, 0, t.Number)
	}
	return t, true, err
}

// startSpans writes the rows of what begins with the ticket: what we promise, and its
// holder or its resolution.
func startSpans(tx *gorm.DB, by actor.Actor, now time.Time, t *Ticket, o Opening, promises []target) error {
	for i := range promises {
		promises[i].TicketID = t.ID
	}
	if err := insertTargets(tx, promises...); err != nil {
		return err
	}
	if o.Holder != nil {
		var until *time.Time
		if o.Answered {
			until = &now
		}
		err := tx.Exec(`INSERT INTO assignments (ticket_id, user_id, from_at, until_at, how, given_by, reason) VALUES (?, ?, ?, ?, 'call', ?, ?)`,
			t.ID, *o.Holder, now, until, by.ID, "took the call").Error
		if err != nil {
			return err
		}
	}
	if o.Answered {
		return tx.Exec(`INSERT INTO resolutions (ticket_id, from_at, resolved_by, outcome) VALUES (?, ?, ?, 'answered_on_call')`,
			t.ID, now, by.ID).Error
	}
	return nil
}

func sentBefore(tx *gorm.DB, by actor.Actor, key string) (*Ticket, error) {
	var before []Ticket
	err := tx.Raw("SELECT "+columns+" FROM tickets t WHERE t.client_key = ?::uuid", key).Scan(&before).Error
	if err != nil || len(before) == 0 {
		return nil, err
	}
	for _, t := range before {
		if t.OpenedBy == by.ID {
			return &t, nil
		}
	}
	return nil, fault.NotFound
}

func sameAgain(before *Ticket, o Opening, err error) (*Ticket, bool, error) {
	switch {
	case err != nil:
		return nil, false, err
	case before == nil:
		return nil, false, fault.Conflict
	case before.Question != o.Question:
		return nil, false, &AlreadySent{Number: before.Number, At: before.OpenedAt}
	}
	return before, false, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
