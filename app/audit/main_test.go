package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/database/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	key     = []byte("the worker's own key, 32 bytes..")
	someone = actor.Actor{ID: 9, Role: actor.Manager}
	noon    = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

// house is a database with its record, and the one who owns it and can do anything.
type house struct {
	*database.DB
	t     testing.TB
	owner *sql.DB
}

func open(t testing.TB) house {
	t.Helper()
	name := dbtest.Database(t)
	db := dbtest.Open(t, name, database.Limits{Statement: 60 * time.Second, Lock: 20 * time.Second, Idle: 60 * time.Second, Pool: 14})
	owner, err := dbtest.OpenSQL(dbtest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Close() })
	return house{db, t, owner}
}

// write adds entries about a subject, a transaction each.
func (h house) write(about audit.Subject, entries int) {
	h.t.Helper()
	for i := range entries {
		h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
			return audit.Record(tx, someone, noon.Add(time.Duration(i)*time.Second), "ticket.touched", about,
				audit.Detail{"step": i, "from": "a", "to": "b"})
		}))
	}
}

func (h house) seal(key []byte) {
	h.t.Helper()
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		no, _, err := audit.Seal(tx, noon, key)
		if err == nil && no == 0 {
			return fmt.Errorf("nothing was sealed")
		}
		return err
	}))
}

func (h house) lastSeal() audit.Sealed {
	h.t.Helper()
	var last *audit.Sealed
	h.must(h.Read(context.Background(), func(q *gorm.DB) (err error) {
		last, err = audit.LastSeal(q)
		return err
	}))
	if last == nil {
		h.t.Fatal("there is no seal")
	}
	return *last
}

func (h house) verify(key []byte, witnesses ...string) audit.Report {
	h.t.Helper()
	report, err := audit.Verify(context.Background(), h.DB, key, witnesses...)
	h.must(err)
	return report
}

// whole fails the test unless the record is.
func (h house) whole(key []byte) audit.Report {
	h.t.Helper()
	report := h.verify(key)
	if report.Problem != nil {
		h.t.Fatalf("the record is not whole: %s", report.Problem)
	}
	return report
}

// tamper does what only somebody who owns the database can, with every trigger off.
func (h house) tamper(statements ...string) {
	h.t.Helper()
	tables := []string{"record", "record_heads", "record_seals", "record_sealed"}
	tx, err := h.owner.Begin()
	h.must(err)
	defer tx.Rollback()
	for _, table := range tables {
		_, err := tx.Exec("ALTER TABLE " + table + " DISABLE TRIGGER ALL")
		h.must(err)
	}
	for _, statement := range statements {
		done, err := tx.Exec(statement)
		h.must(err)
		if n, _ := done.RowsAffected(); n == 0 && statement[:2] != "DO" {
			h.t.Fatalf("it touched nothing: %s", statement)
		}
	}
	for _, table := range tables {
		_, err := tx.Exec("ALTER TABLE " + table + " ENABLE TRIGGER ALL")
		h.must(err)
	}
	h.must(tx.Commit())
}

type instant func(f func(q *gorm.DB) error) error

func (i instant) Snapshot(_ context.Context, f func(q *gorm.DB) error) error { return i(f) }

var undone = errors.New("undone")

// tampered does as tamper, says what Verify then says, and undoes it all: many ways
// to tamper may follow one another in one house.
func (h house) tampered(key []byte, statements ...string) (report audit.Report, rowThere bool) {
	h.t.Helper()
	err := h.Write(context.Background(), func(tx *gorm.DB) error {
		for i, statement := range append([]string{"SET LOCAL ROLE none", "SET LOCAL session_replication_role = replica"}, statements...) {
			done := tx.Exec(statement)
			if done.Error != nil {
				return done.Error
			}
			if i > 1 && done.RowsAffected == 0 && statement[:2] != "DO" {
				return fmt.Errorf("it touched nothing: %s", statement)
			}
		}
		var err error
		report, err = audit.Verify(context.Background(), instant(func(f func(q *gorm.DB) error) error { return f(tx) }), key)
		if err != nil {
			return err
		}
		rowThere = true
		if p := report.Problem; p != nil && p.RecordID != 0 {
			err = tx.Raw("SELECT EXISTS (SELECT FROM record WHERE id = ? AND kind = ? AND subject_id = ?)", p.RecordID, p.Kind, p.SubjectID).Scan(&rowThere).Error
		}
		return errors.Join(err, undone)
	})
	if !errors.Is(err, undone) {
		h.t.Fatal(err)
	}
	return report, rowThere
}

func (h house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// lived is a house with two seals: ticket 5 sealed at entries 3 and 5, desk 1 at 2,
// user 9 at 3; desk 1 has one entry newer than the last seal.
func lived(t testing.TB, key []byte) house {
	t.Helper()
	h := open(t)
	h.write(audit.Ticket(5), 3)
	h.write(audit.Desk(1), 2)
	h.seal(key)
	h.write(audit.Ticket(5), 2)
	h.write(audit.User(9), 3)
	h.seal(key)
	h.write(audit.Desk(1), 1)
	return h
}
