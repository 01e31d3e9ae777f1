package jobs

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/casefile"
	"hotline/app/correspondence"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/learning"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/outbox"
	"hotline/app/ticket"
)

// journal is the log of every test of this package; each looks for its own words.
var journal kept

type kept struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (k *kept) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.Write(b)
}

func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.String()
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(&journal, &slog.HandlerOptions{Level: slog.LevelDebug})))
	dbtest.Main(m)
}

var operator = actor.Command("test")

// house is a desk that never closes, on a database and a Redis of the test's own:
// Dr Imani, who asks; Rosa and Omar, who answer when they are on duty; and Grace, who
// manages.
type house struct {
	testing.TB
	ctx                            context.Context
	db                             *database.DB
	redis                          *redisLine
	hub                            *live.Hub
	rooms                          Rooms
	desks                          *desk.Service
	box                            *mail.Box
	o                              Options
	desk                           int64
	physician, rosa, omar, manager actor.Actor
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return furnish(t, dbtest.New(t))
}

func furnish(t testing.TB, db *database.DB) *house {
	t.Helper()
	h := &house{TB: t, ctx: context.Background(), db: db, redis: newRedis(t), desks: desk.New(db), box: &mail.Box{},
		rooms: Rooms{Tickets: ticket.New(db), Letters: letter.New(db), Accounts: account.New(db, account.Options{}), Operations: operations.New(db),
			Guidance: guidance.New(db), Casefiles: casefile.New(db), Papers: correspondence.New(db), Learning: learning.New(db)}}
	installation, err := db.Installation(h.ctx)
	h.must(err)
	h.o = Options{Redis: h.redis.Option, Installation: installation.ID, Version: "test", Public: &url.URL{Scheme: "https", Host: "hotline.example.org"},
		Phone: "800 555 0142", Sender: h.box, SealKey: bytes.Repeat([]byte{7}, 32), Concurrency: 4, Shutdown: 2 * time.Second, CheckEvery: 20 * time.Millisecond}
	var week [7][]calendar.Segment
	for day := range week {
		week[day] = []calendar.Segment{{Opens: 0, Closes: 24 * 60}}
	}
	d, err := h.desks.Add(h.ctx, operator, desk.NewDesk{Name: "Risk", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week})
	h.must(err)
	h.desk = d.ID
	h.physician = h.person("Leila Imani", actor.Physician)
	h.rosa, h.omar = h.person("Rosa Delgado", actor.Consultant, d.ID), h.person("Omar Reyes", actor.Consultant, d.ID)
	h.manager = h.person("Grace Oduya", actor.Manager)
	_, err = insured.New(db, nil).AddPhysician(h.ctx, operator, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", UserID: h.physician.ID})
	h.must(err)
	for _, who := range []actor.Actor{h.rosa, h.omar} {
		h.must(h.desks.Engage(h.ctx, operator, desk.Engagement{UserID: who.ID, Cap: 500, Topics: []string{"discharge"}}))
	}
	// The sweeps that engaging promised are not what the tests are about.
	_, err = db.Pool().Exec(h.ctx, "DELETE FROM outbox")
	h.must(err)
	return h
}

func (h *house) person(name string, role actor.Role, desks ...int64) actor.Actor {
	h.Helper()
	p, err := h.rooms.Accounts.Add(h.ctx, operator, account.NewPerson{
		Email: strings.ToLower(strings.Fields(name)[0]) + "@example.org", Name: name, Role: role, Desks: desks})
	h.must(err)
	by, _, err := h.rooms.Accounts.Actor(h.ctx, p.ID)
	h.must(err)
	return by
}

// atWork puts people on duty, without the sweep that would follow.
func (h *house) atWork(people ...actor.Actor) {
	h.Helper()
	for _, who := range people {
		_, err := h.db.Pool().Exec(h.ctx, "UPDATE consultants SET duty_since = now() - interval '1 hour', duty_until = now() + interval '9 hours' WHERE user_id = $1", who.ID)
		h.must(err)
	}
}

// canary is in everything the tests type, and may be nowhere but in the tables.
const canary = "canary-7f3a"

func (h *house) ask() *ticket.Ticket {
	h.Helper()
	t, err := h.rooms.Tickets.Submit(h.ctx, h.physician, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: "May I stop? " + canary})
	h.must(err)
	return t
}

// worker makes a worker that does not run yet.
func (h *house) worker() *Worker {
	h.Helper()
	h.hub = live.NewHub(h.db.Pool())
	w := NewWorker(h.db, h.hub, h.rooms, h.o)
	h.Cleanup(func() { w.redis.Close() })
	return w
}

// running is a worker at work with its hub; stop stops both and says how it ended.
func (h *house) running() (w *Worker, stop func() error) {
	h.Helper()
	w = h.worker()
	return w, h.run(w)
}

func (h *house) run(w *Worker) (stop func() error) {
	ctx, cancel := context.WithCancel(h.ctx)
	var all sync.WaitGroup
	var ended error
	hub := h.hub
	all.Go(func() { hub.Run(ctx) })
	all.Go(func() { ended = w.Run(ctx) })
	stop = sync.OnceValue(func() error {
		cancel()
		all.Wait()
		return ended
	})
	h.Cleanup(func() { _ = stop() })
	return stop
}

// works is the work by kind, for tests that deliver a task by hand.
func (h *house) works() map[string]work {
	w := &Worker{db: h.db, rooms: h.rooms, o: h.o}
	return works(h.rooms, w.postman())
}

// deliver does the work of a promise by hand, as a queue would.
func (h *house) deliver(ctx context.Context, row outbox.Row) error {
	h.Helper()
	do, known := h.works()[row.Kind]
	if !known {
		h.Fatalf("no work for %s", row.Kind)
	}
	return do(ctx, row.ID, row.Args)
}

// promise is the one promise of a kind that is not kept.
func (h *house) promise(kind string) outbox.Row {
	h.Helper()
	var rows []outbox.Row
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT id, kind, queue, args, attempt, failures FROM outbox WHERE kind = ? AND done_at IS NULL", kind).Scan(&rows).Error
	}))
	if len(rows) != 1 {
		h.Fatalf("%d promises of kind %s, want 1", len(rows), kind)
	}
	return rows[0]
}

func (h *house) write(f func(tx *gorm.DB) error) {
	h.Helper()
	h.must(h.db.Write(h.ctx, f))
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// count is a number that a query gives.
func (h *house) count(query string, args ...any) (n int) {
	h.Helper()
	h.must(h.db.Pool().QueryRow(h.ctx, query, args...).Scan(&n))
	return n
}

func (h *house) is(want int, query string, args ...any) {
	h.Helper()
	if n := h.count(query, args...); n != want {
		h.Errorf("%d, want %d: %s", n, want, query)
	}
}

func (h *house) assigned(id int64) bool {
	h.Helper()
	return h.count("SELECT count(*) FROM tickets WHERE id = $1 AND assignee_id IS NOT NULL", id) == 1
}

// settled says whether every promise is kept.
func (h *house) settled() bool {
	h.Helper()
	return h.count("SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0
}

// onceEach fails unless each of n tickets was assigned once, and each of its two
// letters, to who asked and to who got it, left once.
func (h *house) onceEach(n int) {
	h.Helper()
	h.is(n, "SELECT count(*) FROM tickets WHERE assignee_id IS NOT NULL")
	h.is(n, "SELECT count(*) FROM assignments")
	h.is(n, "SELECT count(*) FROM record WHERE action = 'ticket.assigned'")
	h.is(2*n, "SELECT count(*) FROM letters WHERE sent_at IS NOT NULL")
	seen := map[string]int{}
	for _, l := range h.box.Letters() {
		seen[l.ID]++
	}
	for id, times := range seen {
		if times != 1 {
			h.Errorf("the letter %s left %d times", id, times)
		}
	}
	if len(seen) != 2*n {
		h.Errorf("%d letters left, want %d", len(seen), 2*n)
	}
}

// promiseRaw makes a promise of any kind, due now; args are a JSON object.
func (h *house) promiseRaw(kind, queue, args string) (id int64) {
	h.Helper()
	h.must(h.db.Pool().QueryRow(h.ctx, "INSERT INTO outbox (kind, queue, args, run_at) VALUES ($1, $2, $3, now() - interval '1 second') RETURNING id",
		kind, queue, args).Scan(&id))
	return id
}

type tx = *gorm.DB

func contains(text string, hash []byte) bool { return strings.Contains(text, fmt.Sprintf("%x", hash)) }

// by is the system inside the job of a promise.
func by(promise int64) actor.Actor { return actor.Job("test", promise) }

func (h *house) promiseKept(id int64) bool {
	h.Helper()
	return h.count("SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL", id) == 1
}

// thenDies sends, and then its worker is no more.
type thenDies struct {
	mail.Sender
	kill func()
}

func (s thenDies) Send(ctx context.Context, m mail.Message) error {
	err := s.Sender.Send(ctx, m)
	s.kill()
	return err
}
