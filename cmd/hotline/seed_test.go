package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/mail"
	"hotline/app/ticket"
)

// seedNoon is a Wednesday, at noon of the desk.
var seedNoon = time.Date(2026, 3, 4, 17, 0, 0, 0, time.UTC)

var seedKey = []byte("0123456789abcdef0123456789abcdef")

// crowdless is a house with the demo's people and no tickets, and its owner's way in.
func crowdless(t *testing.T) (*house, string, *pgx.Conn) {
	t.Helper()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Worker)
	db.Freeze(seedNoon)
	h := build(db, built{secret: seedKey, box: &mail.Box{}})
	if _, err := h.makeCast(t.Context(), "seven quiet harbours"); err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(t.Context(), dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Close(context.Background()) })
	return h, dbtest.URL(name), owner
}

func seeded(t *testing.T, h *house, url string, n int) {
	t.Helper()
	if err := h.seed(t.Context(), url, n, seedKey, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
}

// one reads one value.
func one[V any](t *testing.T, conn *pgx.Conn, sql string, args ...any) (v V) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

const seedSchema = `SELECT string_agg(line, E'\n' ORDER BY line) FROM (
	SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'
	UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint WHERE conrelid <> 0
	UNION ALL SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal) x`

func TestASeedIsAWorldTheRoomsCouldHaveMade(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, url, owner := crowdless(t)
	before := one[string](t, owner, seedSchema)
	seeded(t, h, url, 1200)
	seeded(t, h, url, 50) // and once more on top
	if after := one[string](t, owner, seedSchema); after != before {
		t.Errorf("the schema was\n%s\nand is\n%s", before, after)
	}

	report, err := audit.Verify(ctx, h.db, seedKey)
	if err != nil || report.Problem != nil || report.NewerThanLastSeal != 0 || report.Entries < 4*1250 {
		t.Fatalf("%v\n%s", err, report)
	}
	for what, sql := range map[string]string{
		"1,250 tickets":                      `SELECT count(*) = 1250 FROM tickets`,
		"three in four resolved":             `SELECT count(*) FILTER (WHERE status = 'resolved') BETWEEN 850 AND 1025 FROM tickets`,
		"some resolved, in hand and waiting": `SELECT count(DISTINCT status) >= 3 FROM tickets`,
		"two messages a ticket":              `SELECT count(*) BETWEEN 1250 * 1.7 AND 1250 * 2 FROM messages`,
		"twenty consultants":                 `SELECT count(*) = 20 FROM consultants`,
		"two thousand physicians":            `SELECT count(*) = 2000 FROM physicians WHERE user_id IS NOT NULL`,
		"most physicians covered":            `SELECT count(*) BETWEEN 1850 AND 1950 FROM physicians p WHERE EXISTS (SELECT FROM coverages c WHERE c.physician_id = p.id AND c.from_on <= '2026-03-04' AND '2026-03-04' < c.until_on)`,
		"the demo's own have room":           `SELECT bool_and((SELECT count(*) FROM tickets WHERE assignee_id = c.user_id AND status IN ('assigned', 'with_physician')) BETWEEN 50 AND 200 AND cap = 500) FROM (SELECT * FROM consultants ORDER BY user_id LIMIT 3) c`,
		"holders have their span":            `SELECT count(*) = 0 FROM tickets t LEFT JOIN assignments a ON a.ticket_id = t.id AND a.until_at IS NULL WHERE t.status <> 'resolved' AND t.assignee_id IS DISTINCT FROM a.user_id`,
		"resolved ones have let go":          `SELECT count(*) = 0 FROM tickets t JOIN assignments a ON a.ticket_id = t.id AND a.until_at IS NULL WHERE t.status = 'resolved'`,
		"resolutions":                        `SELECT count(*) = 0 FROM tickets t FULL JOIN resolutions r ON r.ticket_id = t.id AND r.until_at IS NULL WHERE t.resolved_at IS DISTINCT FROM r.from_at`,
		"pauses":                             `SELECT count(*) = 0 FROM tickets t FULL JOIN (SELECT * FROM pauses WHERE until_at IS NULL) p ON p.ticket_id = t.id WHERE (t.status = 'with_physician') <> (p.id IS NOT NULL)`,
		"first answers":                      `SELECT count(*) = 0 FROM tickets t WHERE first_answered_at IS DISTINCT FROM (SELECT min(sent_at) FROM messages m WHERE m.ticket_id = t.id AND NOT m.from_insured)`,
		"resolved means no target runs":      `SELECT count(*) = 0 FROM tickets t JOIN targets g ON g.ticket_id = t.id AND g.met_at IS NULL AND g.ended_at IS NULL WHERE t.status IN ('resolved', 'with_physician')`,
		"missed promises were told":          `SELECT count(*) = 0 FROM targets WHERE met_at IS NULL AND ended_at IS NULL AND due_at < '2026-03-04 17:00Z' AND told_at IS NULL`,
		"nothing lies ahead":                 `SELECT max(greatest(opened_at, assigned_at, first_answered_at, resolved_at)) <= '2026-03-04 17:00Z' FROM tickets`,
		"and things come in order":           `SELECT count(*) = 0 FROM tickets WHERE NOT (opened_at < coalesce(assigned_at, 'infinity') AND coalesce(assigned_at, '-infinity') < coalesce(first_answered_at, 'infinity') AND coalesce(first_answered_at, '-infinity') < coalesce(resolved_at, 'infinity'))`,
		"entries too":                        `SELECT count(*) = 0 FROM record a JOIN record b ON b.kind = a.kind AND b.subject_id = a.subject_id AND b.seq = a.seq + 1 WHERE b.at < a.at AND a.kind = 'ticket'`,
		"messages come with their entry":     `SELECT count(*) = 0 FROM messages m WHERE NOT EXISTS (SELECT FROM record r WHERE r.kind = 'ticket' AND r.subject_id = m.ticket_id AND (r.detail->>'message')::bigint = m.id AND r.at = m.sent_at AND r.actor_id = m.author_id)`,
		"numbers follow the openings":        `SELECT bool_and(number LIKE 'RM-' || to_char(opened_at AT TIME ZONE 'America/New_York', 'YYYY') || '-%') FROM tickets`,
		"what is due next": `SELECT count(*) = 0 FROM tickets t LEFT JOIN targets r ON r.ticket_id = t.id AND r.ended_at IS NULL AND r.met_at IS NULL
			WHERE t.next_due_at <> coalesce(least(r.due_at, t.caller_deadline), t.opened_at + interval '90 days')
			OR t.due_kind <> CASE WHEN r.due_at IS NOT NULL AND (t.caller_deadline IS NULL OR r.due_at <= t.caller_deadline) THEN 'target' WHEN t.caller_deadline IS NOT NULL THEN 'caller' ELSE 'none' END`,
	} {
		if !one[bool](t, owner, sql) {
			t.Errorf("%s: it is not so", what)
		}
	}
	pointsNowhere(t, owner)

	// Life goes on: a physician asks, and somebody has room.
	var user int64 = one[int64](t, owner, `SELECT max(user_id) FROM physicians`)
	who, _, err := h.accounts.Actor(ctx, user)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := h.tickets.Submit(ctx, who, ticket.Submission{Key: keyOf("after"), Topic: "discharge", Question: "May I?"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.tickets.AutoAssign(ctx, actor.Job("ticket:assign", 0), asked.ID); err != nil {
		t.Fatal(err)
	}
	if status := one[string](t, owner, `SELECT status FROM tickets WHERE id = $1`, asked.ID); status != "assigned" {
		t.Errorf("a question asked after the seed is %s", status)
	}
	// And the guards are back.
	if _, err := owner.Exec(ctx, `UPDATE tickets SET title = 'x' WHERE id = $1`, asked.ID); err == nil {
		t.Error("a change that was not recorded went through")
	}
}

// pointsNowhere looks for rows whose foreign key points to nothing, which the load
// did not let the database check.
func pointsNowhere(t *testing.T, owner *pgx.Conn) {
	t.Helper()
	rows, err := owner.Query(t.Context(), `SELECT format('SELECT count(*) FROM %s c LEFT JOIN %s p ON p.%I = c.%I WHERE c.%I IS NOT NULL AND p.%I IS NULL',
			conrelid::regclass, confrelid::regclass, f.attname, a.attname, a.attname, f.attname)
		FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1] WHERE contype = 'f'`)
	if err != nil {
		t.Fatal(err)
	}
	checks, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(checks) < 20 {
		t.Fatal(len(checks), err)
	}
	for _, sql := range checks {
		if n := one[int](t, owner, sql); n != 0 {
			t.Errorf("%d rows: %s", n, sql)
		}
	}
}

func TestTheSameSeedIsTheSameWorld(t *testing.T) {
	t.Parallel()
	world := func() []string {
		h, url, owner := crowdless(t)
		seeded(t, h, url, 2500)
		return []string{
			one[string](t, owner, `SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM tickets t`),
			one[string](t, owner, `SELECT md5(string_agg(m::text, ';' ORDER BY id)) FROM messages m`),
			one[string](t, owner, `SELECT md5(string_agg(hash::text, ';' ORDER BY subject_id)) FROM record_heads WHERE kind = 'ticket'`),
		}
	}
	if a, b := world(), world(); !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

func TestASeedThatIsStoppedLeavesNothing(t *testing.T) {
	t.Parallel()
	h, url, owner := crowdless(t)
	before := one[string](t, owner, seedSchema)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := h.seed(ctx, url, 100, seedKey, func(format string, _ ...any) {
		if strings.Contains(format, "making") {
			stop()
		}
	})
	if err == nil {
		t.Fatal("it was not stopped")
	}
	if n := one[int](t, owner, `SELECT count(*) FROM tickets`); n != 0 || one[string](t, owner, seedSchema) != before {
		t.Errorf("%d tickets are left, or an index is missing", n)
	}
}

func TestASeedTouchesNothingThatIsNoDemo(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(dbtest.Bare(t))
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(context.Background())
	if _, err := owner.Exec(t.Context(), "CREATE TABLE theirs (id int)"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if code := ended(seedCmd{Tickets: 10, Dir: dir, Database: url}.Run(t.Context())); code != 2 {
		t.Errorf("it ends with %d", code)
	}
	if n := one[int](t, owner, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); n != 1 {
		t.Errorf("%d tables are there", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	if code := ended(seedCmd{Tickets: 0, Dir: os.DevNull}.Run(t.Context())); code != 2 {
		t.Errorf("no tickets: it ends with %d", code)
	}
}
