package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"gorm.io/gorm"

	"hotline/app/desk"
	"hotline/app/outbox"
)

type ctx = context.Context

// first is the oldest promise of a kind that is not kept.
func (h *house) first(kind string) (row outbox.Row) {
	h.Helper()
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT id, kind, queue, args, attempt, failures FROM outbox WHERE kind = ? AND done_at IS NULL ORDER BY id LIMIT 1", kind).Take(&row).Error
	}))
	return row
}

func TestAWorkerKilledDuringItsJobHasDoneNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	ticket := h.ask()
	row := h.promise("ticket:assign")
	killed, kill := context.WithCancel(h.ctx)
	ended := make(chan error, 1)
	// The desk's turn is taken, so the job stops after it began and before it decided.
	h.write(func(tx *gorm.DB) error {
		if err := desk.Turn(tx, h.desk); err != nil {
			return err
		}
		go func() { ended <- h.works()[row.Kind](killed, row.ID, row.Args) }()
		until(t, "the job waits for the desk's turn", func() bool {
			return h.count("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted") == 1
		})
		kill()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		return nil
	})
	h.is(1, "SELECT count(*) FROM outbox WHERE kind = 'ticket:assign' AND done_at IS NULL")
	if h.assigned(ticket.ID) {
		t.Fatal("half a job was done")
	}
	for range 3 { // the same task again, and again under other attempts
		h.must(h.deliver(h.ctx, row))
	}
	h.is(1, "SELECT count(*) FROM assignments")
	h.is(1, "SELECT count(*) FROM letters WHERE kind = 'assigned'")
}

func TestTheSameTaskTwiceAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	const tickets, times = 3, 4
	var rows []outbox.Row
	for range tickets {
		h.ask()
	}
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT id, kind, queue, args, attempt, failures FROM outbox").Scan(&rows).Error
	}))
	deliver := func() {
		var all sync.WaitGroup
		for _, row := range rows {
			for range times {
				all.Go(func() {
					// Of a letter that is under way another try is told so, and tries again.
					if err := h.works()[row.Kind](h.ctx, row.ID, row.Args); err != nil && counts(err) {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
	}
	deliver()
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT id, kind, queue, args, attempt, failures FROM outbox WHERE done_at IS NULL").Scan(&rows).Error
	}))
	deliver()
	if !h.settled() {
		t.Error("a promise is not kept")
	}
	h.onceEach(tickets)
}

func TestTwoAttemptsInTheQueueAreDoneOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	w := h.worker()
	for range 3 {
		h.ask()
	}
	h.carryAll(w)
	_, err := h.db.Pool().Exec(h.ctx, "UPDATE outbox SET sent_at = NULL, attempt = attempt + 1")
	h.must(err)
	h.carryAll(w)
	if n := len(h.queued(w, "routine")); n != 6 {
		t.Fatalf("%d tasks are queued, want 6", n)
	}
	h.run(w)
	until(t, "every promise is kept", h.settled)
	until(t, "the queues are empty", func() bool { return len(h.queued(w, "routine"))+len(h.queued(w, "notify")) == 0 })
	h.onceEach(3)
}

func TestAPromiseKeepsItsNameThroughTheQueue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.promiseRaw("probe:probe", "low", `{"n":1}`)
	w := h.worker()
	h.carryAll(w)
	h.run(w)
	// Nobody knows this kind here: it is kept for a worker that does.
	until(t, "it is tried again later", func() bool {
		tasks, err := w.inspector.ListRetryTasks("low")
		return err == nil && len(tasks) == 1 && tasks[0].ID == h.o.Installation+"-"+fmt.Sprint(id)+"-0" && tasks[0].LastErr == errUnknown.Error()
	})
}

func TestAPromiseThatWasKeptStaysKeptWhateverHappensToItsTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	ticket := h.ask()
	row := h.promise("ticket:assign")
	h.must(h.deliver(h.ctx, row))
	h.must(h.rooms.Tickets.Release(h.ctx, h.rosa, ticket.Number, "I know the patient.", 0))
	h.atWork(h.omar)
	if h.assigned(ticket.ID) {
		t.Fatal("it was not released")
	}
	h.must(h.deliver(h.ctx, row)) // the first task, late and again
	if h.assigned(ticket.ID) {
		t.Error("a task that was done is done again")
	}
}
