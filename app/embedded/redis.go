package embedded

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"github.com/alicebob/miniredis/v2"
)

// Redis is a Redis inside this process, on a loopback port nobody chose. It
// forgets everything when it stops, as Hotline's queues may: what was promised
// is in Postgres.
type Redis struct {
	server *miniredis.Miniredis
	url    string
}

// StartRedis starts one. Keys expire by the clock, as in a real Redis; left to
// itself the library never expires any, and a unique lock would last for ever.
// It wants a password: a loopback port is open to every user of the machine.
func StartRedis() (*Redis, error) {
	password := strings.ToLower(rand.Text())
	server := miniredis.NewMiniRedis()
	server.RequireAuth(password)
	server.ClockTTL(true)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the Redis in this process: %w", err)
	}
	at := url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: server.Addr(), Path: "/0"}
	return &Redis{server: server, url: at.String()}, nil
}

// URL is its address, with the password in it.
func (r *Redis) URL() string { return r.url }

// Stop ends it and closes its connections. Stopping twice is harmless.
func (r *Redis) Stop() { r.server.Close() }
