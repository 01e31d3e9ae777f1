package jobs

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"hotline/app/operations"
)

// look writes down how the queues are and which tasks did not succeed, for the pages
// that show it. A Redis that does not say leaves what was seen before.
func (w *Worker) look(ctx context.Context) {
	queues := w.lengths()
	if queues == nil {
		return
	}
	// Read after the queues: an order to go on that was given since is heeded.
	held, err := w.rooms.Operations.Held(ctx)
	if err == nil {
		w.hold(queues, held)
		err = w.rooms.Operations.Saw(ctx, queues)
	}
	if tasks, ok := w.stuck(queues); ok && err == nil {
		err = w.rooms.Operations.SawTasks(ctx, tasks)
	}
	if err != nil && ctx.Err() == nil {
		slog.Warn("worker: could not write down the queues", "error", plainly(err).Error())
	}
}

// hold pauses again what Redis forgot to hold back.
func (w *Worker) hold(queues []operations.Queue, held []string) {
	for i := range queues {
		q := &queues[i]
		if q.Paused || !slices.Contains(held, q.Name) {
			continue
		}
		// Redis does not say so of a queue that never had a task; then this changes nothing.
		if w.inspector.PauseQueue(q.Name) == nil {
			slog.Info("a queue is to be paused, and was not: paused", "queue", q.Name)
		}
		q.Paused = true
	}
}

// lengths is how long each queue is; nil: Redis does not say. One that never had a
// task is not known there, and empty.
func (w *Worker) lengths() []operations.Queue {
	known, err := w.inspector.Queues()
	if err != nil {
		return nil
	}
	var out []operations.Queue
	for name := range Queues {
		q := operations.Queue{Name: name}
		if slices.Contains(known, name) {
			info, err := w.inspector.GetQueueInfo(name)
			if err != nil {
				return nil
			}
			q.Pending, q.Active, q.Scheduled, q.Retry, q.Archived, q.Paused = info.Pending, info.Active, info.Scheduled, info.Retry, info.Archived, info.Paused
			if info.Pending > 0 {
				since := w.db.Now().Add(-info.Latency)
				q.OldestAt = &since
			}
		}
		out = append(out, q)
	}
	return out
}

// atMost is how many tasks of one queue and state are written down.
const atMost = 50

// stuck is what is tried again or was set aside; not ok: Redis does not say.
func (w *Worker) stuck(queues []operations.Queue) (all []operations.Task, ok bool) {
	for _, q := range queues {
		for _, from := range []struct {
			n     int
			state string
			list  func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error)
		}{{q.Archived, operations.Archived, w.inspector.ListArchivedTasks}, {q.Retry, operations.Retry, w.inspector.ListRetryTasks}} {
			if from.n == 0 {
				continue
			}
			found, err := from.list(q.Name, asynq.PageSize(atMost))
			if err != nil {
				return nil, false
			}
			for _, t := range found {
				if w.ours(t.ID) {
					all = append(all, w.seen(t, from.state))
				}
			}
		}
	}
	return all, true
}

// ours says whether a task is of this installation: nobody here may touch another's.
func (w *Worker) ours(id string) bool {
	return strings.HasPrefix(id, w.o.Installation+"-") || strings.HasPrefix(id, w.o.Installation+":")
}

// seen is a task without what it carries.
func (w *Worker) seen(t *asynq.TaskInfo, state string) operations.Task {
	out := operations.Task{Queue: t.Queue, ID: t.ID, Kind: t.Type, State: state, Retried: t.Retried, MaxRetry: t.MaxRetry, LastError: kindOf(t.LastErr)}
	if !t.LastFailedAt.IsZero() {
		out.FailedAt = moment(t.LastFailedAt)
	}
	if state == operations.Retry {
		out.NextAt = moment(t.NextProcessAt)
	}
	if name, ok := strings.CutPrefix(t.ID, w.o.Installation+"-"); ok {
		promise, _, _ := strings.Cut(name, "-")
		if n, err := strconv.ParseInt(promise, 10, 64); err == nil {
			out.PromiseID = &n
		}
	}
	return out
}

// kindOf is an error as Redis kept it, which is a kind already (see plainly), and
// never longer than one.
func kindOf(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return text
}

func moment(t time.Time) *time.Time {
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}
