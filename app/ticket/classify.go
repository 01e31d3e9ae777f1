package ticket

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// SetTopic says what a ticket is about. Where the desk promises other times for that
// topic, the running promises get the new length, less what was used of them.
// Consultants of the desk, and managers.
func (s *Service) SetTopic(ctx context.Context, by actor.Actor, number, topic string, seen int64) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(topics[topic], "topic", "Choose one of the topics.")
		if err := bad.Err(); err != nil || t.Topic == topic {
			return err
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		was := *t
		if err := tx.Exec(`UPDATE tickets SET topic = ? WHERE id = ?`, topic, t.ID).Error; err != nil {
			return err
		}
		t.Topic = topic
		if err := retarget(tx, t, &was, "topic", now); err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.topic_changed", audit.Ticket(t.ID), audit.Detail{"from": was.Topic, "to": topic})
	})
}

// SetUrgency says how soon a ticket has to be answered, with a reason that stays on
// the desk. The running promises get the new length, less what was used of them.
// Consultants of the desk, and managers.
func (s *Service) SetUrgency(ctx context.Context, by actor.Actor, number string, to Urgency, reason string, seen int64) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(to.Valid(), "urgency", "Choose how urgent it is.")
		bad.Need(strings.TrimSpace(reason) != "" || t.Urgency == to, "reason", "Say why, so that the next person knows.")
		fits(&bad, "reason", reason)
		if err := bad.Err(); err != nil || t.Urgency == to {
			return err
		}
		if err := unmoved(tx, t, seen); err != nil {
			return err
		}
		was := *t
		if err := tx.Exec(`UPDATE tickets SET urgency = ? WHERE id = ?`, to, t.ID).Error; err != nil {
			return err
		}
		t.Urgency = to
		if err := retarget(tx, t, &was, "urgency", now); err != nil {
			return err
		}
		if err := redue(tx, t.ID); err != nil {
			return err
		}
		if err := noteReason(tx, by, t, reason, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.urgency_changed", audit.Ticket(t.ID), audit.Detail{"from": was.Urgency, "to": to})
	})
}

// SetTitle gives a ticket the desk's own short title; empty takes it away.
func (s *Service) SetTitle(ctx context.Context, by actor.Actor, number, title string) error {
	return s.change(ctx, by, number, false, func(tx *gorm.DB, t *Ticket, now time.Time) error {
		if err := may(by, converse, t); err != nil {
			return err
		}
		title = strings.Join(strings.Fields(title), " ")
		var bad fault.Fields
		bad.Need(len([]rune(title)) <= 140, "title", "Keep the title under 140 characters.")
		if err := bad.Err(); err != nil || t.Title == title {
			return err
		}
		if err := tx.Exec(`UPDATE tickets SET title = ? WHERE id = ?`, title, t.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.titled", audit.Ticket(t.ID), nil)
	})
}

// noteReason keeps a reason as a desk note: words belong to the ticket, never to the record.
func noteReason(tx *gorm.DB, by actor.Actor, t *Ticket, reason string, now time.Time) error {
	return tx.Exec(`INSERT INTO notes (ticket_id, author_id, body, client_key, written_at) VALUES (?, ?, ?, ?::uuid, ?)`,
		t.ID, by.ID, reason, uuid.NewString(), now).Error
}
