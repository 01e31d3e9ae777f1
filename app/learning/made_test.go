package learning_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/learning"
	"hotline/app/ticket"
	"hotline/app/triage"
)

// newRoom makes a room as another process has one, whose readings wait as long as it takes.
func newRoom(db *database.DB) *learning.Service {
	return learning.Waiting(learning.Knowing(learning.New(db), fewExamples()), time.Minute)
}

// school is a house with four physicians who ask, a consultant who corrects, and a manager.
type school struct {
	t             *testing.T
	db            *database.DB
	room          *learning.Service
	tickets       *ticket.Service
	physicians    []actor.Actor
	rosa, manager actor.Actor
	admin         actor.Actor
}

func newSchool(t *testing.T) *school {
	t.Helper()
	return schoolIn(t, dbtest.New(t))
}

// schoolIn is the same in a database of the test's.
func schoolIn(t *testing.T, db *database.DB) *school {
	t.Helper()
	ctx, command := t.Context(), actor.Command("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	accounts, desks, people := account.New(db, account.Options{Secret: []byte(strings.Repeat("s", 32))}), desk.New(db), insured.New(db, nil)
	in := desk.NewDesk{Name: "Risk Management", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Minutes: desk.DefaultMinutes}
	for day := time.Sunday; day <= time.Saturday; day++ {
		in.Week[day] = []calendar.Segment{{Opens: 0, Closes: 1440}}
	}
	made, err := desks.Add(ctx, command, in)
	must(err)
	s := &school{t: t, db: db, tickets: ticket.New(db), room: newRoom(db)}
	person := func(name string, role actor.Role, desks ...int64) actor.Actor {
		t.Helper()
		p, err := accounts.Add(ctx, command, account.NewPerson{Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@house.example", Name: name, Role: role, Desks: desks})
		must(err)
		by, _, err := accounts.Actor(ctx, p.ID)
		must(err)
		return by
	}
	for i := range 4 {
		who := person(fmt.Sprintf("Physician %c", 'A'+i), actor.Physician)
		_, err := people.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Physician", FamilyName: fmt.Sprintf("Name%c", 'A'+i), State: "OH", UserID: who.ID})
		must(err)
		s.physicians = append(s.physicians, who)
	}
	s.rosa, s.manager, s.admin = person("Rosa Delgado", actor.Consultant, made.ID), person("Priya Raman", actor.Manager), person("Ada Min", actor.Administrator)
	return s
}

// fewExamples are some of the corpus's real questions and a few written ones of each topic:
// a night in a test takes seconds.
var fewExamples = sync.OnceValue(func() []triage.Example {
	var few []triage.Example
	real, of := 0, map[string]int{}
	for _, ex := range triage.Corpus() {
		if ex.Real && real < 40 {
			real++
			few = append(few, ex)
		} else if !ex.Real && of[ex.Topic] < 4 {
			of[ex.Topic]++
			few = append(few, ex)
		}
	}
	return few
})

// asked has a physician ask.
func (s *school) asked(physician int, topic, question string) string {
	s.t.Helper()
	made, err := s.tickets.Submit(s.t.Context(), s.physicians[physician%len(s.physicians)], ticket.Submission{Key: uuid.NewString(), Topic: topic, Question: question})
	if err != nil {
		s.t.Fatal(err)
	}
	return made.Number
}

// corrected has a physician ask and a consultant say what it is about.
func (s *school) corrected(physician int, said, is, question string) string {
	s.t.Helper()
	number := s.asked(physician, said, question)
	if err := s.tickets.SetTopic(s.t.Context(), s.rosa, number, is, 0); err != nil {
		s.t.Fatal(err)
	}
	return number
}

func (s *school) one(sql string, args ...any) (n int) {
	s.t.Helper()
	err := s.db.Read(s.t.Context(), func(q *gorm.DB) error { return q.Raw(sql, args...).Scan(&n).Error })
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *school) night() int {
	s.t.Helper()
	n, err := s.room.Retrain(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *school) overview() *learning.Overview {
	s.t.Helper()
	o, err := s.room.Overview(s.t.Context(), s.manager)
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// restrictAll makes every ticket one that only those named may see.
func (s *school) restrictAll() {
	s.t.Helper()
	err := s.db.Write(s.t.Context(), func(tx *gorm.DB) error {
		var ids []int64
		if err := tx.Raw(`UPDATE tickets SET restricted = true RETURNING id`).Scan(&ids).Error; err != nil {
			return err
		}
		for _, id := range ids {
			if err := audit.Record(tx, actor.Command("test"), s.db.Now(), "ticket.restricted", audit.Ticket(id), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
