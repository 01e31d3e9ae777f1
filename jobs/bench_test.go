package jobs

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkRelay is how many promises a second one relay brings to their queues.
func BenchmarkRelay(b *testing.B) {
	h := newHouse(b)
	w := h.worker()
	const n = 1000
	for b.Loop() {
		b.StopTimer()
		h.redis.Forget()
		_, err := h.db.Pool().Exec(h.ctx, "INSERT INTO outbox (kind, queue, args, run_at) SELECT 'probe:probe', 'low', '{}', now() - interval '1 second' FROM generate_series(1, $1::int)", n)
		h.must(err)
		b.StartTimer()
		h.carryAll(w)
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "promises/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAssignments is how many tickets a second find their consultant, end to end,
// while more wait than can be served: from the worker's start with all of them in the
// outbox, through relay and queues, until the last is somebody's. Letters are sent
// meanwhile as they always are. Settings of production; a real Redis where
// TEST_REDIS_SERVER names one.
func BenchmarkAssignments(b *testing.B) {
	const n = 500
	var took time.Duration
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b)
		h.atWork(h.rosa, h.omar)
		h.o.CheckEvery, h.o.Concurrency = 0, 0
		for range n {
			h.ask()
		}
		b.StartTimer()
		began := time.Now()
		_, stop := h.running()
		if !comes(2*time.Minute, func() bool { return h.count("SELECT count(*) FROM tickets WHERE assignee_id IS NOT NULL") == n }) {
			b.Fatal("not all were assigned")
		}
		took += time.Since(began)
		b.StopTimer()
		h.must(stop())
		b.StartTimer()
	}
	b.ReportMetric(float64(n*b.N)/took.Seconds(), "assignments/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAsked is how long a question takes from its commit to its consultant while
// the line is idle, with the settings of production.
func BenchmarkAsked(b *testing.B) {
	h := newHouse(b)
	h.atWork(h.rosa, h.omar)
	h.o.CheckEvery = 0
	h.running()
	until(b, "the worker is there", func() bool { return h.count("SELECT count(*) FROM workers") == 1 })
	var took []time.Duration
	for b.Loop() {
		ticket := h.ask()
		asked := time.Now()
		until(b, "it is assigned", func() bool { return h.assigned(ticket.ID) })
		took = append(took, time.Since(asked))
		until(b, "every promise is kept", h.settled)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms-median")
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "ms-p99")
	b.ReportMetric(0, "ns/op")
}
