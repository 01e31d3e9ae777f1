package correspondence_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/correspondence"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/ticket"
)

// house is the cast with the room under test.
type house struct {
	*cast.Cast
	*testing.T
	ctx     context.Context
	letters *correspondence.Service
	zone    *time.Location
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := dbtest.New(t)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return &house{Cast: cast.Make(t, db), T: t, ctx: t.Context(), letters: correspondence.New(db), zone: zone}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// is fails unless err is of a kind.
func (h *house) is(err, kind error) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Fatalf("%v, want %v", err, kind)
	}
}

func read[T any](h *house, query string, args ...any) (v T) {
	h.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error { return q.Raw(query, args...).Row().Scan(&v) }))
	return v
}

// promises are the outbox rows of reminders that are open, soonest first.
func (h *house) promises() (ids []int64, at []time.Time) {
	h.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		rows, err := q.Raw(`SELECT id, run_at FROM outbox WHERE kind = 'correspondence:notice_ends' AND done_at IS NULL ORDER BY run_at`).Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var when time.Time
			if err := rows.Scan(&id, &when); err != nil {
				return err
			}
			ids, at = append(ids, id), append(at, when)
		}
		return rows.Err()
	}))
	return ids, at
}

func (h *house) ask() *ticket.Ticket {
	h.Helper()
	t, err := h.Tickets.Submit(h.ctx, h.Imani, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: "May I stop?"})
	h.must(err)
	return t
}

func (h *house) actions(about audit.Subject) string {
	h.Helper()
	return read[string](h, `SELECT coalesce(string_agg(action, ' ' ORDER BY seq), '') FROM record WHERE kind = ? AND subject_id = ?`, about.Kind, about.ID)
}
