package whatif_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/ticket"
	"hotline/app/whatif"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// house is a cast with a second manager and the room.
type house struct {
	*cast.Cast
	*testing.T
	ctx   context.Context
	plans *whatif.Service
	ines  actor.Actor // manager
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := dbtest.New(t)
	h := &house{Cast: cast.Make(t, db), T: t, ctx: t.Context(), plans: whatif.New(db)}
	h.ines = h.Person(t, "Ines Varga", actor.Manager)
	return h
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

// blames fails unless err finds fault with a field.
func (h *house) blames(err error, field string) {
	h.Helper()
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok || bad.For(field) == "" {
		h.Fatalf("%v, want the field %s", err, field)
	}
}

// read reads one value by SQL.
func read[T any](h *house, query string, args ...any) (v T) {
	h.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error { return q.Raw(query, args...).Row().Scan(&v) }))
	return v
}

func (h *house) actions(about audit.Subject) string {
	h.Helper()
	return read[string](h, `SELECT coalesce(string_agg(action, ' ' ORDER BY seq), '') FROM record WHERE kind = ? AND subject_id = ?`, about.Kind, about.ID)
}

func (h *house) whole() {
	h.Helper()
	report, err := audit.Verify(h.ctx, h.DB, nil)
	h.must(err)
	if report.Problem != nil {
		h.Fatal(report)
	}
}

// drafted is a draft of Elena's.
func (h *house) drafted(name string, body whatif.Body) int64 {
	h.Helper()
	id, err := h.plans.Add(h.ctx, h.Elena, h.Desk, whatif.Drafted{Name: name, Body: body})
	h.must(err)
	return id
}

func (h *house) show(id int64) *whatif.Sheet {
	h.Helper()
	sheet, err := h.plans.Show(h.ctx, h.Elena, id)
	h.must(err)
	return sheet
}

// at sets the clock to a wall time in November 2026 at the desk.
func (h *house) at(day, hour, minute int) time.Time {
	h.Helper()
	t := time.Date(2026, 11, day, hour, minute, 0, 0, time.FixedZone("EST", -5*3600))
	h.Clock(t)
	return t
}

// handled is a question that somebody takes after some minutes and answers after
// some more.
func (h *house) handled(by actor.Actor, urgent bool, taken, answered time.Duration) string {
	h.Helper()
	in := cast.Question()
	in.Danger = urgent
	number := h.Send(h.T, h.Imani, in)
	h.Later(taken)
	h.must(h.Tickets.Claim(h.ctx, by, number, 0))
	h.Later(answered)
	h.must(h.Tickets.Reply(h.ctx, by, number, words("Give notice.")))
	return number
}

func (h *house) resolve(by actor.Actor, number string) {
	h.Helper()
	h.must(h.Tickets.Resolve(h.ctx, by, number, ticket.Resolution{Outcome: "advice_given"}))
}

func words(body string) ticket.Words { return ticket.Words{Key: uuid.NewString(), Body: body} }

// promised are the ids of promises of a kind that nobody has kept yet.
func (h *house) promised(kind string) (ids []int64) {
	h.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id FROM outbox WHERE kind = ? AND done_at IS NULL ORDER BY id`, kind).Scan(&ids).Error
	}))
	return ids
}

// played asks for a replay, and has it played.
func (h *house) played(plan int64, from, to string) *whatif.Replay {
	h.Helper()
	id, err := h.plans.Ask(h.ctx, h.Elena, plan, from, to)
	h.must(err)
	for _, promise := range h.promised("whatif:replay") {
		h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", promise), id))
	}
	r, err := h.plans.Replay(h.ctx, h.Elena, id)
	h.must(err)
	return r
}
