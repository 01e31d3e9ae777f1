package live_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/live"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// listening is a hub that hears, on a database of its own.
func listening(t *testing.T) (db *database.DB, h *live.Hub, stop func()) {
	t.Helper()
	db = dbtest.New(t)
	h = live.NewHub(db.Pool())
	wake := h.Wake("outbox")
	stop = run(t, h)
	within(t, "the hub hears", wake)
	return db, h, stop
}

func run(t *testing.T, h *live.Hub) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { h.Run(ctx) })
	stop = func() { cancel(); all.Wait() }
	t.Cleanup(stop)
	return stop
}

// within takes one value from a channel, or fails.
func within[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v, open := <-c:
		if !open {
			t.Fatalf("%s: the channel is closed", what)
		}
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("it never came to this: %s", what)
		return v
	}
}

func say(t *testing.T, db *database.DB, id int64) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		live.Say(tx, "ticket", id, 7)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWordOfAChangeReachesEveryPageAfterItsCommit(t *testing.T) {
	t.Parallel()
	db, h, _ := listening(t)
	one, _ := h.Subscribe()
	two, _ := h.Subscribe()
	undone := errors.New("undone")
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		live.Say(tx, "ticket", 1, 7)
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	say(t, db, 2)
	for _, page := range []<-chan live.Event{one, two} {
		// The first to come is the second: what was rolled back was never said.
		if e := within(t, "the event", page); e != (live.Event{Kind: "ticket", ID: 2, Desk: 7}) {
			t.Errorf("%+v", e)
		}
	}
}

func TestWordReachesTheOtherProcesses(t *testing.T) {
	t.Parallel()
	name := dbtest.Database(t)
	limits := database.Limits{Statement: 20 * time.Second, Lock: 10 * time.Second, Idle: 30 * time.Second, Pool: 4}
	here, there := dbtest.Open(t, name, limits), dbtest.Open(t, name, limits)
	h := live.NewHub(there.Pool())
	wake := h.Wake("outbox")
	run(t, h)
	within(t, "the hub hears", wake)
	page, _ := h.Subscribe()
	say(t, here, 3)
	if e := within(t, "the event", page); e.ID != 3 {
		t.Errorf("%+v", e)
	}
}

func TestASlowReaderIsToldToAskAgain(t *testing.T) {
	t.Parallel()
	db, h, _ := listening(t)
	slow, _ := h.Subscribe()
	quick, _ := h.Subscribe()
	const n = 40
	for id := int64(1); id <= n; id++ {
		say(t, db, id)
		for within(t, "the event", quick).ID != id {
		}
	}
	resyncs, latest := 0, live.Event{}
	for len(slow) > 0 {
		latest = <-slow
		if latest.Kind == live.Resync {
			resyncs++
		}
	}
	if resyncs == 0 || latest.Kind != live.Resync {
		t.Errorf("%d events in %d came as resync, the last is %+v", resyncs, n, latest)
	}
	say(t, db, n+1)
	if e := within(t, "the next event", slow); e.ID != n+1 {
		t.Errorf("after it caught up: %+v", e)
	}
}

func TestALostConnectionIsRenewedAndPagesAskAgain(t *testing.T) {
	t.Parallel()
	db, h, _ := listening(t)
	page, _ := h.Subscribe()
	for range 2 {
		cutListener(t, db)
		if e := within(t, "the page is told to ask again", page); e.Kind != live.Resync {
			t.Errorf("%+v", e)
		}
		say(t, db, 5)
		if e := within(t, "the event", page); e.ID != 5 {
			t.Errorf("%+v", e)
		}
	}
}

// cutListener ends the server's side of the listening connection.
func cutListener(t *testing.T, db *database.DB) {
	t.Helper()
	if n := listeners(t, db, "pg_terminate_backend(pid)"); n != 1 {
		t.Fatalf("%d listening connections were cut, want 1", n)
	}
}

// listeners does something with each listening connection of a database, as its owner,
// who alone may see what the connections do. It says how many there were.
func listeners(t *testing.T, db *database.DB, what string) (n int) {
	t.Helper()
	owner, err := dbtest.OpenSQL(dbtest.URL(db.Pool().Config().ConnConfig.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	err = owner.QueryRowContext(t.Context(), "SELECT count("+what+") FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'").Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhenTheProcessStopsNobodyIsLeftListening(t *testing.T) {
	t.Parallel()
	db, h, stop := listening(t)
	page, _ := h.Subscribe()
	left, leave := h.Subscribe()
	leave()
	if n := listeners(t, db, "*"); n != 1 {
		t.Fatalf("%d connections listen, want 1", n)
	}
	stop()
	select {
	case _, open := <-page:
		if open {
			t.Error("an event came instead of the end")
		}
	case <-time.After(20 * time.Second):
		t.Error("the page's channel stays open")
	}
	select {
	case <-left:
		t.Error("a page that left is told")
	default:
	}
	late, leave := h.Subscribe()
	defer leave()
	if _, open := <-late; open {
		t.Error("whoever comes after the end waits for ever")
	}
	for end := time.Now().Add(20 * time.Second); listeners(t, db, "*") > 0; {
		if time.Now().After(end) {
			t.Fatal("a connection still listens")
		}
	}
}

func TestAPageThatLeavesDuringAnEventHarmsNobody(t *testing.T) {
	t.Parallel()
	db, h, _ := listening(t)
	stays, _ := h.Subscribe()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				_, leave := h.Subscribe()
				leave()
			}
		})
	}
	for id := int64(1); id <= 10; id++ {
		say(t, db, id)
	}
	all.Wait()
	for {
		if e := within(t, "the last event", stays); e.ID == 10 {
			return
		}
	}
}

func TestWordsThatAreNoEventArePassedOver(t *testing.T) {
	t.Parallel()
	db, h, _ := listening(t)
	page, _ := h.Subscribe()
	for _, payload := range []string{"", "ticket", "ticket one 7", "ticket 1 7 8"} {
		if _, err := db.Pool().Exec(t.Context(), "SELECT pg_notify('live', $1)", payload); err != nil {
			t.Fatal(err)
		}
	}
	say(t, db, 9)
	if e := within(t, "the event", page); e.ID != 9 {
		t.Errorf("%+v", e)
	}
}
