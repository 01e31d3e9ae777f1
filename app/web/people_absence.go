package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/people"
	"hotline/views/ui"
)

// leaving is somebody whose absence is planned, with those who could stand in.
type leaving struct {
	id     int64
	name   string
	self   bool
	times  desk.Times
	others []ticket.Colleague
}

func (l leaving) url(more string) string {
	return "/people/" + strconv.FormatInt(l.id, 10) + "/absences" + more
}

// whose is who "they" are: "you" to themselves.
func (l leaving) whose(you, they string) string {
	if l.self {
		return you
	}
	return they
}

// leaving is the person in the address: anybody of theirs for a manager, a consultant
// themselves, and nobody else's.
func (p peoplePages) leaving(c *gin.Context) (leaving, error) {
	ctx, by := c.Request.Context(), who(c)
	l := leaving{id: number(c.Param("id"))}
	if l.self = l.id == by.ID; !l.self && !by.Is(actor.Manager) {
		return l, fault.NotFound
	}
	for _, id := range by.Desks {
		team, err := p.rooms.Tickets.Colleagues(ctx, by, id)
		if err != nil {
			return l, err
		}
		at := slices.IndexFunc(team, func(one ticket.Colleague) bool { return one.UserID == l.id })
		if at < 0 {
			continue
		}
		l.name = team[at].Name
		l.others = slices.Delete(team, at, at+1)
		slices.SortStableFunc(l.others, func(a, b ticket.Colleague) int { return strings.Compare(a.Name, b.Name) })
		l.times, err = p.rooms.Desks.Times(ctx, id)
		return l, err
	}
	return l, fault.NotFound
}

// absencesOf are somebody's absences that run or are to come.
func (p peoplePages) absencesOf(c *gin.Context, times desk.Times, userID int64, back string) (views.AbsencesPart, error) {
	part := views.AbsencesPart{Back: back}
	all, err := p.rooms.Desks.Absences(c.Request.Context(), who(c), times.Desk.ID)
	now, may := p.rooms.Now(), manages(c) || who(c).ID == userID
	for _, a := range all {
		if a.UserID != userID {
			continue
		}
		one := views.AbsenceLine{When: capitalised(spanAtDesk(a.From, a.Until, now, times.Zone)), Runs: !a.From.After(now), Deputy: "Nobody stands in: what is in hand goes to the queue."}
		if a.Deputy != "" {
			one.Deputy = a.Deputy + " stands in."
		}
		if may {
			one.End = "/absences/" + strconv.FormatInt(a.ID, 10) + "/ending"
		}
		part.Lines = append(part.Lines, one)
	}
	if may {
		part.NewURL = "/people/" + strconv.FormatInt(userID, 10) + "/absences/new"
	}
	return part, err
}

// typedAbsence reads the form from an address or from a body.
func typedAbsence(value func(string) string) views.AbsenceForm {
	one := func(name string) string { return strings.Join(strings.Fields(value(name)), " ") }
	return views.AbsenceForm{FromDay: one("from_day"), FromTime: one("from_time"), UntilDay: one("until_day"), UntilTime: one("until_time"), Deputy: one("deputy")}
}

func asQuery(f views.AbsenceForm) string {
	v := url.Values{}
	for name, value := range map[string]string{"from_day": f.FromDay, "from_time": f.FromTime, "until_day": f.UntilDay, "until_time": f.UntilTime, "deputy": f.Deputy} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// read makes an absence of what was typed, or says what is wrong with it.
func (l leaving) read(f *views.AbsenceForm, now time.Time) desk.NewAbsence {
	in := desk.NewAbsence{UserID: l.id, DeputyID: number(f.Deputy)}
	today := calendar.DayOf(now, l.times.Zone)
	var field, says string
	if in.From, field, says = typedTime(f.FromDay, f.FromTime, false, today, l.times.Zone); says != "" {
		f.Problems = append(f.Problems, ui.Problem{Field: "from_" + field, Message: says})
	}
	until := f.UntilDay
	if until == "" && f.FromDay != "" && len(f.Problems) == 0 {
		until = f.FromDay // one day, or the rest of it
	}
	if in.Until, field, says = typedTime(until, f.UntilTime, true, today, l.times.Zone); says != "" {
		f.Problems = append(f.Problems, ui.Problem{Field: "until_" + field, Message: says})
	}
	if len(f.Problems) == 0 && !in.Until.After(in.From) {
		f.Problems = append(f.Problems, ui.Problem{Field: "until_day", Message: "An absence ends after it begins."})
	}
	return in
}

// newAbsence asks from when until when, and who stands in.
func (p peoplePages) newAbsence(c *gin.Context) error {
	l, err := p.leaving(c)
	if err != nil {
		return err
	}
	return p.absencePage(c, http.StatusOK, l, typedAbsence(func(name string) string { return query(c, name) }))
}

func (p peoplePages) absencePage(c *gin.Context, status int, l leaving, f views.AbsenceForm) error {
	view := views.AbsencePage{Frame: p.frame(c, "Plan an absence", "/people"), Title: "When is " + l.name + " away?", BackLabel: l.name, BackURL: "/people/" + strconv.FormatInt(l.id, 10),
		URL: l.url(""), Form: f, Zone: zoneWords(l.times.Desk.Zone), Deputies: []ui.Option{{Label: "Nobody: all of it goes to the queue"}}}
	if l.self {
		view.Title, view.BackLabel, view.BackURL = "When are you away?", "The desk", "/desk"
		view.Frame = p.frame(c, "Plan an absence", "/desk")
	}
	for _, one := range l.others {
		value := strconv.FormatInt(one.UserID, 10)
		view.Deputies = append(view.Deputies, ui.Option{Value: value, Label: one.Name + ", holds " + strconv.Itoa(one.Held) + " of " + strconv.Itoa(one.Cap), Chosen: value == f.Deputy})
	}
	var err error
	if view.Absences, err = p.absencesOf(c, l.times, l.id, l.url("/new")); err != nil {
		return err
	}
	view.Absences.NewURL = ""
	return page(c, status, views.Absence(view))
}

// checkAbsence says what an absence would move, before it is planned.
func (p peoplePages) checkAbsence(c *gin.Context) error {
	l, err := p.leaving(c)
	if err != nil {
		return err
	}
	f := typedAbsence(func(name string) string { return query(c, name) })
	in := l.read(&f, p.rooms.Now())
	if len(f.Problems) == 0 {
		if err := p.clashes(c, l, in, &f); err != nil {
			return err
		}
	}
	if len(f.Problems) > 0 {
		return p.absencePage(c, http.StatusUnprocessableEntity, l, f)
	}
	preview, err := p.rooms.Tickets.PreviewAbsence(c.Request.Context(), who(c), in)
	if err != nil {
		return err
	}
	turns, err := p.turnsWithin(c, l, in)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.AbsenceCheck(p.absenceCheck(c, l, in, f, preview, turns)))
}

// clashes says beforehand what the room would say on planning: what is over, and who is
// away already.
func (p peoplePages) clashes(c *gin.Context, l leaving, in desk.NewAbsence, f *views.AbsenceForm) error {
	if !in.Until.After(p.rooms.Now()) {
		f.Problems = append(f.Problems, ui.Problem{Field: "until_day", Message: "Give an end that is still to come."})
		return nil
	}
	all, err := p.rooms.Desks.Absences(c.Request.Context(), who(c), l.times.Desk.ID)
	for _, a := range all {
		switch overlap := a.From.Before(in.Until) && a.Until.After(in.From); {
		case overlap && a.UserID == in.UserID:
			f.Problems = append(f.Problems, ui.Problem{Field: "from_day", Message: "There is an absence in this time already: " + spanAtDesk(a.From, a.Until, p.rooms.Now(), l.times.Zone) + "."})
		case overlap && a.UserID == in.DeputyID:
			f.Problems = append(f.Problems, ui.Problem{Field: "deputy", Message: a.Name + " is away too, " + spanAtDesk(a.From, a.Until, p.rooms.Now(), l.times.Zone) + ". Choose somebody else."})
		}
	}
	return err
}

func (p peoplePages) absenceCheck(c *gin.Context, l leaving, in desk.NewAbsence, f views.AbsenceForm, preview ticket.AbsencePreview, turns []desk.OnCallTurn) views.AbsenceCheckPage {
	now := p.rooms.Now()
	view := views.AbsenceCheckPage{Frame: p.frame(c, "What moves", "/people"), Action: l.url(""), BackURL: l.url("/new") + asQuery(f), Form: f,
		Finding: movesFinding(preview.Moves), When: l.whose("You are", l.name+" is") + " away " + spanAtDesk(in.From, in.Until, now, l.times.Zone) + ".",
		Words: "Nothing is planned yet. As things stand now, " + now.In(l.times.Zone).Format("3:04 PM MST") + "."}
	if l.self {
		view.Frame = p.frame(c, "What moves", "/desk")
	}
	for _, m := range preview.Moves {
		one := views.Move{Number: m.Number, URL: "/tickets/" + m.Number, Words: m.Words, Urgency: string(m.Urgency), UrgencyWords: urgencyWord(m.Urgency), To: m.To, Why: capitalised(m.Why)}
		left, over := ui.Left(m.NextDueAt, now)
		one.Due, one.Overdue = "due "+soonAtDesk(m.NextDueAt, now, l.times.Zone), over
		if over {
			one.Due = left
		}
		if m.To == "" {
			one.To, one.Queue = "The queue", true
		}
		view.Moves = append(view.Moves, one)
	}
	switch preview.Stays {
	case 0:
	case 1:
		view.Stays = "One more waits on a physician: it stays, and moves when the physician answers."
	default:
		view.Stays = inWords(preview.Stays) + " more wait on a physician: they stay, and move when the physician answers."
	}
	if in.From.After(now) {
		view.Promise = "When it begins, " + beginning(in.From, now, l.times.Zone) + ", what is in hand then moves by the same rule, and nothing new is given to " + l.whose("you", firstName(l.name)) + " until it is over."
	} else {
		view.Promise = "It begins at once: what is in hand moves as soon as you plan it, and nothing new is given to " + l.whose("you", firstName(l.name)) + " until it is over."
	}
	view.OnCall = l.onCallWords(turns, in, now)
	if manages(c) {
		view.Hidden = "Tickets kept to people who do not include you are not listed; they move too."
	}
	return view
}

// turnsWithin are somebody's on-call turns in an absence, as far ahead as the rota is
// kept.
func (p peoplePages) turnsWithin(c *gin.Context, l leaving, in desk.NewAbsence) ([]desk.OnCallTurn, error) {
	var turns []desk.OnCallTurn
	first := mondayOf(calendar.DayOf(in.From, l.times.Zone))
	for i := range rotaWeeks {
		monday := daysOn(first, 7*i)
		if !dayBegins(monday, l.times.Zone).Before(in.Until) {
			break
		}
		week, err := p.rooms.Desks.Week(c.Request.Context(), who(c), l.times.Desk.ID, monday)
		if err != nil {
			return nil, err
		}
		for _, t := range week.OnCall {
			known := slices.ContainsFunc(turns, func(other desk.OnCallTurn) bool { return other.ID == t.ID })
			if t.UserID == l.id && !known && t.From.Before(in.Until) && t.Until.After(in.From) {
				turns = append(turns, t)
			}
		}
	}
	return turns, nil
}

// onCallWords warn of turns that nobody answers while somebody is away.
func (l leaving) onCallWords(turns []desk.OnCallTurn, in desk.NewAbsence, now time.Time) string {
	if len(turns) == 0 {
		return ""
	}
	spans := make([]string, len(turns))
	for i, t := range turns {
		from, until := t.From, t.Until
		if from.Before(in.From) {
			from = in.From
		}
		if until.After(in.Until) {
			until = in.Until
		}
		spans[i] = spanAtDesk(from, until, now, l.times.Zone)
	}
	return l.whose("You are", l.name+" is") + " on call in this time: " + strings.Join(spans, "; ") + ". Nobody answers critical tickets then until somebody else has the turn."
}

// movesFinding is "Five tickets would move: three to Grace Oduya, two to the queue".
func movesFinding(moves []ticket.AbsenceMove) string {
	if len(moves) == 0 {
		return "No ticket would move"
	}
	to, order := map[string]int{}, []string{}
	for _, m := range moves {
		if to[m.To]++; to[m.To] == 1 {
			order = append(order, m.To)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return strings.Compare(b, a) }) // the queue last
	parts := make([]string, len(order))
	for i, name := range order {
		whom := name
		if name == "" {
			whom = "the queue"
		}
		if len(order) == 1 {
			return fmt.Sprintf("%s ticket%s would move to %s", inWords(len(moves)), isOr(len(moves), "", "s"), whom)
		}
		parts[i] = strings.ToLower(inWords(to[name])) + " to " + whom
	}
	return fmt.Sprintf("%s tickets would move: %s", inWords(len(moves)), strings.Join(parts, ", "))
}

// planAbsence plans it.
func (p peoplePages) planAbsence(c *gin.Context) error {
	l, err := p.leaving(c)
	if err != nil {
		return err
	}
	now := p.rooms.Now()
	f := typedAbsence(func(name string) string { return text(c, name) })
	in := l.read(&f, now)
	if len(f.Problems) == 0 {
		_, err := p.rooms.Tickets.PlanAbsence(c.Request.Context(), who(c), in)
		var refused bool
		f.Problems, refused = putRight(err, map[string]string{"from": "from_day", "until": "until_day", "deputy_id": "deputy", "user_id": ""})
		if !refused && err != nil {
			return err
		}
	}
	if len(f.Problems) > 0 {
		return p.absencePage(c, http.StatusUnprocessableEntity, l, f)
	}
	words := l.whose("You are", l.name+" is") + " away " + spanAtDesk(in.From, in.Until, now, l.times.Zone) + "."
	for _, one := range l.others {
		if one.UserID == in.DeputyID {
			words += " " + one.Name + " stands in."
		}
	}
	p.flash(c, "Planned. "+words)
	if l.self {
		return see(c, l.url("/new"))
	}
	return see(c, weekURL(l.times.Desk.ID, calendar.DayOf(in.From, l.times.Zone)))
}

// endAbsence ends an absence that runs, or calls off one to come. Whose it is the room
// asks; a consultant is told no more of another's than that it is not there.
func (p peoplePages) endAbsence(c *gin.Context) error {
	err := p.rooms.Desks.EndAbsence(c.Request.Context(), who(c), number(c.Param("id")))
	switch {
	case errors.Is(err, fault.Forbidden):
		return fault.NotFound
	case err != nil && !errors.Is(err, fault.Conflict): // over already: a double click
		return err
	}
	p.flash(c, "The absence is over. What has moved stays where it is; go to work to be given more.")
	if manages(c) {
		p.flash(c, "The absence is over. What has moved stays where it is.")
	}
	return see(c, local(text(c, "back"), "/desk"))
}
