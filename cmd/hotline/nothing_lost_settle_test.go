package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"

	"hotline/jobs"
)

// settle waits until nothing is under way any more: every promise that is due kept,
// every ticket somebody's, every letter sent.
func (o *ordeal) settle() {
	began := time.Now()
	limit := 8 * time.Minute // a letter's claim, the queue's recovery, the relay's look, one after the other
	if *lostHurry {
		limit = 90 * time.Second
	}
	settled := waits(limit, func() bool {
		o.outlive()
		return o.open() == 0
	})
	o.Logf("settled %s after peace", time.Since(began).Round(time.Millisecond))
	if !settled {
		o.Fatalf("it does not settle:\n%s", o.standing())
	}
}

// open is how much is under way.
func (o *ordeal) open() (n int) {
	o.must(o.admin.QueryRow(o.ctx, `SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL AND (run_at <= now() OR failures > 0))
		+ (SELECT count(*) FROM tickets WHERE status = 'unassigned') + (SELECT count(*) FROM letters WHERE sent_at IS NULL)`).Scan(&n))
	return n
}

// outlive lets two minutes pass for the letters of workers that died while they sent
// them, where there is no time for that: nobody else may take such a letter before. A
// claim of twenty seconds is a dead worker's: no worker is stopped for so long, and the
// mail server answers at once.
func (o *ordeal) outlive() {
	if *lostHurry {
		_, err := o.admin.Exec(o.ctx, `UPDATE letters SET claimed_at = claimed_at - interval '2 minutes'
			WHERE sent_at IS NULL AND claimed_at < now() - interval '20 seconds'`)
		o.must(err)
	}
}

// standing is what is still under way, for who has to find out why.
func (o *ordeal) standing() string {
	var b strings.Builder
	inspector := asynq.NewInspectorFromRedisClient(o.redis.client)
	rows, err := o.admin.Query(o.ctx, `SELECT id, kind, queue, attempt, failures, coalesce(extract(epoch FROM now() - sent_at), -1)::int, args::text FROM outbox WHERE done_at IS NULL ORDER BY id LIMIT 20`)
	o.must(err)
	var id int64
	var kind, queue, args string
	var attempt, failures, ago int
	_, err = pgx.ForEachRow(rows, []any{&id, &kind, &queue, &attempt, &failures, &ago, &args}, func() error {
		state := "not in its queue"
		if info, err := inspector.GetTaskInfo(queue, fmt.Sprintf("%s-%d-%d", o.installed, id, attempt)); err == nil {
			state = fmt.Sprintf("%s, retried %d, last %q, next %s", info.State, info.Retried, info.LastErr, info.NextProcessAt.Format(time.TimeOnly))
		}
		fmt.Fprintf(&b, "promise %d %s %s attempt %d failures %d sent %d s ago: %s\n", id, kind, args, attempt, failures, ago, state)
		return nil
	})
	o.must(err)
	for _, q := range []string{
		`SELECT 'ticket ' || number || ' ' || status || ' ' || topic || ' ' || urgency FROM tickets WHERE status = 'unassigned' LIMIT 10`,
		`SELECT 'letter ' || id || ' ' || kind || ' claimed ' || coalesce(claimed_at::text, 'never') FROM letters WHERE sent_at IS NULL LIMIT 10`,
		`SELECT 'consultant ' || user_id || ' cap ' || cap || ' holds ' || (SELECT count(*) FROM tickets t WHERE t.assignee_id = c.user_id AND t.status = 'assigned') || ' until ' || coalesce(duty_until::text, 'off') FROM consultants c`,
	} {
		rows, err := o.admin.Query(o.ctx, q)
		o.must(err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		o.must(err)
		for _, line := range lines {
			fmt.Fprintln(&b, line)
		}
	}
	for _, p := range o.work {
		fmt.Fprintln(&b, p.log, o.tail(p))
	}
	return b.String()
}

// setAside is how many tasks the queues have given up on: a person would have to look.
func (o *ordeal) setAside() (n int) {
	inspector := asynq.NewInspectorFromRedisClient(o.redis.client)
	for queue := range jobs.Queues {
		if info, err := inspector.GetQueueInfo(queue); err == nil {
			n += info.Archived
		}
	}
	return n
}
