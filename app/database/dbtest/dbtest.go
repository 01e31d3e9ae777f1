// Package dbtest gives each test a real database of its own: a clone of a template
// that was migrated once, in a throw-away Postgres that lives as long as the test
// binary, or in the one TEST_DATABASE_URL names.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/migrations"
)

var cluster struct {
	once     sync.Once
	err      error
	postgres *embedded.Postgres
	admin    *pgxpool.Pool
	template string
	given    string // TEST_DATABASE_URL
}

// Main runs a package's tests, then does what is to be done after all of them, and stops
// the throw-away Postgres.
func Main(m *testing.M, after ...func()) {
	code := m.Run()
	for _, do := range after {
		do()
	}
	if cluster.admin != nil {
		cluster.admin.Close()
	}
	if cluster.postgres != nil {
		if err := cluster.postgres.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "dbtest:", err)
		}
	}
	os.Exit(code)
}

// New gives a migrated, empty database, with the limits of a web process and in
// the role web and worker have. It is dropped after the test; with
// TEST_DATABASE_URL it is kept, and named, when the test failed.
func New(t testing.TB) *database.DB {
	t.Helper()
	return Open(t, Database(t), database.Limits{
		Statement: 20 * time.Second, Lock: 10 * time.Second, Idle: 30 * time.Second, Pool: 12,
	})
}

// Open connects to a database that Database made.
func Open(t testing.TB, name string, limits database.Limits) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), URL(name), limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Database makes a migrated, empty database and gives its name.
func Database(t testing.TB) string {
	t.Helper()
	cluster.once.Do(start)
	if cluster.err != nil {
		t.Fatalf("no database to test against: %v", cluster.err)
	}
	name := "t_" + random()
	if _, err := cluster.admin.Exec(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+cluster.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && cluster.given != "" {
			t.Logf("database kept: %s", name)
			return
		}
		_, _ = cluster.admin.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return name
}

// URL is where a database of the test cluster is reached, as its owner.
func URL(name string) string {
	if cluster.postgres != nil {
		return cluster.postgres.URL(name)
	}
	return rename(cluster.given, name)
}

// Bare makes an empty database without any schema, for tests of the migrations.
func Bare(t testing.TB) string {
	t.Helper()
	cluster.once.Do(start)
	if cluster.err != nil {
		t.Fatalf("no database to test against: %v", cluster.err)
	}
	name := "t_" + random()
	if _, err := cluster.admin.Exec(context.Background(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = cluster.admin.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return name
}

func start() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cluster.err = begin(ctx)
}

func begin(ctx context.Context) error {
	cluster.given = os.Getenv("TEST_DATABASE_URL")
	where := cluster.given
	if where == "" {
		pg, err := embedded.Start(ctx, embedded.Options{
			Throwaway: true, BinDir: os.Getenv("PG_BIN_DIR"), Fetch: true,
			Notice: func(s string) { fmt.Fprintln(os.Stderr, s) },
		})
		if err != nil {
			return err
		}
		cluster.postgres = pg
		where = pg.URL("postgres")
	}
	config, err := pgxpool.ParseConfig(where)
	if err != nil {
		return err
	}
	config.MaxConns = 4
	if cluster.admin, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	if _, err := cluster.admin.Exec(ctx, `DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '`+database.AppRole+`') THEN
			CREATE ROLE `+database.AppRole+`; END IF;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`); err != nil {
		return err
	}
	return template(ctx)
}

// template makes the database that others are cloned from, once a schema. Its name
// holds the fingerprint of the migrations, so an edited one never meets an old clone.
func template(ctx context.Context) error {
	cluster.template = "hotline_template_" + migrations.Fingerprint()
	conn, err := cluster.admin.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// Test binaries that share a given server make it one after the other.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7201)"); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(7201)")
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", cluster.template).Scan(&there); err != nil {
		return err
	}
	if there {
		return nil
	}
	making := cluster.template + "_making"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + making + " WITH (FORCE)", "CREATE DATABASE " + making} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrate(ctx, making); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+making+" RENAME TO "+cluster.template)
	return err
}

func migrate(ctx context.Context, name string) error {
	db, err := OpenSQL(URL(name))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return err
}

func random() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func rename(given, name string) string {
	if u, err := url.Parse(given); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + name
		return u.String()
	}
	config, err := pgx.ParseConfig(given)
	if err != nil {
		return given
	}
	return strings.ReplaceAll(given, "dbname="+config.Database, "dbname="+name)
}
