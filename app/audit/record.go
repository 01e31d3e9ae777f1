// Package audit is the record: who did what to which subject, when. It is written
// in the transaction of the change it speaks of, chained per subject by the
// database, sealed by the worker, and verified by anyone who can read it.
package audit

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Subject is what an entry is about.
type Subject struct {
	Kind string // ticket, user, policy, delegation, desk, article, order, plan
	ID   int64
}

// Ticket is the subject a ticket is.
func Ticket(id int64) Subject { return Subject{"ticket", id} }

// User is the subject a person who signs in is.
func User(id int64) Subject { return Subject{"user", id} }

// Policy is the subject a policy is.
func Policy(id int64) Subject { return Subject{"policy", id} }

// Delegation is the subject a delegation is.
func Delegation(id int64) Subject { return Subject{"delegation", id} }

// Desk is the subject a desk and its settings are.
func Desk(id int64) Subject { return Subject{"desk", id} }

// Article is the subject a guidance article is.
func Article(id int64) Subject { return Subject{"article", id} }

// Plan is the subject a plan for a desk's routing is.
func Plan(id int64) Subject { return Subject{"plan", id} }

// Order is the subject an order to the queues is.
func Order(id int64) Subject { return Subject{"order", id} }

// Detail is identifiers and old and new states. Never what a person wrote.
type Detail map[string]any

// Record writes one entry about a subject, in tx. at is the room's now; action is a
// past tense, as "ticket.assigned". Whoever records several subjects in one
// transaction does so in the order of kind and id.
func Record(tx *gorm.DB, by actor.Actor, at time.Time, action string, about Subject, detail Detail) error {
	if detail == nil {
		detail = Detail{}
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	var ticket, who *int64
	if about.Kind == "ticket" {
		ticket = &about.ID
	}
	if by.ID != 0 {
		who = &by.ID
	}
	return tx.Exec(`INSERT INTO record (kind, subject_id, seq, at, actor_id, role, job, action, ticket_id, detail, previous, hash)
		VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, '', '')`,
		about.Kind, about.ID, at, who, string(by.Role), by.Job, action, ticket, string(text)).Error
}

// Entry is one entry, to be shown.
type Entry struct {
	ID      int64
	Seq     int64
	At      time.Time
	ActorID *int64
	Role    string
	Job     string
	Action  string
	Detail  json.RawMessage
}

// Trail reads a subject's entries, oldest first.
func Trail(q *gorm.DB, about Subject) ([]Entry, error) {
	var trail []Entry
	err := q.Raw(`SELECT id, seq, at, actor_id, role, job, action, detail FROM record
		WHERE kind = ? AND subject_id = ? ORDER BY seq`, about.Kind, about.ID).Scan(&trail).Error
	return trail, err
}
