package dbtest

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"hotline/app/database"
)

// Line is a connection to a test database that can be cut and mended, as a network
// or a server can.
type Line struct {
	listener net.Listener
	target   func() (net.Conn, error)

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]struct{}
}

// Cuttable gives a new database behind a line that can be cut.
func Cuttable(t testing.TB, limits database.Limits) (*database.DB, *Line) {
	t.Helper()
	name := Database(t)
	config, err := pgx.ParseConfig(URL(name))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "line")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l := &Line{conns: map[net.Conn]struct{}{}}
	network, address := pgxAddress(config)
	l.target = func() (net.Conn, error) { return net.Dial(network, address) }
	if l.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.listener.Close(); l.Cut() })
	go l.serve()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + name,
		RawQuery: url.Values{"host": {dir}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()}
	db, err := database.Open(context.Background(), u.String(), limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db, l
}

func pgxAddress(config *pgx.ConnConfig) (network, address string) {
	if filepath.IsAbs(config.Host) {
		return "unix", filepath.Join(config.Host, ".s.PGSQL."+port(config.Port))
	}
	return "tcp", net.JoinHostPort(config.Host, port(config.Port))
}

// Cut breaks every connection and refuses new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		c.Close()
	}
}

// Mend lets connections through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

func (l *Line) serve() {
	for {
		c, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(c)
	}
}

func (l *Line) carry(near net.Conn) {
	defer near.Close()
	far, err := l.target()
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		return
	}
	l.conns[near], l.conns[far] = struct{}{}, struct{}{}
	l.mu.Unlock()
	done := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(far, near); done <- struct{}{} }()
	go func() { _, _ = io.Copy(near, far); done <- struct{}{} }()
	<-done
	l.mu.Lock()
	delete(l.conns, near)
	delete(l.conns, far)
	l.mu.Unlock()
}
