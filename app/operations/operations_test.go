package operations_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
	"hotline/app/operations"
	"hotline/app/outbox"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var noon = time.Date(2026, 11, 19, 17, 0, 0, 0, time.UTC)

func house(t *testing.T) (*operations.Service, *database.DB) {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(noon)
	return operations.New(db), db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *database.DB, query string, args ...any) (n int) {
	t.Helper()
	must(t, db.Pool().QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

func TestTheHouseIsReadyWhileAWorkerIsThere(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	ready := func() bool {
		missing, err := s.Ready(t.Context())
		must(t, err)
		return missing == ""
	}
	if ready() {
		t.Error("ready without a worker")
	}
	must(t, s.Beat(t.Context(), operations.Worker{ID: "one", Version: "1", StartedAt: noon}))
	if !ready() {
		t.Error("not ready with a worker")
	}
	db.Freeze(noon.Add(operations.Alive - time.Second))
	if !ready() {
		t.Error("not ready though the worker was just seen")
	}
	db.Freeze(noon.Add(operations.Alive))
	if ready() {
		t.Error("ready though the worker was not seen for long")
	}
	must(t, s.Beat(t.Context(), operations.Worker{ID: "one", Version: "1", StartedAt: noon}))
	if !ready() {
		t.Error("not ready after the worker was seen again")
	}
	must(t, s.Gone(t.Context(), "one"))
	if ready() {
		t.Error("ready after the worker left")
	}
}

func TestTheHouseIsNotReadyWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	db, line := dbtest.Cuttable(t, database.Limits{Statement: 5 * time.Second, Lock: time.Second, Idle: 5 * time.Second, Pool: 4})
	line.Cut()
	missing, err := operations.New(db).Ready(t.Context())
	if missing == "" || !errors.Is(err, fault.Unavailable) {
		t.Errorf("%q, %v", missing, err)
	}
}

func TestAWorkerThatDiedIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	must(t, s.Beat(t.Context(), operations.Worker{ID: "died", Version: "1", StartedAt: noon}))
	db.Freeze(noon.Add(25 * time.Hour))
	must(t, s.Beat(t.Context(), operations.Worker{ID: "lives", Version: "2", StartedAt: noon}))
	state, err := s.State(t.Context())
	must(t, err)
	if len(state.Workers) != 1 || state.Workers[0].ID != "lives" || state.Workers[0].Version != "2" || !state.Workers[0].SeenAt.Equal(db.Now()) {
		t.Errorf("%+v", state.Workers)
	}
}

func TestManyWorkersWriteDownTheQueuesAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := house(t)
	names := []string{"critical", "urgent", "routine", "notify", "low"}
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for n := range 10 {
				var queues []operations.Queue
				for k := range names { // each begins elsewhere
					queues = append(queues, operations.Queue{Name: names[(k+i)%len(names)], Pending: n})
				}
				if err := s.Saw(t.Context(), queues); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	state, err := s.State(t.Context())
	must(t, err)
	for i, q := range state.Queues {
		if q.Name != names[i] || q.Pending != 9 && i == 0 {
			t.Errorf("%d: %+v", i, q)
		}
	}
}

func TestHowTheMachineIsIsForThoseWhoRunIt(t *testing.T) {
	t.Parallel()
	s, _ := house(t)
	for _, role := range actor.Roles {
		_, err := s.Show(t.Context(), actor.Actor{ID: 1, Role: role})
		may := role == actor.Administrator || role == actor.Manager
		if may && err != nil || !may && !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", role, err)
		}
		_, _, err = s.Record(t.Context(), actor.Actor{ID: 1, Role: role}, "", 0)
		if may = role == actor.Auditor; may && err != nil || !may && !errors.Is(err, fault.NotFound) {
			t.Errorf("the record for %s: %v", role, err)
		}
	}
}

func TestTheStateTellsWhatWaits(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	must(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		for _, at := range []time.Time{noon.Add(-time.Minute), noon, noon.Add(time.Minute)} {
			if err := outbox.PromiseAt(tx, probe{}, at); err != nil {
				return err
			}
		}
		return nil
	}))
	state, err := s.State(t.Context())
	must(t, err)
	if state.Lag.Waiting != 2 || state.Lag.Oldest == nil || !state.Lag.Oldest.Equal(noon.Add(-time.Minute)) {
		t.Errorf("%+v", state.Lag)
	}
	if state.Letters.Waiting != 0 || state.Letters.Oldest != nil || state.Seal != nil {
		t.Errorf("%+v", state)
	}
}

type probe struct{}

func (probe) Kind() string  { return "probe:probe" }
func (probe) Queue() string { return "low" }

func record(t *testing.T, db *database.DB, about audit.Subject) {
	t.Helper()
	must(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		return audit.Record(tx, actor.Command("test"), noon, "user.touched", about, audit.Detail{"step": 1})
	}))
}

func TestSealingEndsThoughTheRecordGoesOnMoving(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	key := bytes.Repeat([]byte{7}, 32)
	must(t, s.Seal(t.Context(), key))
	if n := count(t, db, "SELECT count(*) FROM record_seals"); n != 0 {
		t.Errorf("%d seals of nothing", n)
	}
	for i := range 5 {
		record(t, db, audit.User(int64(i)))
	}
	must(t, s.Seal(t.Context(), key))
	if n := count(t, db, "SELECT count(*) FROM record_seals"); n != 1 {
		t.Errorf("%d seals of what one could hold", n)
	}
	// From now on every seal moves the record again.
	owner, err := dbtest.OpenSQL(dbtest.URL(db.Pool().Config().ConnConfig.Database))
	must(t, err)
	defer owner.Close()
	_, err = owner.ExecContext(t.Context(), `CREATE FUNCTION restless() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
			INSERT INTO record (kind, subject_id, at, role, action) VALUES ('user', 9, NEW.at, 'system', 'user.touched');
			RETURN NULL;
		END $$;
		CREATE TRIGGER restless AFTER INSERT ON record_seals FOR EACH ROW EXECUTE FUNCTION restless()`)
	must(t, err)
	record(t, db, audit.User(1))
	patient, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, s.Seal(patient, key))
	if n := count(t, db, "SELECT count(*) FROM record_seals"); n != 2 {
		t.Errorf("%d seals, want 2", n)
	}
}

func TestKeptPromisesAreForgottenAfterThirtyDaysAndNoOthers(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	_, err := db.Pool().Exec(t.Context(), `INSERT INTO outbox (kind, queue, args, run_at, sent_at, done_at)
		SELECT 'probe:probe', 'low', '{}', $1, $1, CASE WHEN n % 3 = 0 THEN NULL WHEN n % 3 = 1 THEN $2::timestamptz ELSE $3 END FROM generate_series(0, 3599) AS n`,
		noon.AddDate(0, 0, -40), noon.AddDate(0, 0, -31), noon.AddDate(0, 0, -29))
	must(t, err)
	must(t, s.Prune(t.Context()))
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 2400 {
		t.Errorf("%d are left, want 2400", n)
	}
	if n := count(t, db, "SELECT count(*) FROM outbox WHERE done_at IS NULL"); n != 1200 {
		t.Errorf("%d promises that are not kept are left, want 1200", n)
	}
}

func TestTheRecordIsReadNewestFirstAPageAtATime(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	auditor := actor.Actor{ID: 1, Role: actor.Auditor}
	for i := range 103 {
		record(t, db, audit.User(int64(i%3)))
	}
	first, more, err := s.Record(t.Context(), auditor, "", 0)
	must(t, err)
	if len(first) != 100 || !more || first[0].Seq != 35 || first[0].Subject != fmt.Sprint("user ", 102%3) {
		t.Fatalf("%d, %v, %+v", len(first), more, first[0])
	}
	rest, more, err := s.Record(t.Context(), auditor, "", first[99].ID)
	must(t, err)
	if len(rest) != 3 || more || rest[0].ID >= first[99].ID {
		t.Errorf("%d, %v", len(rest), more)
	}
	for about, want := range map[string]int{"user 1": 34, "USER 2": 34, "desk": 0, "user 1; DROP TABLE record": 0, "RM-2026-000001": 0, "user x": 0} {
		found, _, err := s.Record(t.Context(), auditor, about, 0)
		must(t, err)
		if len(found) != want {
			t.Errorf("%q: %d, want %d", about, len(found), want)
		}
	}
}
