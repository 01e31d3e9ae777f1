package jobs

import (
	"fmt"
	"testing"
	"time"

	"github.com/hibiken/asynq"
)

// aged makes what was sent look sent long ago.
func (h *house) aged() {
	h.Helper()
	_, err := h.db.Pool().Exec(h.ctx, "UPDATE outbox SET sent_at = sent_at - interval '10 minutes'")
	h.must(err)
}

// carryAll carries until nothing is left to send.
func (h *house) carryAll(w *Worker) {
	h.Helper()
	for {
		sent, err := w.Relay.Carry(h.ctx)
		h.must(err)
		if sent == 0 {
			return
		}
	}
}

func TestWhatRedisForgotIsSentAgainUnderItsNextAttempt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	w := h.worker()
	for range 3 {
		h.ask()
	}
	h.carryAll(w) // nobody works the queues
	h.redis.Forget()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(0, "SELECT count(*) FROM outbox WHERE attempt > 0") // it is early yet
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(6, "SELECT count(*) FROM outbox WHERE attempt = 1 AND sent_at IS NULL")
	h.carryAll(w)

	// The same connections serve a Redis that forgot even which queues there are.
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(6, "SELECT count(*) FROM outbox WHERE attempt = 1 AND sent_at IS NOT NULL")

	h.run(w)
	until(t, "every promise is kept", h.settled)
	h.onceEach(3)
}

func TestARedisThatComesBackEmptyCostsNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	for range 3 {
		h.ask()
	}
	w := h.worker()
	if sent, err := w.Relay.Carry(h.ctx); err != nil || sent != 6 {
		t.Fatal(sent, err)
	}
	// One letter was carried out before the power went; its promise is kept.
	row := h.first("letter:send")
	h.must(h.deliver(h.ctx, row))
	w.redis.Close()

	h.redis = newRedis(t)
	h.o.Redis, h.o.FreshRedis = h.redis.Option, true
	h.running()
	until(t, "every promise is kept", h.settled)
	h.onceEach(3)
	h.is(5, "SELECT count(*) FROM outbox WHERE attempt = 1 AND kind IN ('ticket:assign', 'letter:send')")
}

func TestAPromiseThatIsStillInItsQueueIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	const n = 2*batch + 7
	for range n {
		h.promiseRaw("probe:probe", "low", "{}")
	}
	h.carryAll(w)
	h.aged()
	ended := make(chan error, 1)
	go func() { ended <- w.Relay.Reconcile(h.ctx, 0) }()
	select {
	case err := <-ended:
		h.must(err)
	case <-time.After(20 * time.Second):
		t.Fatal("it looks the same promises up for ever")
	}
	h.is(n, "SELECT count(*) FROM outbox WHERE attempt = 0 AND sent_at > now() - interval '1 minute'")
}

func TestAPromiseSetAsideForAPersonIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	id := h.promiseRaw("probe:probe", "low", "{}")
	h.carryAll(w)
	h.must(w.inspector.ArchiveTask("low", h.o.Installation+"-"+fmt.Sprint(id)+"-0"))
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(1, "SELECT count(*) FROM outbox WHERE attempt = 0 AND sent_at IS NOT NULL")
}

func TestATaskThatEndedWithoutKeepingItsPromiseIsSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	h.promiseRaw("probe:probe", "low", "{}")
	h.carryAll(w)
	server := asynq.NewServer(h.o.Redis, asynq.Config{Queues: Queues, TaskCheckInterval: 20 * time.Millisecond, Logger: quiet{}, LogLevel: asynq.FatalLevel})
	h.must(server.Start(handler(map[string]work{"probe:probe": func(ctx ctx, _ int64, _ []byte) error { return nil }})))
	t.Cleanup(server.Shutdown)
	until(t, "the task ends", func() bool {
		info, err := w.inspector.GetQueueInfo("low")
		return err == nil && info.Completed == 1
	})
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(1, "SELECT count(*) FROM outbox WHERE attempt = 1 AND sent_at IS NULL")
}
