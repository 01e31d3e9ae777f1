package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	views "hotline/views/account"
)

// askToSignIn answers where nobody is signed in: the sign-in form in the place of
// the page, with everything that was typed carried along.
func (w *Web) askToSignIn(c *gin.Context) error {
	if strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		c.String(http.StatusUnauthorized, "")
		return nil
	}
	marker := w.rememberedWho(c)
	p := w.signInPage(c)
	p.Ended = marker != ""
	reading := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	switch {
	case c.GetHeader("HX-Request") != "" && (reading || c.GetHeader("HX-Target") != ""):
		// A part of a page asked to be shown anew, or what is being typed to be looked
		// at; only a part has a target. The page stays as it is: somebody may be writing
		// in it, and sending that will ask them to sign in.
		c.Header("HX-Retarget", "#live")
		c.Header("HX-Reswap", "innerHTML")
		c.String(http.StatusUnauthorized, "You were signed out. What you have typed is still here: send it, and you can sign in on the spot.")
		return nil
	case reading:
		p.Next = c.Request.URL.RequestURI()
	case marker != "" && w.resumable(c.Request.URL.Path):
		p.Kept = views.Kept{Action: c.Request.URL.RequestURI(), For: marker, Fields: keptFields(c.Request.PostForm, "")}
	}
	if c.GetHeader("HX-Request") != "" {
		c.Header("HX-Retarget", "body")
		c.Header("HX-Reswap", "innerHTML")
	}
	return page(c, http.StatusUnauthorized, views.SignIn(p))
}

// keptAlong is the form that came along with a sign-in. One that would not go to a
// form of ours is dropped.
func (w *Web) keptAlong(c *gin.Context) views.Kept {
	to := c.PostForm("resume_action")
	if to == "" || local(to, "") == "" {
		return views.Kept{}
	}
	parsed, err := url.Parse(to)
	if err != nil || parsed.Host != "" || !w.resumable(parsed.Path) {
		return views.Kept{}
	}
	return views.Kept{Action: to, For: c.PostForm("resume_for"), Fields: keptFields(c.Request.PostForm, views.KeptPrefix)}
}

// keptFields are a form's fields whose names begin with prefix, without it, in the
// order of their names; several of one name stay in theirs. Secrets are not kept.
func keptFields(form url.Values, prefix string) []views.KeptField {
	var fields []views.KeptField
	for name, values := range form {
		name, ok := strings.CutPrefix(name, prefix)
		if !ok || name == "password" || name == "code" {
			continue
		}
		for _, value := range values {
			fields = append(fields, views.KeptField{Name: clean(name), Value: clean(value)})
		}
	}
	slices.SortStableFunc(fields, func(a, b views.KeptField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// resumable says whether a path is a form of ours that needs somebody signed in.
func (w *Web) resumable(path string) bool {
	return slices.ContainsFunc(w.routes(), func(r route) bool {
		return r.method == http.MethodPost && len(r.who) > 0 && fits(r.path, path)
	})
}

// fits says whether a path has a pattern's shape, as /tickets/:number has.
func fits(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		open := strings.HasPrefix(want[i], ":") && have[i] != "" && have[i] != "." && have[i] != ".."
		if !open && want[i] != have[i] {
			return false
		}
	}
	return true
}

// The browser keeps, longer than a session lasts, an opaque name of who was signed
// in, so that text written under one name is never sent under another.
const rememberedFor = 30 * 24 * 3600 // seconds

func (w *Web) markerName() string {
	if w.secure() {
		return "__Host-hotline-who"
	}
	return "hotline-who"
}

func (w *Web) rememberWho(c *gin.Context, userID int64) {
	w.setMarker(c, w.rooms.Accounts.Marker(userID), rememberedFor)
}

func (w *Web) forgetWho(c *gin.Context) { w.setMarker(c, "", -1) }

func (w *Web) setMarker(c *gin.Context, value string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: w.markerName(), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: w.secure(), SameSite: http.SameSiteLaxMode})
}

func (w *Web) rememberedWho(c *gin.Context) string {
	cookie, err := c.Request.Cookie(w.markerName())
	if err != nil {
		return ""
	}
	return cookie.Value
}
