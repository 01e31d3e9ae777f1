package operations_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
	"hotline/app/operations"
	"hotline/app/outbox"
)

var clerk = actor.Job("operations:order", 0)

// office is a house with an administrator and a promise whose task was set aside.
func office(t *testing.T) (s *operations.Service, db *database.DB, admin actor.Actor, promise int64) {
	t.Helper()
	s, db = house(t)
	admin = person(t, db, "Noor Haddad", actor.Administrator)
	must(t, db.Write(t.Context(), func(tx *gorm.DB) error { return outbox.Promise(tx, noon, probe{}) }))
	promise = int64(count(t, db, "SELECT id FROM outbox"))
	must(t, db.Write(t.Context(), func(tx *gorm.DB) error { return outbox.Sent(tx, []int64{promise}) }))
	must(t, s.SawTasks(t.Context(), []operations.Task{aside(promise)}))
	return s, db, admin, promise
}

func person(t *testing.T, db *database.DB, name string, role actor.Role) actor.Actor {
	t.Helper()
	p, err := account.New(db, account.Options{}).Add(t.Context(), actor.Command("test"), account.NewPerson{
		Email: strings.ToLower(strings.Fields(name)[0]) + "@example.org", Name: name, Role: role})
	must(t, err)
	return actor.Actor{ID: p.ID, Role: role, Name: name}
}

func aside(promise int64) operations.Task {
	failed := noon.Add(-time.Hour)
	return operations.Task{Queue: "low", ID: "inst-1-0", Kind: "probe:probe", State: operations.Archived, Retried: 10, MaxRetry: 10,
		LastError: "failed: *errors.errorString", FailedAt: &failed, PromiseID: &promise}
}

var (
	again  = operations.NewOrder{What: operations.Run, Queue: "low", Task: "inst-1-0"}
	forget = operations.NewOrder{What: operations.Delete, Queue: "low", Task: "inst-1-0"}
	pause  = operations.NewOrder{What: operations.Pause, Queue: "low"}
	resume = operations.NewOrder{What: operations.Resume, Queue: "low"}
)

func TestOnlyAdministratorsOrder(t *testing.T) {
	t.Parallel()
	s, db, _, _ := office(t)
	for _, role := range actor.Roles {
		by := person(t, db, string(role)+" person", role)
		_, err := s.Order(t.Context(), by, pause)
		_, seen := s.Task(t.Context(), by, "low", "inst-1-0")
		_, read := s.Ordered(t.Context(), by, 1)
		switch role {
		case actor.Administrator:
			must(t, errors.Join(err, seen, read))
		case actor.Manager:
			if !errors.Is(err, fault.Forbidden) || !errors.Is(seen, fault.NotFound) || !errors.Is(read, fault.NotFound) {
				t.Errorf("%s: %v, %v, %v", role, err, seen, read)
			}
		default:
			if !errors.Is(err, fault.NotFound) || !errors.Is(seen, fault.NotFound) || !errors.Is(read, fault.NotFound) {
				t.Errorf("%s: %v, %v, %v", role, err, seen, read)
			}
		}
	}
	if n := count(t, db, "SELECT count(*) FROM orders"); n != 1 {
		t.Errorf("%d orders, want the administrator's", n)
	}
}

func TestAnOrderThatMakesNoSenseIsNotTaken(t *testing.T) {
	t.Parallel()
	s, db, admin, _ := office(t)
	for _, in := range []operations.NewOrder{
		{}, {What: "flush"}, {What: operations.Pause}, {What: operations.Pause, Queue: "someday"}, {What: operations.RunArchived, Queue: "x'; --"},
		{What: operations.Run, Queue: "low"}, {What: operations.Delete, Task: "inst-1-0"}, {What: operations.SendAgain}, {What: operations.SendAgain, Letter: -1},
	} {
		if _, err := s.Order(t.Context(), admin, in); !errors.Is(err, fault.Unacceptable) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	for _, in := range []operations.NewOrder{
		{What: operations.Run, Queue: "low", Task: "inst-2-0"}, {What: operations.Delete, Queue: "urgent", Task: "inst-1-0"}, {What: operations.SendAgain, Letter: 7},
	} {
		if _, err := s.Order(t.Context(), admin, in); !errors.Is(err, fault.Conflict) || fault.Sentence(err) == "" {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM orders"); n != 0 {
		t.Errorf("%d orders", n)
	}
}

func TestAnOrderIsGivenTakenCarriedOutAndRecorded(t *testing.T) {
	t.Parallel()
	s, db, admin, promise := office(t)
	id, err := s.Order(t.Context(), admin, again)
	must(t, err)
	if twice, err := s.Order(t.Context(), admin, again); err != nil || twice != id {
		t.Errorf("pressed twice: %d and %d, %v", id, twice, err)
	}
	o, err := s.Take(t.Context(), clerk)
	must(t, err)
	if o == nil || o.ID != id || o.What != operations.Run || o.Queue != "low" || o.Task != "inst-1-0" || o.Kind != "probe:probe" || *o.PromiseID != promise || o.By != "Noor Haddad" {
		t.Fatalf("%+v", o)
	}
	if next, err := s.Take(t.Context(), clerk); err != nil || next != nil {
		t.Errorf("taken twice: %+v, %v", next, err)
	}
	must(t, s.Carried(t.Context(), clerk, id, operations.Done))
	must(t, s.Carried(t.Context(), clerk, id, operations.Gone)) // a worker that was thought dead
	ended, err := s.Ordered(t.Context(), admin, id)
	must(t, err)
	if ended.DoneAt == nil || !ended.DoneAt.Equal(noon) || ended.Outcome != operations.Done {
		t.Errorf("%+v", ended)
	}
	var trail []audit.Entry
	must(t, db.Read(t.Context(), func(q *gorm.DB) error {
		trail, err = audit.Trail(q, audit.Order(id))
		return err
	}))
	if len(trail) != 2 || trail[0].Action != "order.given" || *trail[0].ActorID != admin.ID || trail[1].Action != "order.carried_out" || trail[1].Job != clerk.Job {
		t.Errorf("%+v", trail)
	}
	if later, err := s.Order(t.Context(), admin, again); err != nil || later == id {
		t.Errorf("asked anew after it was done: %d, %v", later, err)
	}
	if n := count(t, db, "SELECT count(*) FROM outbox WHERE done_at IS NOT NULL"); n != 0 {
		t.Error("trying again closed the promise")
	}
}

func TestTwoWorkersCarryOutOneOrderOnce(t *testing.T) {
	t.Parallel()
	s, _, admin, _ := office(t)
	for range 5 {
		id, err := s.Order(t.Context(), admin, pause)
		must(t, err)
		var took atomic.Int64
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				o, err := s.Take(t.Context(), clerk)
				if err != nil {
					t.Error(err)
				}
				if o != nil {
					took.Add(1)
				}
			})
		}
		all.Wait()
		if took.Load() != 1 {
			t.Fatalf("%d workers took it", took.Load())
		}
		must(t, s.Carried(t.Context(), clerk, id, operations.Done))
	}
}

func TestAnOrderWhoseWorkerDiedIsTakenAgainAfterAMinute(t *testing.T) {
	t.Parallel()
	s, db, admin, _ := office(t)
	id, err := s.Order(t.Context(), admin, again)
	must(t, err)
	take := func() *operations.Order {
		o, err := s.Take(t.Context(), clerk)
		must(t, err)
		return o
	}
	if take() == nil {
		t.Fatal("not taken")
	}
	db.Freeze(noon.Add(time.Minute))
	if take() != nil {
		t.Error("taken from a worker that may live")
	}
	db.Freeze(noon.Add(time.Minute + time.Microsecond))
	if o := take(); o == nil || o.ID != id {
		t.Errorf("not taken again: %+v", o)
	}
}

func TestOrdersToOneQueueAreCarriedOutInTheirOrder(t *testing.T) {
	t.Parallel()
	s, _, admin, _ := office(t)
	give := func(in operations.NewOrder) int64 {
		id, err := s.Order(t.Context(), admin, in)
		must(t, err)
		return id
	}
	take := func() int64 {
		o, err := s.Take(t.Context(), clerk)
		must(t, err)
		if o == nil {
			return 0
		}
		return o.ID
	}
	first, second, other := give(pause), give(resume), give(operations.NewOrder{What: operations.Pause, Queue: "notify"})
	if got := []int64{take(), take(), take()}; !slices.Equal(got, []int64{first, other, 0}) {
		t.Errorf("taken %v, want %d, %d and then none", got, first, other)
	}
	must(t, s.Carried(t.Context(), clerk, first, operations.Done))
	if got := take(); got != second {
		t.Errorf("taken %d, want %d", got, second)
	}
}

func TestAPromiseThatIsDeletedIsClosedBeforeItsTaskIs(t *testing.T) {
	t.Parallel()
	s, db, admin, promise := office(t)
	id, err := s.Order(t.Context(), admin, forget)
	must(t, err)
	if n := count(t, db, "SELECT count(*) FROM outbox WHERE done_at IS NULL"); n != 1 {
		t.Fatal("closed before anybody took the order")
	}
	for range 2 { // the first worker dies
		o, err := s.Take(t.Context(), clerk)
		must(t, err)
		if o == nil || o.ID != id {
			t.Fatalf("%+v", o)
		}
		if n := count(t, db, "SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL", promise); n != 1 {
			t.Fatal("the promise is open, and may be sent again")
		}
		db.Freeze(db.Now().Add(2 * time.Minute))
	}
	must(t, s.Carried(t.Context(), clerk, id, operations.Gone))
	if n := count(t, db, "SELECT count(*) FROM record WHERE kind = 'order' AND subject_id = $1 AND action = 'order.promise_dropped'", id); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
}

func TestTheLastOrderSaysWhichQueuesAreHeld(t *testing.T) {
	t.Parallel()
	s, _, admin, _ := office(t)
	held := func(want ...string) {
		t.Helper()
		names, err := s.Held(t.Context())
		must(t, err)
		if !slices.Equal(names, want) {
			t.Errorf("held %v, want %v", names, want)
		}
	}
	carry := func(in operations.NewOrder, outcome string) {
		t.Helper()
		_, err := s.Order(t.Context(), admin, in)
		must(t, err)
		o, err := s.Take(t.Context(), clerk)
		must(t, err)
		must(t, s.Carried(t.Context(), clerk, o.ID, outcome))
	}
	held()
	carry(pause, operations.Done)
	held("low")
	carry(resume, operations.Silent)
	held("low")
	carry(resume, operations.Done)
	held()
	carry(pause, operations.Silent)
	held()
	_, err := s.Order(t.Context(), admin, pause)
	must(t, err)
	held("low") // asked for and not carried out yet
}

func TestALetterThatWasRefusedIsOrderedAgainByItsNumber(t *testing.T) {
	t.Parallel()
	s, db, admin, _ := office(t)
	reader := person(t, db, "Leila Imani", actor.Physician)
	_, err := db.Pool().Exec(t.Context(), `INSERT INTO letters (kind, subject_id, recipient_id, occasion, about, made_at, refused_at, refused_why)
		VALUES ('answer', 1, $1, 1, 'RM-2026-000001', $2, $2, 'mail: not taken, recipient: 550')`, reader.ID, noon)
	must(t, err)
	board, err := s.Show(t.Context(), admin)
	must(t, err)
	if len(board.Refused) != 1 || board.Letters.Waiting != 0 {
		t.Fatalf("%+v, %d waiting", board.Refused, board.Letters.Waiting)
	}
	l := board.Refused[0]
	if l.About != "RM-2026-000001" || l.Role != actor.Physician || l.Kind != "answer" || l.Why != "mail: not taken, recipient: 550" || !l.RefusedAt.Equal(noon) {
		t.Errorf("%+v", l)
	}
	id, err := s.Order(t.Context(), admin, operations.NewOrder{What: operations.SendAgain, Letter: l.ID, Queue: "low", Task: "ignored"})
	must(t, err)
	o, err := s.Ordered(t.Context(), admin, id)
	must(t, err)
	if *o.LetterID != l.ID || o.Queue != "" || o.Task != "" || o.Kind != "answer" {
		t.Errorf("%+v", o)
	}
}

func TestTheBoardShowsWhatAWorkerSawLast(t *testing.T) {
	t.Parallel()
	s, db, admin, promise := office(t)
	soon, oldest := noon.Add(time.Minute), noon.Add(-3*time.Minute)
	trying := operations.Task{Queue: "notify", ID: "inst-2-0", Kind: "letter:send", State: operations.Retry, Retried: 3, MaxRetry: 10, LastError: "unavailable", FailedAt: &noon, NextAt: &soon}
	must(t, s.SawTasks(t.Context(), []operations.Task{trying, aside(promise)}))
	must(t, s.Saw(t.Context(), []operations.Queue{{Name: "low", Pending: 2, Paused: true, OldestAt: &oldest}, {Name: "notify", Retry: 1}}))
	must(t, s.Swept(t.Context(), "clock:overdue", 4, 30*time.Millisecond))
	must(t, s.Swept(t.Context(), "clock:seal", -1, time.Second))
	b, err := s.Show(t.Context(), admin)
	must(t, err)
	if len(b.Tasks) != 2 || b.Tasks[0].ID != "inst-1-0" || *b.Tasks[0].PromiseID != promise || b.Tasks[1].ID != "inst-2-0" || b.Tasks[1].PromiseID != nil || !b.Tasks[1].NextAt.Equal(soon) {
		t.Errorf("%+v", b.Tasks)
	}
	if len(b.Queues) != 2 || b.Queues[0].Name != "notify" || b.Queues[0].Paused || b.Queues[0].OldestAt != nil || !b.Queues[1].Paused || !b.Queues[1].OldestAt.Equal(oldest) {
		t.Errorf("%+v", b.Queues)
	}
	if len(b.Sweeps) != 2 || *b.Sweeps[0].Found != 4 || b.Sweeps[0].TookMs != 30 || b.Sweeps[1].Found != nil || !b.Sweeps[1].At.Equal(noon) {
		t.Errorf("%+v", b.Sweeps)
	}
	trying.State, trying.NextAt = operations.Archived, nil
	must(t, s.SawTasks(t.Context(), []operations.Task{trying}))
	b, err = s.Show(t.Context(), admin)
	must(t, err)
	if len(b.Tasks) != 1 || b.Tasks[0].State != operations.Archived || b.Tasks[0].NextAt != nil {
		t.Errorf("%+v", b.Tasks)
	}
	must(t, s.SawTasks(t.Context(), nil))
	if n := count(t, db, "SELECT count(*) FROM tasks_seen"); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
}

func TestManyWorkersWriteDownTheTasksAtOnce(t *testing.T) {
	t.Parallel()
	s, db := house(t)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for n := range 8 {
				var tasks []operations.Task
				for k := range 5 { // each begins elsewhere
					at := noon.Add(time.Duration(n) * time.Second)
					tasks = append(tasks, operations.Task{Queue: "low", ID: string(rune('a' + (k+i)%5)), Kind: "probe:probe", State: operations.Retry, FailedAt: &at})
				}
				if err := s.SawTasks(t.Context(), tasks); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := count(t, db, "SELECT count(*) FROM tasks_seen"); n != 5 {
		t.Errorf("%d tasks, want 5", n)
	}
}
