package web

import (
	"errors"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/views/ui"
)

// peoplePages are who works on a desk, when, and what they take; who is on call while
// it is closed; and absences with what they move. Administrators see people and hours
// and never a ticket's words, so they plan no absence.
type peoplePages struct{ *Web }

func (w *Web) peopleRoutes() []route {
	p := peoplePages{w}
	return []route{
		get("/people", keepers, p.week),
		get("/people/oncall", keepers, p.rota),
		post("/people/oncall", keepers, p.callOn),
		post("/oncall/:id/ending", keepers, p.endTurn),
		get("/people/:id", keepers, p.person),
		post("/people/:id/engagement", keepers, p.engage),
		post("/people/:id/shifts", keepers, p.usualWeek),
		get("/people/:id/days", keepers, p.day),
		post("/people/:id/days", keepers, p.setDay),
		get("/people/:id/exclusions", managers, p.never),
		post("/people/:id/exclusions", managers, p.exclude),
		post("/exclusions/:id/ending", keepers, p.endExclusion),
		get("/people/:id/absences/new", deskP, p.newAbsence),
		get("/people/:id/absences/check", deskP, p.checkAbsence),
		post("/people/:id/absences", deskP, p.planAbsence),
		post("/absences/:id/ending", deskP, p.endAbsence),
	}
}

// deskOn is the desk that a page is about: the one asked for, else the reader's first,
// else the house's.
func (p peoplePages) deskOn(c *gin.Context) (desk.Times, error) {
	ctx := c.Request.Context()
	id, err := deskOf(c)
	if err != nil {
		return desk.Times{}, err
	}
	if by := who(c); id == 0 && len(by.Desks) > 0 {
		id = by.Desks[0]
	}
	if id == 0 {
		all, err := p.rooms.Desks.All(ctx)
		if err != nil {
			return desk.Times{}, err
		}
		if len(all) == 0 {
			return desk.Times{}, fault.NotFound
		}
		id = all[0].ID
	}
	return p.rooms.Desks.Times(ctx, id)
}

// desksOffered is the choice between desks, where there are several.
func (p peoplePages) desksOffered(c *gin.Context, current int64) (*ui.Select, error) {
	all, err := p.rooms.Desks.All(c.Request.Context())
	if err != nil || len(all) < 2 {
		return nil, err
	}
	s := &ui.Select{ID: "desk", Label: "Desk", Wide: true}
	for _, d := range all {
		s.Options = append(s.Options, ui.Option{Value: deskID(d.ID), Label: d.Name, Chosen: d.ID == current})
	}
	return s, nil
}

// member is a consultant with their first desk, by the id in the address.
type member struct {
	desk.Member
	times desk.Times
	team  []desk.Member
}

func (m member) url(more string) string {
	return "/people/" + strconv.FormatInt(m.UserID, 10) + more
}

func (p peoplePages) member(c *gin.Context) (member, error) {
	ctx, id := c.Request.Context(), number(c.Param("id"))
	desks, err := p.rooms.Desks.All(ctx)
	if err != nil {
		return member{}, err
	}
	for _, d := range desks {
		team, err := p.rooms.Desks.Team(ctx, who(c), d.ID)
		if err != nil {
			return member{}, err
		}
		at := slices.IndexFunc(team, func(m desk.Member) bool { return m.UserID == id })
		if at < 0 {
			continue
		}
		times, err := p.rooms.Desks.Times(ctx, d.ID)
		return member{Member: team[at], times: times, team: team}, err
	}
	return member{}, fault.NotFound
}

// mondayOf is the Monday of a day's week.
func mondayOf(d calendar.Day) calendar.Day { return daysOn(d, -(int(d.Weekday())+6)%7) }

// daysOn is a day some days later, or before.
func daysOn(d calendar.Day, n int) calendar.Day {
	return calendar.DayOf(midnightOf(d).AddDate(0, 0, n), midnightOf(d).Location())
}

// weekURL is the week of a desk that holds a day.
func weekURL(deskNumber int64, d calendar.Day) string {
	return "/people?desk=" + deskID(deskNumber) + "&week=" + mondayOf(d).String()
}

// putRight is what a room found wrong with a form, by the names of the page.
func putRight(err error, names map[string]string) ([]ui.Problem, bool) {
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok {
		return nil, false
	}
	var all []ui.Problem
	for _, f := range bad {
		name := f.Name
		if other, known := names[name]; known {
			name = other
		}
		all = append(all, ui.Problem{Field: name, Message: f.Says})
	}
	return all, true
}

// manages says whether the one who looks plans other people's time away.
func manages(c *gin.Context) bool { return who(c).Is(actor.Manager) }
