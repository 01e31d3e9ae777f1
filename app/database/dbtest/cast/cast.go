// Package cast is a small house for tests: two desks, two physicians and their
// delegates, and one person of each role, made through the rooms.
package cast

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Morning is when a cast's clock stands at first: Thursday 19 November 2026, eleven
// in the morning at the desk, a week before Thanksgiving.
var Morning = time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)

// Operator is who sets things up.
var Operator = actor.Command("test")

// Cap is how many tickets each consultant holds at most.
const Cap = 5

// Cast are the people and where they work. Nobody is at work until OnDuty says so.
type Cast struct {
	DB      *database.DB
	Tickets *ticket.Service
	Desks   *desk.Service
	Insured *insured.Service

	Desk, OtherDesk int64 // America/New_York and America/Los_Angeles, Monday to Friday 8 to 18

	Imani, Okafor     actor.Actor // physicians
	ImaniID, OkaforID int64       // and who they are in the roster
	Nora              actor.Actor // Imani's delegate, who may ask and hear
	Theo              actor.Actor // Imani's delegate, who may only ask
	NoraFor, TheoFor  int64       // their delegations

	Rosa, Grace, Priya actor.Actor // consultants of Desk
	Otto               actor.Actor // consultant of OtherDesk

	Elena, Joan, Tomas, Wendell actor.Actor // manager, Claims, administrator, auditor
}

// Rosas are the topics that Rosa takes: all of them.
var Rosas = []string{"discharge", "difficult_patient", "online_reviews", "close_relationships", "boundaries_communication",
	"transparency_records", "privacy_disclosure", "misinformation", "equity_culture", "other_liability"}

// Graces and Priyas are the topics that Grace and Priya take.
var (
	Graces = []string{"discharge", "difficult_patient", "online_reviews"}
	Priyas = []string{"discharge", "privacy_disclosure", "transparency_records"}
)

// Make sets the clock to Morning and makes the cast.
func Make(t testing.TB, db *database.DB) *Cast {
	t.Helper()
	db.Freeze(Morning)
	c := &Cast{DB: db, Tickets: ticket.New(db), Desks: desk.New(db), Insured: insured.New(db, nil)}
	m := maker{t: t, ctx: context.Background(), c: c, accounts: account.New(db, account.Options{})}
	c.Desk = m.desk("Risk Management", "America/New_York")
	c.OtherDesk = m.desk("West", "America/Los_Angeles")

	c.Rosa = m.consultant("Rosa Delgado", Rosas, c.Desk)
	c.Grace = m.consultant("Grace Oduya", Graces, c.Desk)
	c.Priya = m.consultant("Priya Raman", Priyas, c.Desk)
	c.Otto = m.consultant("Otto Lind", Rosas, c.OtherDesk)
	c.Elena = m.person("Elena Marsh", actor.Manager)
	c.Joan = m.person("Joan Navarro", actor.Claims)
	c.Tomas = m.person("Tomas Lindgren", actor.Administrator)
	c.Wendell = m.person("Wendell Price", actor.Auditor)

	c.Imani, c.ImaniID = m.physician("Leila", "Imani", "OH", "RM-100")
	c.Okafor, c.OkaforID = m.physician("Samuel", "Okafor", "PA", "RM-200")
	c.Nora = m.person("Nora Blake", actor.Delegate)
	c.Theo = m.person("Theo Marsh", actor.Delegate)
	c.NoraFor = m.delegate(c.Nora, true)
	c.TheoFor = m.delegate(c.Theo, false)
	return c
}

type maker struct {
	t        testing.TB
	ctx      context.Context
	c        *Cast
	accounts *account.Service
}

func (m maker) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m maker) desk(name, zone string) int64 {
	m.t.Helper()
	in := desk.NewDesk{Name: name, Zone: zone, Phone: "800 555 0142", PhoneE164: "+18005550142", Minutes: desk.DefaultMinutes,
		Holidays: map[calendar.Day]calendar.Holiday{
			{Year: 2026, Month: time.November, Day: 26}: {Name: "Thanksgiving"},
			{Year: 2026, Month: time.November, Day: 27}: {Name: "The day after", Open: []calendar.Segment{{Opens: 8 * 60, Closes: 12 * 60}}},
			{Year: 2026, Month: time.December, Day: 25}: {Name: "Christmas Day"},
			{Year: 2027, Month: time.January, Day: 1}:   {Name: "New Year’s Day"},
		}}
	for day := time.Monday; day <= time.Friday; day++ {
		in.Week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	d, err := m.c.Desks.Add(m.ctx, Operator, in)
	m.must(err)
	return d.ID
}

func (m maker) person(name string, role actor.Role, desks ...int64) actor.Actor {
	m.t.Helper()
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	p, err := m.accounts.Add(m.ctx, Operator, account.NewPerson{Email: first + "@example.org", Name: name, Role: role, Desks: desks})
	m.must(err)
	by, _, err := m.accounts.Actor(m.ctx, p.ID)
	m.must(err)
	return by
}

func (m maker) consultant(name string, topics []string, desks ...int64) actor.Actor {
	m.t.Helper()
	by := m.person(name, actor.Consultant, desks...)
	m.must(m.c.Desks.Engage(m.ctx, Operator, desk.Engagement{UserID: by.ID, Cap: Cap, Topics: topics}))
	return by
}

func (m maker) physician(given, family, state, policy string) (actor.Actor, int64) {
	m.t.Helper()
	by := m.person(given+" "+family, actor.Physician)
	id, err := m.c.Insured.AddPhysician(m.ctx, Operator, insured.NewPhysician{GivenName: given, FamilyName: family,
		Specialty: "Family medicine", State: state, UserID: by.ID})
	m.must(err)
	term, err := m.c.Insured.AddPolicy(m.ctx, Operator, insured.NewPolicy{Number: policy,
		Effective: insured.Date{Year: 2026, Month: time.January, Day: 1}, Expires: insured.Date{Year: 2027, Month: time.January, Day: 1}})
	m.must(err)
	m.must(m.c.Insured.Cover(m.ctx, Operator, insured.Coverage{PolicyID: term, PhysicianID: id}))
	return by, id
}

func (m maker) delegate(by actor.Actor, mayHear bool) int64 {
	m.t.Helper()
	id, err := m.c.Insured.Delegate(m.ctx, Operator, insured.NewDelegation{PhysicianID: m.c.ImaniID, UserID: by.ID, MayAsk: true, MayHear: mayHear})
	m.must(err)
	return id
}

// Person adds one more person.
func (c *Cast) Person(t testing.TB, name string, role actor.Role, desks ...int64) actor.Actor {
	t.Helper()
	return maker{t: t, ctx: context.Background(), c: c, accounts: account.New(c.DB, account.Options{})}.person(name, role, desks...)
}

// Consultant adds one more consultant, who takes every topic up to Cap.
func (c *Cast) Consultant(t testing.TB, name string, desks ...int64) actor.Actor {
	t.Helper()
	return maker{t: t, ctx: context.Background(), c: c, accounts: account.New(c.DB, account.Options{})}.consultant(name, Rosas, desks...)
}

// Clock sets the clock.
func (c *Cast) Clock(at time.Time) { c.DB.Freeze(at) }

// Later moves the clock on.
func (c *Cast) Later(d time.Duration) { c.DB.Freeze(c.DB.Now().Add(d)) }

// OnDuty puts consultants at work for the next 24 hours.
func (c *Cast) OnDuty(t testing.TB, who ...actor.Actor) {
	t.Helper()
	until := c.DB.Now().Add(24 * time.Hour)
	for _, by := range who {
		if err := c.Desks.StartDuty(context.Background(), by, by.ID, &until); err != nil {
			t.Fatal(err)
		}
	}
}

// Question is a question that is sent as it stands.
func Question() ticket.Submission {
	return ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: "May I stop seeing a patient who never comes?"}
}

// Ask asks a Question of the desk and gives its number.
func (c *Cast) Ask(t testing.TB, by actor.Actor) string {
	t.Helper()
	return c.Send(t, by, Question())
}

// Send sends a submission and gives its number.
func (c *Cast) Send(t testing.TB, by actor.Actor, in ticket.Submission) string {
	t.Helper()
	sent, err := c.Tickets.Submit(context.Background(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	return sent.Number
}
