package ticket_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/call"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// house is a cast with its rooms, and the owner of its database, who may do anything.
type house struct {
	*cast.Cast
	t     testing.TB
	ctx   context.Context
	calls *call.Service
	name  string
}

func newHouse(t testing.TB) *house {
	t.Helper()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Limits{Statement: 20 * time.Second, Lock: 15 * time.Second, Idle: 30 * time.Second, Pool: 8})
	return &house{Cast: cast.Make(t, db), t: t, ctx: t.Context(), calls: call.New(db), name: name}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// is fails unless err is of a kind.
func (h *house) is(err, kind error) {
	h.t.Helper()
	if !errors.Is(err, kind) {
		h.t.Fatalf("%v, want %v", err, kind)
	}
}

// blames fails unless err finds fault with a field.
func (h *house) blames(err error, field string) {
	h.t.Helper()
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok || bad.For(field) == "" {
		h.t.Fatalf("%v, want the field %s", err, field)
	}
}

// owner is a connection of the one who owns the schema.
func (h *house) owner() *sql.DB {
	h.t.Helper()
	db, err := dbtest.OpenSQL(dbtest.URL(h.name))
	h.must(err)
	h.t.Cleanup(func() { db.Close() })
	return db
}

// read reads one value by SQL.
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

func (h *house) status(number string) ticket.Status {
	h.t.Helper()
	return ticket.Status(read[string](h, `SELECT status FROM tickets WHERE number = ?`, number))
}

// holder is who holds a ticket, 0 for nobody.
func (h *house) holder(number string) int64 {
	h.t.Helper()
	return read[int64](h, `SELECT coalesce(assignee_id, 0) FROM tickets WHERE number = ?`, number)
}

// stands fails unless the ticket is in a state with a holder (nobody: the zero Actor).
func (h *house) stands(number string, status ticket.Status, holder actor.Actor) {
	h.t.Helper()
	if s, who := h.status(number), h.holder(number); s != status || who != holder.ID {
		h.t.Fatalf("%s is %s with %d, want %s with %d (%s)", number, s, who, status, holder.ID, holder.Name)
	}
}

// seen is the last entry a page of the ticket shows now.
func (h *house) seen(number string) int64 {
	h.t.Helper()
	return read[int64](h, `SELECT seq FROM record_heads WHERE kind = 'ticket' AND subject_id = ?`, h.id(number))
}

// actions are what the record says of a ticket.
func (h *house) actions(number string) []string {
	h.t.Helper()
	return all[string](h, `SELECT action FROM record WHERE kind = 'ticket' AND subject_id = ? ORDER BY seq`, h.id(number))
}

func (h *house) whole() {
	h.t.Helper()
	report, err := audit.Verify(h.ctx, h.DB, nil)
	h.must(err)
	if report.Problem != nil {
		h.t.Fatal(report)
	}
}

type promise struct {
	ID   int64
	Kind string
	Args string
}

// promised are the promises of a kind that nobody has kept yet.
func (h *house) promised(kind string) []promise {
	h.t.Helper()
	return all[promise](h, `SELECT id, kind, args FROM outbox WHERE kind = ? AND done_at IS NULL ORDER BY id`, kind)
}

// keepPromises carries out what waits for the router, the overdue and the calendar, as
// far as its time has come, until nothing does.
func (h *house) keepPromises() {
	h.t.Helper()
	for {
		waiting := all[promise](h, `SELECT id, kind, args FROM outbox WHERE kind IN ? AND done_at IS NULL AND run_at <= ? ORDER BY kind, id`,
			[]string{"ticket:assign", "desk:sweep", "ticket:warn", "ticket:overdue", "ticket:escalate", "ticket:unaccepted", "desk:recompute"}, h.DB.Now())
		if len(waiting) == 0 {
			return
		}
		for _, p := range waiting {
			h.keep(p)
		}
	}
}

func (h *house) keep(p promise) {
	h.t.Helper()
	by := actor.Job(p.Kind, p.ID)
	switch p.Kind {
	case "ticket:assign":
		var j ticket.AssignJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.AutoAssign(h.ctx, by, j.TicketID))
	case "desk:sweep":
		var j struct {
			DeskID int64 `json:"desk_id"`
		}
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.Sweep(h.ctx, by, j.DeskID))
	case "ticket:unaccepted":
		var j ticket.UnacceptedJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.Unaccepted(h.ctx, by, j.AssignmentID))
	case "desk:recompute":
		var j desk.RecomputeJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.Recompute(h.ctx, by, j.DeskID, j.Version))
	case "ticket:warn":
		var j ticket.WarnJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.TellDueSoon(h.ctx, by, j.TicketID, j.TargetID))
	case "ticket:escalate":
		var j ticket.EscalateJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.TellEscalated(h.ctx, by, j.TicketID, j.TargetID))
	case "ticket:overdue":
		var j ticket.OverdueJob
		h.must(json.Unmarshal([]byte(p.Args), &j))
		h.must(h.Tickets.TellOverdue(h.ctx, by, j.TicketID, j.TargetID))
	}
}

func engagement(by actor.Actor, most int) desk.Engagement {
	return desk.Engagement{UserID: by.ID, Cap: most, Topics: cast.Rosas}
}

func words(body string) ticket.Words { return ticket.Words{Key: uuid.NewString(), Body: body} }

// held is a ticket of Dr Imani in Rosa's hands.
func (h *house) held() string {
	h.t.Helper()
	number := h.Ask(h.t, h.Imani)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, number, 0))
	return number
}

// waiting is a ticket of Dr Imani that Rosa holds and that waits on Dr Imani.
func (h *house) waiting() string {
	h.t.Helper()
	number := h.held()
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, number, words("Which state?")))
	return number
}

// resolved is a ticket of Dr Imani that Rosa resolved with an answer.
func (h *house) resolved() string {
	h.t.Helper()
	number := h.held()
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, number, ticket.Resolution{Outcome: "advice_given", Answer: words("Yes, in writing.")}))
	return number
}

// inState is a ticket of Dr Imani in each state, Rosa's if anybody's.
func (h *house) inState(s ticket.Status) string {
	h.t.Helper()
	switch s {
	case ticket.Unassigned:
		return h.Ask(h.t, h.Imani)
	case ticket.Assigned:
		return h.held()
	case ticket.WithPhysician:
		return h.waiting()
	}
	return h.resolved()
}

// restrict keeps a ticket to those named, as nothing in the program does yet.
func (h *house) restrict(number string, named ...actor.Actor) {
	h.t.Helper()
	id := h.id(number)
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`UPDATE tickets SET restricted = true WHERE id = ?`, id).Error; err != nil {
			return err
		}
		for _, by := range named {
			if err := tx.Exec(`INSERT INTO ticket_named (ticket_id, user_id) VALUES (?, ?)`, id, by.ID).Error; err != nil {
				return err
			}
		}
		return audit.Record(tx, cast.Operator, h.DB.Now(), "ticket.restricted", audit.Ticket(id), nil)
	}))
}

func delegation(physician int64, by actor.Actor) insured.NewDelegation {
	return insured.NewDelegation{PhysicianID: physician, UserID: by.ID, MayAsk: true, MayHear: true}
}

var nobody actor.Actor

// keyFor is a key made of a number.
func keyFor(n int) string { return uuid.NewSHA1(uuid.Nil, []byte{byte(n)}).String() }

func phone(physician int64, typed string) insured.NewPhone {
	return insured.NewPhone{PhysicianID: physician, Typed: typed}
}
