package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"hotline/app/actor"
	"hotline/app/operations"
)

// orders carries out what administrators ask of the queues: whenever one asks, and
// every two seconds.
func (w *Worker) orders(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = w.order(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("orders: could not carry one out; trying again", "error", plainly(err).Error())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-w.asked:
		case <-tick.C:
		}
	}
}

// order takes one order, carries it out, looks at the queues anew and says how it
// ended. An error leaves it open: it is taken again when its minute is over.
func (w *Worker) order(ctx context.Context) (taken bool, err error) {
	by := actor.Job("operations:order", 0)
	o, err := w.rooms.Operations.Take(ctx, by)
	if err != nil || o == nil {
		return false, err
	}
	outcome, err := w.carryOut(ctx, by, *o)
	if err != nil {
		return false, err
	}
	w.look(ctx)
	slog.Info("order carried out", "order", o.ID, "what", o.What, "queue", o.Queue, "task", o.Task, "outcome", outcome)
	return true, w.rooms.Operations.Carried(context.WithoutCancel(ctx), by, o.ID, outcome)
}

// carryOut does what an order says. It may have been done before: then it is done.
func (w *Worker) carryOut(ctx context.Context, by actor.Actor, o operations.Order) (outcome string, err error) {
	if o.What == operations.SendAgain {
		refused, err := w.rooms.Letters.Again(ctx, by, *o.LetterID)
		if err == nil && !refused {
			return operations.Gone, nil
		}
		return operations.Done, err
	}
	if !w.redisAnswers(ctx) {
		return operations.Silent, nil
	}
	switch o.What {
	case operations.Run:
		err = w.inspector.RunTask(o.Queue, o.Task)
	case operations.Delete:
		err = w.inspector.DeleteTask(o.Queue, o.Task)
	case operations.RunArchived:
		_, err = w.inspector.RunAllArchivedTasks(o.Queue)
	case operations.Pause:
		err = w.inspector.PauseQueue(o.Queue)
	case operations.Resume:
		err = w.inspector.UnpauseQueue(o.Queue)
	}
	switch {
	case err == nil:
		return operations.Done, nil
	case errors.Is(err, asynq.ErrTaskNotFound), errors.Is(err, asynq.ErrQueueNotFound):
		return operations.Gone, nil
	case !w.redisAnswers(ctx):
		return operations.Silent, nil
	case o.Task == "":
		return operations.Done, nil // it is paused, or goes on, already
	}
	// asynq's own refusals are told apart by what became of the task.
	info, err := w.inspector.GetTaskInfo(o.Queue, o.Task)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound):
		return operations.Gone, nil
	case err != nil:
		return operations.Silent, nil
	case o.What == operations.Run:
		return operations.Done, nil // it waits for a worker, or has one
	case info.State == asynq.TaskStateActive:
		return operations.Running, nil
	}
	return operations.Silent, nil
}

func (w *Worker) redisAnswers(ctx context.Context) bool {
	patient, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return w.redis.Ping(patient).Err() == nil
}
