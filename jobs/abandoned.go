package jobs

import (
	"context"
	"log/slog"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// A task under way is in its queue's list of active ones, and whoever is at it renews
// a lease on it every five seconds. asynq brings back a task whose lease has ended: its
// worker died. One that has no lease at all it never looks at again (its issues 1051
// and 1144, open in 0.26): a Redis that evicted the key, or was restored from a copy,
// or one whose connections broke at the wrong moment, leaves such tasks behind. They
// would count as still there for ever.

// abandoned takes a task that is under way out of its queue if nobody is at it: it has
// no lease, or one that ended a good while ago. A worker that lives has a lease; should
// it have lost it all the same, it ends what it does, and the promise is kept once.
func (r *Relay) abandoned(ctx context.Context, queue, id string) (bool, error) {
	n, err := abandon.Run(ctx, r.redis, []string{keyOf(queue, "active"), keyOf(queue, "lease"), keyOf(queue, "t:"+id)},
		id, strconv.FormatInt(r.now().Add(-r.lapse).Unix(), 10)).Int()
	return n == 1, err
}

// abandon looks and takes out in one step, so that a task that ends meanwhile, or is
// begun, is left alone.
var abandon = redis.NewScript(`
local state = redis.call("HGET", KEYS[3], "state")
if state and state ~= "active" then return 0 end
local ends = redis.call("ZSCORE", KEYS[2], ARGV[1])
if ends and tonumber(ends) >= tonumber(ARGV[2]) then return 0 end
redis.call("LREM", KEYS[1], 0, ARGV[1])
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("DEL", KEYS[3])
return 1`)

// letGo takes the clock's own tasks out of the queues that nobody is at any more. No
// promise is behind them, and their slot of time has passed: there is nothing to send
// again, but they would count as under way for ever.
func (r *Relay) letGo(ctx context.Context) error {
	for queue := range Queues {
		ids, err := r.redis.LRange(ctx, keyOf(queue, "active"), 0, -1).Result()
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !strings.HasPrefix(id, r.installation+":clock:") {
				continue
			}
			gone, err := r.abandoned(ctx, queue, id)
			if err != nil {
				return err
			}
			if gone {
				slog.Info("relay: the clock's task had nobody; let go", "task", id)
			}
		}
	}
	return nil
}

// keyOf is where asynq keeps a part of a queue.
func keyOf(queue, part string) string { return "asynq:{" + queue + "}:" + part }
