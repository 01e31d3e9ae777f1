package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
)

// What a session keeps. The user's name is account.SessionUser, so that the store
// can end all of one person's.
const (
	sessionSeen  = "seen"  // when it was last used, Unix seconds, once a minute
	sessionRole  = "role"  // the role it was made for
	sessionFlash = "flash" // one sentence for the next page
)

// visit is who is here.
type visit struct {
	by     actor.Actor
	person account.Person
}

type visitKey struct{}

func visitOf(c *gin.Context) visit {
	v, _ := c.Request.Context().Value(visitKey{}).(visit)
	return v
}

// who is the person who acts in this request.
func who(c *gin.Context) actor.Actor { return visitOf(c).by }

func (w *Web) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = w.rooms.Accounts.Sessions()
	m.Codec = account.SessionCodec{}
	m.HashTokenInStore = true
	m.Lifetime = account.Longest
	m.Cookie.Name = "hotline"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	if w.secure() {
		m.Cookie.Name = "__Host-hotline"
		m.Cookie.Secure = true
	}
	m.ErrorFunc = func(rw http.ResponseWriter, r *http.Request, err error) { w.failPlain(rw, r, err) }
	return m
}

func (w *Web) secure() bool { return w.options.Public != nil && w.options.Public.Scheme == "https" }

// identify reads who is here: the session's person, anew at each request. A session
// that was idle too long, or whose person is gone, is nobody's.
func (w *Web) identify(c *gin.Context) {
	ctx := c.Request.Context()
	id := w.sessions.GetInt64(ctx, account.SessionUser)
	if id == 0 {
		return
	}
	by, person, err := w.rooms.Accounts.Actor(ctx, id)
	if errors.Is(err, fault.SignedOut) {
		_ = w.sessions.Destroy(ctx)
		return
	}
	if err != nil {
		w.fail(c, err)
		return
	}
	now := time.Now()
	seen := time.Unix(w.sessions.GetInt64(ctx, sessionSeen), 0)
	if now.Sub(seen) > account.Idle(person.Role) {
		_ = w.sessions.Destroy(ctx)
		return
	}
	if w.sessions.GetString(ctx, sessionRole) != string(person.Role) {
		// Another role is another person to every page that is open: start afresh.
		if err := w.sessions.RenewToken(ctx); err != nil {
			w.fail(c, err)
			return
		}
		w.sessions.Put(ctx, sessionRole, string(person.Role))
	}
	// A page that listens or refreshes by itself is not a person at work.
	if now.Sub(seen) > time.Minute && !byItself(c) {
		w.sessions.Put(ctx, sessionSeen, now.Unix())
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, visitKey{}, visit{by, person}))
}

// byItself says that the page asked, not the person.
func byItself(c *gin.Context) bool {
	return c.Request.URL.Path == "/events" || c.GetHeader("HX-Trigger") != "" && c.GetHeader("X-Refresh") != ""
}

// enter makes the session a person's, under a new token.
func (w *Web) enter(ctx context.Context, person account.Person) error {
	if err := w.sessions.RenewToken(ctx); err != nil {
		return err
	}
	w.sessions.Put(ctx, account.SessionUser, person.ID)
	w.sessions.Put(ctx, sessionRole, string(person.Role))
	w.sessions.Put(ctx, sessionSeen, time.Now().Unix())
	return nil
}

// flash keeps one sentence for the next page this person sees.
func (w *Web) flash(c *gin.Context, words string) {
	w.sessions.Put(c.Request.Context(), sessionFlash, words)
}
