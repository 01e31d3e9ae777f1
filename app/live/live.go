// Package live carries word of changes between processes: one LISTEN connection a
// process, fanned out to whoever subscribed. An event is a kind and an id, never
// content; a lost one is made good by Resync and by asking again.
package live

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"hotline/app/database"
)

// Channel is the channel pages listen to.
const Channel = "live"

// Event is word that something changed. Kind Resync: anything may have.
type Event struct {
	Kind string
	ID   int64
	Desk int64
}

// Resync says that events may have been missed.
const Resync = "resync"

// Say tells every process, after tx commits, that the thing of that kind and id
// changed on a desk.
func Say(tx *gorm.DB, kind string, id, desk int64) {
	database.Notify(tx, Channel, kind+" "+strconv.FormatInt(id, 10)+" "+strconv.FormatInt(desk, 10))
}

// Hub fans out what Postgres notifies.
type Hub struct {
	pool *pgxpool.Pool

	mu       sync.Mutex
	over     bool
	pages    map[chan Event]struct{}
	channels map[string]map[chan struct{}]struct{}
}

// NewHub makes a hub on a pool; it hears nothing until Run.
func NewHub(pool *pgxpool.Pool) *Hub {
	return &Hub{pool: pool, pages: map[chan Event]struct{}{}, channels: map[string]map[chan struct{}]struct{}{}}
}

// Subscribe gives a page's events. A slow reader loses events, and is told so by a
// Resync when it reads again. The channel is closed when the process stops.
func (h *Hub) Subscribe() (events <-chan Event, leave func()) {
	c := make(chan Event, 16)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		close(c)
		return c, func() {}
	}
	h.pages[c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		delete(h.pages, c)
		h.mu.Unlock()
	}
}

// Wake gives a signal whenever a channel is notified, or the connection was renewed.
// Call before Run.
func (h *Hub) Wake(channel string) <-chan struct{} {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.channels[channel] == nil {
		h.channels[channel] = map[chan struct{}]struct{}{}
	}
	h.channels[channel][c] = struct{}{}
	return c
}

// Run listens until ctx ends, connecting again when the connection is lost; then it
// closes every page's channel, so that pages that listen do not hold up the stop.
func (h *Hub) Run(ctx context.Context) {
	defer h.end()
	for ctx.Err() == nil {
		if err := h.listen(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("live: the listening connection was lost; connecting again")
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (h *Hub) listen(ctx context.Context) error {
	lent, err := h.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// A listening connection is never given back: it would bring its channels along.
	conn := lent.Hijack()
	defer conn.Close(context.WithoutCancel(ctx))
	h.mu.Lock()
	channels := []string{Channel}
	for name := range h.channels {
		channels = append(channels, name)
	}
	h.mu.Unlock()
	for _, name := range channels {
		if _, err := conn.Exec(ctx, `LISTEN "`+name+`"`); err != nil {
			return err
		}
	}
	h.tell(Event{Kind: Resync})
	for _, name := range channels {
		h.wake(name)
	}
	for {
		n, err := hear(ctx, conn)
		if err != nil {
			return err
		}
		if n == nil {
			continue
		}
		if n.Channel != Channel {
			h.wake(n.Channel)
			continue
		}
		if e, ok := parse(n.Payload); ok {
			h.tell(e)
		}
	}
}

// quiet is how long nothing may be heard before the connection is asked whether it
// is still one: a line that a firewall forgot says nothing for ever.
const quiet = 30 * time.Second

// hear waits for a notification; nil: it was quiet, and the connection answers.
func hear(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	n, err := conn.WaitForNotification(waiting)
	if err == nil || ctx.Err() != nil || waiting.Err() == nil {
		return n, err
	}
	asking, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return nil, conn.Ping(asking)
}

func parse(payload string) (Event, bool) {
	parts := strings.Fields(payload)
	if len(parts) != 3 {
		return Event{}, false
	}
	id, err1 := strconv.ParseInt(parts[1], 10, 64)
	desk, err2 := strconv.ParseInt(parts[2], 10, 64)
	return Event{Kind: parts[0], ID: id, Desk: desk}, err1 == nil && err2 == nil
}

func (h *Hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for c := range h.pages {
		close(c)
		delete(h.pages, c)
	}
}

func (h *Hub) tell(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.pages {
		select {
		case c <- e:
		default:
			// Full: make room for the one event that stands for all.
			select {
			case <-c:
			default:
			}
			select {
			case c <- Event{Kind: Resync}:
			default:
			}
		}
	}
}

func (h *Hub) wake(channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.channels[channel] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
