package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hotline/app/actor"
	"hotline/app/ticket"
)

// page asks for a page again and again, each time followed by the statements it is
// made of through pgx alone, their rows read and decoded. ratio is page to
// statements, by their medians.
func (w *bench) page(b *testing.B, as *http.Cookie, path string) {
	for range 3 { // whoever looks is written down; that is once a half hour
		get(b, w.traced, as, path)
		get(b, w.web, as, path)
	}
	w.heard.start()
	size := get(b, w.traced, as, path)
	statements := w.heard.stop()
	if len(statements) == 0 {
		b.Fatal("the page asked nothing of the database")
	}
	var pages, bare took
	for b.Loop() {
		began := time.Now()
		get(b, w.web, as, path)
		between := time.Now()
		if err := replay(b.Context(), w.db.Pool(), statements); err != nil {
			b.Fatal(err)
		}
		pages, bare = append(pages, between.Sub(began)), append(bare, time.Since(between))
	}
	pages.report(b, "page")
	bare.report(b, "sql")
	b.ReportMetric(pages.at(50)/bare.at(50), "ratio")
	b.ReportMetric(float64(len(statements)), "statements")
	b.ReportMetric(float64(size)/1024, "KiB")
	b.ReportMetric(0, "ns/op") // it would add both up
}

// statement is one statement with its values.
type statement struct {
	sql  string
	args []any
}

// heard keeps the statements that a traced house issues while it listens.
type heard struct {
	listening atomic.Bool
	all       []statement
}

func (h *heard) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if h.listening.Load() {
		s := statement{sql: q.SQL}
		for _, arg := range q.Args {
			switch arg.(type) {
			case pgx.QueryResultFormats, pgx.QueryResultFormatsByOID, pgx.QueryExecMode:
			default:
				s.args = append(s.args, arg)
			}
		}
		h.all = append(h.all, s)
	}
	return ctx
}

func (h *heard) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (h *heard) start() { h.all = nil; h.listening.Store(true) }

func (h *heard) stop() []statement { h.listening.Store(false); return h.all }

func replay(ctx context.Context, pool *pgxpool.Pool, statements []statement) error {
	for _, s := range statements {
		rows, err := pool.Query(ctx, s.sql, s.args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// crowded asks for queue pages from as many askers as there are cores, twice over.
func (w *bench) crowded(b *testing.B) {
	b.SetParallelism(2)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			get(b, w.web, w.rosa, "/desk?view=mine")
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// busy is the number of a ticket of Rosa's with fifty entries in its record.
func (w *bench) busy(b *testing.B) string {
	b.Helper()
	ctx := b.Context()
	var id, rosa int64
	var number string
	err := w.db.Pool().QueryRow(ctx, `SELECT t.id, t.number, u.id FROM tickets t JOIN users u ON u.id = t.assignee_id
		WHERE u.email = 'consultant@demo.test' AND t.status = 'assigned' ORDER BY t.next_due_at DESC, t.id LIMIT 1`).Scan(&id, &number, &rosa)
	if err != nil {
		b.Fatal(err)
	}
	who, _, err := w.accounts.Actor(ctx, rosa)
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; ; n++ {
		var entries int
		if err := w.db.Pool().QueryRow(ctx, `SELECT count(*) FROM record WHERE kind = 'ticket' AND subject_id = $1`, id).Scan(&entries); err != nil {
			b.Fatal(err)
		}
		if entries >= 50 {
			return number
		}
		if err = w.say(ctx, who, number, n); err != nil {
			b.Fatal(err)
		}
	}
}

func (w *bench) say(ctx context.Context, who actor.Actor, number string, n int) error {
	if n%2 == 0 {
		return w.tickets.Note(ctx, who, number, ticket.Words{Key: uuid.NewString(), Body: demoNotes[n%len(demoNotes)]})
	}
	return w.tickets.Reply(ctx, who, number, ticket.Words{Key: uuid.NewString(), Body: demoAdvice["discharge"]})
}
