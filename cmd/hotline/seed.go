package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hotline/app/database"
	"hotline/app/mail"
)

// seedCmd fills a demo's database with many tickets, for measuring. It is the one
// that writes the rooms' tables without the rooms: by COPY, with the chains of the
// record worked out here, in one transaction, so that a seed that was stopped leaves
// nothing behind. Pages of a demo that runs meanwhile wait until it is through.
type seedCmd struct {
	Tickets  int    `default:"100000" help:"How many tickets to add." placeholder:"N"`
	Dir      string `help:"Where the demo's state lives (./var/demo)." placeholder:"DIR"`
	Database string `help:"The demo's database, if it is not in the folder: an empty one, or one the demo made." placeholder:"URL"`
}

// mostTickets keeps ids, memory and disk within what was tried.
const mostTickets = 10_000_000

// Run makes the demo if it is not there, then the crowd and its tickets.
func (s seedCmd) Run(ctx context.Context) error {
	if s.Tickets < 1 || s.Tickets > mostTickets {
		return putRight("--tickets must be from 1 to %s.", grouped(mostTickets))
	}
	began := time.Now()
	state, err := openState(ctx, s.Dir, s.Database)
	if err != nil {
		return err
	}
	defer state.stop()
	if err := state.ownDemo(ctx, false); err != nil {
		return err
	}
	keys, err := state.keys("")
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, state.url, database.Worker)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	h := build(db, built{secret: keys.secret, box: &mail.Box{}})
	if err := h.loadDemo(ctx, state, keys); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if err := h.seed(ctx, state.owner, s.Tickets, keys.seal, seedSays); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	seedSays("%s tickets are there after %s.", grouped(s.Tickets), time.Since(began).Round(time.Second))
	return nil
}

func seedSays(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }

// seed adds n tickets, with twenty consultants and two thousand physicians to share
// them, and seals the record. owner is the database as its owner, who may switch
// triggers off.
func (h *house) seed(ctx context.Context, owner string, n int, sealKey []byte, says func(string, ...any)) error {
	if err := h.hireCrowd(ctx); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return putRight("the database does not answer. Check its address and that Postgres is up.")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		l := &load{tx: tx, now: h.db.Now(), says: says, began: time.Now()}
		return l.run(ctx, h, n)
	}); err != nil {
		return err
	}
	for _, t := range seedTables {
		if _, err := conn.Exec(ctx, "VACUUM (ANALYZE) "+t.name); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, "ANALYZE"); err != nil {
		return err
	}
	says("read through once, so that the planner knows it")
	return h.operations.Seal(ctx, sealKey)
}

// load is one seed under way, in one transaction.
type load struct {
	tx    pgx.Tx
	now   time.Time
	says  func(string, ...any)
	began time.Time
}

func (l *load) run(ctx context.Context, h *house, n int) error {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	if err := l.insure(ctx); err != nil {
		return err
	}
	w, err := l.world(ctx, h, n)
	if err != nil {
		return err
	}
	indexes, err := l.dropIndexes(ctx)
	if err != nil {
		return err
	}
	if err := l.copyAll(ctx, w); err != nil {
		return err
	}
	if err := l.count(ctx, w); err != nil {
		return err
	}
	l.says("%s tickets copied after %s; making %d indexes", grouped(n), l.since(), len(indexes))
	for _, index := range indexes {
		if _, err := l.tx.Exec(ctx, index.make); err != nil {
			return fmt.Errorf("index %s: %w", index.name, err)
		}
	}
	l.says("indexes made after %s", l.since())
	return l.makeRoom(ctx)
}

func (l *load) since() time.Duration { return time.Since(l.began).Round(100 * time.Millisecond) }

// prepare takes the tables and switches triggers off, which only a superuser may:
// chains, guards and foreign keys would each cost more than the row.
func (l *load) prepare(ctx context.Context) error {
	if _, err := l.tx.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
		if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "42501" {
			return putRight("seeding needs a database user that may switch triggers off: a superuser, as in a demo's own database.")
		}
		return err
	}
	names := make([]string, len(seedTables))
	for i, t := range seedTables {
		names[i] = t.name
	}
	for _, statement := range []string{
		"SET LOCAL synchronous_commit = off",
		"SET LOCAL maintenance_work_mem = '256MB'",
		"SET LOCAL statement_timeout = 0",
		"SET LOCAL idle_in_transaction_session_timeout = 0",
		"LOCK TABLE " + strings.Join(names, ", ") + " IN ACCESS EXCLUSIVE MODE",
	} {
		if _, err := l.tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// seedChunk is how many tickets are made at once and copied together.
const seedChunk = 2000

// copyAll makes the chunks side by side and copies them in their order.
func (l *load) copyAll(ctx context.Context, w *world) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks := (len(w.plan) + seedChunk - 1) / seedChunk
	queue := make(chan chan *batch, runtime.GOMAXPROCS(0))
	go func() {
		defer close(queue)
		for i := range chunks {
			made := make(chan *batch, 1)
			select {
			case queue <- made:
			case <-ctx.Done():
				return
			}
			go func() { made <- w.tell(i*seedChunk, min((i+1)*seedChunk, len(w.plan))) }()
		}
	}()
	done, said := 0, 0
	for made := range queue {
		b := <-made
		for i := range seedTables {
			if err := seedTables[i].copy(ctx, l.tx.Conn().PgConn(), &b.rows[i]); err != nil {
				return err
			}
		}
		done = min(done+seedChunk, len(w.plan))
		if done/50_000 > said {
			said = done / 50_000
			l.says("%s of %s tickets, %s", grouped(done), grouped(len(w.plan)), l.since())
		}
	}
	return ctx.Err()
}

// count moves the sequences past the ids that were given here.
func (l *load) count(ctx context.Context, w *world) error {
	for _, s := range []struct {
		table string
		last  int64
	}{{"tickets", w.ticketID + int64(len(w.plan))}, {"messages", w.messageID + w.messages}, {"targets", w.targetID + w.targets}} {
		if _, err := l.tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", s.table, s.last); err != nil {
			return err
		}
	}
	_, err := l.tx.Exec(ctx, "SELECT setval('ticket_numbers', $1)", w.number+int64(len(w.plan)))
	return err
}

// makeRoom raises every cap to the most there is, which leaves the demo's own
// consultants room, and says so in the record as Engage would.
func (l *load) makeRoom(ctx context.Context) error {
	_, err := l.tx.Exec(ctx, `SET LOCAL session_replication_role = origin`)
	if err != nil {
		return err
	}
	_, err = l.tx.Exec(ctx, `
		WITH roomy AS (UPDATE consultants SET cap = 500 WHERE cap <> 500 RETURNING user_id, cap)
		INSERT INTO record (kind, subject_id, seq, at, role, job, action, detail, previous, hash)
		SELECT 'user', user_id, 0, $1, 'system', 'command:seed', 'user.engaged', json_build_object('cap', cap), '', ''
		FROM roomy ORDER BY user_id`, l.now)
	return err
}

// grouped writes a number with commas.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
