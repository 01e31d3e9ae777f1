package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/app/mail"
	"hotline/migrations"
)

// BenchmarkHouse measures the real pages and rooms on many tickets:
//
//	go test ./cmd/hotline -run '^$' -bench House -benchtime 3s
//
// BENCH_TICKETS is how many there are (100,000 if unsaid). They are made once and
// kept, in BENCH_DIR or the user's cache folder. Each page is asked for in turn with
// the same statements through pgx alone, so that both meet the same machine; times
// are medians (p50) and 99th percentiles (p99) in milliseconds.
func BenchmarkHouse(b *testing.B) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	s := openStand(b)
	w := s.scratch(b, "work")
	b.Run("queue-mine", func(b *testing.B) { w.page(b, w.rosa, "/desk?view=mine") })
	b.Run("queue-team", func(b *testing.B) { w.page(b, w.rosa, "/desk?view=team") })
	b.Run("ticket-50-entries", func(b *testing.B) { w.page(b, w.rosa, "/tickets/"+w.busy(b)+"?view=mine") })
	b.Run("article-search", func(b *testing.B) { w.page(b, w.rosa, "/guidance?q=subpena+records") })
	b.Run("ticket-search", func(b *testing.B) { w.page(b, w.rosa, "/search?q=lawyer+records") })
	b.Run("caseload", func(b *testing.B) { w.page(b, w.elena, "/reports/caseload") })
	b.Run("queue-pages-parallel", w.crowded)
	b.Run("submits", func(b *testing.B) { s.submits(b, w) })
	b.Run("submit-to-assigned", w.assigned)
}

// stand is the database server the benchmarks share, with the tickets they are
// cloned from.
type stand struct {
	pg       *embedded.Postgres
	admin    *pgx.Conn
	template string
}

// benchSeed changes when a seed's world does, so that an old one is made anew.
const benchSeed = "2"

func benchTickets() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_TICKETS")); err == nil && n > 0 {
		return n
	}
	return 100_000
}

func openStand(b *testing.B) *stand {
	b.Helper()
	dir := os.Getenv("BENCH_DIR")
	o := embedded.Options{Dir: dir, Default: dir == "", BinDir: os.Getenv("PG_BIN_DIR"), Fetch: true, Notice: notice}
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		o.Dir = filepath.Join(cache, "hotline-bench")
	}
	pg, err := embedded.Start(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			b.Error(err)
		}
	})
	admin, err := pgx.Connect(b.Context(), pg.URL("postgres"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { admin.Close(context.Background()) })
	s := &stand{pg: pg, admin: admin}
	mark := "bench_" + benchSeed + "_" + migrations.Fingerprint() + "_"
	s.template = mark + strconv.Itoa(benchTickets())
	s.forget(b, mark)
	if !s.there(b, s.template) {
		s.fill(b)
	}
	return s
}

func (s *stand) exec(b *testing.B, sql string) {
	b.Helper()
	if _, err := s.admin.Exec(b.Context(), sql); err != nil {
		b.Fatalf("%s: %v", sql, err)
	}
}

func (s *stand) there(b *testing.B, name string) (there bool) {
	b.Helper()
	if err := s.admin.QueryRow(b.Context(), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
		b.Fatal(err)
	}
	return there
}

// forget drops what other schemas and killed runs left.
func (s *stand) forget(b *testing.B, mark string) {
	b.Helper()
	found, err := s.admin.Query(b.Context(), "SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'")
	if err != nil {
		b.Fatal(err)
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		size, ours := strings.CutPrefix(name, mark)
		if _, err := strconv.Atoi(size); !ours || err != nil {
			s.exec(b, "DROP DATABASE "+name+" WITH (FORCE)")
		}
	}
}

// fill makes the tickets, once.
func (s *stand) fill(b *testing.B) {
	b.Helper()
	making := s.template + "_making"
	s.exec(b, "CREATE DATABASE "+making)
	at := s.pg.URL(making)
	if err := migrate(b.Context(), at); err != nil {
		b.Fatal(err)
	}
	db, err := database.Open(b.Context(), at, database.Worker)
	if err != nil {
		b.Fatal(err)
	}
	h := build(db, built{secret: seedKey, box: &mail.Box{}})
	if _, err := h.makeCast(b.Context(), benchPassword); err != nil {
		b.Fatal(err)
	}
	if _, err := h.guidance.Load(b.Context(), actor.Command("demo")); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	says := func(format string, args ...any) { notice(fmt.Sprintf(format, args...)) } // it may take minutes
	if err := h.seed(b.Context(), at, benchTickets(), seedKey, says); err != nil {
		b.Fatal(err)
	}
	says("%s tickets made in %s; they are kept in %s", grouped(benchTickets()), time.Since(began).Round(time.Second), s.pg.Dir())
	db.Close()
	s.exec(b, "ALTER DATABASE "+making+" RENAME TO "+s.template)
}

const benchPassword = "seven quiet harbours"

// bench is a house over a clone that a run may write into.
type bench struct {
	*house
	url         string
	web         http.Handler
	heard       *heard // the statements of one request, through a house of its own
	traced      http.Handler
	rosa, elena *http.Cookie
}

// clone copies the tickets into a database that is dropped afterwards.
func (s *stand) clone(b *testing.B, name string) string {
	b.Helper()
	name = "bench_scratch_" + name
	s.exec(b, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	// FILE_COPY takes seconds where the other way would write it all to the log.
	s.exec(b, "CREATE DATABASE "+name+" TEMPLATE "+s.template+" STRATEGY FILE_COPY")
	b.Cleanup(func() {
		_, _ = s.admin.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return s.pg.URL(name)
}

func (s *stand) scratch(b *testing.B, name string) *bench {
	b.Helper()
	w := &bench{url: s.clone(b, name), heard: &heard{}}
	w.house = w.open(b, w.url, nil).house
	public := &url.URL{Scheme: "http", Host: "127.0.0.1"}
	w.web = w.pages(public, nil, true)
	traced := w.open(b, w.url, w.heard)
	w.traced = traced.house.pages(public, nil, true)
	if err := w.backToWork(b.Context()); err != nil {
		b.Fatal(err)
	}
	w.rosa, w.elena = w.signIn(b, "consultant@demo.test"), w.signIn(b, "manager@demo.test")
	return w
}

// open builds the rooms on a database, with the limits of a web process.
func (w *bench) open(b *testing.B, at string, tracer pgx.QueryTracer) *bench {
	b.Helper()
	limits := database.Web
	limits.Tracer = tracer
	db, err := database.Open(b.Context(), at, limits)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	return &bench{house: build(db, built{secret: seedKey, box: &mail.Box{}}), url: at}
}

// signIn signs somebody in as their browser would.
func (w *bench) signIn(b *testing.B, email string) *http.Cookie {
	b.Helper()
	form := url.Values{"email": {email}, "password": {benchPassword}}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/signin", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	w.web.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		if c.Name == "hotline" && answer.Code == http.StatusSeeOther {
			return c
		}
	}
	b.Fatalf("%s was not let in: %d", email, answer.Code)
	return nil
}

// get asks for a page, wants it, and says how long it was.
func get(b *testing.B, web http.Handler, as *http.Cookie, path string) int {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
	r.AddCookie(as)
	answer := reader{header: http.Header{}, status: http.StatusOK}
	web.ServeHTTP(&answer, r)
	if answer.status != http.StatusOK {
		b.Errorf("%s: %d", path, answer.status)
	}
	return answer.length
}

// reader takes an answer as a connection would, and keeps nothing of it.
type reader struct {
	header         http.Header
	status, length int
}

func (r *reader) Header() http.Header { return r.header }

func (r *reader) WriteHeader(status int) { r.status = status }

func (r *reader) Write(b []byte) (int, error) { r.length += len(b); return len(b), nil }

// took are durations, for their percentiles.
type took []time.Duration

func (t took) at(percent int) float64 {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Clone(t)
	slices.Sort(sorted)
	return float64(sorted[min(len(sorted)*percent/100, len(sorted)-1)]) / float64(time.Millisecond)
}

func (t took) report(b *testing.B, what string) {
	b.ReportMetric(t.at(50), fmt.Sprintf("%s-p50-ms", what))
	b.ReportMetric(t.at(99), fmt.Sprintf("%s-p99-ms", what))
}
