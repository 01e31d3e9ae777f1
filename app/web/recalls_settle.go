package web

import (
	"errors"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/recall"
	"hotline/views/ui"
)

// triedSettling is what somebody sent that did not go through.
type triedSettling struct {
	number, how, on, why string
	bad                  fault.Fields
	conflict             string
}

// fill puts what was sent back into its form, with what is wrong.
func (t triedSettling) fill(form *views.Form) {
	form.Chosen, form.On, form.Why, form.Tried = t.how, t.on, t.why, true
	form.HowError, form.OnError, form.WhyError = t.bad.For("how"), t.bad.For("on"), t.bad.For("why")
	for _, bad := range t.bad {
		form.Problems = append(form.Problems, ui.Problem{Field: bad.Name + "-" + form.ID, Message: bad.Says})
	}
}

// settle says that a ticket under a recall is done with.
func (p recallPages) settle(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	tried := triedSettling{number: c.Param("number"), how: c.PostForm("how"), on: line(c, "on"), why: line(c, "why")}
	in := guidance.Settlement{How: tried.how, Why: tried.why}
	unread := false
	if tried.how == guidance.Contacted && tried.on != "" {
		day, err := time.Parse(time.DateOnly, tried.on)
		if unread = err != nil || day.Year() < 2000; unread {
			in.How = "" // the room says what else is missing; nothing is settled on no day
		}
		in.On = day
	}
	err := p.rooms.Guidance.Settle(ctx, by, number(c.Param("id")), tried.number, in)
	if err == nil {
		p.flash(c, "Settled: "+tried.number+".")
		return see(c, recallURL(number(c.Param("id"))))
	}
	bad, fields := errors.AsType[fault.Fields](err)
	first, late := errors.AsType[*guidance.SettledAlready](err)
	switch {
	case fields && unread:
		tried.bad.Need(false, "on", noDay)
	case fields:
		tried.bad = bad
	case late:
		tried.conflict = tried.number + ": " + settledAlready(first)
		if tried.why != "" {
			tried.conflict += " You had written: “" + tried.why + "”."
		}
	default:
		return err
	}
	status, _, _ := explain(err)
	return p.recall(c, status, tried)
}
