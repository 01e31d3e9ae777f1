package report

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/database/dbtest"
)

// drowning is a desk with many open tickets, as they lie about among the resolved ones: a
// fifth of the open wait for somebody, two fifths for the physician.
const drowning = `
SET session_replication_role = replica;
INSERT INTO desks (name, zone, phone, phone_e164) VALUES ('Risk', 'America/New_York', '', '');
INSERT INTO desk_hours (desk_id, weekday, opens, closes) SELECT d.id, i, 0, 1440 FROM desks d, generate_series(0, 6) i;
INSERT INTO users (email, name, role, made_at) SELECT 'c' || i || '@example.org', 'Consultant ' || i, 'consultant', now() FROM generate_series(1, 20) i;
INSERT INTO memberships (user_id, desk_id) SELECT u.id, d.id FROM users u, desks d;
INSERT INTO consultants (user_id, cap, duty_since, duty_until) SELECT id, 12, timestamptz '2026-11-19 13:00Z', timestamptz '2026-11-19 23:00Z' FROM users;
INSERT INTO consultant_topics (user_id, topic) SELECT user_id, 'discharge' FROM consultants;
INSERT INTO physicians (given_name, family_name, state) SELECT 'Given', 'Family' || i, 'OH' FROM generate_series(1, 2000) i;
INSERT INTO tickets (number, desk_id, channel, client_key, physician_id, opened_by, topic, urgency, question, status, assignee_id, opened_at, resolved_at, first_answered_at, next_due_at, due_kind, caller_phone_e164)
SELECT 'RM-2025-' || lpad((1000000 + i)::text, 7, '0'), d.id, 'online', gen_random_uuid(), p.id + i % 2000, u.id, 'discharge', (ARRAY['critical', 'urgent', 'routine'])[1 + i / 7 % 3],
	repeat('May I stop seeing this patient? ', 12), s.status, CASE WHEN s.status <> 'unassigned' THEN u.id + i % 20 END, o.at,
	CASE WHEN s.status = 'resolved' THEN o.at + interval '1 hour' END, CASE WHEN s.status = 'resolved' OR i / 3 % 5 > 1 THEN o.at END, o.at + interval '2 days', 'target', ''
FROM generate_series(1, $all) i, desks d, (SELECT min(id) AS id FROM users) u, (SELECT min(id) AS id FROM physicians) p,
	LATERAL (SELECT CASE WHEN i % 100 >= $share THEN 'resolved' WHEN i % 5 = 0 THEN 'unassigned' WHEN i % 5 < 3 THEN 'with_physician' ELSE 'assigned' END AS status) s,
	LATERAL (SELECT timestamptz '2026-11-19 15:00Z' - i * interval '1 minute' AS at) o;
INSERT INTO assignments (ticket_id, user_id, from_at, until_at, how, accept_by, accepted_at)
SELECT id, assignee_id, opened_at, resolved_at, 'router', opened_at + interval '1 hour', CASE WHEN id % 7 > 0 THEN opened_at END FROM tickets WHERE assignee_id IS NOT NULL;
INSERT INTO resolutions (ticket_id, resolved_by, from_at, outcome) SELECT id, assignee_id, resolved_at, 'advice_given' FROM tickets WHERE status = 'resolved'`

// drowned makes it, with as many tickets of which so many per cent are open, and opens it
// as a web process does.
func drowned(t testing.TB, all, share int, tracer pgx.QueryTracer) (*Service, actor.Actor) {
	t.Helper()
	name, ctx := dbtest.Database(t), context.Background()
	limits := database.Web
	limits.Tracer = tracer
	db := dbtest.Open(t, name, limits)
	owner, err := pgx.Connect(ctx, dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(ctx)
	for _, sql := range []string{strings.NewReplacer("$all", strconv.Itoa(all), "$share", strconv.Itoa(share)).Replace(drowning), "VACUUM ANALYZE"} {
		if _, err := owner.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	db.Freeze(time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC))
	by := actor.Actor{ID: 1 << 40, Role: actor.Manager}
	if err := owner.QueryRow(ctx, `SELECT array_agg(id) FROM desks`).Scan(&by.Desks); err != nil {
		t.Fatal(err)
	}
	return New(db), by
}

// asks keeps the statements that reach the database.
type asks struct {
	mu  sync.Mutex
	all []pgx.TraceQueryStartData
}

func (a *asks) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, q)
	return ctx
}

func (a *asks) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// heard are the statements that f makes, with their values.
func (a *asks) heard(t testing.TB, f func() error) (all []pgx.TraceQueryStartData) {
	t.Helper()
	a.mu.Lock()
	a.all = nil
	a.mu.Unlock()
	if err := f(); err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.all {
		if strings.HasPrefix(strings.TrimSpace(q.SQL), "SELECT") || strings.Contains(q.SQL, "WITH ") {
			all = append(all, q)
		}
	}
	return all
}

func TestTheQueuesAreThreeStatementsOnTheIndexesOfWhatIsOpen(t *testing.T) {
	t.Parallel()
	heard := &asks{}
	s, by := drowned(t, 30_000, 5, heard)
	if _, err := s.Waiting(t.Context(), by, 0); err != nil {
		t.Fatal(err)
	}
	statements := heard.heard(t, func() error { _, err := s.Waiting(t.Context(), by, 0); return err })
	if len(statements) != 3 {
		t.Errorf("%d statements", len(statements))
	}
	for _, q := range statements {
		plan := planned(t, s, q.SQL)
		if scan := regexp.MustCompile(`Seq Scan on (tickets|assignments|resolutions)\b`).FindString(plan); scan != "" {
			t.Errorf("%s:\n%s", scan, plan)
		}
		if strings.Contains(q.SQL, "idle") {
			for _, index := range []string{"tickets_unassigned", "tickets_opened", "assignments_of_user"} {
				if !strings.Contains(plan, index) {
					t.Errorf("%s is not used:\n%s", index, plan)
				}
			}
		}
	}
}

// planned is the plan of a statement whatever its values.
func planned(t *testing.T, s *Service, sql string) string {
	t.Helper()
	conn, err := s.db.Pool().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	made, err := conn.Conn().Prepare(t.Context(), "planned", sql)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "EXPLAIN EXECUTE planned("+strings.TrimSuffix(strings.Repeat("NULL,", len(made.ParamOIDs)), ",")+")")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Conn().Deallocate(t.Context(), "planned"); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// BenchmarkWaiting measures the queues of a desk with 1,000 and 100,000 open tickets
// beside the same statements through pgx alone:
//
//	go test ./app/report -run '^$' -bench Waiting -benchtime 2s
func BenchmarkWaiting(b *testing.B) {
	for _, open := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(open), func(b *testing.B) {
			heard := &asks{}
			s, by := drowned(b, 4*open, 25, heard)
			var statements []pgx.TraceQueryStartData
			for range 3 {
				statements = heard.heard(b, func() error { _, err := s.Waiting(b.Context(), by, 0); return err })
			}
			var room, bare time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := s.Waiting(b.Context(), by, 0); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				for _, q := range statements {
					rows, err := s.db.Pool().Query(b.Context(), q.SQL, q.Args...)
					if err != nil {
						b.Fatal(err)
					}
					for rows.Next() {
						if _, err := rows.Values(); err != nil {
							b.Fatal(err)
						}
					}
					if rows.Err() != nil {
						b.Fatal(rows.Err())
					}
				}
				room, bare = room+between.Sub(began), bare+time.Since(between)
			}
			b.ReportMetric(float64(room.Microseconds())/float64(b.N)/1000, "room-ms")
			b.ReportMetric(float64(bare.Microseconds())/float64(b.N)/1000, "sql-ms")
			b.ReportMetric(room.Seconds()/bare.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op") // it would add both up
		})
	}
}
