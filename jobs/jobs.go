// Package jobs is the way in for later: what was promised is brought to its queue,
// taken from it, and handed to a room in one call. Everything here may run twice.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/casefile"
	"hotline/app/correspondence"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/guidance"
	"hotline/app/learning"
	"hotline/app/letter"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/outbox"
	"hotline/app/ticket"
	"hotline/app/whatif"
)

// Rooms are what the jobs call.
type Rooms struct {
	Tickets    *ticket.Service
	Letters    *letter.Service
	Accounts   *account.Service
	Operations *operations.Service
	Plans      *whatif.Service
	Guidance   *guidance.Service
	Casefiles  *casefile.Service
	Papers     *correspondence.Service
	Learning   *learning.Service
}

// work is what is done for one kind of promise.
type work func(ctx context.Context, promise int64, args []byte) error

// works names the work for each kind of promise.
func works(rooms Rooms, post *postman) map[string]work {
	w := map[string]work{}
	handle(w, func(ctx context.Context, by actor.Actor, j ticket.AssignJob) error {
		return rooms.Tickets.AutoAssign(ctx, by, j.TicketID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j desk.SweepJob) error {
		return rooms.Tickets.Sweep(ctx, by, j.DeskID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j ticket.WarnJob) error {
		return rooms.Tickets.TellDueSoon(ctx, by, j.TicketID, j.TargetID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j ticket.OverdueJob) error {
		return rooms.Tickets.TellOverdue(ctx, by, j.TicketID, j.TargetID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j ticket.EscalateJob) error {
		return rooms.Tickets.TellEscalated(ctx, by, j.TicketID, j.TargetID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j desk.RecomputeJob) error {
		return rooms.Tickets.Recompute(ctx, by, j.DeskID, j.Version)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j ticket.UnacceptedJob) error {
		return rooms.Tickets.Unaccepted(ctx, by, j.AssignmentID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j desk.AbsenceJob) error {
		return rooms.Tickets.BeginAbsence(ctx, by, j.AbsenceID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j whatif.ReplayJob) error {
		return rooms.Plans.Play(ctx, by, j.ReplayID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j whatif.EnactJob) error {
		return rooms.Plans.EnactDue(ctx, by, j.PlanID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j guidance.ReviewDueJob) error {
		return rooms.Guidance.TellReviewDue(ctx, by, j.ArticleID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j guidance.RecallJob) error {
		return rooms.Guidance.EnterRecall(ctx, by, j.RecallID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j casefile.StepDueJob) error {
		return rooms.Casefiles.TellStepDue(ctx, by, j.StepID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j correspondence.NoticeEndsJob) error {
		return rooms.Papers.TellNoticeEnds(ctx, by, j.NoticeID)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j letter.SendJob) error {
		return rooms.Letters.Send(ctx, by, j.LetterID, post.carry)
	})
	handle(w, func(ctx context.Context, by actor.Actor, j account.ResetJob) error {
		return post.reset(ctx, by, j.ResetID)
	})
	return w
}

// handle registers the work for one kind of job. Arguments that do not parse will
// not parse next time either, so they are set aside at once.
func handle[J outbox.Job](w map[string]work, do func(context.Context, actor.Actor, J) error) {
	var zero J
	w[zero.Kind()] = func(ctx context.Context, promise int64, args []byte) error {
		var j J
		if err := json.Unmarshal(args, &j); err != nil {
			return fmt.Errorf("%s: arguments: %w", zero.Kind(), asynq.SkipRetry)
		}
		return plainly(do(ctx, actor.Job(zero.Kind(), promise), j))
	}
}

// errUnknown is a kind that this program has no work for. A newer worker may: it is
// tried again like anything that failed.
var errUnknown = errors.New("no work of this kind is known here")

// handler puts the works behind the queues. A kind is met exactly: asynq's own mux
// matches beginnings, and would hand "ticket:assign:2" to the work of "ticket:assign".
func handler(all map[string]work) asynq.Handler {
	return asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) (err error) {
		do, known := all[t.Type()]
		if !known {
			return errUnknown
		}
		defer func() {
			if recover() != nil {
				err = panicked(t.Type())
			}
		}()
		return do(ctx, promised(ctx), t.Payload())
	})
}

var errPanicked = errors.New("panicked; the log says where")

// panicked logs where a job panicked. What it panicked with stays out of the log and
// out of Redis: it may quote what somebody typed.
func panicked(kind string) error {
	slog.Error("job panicked", "kind", kind, "stack", string(debug.Stack()))
	return errPanicked
}

// taskID names one attempt at one promise of one installation.
func taskID(installation string, row outbox.Row) string {
	return installation + "-" + strconv.FormatInt(row.ID, 10) + "-" + strconv.Itoa(row.Attempt)
}

// promised is the promise behind the task at hand, or 0 for the clock's.
func promised(ctx context.Context) int64 {
	id, _ := asynq.GetTaskID(ctx)
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return 0
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// plainly is an error as Redis may keep it: its kind and place, never a text that
// could quote what somebody typed.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*database.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*mail.NotTaken](err); ok {
		return e
	}
	for _, kind := range []error{letter.ErrClaimed, fault.NotFound, fault.Forbidden, fault.Conflict, fault.Unacceptable, fault.Unavailable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return fmt.Errorf("failed: %T", err)
}

// Retries are how often a job is tried before it is set aside for a person.
const Retries = 10

// within is how long a job of a kind may take. A year's tickets are not played again
// in a minute.
func within(kind string) time.Duration {
	if kind == (whatif.ReplayJob{}).Kind() {
		return 10 * time.Minute
	}
	return time.Minute
}

// again is how long to wait before the n-th retry: quickly at first, then as asynq does.
func again(n int, err error, task *asynq.Task) time.Duration {
	if errors.Is(err, letter.ErrClaimed) {
		return 15 * time.Second
	}
	waits := []time.Duration{1, 2, 5, 15, 60}
	if n < len(waits) {
		return waits[n] * time.Second
	}
	return asynq.DefaultRetryDelayFunc(n, err, task)
}

// counts says whether an error uses up one of a job's retries. A letter that another
// worker has is nobody's failure: that worker sends it, or its claim runs out.
func counts(err error) bool { return !errors.Is(err, letter.ErrClaimed) }

// failed logs a job that did not succeed: kind, id and attempt.
func failed(ctx context.Context, t *asynq.Task, err error) {
	if !counts(err) {
		return
	}
	id, _ := asynq.GetTaskID(ctx)
	n, _ := asynq.GetRetryCount(ctx)
	of, _ := asynq.GetMaxRetry(ctx)
	level := slog.LevelWarn
	if n >= of {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "job failed", "kind", t.Type(), "task", id, "retry", n, "of", of, "error", err.Error())
}

// Queues are the queues with their weights.
var Queues = map[string]int{"critical": 6, "urgent": 4, "routine": 2, "notify": 2, "low": 1}
