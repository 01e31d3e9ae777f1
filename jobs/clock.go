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
	kindOverdue = "clock:overdue" // each fifteen seconds: promises that were missed
	kindSeal    = "clock:seal"    // each minute: seal the record
	kindWitness = "clock:witness" // each day: the newest seal leaves the house
	kindTidy    = "clock:tidy"    // each hour: what may go, goes
)

var ticks = []struct {
	kind  string
	every time.Duration
}{
	{kindOverdue, 15 * time.Second}, {kindSweep, time.Minute}, {kindSeal, time.Minute}, {kindTidy, time.Hour}, {kindWitness, 24 * time.Hour},
}

// clockwork adds the work for the clock's kinds.
func (w *Worker) clockwork(all map[string]work) {
	plain := func(kind string, do func(context.Context) error) {
		all[kind] = func(ctx context.Context, _ int64, _ []byte) error { return plainly(do(ctx)) }
	}
	plain(kindSweep, func(ctx context.Context) error {
		_, err := w.rooms.Tickets.SweepWaiting(ctx)
		return err
	})
	plain(kindOverdue, func(ctx context.Context) error {
		_, err := w.rooms.Tickets.FindOverdue(ctx)
		return err
	})
	plain(kindSeal, func(ctx context.Context) error { return w.rooms.Operations.Seal(ctx, w.o.SealKey) })
	plain(kindTidy, func(ctx context.Context) error {
		return errors.Join(w.rooms.Tickets.PruneDrafts(ctx), w.rooms.Accounts.Sweep(ctx), w.rooms.Operations.Prune(ctx))
	})
	plain(kindWitness, w.witness)
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
			asynq.Queue("low"), asynq.MaxRetry(2), asynq.Timeout(2*time.Minute), asynq.Retention(2*t.every))
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
