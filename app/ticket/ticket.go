// Package ticket is the heart: a consultation and everything that can happen to it.
//
// A method of Service opens its transaction; an exported function whose first
// argument is tx joins the caller's. Every query begins with what the person may
// see (sight), every change locks its ticket first, writes its entry in the record
// and keeps its promises in the same transaction.
package ticket

import (
	"time"

	"hotline/app/database"
)

// Status is where a ticket stands. What may follow what is in the table
// ticket_transitions, which the database enforces.
type Status string

// The states.
const (
	Unassigned    Status = "unassigned"
	Assigned      Status = "assigned"
	WithPhysician Status = "with_physician"
	Resolved      Status = "resolved"
)

// Urgency is how soon it has to be answered.
type Urgency string

// The urgencies, most urgent first.
const (
	Critical Urgency = "critical"
	Urgent   Urgency = "urgent"
	Routine  Urgency = "routine"
)

// Valid says whether the urgency is one of the three.
func (u Urgency) Valid() bool { return u == Critical || u == Urgent || u == Routine }

// Ticket is a row of tickets, without the columns only lists and pages need.
type Ticket struct {
	ID              int64
	Number          string
	DeskID          int64
	MatterID        *int64
	Channel         string
	PhysicianID     *int64
	CallerName      string
	CallerRole      string
	AskedBy         *int64
	OpenedBy        int64
	State           string
	Language        string
	Topic           string
	Urgency         Urgency
	Title           string
	Question        string
	CallerDeadline  *time.Time
	OfficeMaySee    bool
	Status          Status
	AssigneeID      *int64
	PreferredID     *int64
	OpenedAt        time.Time
	FirstAnsweredAt *time.Time
	NextDueAt       time.Time
	Restricted      bool
}

// HeldBy says whether the person holds the ticket.
func (t Ticket) HeldBy(id int64) bool { return t.AssigneeID != nil && *t.AssigneeID == id }

const columns = `t.id, t.number, t.desk_id, t.matter_id, t.channel, t.physician_id, t.caller_name, t.caller_role,
	t.asked_by, t.opened_by, t.state, t.language, t.topic, t.urgency, t.title, t.question, t.caller_deadline, t.office_may_see,
	t.status, t.assignee_id, t.preferred_id, t.opened_at, t.first_answered_at, t.next_due_at, t.restricted`

// Longest is the most characters any field takes; nothing typed is ever cut, it is
// refused with what was typed kept.
const Longest = 20_000

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }
