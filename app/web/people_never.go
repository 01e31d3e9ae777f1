package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	views "hotline/views/people"
)

// never finds whom somebody is never to be given.
func (p peoplePages) never(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	return p.neverPage(c, http.StatusOK, m, query(c, "q"), "")
}

func (p peoplePages) neverPage(c *gin.Context, status int, m member, asked, problem string) error {
	ctx, by := c.Request.Context(), who(c)
	view := views.NeverPage{Frame: p.frame(c, m.Name, "/people"), Name: m.Name, PersonURL: m.url(""), URL: m.url("/exclusions"), Query: asked, Problem: problem}
	physicians, err := p.rooms.Insured.Find(ctx, by, asked, 0)
	if err != nil {
		return err
	}
	for _, f := range physicians {
		view.Physicians = append(view.Physicians, views.Found{ID: f.PhysicianID, Name: f.Name, Detail: commas(f.Specialty, f.Practice, f.City, f.State)})
	}
	practices, err := p.rooms.Insured.FindPractices(ctx, by, asked, 0)
	if err != nil {
		return err
	}
	for _, f := range practices {
		view.Practices = append(view.Practices, views.Found{ID: f.ID, Name: f.Name, Detail: commas("everybody there", f.City, f.State)})
	}
	view.Nobody = asked != "" && len(view.Physicians)+len(view.Practices) == 0
	return page(c, status, views.Never(view))
}

// exclude keeps a physician or a practice from somebody.
func (p peoplePages) exclude(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	physician, practice := number(line(c, "physician_id")), number(line(c, "practice_id"))
	var ofPhysician, ofPractice *int64
	if physician != 0 {
		ofPhysician = &physician
	}
	if practice != 0 {
		ofPractice = &practice
	}
	err = p.rooms.Desks.Exclude(c.Request.Context(), who(c), m.UserID, ofPhysician, ofPractice)
	if problems, refused := putRight(err, nil); refused {
		return p.neverPage(c, http.StatusUnprocessableEntity, m, line(c, "q"), problems[0].Message)
	}
	if err != nil {
		return err
	}
	p.flash(c, "From now on "+m.Name+" is never given their tickets.")
	return see(c, m.url(""))
}

// endExclusion lets somebody be given those tickets again.
func (p peoplePages) endExclusion(c *gin.Context) error {
	err := p.rooms.Desks.EndExclusion(c.Request.Context(), who(c), number(c.Param("id")))
	if err != nil && !errors.Is(err, fault.Conflict) { // ended already: a double click
		return err
	}
	p.flash(c, "They may be given those tickets again.")
	if person := number(query(c, "person")); person != 0 {
		return see(c, "/people/"+strconv.FormatInt(person, 10))
	}
	return see(c, "/people")
}
