package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/app/mail"
)

// standing is the whole house, as `hotline demo` puts it up, inside the test: a
// database of its own, Redis, people and their past, web and worker on port 0.
type standing struct {
	*house
	url      string
	password string
	state    *state
	pgLog    string
	log      *kept
	redis    *found
}

// kept is a log that can be read back.
type kept struct {
	mu sync.Mutex
	b  []byte
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.b = append(k.b, p...)
	return len(p), nil
}

func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.b)
}

// folder is a temporary folder that the database's user can reach.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := reachable()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func reachable() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "hotline-test-"); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	return dir, err
}

// lender is a demo that was loaded once: each house gets a copy of its database.
type lender struct {
	pg  *embedded.Postgres
	dir string
	mu  sync.Mutex
	n   int
}

var demoLoaded = sync.OnceValues(func() (*lender, error) {
	ctx := context.Background()
	dir, err := reachable()
	if err != nil {
		return nil, err
	}
	afterAll = append(afterAll, func() { os.RemoveAll(dir) })
	l := &lender{dir: dir}
	if l.pg, err = embedded.Start(ctx, embedded.Options{Throwaway: true, BinDir: os.Getenv("PG_BIN_DIR"), Fetch: true}); err != nil {
		return nil, err
	}
	afterAll = append(afterAll, func() { _ = l.pg.Stop() })
	s := &state{dir: dir, stop: func() {}}
	if s.url, err = l.pg.Database(ctx, databaseName); err != nil {
		return nil, err
	}
	s.owner = s.url
	if err := s.ownDemo(ctx, false); err != nil {
		return nil, err
	}
	keys, err := s.keys("")
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, s.url, database.Web)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return nil, err
	}
	return l, build(db, built{secret: keys.secret, box: &mail.Box{}}).loadDemo(ctx, s, keys)
})

// afterAll is what is put away once every test has run, the last first.
var afterAll []func()

func putAway() {
	for _, do := range slices.Backward(afterAll) {
		do()
	}
}

// lend makes a copy of the loaded database and gives its address. It is dropped after
// the test.
func (l *lender) lend(t testing.TB) string {
	t.Helper()
	l.mu.Lock()
	l.n++
	name := databaseName + "_" + strconv.Itoa(l.n)
	l.mu.Unlock()
	if err := l.exec("CREATE DATABASE " + name + " TEMPLATE " + databaseName); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return l.pg.URL(name)
}

func (l *lender) exec(sql string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, l.pg.URL("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql)
	return err
}

// putUp puts the house up and takes it down after the test.
func putUp(t testing.TB) *standing {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	logged := &kept{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })

	lent, err := demoLoaded()
	must(err)
	s := &standing{log: logged, pgLog: lent.pg.LogFile(), state: &state{dir: lent.dir, stop: func() {}}}
	s.state.url = lent.lend(t)
	s.state.owner = s.state.url
	must(s.state.ownDemo(ctx, false))
	keys, err := s.state.keys("")
	must(err)
	s.password = keys.password
	db, err := database.Open(ctx, s.state.url, database.Web)
	must(err)
	t.Cleanup(db.Close)
	must(db.Ping(ctx))
	s.house = build(db, built{secret: keys.secret, box: &mail.Box{}})
	must(s.loadDemo(ctx, s.state, keys))
	s.redis = &found{}
	must(s.redis.embedRedis())
	t.Cleanup(s.redis.stop)
	ln, err := listen("127.0.0.1:0")
	must(err)
	s.url = publicOf(ln).String()
	running, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	out := os.Stdout
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
		defer func() { os.Stdout = out }()
	}
	go func() { ended <- s.serveDemo(running, demoCmd{}, ln, keys, s.redis) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the house did not stop well: %v", err)
		}
	})
	s.until(t, "/readyz")
	return s
}

// until waits for an address to answer 200.
func (s *standing) until(t testing.TB, path string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		res, err := http.Get(s.url + path)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not answer in time: %v", path, err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// person is a demo account as one who acts.
func (s *standing) person(t testing.TB, email string) actor.Actor {
	t.Helper()
	people, err := s.accounts.List(t.Context(), actor.Command("test"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Email != email {
			continue
		}
		by, _, err := s.accounts.Actor(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		return by
	}
	t.Fatalf("nobody has the address %s", email)
	return actor.Actor{}
}

// verifies checks the whole record.
func (s *standing) verifies(t testing.TB) {
	t.Helper()
	report, err := audit.Verify(t.Context(), s.db, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Problem != nil {
		t.Errorf("the record does not verify: %s", report)
	}
}
