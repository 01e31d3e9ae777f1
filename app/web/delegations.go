package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/insured"
	views "hotline/views/account"
	"hotline/views/ui"
)

// speakers are those who may speak for the physician who asks.
func (w *Web) speakers(c *gin.Context) (*views.Speakers, error) {
	ctx := c.Request.Context()
	own, err := w.rooms.Insured.Own(ctx, who(c))
	if errors.Is(err, fault.NotFound) {
		return nil, nil // signs in as a physician, and is not in the roster yet
	}
	if err != nil {
		return nil, err
	}
	all, err := w.rooms.Insured.Delegates(ctx, who(c), own)
	if err != nil {
		return nil, err
	}
	s := &views.Speakers{Ask: true}
	today := w.rooms.Insured.Today()
	for _, d := range all {
		one := views.Speaker{Name: d.Name, May: mayWords(d), When: spanWords(d, today)}
		if d.Until == nil || today.Before(*d.Until) {
			one.End = "/you/delegations/" + strconv.FormatInt(d.ID, 10) + "/ending"
		}
		s.People = append(s.People, one)
	}
	return s, nil
}

func mayWords(d insured.Delegate) string {
	switch {
	case d.MayAsk && d.MayHear:
		return "may ask and hear"
	case d.MayAsk:
		return "may ask"
	}
	return "may hear"
}

func spanWords(d insured.Delegate, today insured.Date) string {
	written := func(day insured.Date) string { return day.Time(time.UTC).Format("January 2, 2006") }
	switch {
	case d.Until != nil && !today.Before(*d.Until):
		return "until " + written(d.Until.Add(-1)) + "; it has ended"
	case today.Before(d.From) && d.Until != nil:
		return "from " + written(d.From) + " until " + written(d.Until.Add(-1))
	case today.Before(d.From):
		return "from " + written(d.From)
	case d.Until != nil:
		return "until " + written(d.Until.Add(-1))
	}
	return "until you end it"
}

func (w *Web) nameDelegate(c *gin.Context) error {
	ctx := c.Request.Context()
	own, err := w.rooms.Insured.Own(ctx, who(c))
	if err != nil {
		return err
	}
	may := c.PostFormArray("may")
	in := insured.NewDelegation{PhysicianID: own, Email: line(c, "email"), MayAsk: slices.Contains(may, "ask"), MayHear: slices.Contains(may, "hear")}
	until := line(c, "until")
	bad := fault.Fields{}
	if until != "" {
		last, err := insured.ParseDate(until)
		bad.Need(err == nil, "until", "Give the day as in 2027-06-30, or leave it empty.")
		if err == nil {
			next := last.Add(1) // the page names the last day, the room the first that is not
			in.Until = &next
		}
	}
	if err = bad.Err(); err == nil {
		_, err = w.rooms.Insured.Delegate(ctx, who(c), in)
	}
	status, problems, conflict := 0, []ui.Problem(nil), ""
	if fields, ok := errors.AsType[fault.Fields](err); ok {
		status = http.StatusUnprocessableEntity
		for _, f := range fields {
			problems = append(problems, ui.Problem{Field: f.Name, Message: f.Says})
		}
	} else if errors.Is(err, fault.Conflict) && fault.Sentence(err) != "" {
		status, conflict = http.StatusConflict, fault.Sentence(err)
	} else if err != nil {
		return err
	} else {
		w.flash(c, "They may speak for you now.")
		return see(c, "/you")
	}
	view := w.youPage(c)
	if view.Speakers, err = w.speakers(c); err != nil {
		return err
	}
	view.Speakers.Email, view.Speakers.Ask, view.Speakers.Hear, view.Speakers.Until = in.Email, in.MayAsk, in.MayHear, until
	view.Speakers.Problems, view.Speakers.Conflict = problems, conflict
	return page(c, status, views.You(view))
}

func (w *Web) endDelegation(c *gin.Context) error {
	err := w.rooms.Insured.EndDelegation(c.Request.Context(), who(c), number(strings.TrimSpace(c.Param("id"))))
	if err != nil && !errors.Is(err, fault.Conflict) { // ended already: a double click
		return err
	}
	w.flash(c, "It has ended. They see nothing of yours any more.")
	return see(c, "/you")
}
