package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/casefile"
	"hotline/app/ticket"
	views "hotline/views/summaries"
	"hotline/views/ui"
)

// leastRows is how many steps a form has room for at first; moreRows, how many are added.
const (
	leastRows = 3
	moreRows  = 3
)

// write shows the form beside what stands on the ticket, with everything typed.
func (p summaryPages) write(c *gin.Context, tried summaryTry) error {
	ctx, by, clock, number := c.Request.Context(), who(c), p.clock(c), c.Param("number")
	s, err := p.rooms.Tickets.Show(ctx, by, number)
	if err != nil {
		return err
	}
	b, err := p.rooms.Casefiles.Begin(ctx, by, number)
	if err != nil {
		return err
	}
	file, err := p.rooms.Casefiles.Of(ctx, by, number)
	if err != nil {
		return err
	}
	legs, err := p.rooms.Calls.Of(ctx, by, s.ID)
	if err != nil {
		return err
	}
	form, key, saved, err := p.typedSoFar(c, s, b, file, tried)
	if err != nil {
		return err
	}
	seen := tried.seen
	if seen == 0 {
		seen = s.Seen
	}
	view := writePage(s, b, form, tried)
	view.Frame = p.frame(c, "Summary of "+s.Number, "/desk")
	view.Key, view.Draft, view.Saved, view.Seen = key, "/drafts/"+key, saved, strconv.FormatInt(seen, 10)
	view.Evidence = ui.Evidence{Words: s.Question, By: evidenceBy(clock, s)}
	view.Cited = citedBoxes(b, form, tried, file.Zone)
	view.Steps, view.StepsError = stepRows(form, tried, file.Today, readerOf(s)), tried.bad.For("steps")
	for _, one := range b.Open {
		view.Corrections = append(view.Corrections, correctionOf(one, file, clock, ""))
	}
	view.Said = conversation(s, legs, by, clock)
	for i := range view.Said {
		view.Said[i].ID, view.Said[i].Notice = "", ""
	}
	p.wrong(&view, s, tried)
	return page(c, tried.status, views.Write(view))
}

// typedSoFar is the form as it was typed, as its draft keeps it, or as it begins, with the
// mark it is sent under and since when it is kept.
func (p summaryPages) typedSoFar(c *gin.Context, s *ticket.Sheet, b *casefile.Blank, f *casefile.File, tried summaryTry) (form typedForm, key, saved string, err error) {
	if tried.typed != nil {
		if uuid.Validate(tried.key) == nil {
			return *tried.typed, tried.key, "", nil
		}
		return *tried.typed, uuid.NewString(), "", nil
	}
	by := who(c)
	key = keyFor("summary", by, s, written(by, f))
	draft, err := deskPages(p).draft(c, key)
	if err != nil || draft.Fields["number"] != s.Number {
		return filled(b, f), key, "", err
	}
	form = typedSummary(func(name string) string { return draft.Fields[name] }, slices.Collect(maps.Keys(draft.Fields)))
	return form, key, "Draft kept " + ui.Relative(draft.KeptAt, p.rooms.Now(), zoneOf(p.clock(c))), nil
}

// writePage is what the page says around the form, and the form's texts.
func writePage(s *ticket.Sheet, b *casefile.Blank, form typedForm, tried summaryTry) views.WritePage {
	to := readerOf(s)
	view := views.WritePage{Number: s.Number, BackURL: "/tickets/" + s.Number, Title: "Summary for " + to, Action: "/tickets/" + s.Number + "/summaries",
		Notice: noticeWords(s.Notice), Send: "Send to " + to, Fate: to + " will read this and is asked to confirm it.",
		Lede:      "What both of you will go by: filled in from the ticket, yours to change.",
		Told:      ui.Area{ID: "told", Label: "What you told us", Value: form.told, Error: tried.bad.For("told"), Rows: 5, Hint: "In their sense. No names, dates of birth or record numbers."},
		Suggested: ui.Area{ID: "suggested", Label: "What we suggested", Value: form.suggested, Error: tried.bad.For("suggested"), Rows: 6},
		LeftOut:   ui.Area{ID: "left_out", Label: "What we did not cover", Optional: true, Value: form.leftOut, Error: tried.bad.For("left_out"), Rows: 2, Hint: "So that nobody thinks it was answered."},
		NotCited:  "No article is cited on this ticket. What is cited there can be named here."}
	if b.After > 0 {
		view.Title = "Edition " + strconv.Itoa(b.After+1) + " for " + to
		view.Lede = "Edition " + strconv.Itoa(b.After) + " stays as it was sent and stays readable. This one will hold in its place."
	}
	if !reachable(s) {
		view.Send, view.Fate = "Keep it, to print", "Nobody who signs in is on this ticket: print it, or send the PDF by post."
	}
	if tried.typed == nil {
		view.Told.Attrs = map[string]any{"data-focus": true}
	}
	return view
}

// wrong says on top of the form what stood in the way.
func (p summaryPages) wrong(view *views.WritePage, s *ticket.Sheet, tried summaryTry) {
	for _, f := range tried.bad {
		field := f.Name
		if field == "cited" && view.Cited != nil {
			field = view.Cited.ID
		}
		view.Problems = append(view.Problems, ui.Problem{Field: field, Message: f.Says})
	}
	switch {
	case tried.since != nil:
		words, at := sinceWords(s, tried.since.Entries)
		view.Frame.Flash = ui.Flash{Kind: "problem", Words: words + " while you were at it. Your text is kept. Read it, then send again.", MoreLabel: "Read it", MoreURL: "/tickets/" + s.Number + "#" + at}
	case tried.words != "":
		view.Frame.Flash = ui.Flash{Kind: "problem", Strong: tried.words, Words: "Your text is kept."}
	}
}

// written is how many editions somebody wrote.
func written(by actor.Actor, f *casefile.File) int {
	n := 0
	for _, e := range f.Editions {
		if e.AuthorID == by.ID {
			n++
		}
	}
	return n
}

// filled is the form as it begins. A step's day that is past is asked for anew.
func filled(b *casefile.Blank, f *casefile.File) typedForm {
	form := typedForm{told: b.Told, suggested: b.Suggested, leftOut: b.LeftOut, cited: map[int64]bool{}}
	for _, one := range b.Citable {
		form.cited[one.VersionID] = true
	}
	for _, s := range b.Steps {
		one := casefile.Agreed{Who: s.Who, What: s.What}
		if !f.Overdue(s) {
			one.By = s.DueOn.Format(time.DateOnly)
		}
		form.steps = append(form.steps, one)
	}
	return form
}

// citedBoxes are the articles cited on the ticket, each a box of its own name, so that a
// draft keeps them apart; nil: none is.
func citedBoxes(b *casefile.Blank, form typedForm, tried summaryTry, zone *time.Location) *views.Boxes {
	if len(b.Citable) == 0 {
		return nil
	}
	boxes := &views.Boxes{ID: "cited", Error: tried.bad.For("cited")}
	for _, one := range b.Citable {
		name := "cited_" + strconv.FormatInt(one.VersionID, 10)
		hint := "Version " + strconv.Itoa(one.Version) + ", cited " + longDay(one.CitedAt.In(zone)) + "."
		if one.Current > one.Version {
			hint += " It has been rewritten since."
		}
		boxes.All = append(boxes.All, ui.Checkbox{ID: name, Name: name, Label: one.Title, Hint: hint, Checked: form.cited[one.VersionID]})
	}
	return boxes
}

// stepRows are the steps as typed, and room for more. today is the desk's day: none is due
// before it.
func stepRows(form typedForm, tried summaryTry, today time.Time, to string) []views.StepRow {
	used := 0
	for i, one := range form.steps {
		if strings.TrimSpace(one.What) != "" || one.By != "" {
			used = i + 1
		}
	}
	rows := max(leastRows, used+1)
	if tried.more {
		rows = max(rows, used+moreRows)
	}
	rows = min(rows, casefile.MostSteps)
	var out []views.StepRow
	for n := 1; n <= rows; n++ {
		var one casefile.Agreed
		if n <= len(form.steps) {
			one = form.steps[n-1]
		}
		// The usual conversation agrees on one step of each side.
		if one.Who == "" {
			one.Who = casefile.Physician
			if n == 2 {
				one.Who = casefile.Us
			}
		}
		name := func(part string) string { return casefile.StepField(part, n) }
		out = append(out, views.StepRow{N: strconv.Itoa(n),
			Who:  ui.Select{ID: name("who"), Label: "Who", Wide: true, Error: tried.bad.For(name("who")), Options: sides(one.Who, to)},
			What: ui.Field{ID: name("what"), Label: "Does what", Value: one.What, Error: tried.bad.For(name("what")), Autocomplete: "off"},
			By:   ui.Field{ID: name("by"), Label: "By", Kind: "date", Value: one.By, Error: tried.bad.For(name("by")), Attrs: map[string]any{"min": today.Format(time.DateOnly)}}})
	}
	return out
}

func sides(chosen, to string) []ui.Option {
	all := []ui.Option{{Value: casefile.Physician, Label: to}, {Value: casefile.Office, Label: "Their office"}, {Value: casefile.Us, Label: "We"}}
	i := slices.IndexFunc(all, func(o ui.Option) bool { return o.Value == chosen })
	if i >= 0 {
		all[i].Chosen = true
	}
	return all
}
