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

	"hotline/app/correspondence"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/letters"
	"hotline/views/ui"
)

// choicesOf reads a letter's choices from the address. Nothing in them is about a patient.
func choicesOf(c *gin.Context) correspondence.Choices {
	in := correspondence.Choices{Ender: query(c, "ender"), On: query(c, "on"), Care: query(c, "care"), Days: strings.TrimSpace(query(c, "days")),
		Notice: query(c, "notice"), Reason: query(c, "reason"), Medicines: query(c, "medicines"), Results: query(c, "results") != "", Crisis: query(c, "crisis") != "", Format: query(c, "format")}
	if state := query(c, "state"); ticket.ValidState(state) {
		in.State = state
	}
	for _, code := range c.QueryArray("situation") {
		if _, known := correspondence.SituationOf(code); (known || code == "none") && !slices.Contains(in.Situations, code) {
			in.Situations = append(in.Situations, code)
		}
	}
	return in
}

// choicesQuery is choicesOf the other way: an address that leads to the same letter.
func choicesQuery(in correspondence.Choices, cleared string) string {
	v := url.Values{}
	for name, value := range map[string]string{"state": in.State, "ender": in.Ender, "on": in.On, "care": in.Care, "days": in.Days, "notice": in.Notice,
		"reason": in.Reason, "medicines": in.Medicines, "format": in.Format, "cleared": cleared} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, yes := range map[string]bool{"results": in.Results, "crisis": in.Crisis} {
		if yes {
			v.Set(name, "yes")
		}
	}
	v["situation"] = in.Situations
	return v.Encode()
}

func dischargeURL(page string, in correspondence.Choices, cleared string) string {
	return "/letters/discharge" + page + "?" + choicesQuery(in, cleared)
}

// form is the form, empty or as the address has it.
func (p letterPages) form(c *gin.Context) error {
	in := choicesOf(c)
	if in.Ender == "" {
		in.Ender = "physician"
	}
	if in.On == "" {
		in.On = p.today(c).Format(time.DateOnly)
	}
	if _, asked := c.GetQuery("state"); !asked && who(c).Insured() {
		asking, err := p.rooms.Tickets.Asking(c.Request.Context(), who(c))
		if err != nil {
			return err
		}
		if len(asking.For) == 1 && ticket.ValidState(asking.For[0].State) {
			in.State = asking.For[0].State
		}
	}
	return p.showForm(c, http.StatusOK, in, nil)
}

func (p letterPages) showForm(c *gin.Context, status int, in correspondence.Choices, bad fault.Fields) error {
	title := "A letter that ends the relationship"
	if len(bad) > 0 {
		title = "Error: " + title
	}
	view := views.FormPage{Place: p.place(c, title), Problems: problemsOf(bad), Cleared: clearedOf(c), Notice: in.Notice,
		State: ui.Select{ID: "state", Label: "State where the patient is treated", Hint: "Its rules decide about the notice and the postage.", Error: bad.For("state"),
			Options: []ui.Option{{Label: "Choose a state", Chosen: in.State == ""}}},
		Ender:     ui.Choices{ID: "ender", Legend: "Who is ending it?", Error: bad.For("ender"), Options: offered(correspondence.Enders, in.Ender)},
		Situation: ui.Choices{ID: "situation", Legend: "Does any of these hold?", Hint: "Be generous: if one might, choose it. We stop there and talk first.", Many: true, Error: bad.For("situation")},
		On:        dayField("on", "Date of the letter", in.On, bad),
		Care:      ui.Choices{ID: "care", Legend: "What has to be replaced?", Error: bad.For("care"), Options: offered(correspondence.Cares, in.Care)},
		Days:      ui.Field{ID: "days", Label: "Days of notice", Optional: true, Hint: "Left empty, we put in what we suggest. Never less than the state’s rule, or 30 where it has none.", Value: in.Days, Mode: "numeric", Short: true, Autocomplete: "off", Error: bad.For("days")},
		Medicines: ui.Choices{ID: "medicines", Legend: "What happens with the medicines?", Hint: "An opioid or a benzodiazepine is a reason to call, above.", Error: bad.For("medicines"), Options: offered(correspondence.Medicines, in.Medicines)},
		Results:   ui.Checkbox{ID: "results", Label: "A result is still outstanding", Hint: "The letter promises it, whenever it comes.", Checked: in.Results},
		Crisis:    ui.Checkbox{ID: "crisis", Label: "Name the crisis line, 988", Hint: "Where mood or substance use is part of the illness.", Checked: in.Crisis},
		Reason:    ui.Choices{ID: "reason", Legend: "Does the letter give a reason?", Hint: "None has to be given. If one is, it is one neutral sentence. Money has no place here.", Error: bad.For("reason")},
		Format:    ui.Choices{ID: "format", Legend: "How is it made?", Error: bad.For("format"), Options: offered(correspondence.Formats, in.Format)},
	}
	view.On.Hint, view.On.Short = "The day it is mailed. The notice counts from it.", true
	for _, s := range ticket.States {
		view.State.Options = append(view.State.Options, ui.Option{Value: s.Code, Label: s.Name, Chosen: s.Code == in.State})
	}
	for _, s := range correspondence.Situations {
		view.Situation.Options = append(view.Situation.Options, ui.Option{Value: s.Code, Label: s.Label, Chosen: slices.Contains(in.Situations, s.Code)})
	}
	view.Situation.Options = append(view.Situation.Options, ui.Option{Value: "none", Label: "None of these", Chosen: slices.Contains(in.Situations, "none")})
	for _, r := range correspondence.Reasons {
		view.Reason.Options = append(view.Reason.Options, ui.Option{Value: r.Code, Label: r.Label, Hint: r.Words, Chosen: r.Code == in.Reason})
	}
	return page(c, status, views.Form(view))
}

func offered(all []correspondence.Option, chosen string) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, o := range all {
		out[i] = ui.Option{Value: o.Code, Label: o.Label, Hint: o.Words, Chosen: o.Code == chosen}
	}
	return out
}

// clearedOf is the clearance an address names, or "".
func clearedOf(c *gin.Context) string {
	if id := number(query(c, "cleared")); id > 0 {
		return strconv.FormatInt(id, 10)
	}
	return ""
}

// built is the letter that an address asks for. Without one the answer has been given:
// the form with what is wrong, or the page that says to call first.
func (p letterPages) built(c *gin.Context) (*correspondence.Letter, *correspondence.Clearance, error) {
	ctx, by, in := c.Request.Context(), who(c), choicesOf(c)
	rule, err := p.rooms.Letters.RuleFor(ctx, by, in.State)
	if err != nil {
		return nil, nil, err
	}
	terms, err := in.Terms(rule, p.today(c))
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return nil, nil, p.showForm(c, http.StatusUnprocessableEntity, in, bad)
	}
	if err != nil {
		return nil, nil, err
	}
	var cleared *correspondence.Clearance
	if len(in.Stops()) > 0 {
		if cleared, err = p.cleared(c, in); err != nil {
			return nil, nil, err
		}
		if cleared == nil {
			return nil, nil, p.stopped(c, http.StatusOK, in, nil)
		}
	}
	letter := correspondence.Compose(in, rule, terms)
	return &letter, cleared, nil
}

// cleared is the clearance an address names, if it was given for this letter, on a ticket
// that the reader may see.
func (p letterPages) cleared(c *gin.Context, in correspondence.Choices) (*correspondence.Clearance, error) {
	ctx, by := c.Request.Context(), who(c)
	id := number(clearedOf(c))
	if id == 0 || !by.Desk() {
		return nil, nil
	}
	found, err := p.rooms.Letters.Cleared(ctx, by, id)
	if errors.Is(err, fault.NotFound) || err == nil && !found.Covers(in) {
		return nil, nil
	}
	return &found, err
}

// stopped says to call first, and offers the desk to go on with the physician on the phone.
func (p letterPages) stopped(c *gin.Context, status int, in correspondence.Choices, bad fault.Fields) error {
	by := who(c)
	view := views.StopPage{Place: p.place(c, "Call us first"), Change: dischargeURL("", in, "")}
	for _, s := range in.Stops() {
		view.Threat = view.Threat || s.Code == correspondence.Threat
		view.Stops = append(view.Stops, views.Stop{Label: s.Label, Why: s.Why})
	}
	if by.Insured() {
		view.AskURL = askURL("discharge")
	}
	if by.Desk() {
		view.Clear = &views.Clear{Action: dischargeURL("/clearance", in, ""), Problems: problemsOf(bad),
			Number: ui.Field{ID: "number", Label: "Advised by us on ticket", Hint: "For example RM-2026-004217.", Value: line(c, "number"), Short: true, Autocomplete: "off", Error: bad.For("number")}}
		if view.Threat {
			chosen := line(c, "notice")
			view.Clear.Notice = &ui.Choices{ID: "notice", Legend: "Does the letter give notice?", Error: bad.For("notice"), Options: []ui.Option{
				{Value: "given", Label: "Yes, care until the notice ends", Chosen: chosen == "given"},
				{Value: "none", Label: "No, the threat does not allow it", Chosen: chosen == "none", Hint: "Check the state’s rule for the exception first."}}}
		}
	}
	return page(c, status, views.Stopped(view))
}

// clear records on its ticket that the desk builds a letter which something would stop.
func (p letterPages) clear(c *gin.Context) error {
	ctx, by, in := c.Request.Context(), who(c), choicesOf(c)
	in.Notice = ""
	var bad fault.Fields
	if line(c, "notice") == "none" {
		in.Notice = "none"
	}
	if slices.Contains(in.Situations, correspondence.Threat) {
		bad.Need(line(c, "notice") != "", "notice", "Choose whether the letter gives notice.")
	}
	if len(in.Stops()) == 0 || in.State == "" {
		return fault.Say(fault.Unacceptable, "Nothing stops that letter. Go back to the form and choose again.")
	}
	sheet, err := p.rooms.Tickets.Show(ctx, by, strings.ToUpper(line(c, "number")))
	if errors.Is(err, fault.NotFound) {
		bad.Need(false, "number", "Give the number of a ticket that you may see, as in RM-2026-004217.")
	} else if err != nil {
		return err
	}
	if len(bad) > 0 {
		return p.stopped(c, http.StatusUnprocessableEntity, in, bad)
	}
	id, err := p.rooms.Letters.Clear(ctx, by, sheet.Number, in)
	if err != nil {
		return err
	}
	return see(c, dischargeURL("/letter", in, strconv.FormatInt(id, 10)))
}

// letter is the letter with all that goes with it.
func (p letterPages) letter(c *gin.Context) error {
	l, cleared, err := p.built(c)
	if err != nil || l == nil {
		return err
	}
	in, carried := l.Choices, ""
	view := views.LetterPage{Place: p.place(c, "The letter"), Title: "The letter", Hints: l.Terms.Hints, Sheet: sheetView(l.Document), Mailing: mailingView(in, l.Rule), Office: l.OfficeSteps()}
	view.Words = l.Summary() + ". Dated " + longDay(l.Terms.On) + ", for " + ticket.StateName(in.State) + "."
	if cleared != nil {
		carried = strconv.FormatInt(cleared.ID, 10)
		view.Advised = "Advised by us on ticket " + cleared.Number + ", recorded by " + cleared.ClearedBy + ". Build it with the physician on the phone."
	}
	view.Change, view.PrintURL = dischargeURL("", in, carried), dischargeURL("/print", in, carried)
	view.Save = downloads("/letters/discharge", letterName, choicesQuery(in, carried))
	for _, e := range l.Elements() {
		one := views.Element{Label: e.Label, Words: e.Words}
		if e.Block >= 0 {
			one.URL = "#" + blockID(e.Block)
		}
		view.Elements = append(view.Elements, one)
	}
	if !in.WithoutNotice() && l.Terms.Ends.After(p.today(c)) {
		view.Remind = &views.Remind{Action: "/letters/notices", State: in.State, EndsOn: l.Terms.Ends.Format(time.DateOnly), Back: dischargeURL("/letter", in, carried),
			Words: "An e-mail a week before " + longDay(l.Terms.Ends) + ", and on the day. We keep the day and the state, nothing else."}
	}
	return page(c, http.StatusOK, views.Letter(view))
}

// letterName is what the letter's files are called.
const letterName = "letter-ending-the-relationship"

// mailingView is what a state asks for, or that nothing specific is known of it.
func mailingView(in correspondence.Choices, r correspondence.Rule) views.Mailing {
	m := views.Mailing{Title: "How to mail it in " + ticket.StateName(in.State), Words: r.Mailing, Note: r.Note, Statements: r.Statements(),
		Source: views.Link{Label: r.Source, URL: r.SourceURL}, Checked: "checked " + longDay(r.CheckedOn) + "."}
	if r.General() {
		m.General = "We have nothing specific for " + ticket.StateName(in.State) + ": this is general only. Ask us before you mail."
	}
	return m
}

// print is the letter beside fields that fill it in on the reader's own screen.
func (p letterPages) print(c *gin.Context) error {
	l, _, err := p.built(c)
	if err != nil || l == nil {
		return err
	}
	view := views.PrintPage{Place: p.place(c, l.Title), Title: "Fill in the names and print", Sheet: sheetView(l.Document), BackURL: dischargeURL("/letter", l.Choices, clearedOf(c))}
	for _, name := range l.Blanks() {
		if strings.HasPrefix(name, "SIGNATURE") { // by hand
			continue
		}
		view.Blanks = append(view.Blanks, views.Blank{Name: name, Label: capital(strings.ToLower(name)), Long: longBlank(name)})
	}
	return page(c, http.StatusOK, views.Print(view))
}

// longBlank says whether more than a line belongs into a blank.
func longBlank(name string) bool {
	return slices.ContainsFunc([]string{"LETTERHEAD", "ADDRESS", "MEDICINES", "WORDS"}, func(part string) bool { return strings.Contains(name, part) })
}

// letterFile is the letter as a file. Its places for names are empty.
func (p letterPages) letterFile(c *gin.Context) error {
	l, _, err := p.built(c)
	if err != nil || l == nil {
		return err
	}
	return sendFile(c, letterName, l.Document)
}
