package main

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/embedded"
	"hotline/app/ticket"
	"hotline/jobs"
)

// submits measures how many questions a second eight physicians at once can ask:
// with the record and, in a clone where its triggers and guards are dropped and a
// rule throws its entries away, without. Both with commits that wait for the disk
// (durable) and with commits that do not, which leaves the work alone. A round is
// 500 questions to each of the four; times and the ratio are of their medians.
func (s *stand) submits(b *testing.B, w *bench) {
	const eager = "&synchronous_commit=off"
	bare := s.clone(b, "bare")
	unrecord(b, bare)
	sides := []struct {
		name string
		*bench
		took
	}{
		{"durable", w.open(b, w.url, nil), nil}, {"durable-bare", w.open(b, bare, nil), nil},
		{"eager", w.open(b, w.url+eager, nil), nil}, {"eager-bare", w.open(b, bare+eager, nil), nil},
	}
	const round = 500
	for i := range sides {
		sides[i].ask(b, round) // their caches, and the connections
	}
	for b.Loop() {
		for i := range sides {
			sides[i].took = append(sides[i].took, sides[i].ask(b, round))
		}
	}
	rate := func(i int) float64 { return round * 1000 / sides[i].at(50) }
	for i := range sides {
		b.ReportMetric(rate(i), sides[i].name+"/s")
	}
	b.ReportMetric(rate(0)/rate(1), "durable-ratio")
	b.ReportMetric(rate(2)/rate(3), "eager-ratio")
	b.ReportMetric(0, "ns/op")
}

// unrecord takes the record out of a clone.
func unrecord(b *testing.B, at string) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), at)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(b.Context(), `DO $$ DECLARE t record; BEGIN
		FOR t IN SELECT tgname, tgrelid::regclass AS home FROM pg_trigger
			WHERE NOT tgisinternal AND tgfoid IN ('record_guard'::regproc, 'record_chain'::regproc) LOOP
			EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.home);
		END LOOP; END $$;
		CREATE RULE discarded AS ON INSERT TO record DO INSTEAD NOTHING`)
	if err != nil {
		b.Fatal(err)
	}
}

// ask asks n questions, eight at once, and says how long that took.
func (w *bench) ask(b *testing.B, n int) time.Duration {
	b.Helper()
	people := w.askers(b, 8)
	var left atomic.Int64
	left.Store(int64(n))
	began := time.Now()
	var all sync.WaitGroup
	for _, who := range people {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := w.question(b.Context(), who); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// askers are some physicians.
func (w *bench) askers(b *testing.B, n int) []actor.Actor {
	b.Helper()
	found, err := w.db.Pool().Query(b.Context(), `SELECT user_id FROM physicians WHERE user_id IS NOT NULL ORDER BY id DESC LIMIT $1`, n)
	if err != nil {
		b.Fatal(err)
	}
	ids, err := pgx.CollectRows(found, pgx.RowTo[int64])
	if err != nil {
		b.Fatal(err)
	}
	var all []actor.Actor
	for _, id := range ids {
		who, _, err := w.accounts.Actor(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, who)
	}
	return all
}

func (w *bench) question(ctx context.Context, who actor.Actor) (*ticket.Ticket, error) {
	return w.tickets.Submit(ctx, who, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", AnswerBy: "write",
		Question: "A patient of mine has missed four visits and answers no letter. May I end the relationship, and how much notice do I owe?"})
}

// assigned measures how long a question takes to be in a consultant's hands when
// nothing else goes on: outbox, relay, queue, worker and router, as in the demo.
func (w *bench) assigned(b *testing.B) {
	ctx, stop := context.WithCancel(b.Context())
	own := w.open(b, w.url, nil)
	own.settle(b)
	redis, err := embedded.StartRedis()
	if err != nil {
		b.Fatal(err)
	}
	options, err := redisOptions(redis.URL())
	if err != nil {
		b.Fatal(err)
	}
	installation, err := own.db.Installation(ctx)
	if err != nil {
		b.Fatal(err)
	}
	worker := jobs.NewWorker(own.db, own.hub, own.work(), jobs.Options{Redis: options, FreshRedis: true, Installation: installation.ID,
		Version: version, Public: publicNowhere, Sender: own.box, SealKey: seedKey, Concurrency: 4, Shutdown: demoStop})
	var all sync.WaitGroup
	all.Go(func() { own.hub.Run(ctx) })
	all.Go(func() {
		if err := worker.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	defer redis.Stop()
	defer all.Wait()
	defer stop()
	who := own.askers(b, 1)[0]
	own.wait(b, who) // the first waits for the worker to come up
	var times took
	for b.Loop() {
		times = append(times, own.wait(b, who))
	}
	times.report(b, "assigned")
	b.ReportMetric(0, "ns/op")
}

// settle puts away in a clone what waits and what was promised, so that the line is idle.
func (w *bench) settle(b *testing.B) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), w.url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(b.Context(), `SET session_replication_role = replica;
		UPDATE tickets SET status = 'resolved', resolved_at = opened_at + interval '1 second' WHERE status = 'unassigned';
		UPDATE outbox SET done_at = run_at WHERE done_at IS NULL`)
	if err != nil {
		b.Fatal(err)
	}
}

// wait asks a question and waits until somebody has it.
func (w *bench) wait(b *testing.B, who actor.Actor) time.Duration {
	b.Helper()
	began := time.Now()
	t, err := w.question(b.Context(), who)
	if err != nil {
		b.Fatal(err)
	}
	for time.Since(began) < time.Minute {
		var has bool
		if err := w.db.Pool().QueryRow(b.Context(), `SELECT assignee_id IS NOT NULL FROM tickets WHERE id = $1`, t.ID).Scan(&has); err != nil {
			b.Fatal(err)
		}
		if has {
			return time.Since(began)
		}
		time.Sleep(2 * time.Millisecond)
	}
	b.Fatal("nobody was given the question within a minute")
	return 0
}
