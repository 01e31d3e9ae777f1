package guidance_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/ticket"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = actor.Command("test")

// house is the room on a database of its own, on Thursday 19 November 2026, 11 in the
// morning in New York, with a few people: a physician in Ohio with two delegates, and
// two desks.
type house struct {
	testing.TB
	*guidance.Service
	ctx                                     context.Context
	db                                      *database.DB
	tickets                                 *ticket.Service
	physician, hears, asks, stranger        actor.Actor
	consultant, elsewhere, manager, auditor actor.Actor
	imani                                   int64
}

func newHouse(t testing.TB) *house {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC))
	h := &house{TB: t, Service: guidance.New(db), ctx: t.Context(), db: db, tickets: ticket.New(db)}
	desks, people, insureds := desk.New(db), account.New(db, account.Options{}), insured.New(db, nil)
	var week [7][]calendar.Segment
	for day := 1; day <= 5; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	var ids []int64
	for _, name := range []string{"Risk", "Other"} {
		d, err := desks.Add(h.ctx, operator, desk.NewDesk{Name: name, Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week})
		h.must(err)
		ids = append(ids, d.ID)
	}
	add := func(name string, role actor.Role, desks ...int64) actor.Actor {
		p, err := people.Add(h.ctx, operator, account.NewPerson{Email: strings.ToLower(strings.Fields(name)[0]) + "@example.org", Name: name, Role: role, Desks: desks})
		h.must(err)
		by, _, err := people.Actor(h.ctx, p.ID)
		h.must(err)
		return by
	}
	h.physician, h.stranger = add("Leila Imani", actor.Physician), add("Owen Strand", actor.Physician)
	h.hears, h.asks = add("Marcus Cole", actor.Delegate), add("Dana Fox", actor.Delegate)
	h.consultant, h.elsewhere = add("Rosa Delgado", actor.Consultant, ids[0]), add("Una Brandt", actor.Consultant, ids[1])
	h.manager, h.auditor = add("Grace Oduya", actor.Manager), add("Theo Lind", actor.Auditor)
	var err error
	h.imani, err = insureds.AddPhysician(h.ctx, operator, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", UserID: h.physician.ID})
	h.must(err)
	_, err = insureds.AddPhysician(h.ctx, operator, insured.NewPhysician{GivenName: "Owen", FamilyName: "Strand", State: "KY", UserID: h.stranger.ID})
	h.must(err)
	for _, d := range []insured.NewDelegation{{UserID: h.hears.ID, MayAsk: true, MayHear: true}, {UserID: h.asks.ID, MayAsk: true}} {
		d.PhysicianID = h.imani
		_, err = insureds.Delegate(h.ctx, operator, d)
		h.must(err)
	}
	return h
}

// stocked is a house whose library is filled.
func stocked(t testing.TB) *house {
	t.Helper()
	h := newHouse(t)
	_, err := h.Load(h.ctx, operator)
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// says fails unless err is of a kind.
func (h *house) says(err, kind error) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Fatalf("%v, want %v", err, kind)
	}
}

// ask opens a ticket in a person's name and gives its number and id.
func (h *house) ask(by actor.Actor, question string) (string, int64) {
	h.Helper()
	t, err := h.tickets.Submit(h.ctx, by, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: question, OfficeMaySee: true})
	h.must(err)
	return t.Number, t.ID
}

// article is a small valid one.
func article(slug string) guidance.Article {
	return guidance.Article{Body: "## Steps\n\n1. **Read it.** Then think.\n", Front: guidance.Front{
		Title: "On " + strings.ReplaceAll(slug, "-", " "), Slug: slug, Topic: "other_liability", Visible: guidance.ForInsured, Owner: "Grace Oduya, JD",
		For: "Whoever asks.", Summary: "Two lines about it.", Keywords: "certificate, form",
		Reviewed: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC), ReviewBy: time.Date(2027, 5, 16, 0, 0, 0, 0, time.UTC),
	}}
}

func (h *house) publish(a guidance.Article) int {
	h.Helper()
	version, err := h.Publish(h.ctx, h.manager, a)
	h.must(err)
	return version
}

func (h *house) search(by actor.Actor, words string) []guidance.Hit {
	h.Helper()
	hits, err := h.Search(h.ctx, by, words, "", 0)
	if err != nil {
		h.Fatalf("%.40q: %v", words, err)
	}
	return hits
}

func slugs(hits []guidance.Hit) []string {
	list := make([]string, len(hits))
	for i, hit := range hits {
		list[i] = hit.Slug
	}
	return list
}

// count is a number a query gives.
func (h *house) count(query string, args ...any) (n int) {
	h.Helper()
	h.must(h.db.Pool().QueryRow(h.ctx, query, args...).Scan(&n))
	return n
}

// owner is a way in for the database's owner.
func (h *house) owner() *pgx.Conn {
	h.Helper()
	var name string
	h.must(h.db.Pool().QueryRow(h.ctx, "SELECT current_database()").Scan(&name))
	c, err := pgx.Connect(h.ctx, dbtest.URL(name))
	h.must(err)
	h.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// exec does what the program has no verb for, past every trigger.
func (h *house) exec(query string, args ...any) {
	h.Helper()
	owner := h.owner()
	_, err := owner.Exec(h.ctx, "SET session_replication_role = replica")
	h.must(err)
	_, err = owner.Exec(h.ctx, query, args...)
	h.must(err)
	h.must(owner.Close(h.ctx))
}
