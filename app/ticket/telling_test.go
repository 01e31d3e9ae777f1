package ticket_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/ticket"
)

// ticks lets the clock look and everything that is due happen.
func (h *house) ticks() {
	h.t.Helper()
	_, err := h.Tickets.FindDue(h.ctx)
	h.must(err)
	h.keepPromises()
}

// told fails unless exactly these got a letter of a kind about a ticket.
func (h *house) told(kind, number string, who ...actor.Actor) {
	h.t.Helper()
	var want []int64
	for _, by := range who {
		want = append(want, by.ID)
	}
	if got := all[int64](h, `SELECT recipient_id FROM letters WHERE kind = ? AND subject_id = ? ORDER BY id`, kind, h.id(number)); !reflect.DeepEqual(got, want) {
		h.t.Errorf("%s of %s at %s went to %v, want %v", kind, number, h.DB.Now(), got, want)
	}
}

// at is an instant of November 2026 on the desk's wall.
func (c *clock) at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, c.times.Zone)
}

// looks lets the clock look at an instant, and a second after, as a tick may fall.
func (c *clock) looks(at time.Time) {
	c.t.Helper()
	c.Clock(at)
	c.ticks()
	c.Later(time.Second)
	c.ticks()
}

func TestAPromiseIsWarnedOfOnceWhenAQuarterIsLeft(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	held, loose, met := c.held(), c.Ask(t, c.Imani), c.held()
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, met, words("Yes.")))
	c.Clock(c.at(20, 8, 30)) // of ten hours, two and a half are left
	c.ticks()
	c.told("due_soon", held)
	c.Later(time.Second)
	for range 3 {
		c.ticks()
	}
	c.told("due_soon", held, c.Rosa)
	c.told("due_soon", loose, c.Elena)
	c.told("due_soon", met)
	if got := c.actions(held); got[len(got)-1] != "ticket.due_soon" {
		t.Error(got)
	}
	// A pause does not bring it again; a promise that gets longer does, when its time comes.
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, held, words("Yes.")))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, held, words("And?")))
	c.looks(c.after(c.DB.Now(), 451))
	c.told("due_soon", held, c.Rosa, c.Rosa)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, held, ticket.Words{}))
	c.Later(72 * time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, held, 0))
	c.looks(c.after(c.DB.Now(), 20))
	c.told("due_soon", held, c.Rosa, c.Rosa)
	c.whole()
}

func TestWhatIsMissedBeforeItWasWarnedOfIsToldAsMissed(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	c.looks(c.at(20, 11, 30)) // no clock ran for a day
	c.told("due_soon", n)
	c.told("overdue", n, c.Rosa)
}

func TestADeadlineAtTheCloseIsToldTheNextMorningAndACriticalOneAtOnce(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.Clock(c.at(19, 8, 0))
	routine, answered := c.held(), c.held()
	c.due(routine, c.at(19, 18, 0), "target")
	c.Clock(c.at(19, 17, 0))
	in := cast.Question()
	in.Danger = true
	critical := c.Send(t, c.Imani, in)
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, critical, 0))
	c.due(critical, c.at(19, 18, 0), "target")
	c.looks(c.at(19, 18, 0))
	c.told("overdue", critical, c.Rosa)
	c.told("overdue", routine)
	c.Clock(c.at(19, 22, 0))
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, answered, words("Yes."))) // it is looked at again in the morning
	c.looks(c.at(20, 7, 59))
	c.told("overdue", routine)
	c.looks(c.at(20, 8, 0))
	c.told("overdue", routine, c.Rosa)
	c.told("overdue", answered)
	c.told("overdue", critical, c.Rosa)
	// Nobody moved for a quarter of an hour: a manager learns of the critical one in the
	// night, of the other after two hours of the desk.
	c.told("escalated", critical, c.Elena)
	c.looks(c.at(20, 9, 59))
	c.told("escalated", routine)
	c.looks(c.at(20, 10, 0))
	c.told("escalated", routine, c.Elena)
	c.looks(c.at(23, 12, 0))
	c.told("escalated", routine, c.Elena)
	c.told("overdue", routine, c.Rosa)
	c.whole()
}

func TestAManagerIsToldInTheNightOfACriticalTicketNobodyMoves(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.Clock(c.at(20, 17, 0)) // Friday
	in := cast.Question()
	in.Danger = true
	n := c.Send(t, c.Imani, in)
	c.looks(c.at(20, 18, 0))
	c.told("overdue", n, c.Elena)
	c.looks(c.at(20, 18, 14))
	c.told("escalated", n)
	c.looks(c.at(20, 18, 15))
	c.told("escalated", n, c.Elena)
}

func TestAManagerIsSparedAsLongAsSomebodyMoves(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n, moved := c.held(), c.held()
	c.looks(c.at(20, 11, 0))
	c.told("overdue", n, c.Rosa)
	c.Clock(c.at(20, 12, 0))
	c.must(c.Tickets.Note(c.ctx, c.Rosa, n, words("I am on it.")))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, moved, words("Are you there?"))) // that is not us
	c.looks(c.at(20, 13, 0))
	c.told("escalated", n)
	c.told("escalated", moved, c.Elena)
	c.Clock(c.at(20, 13, 30))
	c.must(c.Tickets.Transfer(c.ctx, c.Rosa, n, c.Grace.ID, "she knows it", 0))
	c.looks(c.at(20, 14, 0))
	c.told("escalated", n)
	c.looks(c.at(20, 15, 29))
	c.told("escalated", n)
	c.looks(c.at(20, 15, 30)) // two hours after the last of it
	c.told("escalated", n, c.Elena)
	c.looks(c.at(24, 12, 0))
	c.told("escalated", n, c.Elena)
	c.told("overdue", n, c.Rosa)
	// Answered in time, there is nothing to say.
	met := c.held()
	c.looks(c.after(c.DB.Now(), 601))
	c.told("overdue", met, c.Rosa)
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, met, words("Yes.")))
	c.looks(c.after(c.DB.Now(), 600))
	c.told("escalated", met)
	c.whole()
}

func TestWordComesInsideTheHoldersOwnHours(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	var week []desk.Shift
	for day := time.Monday; day <= time.Thursday; day++ {
		week = append(week, desk.Shift{Weekday: day, Starts: 13 * 60, Ends: 18 * 60})
	}
	c.must(c.Desks.SetShifts(c.ctx, c.Elena, c.Rosa.ID, week))
	n := c.held()
	in := cast.Question()
	in.Danger = true
	critical := c.Send(t, c.Imani, in)
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, critical, 0))
	c.looks(c.at(19, 12, 0))
	c.told("overdue", critical, c.Rosa)
	c.looks(c.at(20, 11, 0)) // a Friday
	c.told("overdue", n)
	c.looks(c.at(23, 12, 59))
	c.told("overdue", n)
	c.told("escalated", n, c.Elena) // the managers do not wait for Rosa's Monday
	c.looks(c.at(23, 13, 0))
	c.told("overdue", n, c.Rosa)
	c.told("due_soon", n)
}

func TestWhileTheHolderIsAwayTheirDeputyIsToldElseTheManagers(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n, kept, graces := c.held(), c.held(), c.Ask(t, c.Imani)
	c.must(c.Tickets.Claim(c.ctx, c.Grace, graces, 0))
	c.restrict(kept, c.Rosa, c.Elena)
	away := func(by actor.Actor, deputy int64) {
		c.must(c.DB.Write(c.ctx, func(tx *gorm.DB) error {
			_, err := desk.PlanAbsence(tx, c.Elena, desk.NewAbsence{UserID: by.ID, From: c.at(20, 8, 0), Until: c.at(27, 8, 0), DeputyID: deputy}, c.DB.Now())
			return err
		}))
	}
	away(c.Rosa, c.Priya.ID)
	away(c.Grace, 0)
	c.looks(c.at(20, 11, 0))
	c.told("overdue", n, c.Priya)
	c.told("overdue", graces, c.Elena)
	c.told("overdue", kept, c.Elena) // her deputy is not among those who may see it
	c.whole()
}

func TestOfManyClocksOneTakesUpWhatIsDue(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	for range 20 {
		c.Ask(t, c.Imani)
	}
	c.Clock(c.at(20, 14, 0))
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := c.Tickets.FindDue(c.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, kind := range []string{"ticket:warn", "ticket:overdue", "ticket:escalate"} {
		if n := read[int](c.house, `SELECT count(DISTINCT args->>'target_id') FROM outbox WHERE kind = ?`, kind); n != 20 || len(c.promised(kind)) != 20 {
			t.Errorf("%s: %d promises for %d targets", kind, len(c.promised(kind)), n)
		}
	}
	c.keepPromises()
	for kind, want := range map[string]int{"due_soon": 0, "overdue": 20, "escalated": 20} {
		if n := read[int](c.house, `SELECT count(*) FROM letters WHERE kind = ?`, kind); n != want {
			t.Errorf("%d letters %s", n, kind)
		}
	}
}

// afternoons lets Rosa be there in the afternoons only.
func (c *clock) afternoons() {
	c.t.Helper()
	var week []desk.Shift
	for day := time.Monday; day <= time.Friday; day++ {
		week = append(week, desk.Shift{Weekday: day, Starts: 13 * 60, Ends: 18 * 60})
	}
	c.must(c.Desks.SetShifts(c.ctx, c.Elena, c.Rosa.ID, week))
}

func TestWordThatWaitsIsNotLostWhenItsPromiseGoesOnLate(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.afternoons()
	urgent, resumed, paused, longer, met := c.held(), c.held(), c.held(), c.held(), c.held()
	for _, n := range []string{resumed, paused} { // a pause stops the next answer
		c.must(c.Tickets.Reply(c.ctx, c.Rosa, n, words("Yes.")))
		c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And?")))
	}
	c.looks(c.at(20, 11, 0))
	c.told("overdue", urgent)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Elena, urgent, ticket.Urgent, "a complaint", 0))
	for _, n := range []string{resumed, paused} {
		c.must(c.Tickets.Wait(c.ctx, c.Elena, n, ticket.Words{}))
	}
	c.must(c.Tickets.Reply(c.ctx, c.Elena, met, words("Yes.")))
	c.Later(time.Minute)
	c.must(c.Tickets.Resume(c.ctx, c.Elena, resumed, 0))
	for _, n := range []string{urgent, resumed} {
		if r := c.last(n, false); r.EndedAt != nil || r.Began == "opened" || r.ToldAt == nil {
			t.Errorf("%+v", c.rows(n))
		}
	}
	for range 3 {
		c.looks(c.at(20, 13, 0))
	}
	c.told("overdue", urgent, c.Rosa)
	c.told("overdue", resumed, c.Rosa)
	c.told("overdue", longer, c.Rosa)
	c.told("overdue", paused)
	c.told("overdue", met)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, paused, 0)) // the word's hour came while it was paused
	c.looks(c.at(20, 13, 30))
	c.told("overdue", paused, c.Rosa)
	c.looks(c.at(20, 14, 0))
	for _, n := range []string{urgent, resumed, paused, longer} {
		c.told("overdue", n, c.Rosa)
	}
	c.whole()
}

func TestWordToTheManagersIsNotLostWhenThePromiseGoesOnLate(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	c.looks(c.at(20, 11, 0))
	c.Clock(c.at(20, 12, 0))
	c.must(c.Tickets.Note(c.ctx, c.Rosa, n, words("I am on it.")))
	c.looks(c.at(20, 13, 0)) // somebody moved: it waits
	c.told("escalated", n)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	if r := c.last(n, false); r.Escalated == nil {
		t.Errorf("%+v", r)
	}
	c.looks(c.at(20, 17, 0))
	c.told("escalated", n, c.Elena)
	c.looks(c.at(23, 17, 0))
	c.told("escalated", n, c.Elena)
	c.told("overdue", n, c.Rosa)
	c.whole()
}

func TestWordOfATicketWhoseHolderIsNoLongerOfTheDeskGoesToTheManagers(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	in := cast.Question()
	in.Danger = true
	critical := c.Send(t, c.Imani, in)
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, critical, 0))
	c.must(account.New(c.DB, account.Options{}).Disable(c.ctx, cast.Operator, c.Rosa.ID))
	c.looks(c.at(19, 12, 0))
	c.told("overdue", critical, c.Elena)
	c.looks(c.at(20, 11, 0))
	c.told("overdue", n, c.Elena)
	c.whole()
}
