package casefile_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/casefile"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func TestASummaryIsSentConfirmedCorrectedAndAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	h.wrote(n, "summary:Leila")
	mine, theirs := h.of(h.Rosa, n), h.of(h.Imani, n)
	if mine.Stands() != casefile.Sent || len(mine.Editions) != 1 || !mine.Latest().Whole || len(mine.Latest().Steps) != 3 || mine.Latest().Notice != "consultation" {
		t.Fatalf("%+v", mine)
	}
	if !theirs.Speaks || theirs.OnBehalf || theirs.Latest().Told != mine.Latest().Told || mine.Speaks {
		t.Errorf("%+v", theirs)
	}
	// It is an answer.
	if read[bool](h, `SELECT first_answered_at IS NULL FROM tickets WHERE number = ?`, n) {
		t.Error("a summary that was sent answers nothing")
	}
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1))
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1)) // a double click
	if f := h.of(h.Rosa, n); f.Stands() != casefile.Confirmed || len(f.Latest().Confirmations) != 1 || f.Latest().Confirmations[0].OnBehalf {
		t.Errorf("%+v", f.Latest())
	}
	// What was confirmed can still be corrected.
	h.correct(h.Imani, n, 1)
	if f := h.of(h.Rosa, n); f.Stands() != casefile.Corrected || !f.Latest().Corrections[0].Whole {
		t.Errorf("%+v", f.Latest())
	}
	next := writing()
	next.Told = "He missed three visits."
	edition, err := h.files.Send(h.ctx, h.Grace, n, next)
	h.must(err)
	f := h.of(h.Imani, n)
	if edition != 2 || f.Stands() != casefile.Sent || f.Editions[1].Told != "He missed four visits." || f.Latest().Author != h.Grace.Name || len(f.Editions[1].Corrections) != 1 {
		t.Errorf("%d %+v", edition, f)
	}
	h.is(h.files.Confirm(h.ctx, h.Imani, n, 1), fault.Conflict) // they read the edition before
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 2))
	h.wrote(n, "summary:Leila", "summary:Leila")
	want := []string{"ticket.summary_sent", "ticket.summary_confirmed", "ticket.summary_corrected", "ticket.summary_sent", "ticket.summary_confirmed"}
	if got := h.actions(n); !slices.Equal(got[2:], want) {
		t.Errorf("%v", got)
	}
	h.whole()
}

func TestACorrectionIsTheirAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, ticket.Words{}))
	h.correct(h.Imani, n, 1)
	h.stands(n, ticket.Assigned, h.Rosa)
	if owed := read[int](h, `SELECT count(*) FROM targets g JOIN tickets t ON t.id = g.ticket_id WHERE t.number = ? AND g.kind = 'next_answer' AND g.met_at IS NULL AND g.ended_at IS NULL`, n); owed != 1 {
		t.Errorf("%d answers are owed", owed)
	}
	// On a resolved one it opens it again, within ninety days.
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}))
	h.correct(h.Imani, n, 1)
	h.stands(n, ticket.Unassigned, actor.Actor{})
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}))
	h.Later(100 * 24 * time.Hour)
	err := h.files.Correct(h.ctx, h.Imani, n, casefile.Remark{Key: uuid.NewString(), Edition: 1, Body: "One more thing."})
	h.is(err, fault.Conflict)
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1)) // that it is right they may say at any time
}

func TestACorrectionMayStandBesideWhatWasSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	h.correct(h.Imani, n, 1)
	id := h.of(h.Rosa, n).Latest().Corrections[0].ID
	h.is(h.files.Keep(h.ctx, h.Imani, n, id), fault.NotFound)
	h.is(h.files.Keep(h.ctx, h.Rosa, h.summarised(), id), fault.NotFound) // another ticket's
	h.must(h.files.Keep(h.ctx, h.Rosa, n, id))
	h.must(h.files.Keep(h.ctx, h.Grace, n, id))
	f := h.of(h.Imani, n)
	if c := f.Latest().Corrections[0]; f.Stands() != casefile.Kept || c.KeptBy != h.Rosa.Name || c.Body != "It was three visits." {
		t.Errorf("%+v", c)
	}
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1))
	if f := h.of(h.Imani, n); f.Stands() != casefile.Confirmed {
		t.Error(f.Stands())
	}
}

func TestADelegateConfirmsOnBehalfAndOnlyIfTheyMayHear(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.Ask(t, h.Nora)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	_, err := h.files.Send(h.ctx, h.Rosa, n, writing())
	h.must(err)
	h.wrote(n, "summary:Leila", "summary:Nora")
	h.must(h.files.Confirm(h.ctx, h.Nora, n, 1))
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1))
	yes := h.of(h.Imani, n).Latest().Confirmations
	if len(yes) != 2 || !yes[0].OnBehalf || yes[0].By != h.Nora.Name || yes[1].OnBehalf {
		t.Errorf("%+v", yes)
	}

	theos := h.Ask(t, h.Theo) // may ask, may not hear
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, theos, 0))
	_, err = h.files.Send(h.ctx, h.Rosa, theos, writing())
	h.must(err)
	h.wrote(theos, "summary:Leila")
	if f := h.of(h.Theo, theos); len(f.Editions) != 0 || f.Speaks {
		t.Errorf("who may not hear reads %+v", f)
	}
	h.is(h.files.Confirm(h.ctx, h.Theo, theos, 1), fault.Forbidden)
	h.is(h.files.Correct(h.ctx, h.Theo, theos, casefile.Remark{Key: uuid.NewString(), Edition: 1, Body: "No."}), fault.Forbidden)
	step := h.of(h.Rosa, theos).Latest().Steps[0].ID
	h.is(h.files.Complete(h.ctx, h.Theo, theos, step), fault.NotFound)
	_, err = h.files.PDF(h.ctx, h.Theo, theos)
	h.is(err, fault.NotFound)
	todo, err := h.files.ToDo(h.ctx, h.Theo)
	h.must(err)
	if len(todo) != 0 {
		t.Errorf("%+v", todo)
	}
	// Nor does one whose time is over.
	h.must(h.Insured.EndDelegation(h.ctx, h.Imani, h.NoraFor))
	h.is(h.files.Confirm(h.ctx, h.Nora, n, 1), fault.NotFound)
}

func TestASummaryOfARestrictedTicketIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	h.restrict(n, h.Rosa)
	for _, by := range []actor.Actor{h.Grace, h.Elena, h.Otto, h.Okafor, h.Joan, h.Tomas, h.Wendell} {
		_, err := h.files.Of(h.ctx, by, n)
		h.is(err, fault.NotFound)
		_, err = h.files.Begin(h.ctx, by, n)
		h.is(err, fault.NotFound)
		_, err = h.files.Send(h.ctx, by, n, writing())
		h.is(err, fault.NotFound)
		_, err = h.files.PDF(h.ctx, by, n)
		h.is(err, fault.NotFound)
		h.is(h.files.Complete(h.ctx, by, n, 1), fault.NotFound)
		h.is(h.files.Keep(h.ctx, by, n, 1), fault.NotFound)
		h.is(h.files.Confirm(h.ctx, by, n, 1), fault.NotFound)
	}
	if f := h.of(h.Imani, n); !f.Speaks {
		t.Error("it is about her")
	}
	h.of(h.Rosa, n)
}

func TestWhatIsMissingIsAskedAndASummaryCrossesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.asked()
	in := writing()
	in.Told, in.Suggested = " ", ""
	in.Steps = []casefile.Agreed{{Who: "nobody", What: "x", By: "2026-11-20"}, {Who: casefile.Us, By: "2026-11-20"}, {Who: casefile.Us, What: "x"},
		{Who: casefile.Us, What: "x", By: "20.11.2026"}, {Who: casefile.Us, What: "x", By: "2026-11-18"}, {Who: casefile.Us, What: "x", By: "2126-11-18"}, {Who: casefile.Us}}
	_, err := h.files.Send(h.ctx, h.Rosa, n, in)
	for _, field := range []string{"told", "suggested", "step_who_1", "step_what_2", "step_by_3", "step_by_4", "step_by_5", "step_by_6"} {
		h.blames(err, field)
	}
	in = writing()
	in.LeftOut = strings.Repeat("x", ticket.Longest+1)
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.blames(err, "left_out")
	in = writing()
	in.Cited = []int64{1}
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.blames(err, "cited")

	in = writing()
	in.Seen = h.seen(n)
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, ticket.Words{Body: "A note crosses nothing."}))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, ticket.Words{Body: "One more thing."}))
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.is(err, fault.Conflict)
	in.Seen = h.seen(n)
	edition, err := h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	// The same form again is the same summary; with other words it is neither.
	again, err := h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	if edition != 1 || again != 1 {
		t.Errorf("editions %d, %d", edition, again)
	}
	in.LeftOut += "!"
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.is(err, fault.Conflict)
	// Nor does a message cross a summary.
	h.is(h.Tickets.Reply(h.ctx, h.Grace, n, ticket.Words{Body: "Yes.", Seen: in.Seen}), fault.Conflict)
	h.wrote(n, "summary:Leila")
}

func TestAFormSentAgainOnceItsDaysHavePassedIsWhatWasSent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n, in := h.asked(), writing()
	_, err := h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	h.Clock(h.DB.Now().AddDate(0, 0, 30))
	edition, err := h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	if edition != 1 {
		t.Errorf("edition %d", edition)
	}
	in.Key = uuid.NewString()
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.blames(err, casefile.StepField("by", 1))
	in.Key = "x"
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.blames(err, "told")
}

func TestOneFormSentManyTimesAtOnceIsOneEdition(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n, in := h.asked(), writing()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := h.files.Send(h.ctx, h.Rosa, n, in); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if f := h.of(h.Rosa, n); len(f.Editions) != 1 || len(f.Latest().Steps) != 3 {
		t.Errorf("%+v", f)
	}
}

func TestOnlyTheDeskWritesASummary(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.asked()
	for _, by := range []actor.Actor{h.Imani, h.Nora, h.Okafor, h.Joan, h.Tomas, h.Wendell, h.Otto} {
		_, err := h.files.Send(h.ctx, by, n, writing())
		h.is(err, fault.NotFound)
	}
	for _, by := range []actor.Actor{h.Grace, h.Elena} {
		_, err := h.files.Send(h.ctx, by, n, writing())
		h.must(err)
	}
	h.is(h.files.Confirm(h.ctx, h.Rosa, n, 2), fault.NotFound)
}

func TestItBeginsWithWhatIsThereAndNeverWithANote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.books.Load(h.ctx, actor.Command("test"))
	h.must(err)
	n := h.asked()
	h.must(h.Tickets.Note(h.ctx, h.Rosa, n, ticket.Words{Body: "SECRET of the desk."}))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, ticket.Words{Body: "He has no other doctor."}))
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, n, ticket.Words{Body: "Talk first."}))
	h.Later(time.Minute)
	_, err = h.calls.Log(h.ctx, h.Rosa, call.Note{Key: uuid.NewString(), Number: n, Direction: "out", Outcome: "answered", Narrative: "SECRET of a leg.", Advice: "Then write.",
		StartedAt: h.DB.Now().Add(-time.Minute), EndedAt: h.DB.Now()})
	h.must(err)
	cited, err := h.books.Cite(h.ctx, h.Rosa, n, "ending-the-relationship")
	h.must(err)
	b, err := h.files.Begin(h.ctx, h.Grace, n)
	h.must(err)
	if b.Told != "May I stop seeing a patient who never comes?\n\nHe has no other doctor." || b.Suggested != "Then write." || len(b.Citable) != 1 || strings.Contains(fmt.Sprint(b), "SECRET") {
		t.Fatalf("%+v", b)
	}
	in := writing()
	in.Cited = []int64{cited.VersionID}
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	e := h.of(h.Imani, n).Latest()
	if len(e.Cited) != 1 || e.Cited[0].Version != cited.Version || !e.Whole {
		t.Errorf("%+v", e.Cited)
	}
	// The next edition goes on from there: what is done is done, what was said is at hand.
	h.must(h.files.Complete(h.ctx, h.Imani, n, e.Steps[0].ID))
	h.correct(h.Imani, n, 1)
	b, err = h.files.Begin(h.ctx, h.Rosa, n)
	h.must(err)
	if b.After != 1 || b.Told != in.Told || len(b.Steps) != 2 || len(b.Open) != 1 {
		t.Errorf("%+v", b)
	}
	_, err = h.files.Send(h.ctx, h.Rosa, n, writing())
	h.must(err)
	if done := h.of(h.Imani, n).DoneBefore(); len(done) != 1 || done[0].DoneBy != h.Imani.Name {
		t.Errorf("%+v", done)
	}
}

func TestAStepIsDoneBySideAndOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	steps := h.of(h.Rosa, n).Latest().Steps
	h.is(h.files.Complete(h.ctx, h.Imani, n, steps[2].ID), fault.Forbidden) // ours
	h.is(h.files.Complete(h.ctx, h.Okafor, n, steps[0].ID), fault.NotFound)
	h.is(h.files.Complete(h.ctx, h.Rosa, n, 999999), fault.NotFound)
	h.must(h.files.Complete(h.ctx, h.Imani, n, steps[0].ID))
	h.must(h.files.Complete(h.ctx, h.Rosa, n, steps[0].ID))
	h.must(h.files.Complete(h.ctx, h.Grace, n, steps[1].ID)) // told on the telephone
	h.must(h.files.Complete(h.ctx, h.Rosa, n, steps[2].ID))
	var by []string
	for _, s := range h.of(h.Imani, n).Latest().Steps {
		by = append(by, s.DoneBy+" "+s.DoneRole)
	}
	if want := []string{"Leila Imani physician", "Grace Oduya consultant", "Rosa Delgado consultant"}; !slices.Equal(by, want) {
		t.Errorf("%v", by)
	}
	other := h.summarised()
	old := h.of(h.Rosa, other).Latest().Steps[0].ID
	_, err := h.files.Send(h.ctx, h.Rosa, other, writing())
	h.must(err)
	h.is(h.files.Complete(h.ctx, h.Imani, other, old), fault.Conflict)
	h.is(h.files.Complete(h.ctx, h.Imani, n, old), fault.NotFound)
}

func TestAStepIsAnnouncedOnItsDayToWhoseItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n, nobodys := h.summarised(), h.summarised()
	steps := h.of(h.Rosa, n).Latest().Steps
	type due struct {
		ID    int64
		Args  string
		RunAt time.Time
	}
	promised := all[due](h, `SELECT id, args, run_at FROM outbox WHERE kind = 'casefile:step_due' ORDER BY id`)
	if len(promised) != 6 {
		t.Fatalf("%+v", promised)
	}
	nine := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC) // 9 in the morning in New York
	if !promised[0].RunAt.Equal(nine) || !promised[1].RunAt.Equal(nine.AddDate(0, 0, 3)) {
		t.Errorf("%v %v", promised[0].RunAt, promised[1].RunAt)
	}
	tell := func(i int) {
		t.Helper()
		h.must(h.files.TellStepDue(h.ctx, actor.Job("casefile:step_due", promised[i].ID), steps[i].ID))
	}
	h.Clock(nine)
	h.must(h.files.Complete(h.ctx, h.Imani, n, steps[0].ID))
	tell(0) // it is done
	h.wrote(n, "summary:Leila")
	tell(2)
	tell(2) // kept before
	h.wrote(n, "summary:Leila", "step_due:Rosa")
	h.Clock(nine.AddDate(0, 0, 3))
	tell(1)
	h.wrote(n, "summary:Leila", "step_due:Rosa", "step_due:Leila")

	// On our side it goes to who holds the ticket then: while nobody does, to the managers.
	n = nobodys
	_, err := h.files.Send(h.ctx, h.Rosa, n, casefile.Writing{Key: uuid.NewString(), Told: "a", Suggested: "b", Steps: []casefile.Agreed{{Who: casefile.Us, What: "c", By: "2026-11-24"}}})
	h.must(err)
	step := h.of(h.Rosa, n).Latest().Steps[0].ID
	h.must(h.Tickets.Release(h.ctx, h.Rosa, n, "leave", 0))
	h.must(h.files.TellStepDue(h.ctx, actor.Job("casefile:step_due", 0), step))
	h.wrote(n, "summary:Leila", "summary:Leila", "step_due:Elena")
	// What a newer edition put aside is nobody's news.
	h.must(h.files.TellStepDue(h.ctx, actor.Job("casefile:step_due", 0), h.of(h.Rosa, n).Editions[1].Steps[0].ID))
	h.wrote(n, "summary:Leila", "summary:Leila", "step_due:Elena")
	h.whole()
}

func TestHomeKnowsWhatWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	kinds := func(by actor.Actor) (out []string) {
		t.Helper()
		todo, err := h.files.ToDo(h.ctx, by)
		h.must(err)
		for _, one := range todo {
			if one.Number != n {
				t.Errorf("%+v", one)
			}
			out = append(out, fmt.Sprintf("%s %v", one.What, one.Overdue))
		}
		return out
	}
	if got := kinds(h.Imani); !slices.Equal(got, []string{" false", "talk to him false", "hold the letter false"}) {
		t.Error(got)
	}
	if got := kinds(h.Nora); len(got) != 0 { // it was not shared with the office
		t.Error(got)
	}
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1))
	h.must(h.files.Complete(h.ctx, h.Imani, n, h.of(h.Imani, n).Latest().Steps[1].ID))
	h.Later(72 * time.Hour)
	if got := kinds(h.Imani); !slices.Equal(got, []string{"talk to him true"}) {
		t.Error(got)
	}
	_, err := h.files.ToDo(h.ctx, h.Rosa)
	h.is(err, fault.NotFound)
}

func TestWhatWasSentIsOnlyAddedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.summarised()
	h.correct(h.Imani, n, 1)
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 1))
	h.must(h.files.Complete(h.ctx, h.Imani, n, h.of(h.Imani, n).Latest().Steps[0].ID))
	h.must(h.files.Keep(h.ctx, h.Rosa, n, h.of(h.Imani, n).Latest().Corrections[0].ID))
	owner, err := dbtest.OpenSQL(dbtest.URL(h.name))
	h.must(err)
	t.Cleanup(func() { owner.Close() })
	for _, table := range []string{"summaries", "summary_citations", "steps", "step_completions", "summary_confirmations", "summary_corrections", "corrections_kept"} {
		for _, sql := range []string{"UPDATE " + table + " SET ticket_id = ticket_id", "DELETE FROM " + table, "TRUNCATE " + table + " CASCADE"} {
			if _, err := owner.Exec(sql); err == nil {
				t.Errorf("%s went through", sql)
			}
		}
	}
	// Nothing is added without its entry.
	err = h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO summary_confirmations (ticket_id, summary_id, confirmed_by, on_behalf, confirmed_at)
			SELECT ticket_id, id, ?, false, sent_at FROM summaries`, h.Okafor.ID).Error
	})
	if err == nil {
		t.Error("a confirmation was kept that nobody recorded")
	}
	// Who can do anything to the database is found out.
	for _, sql := range []string{"ALTER TABLE summaries DISABLE TRIGGER ALL", "UPDATE summaries SET suggested = 'Write at once.'", "ALTER TABLE summary_corrections DISABLE TRIGGER ALL", "UPDATE summary_corrections SET body = 'All is well.'"} {
		if _, err := owner.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	if e := h.of(h.Imani, n).Latest(); e.Whole || e.Corrections[0].Whole {
		t.Error("another text passes for the one that was sent")
	}
}
