package jobs

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"gorm.io/gorm"

	"hotline/app/outbox"
)

// queued are the IDs of the tasks in a queue that wait to be done.
func (h *house) queued(w *Worker, queue string) (ids []string) {
	h.Helper()
	tasks, err := w.inspector.ListPendingTasks(queue, asynq.PageSize(1000))
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return nil
	}
	h.must(err)
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids
}

func TestAPromiseLeftByAWorkerThatDiedIsSentByTheNext(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	ticket := h.ask() // no worker runs: whoever would have carried it is gone
	h.is(2, "SELECT count(*) FROM outbox WHERE sent_at IS NULL")
	h.running()
	until(t, "it is assigned", func() bool { return h.assigned(ticket.ID) })
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestAWorkerThatDiesBetweenTheQueueAndItsCommitSendsNothingTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	h.ask()
	w := h.worker()
	died := errors.New("died")
	err := h.db.Write(h.ctx, func(tx *gorm.DB) error {
		rows, err := outbox.Take(tx, h.db.Now(), batch)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Relay.send(h.ctx, asynq.NewClientFromRedisClient(w.redis), row); err != nil {
				return err
			}
		}
		return died
	})
	if !errors.Is(err, died) {
		t.Fatal(err)
	}
	h.is(0, "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")
	before := len(h.queued(w, "routine")) + len(h.queued(w, "notify"))
	if before != 2 {
		t.Fatalf("%d tasks are queued, want 2", before)
	}
	sent, err := w.Relay.Carry(h.ctx)
	h.must(err)
	if sent != 2 {
		t.Errorf("Carry counts %d as sent, want 2: what is there already is sent", sent)
	}
	if after := len(h.queued(w, "routine")) + len(h.queued(w, "notify")); after != before {
		t.Errorf("%d tasks are queued, want %d", after, before)
	}
	h.run(w)
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestAPromiseOfARolledBackTransactionIsNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	undone := errors.New("undone")
	err := h.db.Write(h.ctx, func(tx *gorm.DB) error {
		if err := outbox.Promise(tx, h.db.Now(), outboxProbe{}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	h.is(0, "SELECT count(*) FROM outbox")
}

type outboxProbe struct{}

func (outboxProbe) Kind() string  { return "probe:probe" }
func (outboxProbe) Queue() string { return "low" }

func TestAPromiseForLaterWaitsForItsTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	at := h.db.Now().Add(time.Hour)
	h.write(func(tx *gorm.DB) error { return outbox.PromiseAt(tx, outboxProbe{}, at) })
	if sent, err := w.Relay.Carry(h.ctx); err != nil || sent != 0 {
		t.Errorf("%d sent before their time (%v)", sent, err)
	}
	h.db.Freeze(at)
	if sent, err := w.Relay.Carry(h.ctx); err != nil || sent != 1 {
		t.Errorf("%d sent at their time (%v), want 1", sent, err)
	}
}

func TestTwoRelaysAtOnceSendEachPromiseOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const n = 200
	h.write(func(tx *gorm.DB) error {
		for range n {
			if err := outbox.Promise(tx, h.db.Now(), outboxProbe{}); err != nil {
				return err
			}
		}
		return nil
	})
	workers := []*Worker{h.worker(), h.worker()}
	counts := make([]int, len(workers))
	var all sync.WaitGroup
	for i, w := range workers {
		all.Go(func() {
			for {
				sent, err := w.Relay.Carry(h.ctx)
				if err != nil {
					t.Error(err)
				}
				counts[i] += sent
				if err != nil || sent == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	if counts[0]+counts[1] != n {
		t.Errorf("%d + %d sent, want %d together", counts[0], counts[1], n)
	}
	distinct := map[string]bool{}
	for _, id := range h.queued(workers[0], "low") {
		distinct[id] = true
	}
	if len(distinct) != n {
		t.Errorf("%d tasks are queued, want %d", len(distinct), n)
	}
	h.is(n, "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL AND attempt = 0 AND failures = 0")
}

func TestAPromiseThatCannotBeSentWaitsByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	bad := h.promiseRaw(" ", "low", "{}") // the queue takes no task without a kind
	good := h.promiseRaw("probe:probe", "low", "{}")
	for try := 1; try <= 3; try++ {
		sent, err := w.Relay.Carry(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 1}[try == 1]; sent != want {
			t.Errorf("try %d: %d sent, want %d", try, sent, want)
		}
		h.is(try, "SELECT failures FROM outbox WHERE id = $1", bad)
		h.is(1, "SELECT count(*) FROM outbox WHERE id = $1 AND sent_at IS NULL AND last_error = 'not sent' AND run_at > $2", bad, h.db.Now())
		wait := h.count("SELECT round(extract(epoch FROM run_at - $2))::int FROM outbox WHERE id = $1", bad, h.db.Now())
		if want := 1 << try; wait < want-1 || wait > want {
			t.Errorf("try %d: it waits %d s, want %d", try, wait, want)
		}
		// Its time comes.
		_, err = h.db.Pool().Exec(h.ctx, "UPDATE outbox SET run_at = now() - interval '1 second' WHERE id = $1", bad)
		h.must(err)
	}
	h.is(1, "SELECT count(*) FROM outbox WHERE id = $1 AND sent_at IS NOT NULL", good)
}

func TestWhileRedisIsAwayNoPromiseIsBlamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	for range 3 {
		h.promiseRaw("probe:probe", "low", "{}")
	}
	h.redis.Cut()
	sent, err := w.Relay.Carry(h.ctx)
	if err == nil || sent != 0 {
		t.Errorf("%d sent, %v; want none and an error", sent, err)
	}
	if err != nil && spoken(err) != errRedis.Error() {
		t.Errorf("it says %q", spoken(err))
	}
	h.is(3, "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failures = 0")
	h.redis.Mend()
	sent, err = w.Relay.Carry(h.ctx)
	if err != nil || sent != 3 {
		t.Errorf("%d sent, %v; want 3", sent, err)
	}
}

func TestARedisThatTakesNothingFromAnybodyBlamesNoPromise(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		"UNKNOWN: redis eval error: OOM command not allowed when used memory > 'maxmemory'.",
		"UNKNOWN: redis eval error: READONLY You can't write against a read only replica.",
		"UNKNOWN: redis eval error: MISCONF Redis is configured to save RDB snapshots",
		"redis command error: SADD failed: LOADING Redis is loading the dataset in memory",
		"redis command error: SADD failed: NOAUTH Authentication required.",
	} {
		if !refusesAll(errors.New(answer)) {
			t.Errorf("this is taken for one promise's own: %s", answer)
		}
	}
	if refusesAll(errors.New("task typename cannot be empty")) {
		t.Error("a promise's own fault is taken for Redis's")
	}
}

func TestAFullRedisBlamesNoPromise(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if h.redis.Admin.ConfigSet(h.ctx, "maxmemory", "1").Err() != nil {
		// The Redis in this process has no limit to reach; its words are tested above.
		return
	}
	w := h.worker()
	h.promiseRaw("probe:probe", "low", "{}")
	if sent, err := w.Relay.Carry(h.ctx); sent != 0 || !errors.Is(err, errRedis) {
		t.Errorf("%d sent, %v", sent, err)
	}
	h.is(1, "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failures = 0")
}

func TestAQuestionIsTakenWhileRedisIsAwayAndAnsweredForWhenItIsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	h.redis.Cut()
	h.running() // before Redis is there
	first := h.ask()
	until(t, "the worker says that it is there", func() bool {
		missing, err := h.rooms.Operations.Ready(h.ctx)
		return err == nil && missing == ""
	})
	h.is(2, "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failures = 0")
	h.redis.Mend()
	until(t, "the first is assigned", func() bool { return h.assigned(first.ID) })

	h.redis.Cut() // under a running worker
	second := h.ask()
	h.redis.Mend()
	until(t, "the second is assigned", func() bool { return h.assigned(second.ID) })
	until(t, "every promise is kept", h.settled)
	h.onceEach(2)
}

func TestARelayStopsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	h.promiseRaw("probe:probe", "low", "{}")
	ctx, cancel := context.WithCancel(h.ctx)
	ended := make(chan struct{})
	go func() { w.Relay.Run(ctx, nil); close(ended) }()
	until(t, "it carries without being woken", func() bool { return len(h.queued(w, "low")) == 1 })
	cancel()
	until(t, "it ends", func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
}
