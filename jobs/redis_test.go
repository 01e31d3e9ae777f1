package jobs

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"hotline/app/embedded"
)

// redisLine is a Redis of the test's own behind a line that can be cut and mended. The
// Redis is in this process, or the server whose binary TEST_REDIS_SERVER names.
type redisLine struct {
	testing.TB
	Option   asynq.RedisClientOpt
	Admin    *redis.Client // past the line
	listener net.Listener
	dial     func() (net.Conn, error)

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]struct{}
}

func newRedis(t testing.TB) *redisLine {
	t.Helper()
	l := &redisLine{TB: t, conns: map[net.Conn]struct{}{}}
	network, address, password := startRedis(t)
	l.dial = func() (net.Conn, error) { return net.Dial(network, address) }
	l.Admin = redis.NewClient(&redis.Options{Network: network, Addr: address, Password: password})
	t.Cleanup(func() { l.Admin.Close() })
	var err error
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.listener.Close(); l.Cut() })
	go l.serve()
	l.Option = asynq.RedisClientOpt{Addr: l.listener.Addr().String(), Password: password}
	until(t, "Redis answers", func() bool { return l.Admin.Ping(context.Background()).Err() == nil })
	return l
}

func startRedis(t testing.TB) (network, address, password string) {
	t.Helper()
	binary := os.Getenv("TEST_REDIS_SERVER")
	if binary == "" {
		r, err := embedded.StartRedis()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Stop)
		o, err := redis.ParseURL(r.URL())
		if err != nil {
			t.Fatal(err)
		}
		return "tcp", o.Addr, o.Password
	}
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	server := exec.Command(binary, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	})
	return "unix", socket, ""
}

// Cut breaks every connection and hangs up on new ones.
func (l *redisLine) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		c.Close()
	}
}

// Mend lets connections through again.
func (l *redisLine) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

// Forget empties it.
func (l *redisLine) Forget() {
	l.Helper()
	if err := l.Admin.FlushAll(context.Background()).Err(); err != nil {
		l.Fatal(err)
	}
}

// Holds is everything it holds, as text.
func (l *redisLine) Holds() string {
	l.Helper()
	ctx, out := context.Background(), ""
	keys, err := l.Admin.Keys(ctx, "*").Result()
	if err != nil {
		l.Fatal(err)
	}
	for _, key := range keys {
		out += key + "\n"
		switch l.Admin.Type(ctx, key).Val() {
		case "hash":
			for field, value := range l.Admin.HGetAll(ctx, key).Val() {
				out += field + " " + value + "\n"
			}
		case "string":
			out += l.Admin.Get(ctx, key).Val() + "\n"
		}
	}
	return out
}

func (l *redisLine) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(near)
	}
}

func (l *redisLine) carry(near net.Conn) {
	defer near.Close()
	far, err := l.dial()
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

// until polls a condition and fails the test when it does not come true.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if !comes(20*time.Second, holds) {
		t.Fatalf("it never came to this: %s", what)
	}
}

func comes(within time.Duration, holds func() bool) bool {
	end := time.Now().Add(within)
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		if holds() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		<-time.After(pause)
	}
}
