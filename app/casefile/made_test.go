package casefile_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/call"
	"hotline/app/casefile"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/guidance"
	"hotline/app/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// house is a cast with the rooms a summary leans on.
type house struct {
	*cast.Cast
	t     testing.TB
	ctx   context.Context
	files *casefile.Service
	calls *call.Service
	books *guidance.Service
	name  string
}

func newHouse(t testing.TB) *house {
	t.Helper()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Limits{Statement: 20 * time.Second, Lock: 15 * time.Second, Idle: 30 * time.Second, Pool: 8})
	h := &house{Cast: cast.Make(t, db), t: t, ctx: t.Context(), files: casefile.New(db), calls: call.New(db), books: guidance.New(db), name: name}
	h.OnDuty(t, h.Rosa)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) is(err, kind error) {
	h.t.Helper()
	if !errors.Is(err, kind) {
		h.t.Fatalf("%v, want %v", err, kind)
	}
}

func (h *house) blames(err error, field string) {
	h.t.Helper()
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok || bad.For(field) == "" {
		h.t.Fatalf("%v, want the field %s", err, field)
	}
}

func read[T any](h *house, query string, args ...any) (v T) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error { return q.Raw(query, args...).Row().Scan(&v) }))
	return v
}

func all[T any](h *house, query string, args ...any) (v []T) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error { return q.Raw(query, args...).Scan(&v).Error }))
	return v
}

func (h *house) id(number string) int64 {
	h.t.Helper()
	return read[int64](h, `SELECT id FROM tickets WHERE number = ?`, number)
}

func (h *house) stands(number string, status ticket.Status, holder actor.Actor) {
	h.t.Helper()
	if got := read[string](h, `SELECT status FROM tickets WHERE number = ?`, number); got != string(status) {
		h.t.Errorf("%s is %s, want %s", number, got, status)
	}
	if got := read[int64](h, `SELECT coalesce(assignee_id, 0) FROM tickets WHERE number = ?`, number); got != holder.ID {
		h.t.Errorf("%s is with %d, want %d", number, got, holder.ID)
	}
}

// seen is the last entry a page of the ticket shows now.
func (h *house) seen(number string) int64 {
	h.t.Helper()
	return read[int64](h, `SELECT seq FROM record_heads WHERE kind = 'ticket' AND subject_id = ?`, h.id(number))
}

func (h *house) actions(number string) []string {
	h.t.Helper()
	return all[string](h, `SELECT action FROM record WHERE kind = 'ticket' AND subject_id = ? ORDER BY seq`, h.id(number))
}

// letters are who was written to, kind:first name, of the kinds a summary sends.
func (h *house) letters(number string) []string {
	h.t.Helper()
	return all[string](h, `SELECT l.kind || ':' || split_part(u.name, ' ', 1) FROM letters l JOIN users u ON u.id = l.recipient_id
		WHERE l.subject_id = ? AND l.kind IN ('summary', 'step_due') ORDER BY l.id`, h.id(number))
}

func (h *house) wrote(number string, want ...string) {
	h.t.Helper()
	if got := h.letters(number); !slices.Equal(got, want) {
		h.t.Errorf("letters: %v, want %v", got, want)
	}
}

// whole fails where the record is not.
func (h *house) whole() {
	h.t.Helper()
	report, err := audit.Verify(h.ctx, h.DB, nil)
	h.must(err)
	if report.Problem != nil {
		h.t.Fatal(report)
	}
}

// asked is a ticket of Dr Imani's that Rosa holds.
func (h *house) asked() string {
	h.t.Helper()
	n := h.Ask(h.t, h.Imani)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	return n
}

// writing is a whole summary with a step on each side.
func writing() casefile.Writing {
	return casefile.Writing{Key: uuid.NewString(), Told: "He missed four visits.", Suggested: "Talk before you write.", LeftOut: "The pharmacy’s report.",
		Steps: []casefile.Agreed{{Who: casefile.Physician, What: "talk to him", By: "2026-11-20"}, {Who: casefile.Office, What: "hold the letter", By: "2026-11-23"},
			{Who: casefile.Us, What: "send a sample letter", By: "2026-11-20"}}}
}

// summarised is a ticket with a first edition.
func (h *house) summarised() string {
	h.t.Helper()
	n := h.asked()
	_, err := h.files.Send(h.ctx, h.Rosa, n, writing())
	h.must(err)
	return n
}

func (h *house) of(by actor.Actor, number string) *casefile.File {
	h.t.Helper()
	f, err := h.files.Of(h.ctx, by, number)
	h.must(err)
	return f
}

func (h *house) correct(by actor.Actor, number string, edition int) {
	h.t.Helper()
	h.must(h.files.Correct(h.ctx, by, number, casefile.Remark{Key: uuid.NewString(), Edition: edition, Body: "It was three visits."}))
}

// restrict makes a ticket one that only those named may see.
func (h *house) restrict(number string, named ...actor.Actor) {
	h.t.Helper()
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		for _, who := range named {
			if err := tx.Exec("INSERT INTO ticket_named (ticket_id, user_id) VALUES (?, ?)", h.id(number), who.ID).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("UPDATE tickets SET restricted = true WHERE number = ?", number).Error; err != nil {
			return err
		}
		return audit.Record(tx, cast.Operator, h.DB.Now(), "ticket.restricted", audit.Ticket(h.id(number)), nil)
	}))
}
