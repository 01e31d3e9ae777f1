package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/ticket"
	views "hotline/views/people"
	"hotline/views/ui"
)

// person is one consultant: what they take, when they work, whom they are kept from.
func (p peoplePages) person(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	view, err := p.personPage(c, m)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Person(view))
}

func (p peoplePages) personPage(c *gin.Context, m member) (views.PersonPage, error) {
	ctx, by, now := c.Request.Context(), who(c), p.rooms.Now()
	view := views.PersonPage{Frame: p.frame(c, m.Name, "/people"), Name: m.Name, Initials: initials(m.Name), URL: m.url(""), WeekURL: "/people?desk=" + deskID(m.times.Desk.ID)}
	view.StateCode, view.StateWords = standsNow(m.Consultant, namesOf(m.team), now, m.times.Zone)
	load, err := p.rooms.Tickets.Load(ctx, by, m.UserID)
	if err != nil {
		return view, err
	}
	schedule, err := p.rooms.Desks.Schedule(ctx, m.times.Desk.ID)
	if err != nil {
		return view, err
	}
	policy, err := p.rooms.Desks.Policy(ctx, m.times.Desk.ID)
	if err != nil {
		return view, err
	}
	hours := m.Hours
	if hours == "" {
		hours = weekWords(schedule.Week)
	}
	view.Facts = ui.Facts{{Label: "Desk", Value: m.times.Desk.Name}, {Label: "Holds", Value: strconv.Itoa(load) + " of " + strconv.Itoa(m.Cap)}, {Label: "Works", Value: hours}}
	levels := map[string]string{}
	for _, s := range m.Skills {
		levels[s.Topic] = s.Level
	}
	view.Takes = p.takesForm(c, strconv.Itoa(m.Cap), levels, m.States, m.Languages)
	view.Takes.Counts = countsWords(policy)
	view.Usual = usualForm(m, schedule)
	if view.Absences, err = p.absencesOf(c, m.times, m.UserID, m.url("")); err != nil {
		return view, err
	}
	view.Never.Words = "A manager names whom."
	if manages(c) {
		view.Never.NewURL = m.url("/exclusions")
	}
	never, err := p.rooms.Desks.Exclusions(ctx, by, m.times.Desk.ID)
	for _, e := range never {
		if e.UserID == m.UserID {
			view.Never.Lines = append(view.Never.Lines, views.NeverLine{Whom: e.Whom, End: "/exclusions/" + strconv.FormatInt(e.ID, 10) + "/ending?person=" + strconv.FormatInt(m.UserID, 10)})
		}
	}
	return view, err
}

func (p peoplePages) takesForm(c *gin.Context, limit string, levels map[string]string, states, languages []string) views.TakesForm {
	f := views.TakesForm{Cap: limit}
	for _, t := range p.house.allTopics(c.Request.Context()) {
		f.Topics = append(f.Topics, views.TopicLevel{Code: t.Code, Name: t.Name, Level: levels[t.Code]})
	}
	for _, s := range ticket.States {
		f.States = append(f.States, ui.Option{Value: s.Code, Label: s.Name, Chosen: slices.Contains(states, s.Code)})
	}
	for _, l := range insured.Languages {
		f.Languages = append(f.Languages, ui.Option{Value: l.Code, Label: l.Name, Chosen: slices.Contains(languages, l.Code)})
	}
	return f
}

// engage sets what somebody takes and how much at once.
func (p peoplePages) engage(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	in := desk.Engagement{UserID: m.UserID, States: []string{}, Languages: []string{}}
	limit, levels := line(c, "cap"), map[string]string{}
	for _, t := range p.house.allTopics(c.Request.Context()) {
		if level := line(c, "level-"+t.Code); level != "" {
			levels[t.Code] = level
			in.Skills = append(in.Skills, desk.Skill{Topic: t.Code, Level: level})
		}
	}
	in.States = append(in.States, several(c.PostFormArray("states"), len(ticket.States))...)
	in.Languages = append(in.Languages, several(c.PostFormArray("languages"), len(insured.Languages))...)
	var problems []ui.Problem
	if n, err := strconv.Atoi(limit); err != nil {
		problems = append(problems, ui.Problem{Field: "cap", Message: "Write a whole number, such as 12."})
	} else {
		in.Cap = n
	}
	if len(problems) == 0 {
		err := p.rooms.Desks.Engage(c.Request.Context(), who(c), in)
		var refused bool
		if problems, refused = putRight(err, map[string]string{"topics": "skills"}); !refused && err != nil {
			return err
		}
	}
	if len(problems) == 0 {
		p.flash(c, "Saved. What waits and fits is brought to them by it.")
		return see(c, m.url(""))
	}
	view, err := p.personPage(c, m)
	if err != nil {
		return err
	}
	counts := view.Takes.Counts
	view.Takes = p.takesForm(c, limit, levels, in.States, in.Languages)
	view.Takes.Counts, view.Takes.Problems = counts, problems
	return page(c, http.StatusUnprocessableEntity, views.Person(view))
}
