package outbox_test

import (
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/outbox"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var noon = time.Date(2026, 11, 19, 17, 0, 0, 0, time.UTC)

type probe struct {
	N     int `json:"n"`
	queue string
}

func (probe) Kind() string    { return "probe:probe" }
func (p probe) Queue() string { return p.queue }

func promised(t *testing.T, n int) (*database.DB, []outbox.Row) {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(noon)
	write(t, db, func(tx *gorm.DB) error {
		for i := range n {
			if err := outbox.PromiseAt(tx, probe{N: i, queue: "low"}, noon.Add(-time.Duration(i)*time.Second)); err != nil {
				return err
			}
		}
		return nil
	})
	return db, take(t, db, n)
}

func write(t *testing.T, db *database.DB, f func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func take(t *testing.T, db *database.DB, limit int) (rows []outbox.Row) {
	t.Helper()
	write(t, db, func(tx *gorm.DB) (err error) {
		rows, err = outbox.Take(tx, db.Now(), limit)
		return err
	})
	return rows
}

func TestPromisesAreTakenOldestFirstAsTheyWereMade(t *testing.T) {
	t.Parallel()
	db, rows := promised(t, 5)
	if len(rows) != 5 {
		t.Fatalf("%d, want 5", len(rows))
	}
	for i, row := range rows {
		if want := []string{`{"n": 4}`, `{"n": 3}`, `{"n": 2}`, `{"n": 1}`, `{"n": 0}`}[i]; string(row.Args) != want || row.Kind != "probe:probe" || row.Queue != "low" {
			t.Errorf("%+v %s, want %s", row, row.Args, want)
		}
	}
	if some := take(t, db, 2); len(some) != 2 || some[0].ID != rows[0].ID {
		t.Errorf("%+v", some)
	}
}

func TestManyPromisesAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	db, _ := promised(t, 0)
	write(t, db, func(tx *gorm.DB) error {
		if err := outbox.PromiseMany(tx, noon, []probe(nil)); err != nil {
			return err
		}
		return outbox.PromiseMany(tx, noon, []probe{{N: 1, queue: "low"}, {N: 2, queue: "critical"}})
	})
	rows := take(t, db, 10)
	if len(rows) != 2 || rows[0].Kind != "probe:probe" || rows[0].Queue != "low" || string(rows[1].Args) != `{"n": 2}` || rows[1].Queue != "critical" {
		t.Errorf("%+v", rows)
	}
}

func TestARowThatOneRelayHoldsIsPassedOverByTheOther(t *testing.T) {
	t.Parallel()
	db, _ := promised(t, 3)
	write(t, db, func(tx *gorm.DB) error {
		held, err := outbox.Take(tx, noon, 2)
		if err != nil {
			return err
		}
		free := take(t, db, 10)
		if len(held) != 2 || len(free) != 1 || free[0].ID == held[0].ID || free[0].ID == held[1].ID {
			t.Errorf("held %+v, free %+v", held, free)
		}
		return outbox.Sent(tx, []int64{held[0].ID, held[1].ID})
	})
	if left := take(t, db, 10); len(left) != 1 {
		t.Errorf("%d are left, want 1", len(left))
	}
}

func TestAPromiseIsKeptOnce(t *testing.T) {
	t.Parallel()
	db, rows := promised(t, 1)
	by := actor.Job("probe:probe", rows[0].ID)
	undone := errors.New("undone")
	begin := func(answer error) (fresh bool) {
		err := db.Write(t.Context(), func(tx *gorm.DB) (err error) {
			if fresh, err = outbox.Begin(tx, by, noon); err != nil {
				return err
			}
			return answer
		})
		if !errors.Is(err, answer) {
			t.Fatal(err)
		}
		return fresh
	}
	if !begin(undone) || !begin(nil) {
		t.Error("work that was undone counts as done")
	}
	if begin(nil) {
		t.Error("work that was done is begun again")
	}
	if left := take(t, db, 10); len(left) != 0 {
		t.Error("a promise that is kept is sent")
	}
	write(t, db, func(tx *gorm.DB) error {
		if fresh, err := outbox.Begin(tx, actor.Job("clock:tidy", 0), noon); err != nil || !fresh {
			t.Errorf("the clock's own work: %v, %v", fresh, err)
		}
		return nil
	})
}

func TestAPromiseThatCannotBeSentWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	db, rows := promised(t, 1)
	for try, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300} {
		write(t, db, func(tx *gorm.DB) error {
			row := rows[0]
			row.Failures = try
			return outbox.Later(tx, row, noon, "not sent")
		})
		db.Freeze(noon.Add(want*time.Second - time.Microsecond))
		if len(take(t, db, 1)) != 0 {
			t.Errorf("try %d: it is back too early", try)
		}
		db.Freeze(noon.Add(want * time.Second))
		if len(take(t, db, 1)) != 1 {
			t.Errorf("try %d: it is not back after %d s", try, want)
		}
	}
}

func TestAPromiseOnAQueueThatIsNotThereIsRefusedWithItsTransaction(t *testing.T) {
	t.Parallel()
	db, _ := promised(t, 0)
	err := db.Write(t.Context(), func(tx *gorm.DB) error { return outbox.Promise(tx, noon, probe{queue: "someday"}) })
	if !database.Violates(err, "outbox_queue_check") {
		t.Errorf("%v", err)
	}
}

func TestOnlyWhatIsSentAndNotDoneIsLookedFor(t *testing.T) {
	t.Parallel()
	db, rows := promised(t, 3)
	write(t, db, func(tx *gorm.DB) error { return outbox.Sent(tx, []int64{rows[0].ID, rows[1].ID}) })
	write(t, db, func(tx *gorm.DB) error {
		_, err := outbox.Begin(tx, actor.Job("probe:probe", rows[0].ID), noon)
		return err
	})
	overdue := func(before time.Time) (ids []int64) {
		write(t, db, func(tx *gorm.DB) error {
			found, err := outbox.Overdue(tx, before, 10)
			ids = nil
			for _, row := range found {
				ids = append(ids, row.ID)
			}
			return err
		})
		return ids
	}
	if ids := overdue(time.Now().Add(-time.Minute)); len(ids) != 0 {
		t.Errorf("%v were just sent", ids)
	}
	if ids := overdue(time.Now().Add(time.Minute)); len(ids) != 1 || ids[0] != rows[1].ID {
		t.Errorf("%v, want %d", ids, rows[1].ID)
	}
	write(t, db, func(tx *gorm.DB) error { return outbox.Again(tx, rows[1].ID) })
	write(t, db, func(tx *gorm.DB) error { return outbox.Again(tx, rows[0].ID) }) // done: left alone
	again := take(t, db, 10)
	if len(again) != 2 || again[1].ID != rows[1].ID && again[0].ID != rows[1].ID {
		t.Fatalf("%+v", again)
	}
	for _, row := range again {
		if want := map[bool]int{true: 1}[row.ID == rows[1].ID]; row.Attempt != want {
			t.Errorf("%d has attempt %d, want %d", row.ID, row.Attempt, want)
		}
	}
}

func TestAPromiseThatIsDroppedIsNeverSentAndNeverLookedFor(t *testing.T) {
	t.Parallel()
	db, rows := promised(t, 3)
	write(t, db, func(tx *gorm.DB) error { return outbox.Sent(tx, []int64{rows[0].ID}) })
	drop := func(id int64) (open bool) {
		write(t, db, func(tx *gorm.DB) (err error) {
			open, err = outbox.Drop(tx, noon, id)
			return err
		})
		return open
	}
	if !drop(rows[0].ID) || !drop(rows[1].ID) || drop(rows[1].ID) || drop(404) {
		t.Error("it does not say which were open")
	}
	write(t, db, func(tx *gorm.DB) error {
		if overdue, err := outbox.Overdue(tx, time.Now().Add(time.Minute), 10); err != nil || len(overdue) != 0 {
			t.Errorf("%+v would be sent again, %v", overdue, err)
		}
		if fresh, err := outbox.Begin(tx, actor.Job("probe:probe", rows[0].ID), noon); err != nil || fresh {
			t.Errorf("a task that was under way does it: %v, %v", fresh, err)
		}
		return outbox.Again(tx, rows[1].ID)
	})
	if left := take(t, db, 10); len(left) != 1 || left[0].ID != rows[2].ID {
		t.Errorf("%+v, want only the promise that was not dropped", left)
	}
}
