package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// chase is the clock's tick that looks for what was not taken up, and what follows.
func (h *house) chase(want int) {
	h.t.Helper()
	n, err := h.Tickets.FindUnaccepted(h.ctx)
	h.must(err)
	if n != want {
		h.t.Fatalf("%d were not taken up, want %d", n, want)
	}
	h.keepPromises()
}

// given is a question that the router gave to somebody.
func (h *house) given() (number string, holder int64) {
	h.t.Helper()
	number = h.Ask(h.t, h.Imani)
	h.keepPromises()
	if holder = h.holder(number); holder == 0 {
		h.t.Fatal("nobody was given it")
	}
	return number, holder
}

func (h *house) toManagers(kind string) int {
	h.t.Helper()
	return read[int](h, `SELECT count(*) FROM letters WHERE kind = ? AND recipient_id = ?`, kind, h.Elena.ID)
}

func TestWhatIsNotTakenUpInItsTimeGoesToTheNextAndTheManagerLearnsAtTheThird(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fourth := h.Consultant(t, "Cleo Four", h.Desk)
	h.OnDuty(t, h.Rosa, h.Grace, h.Priya, fourth)
	in := cast.Question()
	in.Danger = true // ten minutes
	n := h.Send(t, h.Imani, in)
	h.keepPromises()
	had := []int64{h.holder(n)}
	h.Later(10 * time.Minute)
	h.chase(0) // to the minute it is still in time
	for i := range 3 {
		h.Later(time.Second)
		h.chase(1)
		h.chase(0)
		now := h.holder(n)
		if slices.Contains(had, now) {
			t.Fatalf("offered to %d again, after %v", now, had)
		}
		had = append(had, now)
		if told, want := h.toManagers("unaccepted"), i/2; told != want {
			t.Errorf("after %d times the manager was told %d times, want %d", i+1, told, want)
		}
		h.Later(10 * time.Minute)
	}
	// The last of them has it, and nobody is left.
	h.Later(time.Second)
	h.chase(1)
	if h.holder(n) != had[3] || h.toManagers("unaccepted") != 2 {
		t.Errorf("%d has it, managers told %d times", h.holder(n), h.toManagers("unaccepted"))
	}
	h.Later(24 * time.Hour)
	h.chase(0)
	if lapsed := read[int](h, `SELECT count(*) FROM assignments WHERE lapsed`); lapsed != 3 {
		t.Errorf("%d lapsed", lapsed)
	}
	h.whole()
}

func TestAnythingTheHolderDoesTakesItUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	for name, do := range map[string]func(n string) error{
		"accepting": func(n string) error { return h.Tickets.Accept(h.ctx, h.Rosa, n) },
		"a note":    func(n string) error { return h.Tickets.Note(h.ctx, h.Rosa, n, words("Called the office.")) },
		"a message": func(n string) error { return h.Tickets.Reply(h.ctx, h.Rosa, n, words("Which state?")) },
		"an end": func(n string) error {
			return h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "withdrawn"})
		},
	} {
		n, _ := h.given()
		h.must(do(n))
		h.must(do2(do(n)))
		if rows := read[int](h, `SELECT count(*) FROM record WHERE action = 'ticket.accepted' AND subject_id = ?`, h.id(n)); rows != 1 {
			t.Errorf("%s: taken up %d times", name, rows)
		}
		h.Later(5 * time.Minute)
		if h.status(n) != ticket.Resolved {
			h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "withdrawn"}))
		}
	}
	// What others do does not.
	n, _ := h.given()
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, words("I know this one.")))
	h.must(h.Tickets.Note(h.ctx, h.Elena, n, words("Hurry.")))
	h.is(h.Tickets.Accept(h.ctx, h.Grace, n), fault.Conflict)
	h.Later(5 * time.Hour)
	h.OnDuty(t, h.Grace)
	h.chase(1)
	h.stands(n, ticket.Assigned, h.Grace)
	h.is(h.Tickets.Accept(h.ctx, h.Rosa, n), fault.Conflict)
	h.whole()
}

// do2 lets a second time be refused as a double click may be.
func do2(err error) error {
	if errors.Is(err, fault.Conflict) || errors.Is(err, fault.Unacceptable) {
		return nil
	}
	return err
}

func TestAcceptingAndOfferingOnAtOnceIsOneOrTheOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	for range 8 {
		n, _ := h.given()
		h.OnDuty(t, h.Grace)
		h.Later(5 * time.Hour)
		if _, err := h.Tickets.FindUnaccepted(h.ctx); err != nil {
			t.Fatal(err)
		}
		p := h.promised("ticket:unaccepted")
		var wg sync.WaitGroup
		var accepting error
		wg.Go(func() { accepting = h.Tickets.Accept(h.ctx, h.Rosa, n) })
		wg.Go(func() { h.keep(p[0]) })
		wg.Wait()
		switch holder := h.holder(n); {
		case accepting == nil && holder == h.Rosa.ID:
		case errors.Is(accepting, fault.Conflict) && holder == h.Grace.ID:
		default:
			t.Fatalf("%v, and %d has it", accepting, holder)
		}
		h.must(h.Tickets.Resolve(h.ctx, h.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
		h.must(h.Desks.EndDuty(h.ctx, h.Grace, h.Grace.ID))
		h.Clock(cast.Morning.Add(time.Duration(h.DB.Now().Sub(cast.Morning)) - 5*time.Hour))
		h.OnDuty(t, h.Rosa)
		h.keepPromises()
	}
	h.whole()
}

func TestWithNobodyElseItStaysAndTheManagersLearnInTheDesksHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	h.Clock(cast.Morning.Add(4 * time.Hour)) // 3 in the afternoon; four business hours end tomorrow at 9
	n, _ := h.given()
	h.Later(3*time.Hour + time.Minute)
	h.chase(0)
	h.Clock(cast.Morning.Add(22*time.Hour + time.Minute))
	h.chase(1)
	h.stands(n, ticket.Assigned, h.Rosa)
	if h.toManagers("unaccepted") != 1 {
		t.Error("the manager was not told")
	}
	// One that is due to be taken up as the desk closes.
	h.Clock(cast.Morning.Add(24*time.Hour + 3*time.Hour)) // Friday, 2 in the afternoon
	h.OnDuty(t, h.Rosa)
	n, _ = h.given()
	h.Later(4*time.Hour + time.Second) // the desk has closed for the weekend
	if found, err := h.Tickets.FindUnaccepted(h.ctx); err != nil || found != 1 {
		t.Fatal(found, err)
	}
	h.keep(h.promised("ticket:unaccepted")[0])
	if h.toManagers("unaccepted") != 1 {
		t.Error("the manager was told in the evening")
	}
	later := all[time.Time](h, `SELECT run_at FROM outbox WHERE kind = 'ticket:unaccepted' AND done_at IS NULL`)
	if monday := time.Date(2026, 11, 23, 13, 15, 0, 0, time.UTC); len(later) != 1 || !later[0].Equal(monday) {
		t.Errorf("looked at again at %v, want %v", later, monday)
	}
	h.stands(n, ticket.Assigned, h.Rosa)
}

func TestALearnerIsGivenATopicOnlyWithSomebodyWhoReadsAlong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	learns := func(by actor.Actor) {
		h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: by.ID, Cap: 5, Skills: []desk.Skill{{Topic: "discharge", Level: "training"}}}))
	}
	learns(h.Priya)
	h.OnDuty(t, h.Priya)
	n := h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody) // nobody could read along
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Grace, 0)))
	h.OnDuty(t, h.Grace) // full, but she can read
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Priya)
	if told := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'reading' AND recipient_id = ?`, h.Grace.ID); told != 1 {
		t.Errorf("Grace was told %d times", told)
	}
	err := h.Tickets.Reply(h.ctx, h.Priya, n, words("Yes, with thirty days."))
	h.is(err, fault.Unacceptable)
	if !strings.Contains(fault.Sentence(err), "Grace Oduya reads along") {
		t.Error(fault.Sentence(err))
	}
	h.is(h.Tickets.Resolve(h.ctx, h.Priya, n, ticket.Resolution{Outcome: "advice_given", Answer: words("Yes.")}), fault.Unacceptable)
	h.must(h.Tickets.Note(h.ctx, h.Priya, n, words("Yes, with thirty days.")))
	h.is(h.Tickets.Read(h.ctx, h.Priya, n, 0), fault.Forbidden)
	other := h.Consultant(t, "Ole Other", h.Desk)
	learns(other)
	h.is(h.Tickets.Read(h.ctx, other, n, 0), fault.Forbidden)
	h.is(h.Tickets.Read(h.ctx, h.Imani, n, 0), fault.Forbidden)
	h.must(h.Tickets.Read(h.ctx, h.Grace, n, 0))
	h.must(h.Tickets.Read(h.ctx, h.Elena, n, 0)) // a second time changes nothing
	h.must(h.Tickets.Reply(h.ctx, h.Priya, n, words("Yes, with thirty days.")))
	h.is(h.Tickets.Reply(h.ctx, h.Priya, n, words("And one more thing.")), fault.Unacceptable) // each is read
	h.must(h.Tickets.Reply(h.ctx, h.Grace, n, words("And one more thing.")))
	if rows := read[int](h, `SELECT count(*) FROM record WHERE action = 'ticket.read_along'`); rows != 1 {
		t.Errorf("%d entries", rows)
	}
	h.whole()
}

func TestNobodyIsEverGivenThePhysicianTheyMustNotHave(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil))
	h.OnDuty(t, h.Rosa)
	n := h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody)
	h.is(h.Tickets.Claim(h.ctx, h.Rosa, n, 0), fault.Conflict)
	h.is(h.Tickets.Transfer(h.ctx, h.Elena, n, h.Rosa.ID, "she is here", 0), fault.Conflict)
	h.stands(n, ticket.Unassigned, nobody)
	// Other physicians' tickets come past the one she may not have.
	other := h.Ask(t, h.Okafor)
	h.keepPromises()
	h.stands(other, ticket.Assigned, h.Rosa)
	h.OnDuty(t, h.Grace)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Grace)
	h.must(h.Desks.EndDuty(h.ctx, h.Grace, h.Grace.ID))
	sheet, err := h.Tickets.Show(h.ctx, h.Grace, n)
	h.must(err)
	for _, one := range sheet.Assignment.Considered() {
		if one.UserID == h.Rosa.ID && (!one.Out || one.Chosen) {
			t.Errorf("%+v", one)
		}
	}
}

func TestWhatNobodyHereMayHaveKeepsNothingElseWaiting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil))
	for range 55 { // more than a sweep decides on together
		h.Ask(t, h.Imani)
	}
	h.Later(time.Minute)
	last := h.Ask(t, h.Okafor)
	h.keepPromises()
	h.OnDuty(t, h.Rosa)
	h.keepPromises()
	h.stands(last, ticket.Assigned, h.Rosa)
}

func TestACriticalTicketCountsMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Rosa, 3)))
	ask := func(danger bool) string {
		in := cast.Question()
		in.Danger = danger
		return h.Send(t, h.Imani, in)
	}
	first := ask(true)
	second := ask(true)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, first, 0))
	err := h.Tickets.Claim(h.ctx, h.Rosa, second, 0) // two of three are taken, and it counts two
	h.is(err, fault.Conflict)
	if !strings.Contains(fault.Sentence(err), "counts 2") {
		t.Error(fault.Sentence(err))
	}
	routine := ask(false)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, routine, 0))
	if n, err := h.Tickets.Load(h.ctx, h.Elena, h.Rosa.ID); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	standing, err := h.Tickets.Counts(h.ctx, h.Rosa, 0)
	h.must(err)
	if standing.Held != 3 {
		t.Errorf("%+v", standing)
	}
	h.is(h.Tickets.Claim(h.ctx, h.Rosa, ask(false), 0), fault.Conflict)
}

func TestALearnerWhoTakesATicketByHandIsReadToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Priya.ID, Cap: 5, Skills: []desk.Skill{{Topic: "discharge", Level: "training"}}}))
	n := h.Ask(t, h.Imani)
	h.is(h.Tickets.Claim(h.ctx, h.Priya, n, 0), fault.Conflict) // nobody could read along
	h.is(h.Tickets.Transfer(h.ctx, h.Elena, n, h.Priya.ID, "try it", 0), fault.Conflict)
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Grace.ID, &h.ImaniID, nil))
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Grace, 0)))
	h.OnDuty(t, h.Grace) // who must not read it either
	h.is(h.Tickets.Claim(h.ctx, h.Priya, n, 0), fault.Conflict)
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Rosa, 0)))
	h.OnDuty(t, h.Rosa)
	h.must(h.Tickets.Claim(h.ctx, h.Priya, n, 0))
	h.is(h.Tickets.Reply(h.ctx, h.Priya, n, words("Yes.")), fault.Unacceptable)
	h.is(h.Tickets.Read(h.ctx, h.Grace, n, 0), fault.Forbidden)
	h.must(h.Tickets.Read(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Reply(h.ctx, h.Priya, n, words("Yes.")))
}

func TestACallTakesItUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa, h.Grace)
	n, holder := h.given()
	by := h.Rosa
	if holder == h.Grace.ID {
		by = h.Grace
	}
	_, err := h.calls.Log(h.ctx, by, call.Note{Key: keyFor(7), Number: n, Direction: "out", Outcome: "answered", Narrative: "Talked it through.",
		Advice: "Thirty days, in writing.", StartedAt: h.DB.Now().Add(-9 * time.Minute), EndedAt: h.DB.Now()})
	h.must(err)
	h.Later(6 * time.Hour)
	h.chase(0)
	h.stands(n, ticket.Assigned, by)
}

func TestARestrictedTicketIsGivenToWhomItNamesOrNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.Ask(t, h.Imani)
	h.restrict(n, h.Grace, h.Elena)
	h.OnDuty(t, h.Rosa)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody)
	h.is(h.Tickets.Transfer(h.ctx, h.Elena, n, h.Rosa.ID, "she is here", 0), fault.Conflict)
	h.OnDuty(t, h.Grace)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Grace)
}
