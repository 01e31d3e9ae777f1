package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

// calendarPages are a desk's hours, holidays and promises. Administrators see them
// too: numbers and times, and never a ticket's words.
type calendarPages struct{ *Web }

var keepers = []actor.Role{actor.Manager, actor.Administrator}

func (w *Web) calendarRoutes() []route {
	p := calendarPages{w}
	return []route{
		get("/desks", keepers, p.index),
		get("/desks/:desk/calendar", keepers, p.show),
		get("/desks/:desk/calendar/week", keepers, p.week),
		post("/desks/:desk/calendar/holidays", keepers, p.read),
		post("/desks/:desk/calendar/check", keepers, p.check),
		post("/desks/:desk/calendar", keepers, p.save),
		get("/desks/:desk/targets", keepers, p.targets),
		post("/desks/:desk/targets", keepers, p.promise),
	}
}

// index lists the desks.
func (p calendarPages) index(c *gin.Context) error {
	ctx := c.Request.Context()
	all, err := p.rooms.Desks.All(ctx)
	if err != nil {
		return err
	}
	view := views.DesksPage{Frame: p.frame(c, "Desks", "/desks"), Finding: inWords(len(all)) + plural(len(all), " desk") + ", when " + isOr(len(all), "it is", "they are") + " open, and what " + isOr(len(all), "it promises", "they promise")}
	for _, d := range all {
		times, err := p.rooms.Desks.Times(ctx, d.ID)
		if err != nil {
			return err
		}
		schedule, err := p.rooms.Desks.Schedule(ctx, d.ID)
		if err != nil {
			return err
		}
		now := p.rooms.Now()
		one := views.Desk{Name: d.Name, URL: "/desks/" + deskID(d.ID), Zone: zoneWords(d.Zone), Hours: weekWords(schedule.Week), Holiday: nextHoliday(schedule.Holidays, calendar.DayOf(now, times.Zone))}
		one.Now = deskNow(times, now)
		one.Promises = append(one.Promises, ui.Fact{Label: "First answer", Value: firstAnswers(times)})
		view.Desks = append(view.Desks, one)
	}
	return page(c, http.StatusOK, views.Desks(view))
}

// firstAnswers are what a desk promises first of all, by urgency: "critical 1 h, urgent
// 4 h, routine 10 h".
func firstAnswers(times desk.Times) string {
	var out []string
	for _, urgency := range urgencyOrder {
		if promise, ok := times.Promise("first_answer", "", urgency); ok {
			words := urgency + " " + promisedIn(promise.Minutes)
			if promise.Always {
				words += " around the clock"
			}
			out = append(out, words)
		}
	}
	return strings.Join(out, ", ")
}

// deskStanding is what is in force for a desk. The clock is read before the schedule: one
// that changed in between is of a later version, never taken for an earlier one.
type deskStanding struct {
	times    desk.Times
	schedule desk.Schedule
	url      string
}

func (p calendarPages) standing(c *gin.Context) (deskStanding, error) {
	ctx, id := c.Request.Context(), number(c.Param("desk"))
	if id == 0 {
		return deskStanding{}, fault.NotFound
	}
	times, err := p.rooms.Desks.Times(ctx, id)
	if err != nil {
		return deskStanding{}, err
	}
	schedule, err := p.rooms.Desks.Schedule(ctx, id)
	return deskStanding{times: times, schedule: schedule, url: "/desks/" + deskID(id)}, err
}

// today is the day it is at the desk.
func (p calendarPages) today(s deskStanding) calendar.Day {
	return calendar.DayOf(p.rooms.Now(), s.times.Zone)
}
