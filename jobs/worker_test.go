package jobs

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/outbox"
)

func TestAWorkerThatStopsSealsAndLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, stop := h.running()
	until(t, "the worker is there", func() bool { return h.count("SELECT count(*) FROM workers") == 1 })
	until(t, "the clock has sealed", func() bool { return h.count("SELECT count(*) FROM record_seals") > 0 })
	h.ask() // moves the record after the seal
	asked := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(asked); took > h.o.Shutdown+time.Second {
		t.Errorf("it took %s", took)
	}
	h.is(0, "SELECT count(*) FROM workers")
	h.is(0, "SELECT count(*) FROM record_heads WHERE seq > sealed_seq")
}

func TestAWorkerDoesNotWaitForAJobThatHangs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.o.Shutdown = 500 * time.Millisecond
	h.ask()
	w := h.worker()
	all := works(h.rooms, w.postman())
	hangs := make(chan struct{})
	all["ticket:assign"] = func(c ctx, _ int64, _ []byte) error {
		close(hangs)
		<-c.Done()
		return plainly(c.Err())
	}
	h.carryAll(w)
	h.must(w.server.Start(handler(all)))
	until(t, "the job hangs", func() bool {
		select {
		case <-hangs:
			return true
		default:
			return false
		}
	})
	stopped := time.Now()
	w.server.Shutdown()
	if took := time.Since(stopped); took > h.o.Shutdown+time.Second {
		t.Errorf("it took %s", took)
	}
	// What it left is the next one's.
	h.atWork(h.rosa)
	h.running()
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestAWorkerStopsWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"the start", "later"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if from == "the start" {
				h.redis.Cut()
			}
			_, stop := h.running()
			until(t, "the worker is there", func() bool { return h.count("SELECT count(*) FROM workers") == 1 })
			h.ask()
			if from == "later" {
				until(t, "every promise is sent", func() bool { return h.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0 })
				h.redis.Cut()
			}
			asked := time.Now()
			if err := stop(); err != nil {
				t.Error(err)
			}
			if took := time.Since(asked); took > h.o.Shutdown+time.Second {
				t.Errorf("it took %s", took)
			}
			h.is(0, "SELECT count(*) FROM workers")
			h.is(0, "SELECT count(*) FROM record_heads WHERE seq > sealed_seq")
		})
	}
}

func TestAWorkerThatLosesItsDatabaseGoesOnWhenItIsBack(t *testing.T) {
	t.Parallel()
	db, line := dbtest.Cuttable(t, database.Limits{Statement: 20 * time.Second, Lock: 10 * time.Second, Idle: 30 * time.Second, Pool: 12})
	h := furnish(t, db)
	h.atWork(h.rosa)
	h.running()
	until(t, "the worker is there", func() bool { return h.count("SELECT count(*) FROM workers") == 1 })
	ticket := h.ask()
	line.Cut()
	line.Mend()
	until(t, "the database is back", func() bool { return db.Ping(h.ctx) == nil })
	until(t, "it is assigned", func() bool { return h.assigned(ticket.ID) })
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestTheQueuesAreWrittenDown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	for range 3 {
		h.promiseRaw("probe:probe", "critical", "{}")
	}
	state := func() map[string]int {
		h.must(h.rooms.Operations.Saw(h.ctx, w.lengths()))
		st, err := h.rooms.Operations.State(h.ctx)
		h.must(err)
		if st.Lag.Waiting != int64(h.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL")) {
			t.Errorf("%d are said to wait", st.Lag.Waiting)
		}
		pending := map[string]int{}
		for _, q := range st.Queues {
			pending[q.Name] = q.Pending
		}
		return pending
	}
	if q := state(); len(q) != len(Queues) || q["critical"] != 0 {
		t.Errorf("before anything was sent: %v", q)
	}
	h.carryAll(w)
	if q := state(); q["critical"] != 3 {
		t.Errorf("%v", q)
	}
	h.redis.Forget()
	if q := state(); q["critical"] != 0 {
		t.Errorf("after Redis forgot: %v", q)
	}
	h.promiseRaw("probe:probe", "critical", "{}")
	h.carryAll(w)
	if q := state(); q["critical"] != 1 {
		t.Errorf("what was sent to a Redis that forgot is not seen: %v", q)
	}
}

func TestAPastIsCarriedOutWithoutAQueueOrALetter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	for range batch + 3 {
		h.ask()
	}
	h.must(Drain(h.ctx, h.db, h.rooms, h.o))
	if !h.settled() {
		t.Error("a promise is left")
	}
	h.is(batch+3, "SELECT count(*) FROM assignments")
	h.is(0, "SELECT count(*) FROM letters WHERE sent_at IS NULL")
	if len(h.box.Letters()) != 0 {
		t.Error("something old was announced")
	}
	if held := h.redis.Holds(); held != "" {
		t.Errorf("Redis holds %q", held)
	}
	h.write(func(tx *gorm.DB) error { return outbox.Promise(tx, h.db.Now(), outboxProbe{}) })
	if Drain(context.Background(), h.db, h.rooms, h.o) == nil {
		t.Error("a kind that nobody knows is passed over in silence")
	}
}
