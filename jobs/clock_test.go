package jobs

import (
	"sync"
	"testing"
	"time"

	"hotline/app/actor"
)

// tasks is how many tasks of a kind Redis knows in the clock's queue, in any state.
func (h *house) tasks(w *Worker, kind string) (n int) {
	h.Helper()
	tasks, err := w.inspector.ListPendingTasks("low")
	h.must(err)
	for _, t := range tasks {
		if t.Type == kind {
			n++
		}
	}
	return n
}

func TestTwoWorkersTickOneSlotOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	workers := []*Worker{h.worker(), h.worker()}
	now := time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)
	tick := func(at time.Time) {
		var all sync.WaitGroup
		for _, w := range workers {
			for range 3 { // a worker that starts anew remembers nothing
				all.Go(func() { w.tick(h.ctx, at, map[string]int64{}) })
			}
		}
		all.Wait()
	}
	tick(now)
	tick(now.Add(14 * time.Second))
	for _, k := range ticks {
		if n := h.tasks(workers[0], k.kind); n != 1 {
			t.Errorf("%s: %d in one slot, want 1", k.kind, n)
		}
	}
	tick(now.Add(15 * time.Second))
	for kind, want := range map[string]int{kindOverdue: 2, kindSweep: 1, kindSeal: 1} {
		if n := h.tasks(workers[0], kind); n != want {
			t.Errorf("%s: %d after a quarter of a minute, want %d", kind, n, want)
		}
	}
	last := map[string]int64{}
	h.redis.Cut()
	workers[0].tick(h.ctx, now.Add(time.Minute), last)
	if len(last) != 0 {
		t.Error("a tick that reached nobody counts as done")
	}
	h.redis.Mend()
	workers[0].tick(h.ctx, now.Add(time.Minute), last)
	if n := h.tasks(workers[0], kindSweep); n != 2 {
		t.Errorf("%d sweeps after a minute, want 2", n)
	}
}

func TestSomebodyWhoGoesOnDutyGetsWhatWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.running()
	ticket := h.ask()
	until(t, "every promise is kept", h.settled)
	if h.assigned(ticket.ID) {
		t.Fatal("somebody who is not at work got it")
	}
	h.must(h.desks.StartDuty(h.ctx, h.rosa, h.rosa.ID, nil))
	until(t, "it is assigned", func() bool { return h.assigned(ticket.ID) })
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestTheMinuteFindsWhatNobodyWasToldOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ticket := h.ask()
	_, err := h.db.Pool().Exec(h.ctx, "UPDATE outbox SET done_at = now()")
	h.must(err)
	h.atWork(h.rosa)
	h.running() // its first tick is at once
	until(t, "it is assigned", func() bool { return h.assigned(ticket.ID) })
}

func TestAMissedPromiseIsToldOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	held := h.ask()
	h.must(h.deliver(h.ctx, h.first("ticket:assign")))
	_, err := h.db.Pool().Exec(h.ctx, "UPDATE consultants SET duty_since = NULL, duty_until = NULL")
	h.must(err)
	second := h.person("Ines Faro", actor.Manager)
	waiting := h.ask()
	h.db.Freeze(time.Now().AddDate(0, 0, 3))
	for range 3 { // each tick of the clock
		_, err := h.rooms.Tickets.FindDue(h.ctx)
		h.must(err)
	}
	h.is(2, "SELECT count(*) FROM outbox WHERE kind = 'ticket:overdue'")
	for range 2 {
		first := h.first("ticket:overdue")
		h.must(h.deliver(h.ctx, first))
		h.must(h.deliver(h.ctx, first))
	}
	h.is(1, "SELECT count(*) FROM letters WHERE kind = 'overdue' AND subject_id = $1 AND recipient_id = $2", held.ID, h.rosa.ID)
	h.is(2, "SELECT count(*) FROM letters WHERE kind = 'overdue' AND subject_id = $1 AND recipient_id IN ($2, $3)", waiting.ID, h.manager.ID, second.ID)
	h.is(3, "SELECT count(*) FROM letters WHERE kind = 'overdue'")
	h.is(2, "SELECT count(*) FROM record WHERE action = 'ticket.overdue'")
}

func TestTheClockSealsAndTidies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ask()
	_, err := h.db.Pool().Exec(h.ctx, `INSERT INTO outbox (kind, queue, args, run_at, sent_at, done_at)
		SELECT 'probe:probe', 'low', '{}', now() - age, now() - age, now() - age FROM unnest(ARRAY[interval '31 days', interval '29 days']) AS age`)
	h.must(err)
	_, err = h.db.Pool().Exec(h.ctx, `INSERT INTO drafts (id, user_id, kind, fields, kept_at)
		SELECT gen_random_uuid(), $1, 'note', '{}', now() - age FROM unnest(ARRAY[interval '15 days', interval '1 day']) AS age`, h.physician.ID)
	h.must(err)
	h.running()
	until(t, "the record is sealed", func() bool {
		return h.count("SELECT count(*) FROM record_seals WHERE mac IS NOT NULL") > 0 && h.count("SELECT count(*) FROM record_heads WHERE seq > sealed_seq") == 0
	})
	until(t, "what may go is gone", func() bool {
		return h.count("SELECT count(*) FROM outbox WHERE kind = 'probe:probe'") == 1 && h.count("SELECT count(*) FROM drafts") == 1
	})
}

func TestTheNewestSealLeavesTheHouse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.o.Witness = "witness@example.net"
	h.must(h.rooms.Operations.Seal(h.ctx, h.o.SealKey))
	w := h.worker()
	h.must(w.witness(h.ctx))
	letters := h.box.Letters()
	if len(letters) != 1 || letters[0].To != h.o.Witness || letters[0].ID != "seal-1."+h.o.Installation+"@hotline.example.org" {
		t.Fatalf("%+v", letters)
	}
	state, err := h.rooms.Operations.State(h.ctx)
	h.must(err)
	hash := state.Seal.Hash()
	for _, text := range []string{letters[0].Text, letters[0].HTML, journal.String()} {
		if !contains(text, hash) {
			t.Error("the seal's hash is missing")
		}
	}
}
