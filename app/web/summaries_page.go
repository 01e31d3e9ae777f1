package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/casefile"
	"hotline/app/ticket"
	requests "hotline/views/requests"
	views "hotline/views/summaries"
	"hotline/views/ui"
)

const tampered = "Its text is no longer what was sent. Tell the administrator."

// sheetOf is an edition as a reader sees it. path is their address of the ticket; on is
// what the forms say they stand on.
func sheetOf(by actor.Actor, f *casefile.File, e *casefile.Edition, clock ui.Clock, path, on string) views.Sheet {
	latest := e == f.Latest()
	v := views.Sheet{ID: "edition-" + strconv.Itoa(e.Edition), Head: "Edition " + strconv.Itoa(e.Edition), Told: e.Told, Suggested: e.Suggested,
		LeftOut: orWords(strings.TrimSpace(e.LeftOut), "Nothing was named."), Notice: noticeOf(e.Notice).Title,
		Meta: e.Author + " wrote this, sent " + ui.Relative(e.SentAt, clock.Now, zoneOf(clock)) + "."}
	if !e.Whole {
		v.Alarm = tampered
	}
	for _, one := range e.Cited {
		words := "Version " + strconv.Itoa(one.Version) + ", as it read on " + longDay(one.CitedAt.In(f.Zone)) + ". Reviewed " + longDay(one.ReviewedOn) + "."
		if one.Current > one.Version {
			words += " It has been rewritten since."
		}
		v.Cited = append(v.Cited, ui.Citation{Title: one.Title, Words: words, URL: articleURL(one.Slug) + "?version=" + strconv.Itoa(one.Version) + "&ticket=" + f.Number})
	}
	v.Steps = stepsOf(by, f, e, clock, path, on)
	if latest {
		for _, s := range f.DoneBefore() {
			v.Before = append(v.Before, stepOf(by, f, e, s, clock))
		}
	}
	for _, one := range e.Confirmations {
		words := "Confirmed by " + speaker(by, f, one.By, one.OnBehalf)
		v.Confirmed = append(v.Confirmed, views.Mark{Words: words, At: clock.At(one.ConfirmedAt)})
	}
	for _, one := range e.Corrections {
		action := ""
		if by.Desk() && latest {
			action = path + "/corrections/" + strconv.FormatInt(one.ID, 10) + "/keeping" + on
		}
		v.Corrections = append(v.Corrections, correctionOf(one, f, clock, action))
	}
	return v
}

// speaker is who said something on the physician's side, for whoever reads it.
func speaker(by actor.Actor, f *casefile.File, name string, onBehalf bool) string {
	switch {
	case onBehalf:
		return name + " for " + f.PhysicianName()
	case by.Is(actor.Physician):
		return "you"
	}
	return f.PhysicianName()
}

func correctionOf(one casefile.Correction, f *casefile.File, clock ui.Clock, action string) views.Correction {
	by := f.PhysicianName()
	if one.OnBehalf {
		by = one.By + " for " + by
	}
	v := views.Correction{ID: anchorOf("correction", one.ID), By: "Corrected by " + by, Words: one.Body, At: clock.At(one.CorrectedAt), Action: action}
	if !one.Whole {
		v.Alarm = tampered
	}
	if one.KeptAt != nil {
		v.Kept = &views.Mark{Words: one.KeptBy + " read it and left the summary as it was said; this stands beside it,", At: clock.At(*one.KeptAt)}
	}
	return v
}

// stepsOf are an edition's steps, with a button where the reader may tick them off.
func stepsOf(by actor.Actor, f *casefile.File, e *casefile.Edition, clock ui.Clock, path, on string) []views.Step {
	var out []views.Step
	for _, s := range e.Steps {
		v := stepOf(by, f, e, s, clock)
		if mine := by.Desk() || f.Speaks && s.Who != casefile.Us; mine && s.DoneAt == nil && e == f.Latest() {
			v.Action = path + "/steps/" + strconv.FormatInt(s.ID, 10) + "/completion" + on
		}
		v.Overdue = v.Overdue && e == f.Latest()
		out = append(out, v)
	}
	return out
}

func stepOf(by actor.Actor, f *casefile.File, e *casefile.Edition, s casefile.Step, clock ui.Clock) views.Step {
	v := views.Step{Who: whoDoes(by, f, e, s.Who), What: s.What, Due: dueDay(s.DueOn, clock), Date: s.DueOn.Format(time.DateOnly), Overdue: f.Overdue(s)}
	if s.DoneAt != nil {
		v.Done = "Done, " + s.DoneBy + ", " + shortDate(*s.DoneAt, clock)
	}
	return v
}

// whoDoes names a side for whoever reads it.
func whoDoes(by actor.Actor, f *casefile.File, e *casefile.Edition, who string) string {
	switch {
	case who == casefile.Us && by.Desk():
		return "We"
	case who == casefile.Us:
		return firstName(e.Author)
	case who == casefile.Physician && by.Is(actor.Physician):
		return "You"
	case who == casefile.Physician:
		return f.PhysicianName()
	case by.Insured():
		return "Your office"
	}
	return "Their office"
}

func dueDay(due time.Time, clock ui.Clock) string {
	if due.Year() != clock.Now.In(zoneOf(clock)).Year() {
		return due.Format("Mon Jan 2, 2006")
	}
	return due.Format("Mon Jan 2")
}

func shortDate(at time.Time, clock ui.Clock) string {
	local, now := at.In(zoneOf(clock)), clock.Now.In(zoneOf(clock))
	if local.Year() != now.Year() {
		return local.Format("Jan 2, 2006")
	}
	return local.Format("Jan 2")
}

// summaryStands is where a summary stands, as a status with its words.
func summaryStands(f *casefile.File) (code, words string) {
	switch f.Stands() {
	case casefile.Sent:
		return "waiting", "Waits for " + f.PhysicianName() + " to confirm it"
	case casefile.Corrected:
		return "open", "Corrected: read it, then answer"
	case casefile.Confirmed:
		return "answered", "Confirmed"
	case casefile.Kept:
		return "answered", "Corrected; the correction stands beside it"
	}
	return "", ""
}

// theirStands is the same for the physician's side. Who may read and not speak for the
// physician is asked for nothing.
func theirStands(f *casefile.File) (code, words string) {
	switch stands := f.Stands(); {
	case stands == casefile.Sent && f.Speaks:
		return "yours", "Waits for you to confirm it"
	case stands == casefile.Corrected && f.Speaks:
		return "waiting", "You corrected it; we read that next"
	case stands == casefile.Corrected:
		return "waiting", "Corrected; we read that next"
	}
	return summaryStands(f)
}

// theirHead is what stands over a summary on the physician's side.
func theirHead(f *casefile.File) string {
	switch stands := f.Stands(); {
	case stands == casefile.Sent && f.Speaks:
		return "Is this what we agreed?"
	case (stands == casefile.Corrected || stands == casefile.Kept) && f.Speaks:
		return "What we agreed, and what you corrected"
	case stands == casefile.Corrected || stands == casefile.Kept:
		return "What was agreed, and what was corrected"
	case !f.Speaks:
		return "What was agreed"
	}
	return "What we agreed"
}

// forPhysician is the summary on a consultation, with what can be said to it; nil where
// there is none, or it is not the reader's to read.
func (p summaryPages) forPhysician(c *gin.Context, got *ticket.Consultation, tried correctionTry) (templ.Component, error) {
	by, clock, number := who(c), p.clock(c), got.Sheet.Number
	f, err := p.rooms.Casefiles.Of(c.Request.Context(), by, number)
	if err != nil || f.Latest() == nil {
		return nil, err
	}
	e, path := f.Latest(), "/requests/"+number
	v := sheetOf(by, f, e, clock, path, "")
	v.ID = "summary"
	v.Head = theirHead(f)
	if f.Stands() == casefile.Sent && f.Speaks {
		v.Meta += " Once you confirm, it stays as it is; later corrections are added below it."
	}
	a := views.Answer{Edition: strconv.Itoa(e.Edition), Number: number, PDF: path + "/summary.pdf", MoreURL: path + "/summary", MoreWords: "On a page of its own, to print"}
	if n := len(f.Editions); n > 1 {
		v.Meta = "Edition " + strconv.Itoa(e.Edition) + ". " + v.Meta
		a.MoreWords = "All " + strconv.Itoa(n) + " editions, to print"
	}
	if f.Speaks {
		if err := p.answerForm(c, f, e, tried, path, &a); err != nil {
			return nil, err
		}
	}
	v.Foot = a
	return v, nil
}

// answerForm is what may be said to an edition, with a correction somebody began.
func (p summaryPages) answerForm(c *gin.Context, f *casefile.File, e *casefile.Edition, tried correctionTry, path string, a *views.Answer) error {
	by := who(c)
	if !slices.ContainsFunc(e.Confirmations, func(one casefile.Confirmation) bool {
		return one.OnBehalf == f.OnBehalf && (!one.OnBehalf || one.By == by.Name)
	}) {
		a.Confirm = path + "/summary/confirmation"
	}
	if f.OnBehalf {
		a.Behalf = f.PhysicianName()
	}
	a.Correct, a.Key = path+"/summary/corrections", uuid.NewString()
	drafts, err := p.rooms.Tickets.Drafts(c.Request.Context(), by, "summary")
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Fields["number"] == f.Number && strings.TrimSpace(d.Fields["correction"]) != "" {
			a.Key, a.Value, a.Open = d.ID, d.Fields["correction"], true
			break
		}
	}
	if tried.tried {
		a.Value, a.Error, a.Open = tried.body, tried.wrong, true
		if _, bad := uuid.Parse(tried.key); bad == nil {
			a.Key = tried.key
		}
	}
	a.Draft = "/drafts/" + a.Key
	return nil
}

// allForDesk is the page of every edition, for the desk.
func (p summaryPages) allForDesk(c *gin.Context, s *ticket.Sheet) error {
	by, clock, path := who(c), p.clock(c), "/tickets/"+s.Number
	f, err := p.rooms.Casefiles.Of(c.Request.Context(), by, s.Number)
	if err != nil {
		return err
	}
	view := views.Page{Frame: p.frame(c, "Summary of "+s.Number, "/desk"), Staff: true, Back: s.Number, BackURL: path, Number: s.Number,
		Title: "Summary for " + readerOf(s), Notice: noticeOf(s.Notice), Write: path + "/summaries/new", WriteAs: "Write it"}
	view.Code, view.Status = summaryStands(f)
	p.fillPage(c, f, &view, clock, path)
	if f.Latest() != nil {
		view.WriteAs = "Write edition " + strconv.Itoa(f.Latest().Edition+1)
	}
	return page(c, http.StatusOK, views.All(view))
}

// allForPhysician is the page of every edition, for the physician's side.
func (p summaryPages) allForPhysician(c *gin.Context, got *ticket.Consultation) error {
	s := got.Sheet
	clock, path := p.clock(c), "/requests/"+s.Number
	f, err := p.rooms.Casefiles.Of(c.Request.Context(), who(c), s.Number)
	if err != nil {
		return err
	}
	view := views.Page{Frame: p.frame(c, "Summary of "+s.Number, "/requests"), Back: "The consultation", BackURL: path, Number: s.Number, Title: "Summary: " + s.TopicName, Notice: noticeOf(s.Notice)}
	view.Code, view.Status = theirStands(f)
	p.fillPage(c, f, &view, clock, path)
	return page(c, http.StatusOK, views.All(view))
}

func (p summaryPages) fillPage(c *gin.Context, f *casefile.File, view *views.Page, clock ui.Clock, path string) {
	if f.Latest() == nil {
		view.Empty = &ui.Empty{Title: "Nothing is written down yet.", Words: "When a summary was sent, every edition of it stands here, with what was said to it."}
		return
	}
	view.PDF = path + "/summary.pdf"
	for i := range f.Editions {
		v := sheetOf(who(c), f, &f.Editions[i], clock, path, "?on=all")
		switch {
		case i > 0:
			v.Head += ", replaced"
		case len(f.Editions) > 1:
			v.Head += ", which holds now"
		}
		view.Sheets = append(view.Sheets, v)
	}
}

// onDesk is the summary on a ticket's page, what was agreed for its rail, and what is to
// be known before it is resolved; all empty where nothing was sent.
func (p summaryPages) onDesk(c *gin.Context, s *ticket.Sheet) (line, steps templ.Component, resolving string, err error) {
	by, clock, path := who(c), p.clock(c), "/tickets/"+s.Number
	f, err := p.rooms.Casefiles.Of(c.Request.Context(), by, s.Number)
	if err != nil || f.Latest() == nil {
		return nil, nil, "", err
	}
	e := f.Latest()
	v := views.Desk{AllURL: path + "/summaries", PDF: path + "/summary.pdf", WriteURL: path + "/summaries/new", WriteLabel: "Write edition " + strconv.Itoa(e.Edition+1),
		Words: "Edition " + strconv.Itoa(e.Edition) + ", " + e.Author + ", sent " + ui.Relative(e.SentAt, clock.Now, zoneOf(clock)) + "."}
	v.Code, v.Status = summaryStands(f)
	for _, one := range e.Confirmations {
		v.Words += " Confirmed by " + speaker(by, f, one.By, one.OnBehalf) + " " + ui.Relative(one.ConfirmedAt, clock.Now, zoneOf(clock)) + "."
	}
	for _, one := range e.Corrections {
		if one.KeptAt == nil {
			v.Open = append(v.Open, correctionOf(one, f, clock, path+"/corrections/"+strconv.FormatInt(one.ID, 10)+"/keeping"))
		}
	}
	switch f.Stands() {
	case casefile.Sent:
		resolving = "The summary was sent and is not confirmed yet. You can resolve all the same: " + f.PhysicianName() + " can still confirm or correct it."
	case casefile.Corrected:
		resolving = "A correction of the summary waits to be answered. Read it before you resolve."
	}
	return v, views.Rail{Steps: stepsOf(by, f, e, clock, path, "")}, resolving, nil
}

// summaryToDo is what summaries want of an insured person, for their home: what is to be
// confirmed, and what is up to their side.
func (w *Web) summaryToDo(c *gin.Context) (confirm, steps []requests.ToDo, err error) {
	all, err := w.rooms.Casefiles.ToDo(c.Request.Context(), who(c))
	clock := w.clock(c)
	for _, one := range all {
		t := requests.ToDo{URL: "/requests/" + one.Number + "#summary"}
		if one.StepID == 0 {
			t.Title, t.Label = "A summary to confirm", "Read and confirm"
			t.Words = one.Author + " wrote down what was agreed: " + lowerFirst(one.Topic) + "."
			confirm = append(confirm, t)
			continue
		}
		t.Title, t.Label, t.Words = "Due "+dueDay(one.DueOn, clock), "See what was agreed", firstWords(one.What, 120)
		if one.Overdue {
			t.Title = "Was due " + dueDay(one.DueOn, clock)
		}
		if one.Who == casefile.Office {
			t.Title += ", for the office"
		}
		steps = append(steps, t)
	}
	return confirm, steps, err
}

// summaryEntry is an entry of the record about a summary in words, with its icon.
func summaryEntry(s *ticket.Sheet, e ticket.Entry) (words, icon string) {
	d, by := detailOf(e), actorName(s, e)
	edition := ""
	if n := d.id("edition"); n > 1 {
		edition = ", edition " + strconv.FormatInt(n, 10)
	}
	switch e.Action {
	case "ticket.summary_sent":
		return by + " sent a written summary" + edition, "file-text"
	case "ticket.summary_confirmed":
		if d["on_behalf"] == true {
			by += ", for " + readerOf(s) + ","
		}
		return by + " confirmed the summary" + edition, "file-check"
	case "ticket.summary_corrected":
		if d["on_behalf"] == true {
			by += ", for " + readerOf(s) + ","
		}
		words = by + " corrected the summary" + edition
		if back := comeBack(s, d); back != "" {
			words += ". " + back
		}
		return words, "pen-line"
	case "ticket.correction_kept":
		return by + " read the correction and left the summary as it was said", "check"
	case "ticket.step_done":
		return by + " said that a step is done", "check"
	case "ticket.step_due":
		return "A step that was agreed is due; whose it is was told", "clock"
	}
	return "", ""
}
