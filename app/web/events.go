package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/live"
)

// How a page that listens is kept. A beat tells a gone browser from a quiet one; the
// check ends the line of somebody who signed out, was idle too long or may no more.
const (
	heartbeat   = 20 * time.Second
	stillThere  = 60 * time.Second
	writeWithin = 10 * time.Second
)

// events is the line on which pages hear that something changed: never what. People
// of a desk hear of their desks, an insured person of the one ticket they have open.
// It holds no connection to the database.
func (p deskPages) events(c *gin.Context) error {
	ctx, by, number := c.Request.Context(), who(c), query(c, "ticket")
	var only int64
	switch {
	case by.Desk():
	case by.Insured() && number != "":
		var err error
		if only, err = p.rooms.Tickets.ID(ctx, by, number); err != nil {
			return err
		}
	default:
		// Nothing is told here; 204 keeps the browser from asking again.
		c.Status(http.StatusNoContent)
		return nil
	}
	told, leave := p.rooms.Hub.Subscribe()
	defer leave()

	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	c.Status(http.StatusOK)
	line := streamed(c)
	if !line.say("retry: 3000\n\n") {
		return nil
	}
	beat, check := time.NewTicker(heartbeat), time.NewTicker(stillThere)
	defer beat.Stop()
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, open := <-told:
			if !open {
				return nil
			}
			if words := eventFor(e, by, only); words != "" && !line.say("data: "+words+"\n\n") {
				return nil
			}
		case <-beat.C:
			if !line.say(": here\n\n") {
				return nil
			}
		case <-check.C:
			now, ok := p.listener(c)
			if ok && only != 0 {
				_, err := p.rooms.Tickets.ID(ctx, now, number)
				ok = err == nil
			}
			if !ok {
				return nil
			}
			by = now
		}
	}
}

// eventFor is an event as one page may hear it, or "".
func eventFor(e live.Event, by actor.Actor, only int64) string {
	switch {
	case e.Kind == live.Resync:
		return live.Resync
	case only != 0 && e.Kind == "ticket" && e.ID == only:
		return fmt.Sprintf("ticket ticket-%d", e.ID)
	case e.Kind == "replay":
		// It moves often, and no list of the desk's shows it.
		if by.Is(actor.Manager) && slices.Contains(by.Desks, e.Desk) {
			return fmt.Sprintf("replay replay-%d", e.ID)
		}
	case only == 0 && slices.Contains(by.Desks, e.Desk):
		return fmt.Sprintf("%s %s-%d desk-%d", e.Kind, e.Kind, e.ID, e.Desk)
	}
	return ""
}

// listener reads anew who is at the other end: the session they came with must still
// be there, used within its time, and theirs. A database that is away for a moment is
// no reason to end the line.
func (p deskPages) listener(c *gin.Context) (actor.Actor, bool) {
	before := visitOf(c)
	cookie, err := c.Request.Cookie(p.sessions.Cookie.Name)
	if err != nil {
		return before.by, false
	}
	// Not the request's context: it would answer with the session as it was.
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	session, err := p.sessions.Load(ctx, cookie.Value)
	if err != nil {
		return before.by, errors.Is(err, fault.Unavailable)
	}
	seen := time.Unix(p.sessions.GetInt64(session, sessionSeen), 0)
	if p.sessions.GetInt64(session, account.SessionUser) != before.person.ID || time.Since(seen) > account.Idle(before.person.Role) {
		return before.by, false
	}
	by, _, err := p.rooms.Accounts.Actor(ctx, before.person.ID)
	if err != nil {
		return before.by, errors.Is(err, fault.Unavailable)
	}
	return by, by.Role == before.by.Role
}

// eventStream is an answer that goes on.
type eventStream struct {
	c       *gin.Context
	control *http.ResponseController
}

func streamed(c *gin.Context) eventStream {
	// Gin's own Flush insists that what it wraps can flush; the controller looks through.
	inner, ok := c.Writer.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		return eventStream{c, http.NewResponseController(c.Writer)}
	}
	return eventStream{c, http.NewResponseController(inner.Unwrap())}
}

// say sends words at once, and says whether they left. Each has its own time limit,
// in place of the server's for a whole answer.
func (s eventStream) say(words string) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := s.c.Writer.WriteString(words); err != nil {
		return false
	}
	if s.control.Flush() != nil {
		return false
	}
	// The server's own limit would end a quiet line.
	_ = s.control.SetWriteDeadline(time.Time{})
	return true
}
