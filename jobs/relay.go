package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"hotline/app/database"
	"hotline/app/outbox"
)

// Relay brings promises from the outbox to their queues.
type Relay struct {
	outlet       *outbox.Outlet
	now          database.Clock
	redis        redis.UniversalClient
	inspector    *asynq.Inspector
	installation string
	lapse        time.Duration // how long after its lease ended a task has nobody any more
}

// batch is how many promises one transaction holds while it talks to Redis.
const batch = 50

// retention is how long Redis remembers a finished task, and so refuses its ID.
const retention = 10 * time.Minute

// Run carries whenever it is woken and each second, until ctx ends.
func (r *Relay) Run(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		for {
			sent, err := r.Carry(ctx)
			if err != nil && ctx.Err() == nil {
				slog.Warn("relay: could not carry; trying again", "error", spoken(err))
			}
			if err != nil || sent == 0 {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

// Carry brings one batch of promises to their queues and says how many it sent. A
// crash between Redis's yes and the commit sends a promise twice under one ID,
// which Redis refuses. An error of the connection ends the batch; a promise that
// cannot be sent for itself waits by itself.
func (r *Relay) Carry(ctx context.Context) (sent int, err error) {
	// A client remembers for ever which queues it made known. One a batch makes them
	// known again to a Redis that forgot; the connections are shared.
	client := asynq.NewClientFromRedisClient(r.redis)
	return r.outlet.Carry(ctx, r.now, batch, func(rows []outbox.Row) (ids []int64, later []outbox.Row, ended error) {
		patient, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		for _, row := range rows {
			err := r.send(patient, client, row)
			if err != nil && (patient.Err() != nil || refusesAll(err) || client.Ping() != nil) {
				return ids, later, errRedis
			}
			if err != nil {
				slog.Error("relay: a promise could not be sent", "promise", row.ID, "kind", row.Kind, "error", plainly(err).Error())
				later = append(later, row)
				continue
			}
			ids = append(ids, row.ID)
		}
		return ids, later, nil
	})
}

func spoken(err error) string {
	if errors.Is(err, errRedis) {
		return errRedis.Error()
	}
	return plainly(err).Error()
}

// patience is how long one batch may talk to Redis while it holds its rows.
const patience = 10 * time.Second

// errRedis says that Redis itself is out of reach, not one promise.
var errRedis = errors.New("relay: Redis does not take work")

func (r *Relay) send(ctx context.Context, client *asynq.Client, row outbox.Row) error {
	_, err := client.EnqueueContext(ctx, asynq.NewTask(row.Kind, row.Args),
		asynq.TaskID(taskID(r.installation, row)), asynq.Queue(row.Queue),
		asynq.MaxRetry(Retries), asynq.Timeout(within(row.Kind)), asynq.Retention(retention))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return err
}

// lost is how long after it was sent a promise that is not done is looked for.
const lost = 2 * time.Minute

// Reconcile looks up promises that were sent before a while and are not done: what
// the queue has forgotten, or keeps as under way though nobody is at it, is sent
// again under its next attempt. So losing all of Redis loses nothing.
func (r *Relay) Reconcile(ctx context.Context, after time.Duration) error {
	if err := r.letGo(ctx); err != nil {
		return err
	}
	// Fixed for all batches: what was found still there counts as sent now, and would
	// be looked up again and again by a line that moves.
	before := r.now().Add(-after)
	for {
		seen, err := r.outlet.LookUp(ctx, before, batch, func(row outbox.Row) (bool, error) {
			gone, err := r.forgotten(ctx, row)
			if gone && err == nil {
				slog.Info("relay: the queue has forgotten a promise; sending it again", "promise", row.ID, "kind", row.Kind, "attempt", row.Attempt+1)
			}
			return gone, err
		})
		if err != nil || seen < batch {
			return err
		}
	}
}

func (r *Relay) forgotten(ctx context.Context, row outbox.Row) (bool, error) {
	id := taskID(r.installation, row)
	info, err := r.inspector.GetTaskInfo(row.Queue, id)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound), errors.Is(err, asynq.ErrQueueNotFound):
		return true, nil
	case err != nil:
		return false, err
	case info.State == asynq.TaskStateActive:
		return r.abandoned(ctx, row.Queue, id)
	}
	return info.State == asynq.TaskStateCompleted, nil
}

// refusals are how Redis begins an answer that any task would get.
var refusals = []string{"OOM ", "READONLY ", "MISCONF ", "LOADING ", "NOAUTH ", "WRONGPASS ", "NOPERM ", "CLUSTERDOWN ", "MASTERDOWN ",
	"TRYAGAIN ", "BUSY ", "NOREPLICAS ", "ERR max number of clients"}

// refusesAll says whether Redis answers, and takes nothing from anybody. asynq keeps
// only the words of an answer, so its kind must be read from them.
func refusesAll(err error) bool {
	text := err.Error()
	return slices.ContainsFunc(refusals, func(begin string) bool { return strings.Contains(text, begin) })
}
