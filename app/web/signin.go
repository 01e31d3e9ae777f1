package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/account"
	"hotline/app/fault"
	views "hotline/views/account"
	"hotline/views/ui"
)

// What a session keeps between a right password and the code that follows it.
const (
	sessionPending = "pending"       // whose password was right
	sessionUntil   = "pending_until" // Unix seconds
)

// codeTime is how long somebody has to find their authenticator.
const codeTime = 5 * time.Minute

func (w *Web) signinRoutes() []route {
	return slices.Concat([]route{
		get("/signin", anyone, w.showSignIn),
		post("/signin", anyone, w.signIn),
		get("/signin/code", anyone, w.showCode),
		post("/signin/code", anyone, w.checkCode),
		post("/signout", anyone, w.signOut),
	}, w.passwordRoutes(), w.youRoutes())
}

func (w *Web) showSignIn(c *gin.Context) error {
	next := local(query(c, "next"), "/")
	if visitOf(c).person.ID != 0 {
		return see(c, next)
	}
	p := w.signInPage(c)
	p.Next = next
	p.Frame.Flash = ui.Flash{Words: w.sessions.PopString(c.Request.Context(), sessionFlash)}
	return page(c, http.StatusOK, views.SignIn(p))
}

func (w *Web) signInPage(c *gin.Context) views.SignInPage {
	return views.SignInPage{Frame: w.bareFrame(c, "Sign in")}
}

func (w *Web) signIn(c *gin.Context) error {
	ctx, next, kept := c.Request.Context(), local(text(c, "next"), "/"), w.keptAlong(c)
	email := line(c, "email")
	person, err := w.rooms.Accounts.SignIn(ctx, email, c.PostForm("password"), c.ClientIP())
	if status, words, ok := refused(c, err); ok {
		p := w.signInPage(c)
		p.Email, p.Next, p.Kept, p.Problem = email, next, kept, words
		p.Ended = kept.Action != ""
		return page(c, status, views.SignIn(p))
	}
	if err != nil {
		return err
	}
	if !person.TOTP {
		return w.welcome(c, person, next, kept)
	}
	// Whoever was here before is not here any more, whatever comes of the code.
	if err := w.startAfresh(ctx); err != nil {
		return err
	}
	w.sessions.Put(ctx, sessionPending, person.ID)
	w.sessions.Put(ctx, sessionUntil, time.Now().Add(codeTime).Unix())
	if kept.Action == "" {
		return see(c, "/signin/code?next="+url.QueryEscape(next))
	}
	return page(c, http.StatusOK, views.Code(views.CodePage{Frame: w.bareFrame(c, "Your code"), Kept: kept}))
}

func (w *Web) showCode(c *gin.Context) error {
	next := local(query(c, "next"), "/")
	if w.pendingSignIn(c.Request.Context()) == 0 {
		return see(c, "/signin?next="+url.QueryEscape(next))
	}
	return page(c, http.StatusOK, views.Code(views.CodePage{Frame: w.bareFrame(c, "Your code"), Next: next}))
}

func (w *Web) checkCode(c *gin.Context) error {
	ctx, next, kept := c.Request.Context(), local(text(c, "next"), "/"), w.keptAlong(c)
	id := w.pendingSignIn(ctx)
	if id == 0 {
		p := w.signInPage(c)
		p.Next, p.Kept, p.Problem = next, kept, "That took more than five minutes. Please type your password again."
		return page(c, http.StatusUnprocessableEntity, views.SignIn(p))
	}
	person, err := w.rooms.Accounts.CheckTOTP(ctx, id, c.PostForm("code"), c.ClientIP())
	if status, words, ok := refused(c, err); ok {
		return page(c, status, views.Code(views.CodePage{Frame: w.bareFrame(c, "Your code"), Next: next, Kept: kept, Problem: words}))
	}
	if err != nil {
		return err
	}
	return w.welcome(c, person, next, kept)
}

// pendingSignIn is whose password was right a moment ago, or 0.
func (w *Web) pendingSignIn(ctx context.Context) int64 {
	if time.Now().Unix() >= w.sessions.GetInt64(ctx, sessionUntil) {
		return 0
	}
	return w.sessions.GetInt64(ctx, sessionPending)
}

// welcome lets a person in and brings them to where they were going. A kept form
// goes on only for whoever wrote it.
func (w *Web) welcome(c *gin.Context, person account.Person, next string, kept views.Kept) error {
	ctx := c.Request.Context()
	if err := w.startAfresh(ctx); err != nil {
		return err
	}
	if err := w.enter(ctx, person); err != nil {
		return err
	}
	w.rememberWho(c, person.ID)
	switch {
	case w.rooms.Accounts.MustEnrol(person):
		return see(c, "/you/second-factor")
	case kept.Action == "":
		return see(c, next)
	case kept.For != w.rooms.Accounts.Marker(person.ID):
		w.flash(c, "What was being sent was written by somebody else. It was not sent.")
		return see(c, "/")
	}
	return page(c, http.StatusOK, views.Resume(views.ResumePage{Frame: w.bareFrame(c, "Signed in again"), Kept: kept}))
}

// startAfresh ends the session there is, if any, and begins another: nothing of
// whoever was here before is left to who comes next.
func (w *Web) startAfresh(ctx context.Context) error {
	if err := w.sessions.Clear(ctx); err != nil {
		return err
	}
	return w.sessions.RenewToken(ctx)
}

func (w *Web) signOut(c *gin.Context) error {
	if err := w.sessions.Destroy(c.Request.Context()); err != nil {
		return err
	}
	w.forgetWho(c)
	return see(c, "/signin")
}

// refused says how to answer a form that was refused for a reason its sender can do
// something about.
func refused(c *gin.Context, err error) (status int, words string, ok bool) {
	for _, kind := range []error{fault.Unacceptable, fault.TooMany, fault.Unavailable} {
		if errors.Is(err, kind) && fault.Sentence(err) != "" {
			status, _, words := explain(err)
			retry(c.Writer.Header(), status, err)
			return status, words, true
		}
	}
	return 0, "", false
}
