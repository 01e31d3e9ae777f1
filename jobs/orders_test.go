package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/hibiken/asynq"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/outbox"
)

// order gives an order as an administrator and waits for how it ended.
func (h *house) order(in operations.NewOrder) (outcome string) {
	h.Helper()
	var id int64
	// A look that began before the task stood there may be written down after it: the next
	// one, ten seconds later, sees it.
	until(h, "the order is taken", func() (taken bool) {
		var err error
		if id, err = h.rooms.Operations.Order(h.ctx, h.administrator(), in); errors.Is(err, fault.Conflict) {
			return false
		}
		h.must(err)
		return true
	})
	until(h, "the order is carried out", func() bool {
		o, err := h.rooms.Operations.Ordered(h.ctx, h.administrator(), id)
		h.must(err)
		outcome = o.Outcome
		return o.DoneAt != nil
	})
	return outcome
}

func (h *house) administrator() actor.Actor {
	h.Helper()
	var id int64
	_ = h.db.Pool().QueryRow(h.ctx, "SELECT id FROM users WHERE role = 'administrator'").Scan(&id)
	if id == 0 {
		return h.person("Noor Haddad", actor.Administrator)
	}
	return actor.Actor{ID: id, Role: actor.Administrator}
}

// aside waits until a worker wrote down that the task of a promise was set aside.
func (h *house) aside(promise int64) (task operations.Task) {
	h.Helper()
	until(h, "the task is set aside and seen", func() bool {
		board, err := h.rooms.Operations.Show(h.ctx, h.manager)
		h.must(err)
		i := slices.IndexFunc(board.Tasks, func(t operations.Task) bool {
			return t.PromiseID != nil && *t.PromiseID == promise && t.State == operations.Archived
		})
		if i >= 0 {
			task = board.Tasks[i]
		}
		return i >= 0
	})
	return task
}

// broken makes a promise whose arguments do not parse, which is set aside at once.
func (h *house) broken(w *Worker) operations.Task {
	h.Helper()
	id := h.promiseRaw("letter:send", "notify", `{"letter_id": "`+canary+`"}`)
	until(h, "it is set aside", func() bool {
		tasks, _ := w.inspector.ListArchivedTasks("notify")
		return slices.ContainsFunc(tasks, func(t *asynq.TaskInfo) bool { return t.ID == taskID(h.o.Installation, outbox.Row{ID: id}) })
	})
	w.look(h.ctx)
	return h.aside(id)
}

// mends is a mail server that takes nothing until it is mended.
type mends struct {
	mail.Sender
	whole atomic.Bool
}

func (m *mends) Send(ctx context.Context, l mail.Message) error {
	if !m.whole.Load() {
		return errors.New("no route, said " + canary)
	}
	return m.Sender.Send(ctx, l)
}

func (h *house) letterTo(who actor.Actor) {
	h.Helper()
	h.write(func(tx *gorm.DB) error {
		return letter.Post(tx, h.db.Now(), letter.Answer, 7, who.ID, 1, "RM-2026-000007")
	})
}

func TestATaskThatWasSetAsideIsRunAgainAndSucceeds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := &mends{Sender: h.box}
	h.o.Sender = post
	w, _ := h.running()
	h.letterTo(h.physician)
	promised := h.promise("letter:send")
	id := taskID(h.o.Installation, promised)
	until(t, "it failed", func() bool {
		info, err := w.inspector.GetTaskInfo("notify", id)
		return err == nil && info.State == asynq.TaskStateRetry
	})
	w.look(h.ctx)
	h.is(1, "SELECT count(*) FROM tasks_seen WHERE id = $1 AND state = 'retry' AND next_at IS NOT NULL AND promise_id = $2", id, promised.ID)
	until(t, "it is set aside", func() bool { return w.inspector.ArchiveTask("notify", id) == nil }) // as after ten tries
	w.look(h.ctx)
	task := h.aside(promised.ID)
	if task.Kind != "letter:send" || task.LastError == "" || strings.Contains(task.LastError, canary) || task.FailedAt == nil || task.NextAt != nil {
		t.Errorf("%+v", task)
	}
	post.whole.Store(true)
	if got := h.order(operations.NewOrder{What: operations.Run, Queue: task.Queue, Task: task.ID}); got != operations.Done {
		t.Errorf("it ended: %s", got)
	}
	until(t, "every promise is kept", h.settled)
	h.is(1, "SELECT count(*) FROM letters WHERE sent_at IS NOT NULL")
	h.is(0, "SELECT count(*) FROM tasks_seen")
}

func TestEverythingThatAQueueSetAsideIsRunAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w, _ := h.running()
	first, second := h.broken(w), h.broken(w)
	if got := h.order(operations.NewOrder{What: operations.RunArchived, Queue: "notify"}); got != operations.Done {
		t.Errorf("it ended: %s", got)
	}
	until(t, "both were tried once more", func() bool {
		tried := 0
		for _, task := range []operations.Task{first, second} {
			info, err := w.inspector.GetTaskInfo("notify", task.ID)
			if err == nil && info.State == asynq.TaskStateArchived && info.LastFailedAt.Unix() >= task.FailedAt.Unix() {
				tried++
			}
		}
		return tried == 2
	})
	if got := h.order(operations.NewOrder{What: operations.RunArchived, Queue: "critical"}); got != operations.Done && got != operations.Gone {
		t.Errorf("a queue with nothing in it: %s", got)
	}
}

func TestATaskThatIsDeletedIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w, _ := h.running()
	task := h.broken(w)
	if got := h.order(operations.NewOrder{What: operations.Delete, Queue: "notify", Task: task.ID}); got != operations.Done {
		t.Errorf("it ended: %s", got)
	}
	h.is(0, "SELECT count(*) FROM tasks_seen")
	if _, err := w.inspector.GetTaskInfo("notify", task.ID); !errors.Is(err, asynq.ErrTaskNotFound) {
		t.Errorf("Redis still has it: %v", err)
	}
	h.must(w.Relay.Reconcile(h.ctx, -time.Hour)) // as if it had been sent long ago
	_, err := w.Relay.Carry(h.ctx)
	h.must(err)
	h.is(1, "SELECT count(*) FROM outbox WHERE id = $1 AND attempt = 0 AND done_at IS NOT NULL", *task.PromiseID)
	h.is(1, "SELECT count(*) FROM record WHERE action = 'order.promise_dropped'")
	if !h.promiseKept(*task.PromiseID) {
		t.Error("the promise is open")
	}
}

func TestAnOrderWhoseWorkerDiedIsCarriedOutByAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.worker()
	stop := h.run(w)
	task := h.broken(w)
	h.must(stop())
	dead := actor.Job("operations:order", 0)
	id, err := h.rooms.Operations.Order(h.ctx, h.administrator(), operations.NewOrder{What: operations.Delete, Queue: "notify", Task: task.ID})
	h.must(err)
	taken, err := h.rooms.Operations.Take(h.ctx, dead) // and is no more, just after Redis did it
	h.must(err)
	inspector := asynq.NewInspector(h.o.Redis)
	defer inspector.Close()
	h.must(inspector.DeleteTask("notify", taken.Task))
	_, err = h.db.Pool().Exec(h.ctx, "UPDATE orders SET taken_at = taken_at - interval '61 seconds'")
	h.must(err)
	h.running()
	until(t, "another worker carried it out", func() bool {
		o, err := h.rooms.Operations.Ordered(h.ctx, h.administrator(), id)
		h.must(err)
		return o.DoneAt != nil && o.Outcome == operations.Gone
	})
	h.is(1, "SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL AND attempt = 0", *task.PromiseID)
}

func TestAPausedQueueHoldsItsTasksUntilItIsResumed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w, _ := h.running()
	pause := operations.NewOrder{What: operations.Pause, Queue: "notify"}
	for range 2 { // pausing what is paused is done
		if got := h.order(pause); got != operations.Done {
			t.Fatalf("it ended: %s", got)
		}
	}
	h.letterTo(h.physician)
	held := func() bool {
		info, err := w.inspector.GetQueueInfo("notify")
		return err == nil && info.Paused && info.Pending == 1
	}
	until(t, "the letter waits in its queue", held)
	// Its queue has it before the outbox says so.
	until(t, "it counts as sent", func() bool {
		return h.count("SELECT count(*) FROM outbox WHERE kind = 'letter:send' AND sent_at IS NOT NULL") == 1
	})
	w.look(h.ctx)
	h.is(1, "SELECT count(*) FROM queues WHERE name = 'notify' AND paused AND pending = 1 AND oldest_at IS NOT NULL")

	// What Redis forgets, the last order knows.
	h.redis.Forget()
	w.look(h.ctx)
	h.must(w.Relay.Reconcile(h.ctx, -time.Hour))
	until(t, "it waits again", held)
	h.is(0, "SELECT count(*) FROM letters WHERE sent_at IS NOT NULL")

	if got := h.order(operations.NewOrder{What: operations.Resume, Queue: "notify"}); got != operations.Done {
		t.Errorf("it ended: %s", got)
	}
	until(t, "every promise is kept", h.settled)
	h.is(1, "SELECT count(*) FROM letters WHERE sent_at IS NOT NULL")
	h.is(1, "SELECT count(*) FROM queues WHERE name = 'notify' AND NOT paused")
}

func TestALetterThatWasRefusedIsSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	var mended atomic.Bool
	o.answer = func(int) error {
		if mended.Load() {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person, " + canary}
	}
	h.running()
	until(t, "every promise is kept", h.settled)
	board, err := h.rooms.Operations.Show(h.ctx, h.manager)
	h.must(err)
	if len(board.Refused) != 2 || board.Letters.Waiting != 0 {
		t.Fatalf("%+v, %d wait", board.Refused, board.Letters.Waiting)
	}
	mended.Store(true)
	for _, l := range board.Refused {
		if l.Why != "mail: not taken, recipient: 550" || !strings.HasPrefix(l.About, "RM-") {
			t.Errorf("%+v", l)
		}
		if got := h.order(operations.NewOrder{What: operations.SendAgain, Letter: l.ID}); got != operations.Done {
			t.Errorf("it ended: %s", got)
		}
	}
	until(t, "every promise is kept", h.settled)
	h.is(2, "SELECT count(*) FROM letters WHERE sent_at IS NOT NULL AND refused_at IS NULL")
	if n := len(o.letters()); n != 2 {
		t.Errorf("%d letters came, want 2", n)
	}
}

func TestAnOrderThatRedisDoesNotHearSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w, _ := h.running()
	task := h.broken(w)
	h.redis.Cut()
	if got := h.order(operations.NewOrder{What: operations.Run, Queue: "notify", Task: task.ID}); got != operations.Silent {
		t.Errorf("it ended: %s", got)
	}
	h.redis.Mend()
	until(t, "Redis is reached again", func() bool { return w.redisAnswers(h.ctx) })
	until(t, "the task is seen again", func() bool {
		w.look(h.ctx)
		return h.count("SELECT count(*) FROM tasks_seen WHERE id = $1", task.ID) == 1
	})
	if got := h.order(operations.NewOrder{What: operations.Run, Queue: "notify", Task: task.ID}); got != operations.Done {
		t.Errorf("it ended: %s", got)
	}
}

func TestWhatIsSeenOfTheQueuesHoldsNothingThatWasTyped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w, _ := h.running()
	h.broken(w)
	h.order(operations.NewOrder{What: operations.Pause, Queue: "low"})
	for _, table := range []string{"tasks_seen", "orders", "queues", "sweeps", "record"} {
		h.is(0, "SELECT count(*) FROM "+table+" x WHERE x::text LIKE '%"+canary+"%'")
	}
	stranger := &asynq.TaskInfo{ID: "elsewhere-1-0", Queue: "low"}
	if w.ours(stranger.ID) || w.seen(stranger, operations.Archived).PromiseID != nil {
		t.Error("another installation's task counts as ours")
	}
}

func TestTheClockSaysWhenItLastSwept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.running()
	until(t, "each kind of this slot was noted", func() bool {
		return h.count("SELECT count(*) FROM sweeps") == len(ticks)
	})
	h.is(1, "SELECT count(*) FROM sweeps WHERE kind = $1 AND found = 0", kindOverdue)
	h.is(1, "SELECT count(*) FROM sweeps WHERE kind = $1 AND found IS NULL", kindSeal)
}
