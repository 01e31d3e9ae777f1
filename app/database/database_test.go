package database_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const canary = "canary of a patient"

func is(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("%v, want %v", err, kind)
	}
}

func begin(tx *gorm.DB) error {
	return tx.Exec(`INSERT INTO matters (made_at) VALUES (?)`, time.Unix(0, 0)).Error
}

func matters(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(q *gorm.DB) error { return q.Raw(`SELECT count(*) FROM matters`).Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWriteIsAllOrNothingAndDoesNotNest(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	no := errors.New("no")
	is(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := begin(tx); err != nil {
			return err
		}
		return no
	}), no)
	func() {
		defer func() { _ = recover() }()
		_ = db.Write(t.Context(), func(tx *gorm.DB) error {
			_ = begin(tx)
			panic("a bug")
		})
	}()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return db.Write(tx.Statement.Context, func(tx *gorm.DB) error { return begin(tx) })
	})
	if err == nil || !strings.Contains(err.Error(), "inside Write") {
		t.Errorf("nested: %v", err)
	}
	if n := matters(t, db); n != 0 {
		t.Errorf("%d rows are left of what failed", n)
	}
	if err := db.Write(t.Context(), func(tx *gorm.DB) error { return begin(tx) }); err != nil || matters(t, db) != 1 {
		t.Errorf("%v", err)
	}
}

func TestATransactionThatLostIsRunOnceMore(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	lose := func(tx *gorm.DB, code string) error {
		return tx.Exec(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '` + code + `'; END $$`).Error
	}
	for code, runs := range map[string]int{"40001": 2, "40P01": 2, "23505": 1, "P0001": 1} {
		tries := 0
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			if tries++; tries == 1 {
				return lose(tx, code)
			}
			return nil
		})
		if tries != runs || (err == nil) != (runs == 2) {
			t.Errorf("%s: %d tries: %v", code, tries, err)
		}
	}
	tries := 0
	is(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		tries++
		return lose(tx, "40001")
	}), fault.Conflict)
	if tries != 2 {
		t.Errorf("%d tries", tries)
	}
}

func TestADeadlockIsResolvedByRunningOneAgain(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	var first sync.WaitGroup // both hold one lock before either asks for the other's
	first.Add(2)
	var once [2]sync.Once
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			err := db.Write(t.Context(), func(tx *gorm.DB) error {
				if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, 1+i).Error; err != nil {
					return err
				}
				once[i].Do(func() { first.Done(); first.Wait() })
				return tx.Exec(`SELECT pg_advisory_xact_lock(?)`, 2-i).Error
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestWordGoesOutAfterTheCommitAndOnlyThen(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	conn, err := db.Pool().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "LISTEN word"); err != nil {
		t.Fatal(err)
	}
	_ = db.Write(t.Context(), func(tx *gorm.DB) error {
		database.Notify(tx, "word", "rolled back")
		return errors.New("no")
	})
	tries := 0
	err = db.Write(t.Context(), func(tx *gorm.DB) error {
		if tries++; tries == 1 {
			database.Notify(tx, "word", "the first try")
			return tx.Exec(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$`).Error
		}
		for range 3 {
			database.Notify(tx, "word", "one")
		}
		database.Notify(tx, "word", "two")
		// What is said in a nested helper with the same transaction counts too.
		return tx.Transaction(func(inner *gorm.DB) error { database.Notify(inner, "word", "three"); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two", "three"} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		n, err := conn.Conn().WaitForNotification(ctx)
		cancel()
		if err != nil || n.Payload != want {
			t.Fatalf("%+v %v, want %s", n, err, want)
		}
	}
	// Outside a transaction of ours there is nobody to carry it.
	if err := db.Read(t.Context(), func(q *gorm.DB) error { database.Notify(q, "word", "lost"); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestAnErrorNeverRepeatsWhatWasTyped(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	person := func(tx *gorm.DB, email string) error {
		return tx.Exec(`INSERT INTO users (email, name, role, made_at) VALUES (?, ?, 'physician', ?)`, email, canary, time.Unix(0, 0)).Error
	}
	for name, f := range map[string]func(tx *gorm.DB) error{
		"twice": func(tx *gorm.DB) error {
			if err := person(tx, canary); err != nil {
				return err
			}
			return person(tx, canary)
		},
		"check": func(tx *gorm.DB) error { return tx.Exec(`UPDATE topics SET place = NULL, name = ?`, canary).Error },
		"not null": func(tx *gorm.DB) error {
			return tx.Exec(`INSERT INTO users (email, name) VALUES (?, ?)`, canary, canary).Error
		},
		"syntax":      func(tx *gorm.DB) error { return tx.Exec(`SELECT '` + canary + `'::int`).Error },
		"cast":        func(tx *gorm.DB) error { return tx.Exec(`SELECT CAST(CAST(? AS text) AS integer)`, canary).Error },
		"bad SQL":     func(tx *gorm.DB) error { return tx.Exec(`SELEKT '` + canary + `'`).Error },
		"no column":   func(tx *gorm.DB) error { return tx.Exec(`SELECT "` + canary + `"`).Error },
		"raised":      func(tx *gorm.DB) error { return tx.Exec(`DO $$ BEGIN RAISE EXCEPTION '` + canary + `'; END $$`).Error },
		"wrong kind":  func(tx *gorm.DB) error { return tx.Exec(`SELECT ?::int`, canary).Error },
		"foreign key": func(tx *gorm.DB) error { return tx.Exec(`INSERT INTO consultant_topics VALUES (1, ?)`, canary).Error },
		"scan": func(tx *gorm.DB) error {
			var n int
			return tx.Raw(`SELECT ?::text`, canary).Row().Scan(&n)
		},
		"encode":  func(tx *gorm.DB) error { return tx.Exec(`SELECT ?::bigint`, struct{ X string }{canary}).Error },
		"wrapped": func(tx *gorm.DB) error { return fmt.Errorf("room: %w", tx.Exec(`SELECT '`+canary+`'::int`).Error) },
	} {
		for way, err := range map[string]error{"Write": db.Write(t.Context(), f), "Read": db.Read(t.Context(), f), "Snapshot": db.Snapshot(t.Context(), f)} {
			if err == nil {
				t.Errorf("%s went through %s", name, way)
				continue
			}
			var log bytes.Buffer
			slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
			if text := fmt.Sprintf("%v %+v %#v %s", err, err, err, log.String()); strings.Contains(text, canary) {
				t.Errorf("%s through %s repeats it: %v", name, way, err)
			}
		}
	}
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := person(tx, "a@example.org"); err != nil {
			return err
		}
		return person(tx, "A@example.org")
	})
	is(t, err, fault.Conflict)
	if !database.Violates(err, "users_email_once") || database.Violates(err, "users_pkey") || database.Violates(nil, "users_email_once") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "23505") || !strings.Contains(err.Error(), "users_email_once") {
		t.Errorf("it says too little: %v", err)
	}
	if _, err := database.Open(t.Context(), "postgres://user:"+canary+"@%%%", database.Web); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("a bad URL: %v", err)
	}
}

func TestNothingFoundIsNotFound(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	var row struct{ ID int64 }
	is(t, db.Read(t.Context(), func(q *gorm.DB) error { return q.Raw(`SELECT id FROM matters`).Take(&row).Error }), fault.NotFound)
	var id int64
	is(t, db.Read(t.Context(), func(q *gorm.DB) error { return q.Raw(`SELECT id FROM matters`).Row().Scan(&id) }), fault.NotFound)
}

func TestWhatTakesTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Limits{Statement: 150 * time.Millisecond, Lock: 50 * time.Millisecond, Idle: 100 * time.Millisecond, Pool: 4})
	is(t, db.Read(t.Context(), func(q *gorm.DB) error { return q.Exec(`SELECT pg_sleep(20)`).Error }), fault.Unavailable)
	patient := dbtest.Open(t, name, database.Limits{Statement: 20 * time.Second, Lock: 20 * time.Second, Idle: 20 * time.Second, Pool: 4})
	err := patient.Write(t.Context(), func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(1)`).Error; err != nil {
			return err
		}
		is(t, db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec(`SELECT pg_advisory_xact_lock(1)`).Error }), fault.Unavailable)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A transaction that dawdles is ended by the server, and the next one is fine.
	owner, err := dbtest.OpenSQL(dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	is(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		var pid int
		if err := tx.Raw(`SELECT pg_backend_pid()`).Scan(&pid).Error; err != nil {
			return err
		}
		for there := true; there; {
			if err := owner.QueryRow(`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)`, pid).Scan(&there); err != nil {
				return err
			}
		}
		return tx.Exec(`SELECT 1`).Error
	}), fault.Unavailable)
	if err := db.Write(t.Context(), func(tx *gorm.DB) error { return begin(tx) }); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	is(t, db.Read(ctx, func(q *gorm.DB) error { return q.Exec(`SELECT pg_sleep(20)`).Error }), fault.Unavailable)
	gone, leave := context.WithCancel(t.Context())
	leave()
	is(t, db.Read(gone, func(q *gorm.DB) error { return q.Exec(`SELECT 1`).Error }), context.Canceled)
	is(t, db.Write(gone, func(tx *gorm.DB) error { return tx.Exec(`SELECT 1`).Error }), context.Canceled)
}

func TestACutLineIsUnavailableAndMendsByItself(t *testing.T) {
	t.Parallel()
	db, line := dbtest.Cuttable(t, database.Limits{Statement: 5 * time.Second, Lock: 2 * time.Second, Idle: 5 * time.Second, Pool: 4})
	write := func() error { return db.Write(t.Context(), func(tx *gorm.DB) error { return begin(tx) }) }
	read := func() error { return db.Read(t.Context(), func(q *gorm.DB) error { return q.Exec(`SELECT 1`).Error }) }
	if err := errors.Join(write(), read(), db.Ping(t.Context())); err != nil {
		t.Fatal(err)
	}
	// In the middle of a transaction, too.
	is(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := begin(tx); err != nil {
			return err
		}
		line.Cut()
		return begin(tx)
	}), fault.Unavailable)
	for range 5 {
		is(t, write(), fault.Unavailable)
		is(t, read(), fault.Unavailable)
		is(t, db.Ping(t.Context()), fault.Unavailable)
		is(t, db.Snapshot(t.Context(), func(q *gorm.DB) error { return q.Exec(`SELECT 1`).Error }), fault.Unavailable)
		_, err := db.Installation(t.Context())
		is(t, err, fault.Unavailable)
	}
	line.Mend()
	deadline := time.Now().Add(10 * time.Second)
	for read() != nil || write() != nil {
		if time.Now().After(deadline) {
			t.Fatalf("still away: %v %v", read(), write())
		}
	}
	if n := matters(t, db); n < 2 {
		t.Errorf("%d rows", n)
	}
}

func TestAServerThatEndsOurSessionsIsUnavailableOnce(t *testing.T) {
	t.Parallel()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Limits{Statement: 5 * time.Second, Lock: 2 * time.Second, Idle: 5 * time.Second, Pool: 4})
	owner, err := dbtest.OpenSQL(dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	is(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := begin(tx); err != nil {
			return err
		}
		if _, err := owner.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			return err
		}
		return begin(tx)
	}), fault.Unavailable)
	if err := db.Write(t.Context(), func(tx *gorm.DB) error { return begin(tx) }); err != nil {
		t.Error(err)
	}
	if n := matters(t, db); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestAConnectionHasTheProgramsRoleAndUTC(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	var row struct{ Who, Zone, App string }
	err := db.Read(t.Context(), func(q *gorm.DB) error {
		return q.Raw(`SELECT current_user AS who, current_setting('timezone') AS zone, current_setting('application_name') AS app`).Take(&row).Error
	})
	if err != nil || row.Who != database.AppRole || row.Zone != "UTC" || row.App != "hotline" {
		t.Errorf("%+v %v", row, err)
	}
	err = db.Snapshot(t.Context(), func(q *gorm.DB) error { return begin(q) })
	if err == nil {
		t.Error("a snapshot wrote")
	}
	in, err := db.Installation(t.Context())
	if err != nil || len(in.ID) != 12 || in.Demo {
		t.Errorf("%+v %v", in, err)
	}
}

func TestTheClockIsTheDatabasesUnlessItIsSet(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if gap := time.Since(db.Now()).Abs(); gap > time.Minute {
		t.Errorf("%v apart", gap)
	}
	at := time.Date(2026, 11, 19, 11, 0, 0, 123456789, time.FixedZone("", -5*3600))
	db.Freeze(at)
	if now := db.Now(); !now.Equal(at.Truncate(time.Microsecond)) || now.Location() != time.UTC {
		t.Error(now)
	}
	var kept time.Time
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Raw(`INSERT INTO matters (made_at) VALUES (?) RETURNING made_at`, db.Now()).Scan(&kept).Error
	})
	if err != nil || !kept.Equal(db.Now()) {
		t.Errorf("%v came back as %v: %v", db.Now(), kept, err)
	}
	db.Thaw()
	if time.Since(db.Now()).Abs() > time.Minute {
		t.Error("it stands still")
	}
}
