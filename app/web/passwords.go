package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	views "hotline/views/account"
)

func (w *Web) passwordRoutes() []route {
	return []route{
		get("/password-resets/new", anyone, w.showForgot),
		post("/password-resets", anyone, w.askReset),
		get("/password-resets/:token", anyone, w.showReset),
		post("/password-resets/:token", anyone, w.useReset),
	}
}

func (w *Web) showForgot(c *gin.Context) error {
	return page(c, http.StatusOK, views.Forgot(views.ForgotPage{Frame: w.bareFrame(c, "A new password")}))
}

// askReset answers the same whether anybody has the e-mail address or not.
func (w *Web) askReset(c *gin.Context) error {
	email := line(c, "email")
	p := views.ForgotPage{Frame: w.bareFrame(c, "A new password"), Email: email}
	if email == "" {
		p.Problem = "Give the e-mail address you sign in with."
		return page(c, http.StatusUnprocessableEntity, views.Forgot(p))
	}
	err := w.rooms.Accounts.RequestReset(c.Request.Context(), email, c.ClientIP())
	if status, words, ok := refused(c, err); ok {
		p.Problem = words
		return page(c, status, views.Forgot(p))
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Asked(views.AskedPage{Frame: w.bareFrame(c, "Look in your mail")}))
}

func (w *Web) showReset(c *gin.Context) error {
	err := w.rooms.Accounts.CheckReset(c.Request.Context(), c.Param("token"))
	if errors.Is(err, fault.NotFound) {
		return w.spentLink(c, err)
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Reset(w.resetPage(c)))
}

func (w *Web) resetPage(c *gin.Context) views.ResetPage {
	return views.ResetPage{Frame: w.bareFrame(c, "Choose a new password"), Action: "/password-resets/" + c.Param("token")}
}

func (w *Web) useReset(c *gin.Context) error {
	ctx := c.Request.Context()
	err := w.rooms.Accounts.UseReset(ctx, c.Param("token"), c.PostForm("password"))
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		p := w.resetPage(c)
		p.Problem = bad.For("password")
		return page(c, http.StatusUnprocessableEntity, views.Reset(p))
	}
	if errors.Is(err, fault.NotFound) {
		return w.spentLink(c, err)
	}
	if status, words, ok := refused(c, err); ok {
		p := w.resetPage(c)
		p.Problem = words
		return page(c, status, views.Reset(p))
	}
	if err != nil {
		return err
	}
	if err := w.sessions.Destroy(ctx); err != nil {
		return err
	}
	w.flash(c, "Your new password is set. Sign in with it.")
	return see(c, "/signin")
}

func (w *Web) spentLink(c *gin.Context, err error) error {
	return page(c, http.StatusNotFound, views.Spent(views.SpentPage{Frame: w.bareFrame(c, "A link that is used up"), Sentence: fault.Sentence(err)}))
}
