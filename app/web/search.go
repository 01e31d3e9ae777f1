package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/insured"
	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// searchMost is how many tickets a search shows; the newest of those that match.
const searchMost = 50

// search brings one to the ticket that a number names, else to what matches.
func (p deskPages) search(c *gin.Context) error {
	ctx, by, asked := c.Request.Context(), who(c), strings.TrimSpace(query(c, "q"))
	view := views.SearchPage{Frame: p.frame(c, "Search", "/search"), Asked: asked}
	view.Frame.Room, view.Frame.Search = "desk", asked
	if asked == "" {
		view.Empty = &ui.Empty{Title: "What are you looking for?",
			Words: "A ticket’s number, in full or its last digits. A telephone or policy number in any form. A physician’s or a practice’s name. Or words from the question."}
		return page(c, http.StatusOK, views.Search(view))
	}
	number, err := p.rooms.Tickets.Jump(ctx, by, asked)
	if err != nil {
		return err
	}
	if number != "" {
		return see(c, deskPlace{view: placeOf(c).view}.on("/tickets/"+number))
	}
	people, err := p.rooms.Insured.Find(ctx, by, asked, 0)
	if err != nil {
		return err
	}
	lines, err := p.rooms.Tickets.Search(ctx, by, asked, searchMost)
	if err != nil {
		return err
	}
	for _, person := range people {
		view.People = append(view.People, foundPerson(person))
	}
	for _, l := range lines {
		view.Tickets = append(view.Tickets, rowOf(p.clock(c), l, deskPlace{view: ticket.Team}, ""))
	}
	view.Summary = howMany(len(lines))
	if len(people)+len(lines) == 0 {
		view.Empty = &ui.Empty{Title: "Nothing found",
			Words: "Try fewer words, the last digits of a number, or another spelling of the name. Tickets that are not yours to see are not found."}
	}
	return page(c, http.StatusOK, views.Search(view))
}

func foundPerson(person insured.Caller) views.Found {
	f := views.Found{Name: commas(person.Name, strings.ToLower(person.Specialty)), Cover: coverWords(person), InForce: person.InForce}
	if person.Policy != "" {
		f.Facts = append(f.Facts, ui.Fact{Label: "Policy", Value: person.Policy, Number: true})
		f.URL = "/search?q=" + url.QueryEscape(person.Policy)
	}
	if person.Practice != "" {
		f.Facts = append(f.Facts, ui.Fact{Label: "Practice", Value: commas(person.Practice, person.City)})
	}
	if person.State != "" {
		f.Facts = append(f.Facts, ui.Fact{Label: "State", Value: ticket.StateName(person.State)})
	}
	return f
}

// coverWords says whether a physician is covered today.
func coverWords(person insured.Caller) string {
	switch {
	case person.InForce:
		return "In force today"
	case person.Policy != "":
		return "Not in force today"
	}
	return "No policy on file"
}

func howMany(n int) string {
	switch {
	case n == 1:
		return "One ticket"
	case n == searchMost:
		return "The newest " + strconv.Itoa(n)
	}
	return strconv.Itoa(n) + " tickets, newest first"
}
