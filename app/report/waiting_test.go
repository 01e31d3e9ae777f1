package report

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
)

func (h *house) waiting() *Waiting {
	h.Helper()
	w, err := h.Waiting(h.ctx, h.manager, 0)
	h.must(err)
	return w
}

// waits lists the numbers behind a cell, all pages of it, and holds its head against
// them.
func (h *house) waits(in WaitingSelection) []string {
	h.Helper()
	numbers := []string{}
	for {
		page, err := h.WaitingTickets(h.ctx, h.manager, in)
		h.must(err)
		for _, t := range page.Lines {
			numbers = append(numbers, t.Number)
			edge := t.Key()
			in.After = &edge
		}
		if !page.More {
			if len(numbers) != page.Count {
				h.Errorf("%+v: %d listed under a head that says %d", in, len(numbers), page.Count)
			}
			return numbers
		}
	}
}

// cells compares each number of the page with its list.
func (h *house) cells(w *Waiting) (seen int) {
	h.Helper()
	for _, what := range Whats {
		for _, urgency := range []string{AnyUrgency, "critical", "urgent", "routine"} {
			for wait := AnyWait; wait < len(Waits); wait++ {
				in := WaitingSelection{What: what, Urgency: urgency}
				if wait != AnyWait {
					in.Wait = Waits[wait].Key
				}
				n := w.Queues[what].Count(urgency, wait)
				if got := len(h.waits(in)); got != n {
					h.Errorf("%s %q %q: the page says %d, the list has %d", what, urgency, in.Wait, n, got)
				}
				if n > 0 {
					seen++
				}
			}
		}
	}
	return seen
}

// given puts a ticket into somebody's hands as the router does.
func (h *house) given(number string, to actor.Actor) {
	h.Helper()
	h.claim(to, number)
	_, err := h.db.Pool().Exec(h.ctx, `UPDATE assignments SET how = 'router', accept_by = from_at + interval '1 hour'
		WHERE until_at IS NULL AND ticket_id = (SELECT id FROM tickets WHERE number = $1)`, number)
	h.must(err)
}

func TestEveryNumberOfTheQueuesIsItsList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-16 09:00")
	h.asked("discharge", "")
	answered := h.claimed(h.daniel, "online_reviews")
	h.at("2026-11-18 13:00")
	h.reply(h.daniel, answered)
	h.asked("discharge", "2026-11-25")
	for range PerPage + 1 {
		h.asked("misinformation", "")
	}
	h.at("2026-11-19 11:00")
	h.asked("privacy_disclosure", "2026-11-20")
	h.claimed(h.rosa, "discharge")
	h.at("2026-11-19 13:10")
	h.given(h.asked("online_reviews", "2026-11-20"), h.rosa)
	h.given(h.asked("discharge", ""), h.daniel)
	paused := h.claimed(h.rosa, "discharge")
	h.wait(h.rosa, paused)
	h.at("2026-11-19 14:00")
	w := h.waiting()
	if seen := h.cells(w); seen < 20 {
		t.Errorf("only %d numbers are not nought", seen)
	}
	for what, want := range map[What]int{ForSomebody: PerPage + 4, ToBeTaken: 2, ForAnswer: 3} {
		if n := w.Queues[what].Count(AnyUrgency, AnyWait); n != want {
			t.Errorf("%s: %d, want %d", what, n, want)
		}
	}
}

func TestAnAgeBeginsWhereTheOneBeforeItEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	opened := h.at("2026-11-19 09:00")
	h.asked("discharge", "")
	for age, want := range map[time.Duration]int{
		0: 0, 15*time.Minute - time.Microsecond: 0, 15 * time.Minute: 1, time.Hour - time.Microsecond: 1, time.Hour: 2,
		4*time.Hour - time.Microsecond: 2, 4 * time.Hour: 3, 24*time.Hour - time.Microsecond: 3, 24 * time.Hour: 4, 9000 * time.Hour: 4,
	} {
		h.db.Freeze(opened.Add(age))
		w := h.waiting()
		for i := range Waits {
			if n := w.Queues[ForSomebody].Count("routine", i); n != map[bool]int{true: 1}[i == want] {
				t.Errorf("at %s there are %d of %s", age, n, Waits[i].Key)
			}
		}
		if got := h.waits(WaitingSelection{What: ForSomebody, Wait: Waits[want].Key}); len(got) != 1 {
			t.Errorf("at %s the list of %s has %v", age, Waits[want].Key, got)
		}
	}
}

func TestATicketThatCameBackWaitsSinceThen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-10 09:00")
	back := h.claimed(h.rosa, "discharge")
	again := h.claimed(h.rosa, "discharge")
	h.resolve(h.rosa, again)
	since := h.at("2026-11-19 10:00")
	h.must(h.tickets.Release(h.ctx, h.rosa, back, "She knows me.", 0))
	h.must(h.tickets.Reopen(h.ctx, h.manager, again, "They asked again.", 0))
	h.at("2026-11-19 10:10")
	w := h.waiting()
	if n := w.Queues[ForSomebody].Count(AnyUrgency, 0); n != 2 {
		t.Errorf("%d wait for less than a quarter of an hour, want both", n)
	}
	if got := w.Queues[ForSomebody].Oldest(AnyUrgency); !got.Equal(since) {
		t.Errorf("the oldest waits since %s", got)
	}
	if got := h.waits(WaitingSelection{What: ForSomebody, Wait: "15m"}); !slices.Equal(got, []string{back, again}) {
		t.Errorf("listed %v", got)
	}
}

func TestARestrictedTicketIsOnlyCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-19 10:00")
	secret, named := h.asked("misinformation", "2026-11-20"), h.asked("discharge", "")
	h.restrict(secret)
	h.restrict(named)
	_, err := h.db.Pool().Exec(h.ctx, `INSERT INTO ticket_named SELECT t.id, u FROM tickets t, unnest($1::bigint[]) u WHERE t.number = $2`, []int64{h.manager.ID, h.rosa.ID}, named)
	h.must(err)
	w := h.waiting()
	idle := w.Queues[ForSomebody]
	if n := idle.Count(AnyUrgency, AnyWait); n != 1 || idle.Hidden != 1 || idle.Count("critical", AnyWait) != 0 {
		t.Errorf("%d counted and %d hidden", n, idle.Hidden)
	}
	if len(w.Topics) != 1 || w.Topics[0].Code != "discharge" {
		t.Errorf("topics %v", w.Topics)
	}
	page, err := h.WaitingTickets(h.ctx, h.manager, WaitingSelection{What: ForSomebody})
	h.must(err)
	if page.Hidden != 1 || len(page.Lines) != 1 || page.Lines[0].Number != named {
		t.Errorf("listed %+v, hidden %d", page.Lines, page.Hidden)
	}
	h.must(h.tickets.Transfer(h.ctx, h.manager, named, h.rosa.ID, "She knows it.", 0))
	if said := h.waiting().Finding(); said != "Nobody waits but one restricted ticket. Nobody is at work." {
		t.Errorf("said %q", said)
	}
}

func TestAnotherDeskIsNotSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, err := h.desks.Add(h.ctx, operator, desk.NewDesk{Name: "West", Zone: "America/Los_Angeles", Minutes: desk.DefaultMinutes,
		Week: [7][]calendar.Segment{time.Monday: {{Opens: 480, Closes: 1080}}}})
	h.must(err)
	otto, err := h.accounts.Add(h.ctx, operator, account.NewPerson{Email: "otto@example.org", Name: "Otto Lind", Role: actor.Consultant, Desks: []int64{other.ID}})
	h.must(err)
	h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: otto.ID, Cap: 9, Topics: []string{"discharge"}}))
	h.asked("discharge", "")
	mine := h.manager
	mine.Desks = []int64{h.desk, other.ID}
	west, err := h.Waiting(h.ctx, mine, other.ID)
	h.must(err)
	if n := west.Queues[ForSomebody].Count(AnyUrgency, AnyWait); n != 0 || len(west.People) != 1 || west.People[0].Name != "Otto Lind" {
		t.Errorf("in the west %d wait for %v", n, west.People)
	}
	if here, err := h.Waiting(h.ctx, mine, 0); err != nil || here.Desk != h.desk || here.Queues[ForSomebody].Count(AnyUrgency, AnyWait) != 1 || len(here.People) != 2 {
		t.Errorf("here %+v, %v", here, err)
	}
	for name, by := range map[string]actor.Actor{"a consultant": h.rosa, "the physician": h.asking, "an auditor": {ID: 9, Role: actor.Auditor, Desks: mine.Desks}, "a manager of another desk": h.manager} {
		if _, err := h.Waiting(h.ctx, by, other.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s reads the queues: %v", name, err)
		}
		if _, err := h.WaitingTickets(h.ctx, by, WaitingSelection{Desk: other.ID, What: ForSomebody}); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s reads their tickets: %v", name, err)
		}
	}
	for _, in := range []WaitingSelection{{}, {What: "mine"}, {What: ForSomebody, Wait: "2h"}} {
		if _, err := h.WaitingTickets(h.ctx, mine, in); !errors.Is(err, fault.NotFound) {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

func TestTheQueuesSayWhoIsThereAndWhatNobodyTakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-19 10:00")
	h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: h.daniel.ID, Cap: 15, Skills: []desk.Skill{{Topic: "misinformation", Level: "training"}, {Topic: "discharge", Level: "leads"}}}))
	if said := h.waiting().Finding(); said != "Nobody waits. Nobody is at work." {
		t.Errorf("said %q", said)
	}
	h.must(h.desks.StartDuty(h.ctx, h.daniel, h.daniel.ID, nil))
	h.must(h.desks.StartDuty(h.ctx, h.rosa, h.rosa.ID, nil))
	h.must(h.desks.WrapUp(h.ctx, h.rosa, h.rosa.ID, 10))
	h.claimed(h.daniel, "discharge")
	h.claimed(h.daniel, "discharge") // both routine: one each
	if said := h.waiting().Finding(); said != "Nobody waits. One is at work with room for 13 more." {
		t.Errorf("said %q", said)
	}
	h.asked("discharge", "2026-11-20")
	h.asked("discharge", "")
	h.asked("misinformation", "")
	h.at("2026-11-19 10:05")
	w := h.waiting()
	if said := w.Finding(); said != "Three wait for somebody, one of them critical, for five minutes; nobody at work takes “Misinformation”." {
		t.Errorf("said %q", said)
	}
	if w.People[0].Name != "Daniel Whitcombe" || w.People[0].Load != 2 || w.People[0].Room != 13 || w.People[1].Room != 0 || w.People[1].Takes() {
		t.Errorf("there are %+v", w.People)
	}
	h.at("2026-11-19 10:30") // wrapped up
	if taking, room := h.waiting().Taking(); len(taking) != 2 || room != 28 {
		t.Errorf("%d at work with room for %d", len(taking), room)
	}
	h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: h.rosa.ID, Cap: 0, Skills: []desk.Skill{{Topic: "misinformation", Level: "leads"}}}))
	h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: h.daniel.ID, Cap: 15, Skills: []desk.Skill{{Topic: "discharge", Level: "leads"}}}))
	if said := h.waiting().Finding(); !strings.HasSuffix(said, ", for 30 minutes; whoever takes “Misinformation” is full.") {
		t.Errorf("said %q", said)
	}
	h.at("2026-11-19 23:30")
	if said := h.waiting().Finding(); said != "Three wait for somebody, one of them critical, for 13 hours; nobody is at work." {
		t.Errorf("said %q", said)
	}
}

func TestTheHoursSayWhatCameInAndWhatWasGiven(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-18 14:59") // a minute too early
	h.asked("discharge", "")
	h.at("2026-11-18 15:00")
	late := h.asked("discharge", "")
	h.at("2026-11-19 13:59")
	h.asked("discharge", "")
	h.restrict(h.asked("discharge", ""))
	h.at("2026-11-19 14:10")
	h.claim(h.rosa, late)
	w := h.waiting()
	if len(w.Hours) != 24 || !w.Hours[0].From.Equal(h.at("2026-11-18 15:00")) {
		t.Fatalf("hours from %v", w.Hours)
	}
	for i, hour := range w.Hours {
		want := map[int]Hour{0: {Opened: 1}, 22: {Opened: 1}, 23: {Given: 1}}[i]
		if hour.Opened != want.Opened || hour.Given != want.Given {
			t.Errorf("hour %d: %d came in and %d were given", i, hour.Opened, hour.Given)
		}
	}
}
