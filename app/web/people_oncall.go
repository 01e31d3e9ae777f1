package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/people"
	"hotline/views/ui"
)

// rotaWeeks is how far ahead the on-call rota is shown.
const rotaWeeks = 8

// closedTimes are the times of [from, until) in which a desk is closed.
func closedTimes(cal *calendar.Calendar, from, until time.Time) []calendar.Stretch {
	var out []calendar.Stretch
	at := from
	for open := range cal.Stretches(from, until) {
		if open.From.After(at) {
			out = append(out, calendar.Stretch{From: at, Until: open.From})
		}
		at = open.Until
	}
	if at.Before(until) {
		out = append(out, calendar.Stretch{From: at, Until: until})
	}
	return out
}

// uncalled are the times in which a desk is closed and nobody is on call.
func uncalled(cal *calendar.Calendar, turns []desk.OnCallTurn, from, until time.Time) []calendar.Stretch {
	var out []calendar.Stretch
	for _, s := range closedTimes(cal, from, until) {
		for _, t := range turns { // in order, and never two at once
			if !t.Until.After(s.From) || !t.From.Before(s.Until) {
				continue
			}
			if t.From.After(s.From) {
				out = append(out, calendar.Stretch{From: s.From, Until: t.From})
			}
			s.From = t.Until
		}
		if s.From.Before(s.Until) {
			out = append(out, s)
		}
	}
	return out
}

// answered is what of the turns somebody answers: who is absent answers nothing.
func answered(turns []desk.OnCallTurn, absences []desk.Absence) []desk.OnCallTurn {
	var out []desk.OnCallTurn
	for _, t := range turns {
		for _, a := range absences { // in the order they begin, and never two at once
			if a.UserID != t.UserID || !a.Until.After(t.From) || !a.From.Before(t.Until) {
				continue
			}
			if a.From.After(t.From) {
				before := t
				before.Until = a.From
				out = append(out, before)
			}
			t.From = a.Until
		}
		if t.From.Before(t.Until) {
			out = append(out, t)
		}
	}
	return out
}

// rota is a desk's on-call turns for the weeks to come.
type rota struct {
	times    desk.Times
	team     []desk.Member
	turns    []desk.OnCallTurn
	answered []desk.OnCallTurn // less the absences
	now      time.Time
	until    time.Time
}

func (r rota) gaps() []calendar.Stretch {
	return uncalled(r.times.Calendar, r.answered, r.now, r.until)
}

func (p peoplePages) rotaOf(c *gin.Context) (rota, error) {
	ctx, by := c.Request.Context(), who(c)
	r := rota{now: p.rooms.Now()}
	var err error
	if r.times, err = p.deskOn(c); err != nil {
		return r, err
	}
	if r.team, err = p.rooms.Desks.Team(ctx, by, r.times.Desk.ID); err != nil {
		return r, err
	}
	monday := mondayOf(calendar.DayOf(r.now, r.times.Zone))
	r.until = dayBegins(daysOn(monday, 7*rotaWeeks), r.times.Zone)
	seen := map[int64]bool{}
	for i := range rotaWeeks {
		week, err := p.rooms.Desks.Week(ctx, by, r.times.Desk.ID, daysOn(monday, 7*i))
		if err != nil {
			return r, err
		}
		for _, t := range week.OnCall {
			if !seen[t.ID] && t.Until.After(r.now) {
				seen[t.ID] = true
				r.turns = append(r.turns, t)
			}
		}
	}
	absences, err := p.rooms.Desks.Absences(ctx, by, r.times.Desk.ID)
	r.answered = answered(r.turns, absences)
	return r, err
}

func (p peoplePages) rota(c *gin.Context) error {
	r, err := p.rotaOf(c)
	if err != nil {
		return err
	}
	return p.rotaPage(c, http.StatusOK, r, query(c, "user_id"), views.RotaForm{FromDay: query(c, "from_day"), FromTime: query(c, "from_time"), UntilDay: query(c, "until_day"), UntilTime: query(c, "until_time")})
}

func (p peoplePages) rotaPage(c *gin.Context, status int, r rota, chosen string, form views.RotaForm) error {
	id := r.times.Desk.ID
	view := views.RotaPage{Frame: p.frame(c, "On-call rota", "/people"), Finding: r.finding(), Form: form, Zone: zoneWords(r.times.Desk.Zone),
		Words:   "Critical tickets that come while the desk is closed go to who is on call. One person at a time.",
		WeekURL: "/people?desk=" + deskID(id), Action: "/people/oncall?desk=" + deskID(id), Lines: r.lines(), Quick: r.quick()}
	var err error
	if view.Desk, err = p.desksOffered(c, id); err != nil {
		return err
	}
	view.People = []ui.Option{{Label: "Choose somebody"}}
	for _, m := range byName(r.team) {
		value := strconv.FormatInt(m.UserID, 10)
		view.People = append(view.People, ui.Option{Value: value, Label: m.Name, Chosen: value == chosen})
	}
	return page(c, status, views.Rota(view))
}

func byName(team []desk.Member) []desk.Member {
	return slices.SortedStableFunc(slices.Values(team), func(a, b desk.Member) int { return strings.Compare(a.Name, b.Name) })
}

func (r rota) finding() string {
	gaps := r.gaps()
	switch {
	case len(gaps) == 0:
		return "Somebody is on call whenever the desk is closed, for eight weeks"
	case len(r.turns) == 0:
		return "Nobody is on call in the next eight weeks"
	}
	return "Nobody is on call from " + unbroken(beginning(gaps[0].From, r.now, r.times.Zone)) + " to " + unbroken(ending(gaps[0].Until, r.now, r.times.Zone))
}

// lines are the turns and, between them, the times that have nobody: nights of one week
// together, a weekend or holiday alone.
func (r rota) lines() []views.RotaLine {
	type entry struct {
		turn        *desk.OnCallTurn
		from, until time.Time
		nights      int
	}
	var all []entry
	for i, t := range r.turns {
		all = append(all, entry{turn: &r.turns[i], from: t.From, until: t.Until})
	}
	for _, g := range r.gaps() {
		all = append(all, entry{from: g.From, until: g.Until, nights: 1})
	}
	slices.SortFunc(all, func(a, b entry) int { return a.from.Compare(b.from) })
	var merged []entry
	for _, e := range all {
		if n := len(merged); n > 0 && e.turn == nil && merged[n-1].turn == nil && r.night(merged[n-1].from, merged[n-1].until, merged[n-1].nights) && r.night(e.from, e.until, 1) && r.week(e.from) == r.week(merged[n-1].from) {
			merged[n-1].until, merged[n-1].nights = e.until, merged[n-1].nights+1
			continue
		}
		merged = append(merged, e)
	}
	var out []views.RotaLine
	for i, e := range merged {
		l := views.RotaLine{When: beginning(e.from, r.now, r.times.Zone) + " to " + ending(e.until, r.now, r.times.Zone), Now: !e.from.After(r.now)}
		if week := r.week(e.from); i == 0 || week != r.week(merged[i-1].from) {
			l.Week = "Week of " + midnightOf(week).Format("January 2")
		}
		if e.turn != nil {
			l.Name, l.End = e.turn.Name, "/oncall/"+strconv.FormatInt(e.turn.ID, 10)+"/ending"
			if !slices.ContainsFunc(r.answered, func(t desk.OnCallTurn) bool { return t == *e.turn }) {
				l.Note = "and away in this time"
			}
		} else {
			l.Fill = r.fill(e.from, e.until)
			if e.nights > 1 {
				l.Note = "(" + strings.ToLower(inWords(e.nights)) + " nights)"
			}
		}
		out = append(out, l)
	}
	return out
}

func (r rota) week(t time.Time) calendar.Day { return mondayOf(calendar.DayOf(t, r.times.Zone)) }

// night says whether a time is one night, or several put together.
func (r rota) night(from, until time.Time, nights int) bool {
	return nights > 1 || until.Sub(from) < 24*time.Hour
}

// fill is the address of the form with a time put into it.
func (r rota) fill(from, until time.Time) string {
	day := func(t time.Time) string { return t.In(r.times.Zone).Format(time.DateOnly) }
	at := func(t time.Time) string { return timeOfDay(minuteAt(t.In(r.times.Zone))) }
	last := until
	if midnight(until.In(r.times.Zone)) { // the midnight that ends a day is of that day
		last = until.AddDate(0, 0, -1)
	}
	v := url.Values{"desk": {deskID(r.times.Desk.ID)}, "from_day": {day(from)}, "from_time": {at(from)}, "until_day": {day(last)}, "until_time": {at(until)}}
	return "/people/oncall?" + v.Encode() + "#add"
}

// quick are the usual turns: the next weekend, and the nights of the week that runs or
// comes next.
func (r rota) quick() []ui.Tab {
	var tabs []ui.Tab
	closed := closedTimes(r.times.Calendar, r.now, r.until)
	at := slices.IndexFunc(closed, func(s calendar.Stretch) bool {
		return s.Length() > 24*time.Hour && s.Until.Weekday() != s.From.Weekday() && weekend(s)
	})
	if at >= 0 {
		tabs = append(tabs, ui.Tab{Label: "The weekend", URL: r.fill(closed[at].From, closed[at].Until)})
		if next := slices.IndexFunc(closed[at+1:], weekend); next >= 0 {
			s := closed[at+1+next]
			tabs = append(tabs, ui.Tab{Label: "The next weekend", URL: r.fill(s.From, s.Until)})
		}
	}
	first := slices.IndexFunc(closed, func(s calendar.Stretch) bool { return s.Length() < 24*time.Hour })
	if first >= 0 {
		last := first
		for last+1 < len(closed) && closed[last+1].Length() < 24*time.Hour && r.week(closed[last+1].From) == r.week(closed[first].From) {
			last++
		}
		tabs = append(tabs, ui.Tab{Label: "The weeknights", URL: r.fill(closed[first].From, closed[last].Until)})
	}
	return tabs
}

func weekend(s calendar.Stretch) bool {
	for at := s.From; at.Before(s.Until); at = at.Add(6 * time.Hour) {
		if at.Weekday() == time.Saturday {
			return true
		}
	}
	return false
}

// typedTime reads a day and a time of day. last: without a time it is the end of that
// day. The sentences name what is wrong with which of the two.
func typedTime(day, clock string, last bool, today calendar.Day, zone *time.Location) (at time.Time, field, says string) {
	d, ok := readHolidayDay(day, today)
	switch {
	case day == "":
		return at, "day", "Give the day, as in 11/26/2026 or Nov 26."
	case !ok || d.Year < today.Year-1 || d.Year > today.Year+5:
		return at, "day", "Give the day as in 11/26/2026 or Nov 26."
	case clock == "" && last:
		return dayBegins(daysOn(d, 1), zone), "", ""
	case clock == "":
		return dayBegins(d, zone), "", ""
	}
	readings := clockReadings(clock)
	if len(readings) == 0 {
		return at, "time", "Write the time as in 8, 8:30 AM or 17:00."
	}
	minute := pick(readings, func(m int) bool { return m >= 7*60 }) // "2" is 2 PM, "8" is 8 AM
	switch {
	case last && slices.Contains(readings, dayInMinute):
		minute = dayInMinute
	case slices.Contains(readings, 0):
		minute = 0
	}
	return time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, zone), "", ""
}

// callOn puts somebody on call.
func (p peoplePages) callOn(c *gin.Context) error {
	r, err := p.rotaOf(c)
	if err != nil {
		return err
	}
	form := views.RotaForm{FromDay: line(c, "from_day"), FromTime: line(c, "from_time"), UntilDay: line(c, "until_day"), UntilTime: line(c, "until_time")}
	chosen, today := line(c, "user_id"), calendar.DayOf(r.now, r.times.Zone)
	turn := desk.OnCallTurn{DeskID: r.times.Desk.ID, UserID: number(chosen)}
	if turn.UserID == 0 {
		form.Problems = append(form.Problems, ui.Problem{Field: "user_id", Message: "Choose who is on call."})
	}
	var field, says string
	if turn.From, field, says = typedTime(form.FromDay, form.FromTime, false, today, r.times.Zone); says != "" {
		form.Problems = append(form.Problems, ui.Problem{Field: "from_" + field, Message: says})
	}
	if turn.Until, field, says = typedTime(form.UntilDay, form.UntilTime, true, today, r.times.Zone); says != "" {
		form.Problems = append(form.Problems, ui.Problem{Field: "until_" + field, Message: says})
	}
	if len(form.Problems) == 0 {
		err := p.rooms.Desks.AddOnCall(c.Request.Context(), who(c), turn)
		var refused bool
		if form.Problems, refused = putRight(err, map[string]string{"from": "from_day", "until": "until_day"}); !refused && err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return p.rotaPage(c, http.StatusUnprocessableEntity, r, chosen, form)
	}
	p.flash(c, namesOf(r.team)[turn.UserID]+" is on call from "+beginning(turn.From, r.now, r.times.Zone)+" to "+ending(turn.Until, r.now, r.times.Zone)+".")
	return see(c, "/people/oncall?desk="+deskID(r.times.Desk.ID))
}

// endTurn ends a turn, or takes out one to come.
func (p peoplePages) endTurn(c *gin.Context) error {
	err := p.rooms.Desks.EndOnCall(c.Request.Context(), who(c), number(c.Param("id")))
	if err != nil && !errors.Is(err, fault.Conflict) { // over already: a double click
		return err
	}
	p.flash(c, "That turn has ended. See whether somebody else should have it.")
	return see(c, "/people/oncall")
}
