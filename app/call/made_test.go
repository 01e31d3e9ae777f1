package call_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/call"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// line is a desk with two consultants and a physician, on Thursday 19 November 2026 at
// eleven in the morning of the desk.
type line struct {
	*testing.T
	*call.Service
	ctx         context.Context
	db          *database.DB
	tickets     *ticket.Service
	desk        int64
	rosa, grace actor.Actor // at work; each may hold two
	imani       int64
}

var operator = actor.Command("test")

func newLine(t *testing.T) *line {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC))
	l := &line{T: t, Service: call.New(db), ctx: t.Context(), db: db, tickets: ticket.New(db)}
	desks := desk.New(db)
	day := []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	d, err := desks.Add(l.ctx, operator, desk.NewDesk{Name: "Risk management", Zone: "America/New_York", Week: [7][]calendar.Segment{nil, day, day, day, day, day, nil}, Minutes: desk.DefaultMinutes})
	l.must(err)
	l.desk = d.ID
	accounts := account.New(db, account.Options{})
	hire := func(name string) actor.Actor {
		p, err := accounts.Add(l.ctx, operator, account.NewPerson{Email: name + "@insurer.org", Name: name, Role: actor.Consultant, Desks: []int64{d.ID}})
		l.must(err)
		l.must(desks.Engage(l.ctx, operator, desk.Engagement{UserID: p.ID, Cap: 2, Topics: []string{"discharge", "online_reviews"}}))
		l.must(desks.StartDuty(l.ctx, operator, p.ID, nil))
		by, _, err := accounts.Actor(l.ctx, p.ID)
		l.must(err)
		return by
	}
	l.rosa, l.grace = hire("Rosa"), hire("Grace")
	l.imani, err = insured.New(db, nil).AddPhysician(l.ctx, operator, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", Specialty: "Family medicine", State: "OH"})
	l.must(err)
	return l
}

func (l *line) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// note is a call that Dr Imani made, kept by whoever logs it.
func (l *line) note() call.Note {
	now := l.db.Now()
	return call.Note{Key: uuid.NewString(), PhysicianID: l.imani, Direction: "in", Outcome: "answered", Narrative: "A patient will not leave. May I discharge him?",
		Topic: "discharge", Urgency: ticket.Routine, Keep: true, StartedAt: now.Add(-5 * time.Minute)}
}

func (l *line) log(by actor.Actor, in call.Note) string {
	l.Helper()
	number, err := l.Log(l.ctx, by, in)
	l.must(err)
	return number
}

func (l *line) show(number string) *ticket.Sheet {
	l.Helper()
	s, err := l.tickets.Show(l.ctx, l.rosa, number)
	l.must(err)
	return s
}

func (l *line) legs(number string) []call.Leg {
	l.Helper()
	legs, err := l.Of(l.ctx, l.rosa, l.show(number).ID)
	l.must(err)
	return legs
}

func (l *line) count(table string) (n int) {
	l.Helper()
	l.must(l.db.Read(l.ctx, func(q *gorm.DB) error { return q.Raw("SELECT count(*) FROM " + table).Scan(&n).Error }))
	return n
}

// restrict names the only one who may see a ticket.
func (l *line) restrict(number string, to actor.Actor) {
	l.Helper()
	l.must(l.db.Write(l.ctx, func(tx *gorm.DB) error {
		var id int64
		if err := tx.Raw(`UPDATE tickets SET restricted = true WHERE number = ? RETURNING id`, number).Scan(&id).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO ticket_named (ticket_id, user_id) VALUES (?, ?)`, id, to.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, operator, l.db.Now(), "ticket.restricted", audit.Ticket(id), nil)
	}))
}

// says fails unless err is of a kind.
func (l *line) says(err, kind error) {
	l.Helper()
	if !errors.Is(err, kind) {
		l.Fatalf("%v, want %v", err, kind)
	}
}

// blames fails unless err finds fault with exactly these fields.
func (l *line) blames(err error, fields ...string) {
	l.Helper()
	bad, _ := errors.AsType[fault.Fields](err)
	var names []string
	for _, f := range bad {
		names = append(names, f.Name)
	}
	if fmt.Sprint(names) != fmt.Sprint(fields) {
		l.Fatalf("%v, want the fields %v", err, fields)
	}
}
