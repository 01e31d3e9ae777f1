package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func open(t *testing.T, name string) *sql.DB {
	t.Helper()
	db, err := dbtest.OpenSQL(dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// schema is everything there is in public, one line a thing.
func schema(t *testing.T, db *sql.DB) string {
	t.Helper()
	var all string
	err := db.QueryRow(`SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
		SELECT c.relkind::text || ' ' || c.relname || ' ' || coalesce((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
			|| CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY a.attnum)
			FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') AS line
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'goose%'
		UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conname NOT LIKE 'goose%'
		UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'
		UNION ALL SELECT 'function ' || proname || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
		UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql') x`).Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSchemaGoesUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := open(t, dbtest.Bare(t))
	empty := schema(t, db)
	if pending, ahead, err := migrations.Pending(ctx, db); err != nil || !pending || ahead {
		t.Fatalf("before: pending %v ahead %v %v", pending, ahead, err)
	}
	ran, err := migrations.Up(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	if ran == 0 {
		t.Fatal("nothing ran")
	}
	if pending, ahead, err := migrations.Pending(ctx, db); err != nil || pending || ahead {
		t.Fatalf("after: pending %v ahead %v %v", pending, ahead, err)
	}
	full := schema(t, db)
	if again, err := migrations.Up(ctx, db); err != nil || again != 0 {
		t.Fatalf("up again ran %d: %v", again, err)
	}
	if err := migrations.Down(ctx, db); err != nil {
		t.Fatal(err)
	}
	if left := schema(t, db); left != empty {
		t.Errorf("down left\n%s", left)
	}
	if again, err := migrations.Up(ctx, db); err != nil || again != ran {
		t.Fatalf("up once more ran %d: %v", again, err)
	}
	if schema(t, db) != full {
		t.Error("the second time it is another schema")
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if pending, ahead, err := migrations.Pending(ctx, db); err != nil || pending || !ahead {
		t.Errorf("a newer one: pending %v ahead %v %v", pending, ahead, err)
	}
}

func TestTwoStartsAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	name := dbtest.Bare(t)
	type result struct {
		ran int
		err error
	}
	results := make(chan result, 2)
	for range 2 {
		db := open(t, name)
		go func() {
			ran, err := migrations.Up(context.Background(), db)
			results <- result{ran, err}
		}()
	}
	a, b := <-results, <-results
	if a.err != nil || b.err != nil || a.ran*b.ran != 0 || a.ran+b.ran == 0 {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestTheNumbersAreUnbroken(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	want, named := 1, regexp.MustCompile(`^(\d{5})_[a-z_]+\.sql$`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".sql") || f.Name() == "grants.sql" {
			continue
		}
		m := named.FindStringSubmatch(f.Name())
		if m == nil || m[1] != fmt.Sprintf("%05d", want) {
			t.Errorf("%s, want number %05d", f.Name(), want)
		}
		want++
		body, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"-- +goose Up", "-- +goose Down", "lock_timeout"} {
			if !strings.Contains(string(body), part) {
				t.Errorf("%s lacks %s", f.Name(), part)
			}
		}
	}
	if want < 7 {
		t.Errorf("only %d migrations", want-1)
	}
}

func TestTheProgramsRoleMayDoNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t))
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, kept := range []string{"record", "record_seals", "record_sealed", "ticket_views", "messages", "notes", "calls", "citations", "article_versions"} {
		for _, right := range []string{"UPDATE", "DELETE", "TRUNCATE"} {
			rights(t, conn, kept, right, false)
		}
		rights(t, conn, kept, "INSERT", true)
	}
	for _, gone := range []string{"sessions", "drafts", "outbox", "sign_in_failures", "workers", "memberships", "consultant_topics"} {
		rights(t, conn, gone, "DELETE", true)
	}
	for _, stays := range []string{"tickets", "users", "assignments", "pauses", "resolutions", "targets", "letters", "policies", "delegations", "desks", "ticket_named", "matters"} {
		rights(t, conn, stays, "DELETE", false)
		rights(t, conn, stays, "TRUNCATE", false)
		rights(t, conn, stays, "INSERT", true)
	}
	for _, fixed := range []string{"record_heads", "ticket_transitions", "installation", "topics"} {
		rights(t, conn, fixed, "INSERT", false)
		rights(t, conn, fixed, "UPDATE", false)
		rights(t, conn, fixed, "DELETE", false)
	}
	// And so when it tries.
	if _, err := conn.ExecContext(context.Background(), "SET ROLE "+database.AppRole); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE record SET action = 'x'`, `DELETE FROM record`, `TRUNCATE record`, `UPDATE record_heads SET seq = 0`, `UPDATE messages SET body = 'x'`, `DELETE FROM notes`,
		`UPDATE ticket_transitions SET to_status = 'resolved'`, `INSERT INTO ticket_transitions VALUES ('resolved', 'with_physician')`, `UPDATE installation SET demo = true`,
		`DELETE FROM tickets`, `ALTER TABLE tickets DISABLE TRIGGER tickets_lifecycle`, `DROP TABLE record`, `ALTER TABLE record DISABLE TRIGGER ALL`,
		`SET session_replication_role = replica`, `CREATE TABLE mine (x int)`, `UPDATE goose_db_version SET is_applied = false`, `SELECT record_chain()`,
	} {
		if _, err := conn.ExecContext(context.Background(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}

func rights(t *testing.T, conn *sql.Conn, table, right string, want bool) {
	t.Helper()
	var has bool
	if err := conn.QueryRowContext(context.Background(), `SELECT has_table_privilege($1, $2, $3)`, database.AppRole, "public."+table, right).Scan(&has); err != nil {
		t.Fatal(err)
	}
	if has != want {
		t.Errorf("%s on %s: %v", right, table, has)
	}
}
