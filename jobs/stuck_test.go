package jobs

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// taken is a task that a worker took from its queue and then died over, without a
// word: it is under way, and nobody is at it. The server that takes it is a real one,
// so that what is found in Redis is what asynq wrote.
func (h *house) taken(w *Worker, queue, kind string) (id string) {
	h.Helper()
	began, never := make(chan string, 1), make(chan struct{})
	h.Cleanup(func() { close(never) })
	server := asynq.NewServer(h.o.Redis, asynq.Config{Queues: Queues, TaskCheckInterval: 20 * time.Millisecond, Logger: quiet{}, LogLevel: asynq.FatalLevel, ShutdownTimeout: time.Millisecond})
	h.must(server.Start(asynq.HandlerFunc(func(ctx context.Context, task *asynq.Task) error {
		if task.Type() == kind {
			id, _ := asynq.GetTaskID(ctx)
			began <- id
			<-never
		}
		return nil
	})))
	h.Cleanup(server.Shutdown)
	select {
	case id = <-began:
	case <-time.After(20 * time.Second):
		h.Fatal("nobody took the task")
	}
	if score, err := h.redis.Admin.ZScore(h.ctx, keyOf(queue, "lease"), id).Result(); err != nil || score < float64(time.Now().Unix()) {
		h.Fatalf("asynq keeps its leases somewhere else now: %v, %v", score, err)
	}
	if ids, err := h.redis.Admin.LRange(h.ctx, keyOf(queue, "active"), 0, -1).Result(); err != nil || len(ids) != 1 || ids[0] != id {
		h.Fatalf("asynq keeps what is under way somewhere else now: %v, %v", ids, err)
	}
	return id
}

// ends sets when the lease on a task ends; a second's fraction is not kept.
func (h *house) ends(queue, id string, at time.Time) {
	h.Helper()
	h.must(h.redis.Admin.ZAdd(h.ctx, keyOf(queue, "lease"), redis.Z{Member: id, Score: float64(at.Unix())}).Err())
}

func (h *house) underWay(w *Worker, queue string) int {
	h.Helper()
	info, err := w.inspector.GetQueueInfo(queue)
	h.must(err)
	return info.Active
}

func TestATaskUnderWayWithoutALeaseIsSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	h.promiseRaw("probe:probe", "low", "{}")
	h.carryAll(w)
	id := h.stuck("low")

	// asynq's own recovery runs when a server starts, and finds nothing.
	server := asynq.NewServer(h.o.Redis, asynq.Config{Queues: Queues, TaskCheckInterval: 20 * time.Millisecond, Logger: quiet{}, LogLevel: asynq.FatalLevel})
	h.must(server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { return nil })))
	h.atLast(w, "low") // it works what is in the queues, and this is not
	server.Shutdown()
	if info, err := w.inspector.GetTaskInfo("low", id); err != nil || info.State != asynq.TaskStateActive {
		t.Fatalf("asynq recovers such tasks by now: %v, %v", info, err)
	}

	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(0, "SELECT count(*) FROM outbox WHERE attempt > 0") // it is early yet
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(1, "SELECT count(*) FROM outbox WHERE attempt = 1 AND sent_at IS NULL")
	if n := h.underWay(w, "low"); n != 0 {
		t.Errorf("%d tasks still count as under way", n)
	}
	if n, err := h.redis.Admin.Exists(h.ctx, keyOf("low", "t:"+id)).Result(); err != nil || n != 0 {
		t.Error("the stuck task is kept for ever", err)
	}
}

// stuck makes the one task of a queue a task under way without a lease, as asynq's
// dequeue would with the lease lost after it.
func (h *house) stuck(queue string) (id string) {
	h.Helper()
	id, err := h.redis.Admin.RPopLPush(h.ctx, keyOf(queue, "pending"), keyOf(queue, "active")).Result()
	h.must(err)
	h.must(h.redis.Admin.HSet(h.ctx, keyOf(queue, "t:"+id), "state", "active").Err())
	return id
}

// atLast waits until a task that is enqueued now has been done.
func (h *house) atLast(w *Worker, queue string) {
	h.Helper()
	client := asynq.NewClientFromRedisClient(w.redis)
	info, err := client.Enqueue(asynq.NewTask("probe:last", nil), asynq.Queue(queue), asynq.Retention(time.Minute))
	h.must(err)
	until(h, "the last task is done", func() bool {
		now, err := w.inspector.GetTaskInfo(queue, info.ID)
		return err == nil && now.State == asynq.TaskStateCompleted
	})
}

func TestATaskSomebodyIsAtIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	h.promiseRaw("probe:probe", "low", "{}")
	h.carryAll(w)
	id := h.taken(w, "low", "probe:probe")
	for _, ends := range []time.Duration{30 * time.Second, -35 * time.Second} { // the second by a clock a minute behind
		h.ends("low", id, time.Now().Add(ends))
		h.aged()
		h.must(w.Relay.Reconcile(h.ctx, lost))
		h.is(1, "SELECT count(*) FROM outbox WHERE attempt = 0 AND sent_at > now() - interval '1 minute'")
		if n := h.underWay(w, "low"); n != 1 {
			t.Errorf("%d tasks are under way, want 1", n)
		}
	}
}

func TestATaskWhoseWorkerDiedLongAgoIsSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	w := h.worker()
	ticket := h.ask()
	h.carryAll(w)
	id := h.stuck("routine")
	h.ends("routine", id, time.Now().Add(-61*time.Second))
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.is(1, "SELECT count(*) FROM outbox WHERE attempt = 1 AND kind = 'ticket:assign'")
	h.run(w)
	until(t, "the ticket is assigned", func() bool { return h.assigned(ticket.ID) })
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestAWorkerThatLostItsLeaseAndLivesDoesNothingTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	w := h.worker()
	h.ask()
	h.carryAll(w)
	h.stuck("routine")
	row := h.promise("ticket:assign")
	h.aged()
	h.must(w.Relay.Reconcile(h.ctx, lost))
	h.must(h.deliver(h.ctx, row)) // who was at it ends it after all
	h.run(w)
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
}

func TestTheClocksOwnTasksDoNotStayUnderWayForEver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	last := map[string]int64{}
	w.tick(h.ctx, h.db.Now(), last)
	queue := "low"
	n, err := h.redis.Admin.LLen(h.ctx, keyOf(queue, "pending")).Result()
	h.must(err)
	for range n {
		h.stuck(queue)
	}
	held, err := h.redis.Admin.LIndex(h.ctx, keyOf(queue, "active"), 0).Result()
	h.must(err)
	h.ends(queue, held, time.Now().Add(30*time.Second))
	h.must(w.Relay.Reconcile(h.ctx, lost))
	if got := h.underWay(w, queue); got != 1 || n < 2 {
		t.Errorf("%d of the clock's %s tasks are under way, want the one with a lease", got, strconv.FormatInt(n, 10))
	}
}
