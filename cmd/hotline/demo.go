package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/app/mail"
	"hotline/jobs"
)

// demoCmd is everything on this machine.
type demoCmd struct {
	Addr     string `default:"127.0.0.1:8080" help:"Where to listen."`
	Dir      string `help:"Where all state lives (./var/demo)." placeholder:"DIR"`
	Reset    bool   `help:"Throw the demo's data away and load it anew."`
	Database string `help:"Use this Postgres instead of one of the demo's own: an empty database, or one the demo made." placeholder:"URL"`
	Password string `help:"The accounts' password. Needed to listen beyond this machine." placeholder:"WORD"`
	Metrics  string `help:"Where to serve /metrics." placeholder:"HOST:PORT"`
}

// demoStop is how long a stopping demo lets things finish.
const demoStop = 2 * time.Second

// Run brings everything up, loads the demo if it is not there, serves, and stops
// cleanly when ctx ends.
func (d demoCmd) Run(ctx context.Context) error {
	ln, err := listen(d.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	host, _, _ := net.SplitHostPort(ln.Addr().String())
	if !loopback(host) && d.Password == "" {
		return putRight("listening at %s lets others in. Choose the accounts' password with --password, at least twelve characters, or listen at 127.0.0.1.", d.Addr)
	}
	s, err := openState(ctx, d.Dir, d.Database)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.ownDemo(ctx, d.Reset); err != nil {
		return err
	}
	keys, err := s.keys(d.Password)
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, s.url, database.Web)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	h := build(db, built{secret: keys.secret, box: &mail.Box{}})
	if err := h.loadDemo(ctx, s, keys); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	debug.FreeOSMemory() // what loading took is not needed again
	var redis found
	if err := redis.embedRedis(); err != nil {
		return err
	}
	defer redis.stop()
	return h.serveDemo(ctx, d, ln, keys, &redis)
}

func (h *house) serveDemo(ctx context.Context, d demoCmd, ln net.Listener, keys demoKeys, redis *found) error {
	installation, err := h.db.Installation(ctx)
	if err != nil {
		return err
	}
	public := publicOf(ln)
	p := parts{web: ln, handler: h.pages(public, nil, true)}
	if d.Metrics != "" {
		if p.metrics, err = listen(d.Metrics); err != nil {
			return err
		}
	}
	p.worker = jobs.NewWorker(h.db, h.hub, h.work(), jobs.Options{
		Redis: redis.redis, FreshRedis: true, Installation: installation.ID, Version: version, Public: public, Phone: h.phone(ctx),
		Sender: h.box, SealKey: keys.seal, Concurrency: 4, Shutdown: demoStop,
	})
	fmt.Printf("ready %s\npassword: %s\n", public, keys.password)
	for _, a := range demoAccounts {
		fmt.Printf("%-24s %s\n", a.email, a.what)
	}
	return h.run(ctx, p, demoStop)
}

// state is the demo's database and folder.
type state struct {
	url   string
	owner string // the same database as its owner, who may mark and reset it
	dir   string
	given bool // --database: not the demo's own server
	stop  func()
}

const defaultDir = "var/demo"

// openState finds the demo's database: the one it runs itself in dir, or the one
// given. Every verb that opens a demo's database does it here.
func openState(ctx context.Context, dir, given string) (*state, error) {
	s := &state{stop: func() {}, given: given != ""}
	if given != "" {
		s.url, s.owner, s.dir = given, given, dir
		if dir == "" {
			s.dir = defaultDir
		}
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return nil, putRight("the folder %s cannot be made: %s. Choose another with --dir.", s.dir, reason(err))
		}
		return s, nil
	}
	o := embedded.Options{Dir: dir, BinDir: os.Getenv("PG_BIN_DIR"), Fetch: true, Notice: notice}
	if dir == "" {
		o.Dir, o.Default = defaultDir, true
	}
	pg, err := embedded.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	s.dir, s.stop = pg.Dir(), func() {
		if err := pg.Stop(); err != nil {
			slog.Error("the database did not stop well", "error", err.Error())
		}
	}
	if s.url, err = pg.Database(ctx, databaseName); err != nil {
		s.stop()
		return nil, err
	}
	s.owner = s.url
	return s, nil
}

func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return "it is not allowed"
}

// demoKeys are what the demo keeps in its folder, readable by its user only.
type demoKeys struct {
	password     string
	changed      bool // the password differs from the one kept
	secret, seal []byte
}

func (s *state) keys(password string) (k demoKeys, err error) {
	kept, err := s.keep("demo-password", func() (string, error) {
		if password != "" {
			return password, nil
		}
		return word()
	})
	if err != nil {
		return k, err
	}
	k.password = kept
	if password != "" && password != kept {
		k.password, k.changed = password, true
		if err := os.WriteFile(filepath.Join(s.dir, "demo-password"), []byte(password+"\n"), 0o600); err != nil {
			return k, err
		}
	}
	for _, f := range []struct {
		name string
		to   *[]byte
	}{{"secret-key", &k.secret}, {"seal-key", &k.seal}} {
		text, err := s.keep(f.name, func() (string, error) {
			b := make([]byte, 32)
			_, err := rand.Read(b)
			return fmt.Sprintf("%x", b), err
		})
		if err != nil {
			return k, err
		}
		if *f.to, err = key(text); err != nil {
			return k, putRight("the file %s in %s does not hold a key any more. Start with --reset, or put it back.", f.name, s.dir)
		}
	}
	return k, nil
}

// keep reads a file of the folder, or makes it with mode 0600.
func (s *state) keep(name string, make func() (string, error)) (string, error) {
	path := filepath.Join(s.dir, name)
	b, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(b)) != "" {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", putRight("the file %s cannot be read: %s.", path, reason(err))
	}
	text, err := make()
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return "", putRight("the folder %s cannot be written: %s. Choose another with --dir.", s.dir, reason(err))
	}
	return text, nil
}

// word is a password that can be said and typed.
func word() (string, error) {
	lists := [][]string{
		{"amber", "birch", "cedar", "copper", "coral", "ember", "fable", "granite", "harbor", "indigo", "juniper", "lantern", "maple", "marble", "meadow", "orchid"},
		{"anchor", "beacon", "bridge", "canyon", "compass", "garden", "glacier", "island", "kettle", "meridian", "mountain", "paddle", "prairie", "saddle", "thicket", "window"},
		{"north", "quiet", "seven", "silver", "slow", "soft", "south", "spring", "steady", "still", "summer", "tall", "velvet", "warm", "west", "winter"},
	}
	parts := make([]string, len(lists))
	for i, list := range lists {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(list))))
		if err != nil {
			return "", err
		}
		parts[i] = list[n.Int64()]
	}
	return parts[2] + "-" + parts[0] + "-" + parts[1], nil
}
