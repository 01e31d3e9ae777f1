package operations

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Entry is one entry of the record as an auditor reads it.
type Entry struct {
	ID      int64
	At      time.Time
	Subject string // "ticket RM-2026-000123", "user 7"
	Seq     int64
	Action  string
	Actor   string // a name with a role, or the job
	Detail  string // identifiers and states, as kept
}

const recordPage = 100

// Record reads entries, newest first, optionally of one subject: a ticket's number,
// or a kind, or "kind id". before is the id to go on from, 0 the newest. Auditors.
func (s *Service) Record(ctx context.Context, by actor.Actor, about string, before int64) ([]Entry, bool, error) {
	if !by.Is(actor.Auditor) {
		return nil, false, fault.NotFound
	}
	where, args := "true", []any{}
	if before > 0 {
		where, args = "r.id < ?", append(args, before)
	}
	about = strings.TrimSpace(about)
	kind, id, _ := strings.Cut(about, " ")
	switch {
	case about == "":
	case strings.HasPrefix(strings.ToUpper(about), "RM-"):
		where += " AND r.ticket_id = (SELECT id FROM tickets WHERE number = ?)"
		args = append(args, strings.ToUpper(about))
	case id != "":
		where += " AND r.kind = ? AND r.subject_id::text = ?"
		args = append(args, strings.ToLower(kind), id)
	default:
		where += " AND r.kind = ?"
		args = append(args, strings.ToLower(kind))
	}
	var entries []Entry
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT r.id, r.at, r.seq, r.action, r.detail::text AS detail,
			CASE WHEN r.kind = 'ticket' THEN 'ticket ' || coalesce(t.number, r.subject_id::text) ELSE r.kind || ' ' || r.subject_id END AS subject,
			CASE WHEN u.id IS NULL THEN r.role || coalesce(nullif(' ' || r.job, ' '), '') ELSE u.name || ', ' || r.role END AS actor
			FROM record r LEFT JOIN tickets t ON r.kind = 'ticket' AND t.id = r.subject_id LEFT JOIN users u ON u.id = r.actor_id
			WHERE `+where+` ORDER BY r.id DESC LIMIT ?`, append(args, recordPage+1)...).Scan(&entries).Error
	})
	if err != nil {
		return nil, false, err
	}
	if len(entries) > recordPage {
		return entries[:recordPage], true, nil
	}
	return entries, false, nil
}
