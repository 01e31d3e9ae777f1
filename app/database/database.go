// Package database is the one door to Postgres. Rooms keep a *DB, which has no
// query methods: Read and Write hand them a *gorm.DB for as long as it is theirs.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// AppRole is the role web and worker take on, where it exists: it can add to the
// record and cannot change it.
const AppRole = "hotline_app"

// Limits hold for every connection. Web and worker differ in Statement only.
type Limits struct {
	Statement time.Duration // statement_timeout
	Lock      time.Duration // lock_timeout
	Idle      time.Duration // idle_in_transaction_session_timeout
	Pool      int           // connections; 0: 2 × cores + 4
	// Generic plans each statement once, without its values. A page's statements are the
	// same each time and their indexes do not depend on values; planning them anew was
	// most of what the counts of a million tickets cost.
	Generic bool

	Tracer pgx.QueryTracer // sees every statement with its values; for measuring alone
}

// Web and Worker are the limits of rules for the two kinds of process.
var (
	Web    = Limits{Statement: 5 * time.Second, Lock: 2 * time.Second, Idle: 15 * time.Second, Generic: true}
	Worker = Limits{Statement: 60 * time.Second, Lock: 2 * time.Second, Idle: 60 * time.Second}
)

// DB is a pool of connections and the clock that goes with it.
type DB struct {
	pool   *pgxpool.Pool
	sql    *sql.DB
	gorm   *gorm.DB
	offset atomic.Int64 // database's clock minus ours, in nanoseconds
	frozen atomic.Pointer[time.Time]
}

// Open connects to the database at url. It does not migrate.
func Open(ctx context.Context, url string, limits Limits) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's own error quotes the URL, password and all.
		return nil, errors.New("the database's URL could not be read")
	}
	if limits.Pool == 0 {
		limits.Pool = 2*runtime.NumCPU() + 4
	}
	config.MaxConns = int32(limits.Pool)
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	run := config.ConnConfig.RuntimeParams
	run["application_name"] = "hotline"
	run["timezone"] = "UTC"
	run["statement_timeout"] = millis(limits.Statement)
	run["lock_timeout"] = millis(limits.Lock)
	run["idle_in_transaction_session_timeout"] = millis(limits.Idle)
	config.ConnConfig.Tracer = limits.Tracer
	if limits.Generic {
		run["plan_cache_mode"] = "force_generic_plan"
	}
	config.AfterConnect = takeRole
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(err)
	}
	d := &DB{pool: pool, sql: stdlib.OpenDBFromPool(pool)}
	// Idle connections belong to pgx's pool, which direct users share; two are
	// left to them.
	d.sql.SetMaxIdleConns(0)
	d.sql.SetMaxOpenConns(max(2, limits.Pool-2))
	d.gorm, err = gorm.Open(postgres.New(postgres.Config{Conn: d.sql}), &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
		NowFunc:                d.Now,
	})
	if err != nil {
		pool.Close()
		return nil, explain(err)
	}
	return d, nil
}

func takeRole(ctx context.Context, c *pgx.Conn) error {
	var may bool
	err := c.QueryRow(ctx, `SELECT coalesce((SELECT pg_has_role(current_user, oid, 'MEMBER')
		FROM pg_roles WHERE rolname = $1), false)`, AppRole).Scan(&may)
	if err != nil || !may {
		return err
	}
	_, err = c.Exec(ctx, "SET ROLE "+AppRole)
	return err
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Pool is for those who need pgx itself: LISTEN, COPY and streaming reads.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// SQL is for goose.
func (d *DB) SQL() *sql.DB { return d.sql }

// Ping says whether the database answers, and measures its clock against ours: three
// times on a connection that is there already, by the quickest answer. What it took to
// connect would go into the measure on one side only.
func (d *DB) Ping(ctx context.Context) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Release()
	var best time.Duration
	for try := range 3 {
		before := Process()
		var theirs time.Time
		if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&theirs); err != nil {
			return explain(err)
		}
		took := Process().Sub(before)
		if try == 0 || took < best {
			best = took
			d.offset.Store(int64(theirs.Sub(before.Add(took / 2))))
		}
	}
	return nil
}

// Close lets go of every connection.
func (d *DB) Close() {
	d.sql.Close()
	d.pool.Close()
}

// Read runs f for questions. Nothing in it may write.
func (d *DB) Read(ctx context.Context, f func(q *gorm.DB) error) error {
	return explain(f(d.gorm.WithContext(ctx)))
}

// Snapshot runs f for several questions that must agree, or for one whose best way
// depends on what is asked (a search, a report): one instant, read only, each
// statement planned for its values.
func (d *DB) Snapshot(ctx context.Context, f func(q *gorm.DB) error) error {
	err := d.gorm.WithContext(ctx).Transaction(func(q *gorm.DB) error {
		if _, err := q.Statement.ConnPool.ExecContext(ctx, "SET LOCAL plan_cache_mode = force_custom_plan"); err != nil {
			return err
		}
		return f(q)
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return explain(err)
}

// Write runs f in one transaction: all of it happens, or none. After COMMIT it
// sends what f asked to Notify, best effort. A serialisation failure or deadlock is
// tried once more, so f must be safe to run twice. Write does not nest.
func (d *DB) Write(ctx context.Context, f func(tx *gorm.DB) error) error {
	if _, inside := ctx.Value(notices{}).(*[]notice); inside {
		return errors.New("database: Write inside Write; a function that takes tx joins yours")
	}
	for try := 0; ; try++ {
		var after []notice
		inner := context.WithValue(ctx, notices{}, &after)
		err := d.gorm.WithContext(inner).Transaction(f)
		if err == nil {
			d.notify(ctx, after)
			return nil
		}
		if try == 0 && again(err) && ctx.Err() == nil {
			continue
		}
		return explain(err)
	}
}

type notices struct{}

type notice struct{ channel, payload string }

// Notify asks for a NOTIFY after tx commits. Inside the transaction it would make
// commits queue behind one lock; a lost one costs a tick, never a promise.
func Notify(tx *gorm.DB, channel, payload string) {
	after, ok := tx.Statement.Context.Value(notices{}).(*[]notice)
	if !ok {
		return
	}
	for _, n := range *after {
		if n == (notice{channel, payload}) {
			return
		}
	}
	*after = append(*after, notice{channel, payload})
}

func (d *DB) notify(ctx context.Context, after []notice) {
	if len(after) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	channels, payloads := make([]string, len(after)), make([]string, len(after))
	for i, n := range after {
		channels[i], payloads[i] = n.channel, n.payload
	}
	_, _ = d.pool.Exec(ctx, "SELECT pg_notify(c, p) FROM unnest($1::text[], $2::text[]) AS n(c, p)", channels, payloads)
}

// Process is the clock of this process, right or wrong. It is a variable for one
// reason: a test that runs a process whose clock is a minute off sets it before Open.
// Nothing but Ping and Now reads it; what takes its time from Now does not see that
// the clock is wrong, and that is what such a test is about.
var Process = time.Now

// Clock is where a room's now comes from.
type Clock func() time.Time

// Now is the process's clock set by the database's, in whole microseconds, UTC. A
// test or the demo's loader may set it by Freeze.
func (d *DB) Now() time.Time {
	if t := d.frozen.Load(); t != nil {
		return *t
	}
	return Process().Add(time.Duration(d.offset.Load())).UTC().Truncate(time.Microsecond)
}

// Freeze makes Now say t until Thaw. For tests and for loading a past.
func (d *DB) Freeze(t time.Time) {
	t = t.UTC().Truncate(time.Microsecond)
	d.frozen.Store(&t)
}

// Thaw lets Now run again.
func (d *DB) Thaw() { d.frozen.Store(nil) }

// Installation is this installation's identity.
type Installation struct {
	ID   string
	Demo bool
}

// Installation reads which installation this is.
func (d *DB) Installation(ctx context.Context) (Installation, error) {
	var in Installation
	err := d.pool.QueryRow(ctx, "SELECT id, demo FROM installation").Scan(&in.ID, &in.Demo)
	if err != nil {
		return in, fmt.Errorf("installation: %w", explain(err))
	}
	return in, nil
}
