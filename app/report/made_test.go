package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
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
	"hotline/app/insured"
	"hotline/app/ticket"
)

var operator = actor.Command("test")

// house is a desk in New York, open on weekdays from eight to six, with two
// consultants, a manager and a physician who asks. Its past is made through the rooms.
type house struct {
	*testing.T
	*Service
	ctx                           context.Context
	db                            *database.DB
	accounts                      *account.Service
	desks                         *desk.Service
	tickets                       *ticket.Service
	calls                         *call.Service
	calendar                      *calendar.Calendar
	zone                          *time.Location
	desk                          int64
	rosa, daniel, manager, asking actor.Actor
	physician                     int64
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := dbtest.New(t)
	h := &house{T: t, Service: New(db), ctx: t.Context(), db: db, accounts: account.New(db, account.Options{}), desks: desk.New(db),
		tickets: ticket.New(db), calls: call.New(db)}
	h.at("2026-09-01 09:00")
	var week [7][]calendar.Segment
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	made, err := h.desks.Add(h.ctx, operator, desk.NewDesk{Name: "Risk", Zone: "America/New_York", Week: week,
		Holidays: map[calendar.Day]calendar.Holiday{{Year: 2026, Month: 11, Day: 26}: {Name: "Thanksgiving"}}, Minutes: desk.DefaultMinutes})
	h.must(err)
	h.desk = made.ID
	times, err := h.desks.Times(h.ctx, made.ID)
	h.must(err)
	h.calendar, h.zone = times.Calendar, times.Zone
	h.rosa, h.daniel = h.consultant("Rosa Delgado", 15), h.consultant("Daniel Whitcombe", 15)
	h.manager = h.person("Elena Marsh", actor.Manager)
	h.manager.Desks = []int64{h.desk}
	h.asking = h.person("Leila Imani", actor.Physician)
	rooms := insured.New(db, nil)
	h.physician, err = rooms.AddPhysician(h.ctx, operator, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", UserID: h.asking.ID})
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name string, role actor.Role) actor.Actor {
	h.Helper()
	p, err := h.accounts.Add(h.ctx, operator, account.NewPerson{Email: strings.ReplaceAll(name, " ", ".") + "@example.org", Name: name, Role: role})
	h.must(err)
	return p.Actor()
}

func (h *house) consultant(name string, cap int) actor.Actor {
	h.Helper()
	p, err := h.accounts.Add(h.ctx, operator, account.NewPerson{Email: strings.ReplaceAll(name, " ", ".") + "@example.org", Name: name,
		Role: actor.Consultant, Desks: []int64{h.desk}})
	h.must(err)
	h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: p.ID, Cap: cap, Topics: []string{"discharge", "online_reviews"}}))
	by := p.Actor()
	by.Desks = []int64{h.desk}
	return by
}

// at sets the clock to a wall time in New York.
func (h *house) at(wall string) time.Time {
	h.Helper()
	zone, err := time.LoadLocation("America/New_York")
	h.must(err)
	t, err := time.ParseInLocation("2006-01-02 15:04", wall, zone)
	h.must(err)
	h.db.Freeze(t)
	return t
}

// asked opens a ticket about a topic; deadline is a day or empty.
func (h *house) asked(topic, deadline string) string {
	h.Helper()
	t, err := h.tickets.Submit(h.ctx, h.asking, ticket.Submission{Key: uuid.NewString(), Topic: topic, Question: "=May I?",
		HasDeadline: deadline != "", DeadlineDay: deadline})
	h.must(err)
	return t.Number
}

func (h *house) claimed(by actor.Actor, topic string) string {
	h.Helper()
	number := h.asked(topic, "")
	h.claim(by, number)
	return number
}

func (h *house) claim(by actor.Actor, number string) {
	h.Helper()
	h.must(h.tickets.Claim(h.ctx, by, number, 0))
}

func (h *house) reply(by actor.Actor, number string) {
	h.Helper()
	h.must(h.tickets.Reply(h.ctx, by, number, ticket.Words{Body: "Yes."}))
}

func (h *house) wait(by actor.Actor, number string) {
	h.Helper()
	h.must(h.tickets.Wait(h.ctx, by, number, ticket.Words{Body: "Which state is she in?"}))
}

func (h *house) answer(number string) {
	h.Helper()
	h.must(h.tickets.Answer(h.ctx, h.asking, number, ticket.Words{Body: "Ohio."}))
}

func (h *house) resolve(by actor.Actor, number string) {
	h.Helper()
	h.must(h.tickets.Resolve(h.ctx, by, number, ticket.Resolution{Outcome: "advice_given", Answer: ticket.Words{Body: "Give notice."}}))
}

// logged is a call that Rosa answered, resolved on it.
func (h *house) logged(topic string) string {
	h.Helper()
	now := h.db.Now()
	number, err := h.calls.Log(h.ctx, h.rosa, call.Note{Key: uuid.NewString(), PhysicianID: h.physician, CallerName: "Dr Imani", Phone: "614 555 0134", Direction: "in",
		Outcome: "answered", Narrative: "May I?", Topic: topic, Urgency: "routine", State: "OH", Answered: true, Advice: "Yes.",
		StartedAt: now.Add(-10 * time.Minute), EndedAt: now})
	h.must(err)
	return number
}

// restrict keeps a ticket from everybody who is not named.
func (h *house) restrict(number string) {
	h.Helper()
	h.must(h.db.Write(h.ctx, func(tx *gorm.DB) error {
		var id int64
		if err := tx.Raw(`UPDATE tickets SET restricted = true WHERE number = ? RETURNING id`, number).Scan(&id).Error; err != nil {
			return err
		}
		return audit.Record(tx, operator, h.db.Now(), "ticket.restricted", audit.Ticket(id), nil)
	}))
}

func (h *house) report(from, to string) *Caseload {
	h.Helper()
	c, err := h.Caseload(h.ctx, h.manager, Query{From: from, To: to})
	h.must(err)
	return c
}

// behind lists the numbers of a selection, all pages of it, oldest first.
func (h *house) behind(in Selection) []string {
	h.Helper()
	numbers := []string{}
	for {
		page, err := h.Tickets(h.ctx, h.manager, in)
		h.must(err)
		for _, t := range page.Lines {
			numbers = append(numbers, t.Number)
			edge := t.Key()
			in.After = &edge
		}
		if !page.More {
			if len(numbers) != page.Count {
				h.Errorf("%s of %q: %d listed under a head that says %d", in.Measure, in.Holder, len(numbers), page.Count)
			}
			return numbers
		}
	}
}

// sheet is what a selection's download holds, without its mark.
func (h *house) sheet(in Selection) [][]string {
	h.Helper()
	var out bytes.Buffer
	h.must(h.ExportTickets(h.ctx, h.manager, in, func(Period) io.Writer { return &out }))
	return read(h.T, out.String())
}

func read(t *testing.T, file string) [][]string {
	t.Helper()
	body, marked := strings.CutPrefix(file, "\uFEFF")
	if !marked || !strings.HasSuffix(body, "\r\n") || strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\n") {
		t.Fatalf("not a file for spreadsheets: %q", file)
	}
	var rows [][]string
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		rows = append(rows, strings.Split(line, ","))
	}
	return rows
}

func line(t *testing.T, lines []Line, key string) Line {
	t.Helper()
	for _, l := range lines {
		if l.Key == key {
			return l
		}
	}
	t.Fatalf("no line %s", key)
	return Line{}
}

func key(by actor.Actor) string { return fmt.Sprint(by.ID) }

// counts checks some of a line's measures.
func counts(t *testing.T, what string, l Line, want map[Measure]int) {
	t.Helper()
	for m, n := range want {
		if l.Counts[m] != n {
			t.Errorf("%s, %s: %d, want %d", what, m, l.Counts[m], n)
		}
	}
}
