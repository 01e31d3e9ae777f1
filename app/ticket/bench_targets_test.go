package ticket_test

import (
	"testing"
	"time"
)

// BenchmarkFindDue is one look of the clock at 100,000 open tickets with two promises
// each, of which a thousand were missed: all are taken up, with a promise of word for
// each. Beside it, the same two statements said by hand.
func BenchmarkFindDue(b *testing.B) {
	h := newHouse(b)
	h.many(100_000, 1000)
	if n := read[int](h, `SELECT count(*) FROM targets WHERE due_at < ? AND told_at IS NULL`, h.DB.Now()); n != 1000 {
		b.Fatal(n)
	}
	again := func() {
		b.Helper()
		for _, statement := range []string{`UPDATE targets SET told_at = NULL WHERE told_at IS NOT NULL`, `TRUNCATE outbox`, `VACUUM targets`} {
			_, err := h.owner().ExecContext(h.ctx, statement)
			h.must(err)
		}
	}
	b.Run("the room", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			again()
			b.StartTimer()
			if n, err := h.Tickets.FindDue(h.ctx); err != nil || n != 1000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("by hand", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			again()
			b.StartTimer()
			tx, err := h.DB.Pool().Begin(h.ctx)
			h.must(err)
			done, err := tx.Exec(h.ctx, `WITH due AS (UPDATE targets SET told_at = $1 WHERE id IN (SELECT id FROM targets
					WHERE ended_at IS NULL AND met_at IS NULL AND told_at IS NULL AND due_at < $1 ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
				RETURNING ticket_id, id)
				INSERT INTO outbox (kind, queue, args, run_at) SELECT 'ticket:overdue', 'notify', jsonb_build_object('ticket_id', ticket_id, 'target_id', id), $1 FROM due`, h.DB.Now())
			h.must(err)
			h.must(tx.Commit(h.ctx))
			if done.RowsAffected() != 1000 {
				b.Fatal(done.RowsAffected())
			}
		}
	})
	b.Run("nothing due", func(b *testing.B) {
		for b.Loop() {
			if n, err := h.Tickets.FindDue(h.ctx); err != nil || n != 0 {
				b.Fatal(n, err)
			}
		}
	})
}

// BenchmarkRecompute is a change of the calendar under 100,000 open tickets with two
// promises each: how many deadlines a second move, and how long the preview takes.
func BenchmarkRecompute(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b)
		times, err := h.Desks.Times(h.ctx, h.Desk)
		h.must(err)
		c := &clock{h, times}
		h.many(100_000, 0)
		in := closed(c.schedule(), 20)
		began := time.Now()
		p, err := h.Tickets.PreviewSchedule(h.ctx, h.Elena, h.Desk, in)
		h.must(err)
		b.ReportMetric(time.Since(began).Seconds(), "preview-s")
		b.StartTimer()
		c.changes(in)
		if moved := c.change().Moved; moved != 200_000 || p.Moves != moved {
			b.Fatal(moved, p.Moves)
		}
	}
	b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "deadlines/s")
}
