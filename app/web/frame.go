package web

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/views/layout"
	"hotline/views/ui"
)

// frame is what stands around a page: who is here, where they can go, the number
// to call. current is the address of the navigation item one is in.
func (w *Web) frame(c *gin.Context, title, current string) layout.Frame {
	v := visitOf(c)
	f := w.bareFrame(c, title)
	if v.person.ID == 0 {
		return f
	}
	f.Person = &layout.Person{Name: v.person.Name, Initials: initials(v.person.Name), RoleWord: roleWord(v.person.Role)}
	f.Nav = nav(v.by.Role)
	for i := range f.Nav {
		f.Nav[i].Current = f.Nav[i].URL == current
	}
	f.Shortcuts = v.person.Shortcuts && v.by.Staff()
	f.LogCall, f.Searches = v.by.Desk(), v.by.Desk()
	f.Key = personKey(v.person)
	if !v.by.Insured() {
		f.Room = "manager"
	}
	if words := w.sessions.PopString(c.Request.Context(), sessionFlash); words != "" {
		f.Flash = ui.Flash{Words: words}
	}
	return f
}

// bareFrame is the frame of a page for nobody in particular.
func (w *Web) bareFrame(c *gin.Context, title string) layout.Frame {
	f := layout.Frame{Title: title, Room: "physician", Demo: w.options.Demo}
	if times, ok := w.house.desk(c.Request.Context()); ok {
		f.DeskPhone, f.DeskPhoneTel = times.Desk.Phone, times.Desk.PhoneE164
		f.OpenLine = w.house.openLine(c.Request.Context())
	}
	return f
}

// clock is the reader's: their zone and the room's now.
func (w *Web) clock(c *gin.Context) ui.Clock {
	return ui.Clock{Now: w.rooms.Now(), Zone: zoneNamed(visitOf(c).person.Zone)}
}

// zones keeps the zones that were read: a page asks for its reader's several times.
var zones sync.Map

// zoneNamed is a zone by its name; UTC for one that nobody knows.
func zoneNamed(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, z)
	return z
}

func nav(role actor.Role) []layout.NavItem {
	switch role {
	case actor.Physician, actor.Delegate:
		return []layout.NavItem{{Label: "Home", URL: "/"}, {Label: "Consultations", URL: "/requests"}, {Label: "Guidance", URL: "/guidance"}, {Label: "You", URL: "/you"}}
	case actor.Consultant:
		return []layout.NavItem{{Label: "Desk", URL: "/desk", Key: "d"}, {Label: "Guidance", URL: "/guidance", Key: "l"}}
	case actor.Manager:
		return []layout.NavItem{{Label: "Waiting", URL: "/waiting", Key: "w"}, {Label: "Caseload", URL: "/reports/caseload", Key: "r"}, {Label: "Desk", URL: "/desk", Key: "d"},
			{Label: "People", URL: "/people", Key: "p"}, {Label: "Routing", URL: "/routing", Key: "x"}, {Label: "Guidance", URL: "/guidance", Key: "l"}}
	case actor.Administrator:
		return []layout.NavItem{{Label: "Operations", URL: "/operations", Key: "o"}, {Label: "Desks", URL: "/desks", Key: "d"}, {Label: "People", URL: "/people", Key: "p"}, {Label: "Guidance", URL: "/guidance", Key: "l"}}
	case actor.Auditor:
		return []layout.NavItem{{Label: "The record", URL: "/record", Key: "o"}, {Label: "Guidance", URL: "/guidance", Key: "l"}}
	}
	return []layout.NavItem{{Label: "Home", URL: "/"}, {Label: "Guidance", URL: "/guidance", Key: "l"}}
}

func roleWord(role actor.Role) string {
	return map[actor.Role]string{
		actor.Physician: "physician", actor.Delegate: "on behalf of a physician", actor.Consultant: "risk consultant",
		actor.Manager: "manager", actor.Claims: "claims", actor.Administrator: "administrator", actor.Auditor: "auditor",
	}[role]
}

func initials(name string) string {
	var out strings.Builder
	words := strings.Fields(name)
	for i, word := range words {
		if i == 0 || i == len(words)-1 {
			out.WriteString(strings.ToUpper(string([]rune(word)[:1])))
		}
	}
	return out.String()
}

// personKey files what this browser keeps of half-written text: one a person, and
// opaque, so that it says nothing to the next.
func personKey(p account.Person) string {
	sum := sha256.Sum256([]byte("drafts of " + strconv.FormatInt(p.ID, 10) + " " + p.Email))
	return hex.EncodeToString(sum[:8])
}
