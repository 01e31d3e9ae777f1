package ticket_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/outbox"
	"hotline/app/routing"
	"hotline/app/ticket"
)

func TestOfFiftyWhoClaimAtOnceOneGetsItAndTheOthersLearnWho(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.Ask(t, h.Imani)
	who := []actor.Actor{h.Rosa, h.Grace, h.Priya}
	for i := range 7 {
		who = append(who, h.Consultant(t, fmt.Sprintf("C%d Person", i), h.Desk))
	}
	errs := make([]error, 50)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = h.Tickets.Claim(h.ctx, who[i%len(who)], n, 0) })
	}
	wg.Wait()
	winner := h.holder(n)
	for i, err := range errs {
		by := who[i%len(who)]
		switch {
		case by.ID == winner && err == nil:
		case by.ID != winner && errors.Is(err, fault.Conflict) && strings.Contains(fault.Sentence(err), nameOf(who, winner)):
		default:
			t.Errorf("%s: %v", by.Name, err)
		}
	}
	if rows := read[int](h, `SELECT count(*) FROM assignments`); rows != 1 {
		t.Errorf("%d assignments", rows)
	}
	if got := h.actions(n); !slices.Equal(got, []string{"ticket.opened", "ticket.claimed"}) {
		t.Error(got)
	}
	h.whole()
}

func nameOf(who []actor.Actor, id int64) string {
	for _, by := range who {
		if by.ID == id {
			return by.Name
		}
	}
	return "nobody"
}

func TestNobodyIsEverAboveTheirCap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// Both works on both desks, so that both desks' turns weigh her.
	both := h.Consultant(t, "Bo Two", h.Desk, h.OtherDesk)
	who := []actor.Actor{h.Rosa, h.Grace, both}
	for _, by := range who {
		h.must(h.Desks.Engage(h.ctx, cast.Operator, engagement(by, 3)))
	}
	h.OnDuty(t, h.Rosa, both)
	until := h.DB.Now().Add(10 * time.Hour)
	var numbers []string
	for range 12 {
		numbers = append(numbers, h.Ask(t, h.Imani))
	}
	west := make([]int64, 6)
	for i := range west {
		h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
			o, _, err := ticket.Open(tx, h.Imani, h.DB.Now(), ticket.Opening{Key: keyFor(i), Desk: h.OtherDesk, Channel: "online", PhysicianID: &h.ImaniID,
				Topic: "discharge", Urgency: ticket.Routine, Question: "West."})
			if err == nil {
				west[i] = o.ID
			}
			return err
		}))
	}
	var over atomic.Int64
	watch := func() {
		if n := read[int](h, `SELECT count(*) FROM (SELECT FROM tickets t JOIN consultants c ON c.user_id = t.assignee_id
			WHERE t.status IN ('assigned', 'with_physician') GROUP BY c.user_id, c.cap HAVING count(*) > c.cap) x`); n > 0 {
			over.Add(1)
		}
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(w), 7))
			for range 14 {
				number := numbers[dice.IntN(len(numbers))]
				by := who[dice.IntN(len(who))]
				var err error
				switch dice.IntN(8) {
				case 0:
					err = h.Tickets.Claim(h.ctx, by, number, 0)
				case 1:
					err = h.Tickets.AutoAssign(h.ctx, actor.Job("ticket:assign", 0), west[dice.IntN(len(west))])
				case 2:
					err = h.Tickets.Sweep(h.ctx, actor.Job("desk:sweep", 0), h.Desk)
				case 3:
					err = h.Tickets.Sweep(h.ctx, actor.Job("desk:sweep", 0), h.OtherDesk)
				case 4:
					err = h.Desks.StartDuty(h.ctx, by, by.ID, &until)
				case 5:
					err = h.Desks.EndDuty(h.ctx, by, by.ID)
				case 6:
					err = h.Tickets.Resolve(h.ctx, h.Elena, number, ticket.Resolution{Outcome: "withdrawn"})
				case 7:
					err = h.Tickets.Reopen(h.ctx, by, number, "again", 0)
				}
				if err != nil && !errors.Is(err, fault.Conflict) {
					t.Error(err)
				}
				watch()
			}
		})
	}
	wg.Wait()
	if over.Load() != 0 {
		t.Errorf("somebody was seen above their cap %d times", over.Load())
	}
	if n := read[int](h, `SELECT count(*) FROM tickets t WHERE (t.assignee_id IS NOT NULL AND t.status <> 'resolved') <>
		EXISTS (SELECT FROM assignments a WHERE a.ticket_id = t.id AND a.until_at IS NULL AND a.user_id = t.assignee_id)`); n != 0 {
		t.Errorf("%d tickets and their spans disagree", n)
	}
	h.whole()
}

func TestASweepBringsTheMostUrgentFirstThenTheOldest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.weighs(1)
	var asked []string
	for _, urgent := range []bool{false, true, false, true, false, false, true} {
		in := cast.Question()
		in.Danger = urgent
		asked = append(asked, h.Send(t, h.Imani, in))
		h.Later(time.Minute)
	}
	h.keepPromises() // nobody is there
	for _, n := range asked {
		h.stands(n, ticket.Unassigned, nobody)
	}
	h.OnDuty(t, h.Rosa)
	h.keepPromises()
	for i, n := range asked {
		holder := h.Rosa
		if i == 4 || i == 5 { // the two youngest that can wait: five is her cap
			holder = nobody
		}
		if h.holder(n) != holder.ID {
			t.Errorf("number %d went to %d", i, h.holder(n))
		}
	}
	// Each of these makes room or brings somebody, and so promises a sweep.
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, asked[1], ticket.Resolution{Outcome: "withdrawn"}))
	h.keepPromises()
	h.stands(asked[4], ticket.Assigned, h.Rosa)
	h.OnDuty(t, h.Grace)
	h.keepPromises()
	h.stands(asked[5], ticket.Assigned, h.Grace)
	h.must(h.Tickets.Release(h.ctx, h.Grace, asked[5], "not my field", 0))
	h.keepPromises()
	h.stands(asked[5], ticket.Unassigned, nobody) // Rosa is full, and Grace just gave it back
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Rosa, 6)))
	h.keepPromises()
	h.stands(asked[5], ticket.Assigned, h.Rosa)
	h.whole()
}

// weighs makes a critical ticket count so much.
func (h *house) weighs(critical int) {
	h.t.Helper()
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		p := routing.Default()
		p.Loads.Critical = critical
		return desk.SetPolicy(tx, cast.Operator, h.Desk, p, h.DB.Now())
	}))
}

func TestWhoGaveATicketBackMayStillClaimIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	n := h.Ask(t, h.Imani)
	h.keepPromises()
	h.must(h.Tickets.Release(h.ctx, h.Rosa, n, "I know the patient", 0))
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	h.stands(n, ticket.Assigned, h.Rosa)
}

func TestTheTickSweepsOnlyDesksWhereSomethingWaitsAndSomebodyIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sweeps := func(want int) {
		t.Helper()
		if n, err := h.Tickets.SweepWaiting(h.ctx); err != nil || n != want {
			t.Errorf("%d sweeps, want %d: %v", n, want, err)
		}
	}
	sweeps(0)
	n := h.Ask(t, h.Imani)
	sweeps(0)
	h.OnDuty(t, h.Rosa)
	sweeps(0) // one is promised already
	// As if it had been lost to a desk that had nobody: done, and nothing given.
	for _, p := range h.promised("desk:sweep") {
		h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
			_, err := outbox.Begin(tx, actor.Job(p.Kind, p.ID), h.DB.Now())
			return err
		}))
	}
	sweeps(1)
	sweeps(0)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Rosa)
	sweeps(0)
}

func TestAPhysiciansAnswerGoesBackToTheirHolderOrPrefersThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.waiting()
	h.OnDuty(t, h.Grace, h.Priya)
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("Ohio.")))
	h.stands(n, ticket.Unassigned, nobody)
	h.OnDuty(t, h.Rosa) // back before the router looked, and holding more than the others
	for range 3 {
		h.must(h.Tickets.Claim(h.ctx, h.Rosa, h.Ask(t, h.Okafor), 0))
	}
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Rosa)
	sheet, err := h.Tickets.Show(h.ctx, h.Rosa, n)
	h.must(err)
	considered := sheet.Assignment.Considered()
	if sheet.Assignment.How != "router" || len(considered) != 3 || !considered[0].Chosen || considered[0].UserID != h.Rosa.ID ||
		!strings.Contains(sheet.Assignment.Reason, "had it before") {
		t.Errorf("%+v", sheet.Assignment)
	}
}

func TestARouterTakesTopicsLoadAndDutyIntoAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa, h.Grace)
	in := cast.Question()
	in.Topic = "privacy_disclosure" // Priya's, who is not there, and Rosa's
	n := h.Send(t, h.Imani, in)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Rosa)
	n = h.Ask(t, h.Okafor) // Grace holds fewer
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Grace)
	h.must(h.Desks.EndDuty(h.ctx, h.Grace, h.Grace.ID))
	n = h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Rosa)
	h.Later(25 * time.Hour) // her duty ended by itself
	n = h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody)
}

func TestAPromiseIsKeptOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa, h.Grace)
	n := h.Ask(t, h.Imani)
	p := h.promised("ticket:assign")[0]
	h.keep(p)
	h.must(h.Tickets.Release(h.ctx, h.Elena, n, "a mistake", 0))
	h.keep(p) // the queue brings it again: nothing happens
	h.stands(n, ticket.Unassigned, nobody)
	if letters := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'assigned'`); letters != 1 {
		t.Errorf("%d letters", letters)
	}
	var wg sync.WaitGroup
	n = h.Ask(t, h.Imani)
	p = h.promised("ticket:assign")[0]
	for range 4 {
		wg.Go(func() { h.keep(p) })
	}
	wg.Wait()
	if rows := read[int](h, `SELECT count(*) FROM assignments WHERE ticket_id = ?`, h.id(n)); rows != 1 {
		t.Errorf("%d assignments", rows)
	}
}

func TestAPromiseThatFailsIsStillOpen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Ask(t, h.Imani)
	p := h.promised("ticket:assign")[0]
	broken := errors.New("no")
	err := h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		if fresh, err := outbox.Begin(tx, actor.Job(p.Kind, p.ID), h.DB.Now()); err != nil || !fresh {
			t.Errorf("fresh %v %v", fresh, err)
		}
		return broken
	})
	h.is(err, broken)
	if len(h.promised("ticket:assign")) != 1 {
		t.Error("it is gone")
	}
	h.OnDuty(t, h.Rosa)
	h.keep(p)
	if len(h.promised("ticket:assign")) != 0 {
		t.Error("it is still open")
	}
}

func TestWorkGoesToNobodyWhoIsDisabled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa, h.Grace)
	n := h.Ask(t, h.Imani)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, words("Which state?")))
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`UPDATE users SET state = 'disabled' WHERE id = ?`, h.Rosa.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, h.Tomas, h.DB.Now(), "user.disabled", audit.User(h.Rosa.ID), nil)
	}))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("Ohio.")))
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Grace)
	people, err := h.Tickets.Colleagues(h.ctx, h.Grace, h.Desk)
	h.must(err)
	if len(people) != 2 || people[0].UserID != h.Grace.ID || people[0].Held != 1 || !people[0].AtWork || people[1].AtWork {
		t.Errorf("%+v", people)
	}
}

func TestNobodyClaimsOrIsGivenOneTooMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range cast.Cap {
		h.held()
	}
	n := h.Ask(t, h.Imani)
	h.is(h.Tickets.Claim(h.ctx, h.Rosa, n, 0), fault.Conflict)
	h.is(h.Tickets.Transfer(h.ctx, h.Elena, n, h.Rosa.ID, "", 0), fault.Conflict)
	h.stands(n, ticket.Unassigned, nobody)
	h.must(h.Desks.Engage(h.ctx, cast.Operator, desk.Engagement{UserID: h.Rosa.ID, Cap: 6, Topics: cast.Rosas}))
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
}
