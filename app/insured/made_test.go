package insured

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	operator   = actor.Command("test")
	consultant = actor.Actor{ID: 900, Role: actor.Consultant}
	manager    = actor.Actor{ID: 901, Role: actor.Manager}
	admin      = actor.Actor{ID: 902, Role: actor.Administrator}
)

// house is a room on a database of its own, on Thursday 19 November 2026, 11 in the
// morning at Home.
type house struct {
	*testing.T
	*Service
	ctx context.Context
	db  *database.DB
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC))
	return &house{t, New(db, nil), t.Context(), db}
}

func (h *house) person(name string, role actor.Role) actor.Actor {
	h.Helper()
	p, err := account.New(h.db, account.Options{}).Add(h.ctx, operator,
		account.NewPerson{Email: fmt.Sprintf("%s@example.org", name), Name: name, Role: role})
	h.must(err)
	return p.Actor()
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) practice(in NewPractice) int64 {
	h.Helper()
	id, err := h.AddPractice(h.ctx, operator, in)
	h.must(err)
	return id
}

func (h *house) physician(given, family string, practice int64) int64 {
	h.Helper()
	id, err := h.AddPhysician(h.ctx, operator, NewPhysician{GivenName: given, FamilyName: family,
		Specialty: "Family medicine", State: "oh", PracticeID: practice})
	h.must(err)
	return id
}

func (h *house) phone(physician int64, typed string) {
	h.Helper()
	_, err := h.AddPhone(h.ctx, operator, NewPhone{PhysicianID: physician, Typed: typed})
	h.must(err)
}

// policy adds a term and covers a physician for the whole of it.
func (h *house) policy(physician int64, number, effective, expires string) int64 {
	h.Helper()
	id, err := h.AddPolicy(h.ctx, operator, NewPolicy{Number: number, Effective: day(effective), Expires: day(expires)})
	h.must(err)
	h.must(h.Cover(h.ctx, operator, Coverage{PolicyID: id, PhysicianID: physician}))
	return id
}

func (h *house) inForce(physician int64, on string) (holds bool, number string) {
	h.Helper()
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) (err error) {
		holds, number, err = InForce(q, physician, day(on))
		return err
	}))
	return holds, number
}

func (h *house) acts(by actor.Actor) (acts []Acts) {
	h.Helper()
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) (err error) {
		acts, err = ActsFor(q, by, h.db.Now())
		return err
	}))
	return acts
}

func (h *house) find(typed string) []Caller {
	h.Helper()
	found, err := h.Find(h.ctx, consultant, typed, 0)
	if err != nil {
		h.Fatalf("%q: %v", typed, err)
	}
	return found
}

// says fails unless err is of a kind.
func (h *house) says(err, kind error) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Fatalf("%v, want %v", err, kind)
	}
}

// blames fails unless err finds fault with exactly one field.
func (h *house) blames(err error, field string) {
	h.Helper()
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok || len(bad) != 1 || bad[0].Name != field {
		h.Fatalf("%v, want the field %s", err, field)
	}
}

func day(text string) Date {
	d, err := ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func until(text string) *Date {
	d := day(text)
	return &d
}
