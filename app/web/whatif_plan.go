package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/fault"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

func (p planPages) new(c *gin.Context) error {
	sheet, err := p.sheet(c, true)
	if err != nil {
		return err
	}
	return p.draw(c, http.StatusOK, sheet, newTyped(sheet.Ground), nil)
}

func (p planPages) show(c *gin.Context) error {
	sheet, err := p.sheet(c, false)
	if err != nil {
		return err
	}
	return p.draw(c, http.StatusOK, sheet, newTyped(sheet.Ground).of(sheet.Plan), nil)
}

// sheet is the plan of the address, or an empty one for a new plan.
func (p planPages) sheet(c *gin.Context, fresh bool) (*whatif.Sheet, error) {
	if !fresh {
		return p.rooms.Plans.Show(c.Request.Context(), who(c), number(c.Param("id")))
	}
	asked := query(c, "desk")
	if asked == "" {
		asked = line(c, "desk")
	}
	deskID, err := deskAsked(asked)
	if err != nil {
		return nil, err
	}
	return p.rooms.Plans.New(c.Request.Context(), who(c), deskID)
}

func (p planPages) create(c *gin.Context) error {
	sheet, err := p.sheet(c, true)
	if err != nil {
		return err
	}
	typed := newTyped(sheet.Ground).read(c)
	id := int64(0)
	err = typed.bad.Err()
	if err == nil {
		id, err = p.rooms.Plans.Add(c.Request.Context(), who(c), sheet.DeskID, typed.in)
	}
	return p.saved(c, sheet, typed, id, err)
}

func (p planPages) update(c *gin.Context) error {
	sheet, err := p.sheet(c, false)
	if err != nil {
		return err
	}
	typed := newTyped(sheet.Ground).read(c)
	err = typed.bad.Err()
	if err == nil {
		err = p.rooms.Plans.Edit(c.Request.Context(), who(c), sheet.ID, typed.in)
	}
	return p.saved(c, sheet, typed, sheet.ID, err)
}

// saved goes on from a form that was sent: to the replay it asks for, or back to the
// form with what is wrong, or with what somebody else saved meanwhile.
func (p planPages) saved(c *gin.Context, sheet *whatif.Sheet, typed *typedPlan, id int64, err error) error {
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		for _, b := range bad {
			typed.bad.Need(false, fieldOf(b.Name), b.Says)
		}
		return p.draw(c, http.StatusUnprocessableEntity, sheet, typed, nil)
	}
	if changed, ok := errors.AsType[*whatif.Changed](err); ok {
		typed.in.Version = changed.Now.Version
		clock := p.clock(c)
		return p.draw(c, http.StatusConflict, sheet, typed, &views.Theirs{Changes: planChanges(changed.Now.Body, sheet.Ground),
			Words: fmt.Sprintf("%s saved it %s, as below. What you typed is still here and not saved; saving now puts yours in its place.",
				changed.Now.ChangedBy, ui.Relative(changed.Now.ChangedAt, clock.Now, clock.Zone))})
	}
	if err != nil {
		return err
	}
	if line(c, "then") != "replay" {
		p.flash(c, "The draft is saved. Nothing has changed for anybody yet.")
		return see(c, planURL(id))
	}
	replay, err := p.rooms.Plans.Ask(c.Request.Context(), who(c), id, line(c, "from"), line(c, "to"))
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		// The draft is saved; the days are asked for again.
		if sheet, err = p.rooms.Plans.Show(c.Request.Context(), who(c), id); err != nil {
			return err
		}
		typed = newTyped(sheet.Ground).of(sheet.Plan)
		typed.bad = bad
		return p.draw(c, http.StatusUnprocessableEntity, sheet, typed, nil)
	}
	if err != nil {
		return err
	}
	return see(c, replayURL(replay))
}

// draw shows a plan: the form while it is a draft, else what it changes.
func (p planPages) draw(c *gin.Context, status int, sheet *whatif.Sheet, typed *typedPlan, theirs *views.Theirs) error {
	clock := p.clock(c)
	view := views.PlanPage{Frame: p.frame(c, "Draft another policy", "/routing"), Title: "Draft another policy", BackURL: backToRouting(sheet.DeskID),
		Meta: "Nothing changes for anybody until you put it into force."}
	if sheet.ID != 0 {
		view.Title, view.Frame.Title, view.Version = sheet.Name, sheet.Name, strconv.Itoa(sheet.Version)
		view.CopyURL = planURL(sheet.ID, "/copies")
		for _, r := range sheet.Replays {
			view.Replays = append(view.Replays, replayDone(r, clock))
		}
	}
	switch {
	case sheet.ID != 0 && sheet.State == whatif.Draft:
		view.Meta = "A draft, changed " + ui.Relative(sheet.ChangedAt, clock.Now, clock.Zone) + " by " + sheet.ChangedBy + "."
		view.EnactURL = planURL(sheet.ID, "/enactment")
		view.Withdrawal, view.Withdraw = planURL(sheet.ID, "/withdrawal"), "Delete"
	case sheet.State == whatif.Scheduled:
		view.Meta = "Comes into force " + fromDay(*sheet.FromAt, sheet.Ground.Times.Zone) + ", set by " + sheet.EnactedBy + "."
		view.Withdrawal, view.Withdraw = planURL(sheet.ID, "/withdrawal"), "Call it off"
		view.Changes = planChanges(sheet.Body, sheet.Ground)
	case sheet.State == whatif.InForce, sheet.State == whatif.Past:
		view.Meta = "In force since " + ui.Exact(*sheet.FromAt, sheet.Ground.Times.Zone) + ", put there by " + sheet.EnactedBy + "."
		if sheet.UntilAt != nil {
			view.Meta = "In force " + betweenDays(*sheet.FromAt, *sheet.UntilAt, sheet.Ground.Times.Zone) + "."
		}
		view.Changes = planChanges(sheet.Body, sheet.Ground.Before(sheet.Undo))
		if !sheet.Undo.Empty() {
			view.BackCopy = planURL(sheet.ID, "/copies")
		}
	}
	if sheet.State == whatif.Draft {
		action := "/routing/plans"
		deskID := sheet.DeskID
		if sheet.ID != 0 {
			action, deskID = planURL(sheet.ID), 0
		}
		view.Form = typed.form(action, deskID)
		view.Form.Theirs = theirs
		view.Form.From, view.Form.To = period(c, sheet.Today, typed.bad)
	}
	return page(c, status, views.Plan(view))
}

func backToRouting(deskID int64) string { return "/routing?desk=" + strconv.FormatInt(deskID, 10) }

// period are the days of a replay: as typed, else the last four weeks.
func period(c *gin.Context, today calendar.Day, bad fault.Fields) (from, to ui.Field) {
	first, last := line(c, "from"), line(c, "to")
	if first == "" && last == "" {
		first, last = midnightOf(today).AddDate(0, 0, -28).Format("2006-01-02"), today.String()
	}
	from, to = dayField("from", "From", first, bad), dayField("to", "Before", last, bad)
	return from, to
}

func replayDone(r whatif.Replay, clock ui.Clock) views.Done {
	d := views.Done{URL: replayURL(r.ID), Period: periodDays(r.From, r.To), Meta: ui.Relative(r.AskedAt, clock.Now, clock.Zone) + " by " + r.AskedBy}
	switch {
	case r.DoneAt == nil:
		d.Says = "Under way"
	case r.Result != nil:
		d.Says = r.Result.Finding()
	default:
		d.Says = replayFailures[r.Failed].title + "."
	}
	if r.Stale {
		d.Meta += "; the plan was changed since"
	}
	return d
}

func (p planPages) copy(c *gin.Context) error {
	id, err := p.rooms.Plans.Copy(c.Request.Context(), who(c), number(c.Param("id")), checked(c, "back"))
	if err != nil {
		return err
	}
	p.flash(c, "Here is the copy, as a draft.")
	return see(c, planURL(id))
}

func (p planPages) withdraw(c *gin.Context) error {
	id := number(c.Param("id"))
	state, err := p.rooms.Plans.Withdraw(c.Request.Context(), who(c), id, int(number(c.PostForm("version"))))
	if changed, ok := errors.AsType[*whatif.Changed](err); ok {
		return fault.Say(fault.Conflict, changed.Now.ChangedBy+" saved this draft after you opened it. It is still there: load the page again, see what is new, and delete it then if you mean to.")
	}
	if err != nil {
		return err
	}
	if state == whatif.Draft {
		p.flash(c, "Called off. It is a draft again, and everything stays as it is.")
		return see(c, planURL(id))
	}
	p.flash(c, "The draft is deleted.")
	return see(c, "/routing")
}
