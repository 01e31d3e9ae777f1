package audit_test

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/audit"
)

// entries is how many entries to measure with: BENCH_ENTRIES, or 100,000.
func entries(b *testing.B) int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_ENTRIES")); err == nil {
		return n
	}
	return 100_000
}

// BenchmarkVerify walks four entries a subject, all sealed; heap-MB is the most the
// heap held while it did.
func BenchmarkVerify(b *testing.B) {
	h := open(b)
	n := entries(b)
	for from := 0; from < n; from += 4000 {
		_, err := h.owner.Exec(`INSERT INTO record (kind, subject_id, seq, at, actor_id, role, action, ticket_id, detail, previous, hash)
			SELECT 'ticket', g / 4, 0, '2026-03-02'::timestamptz + g * interval '1 second', 9, 'manager', 'ticket.assigned', g / 4,
				json_build_object('from', 'unassigned', 'to', 'assigned', 'assignee', g), '', ''
			FROM generate_series($1::int, $2::int) g`, from, min(from+4000, n)-1)
		h.must(err)
	}
	for {
		var sealed int
		h.must(h.Write(context.Background(), func(tx *gorm.DB) (err error) {
			_, sealed, err = audit.Seal(tx, noon, key)
			return err
		}))
		if sealed < audit.SealAtMost {
			break
		}
	}
	_, err := h.owner.Exec("ANALYZE")
	h.must(err)
	var most atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapAlloc))
			}
		}
	}()
	for b.Loop() {
		if r := h.whole(key); r.Entries != int64(n) {
			b.Fatalf("it read %d entries", r.Entries)
		}
	}
	close(stop)
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(most.Load())/1e6, "heap-MB")
}

// BenchmarkSeal seals heads that all moved; set-based, so in seconds for a million.
func BenchmarkSeal(b *testing.B) {
	n := entries(b)
	for b.Loop() {
		b.StopTimer()
		h := open(b)
		_, err := h.owner.Exec(`INSERT INTO record_heads (kind, subject_id, seq, hash)
			SELECT 'ticket', g, 4, sha256(g::text::bytea) FROM generate_series(1, $1::int) g`, n)
		h.must(err)
		b.StartTimer()
		for sealed := 1; sealed > 0; {
			h.must(h.Write(context.Background(), func(tx *gorm.DB) (err error) {
				_, sealed, err = audit.Seal(tx, noon, key)
				return err
			}))
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "heads/s")
}
