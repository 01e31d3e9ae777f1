package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

// check says what saving the form would change and which deadlines it would move; or,
// on the way back, shows the form as it was.
func (p calendarPages) check(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	t := p.typed(c, s)
	if checked(c, "back") {
		return p.form(c, http.StatusOK, s, t, nil)
	}
	if answered, err := p.refused(c, s, t); answered || err != nil {
		return err
	}
	lines := differences(s.schedule, t.schedule)
	if len(lines) == 0 {
		return p.form(c, http.StatusOK, s, t, func(view *views.CalendarPage) {
			view.Said = ui.Flash{Words: "That is how the calendar stands already. There is nothing to save."}
		})
	}
	moves, err := p.rooms.Tickets.PreviewSchedule(c.Request.Context(), who(c), s.times.Desk.ID, t.schedule)
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		t.refusal(bad)
		return p.form(c, http.StatusUnprocessableEntity, s, t, nil)
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Check(p.checkPage(c, s, t, lines, moves)))
}

// save puts the form into force.
func (p calendarPages) save(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	t := p.typed(c, s)
	if answered, err := p.refused(c, s, t); answered || err != nil {
		return err
	}
	since := s.times.Version()
	t.schedule.Since = &since
	version, err := p.rooms.Tickets.SetSchedule(c.Request.Context(), who(c), s.times.Desk.ID, t.schedule)
	if errors.Is(err, fault.Conflict) {
		// Between our look and the save: look again, and answer as for any form made too early.
		if s, err = p.standing(c); err != nil {
			return err
		}
		_, err = p.refused(c, s, t)
		return err
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		t.refusal(bad)
		return p.form(c, http.StatusUnprocessableEntity, s, t, nil)
	}
	if err != nil {
		return err
	}
	switch {
	case version == 0:
		p.flash(c, "That is how the calendar stood already. Nothing was changed.")
	default:
		p.flash(c, "Saved, and in force from now on. The open deadlines are being moved; how many is said below, under who changed it.")
	}
	return see(c, s.url+"/calendar")
}

// refused answers a form that is wrong, or that was made from a calendar which has
// changed meanwhile, with everything in it kept.
func (p calendarPages) refused(c *gin.Context, s deskStanding, t *typedCalendar) (answered bool, err error) {
	if t.bad() {
		return true, p.form(c, http.StatusUnprocessableEntity, s, t, nil)
	}
	if t.form.Version == strconv.Itoa(s.times.Version()) {
		return false, nil
	}
	changes, err := p.rooms.Desks.Changes(c.Request.Context(), who(c), s.times.Desk.ID, 1)
	if err != nil {
		return true, err
	}
	words, clock := "It was changed", p.clock(c)
	if len(changes) > 0 {
		if changes[0].MadeBy != "" {
			words = changes[0].MadeBy + " changed it"
		}
		words += " " + ui.Relative(changes[0].MadeAt, clock.Now, clock.Zone) + ","
	}
	t.form.Version = strconv.Itoa(s.times.Version())
	out := &views.Conflict{Words: words + " after you opened this form. Nothing of yours was saved, and everything you typed is still here. Look at where the two differ, put in what you want to keep of the other, and check again.",
		Differences: differences(s.schedule, t.schedule)}
	return true, p.form(c, http.StatusConflict, s, t, func(view *views.CalendarPage) { view.Conflict = out })
}

func (p calendarPages) checkPage(c *gin.Context, s deskStanding, t *typedCalendar, lines []views.Difference, m ticket.SchedulePreview) views.CheckPage {
	clock := p.clock(c)
	form := formOfSchedule(t.schedule, s.times.Version(), int(number(t.form.Since)), p.today(s))
	for _, h := range t.form.Holidays { // what is marked to be removed stays so, for the way back
		if h.Remove {
			form.Holidays = append(form.Holidays, h)
		}
	}
	view := views.CheckPage{Frame: p.frame(c, "Check the hours of "+s.times.Desk.Name, "/desks"), URL: s.url, Lines: lines, Sends: sends(form),
		Finding: "No open deadline would move", Save: "Save the calendar", Words: "Nothing is saved yet. Counted " + ui.Exact(clock.Now, clock.Zone) + "."}
	if !slices.EqualFunc(s.schedule.Week[:], t.schedule.Week[:], slices.Equal) {
		strip := weekStrip(t.schedule.Week, &s.schedule.Week)
		strip.ID = "compared"
		view.Strip = &strip
	}
	view.Promise = "From the moment you save, new deadlines are counted in these hours."
	if m.Moves == 0 {
		return view
	}
	view.Finding = grouped(m.Moves) + isOr(m.Moves, " open deadline would move", " open deadlines would move")
	if m.Late > 0 {
		view.Finding += ", " + grouped(m.Late) + " of them overdue at once"
	}
	view.Save = "Save and move " + deadlines(m.Moves)
	view.Promise += " The open ones move once, in the minutes after; who holds them sees the new time. It stands in the record as one change, with your name."
	view.Figures = ui.Figures{
		{Label: "Deadlines that move", Value: grouped(m.Moves), Words: "of tickets open now"},
		{Label: "To an earlier time", Value: grouped(m.Earlier), Words: "we would have less time"},
		{Label: "To a later time", Value: grouped(m.Later), Words: "people would wait longer"},
		{Label: "Overdue at once", Value: grouped(m.Late), Words: "by the new hours their time is up", Overdue: m.Late > 0},
	}
	view.Examples = ui.Table{Caption: "Deadlines that would move", Columns: []ui.Column{{Label: "Ticket"}, {Label: "Due now"}, {Label: "Due once saved"}, {Label: "Moves", Number: true}}}
	for _, e := range m.Examples {
		number := ui.Cell{Text: e.Number}
		if who(c).Is(actor.Manager) {
			number.URL = "/tickets/" + e.Number
		}
		moved := ui.Length(e.To.Sub(e.From)) + " later"
		if e.To.Before(e.From) {
			moved = ui.Length(e.From.Sub(e.To)) + " earlier"
		}
		view.Examples.Rows = append(view.Examples.Rows, []ui.Cell{number, {Text: shortly(clock, e.From)}, {Text: shortly(clock, e.To), Overdue: !e.To.After(clock.Now)}, {Text: moved}})
	}
	return view
}
