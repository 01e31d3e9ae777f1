package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/views/layout"
	"hotline/views/problem"
)

// answers is the one place where faults become statuses.
var answers = []struct {
	kind   error
	status int
	title  string
	words  string
}{
	{fault.SignedOut, http.StatusUnauthorized, "Please sign in", "You were signed out. Sign in to go on."},
	{fault.Forbidden, http.StatusForbidden, "That is not yours to do", "You can see this, but somebody else has to do it."},
	{fault.NotFound, http.StatusNotFound, "Nothing here", "There is no such page, or it is not one of yours."},
	{fault.Conflict, http.StatusConflict, "Somebody got there first", "It changed while you were at it. Go back, load the page again and see what is new."},
	{fault.TooLarge, http.StatusRequestEntityTooLarge, "That is too much at once", "Go back and shorten it. What you typed is still there."},
	{fault.TooMany, http.StatusTooManyRequests, "A little slower, please", "Wait a moment and try again."},
	{fault.Unavailable, http.StatusServiceUnavailable, "We cannot reach our records", "It is our fault and it should not last. Go back and try again in a moment: what you typed is still there."},
	{fault.Unacceptable, http.StatusUnprocessableEntity, "That did not go through", "Go back and check what you sent. What you typed is still there."},
}

// fail answers a request that did not succeed: the one place where errors are
// logged and shown.
func (w *Web) fail(c *gin.Context, err error) {
	c.Abort()
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Status(499) // the browser left; nobody reads the answer
		return
	}
	if errors.Is(err, fault.SignedOut) {
		if err := w.askToSignIn(c); err == nil {
			return
		}
	}
	status, title, words := explain(err)
	if status == http.StatusInternalServerError || errors.Is(err, fault.Unavailable) {
		// Faults of the database carry no values; anything else is a bug whose text is ours.
		slog.Error("request failed", "route", c.FullPath(), "method", c.Request.Method, "error", safely(err))
	}
	retry(c.Writer.Header(), status, err)
	view := problem.Show(problem.ShowPage{Frame: w.bareFrame(c, title), Title: title, Words: words, Status: status})
	if err := page(c, status, view); err != nil {
		c.String(status, title)
	}
}

// failPlain answers where there is no gin context yet: the session could not be read.
func (w *Web) failPlain(rw http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		rw.WriteHeader(499) // the browser left; nobody reads the answer
		return
	}
	status, title, words := explain(err)
	slog.Error("request failed", "method", r.Method, "place", "session", "error", safely(err))
	setHeaders(rw.Header(), w.secure())
	retry(rw.Header(), status, err)
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	_ = problem.Show(problem.ShowPage{Frame: layout.Frame{Title: title, Room: "physician"}, Title: title, Words: words, Status: status}).Render(r.Context(), rw)
}

func explain(err error) (status int, title, words string) {
	for _, a := range answers {
		if errors.Is(err, a.kind) {
			words = a.words
			if said := fault.Sentence(err); said != "" {
				words = said
			}
			return a.status, a.title, words
		}
	}
	return http.StatusInternalServerError, "Something broke on our side",
		"It has been noted. Go back and try once more; what you typed is still there. If it happens again, please call us."
}

func retry(h http.Header, status int, err error) {
	wait := fault.After(err)
	if wait == 0 && status == http.StatusServiceUnavailable {
		wait = 5 * time.Second
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
}

// safely is an error as it may be logged: faults and database errors as they are,
// others by their type, for their text may quote what somebody typed.
func safely(err error) string {
	for _, a := range answers {
		if errors.Is(err, a.kind) {
			return err.Error()
		}
	}
	return fmt.Sprintf("%T: %s", err, cut(err.Error()))
}

// cut keeps an error's first words, which are ours by custom, and drops quotations.
func cut(s string) string {
	for i, r := range s {
		if r == '"' || r == '`' || r == '“' || i > 160 {
			return s[:i] + "…"
		}
	}
	return s
}

func (w *Web) recovered(c *gin.Context, recovered any) {
	slog.Error("panic", "route", c.FullPath(), "type", fmt.Sprintf("%T", recovered), "stack", string(debug.Stack()))
	if err, ok := recovered.(error); ok {
		slog.Error("panic", "route", c.FullPath(), "error", cut(err.Error()))
	}
	w.fail(c, errors.New("panic"))
}

func (w *Web) refuseOrigin(rw http.ResponseWriter, r *http.Request) {
	slog.Warn("refused: the form came from another site", "method", r.Method)
	setHeaders(rw.Header(), w.secure())
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(http.StatusForbidden)
	const title = "That came from another site"
	_ = problem.Show(problem.ShowPage{Frame: layout.Frame{Title: title, Room: "physician"}, Title: title, Status: http.StatusForbidden,
		Words: "For your safety we only take forms from our own pages. Open the page here and send it again."}).Render(r.Context(), rw)
}
