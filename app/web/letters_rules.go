package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/correspondence"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/letters"
	"hotline/views/ui"
)

// generalRule is the general rule's name in an address.
const generalRule = "general"

func ruleURL(state string) string {
	if state == "" {
		state = generalRule
	}
	return "/letters/rules/" + state
}

func ruleName(state string) string {
	if state == "" {
		return "Every other state"
	}
	return ticket.StateName(state)
}

// rules are what is known of each state, and of which nothing is.
func (p letterPages) rules(c *gin.Context) error {
	all, err := p.rooms.Letters.Rules(c.Request.Context(), who(c))
	if err != nil {
		return err
	}
	view := views.RulesPage{Place: p.place(c, "Rules for letters")}
	known := map[string]bool{}
	for _, r := range all {
		if !r.Holds {
			continue
		}
		known[r.State] = true
		source := "From " + r.Source + ", checked " + longDay(r.CheckedOn) + "."
		if r.ChangedBy != "" {
			source += " Changed by " + r.ChangedBy + "."
		}
		view.Known = append(view.Known, views.Known{State: ruleName(r.State), URL: ruleURL(r.State), Days: "at least " + strconv.Itoa(r.MinDays) + plural(r.MinDays, " day"), Mailing: r.Mailing, Source: source})
	}
	for _, s := range ticket.States {
		if !known[s.Code] {
			view.Others = append(view.Others, views.Link{Label: s.Name, URL: ruleURL(s.Code)})
		}
	}
	return page(c, http.StatusOK, views.Rules(view))
}

// ruleState is the state an address names; "" is the general rule.
func ruleState(c *gin.Context) (string, error) {
	switch state := c.Param("state"); {
	case state == generalRule:
		return "", nil
	case ticket.ValidState(state):
		return state, nil
	}
	return "", fault.NotFound
}

func (p letterPages) rule(c *gin.Context) error {
	state, err := ruleState(c)
	if err != nil {
		return err
	}
	r, err := p.rooms.Letters.RuleAs(c.Request.Context(), who(c), state)
	if err != nil {
		return err
	}
	days, checked := strconv.Itoa(r.MinDays), ""
	if r.Version > 0 {
		checked = r.CheckedOn.Format(time.DateOnly)
	}
	return p.showRule(c, http.StatusOK, r, days, checked, nil, nil)
}

func (p letterPages) saveRule(c *gin.Context) error {
	state, err := ruleState(c)
	if err != nil {
		return err
	}
	days, checkedOn := line(c, "min_days"), line(c, "checked_on")
	in := correspondence.Rule{State: state, Holds: state == "" || checked(c, "holds"), TakesEffect: line(c, "takes_effect"), Mailing: text(c, "mailing"), MustSay: text(c, "must_say"),
		Note: text(c, "note"), Source: line(c, "source"), SourceURL: line(c, "source_url"), Version: int(number(c.PostForm("version")))}
	in.MinDays, _ = strconv.Atoi(days) // no number is refused as too few
	in.CheckedOn, _ = time.Parse(time.DateOnly, checkedOn)
	err = p.rooms.Letters.SetRule(c.Request.Context(), who(c), in, p.today(c))
	if changed, ok := errors.AsType[*correspondence.RuleChanged](err); ok {
		in.Version = changed.Now.Version
		return p.showRule(c, http.StatusConflict, in, days, checkedOn, nil, &changed.Now)
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.showRule(c, http.StatusUnprocessableEntity, in, days, checkedOn, bad, nil)
	}
	if err != nil {
		return err
	}
	p.flash(c, "Saved. Letters for "+ruleName(state)+" are built on it from now on.")
	return see(c, "/letters/rules")
}

func (p letterPages) showRule(c *gin.Context, status int, r correspondence.Rule, days, checkedOn string, bad fault.Fields, theirs *correspondence.Rule) error {
	title := "Letters: " + ruleName(r.State)
	view := views.RulePage{Place: p.place(c, title), Title: ruleName(r.State), Problems: problemsOf(bad), Action: ruleURL(r.State), Version: strconv.Itoa(r.Version),
		Words:   "The letters for this state are built on what stands here.",
		MinDays: ui.Field{ID: "min_days", Label: "Shortest notice, in days", Value: days, Mode: "numeric", Short: true, Autocomplete: "off", Error: bad.For("min_days")},
		Takes: ui.Choices{ID: "takes_effect", Legend: "When does the letter take effect?", Error: bad.For("takes_effect"), Options: []ui.Option{
			{Value: correspondence.AtEnd, Label: "When the notice ends", Chosen: r.TakesEffect == correspondence.AtEnd},
			{Value: correspondence.AtLetter, Label: "On its own date, with urgent care until the notice ends", Chosen: r.TakesEffect == correspondence.AtLetter}}},
		Mailing: ui.Area{ID: "mailing", Label: "How it is mailed", Value: r.Mailing, Rows: 3, Error: bad.For("mailing")},
		MustSay: ui.Area{ID: "must_say", Label: "What it has to say", Optional: true, Hint: "One statement a line. They stand beside the letter, for whoever writes it to compare.", Value: r.MustSay, Rows: 3, Error: bad.For("must_say")},
		Note:    ui.Area{ID: "note", Label: "What else there is to know", Optional: true, Value: r.Note, Rows: 3, Error: bad.For("note")},
		Source:  ui.Field{ID: "source", Label: "Where it is known from", Value: r.Source, Autocomplete: "off", Error: bad.For("source")},
		URL:     ui.Field{ID: "source_url", Label: "Its address", Optional: true, Value: r.SourceURL, Kind: "url", Autocomplete: "off", Error: bad.For("source_url")},
		Checked: dayField("checked_on", "Checked on", checkedOn, bad),
	}
	view.Checked.Short = true
	view.Back = views.Link{Label: "Rules", URL: "/letters/rules"}
	if r.State != "" {
		view.Holds = &ui.Checkbox{ID: "holds", Label: "This holds", Hint: "Without it the general rule is followed, and this one is kept.", Checked: r.Holds}
	}
	if r.Version == 0 && theirs == nil {
		view.Words = "Nothing specific for this state: general only. What you save here takes its place."
	}
	if theirs != nil {
		view.Problems = []ui.Problem{{Message: theirs.ChangedBy + " changed this rule after you opened it. Compare, and save again if yours is right."}}
		view.Theirs = []string{strconv.Itoa(theirs.MinDays) + " days", theirs.Mailing, theirs.Source}
		for _, words := range append(theirs.Statements(), theirs.Note) {
			if words != "" {
				view.Theirs = append(view.Theirs, words)
			}
		}
	}
	return page(c, status, views.Rule(view))
}
