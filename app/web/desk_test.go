package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/call"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/live"
	"hotline/app/ticket"
	"hotline/app/web"
)

// floor is a desk at work on a Thursday afternoon: two consultants, a manager, a
// physician who signs in, and the doors.
type floor struct {
	*door
	rooms             web.Rooms
	desk              *desk.Desk
	rosa, priya, maya *account.Person
	leila             *account.Person
	physician         int64
	thursday          time.Time
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	db := dbtest.New(t)
	f := &floor{thursday: time.Date(2026, 11, 19, 19, 40, 0, 0, time.UTC)} // 2:40 PM in Ohio
	db.Freeze(f.thursday)
	f.rooms = roomsOver(db, account.New(db, account.Options{Secret: []byte(strings.Repeat("s", 32))}))
	f.rooms.Insured, f.rooms.Hub = insured.New(db, newYork(t)), live.NewHub(db.Pool())
	public, _ := url.Parse("https://hotline.example")
	f.door = &door{t, f.rooms.Accounts, db, web.New(f.rooms, web.Options{Public: public})}
	ctx, by := t.Context(), actor.Command("test")
	var week [7][]calendar.Segment
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	var err error
	f.desk, err = f.rooms.Desks.Add(ctx, by, desk.NewDesk{Name: "Risk management", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week, Minutes: desk.DefaultMinutes})
	f.must(err)
	f.rosa = f.person("rosa@hotline.example", "Rosa Delgado", actor.Consultant)
	f.priya = f.person("priya@hotline.example", "Priya Raman", actor.Consultant)
	f.maya = f.person("maya@hotline.example", "Maya Chen", actor.Manager)
	f.leila = f.person("leila@imani.example", "Leila Imani", actor.Physician)
	for _, p := range []*account.Person{f.rosa, f.priya} {
		f.must(f.rooms.Desks.Engage(ctx, by, desk.Engagement{UserID: p.ID, Cap: 15, Topics: []string{"discharge", "online_reviews"}}))
	}
	practice, err := f.rooms.Insured.AddPractice(ctx, by, insured.NewPractice{Name: "Imani & Cole", City: "Columbus", State: "OH"})
	f.must(err)
	f.physician, err = f.rooms.Insured.AddPhysician(ctx, by, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", Specialty: "Family medicine", State: "OH", PracticeID: practice, UserID: f.leila.ID})
	f.must(err)
	policy, err := f.rooms.Insured.AddPolicy(ctx, by, insured.NewPolicy{Number: "PL-0048213", Effective: insured.Date{Year: 2026, Month: 4, Day: 1}, Expires: insured.Date{Year: 2027, Month: 4, Day: 1}})
	f.must(err)
	f.must(f.rooms.Insured.Cover(ctx, by, insured.Coverage{PolicyID: policy, PhysicianID: f.physician}))
	_, err = f.rooms.Insured.AddPhone(ctx, by, insured.NewPhone{PhysicianID: f.physician, Label: "cell", Typed: "614 555 0134"})
	f.must(err)
	return f
}

func (f *floor) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *floor) person(email, name string, role actor.Role) *account.Person {
	f.t.Helper()
	in := account.NewPerson{Email: email, Name: name, Role: role, Zone: "America/New_York", Password: doorPassword}
	if role == actor.Consultant {
		in.Desks = []int64{f.desk.ID}
	}
	p, err := f.accounts.Add(f.t.Context(), actor.Command("test"), in)
	f.must(err)
	return p
}

// acts is a person as the rooms know them.
func (f *floor) acts(p *account.Person) actor.Actor {
	f.t.Helper()
	by, _, err := f.accounts.Actor(f.t.Context(), p.ID)
	f.must(err)
	return by
}

// ask is a question of the physician's, sent online.
func (f *floor) ask(question string) *ticket.Ticket {
	f.t.Helper()
	t, err := f.rooms.Tickets.Submit(f.t.Context(), f.acts(f.leila), ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: question, NextStep: "She comes in on Monday.", AnswerBy: "write"})
	f.must(err)
	return t
}

// claimed is a question that somebody has in hand.
func (f *floor) claimed(p *account.Person, question string) *ticket.Ticket {
	f.t.Helper()
	t := f.ask(question)
	f.must(f.rooms.Tickets.Claim(f.t.Context(), f.acts(p), t.Number, 0))
	return t
}

// stranger is a call from somebody the roster does not know.
func (f *floor) stranger() string {
	f.t.Helper()
	number, err := f.rooms.Calls.Log(f.t.Context(), f.acts(f.rosa), call.Note{Key: uuid.NewString(), CallerName: "Sam Ortiz", CallerRole: "office manager", Phone: "937 555 0177", Direction: "in", Outcome: "answered",
		Narrative: "A patient left a review that names our nurse.", State: "OH", Topic: "online_reviews", Urgency: ticket.Routine, Keep: true,
		StartedAt: f.thursday.Add(-10 * time.Minute), EndedAt: f.thursday.Add(-2 * time.Minute)})
	f.must(err)
	return number
}

// as is a browser in which somebody signed in.
func (f *floor) as(p *account.Person) *guest {
	f.t.Helper()
	g := f.guest()
	if r := g.signIn(p.Email); r.Code != http.StatusSeeOther {
		f.t.Fatalf("%s could not sign in: %d", p.Email, r.Code)
	}
	return g
}

func TestTheDeskShowsMyWorkByWhenItIsDue(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	late := f.claimed(f.rosa, "The first one, which is late by now.")
	f.db.Freeze(f.thursday.Add(26 * time.Hour)) // Friday, 4:40 PM: ten business hours are over
	soon := f.claimed(f.rosa, "The second one, for Monday.")
	f.claimed(f.priya, "Not mine.")
	page := f.as(f.rosa).open("/desk").answers(t, http.StatusOK, "")
	if got := said(page, ".queues [aria-current]"); got != "My work 2" {
		t.Errorf("the queue says %q", got)
	}
	if got := said(page, "#list h3"); got != "Overdue Monday" {
		t.Errorf("the list is under %q", got)
	}
	rows := page.doc.Find("#list .row")
	if rows.Length() != 2 || !strings.Contains(rows.First().Text(), late.Number[8:]) || !strings.Contains(rows.Last().Text(), soon.Number[8:]) {
		t.Errorf("rows: %q", said(page, "#list .row"))
	}
	first := rows.First()
	if due := one(first.Find(".row-due").Children().Remove().End().Text()); first.Find(".row-due.overdue").Length() != 1 || due != "" && !strings.Contains(due, "over") {
		t.Errorf("the late one is not marked late: %q", due)
	}
	if got := one(first.Find(".row-urgency").Text()); got != "Routine" {
		t.Errorf("urgency %q", got)
	}
	if got := one(first.Find(".row-clock").Text()); got != "our target" {
		t.Errorf("clock %q", got)
	}
}

func TestTheDeskIsFourStatements(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range 3 {
		f.claimed(f.rosa, fmt.Sprintf("Question %d.", i))
	}
	rosa := f.as(f.rosa)
	rosa.open("/desk") // what the house remembers for half a minute is read now
	before := f.db.Pool().Stat().AcquireCount()
	rosa.open("/desk").answers(t, http.StatusOK, "")
	// Each statement outside a transaction takes a connection of its own.
	if n := f.db.Pool().Stat().AcquireCount() - before; n != 4 {
		t.Errorf("the desk took %d statements, not four", n)
	}
}

func TestCountsStopAtNinetyNine(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range ticket.CountCap + 1 {
		f.ask(fmt.Sprintf("Question %d.", i))
	}
	page := f.as(f.rosa).open("/desk?view=unassigned").answers(t, http.StatusOK, "")
	if got := said(page, ".queues [aria-current]"); got != "Unassigned 99+" {
		t.Errorf("the queue says %q", got)
	}
	older, ok := page.doc.Find(".pager a[rel=next]").Attr("href")
	if !ok {
		t.Fatal("no way to the next page")
	}
	seen := map[string]bool{}
	for _, number := range numbers(page) {
		seen[number] = true
	}
	next := f.as(f.rosa).open(older).answers(t, http.StatusOK, "")
	for _, number := range numbers(next) {
		if seen[number] {
			t.Errorf("%s is on both pages", number)
		}
	}
	if next.doc.Find(".pager a[rel=prev]").Length() != 1 || next.doc.Find("#list .row").Length() != 50 {
		t.Errorf("the second page has %d rows", next.doc.Find("#list .row").Length())
	}
}

func TestAConsultantGoesToWorkAndStepsAway(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	rosa := f.as(f.rosa)
	page := rosa.open("/desk")
	if got := said(page, ".queues-foot p"); !strings.HasPrefix(got, "You are not at work") {
		t.Errorf("before: %q", got)
	}
	rosa.post("/duty", url.Values{"at": {"yes"}, "back": {"/desk?view=team"}}).answers(t, http.StatusSeeOther, "/desk?view=team")
	page = rosa.open("/desk")
	if got := said(page, ".queues-foot p"); got != "At work until 6:00 PM EST. Room for 15 more under your cap of 15." {
		t.Errorf("at work: %q", got)
	}
	rosa.post("/duty", url.Values{"at": {"no"}}).answers(t, http.StatusSeeOther, "/desk")
	if got := said(rosa.open("/desk"), ".queues-foot p"); !strings.HasPrefix(got, "You are not at work") {
		t.Errorf("after: %q", got)
	}
	if maya := f.as(f.maya).open("/desk"); maya.doc.Find(".queues-foot").Length() != 0 {
		t.Error("a manager takes no tickets, yet is asked to go to work")
	}
}

func TestTheQueuesAreGivenAlone(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.ask("A question.")
	page := f.as(f.rosa).open("/desk/queues?view=unassigned").answers(t, http.StatusOK, "")
	if got := said(page, "#queues [aria-current]"); got != "Unassigned 1" || page.doc.Find("main").Length() != 0 {
		t.Errorf("queues: %q", got)
	}
}

func TestSearchGoesStraightToANumber(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.ask("A patient has missed six visits and shouts at the front desk.")
	rosa := f.as(f.rosa)
	for _, typed := range []string{asked.Number, strings.ToLower(asked.Number), strings.TrimLeft(asked.Number[8:], "0")} {
		rosa.open("/search?q="+url.QueryEscape(typed)).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine")
	}
	for _, typed := range []string{"shouting", "pl 0048213", "(614) 555-0134"} {
		page := rosa.open("/search?q="+url.QueryEscape(typed)).answers(t, http.StatusOK, "")
		if got := numbers(page); len(got) != 1 || got[0] != asked.Number {
			t.Errorf("%s found %v", typed, got)
		}
	}
	page := rosa.open("/search?q=imany").answers(t, http.StatusOK, "")
	if got := said(page, ".found strong"); got != "Dr Leila Imani, family medicine" {
		t.Errorf("the physician: %q", got)
	}
	if got := said(rosa.open("/search?q=zebra"), ".empty h3"); got != "Nothing found" {
		t.Errorf("nothing: %q", got)
	}
	if got := said(rosa.open("/search"), ".empty h3"); got != "What are you looking for?" {
		t.Errorf("nothing asked: %q", got)
	}
}

func TestTheDeskIsNotThereForOthers(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.ask("A question.")
	leila := f.as(f.leila)
	for _, path := range []string{"/desk", "/desk/queues", "/search?q=x", "/tickets/" + asked.Number} {
		leila.open(path).answers(t, http.StatusNotFound, "")
	}
	f.guest().open("/desk").answers(t, http.StatusUnauthorized, "")
}

func TestEventsReachOnlyThoseWhoMayHear(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.ask("A question.")
	hub, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	rosa, leila := f.listen(f.rosa, ""), f.listen(f.leila, "?ticket="+asked.Number)
	go f.rooms.Hub.Run(hub) // once it hears, it tells everybody to ask again
	rosa.hears("resync")
	leila.hears("resync")
	f.must(f.rooms.Tickets.Claim(t.Context(), f.acts(f.rosa), asked.Number, 0))
	rosa.hears(fmt.Sprintf("ticket ticket-%d desk-%d", asked.ID, f.desk.ID))
	leila.hears(fmt.Sprintf("ticket ticket-%d", asked.ID))
	// Another's ticket is none of hers: the next she hears of is her own.
	f.stranger()
	f.must(f.rooms.Tickets.Note(t.Context(), f.acts(f.rosa), asked.Number, ticket.Words{Body: "A note."}))
	leila.hears(fmt.Sprintf("ticket ticket-%d", asked.ID))

	f.as(f.leila).open("/events").answers(t, http.StatusNoContent, "")
	f.as(f.leila).open("/events?ticket="+f.strangerNumber()).answers(t, http.StatusNotFound, "")
	f.guest().open("/events").answers(t, http.StatusUnauthorized, "")
}

func (f *floor) strangerNumber() string {
	f.t.Helper()
	page := f.as(f.rosa).open("/desk?view=mine")
	for _, number := range numbers(page) {
		if strings.Contains(page.doc.Find(`a[href*="`+number+`"]`).Text(), "review") {
			return number
		}
	}
	f.t.Fatal("the call is not on the desk")
	return ""
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
