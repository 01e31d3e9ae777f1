package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
)

// action answers one request, or says what stood in the way.
type action func(c *gin.Context) error

// route is one line of the list of everything that can be asked for. who is empty
// where nobody needs to be signed in.
type route struct {
	method, path string
	who          []actor.Role
	action       action
}

// Audiences. A wrong audience gets 404: what is not yours is not there.
var (
	anyone   []actor.Role
	signedIn = actor.Roles
	insuredP = []actor.Role{actor.Physician, actor.Delegate}
	deskP    = []actor.Role{actor.Consultant, actor.Manager}
	managers = []actor.Role{actor.Manager}

	physicians = []actor.Role{actor.Physician}
)

func get(path string, who []actor.Role, a action) route { return route{http.MethodGet, path, who, a} }

func post(path string, who []actor.Role, a action) route {
	return route{http.MethodPost, path, who, a}
}

// routes is the list, page group by page group.
func (w *Web) routes() []route {
	return slices.Concat(
		w.signinRoutes(),
		w.homeRoutes(),
		w.requestRoutes(),
		w.deskRoutes(),
		w.callRoutes(),
		w.guidanceRoutes(),
		w.editorRoutes(),
		w.recallRoutes(),
		w.letterRoutes(),
		w.summaryRoutes(),
		w.triageRoutes(),
		w.reportRoutes(),
		w.peopleRoutes(),
		w.calendarRoutes(),
		w.whatifRoutes(),
		w.waitingRoutes(),
		w.operationRoutes(),
	)
}

// only keeps audiences apart.
func (w *Web) only(roles []actor.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		if len(roles) == 0 {
			return
		}
		v := visitOf(c)
		switch {
		case v.person.ID == 0:
			w.fail(c, fault.SignedOut)
		case !v.by.Is(roles...):
			w.fail(c, fault.NotFound)
		case w.rooms.Accounts.MustEnrol(v.person) && !enrolling(c):
			c.Redirect(http.StatusSeeOther, "/you/second-factor")
			c.Abort()
		}
	}
}

// on runs an action and answers its fault, if any.
func (w *Web) on(a action) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := a(c); err != nil {
			w.fail(c, err)
		}
	}
}

func nowhere(*gin.Context) error { return fault.NotFound }
