package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/live"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/outbox"
	letters "hotline/views/mail"
)

// Options are what a worker needs to know of the installation.
type Options struct {
	Redis        asynq.RedisConnOpt
	FreshRedis   bool // Redis began empty with this process: look up everything sent before at once
	Installation string
	Version      string
	Public       *url.URL
	Phone        string // the number that letters name
	Sender       mail.Sender
	SealKey      []byte
	Witness      string // who gets the newest seal each day; "" nobody
	Concurrency  int
	Shutdown     time.Duration
	CheckEvery   time.Duration // how often asynq looks for due retries; 0: 200 ms
	// LostAfter is how long after it was sent a promise that is not done is looked for; 0:
	// two minutes. Looking is done four times as often, and a task is taken for abandoned
	// half as long after its lease ended. Production leaves it: a test that kills workers
	// may not have minutes to wait.
	LostAfter time.Duration
}

// Worker is the relay, the queues' server and the clock of one process.
type Worker struct {
	db        *database.DB
	rooms     Rooms
	o         Options
	wake      <-chan struct{}
	asked     <-chan struct{} // somebody gave an order
	redis     redis.UniversalClient
	inspector *asynq.Inspector
	server    *asynq.Server
	Relay     *Relay
	id        string
	started   time.Time
}

// NewWorker makes a worker; nothing runs before Run. Call it before the hub runs.
func NewWorker(db *database.DB, hub *live.Hub, rooms Rooms, o Options) *Worker {
	if o.Concurrency == 0 {
		o.Concurrency = 8
	}
	if o.CheckEvery == 0 {
		o.CheckEvery = 200 * time.Millisecond
	}
	if o.LostAfter == 0 {
		o.LostAfter = lost
	}
	host, _ := os.Hostname()
	w := &Worker{db: db, rooms: rooms, o: o, started: db.Now(),
		id: fmt.Sprintf("%s:%d:%d", host, os.Getpid(), time.Now().UnixNano()%1e6)}
	w.wake, w.asked = hub.Wake(outbox.Channel), hub.Wake(operations.Channel)
	w.redis = o.Redis.MakeRedisClient().(redis.UniversalClient) // as asynq itself takes it
	w.inspector = asynq.NewInspectorFromRedisClient(w.redis)
	w.Relay = &Relay{outlet: outbox.NewOutlet(db), now: db.Now, redis: w.redis, inspector: w.inspector,
		installation: o.Installation, lapse: o.LostAfter / 2}
	w.server = asynq.NewServer(o.Redis, asynq.Config{
		Concurrency: o.Concurrency, Queues: Queues, RetryDelayFunc: again, IsFailure: counts,
		ErrorHandler: asynq.ErrorHandlerFunc(failed), Logger: quiet{}, LogLevel: asynq.WarnLevel,
		ShutdownTimeout: o.Shutdown, TaskCheckInterval: o.CheckEvery, DelayedTaskCheckInterval: o.CheckEvery,
		HealthCheckInterval: time.Hour,
	})
	return w
}

// Run works until ctx ends, then lets what is under way finish, seals the record
// and leaves.
func (w *Worker) Run(ctx context.Context) error {
	// It says that it is there before Redis answers and while Redis hangs: physicians
	// can ask meanwhile, and a web process is not out of order for that.
	var parts sync.WaitGroup
	parts.Go(func() { w.beat(ctx) })
	if w.reachRedis(ctx) {
		all := works(w.rooms, w.postman())
		w.clockwork(all)
		w.look(ctx) // a queue that is to be paused is, before anything is taken from it
		if err := w.server.Start(handler(all)); err != nil {
			return errors.New("worker: the queues' server did not start")
		}
		parts.Go(func() { w.Relay.Run(ctx, w.wake) })
		parts.Go(func() { w.reconcile(ctx) })
		parts.Go(func() { w.clock(ctx) })
		parts.Go(func() { w.orders(ctx) })
		<-ctx.Done()
		w.server.Shutdown()
	}
	parts.Wait()
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := errors.Join(w.rooms.Operations.Seal(bounded, w.o.SealKey), w.rooms.Operations.Gone(bounded, w.id))
	w.redis.Close()
	return err
}

// reachRedis waits until Redis answers: what was promised meanwhile waits in the
// outbox. False: ctx ended first.
func (w *Worker) reachRedis(ctx context.Context) bool {
	for n := 0; ; n++ {
		if w.server.Ping() == nil {
			return true
		}
		if n%30 == 0 {
			slog.Warn("worker: Redis does not answer; promises wait in the outbox")
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Second):
		}
	}
}

func (w *Worker) postman() *postman {
	return &postman{sender: w.o.Sender, public: w.o.Public, phone: w.o.Phone, installation: w.o.Installation, accounts: w.rooms.Accounts}
}

func (w *Worker) reconcile(ctx context.Context) {
	after := w.o.LostAfter
	if w.o.FreshRedis {
		after = 0
	}
	each(ctx, w.o.LostAfter/4, func(int) {
		err := w.Relay.Reconcile(ctx, after)
		if err == nil {
			after = w.o.LostAfter
		} else if ctx.Err() == nil {
			slog.Warn("relay: could not look up what was sent", "error", plainly(err).Error())
		}
	})
}

// beat says, each ten seconds, that this worker is there.
func (w *Worker) beat(ctx context.Context) {
	each(ctx, 10*time.Second, func(int) {
		err := w.rooms.Operations.Beat(ctx, operations.Worker{ID: w.id, Version: w.o.Version, StartedAt: w.started})
		if err != nil && ctx.Err() == nil {
			slog.Warn("worker: could not say that it is there", "error", plainly(err).Error())
		}
		if err := w.db.Ping(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("worker: the database does not answer")
		}
	})
}

// clock enqueues what is due each second and, each ten, writes down how long the
// queues are.
func (w *Worker) clock(ctx context.Context) {
	last := map[string]int64{}
	each(ctx, time.Second, func(n int) {
		w.tick(ctx, w.db.Now(), last)
		if n%10 == 0 {
			w.look(ctx)
		}
	})
}

// each does f now and at every tick until ctx ends.
func each(ctx context.Context, every time.Duration, f func(n int)) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 0; ; n++ {
		f(n)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// witness sends the newest seal out of the house, where nobody here can change it.
func (w *Worker) witness(ctx context.Context) error {
	st, err := w.rooms.Operations.State(ctx)
	if err != nil || st.Seal == nil {
		return err
	}
	line := audit.Witness(*st.Seal)
	slog.Info("record seal", "witness", line)
	if w.o.Witness == "" {
		return nil
	}
	err = w.postman().send(ctx, fmt.Sprintf("seal-%d", st.Seal.No), "", w.o.Witness, letters.Letter{
		Subject: fmt.Sprintf("Record seal %d", st.Seal.No), Name: "For the file",
		Says: "The newest seal of the record: " + line, Link: w.o.Public.String(), Does: "The house it belongs to",
		Ends: "Keep it. With it, hotline audit verify can say whether the record of that day is still the one that was sealed."})
	if errors.Is(err, mail.Permanent) {
		slog.Error("the witness's address was refused")
		return nil
	}
	return err
}

// quiet passes asynq's own words on, which never hold a payload.
type quiet struct{}

func (quiet) Debug(...any)      {}
func (quiet) Info(...any)       {}
func (quiet) Warn(args ...any)  { slog.Warn("queue", "says", fmt.Sprint(args...)) }
func (quiet) Error(args ...any) { slog.Error("queue", "says", fmt.Sprint(args...)) }
func (quiet) Fatal(args ...any) { slog.Error("queue", "says", fmt.Sprint(args...)) }

// driver passes on what the Redis driver says by itself, which otherwise goes past
// the log: lost connections, never a payload.
type driver struct{}

func (driver) Printf(_ context.Context, format string, args ...any) {
	slog.Debug("redis", "says", fmt.Sprintf(format, args...))
}

func init() { redis.SetLogger(driver{}) }
