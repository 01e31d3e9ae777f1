package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/fault"
	"hotline/app/whatif"
	"hotline/views/ui"
	views "hotline/views/whatif"
)

// play asks for a replay of a plan as it is saved.
func (p planPages) play(c *gin.Context) error {
	id := number(c.Param("id"))
	replay, err := p.rooms.Plans.Ask(c.Request.Context(), who(c), id, line(c, "from"), line(c, "to"))
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok && err != nil {
		return err
	}
	if !ok {
		return see(c, replayURL(replay))
	}
	sheet, err := p.sheet(c, false)
	if err != nil {
		return err
	}
	view := views.ReplayPage{Frame: p.frame(c, "Another period", "/routing"), Title: "Which days?", Words: "Choose the days to play again. The last one is not part of them.",
		PlanURL: planURL(id), PlanName: sheet.Name, Again: again(c, id, sheet.Today, bad), Failed: ui.NoticeLine("Nothing has been played yet.")}
	return page(c, http.StatusUnprocessableEntity, views.Replay(view))
}

func again(c *gin.Context, planID int64, today calendar.Day, bad fault.Fields) *views.Again {
	a := &views.Again{Action: planURL(planID, "/replays"), Problems: problemsOf(bad)}
	a.From, a.To = period(c, today, bad)
	return a
}

// replayFailures are why a replay came to nothing, and what to do.
var replayFailures = map[whatif.Failure]struct{ title, words string }{
	whatif.NothingThere: {"No ticket came in", "In these days nothing came in that the router would have given to anybody. Choose others below."},
	whatif.TooMany:      {"Too many tickets for one replay", "More than 200,000 tickets came in. Choose fewer days below."},
	whatif.TooSlow:      {"It took too long", "It was not through in ten minutes and was given up. Choose fewer days below."},
	whatif.Unplayable:   {"It could not be played", "The desk’s hours and the shifts, with what the draft changes, leave times in which nothing can be counted. Look at the hours in the draft."},
}

func (p planPages) replay(c *gin.Context) error {
	r, err := p.rooms.Plans.Replay(c.Request.Context(), who(c), number(c.Param("id")))
	if err != nil {
		return err
	}
	clock := p.clock(c)
	view := views.ReplayPage{Frame: p.frame(c, "Replay", "/routing"), URL: replayURL(r.ID), Live: "replay-" + strconv.FormatInt(r.ID, 10),
		PlanURL: planURL(r.PlanID), PlanName: r.PlanName}
	if r.Stale {
		view.Stale = "The draft was changed after this was played: this is how it was then."
	}
	switch {
	case r.DoneAt == nil:
		view.Frame.Live = true
		view.Title = "Playing " + periodDays(r.From, r.To) + " again"
		view.Words = "Asked for " + ui.Relative(r.AskedAt, clock.Now, clock.Zone) + " by " + r.AskedBy + "."
		view.Running = running(r)
		return page(c, http.StatusOK, views.Replay(view))
	case r.Failed != "":
		says := replayFailures[r.Failed]
		view.Title, view.Words = says.title, periodDays(r.From, r.To)+", asked for by "+r.AskedBy+"."
		view.Failed = ui.Empty{Title: says.title, Words: says.words, Do: &ui.Button{Label: "Back to the plan", URL: planURL(r.PlanID)}}
	default:
		sheet, err := p.rooms.Plans.Show(c.Request.Context(), who(c), r.PlanID)
		if err != nil {
			return err
		}
		replayed{r, sheet}.fill(&view)
	}
	view.Again = again(c, r.PlanID, calendar.DayOf(clock.Now, r.Zone), nil)
	return page(c, http.StatusOK, views.Replay(view))
}

func running(r *whatif.Replay) *views.Running {
	out := &views.Running{Done: r.Done, Total: r.Total, Words: "Waiting for a worker to take it up."}
	switch {
	case r.Total == 0:
	case r.Done < r.Total/2:
		out.Words = fmt.Sprintf("%s tickets. First as things are: %s given out.", grouped(r.Total/2), grouped(r.Done))
	default:
		out.Words = fmt.Sprintf("%s tickets. Now under the draft: %s given out.", grouped(r.Total/2), grouped(r.Done-r.Total/2))
	}
	return out
}

// replayed puts a replay into words, a table and charts.
type replayed struct {
	*whatif.Replay
	sheet *whatif.Sheet
}

func (a replayed) fill(view *views.ReplayPage) {
	res := a.Result
	view.Title, view.Frame.Title = res.Finding(), "Replay: "+a.PlanName
	view.Words = fmt.Sprintf("%s %s that came in from %s, as of %s. The draft against things as they are; both are the model’s.",
		grouped(res.Counts.Cases), plural(res.Counts.Cases, "ticket"), periodDays(a.From, a.To), ui.Exact(res.AsOf, a.Zone))
	view.Heads = [3]string{"What happened", "As things are", "“" + a.PlanName + "”"}
	view.Compared = a.compared()
	view.Trust, _ = res.Trust()
	view.WaitsSays, view.Waits = a.waits()
	view.Charts = append(view.Charts, a.within(), a.given(), a.fullness())
	view.People = a.people()
	ground := a.sheet.Ground
	if !a.sheet.Undo.Empty() { // it came into force since
		ground = ground.Before(a.sheet.Undo)
	}
	view.Changes = planChanges(a.Body, ground)
	view.LeavesOut = a.leavesOut()
	if a.Draft && !a.Stale {
		view.EnactURL = planURL(a.PlanID, "/enactment")
	}
}

// each is one thing of the three accounts.
func (a replayed) each(of func(o whatif.Outcome) string) [3]views.Cell {
	return [3]views.Cell{{Value: of(a.Result.Happened)}, {Value: of(a.Result.AsIs)}, {Value: of(a.Result.Draft)}}
}

func (a replayed) compared() []views.Compared {
	length := func(name, says string, of func(o whatif.Outcome) time.Duration) views.Compared {
		row := views.Compared{Name: name, Says: says, Cells: a.each(func(o whatif.Outcome) string {
			if o.Answered == 0 {
				return "–"
			}
			return openTime(of(o))
		})}
		row.Cells[2].Change = change(of(a.Result.AsIs), of(a.Result.Draft))
		return row
	}
	kept := views.Compared{Name: "Promises kept", Says: "of those whose time came", Cells: a.each(func(o whatif.Outcome) string { return shareOf(o.Met, o.Due) })}
	kept.Cells[2].Change = moreOrFewer(a.Result.Draft.Met - a.Result.AsIs.Met)
	answered := views.Compared{Name: "Answered in these days", Cells: a.each(func(o whatif.Outcome) string { return grouped(o.Answered) + " of " + grouped(o.Cases) })}
	answered.Cells[2].Change = moreOrFewer(a.Result.Draft.Answered - a.Result.AsIs.Answered)
	fullest := views.Compared{Name: "Fullest at once", Says: "load, against capacity", Cells: a.each(func(o whatif.Outcome) string {
		name, most, limit := "", 0, 0
		for _, s := range o.People {
			if s.Most > most {
				name, most, limit = s.Name, s.Most, s.Cap
			}
		}
		if most == 0 {
			return "–"
		}
		return fmt.Sprintf("%s, %d of %d", firstName(name), most, limit)
	})}
	return []views.Compared{
		length("Half answered within", "open hours, from the question", func(o whatif.Outcome) time.Duration { return o.Median }),
		length("Nine in ten within", "", func(o whatif.Outcome) time.Duration { return o.P90 }),
		length("Half given to somebody within", "", func(o whatif.Outcome) time.Duration { return o.GivenHalf }),
		kept,
		answered,
		fullest,
	}
}

// change says by how much one length is more or less than another; "" where it is not.
func change(was, now time.Duration) string {
	by := (now - was).Round(time.Minute)
	switch {
	case by < 0:
		return openTime(-by) + " less"
	case by > 0:
		return openTime(by) + " more"
	}
	return ""
}

func moreOrFewer(by int) string {
	switch {
	case by < 0:
		return grouped(-by) + " fewer"
	case by > 0:
		return grouped(by) + " more"
	}
	return ""
}

func shareOf(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d %%", (100*n+of/2)/of)
}

func (a replayed) people() ui.Table {
	t := ui.Table{Caption: "Each person in the three accounts", Columns: []ui.Column{{Label: "Consultant"},
		{Label: "Given in truth", Number: true}, {Label: "as now", Number: true}, {Label: "draft", Number: true},
		{Label: "Most at once in truth", Number: true}, {Label: "as now", Number: true}, {Label: "draft", Number: true},
		{Label: "Mean load in truth", Number: true}, {Label: "as now", Number: true}, {Label: "draft", Number: true}, {Label: "Capacity now", Number: true}, {Label: "draft", Number: true}}}
	for _, s := range a.Result.Draft.People {
		was, now := a.Result.Happened.Share(s.UserID), a.Result.AsIs.Share(s.UserID)
		number := func(n int) ui.Cell { return ui.Cell{Text: grouped(n)} }
		mean := func(v float64) ui.Cell { return ui.Cell{Text: strconv.FormatFloat(v, 'f', 1, 64)} }
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name}, number(was.Given), number(now.Given), number(s.Given), number(was.Most), number(now.Most), number(s.Most),
			mean(was.Mean), mean(now.Mean), mean(s.Mean), number(now.Cap), number(s.Cap)})
	}
	return t
}

// leavesOut says what the model does not know, with this period's own numbers first.
func (a replayed) leavesOut() []string {
	c := a.Result.Counts
	var out []string
	say := func(n int, words string) {
		if n > 0 {
			out = append(out, fmt.Sprintf(words, grouped(n)+" "+plural(n, "ticket")))
		}
	}
	say(c.OnCall, "%s answered on the call they came in by: the router never saw them.")
	say(c.Waiting, "%s that had come in before these days and waited for somebody when they began.")
	say(c.Kept, "%s kept by whoever took the call: the model gives them to the router.")
	guessed := 0
	for _, n := range c.Guessed {
		guessed += n
	}
	say(guessed, "How long the answer to %s would have taken is not known: the middle one of their urgency stands for it.")
	say(c.Closed, "%s closed without an answer: when they were closed counts as the answer.")
	say(c.Elsewhere, "%s really went to people who are not on the desk today; the model has only those who are.")
	say(c.Restricted, "%s among them restricted: counted, and named nowhere.")
	return append(out,
		"Capacities, skills, usual weeks, hours and promises are those of today: what they were then is not kept. Days off and absences are those of the time.",
		"An answer takes as long as it really took, whoever gives it; and a ticket is held as long as it was.",
		"Being in one’s shift and not away counts as being at work: breaks, calls, early and late duty are left out.",
		"So are tickets handed over, given back or not accepted in time, changes of urgency or topic, and what came back later.",
		"A promise is held against its first length; waiting for the physician is not taken off.")
}
