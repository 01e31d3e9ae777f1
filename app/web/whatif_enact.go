package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

// ask shows once more what would change, and asks from when.
func (p planPages) ask(c *gin.Context) error {
	sheet, err := p.sheet(c, false)
	if err != nil {
		return err
	}
	return p.confirm(c, http.StatusOK, sheet, nil, nil)
}

func (p planPages) enact(c *gin.Context) error {
	id := number(c.Param("id"))
	day := ""
	var bad fault.Fields
	switch line(c, "when") {
	case "now":
	case "day":
		day = line(c, "day")
		bad.Need(day != "", "day", "Give the day as in 2026-11-19.")
	default:
		bad.Need(false, "when", "Choose from when it holds.")
	}
	err := bad.Err()
	if err == nil {
		err = p.rooms.Plans.Enact(c.Request.Context(), who(c), id, int(number(c.PostForm("version"))), day)
	}
	changed, isChanged := errors.AsType[*whatif.Changed](err)
	found, isBad := errors.AsType[fault.Fields](err)
	if isChanged || isBad {
		sheet, err := p.sheet(c, false)
		if err != nil {
			return err
		}
		if isChanged {
			return p.confirm(c, http.StatusConflict, sheet, nil, []ui.Problem{{Message: changed.Now.ChangedBy + " changed the draft after you opened this page. Below is what it would change now: read it again, and decide."}})
		}
		return p.confirm(c, http.StatusUnprocessableEntity, sheet, found, nil)
	}
	if err != nil {
		return err
	}
	sheet, err := p.sheet(c, false)
	if err != nil {
		return err
	}
	if sheet.State == whatif.InForce {
		p.flash(c, "“"+sheet.Name+"” is in force. What waits is looked at again with it.")
	} else {
		p.flash(c, "“"+sheet.Name+"” comes into force "+fromDay(*sheet.FromAt, sheet.Ground.Times.Zone)+". Until then you can call it off.")
	}
	return see(c, backToRouting(sheet.DeskID))
}

func (p planPages) confirm(c *gin.Context, status int, sheet *whatif.Sheet, bad fault.Fields, problems []ui.Problem) error {
	if sheet.State != whatif.Draft {
		return see(c, planURL(sheet.ID))
	}
	view := views.EnactPage{Frame: p.frame(c, "Put it into force", "/routing"), Title: "Put “" + sheet.Name + "” into force?", BackURL: planURL(sheet.ID),
		Action: planURL(sheet.ID, "/enactment"), Version: strconv.Itoa(sheet.Version), Problems: append(problems, problemsOf(bad)...),
		Words:   "It holds for every decision from then on. What somebody has already stays with them, and promises already made keep their length.",
		Changes: planChanges(sheet.Body, sheet.Ground), Gone: goneWords(sheet.Body, sheet.Ground)}
	view.Off = len(view.Changes) == 0
	tomorrow := midnightOf(sheet.Today).AddDate(0, 0, 1).Format("2006-01-02")
	day := line(c, "day")
	if day == "" {
		day = tomorrow
	}
	field := dayField("day", "Day", day, bad)
	field.Short = true
	when := line(c, "when")
	view.When = ui.Choices{ID: "when", Legend: "From when?", Error: bad.For("when"), Options: []ui.Option{
		{Value: "day", Label: "From the beginning of a day", Hint: "Midnight at the desk", Chosen: when != "now", More: field},
		{Value: "now", Label: "Now", Chosen: when == "now"}}}
	if w := sheet.Waiting; w != nil {
		view.Waiting = "“" + w.Name + "” comes into force " + fromDay(*w.FromAt, sheet.Ground.Times.Zone) + ". Only one plan waits at a time: this one can be put into force now, or after the other was called off."
	}
	for _, r := range sheet.Replays {
		if r.Result != nil && !r.Stale {
			view.Finding, view.Replay = r.Result.Finding(), replayURL(r.ID)
			break
		}
	}
	return page(c, status, views.Enact(view))
}
