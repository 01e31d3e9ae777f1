package ticket_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/ticket"
)

// clock is the desk's calendar, against which what the room writes is checked.
type clock struct {
	*house
	times desk.Times
}

func newClock(t *testing.T) *clock {
	t.Helper()
	h := newHouse(t)
	times, err := h.Desks.Times(h.ctx, h.Desk)
	h.must(err)
	return &clock{h, times}
}

func (c *clock) after(from time.Time, minutes int) time.Time {
	c.t.Helper()
	at, err := c.times.Calendar.Add(from, time.Duration(minutes)*time.Minute)
	c.must(err)
	return at
}

// due fails unless the ticket is due at an instant, for a kind of reason.
func (c *clock) due(number string, at time.Time, kind string) {
	c.t.Helper()
	var got struct {
		NextDueAt time.Time
		DueKind   string
	}
	row := all[struct {
		NextDueAt time.Time
		DueKind   string
	}](c.house, `SELECT next_due_at, due_kind FROM tickets WHERE number = ?`, number)[0]
	got = row
	if !got.NextDueAt.Equal(at) || got.DueKind != kind {
		c.t.Helper()
		c.t.Errorf("due at %v (%s), want %v (%s)", got.NextDueAt.In(c.times.Zone), got.DueKind, at.In(c.times.Zone), kind)
	}
}

func (c *clock) idle(number string) {
	c.t.Helper()
	opened := read[time.Time](c.house, `SELECT opened_at FROM tickets WHERE number = ?`, number)
	c.due(number, opened.AddDate(0, 0, 90), "none")
}

func TestTheFirstPromiseRunsInBusinessTime(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	for _, from := range []time.Time{cast.Morning, cast.Morning.Add(6 * time.Hour), // 17:00
		time.Date(2026, 11, 25, 21, 0, 0, 0, time.UTC),  // 16:00 before Thanksgiving
		time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC),  // a Saturday
		time.Date(2027, 3, 12, 20, 0, 0, 0, time.UTC)} { // before the clocks change
		c.Clock(from)
		c.due(c.Ask(t, c.Imani), c.after(from, 600), "target")
		in := cast.Question()
		in.Danger = true
		c.due(c.Send(t, c.Imani, in), c.after(from, 60), "target")
	}
}

func TestAPauseStopsThePromiseAndGoesOnWithWhatWasLeft(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, n, words("Yes.")))
	c.idle(n) // met
	c.Later(time.Hour)
	asked := c.DB.Now()
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
	c.due(n, c.after(asked, 600), "target")
	c.Later(90 * time.Minute)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.idle(n)
	c.Later(4 * 24 * time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, n, 0))
	c.due(n, c.after(c.DB.Now(), 600-90), "target")
	// Once more, and it is the physician who ends it; their holder is away, the router has it.
	c.Later(30 * time.Minute)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.Later(time.Hour)
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("It is Ohio.")))
	between := c.times.Calendar.Between(asked.Add(90*time.Minute+4*24*time.Hour), asked.Add(90*time.Minute+4*24*time.Hour+30*time.Minute))
	c.due(n, c.after(c.DB.Now(), 600-90-int(between.Minutes())), "target")
	c.stands(n, ticket.Unassigned, nobody)
}

func TestGivingBackATicketThatWaitsLetsThePromiseGoOn(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.waiting()
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, n, 0))
	c.idle(n)
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
	c.Later(time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.Later(time.Hour)
	c.must(c.Tickets.Release(c.ctx, c.Rosa, n, "on leave", 0))
	c.due(n, c.after(c.DB.Now(), 540), "target")
}

func TestAnAnswerDuringAPauseMeetsThePromise(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, n, words("Yes.")))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.Later(time.Hour)
	c.must(c.Tickets.Reply(c.ctx, c.Grace, n, words("Then you write.")))
	c.Later(time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, n, 0))
	c.idle(n)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("Thank you. And now?")))
	c.due(n, c.after(c.DB.Now(), 600), "target")
}

func TestANewUrgencyCountsWhatWasUsed(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	opened := c.DB.Now()
	c.Later(2 * time.Hour)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	c.due(n, c.after(opened, 240), "target")
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Critical, "a subpoena", 0))
	c.due(n, c.DB.Now(), "target") // it would have been due an hour ago
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Critical, "", 0))
	// While it waits, a new urgency counts from when it goes on.
	n = c.held()
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, n, words("Yes.")))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
	c.Later(time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	c.idle(n)
	c.Later(time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, n, 0))
	c.due(n, c.after(c.DB.Now(), 180), "target")
}

func TestTheCallersClockCountsWhenItIsEarlier(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	in := cast.Question()
	in.HasDeadline, in.DeadlineDay, in.DeadlineTime, in.Zone = true, "11/19/2026", "11:30 AM", c.times.Zone
	n := c.Send(t, c.Imani, in)
	deadline := cast.Morning.Add(30 * time.Minute)
	c.due(n, deadline, "caller")
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Routine, "they can wait", 0))
	c.due(n, deadline, "caller")
	in = cast.Question()
	in.HasDeadline, in.DeadlineDay, in.Zone = true, "11/24/2026", c.times.Zone
	n = c.Send(t, c.Imani, in)
	end := time.Date(2026, 11, 24, 18, 0, 0, 0, c.times.Zone)
	c.due(n, c.after(cast.Morning, 60), "target")
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, n, 0))
	c.must(c.Tickets.Transfer(c.ctx, c.Rosa, n, c.Grace.ID, "leave", 0))
	c.due(n, c.after(cast.Morning, 60), "target")
	c.must(c.Tickets.Wait(c.ctx, c.Grace, n, words("Which state?")))
	c.due(n, end, "caller") // ours is met, theirs runs on
	c.must(c.Tickets.Resolve(c.ctx, c.Grace, n, ticket.Resolution{Outcome: "advice_given"}))
	c.Later(time.Hour)
	c.must(c.Tickets.Reopen(c.ctx, c.Rosa, n, "a new letter", 0))
	c.due(n, c.after(c.DB.Now(), 60), "target")
}

func TestReopeningStartsANewPromise(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.resolved()
	c.idle(n)
	c.Later(24 * time.Hour)
	c.must(c.Tickets.Reopen(c.ctx, c.Grace, n, "a new letter", 0))
	c.due(n, c.after(c.DB.Now(), 600), "target")
	// One that was resolved while its promise ran does not take it up again.
	c.Later(time.Hour)
	c.must(c.Tickets.Resolve(c.ctx, c.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
	c.idle(n)
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("I did not withdraw it.")))
	c.due(n, c.after(c.DB.Now(), 600), "target")
	if running := read[int](c.house, `SELECT count(*) FROM targets WHERE ended_at IS NULL AND met_at IS NULL`); running != 1 {
		t.Errorf("%d promises run", running)
	}
}

func TestACallOnWhichWeAdvisedMeetsThePromise(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	leg := func(n, outcome, advice string) {
		_, err := c.calls.Log(c.ctx, c.Rosa, call.Note{Key: uuid.NewString(), Number: n, Direction: "out", Outcome: outcome, Narrative: "Called.", Advice: advice, StartedAt: c.DB.Now(), EndedAt: c.DB.Now()})
		c.must(err)
	}
	n := c.held()
	leg(n, "voicemail", "")
	leg(n, "answered", "")
	c.due(n, c.after(cast.Morning, 600), "target")
	leg(n, "answered", "Write to her.")
	c.idle(n)
}

func TestAMissedPromiseIsToldOnceToItsHolderOrTheManagers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other := h.Person(t, "Ines Faber", "manager")
	held, loose, answered, waits, done := h.held(), h.Ask(t, h.Imani), h.held(), h.waiting(), h.resolved()
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, answered, words("Yes.")))
	h.Clock(cast.Morning.Add(24 * time.Hour)) // ten hours of the desk later, to the minute
	_, err := h.Tickets.FindDue(h.ctx)
	h.must(err)
	if n := len(h.promised("ticket:overdue")); n != 0 {
		t.Fatalf("%d told before their time", n)
	}
	h.Later(time.Second)
	for range 3 {
		_, err := h.Tickets.FindDue(h.ctx)
		h.must(err)
	}
	promised := h.promised("ticket:overdue")
	if len(promised) != 2 {
		t.Fatalf("%d promises", len(promised))
	}
	for _, p := range promised {
		h.keep(p)
		h.keep(p) // the queue may bring it twice
	}
	letters := func(n string) []int64 {
		return all[int64](h, `SELECT recipient_id FROM letters WHERE kind = 'overdue' AND subject_id = ? ORDER BY recipient_id`, h.id(n))
	}
	if got := letters(held); len(got) != 1 || got[0] != h.Rosa.ID {
		t.Errorf("the holder's: %v", got)
	}
	if got := letters(loose); len(got) != 2 || got[0] != h.Elena.ID || got[1] != other.ID {
		t.Errorf("the managers': %v", got)
	}
	for _, n := range []string{answered, waits, done} {
		if got := letters(n); len(got) != 0 {
			t.Errorf("%s was told to %v", n, got)
		}
	}
	// A pause does not make news of what is known; a promise that began anew does.
	h.must(h.Tickets.SetUrgency(h.ctx, h.Rosa, held, ticket.Urgent, "a complaint", 0))
	h.Later(time.Hour)
	_, err = h.Tickets.FindDue(h.ctx)
	h.must(err)
	if n := len(h.promised("ticket:overdue")); n != 0 {
		t.Errorf("told again: %d", n)
	}
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, held, words("Yes.")))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, held, words("And now?")))
	h.Later(7 * 24 * time.Hour)
	_, err = h.Tickets.FindDue(h.ctx)
	h.must(err)
	if n := len(h.promised("ticket:overdue")); n != 1 {
		t.Errorf("the new promise: %d", n)
	}
	h.keepPromises()
	if got := letters(held); len(got) != 1 {
		t.Errorf("told after the close of a half holiday: %v", got)
	}
	h.Clock(time.Date(2026, 11, 30, 13, 0, 0, 0, time.UTC)) // Monday, at eight
	h.keepPromises()
	if got := letters(held); len(got) != 2 {
		t.Errorf("%v", got)
	}
	h.whole()
}

func TestAMissedPromiseThatWasKeptMeanwhileIsNotTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	h.Later(48 * time.Hour)
	_, err := h.Tickets.FindDue(h.ctx)
	h.must(err)
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, n, words("Yes.")))
	h.keepPromises()
	if told := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'overdue'`); told != 0 {
		t.Errorf("%d letters", told)
	}
}
