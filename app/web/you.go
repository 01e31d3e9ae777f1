package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
	views "hotline/views/account"
	"hotline/views/ui"
)

func (w *Web) youRoutes() []route {
	return []route{
		get("/you", signedIn, w.showYou),
		post("/you/shortcuts", signedIn, w.setShortcuts),
		post("/you/sessions/end", signedIn, w.endSessions),
		get("/you/second-factor", signedIn, w.showFactor),
		post("/you/second-factor", signedIn, w.enrol),
		post("/you/second-factor/confirmation", signedIn, w.confirmFactor),
		post("/you/second-factor/removal", signedIn, w.removeFactor),
		post("/you/language", physicians, w.setLanguage),
		post("/you/delegations", physicians, w.nameDelegate),
		post("/you/delegations/:id/ending", physicians, w.endDelegation),
	}
}

// enrolling says that a request is a step of setting a second factor up, which
// somebody who must have one may take before anything else.
func enrolling(c *gin.Context) bool {
	return c.FullPath() == "/you/second-factor" || c.FullPath() == "/you/second-factor/confirmation"
}

func (w *Web) showYou(c *gin.Context) error {
	view := w.youPage(c)
	if who(c).Is(actor.Physician) {
		speak, err := w.speakers(c)
		if err != nil {
			return err
		}
		view.Speakers = speak
		if view.Languages, err = w.languages(c); err != nil {
			return err
		}
	}
	return page(c, http.StatusOK, views.You(view))
}

func (w *Web) youPage(c *gin.Context) views.YouPage {
	p := visitOf(c).person
	name := p.Name
	if p.Credentials != "" {
		name += ", " + p.Credentials
	}
	return views.YouPage{Frame: w.frame(c, "You and your settings", "/you"), Staff: who(c).Staff(),
		Name: name, Email: p.Email, Role: roleWord(p.Role), Zone: strings.ReplaceAll(p.Zone, "_", " "),
		Shortcuts: p.Shortcuts, TOTP: p.TOTP, Required: w.rooms.Accounts.RequiresTOTP(p)}
}

// languages are those a physician may choose from; none for who is no physician in the roster.
func (w *Web) languages(c *gin.Context) ([]ui.Option, error) {
	mine, err := w.rooms.Insured.Language(c.Request.Context(), who(c))
	if errors.Is(err, fault.NotFound) {
		return nil, nil
	}
	var all []ui.Option
	for _, l := range insured.Languages {
		all = append(all, ui.Option{Value: l.Code, Label: l.Name, Chosen: l.Code == mine})
	}
	return all, err
}

func (w *Web) setLanguage(c *gin.Context) error {
	if err := w.rooms.Insured.SetLanguage(c.Request.Context(), who(c), line(c, "language")); err != nil {
		return err
	}
	w.flash(c, "Kept. Where we can, somebody who speaks it takes your questions.")
	return see(c, "/you")
}

func (w *Web) setShortcuts(c *gin.Context) error {
	if err := w.rooms.Accounts.SetShortcuts(c.Request.Context(), who(c), checked(c, "on")); err != nil {
		return err
	}
	return see(c, "/you")
}

// endSessions ends this session too; the browser forgets whose it was.
func (w *Web) endSessions(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := w.rooms.Accounts.EndSessions(ctx, who(c), who(c).ID); err != nil {
		return err
	}
	if err := w.sessions.Destroy(ctx); err != nil {
		return err
	}
	w.forgetWho(c)
	w.flash(c, "You are signed out everywhere.")
	return see(c, "/signin")
}

func (w *Web) showFactor(c *gin.Context) error {
	e, err := w.rooms.Accounts.Enrolling(c.Request.Context(), who(c))
	if errors.Is(err, fault.NotFound) {
		if visitOf(c).person.TOTP {
			return see(c, "/you")
		}
		p := w.factorPage(c)
		p.Begin = true
		return page(c, http.StatusOK, views.Factor(p))
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Factor(withKey(w.factorPage(c), e)))
}

func (w *Web) factorPage(c *gin.Context) views.FactorPage {
	return views.FactorPage{Frame: w.bareFrame(c, "Your second factor"), Required: w.rooms.Accounts.MustEnrol(visitOf(c).person)}
}

// withKey shows what the authenticator needs, the key in groups of four.
func withKey(p views.FactorPage, e account.Enrolment) views.FactorPage {
	var groups []string
	for rest := e.Secret; rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	p.Secret, p.URL = strings.Join(groups, " "), e.URL
	return p
}

func (w *Web) enrol(c *gin.Context) error {
	if _, err := w.rooms.Accounts.Enrol(c.Request.Context(), who(c)); err != nil {
		return err
	}
	return see(c, "/you/second-factor")
}

func (w *Web) confirmFactor(c *gin.Context) error {
	ctx := c.Request.Context()
	err := w.rooms.Accounts.ConfirmTOTP(ctx, who(c), c.PostForm("code"))
	if status, words, ok := refused(c, err); ok {
		e, err := w.rooms.Accounts.Enrolling(ctx, who(c))
		if errors.Is(err, fault.NotFound) {
			return see(c, "/you/second-factor")
		}
		if err != nil {
			return err
		}
		p := withKey(w.factorPage(c), e)
		p.Problem = words
		return page(c, status, views.Factor(p))
	}
	if err != nil {
		return err
	}
	// What the session may do has changed, and so does its name.
	if err := w.sessions.RenewToken(ctx); err != nil {
		return err
	}
	w.flash(c, "Your second factor is on.")
	return see(c, "/you")
}

func (w *Web) removeFactor(c *gin.Context) error {
	err := w.rooms.Accounts.DisableTOTP(c.Request.Context(), who(c), c.PostForm("code"))
	if status, words, ok := refused(c, err); ok {
		p := w.youPage(c)
		p.Problem = words
		return page(c, status, views.You(p))
	}
	if err != nil {
		return err
	}
	w.flash(c, "Your second factor is off.")
	return see(c, "/you")
}
