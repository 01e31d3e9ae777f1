package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
)

// The clock's own work. It is enqueued under the slot of time it belongs to, so that
// any number of workers do it once.
const (
	kindSweep   = "clock:sweep"   // each minute: waiting tickets to those at work
	kindOverdue = "clock:overdue" // each fifteen seconds: promises that are soon due, or were missed
	kindTaken   = "clock:taken"   // each fifteen seconds: what was given and not taken up
	kindSeal    = "clock:seal"    // each minute: seal the record
	kindLinks   = "clock:links"   // each day: whether the links in guidance still lead somewhere
	kindLearn   = "clock:learn"   // each night: a new model, if it is a better one
	kindWitness = "clock:witness" // each day: the newest seal leaves the house
	kindTidy    = "clock:tidy"    // each hour: what may go, goes
)

var ticks = []struct {
	kind  string
	every time.Duration
}{
	{kindOverdue, 15 * time.Second}, {kindTaken, 15 * time.Second}, {kindSweep, time.Minute}, {kindSeal, time.Minute}, {kindTidy, time.Hour},
	{kindWitness, 24 * time.Hour}, {kindLinks, 24 * time.Hour}, {kindLearn, 24 * time.Hour},
}

// clockwork adds the work for the clock's kinds.
func (w *Worker) clockwork(all map[string]work) {
	counted := func(kind string, do func(context.Context) (int, error)) {
		all[kind] = func(ctx context.Context, _ int64, _ []byte) error { return plainly(w.swept(ctx, kind, do)) }
	}
	plain := func(kind string, do func(context.Context) error) {
		counted(kind, func(ctx context.Context) (int, error) { return -1, do(ctx) })
	}
	counted(kindSweep, w.rooms.Tickets.SweepWaiting)
	counted(kindOverdue, w.rooms.Tickets.FindDue)
	counted(kindTaken, w.rooms.Tickets.FindUnaccepted)
	counted(kindLinks, w.rooms.Guidance.CheckLinks)
	counted(kindLearn, w.rooms.Learning.Retrain)
	plain(kindSeal, func(ctx context.Context) error { return w.rooms.Operations.Seal(ctx, w.o.SealKey) })
	plain(kindTidy, func(ctx context.Context) error {
		return errors.Join(w.rooms.Tickets.PruneDrafts(ctx), w.rooms.Accounts.Sweep(ctx), w.rooms.Operations.Prune(ctx))
	})
	plain(kindWitness, w.witness)
}

// swept does one kind of the clock's work and notes, for the operations page, when it
// was done and how much it found.
func (w *Worker) swept(ctx context.Context, kind string, do func(context.Context) (int, error)) error {
	began := time.Now()
	found, err := do(ctx)
	if err != nil {
		return err
	}
	return w.rooms.Operations.Swept(ctx, kind, found, time.Since(began))
}

// longest is how long one piece of the clock's work may take. A night's training reads
// some thousands of texts several times over.
func longest(kind string) time.Duration {
	if kind == kindLearn {
		return 20 * time.Minute
	}
	return 2 * time.Minute
}

// tick enqueues what is due in this slot of time. A slot that is there already was
// some other worker's.
func (w *Worker) tick(ctx context.Context, now time.Time, last map[string]int64) {
	client := asynq.NewClientFromRedisClient(w.redis)
	for _, t := range ticks {
		slot := now.Unix() / int64(t.every/time.Second)
		if last[t.kind] == slot {
			continue
		}
		_, err := client.EnqueueContext(ctx, asynq.NewTask(t.kind, nil),
			asynq.TaskID(w.o.Installation+":"+t.kind+":"+strconv.FormatInt(slot, 10)),
			asynq.Queue("low"), asynq.MaxRetry(2), asynq.Timeout(longest(t.kind)), asynq.Retention(2*t.every))
		if err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
			last[t.kind] = slot
			continue
		}
		if ctx.Err() == nil {
			slog.Warn("clock: could not enqueue; trying again", "kind", t.kind)
		}
		return
	}
}
