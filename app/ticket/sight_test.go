package ticket_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// world is one ticket of each kind, each with a call, a message and a note on it.
type world struct {
	*house
	tickets map[string]string // number by kind
	people  map[string]actor.Actor
}

// kinds are the tickets of the world: Dr Imani's own; shared with her office; asked by
// each of her delegates; kept to Grace though shared; Dr Okafor's; and the other desk's.
var kinds = []string{"own", "office", "nora's", "theo's", "kept", "okafor's", "west"}

// sees is who sees which of them.
var sees = map[string][]string{
	"Imani":  {"own", "office", "nora's", "theo's", "kept"},
	"Okafor": {"okafor's", "west"},
	"Nora":   {"office", "nora's"},
	"Theo":   {"theo's"},
	"Rosa":   {"own", "office", "nora's", "theo's", "okafor's"},
	"Grace":  {"own", "office", "nora's", "theo's", "okafor's", "kept"},
	"Otto":   {"west"},
	"Elena":  {"own", "office", "nora's", "theo's", "okafor's", "west"},
	"Joan":   nil, "Tomas": nil, "Wendell": nil,
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{house: newHouse(t), tickets: map[string]string{}}
	w.people = map[string]actor.Actor{"Imani": w.Imani, "Okafor": w.Okafor, "Nora": w.Nora, "Theo": w.Theo, "Rosa": w.Rosa, "Grace": w.Grace,
		"Otto": w.Otto, "Elena": w.Elena, "Joan": w.Joan, "Tomas": w.Tomas, "Wendell": w.Wendell}
	w.must(w.Desks.Engage(w.ctx, cast.Operator, engagement(w.Rosa, 50)))
	ask := func(kind string, by actor.Actor, office bool) {
		in := cast.Question()
		in.OfficeMaySee = office
		w.tickets[kind] = w.Send(t, by, in)
		w.must(w.Tickets.Claim(w.ctx, w.Rosa, w.tickets[kind], 0))
	}
	ask("own", w.Imani, false)
	ask("office", w.Imani, true)
	ask("nora's", w.Nora, false)
	ask("theo's", w.Theo, false)
	ask("kept", w.Imani, true)
	ask("okafor's", w.Okafor, false)
	number, err := w.calls.Log(w.ctx, w.Otto, call.Note{Key: uuid.NewString(), PhysicianID: w.OkaforID, Direction: "in", Outcome: "answered",
		Narrative: "Stop seeing a patient?", Topic: "discharge", Urgency: ticket.Routine, Keep: true, StartedAt: w.DB.Now(), EndedAt: w.DB.Now()})
	w.must(err)
	w.tickets["west"] = number
	for kind, number := range w.tickets {
		by := w.Rosa
		if kind == "west" {
			by = w.Otto
		}
		w.must(w.Tickets.Reply(w.ctx, by, number, words("Yes, in writing.")))
		w.must(w.Tickets.Note(w.ctx, by, number, words("A note of the desk.")))
		_, err := w.calls.Log(w.ctx, by, call.Note{Key: uuid.NewString(), Number: number, Direction: "out", Outcome: "voicemail", Narrative: "Left word.",
			StartedAt: w.DB.Now(), EndedAt: w.DB.Now()})
		w.must(err)
	}
	w.restrict(w.tickets["kept"], w.Grace)
	return w
}

func (w *world) visible(who, kind string) bool { return slices.Contains(sees[who], kind) }

func TestEveryReadShowsToEachPersonWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := map[string]int64{}
	for kind, number := range w.tickets {
		ids[kind] = w.id(number)
	}
	for who, by := range w.people {
		// One at a time: found, or not found as if it were not there.
		for _, kind := range kinds {
			number, sees := w.tickets[kind], w.visible(who, kind)
			_, shown := w.Tickets.Show(w.ctx, by, number)
			_, read := w.Tickets.Consultation(w.ctx, by, number)
			_, id := w.Tickets.ID(w.ctx, by, number)
			for _, look := range []struct {
				name string
				err  error
				may  bool
			}{{"Show", shown, sees && by.Desk()}, {"Consultation", read, sees && by.Insured()}, {"ID", id, sees}} {
				if look.may != (look.err == nil) || look.err != nil && !errors.Is(look.err, fault.NotFound) {
					t.Errorf("%s of %s by %s: %v", look.name, kind, who, look.err)
				}
			}
			legs, err := w.calls.Of(w.ctx, by, ids[kind])
			w.must(err)
			// Theo may ask and not hear, so calls are not for him; and what a leg leaves on the
			// desk is for nobody insured.
			if (len(legs) > 0) != (sees && who != "Theo") {
				t.Errorf("%s hears of %d calls on %s", who, len(legs), kind)
			}
			for _, leg := range legs {
				if (leg.Note == "Left word.") == by.Insured() && leg.Outcome == "voicemail" {
					t.Errorf("%s reads %q of a call on %s", who, leg.Note, kind)
				}
			}
			typed := strconv.FormatInt(ids[kind], 10) // the sequence and the ids went side by side
			for _, typed := range []string{number, typed} {
				found, err := w.Tickets.Jump(w.ctx, by, typed)
				if err != nil || (found != "") != (sees && by.Desk()) || found != "" && found != number {
					t.Errorf("%s jumps to %q by %q: %v", who, found, typed, err)
				}
			}
		}
		// All at once.
		w.lists(who, by)
	}
}

// lists checks everything that gives several tickets at once against sees.
func (w *world) lists(who string, by actor.Actor) {
	w.t.Helper()
	var desks []int64
	if by.Desk() {
		desks = []int64{w.Desk, w.OtherDesk}
	}
	var listed []string
	total := 0
	for _, d := range desks {
		for _, view := range ticket.Views {
			page, err := w.Tickets.List(w.ctx, by, ticket.Query{View: view, Desk: d})
			w.must(err)
			if view == ticket.Team {
				listed = append(listed, numbersOf(page.Lines)...)
			}
			standing, err := w.Tickets.Counts(w.ctx, by, d)
			w.must(err)
			if view != ticket.Lately && standing.Counts[view] != len(page.Lines) {
				w.t.Errorf("%s: %s counts %d and lists %d", who, view, standing.Counts[view], len(page.Lines))
			}
			if view == ticket.Team {
				total += standing.Restricted
			}
		}
	}
	switch {
	case by.Desk():
		w.same(who+"'s lists", listed, who)
		if by.Is(actor.Manager) != (total == 1) {
			w.t.Errorf("%s is told of %d restricted tickets", who, total)
		}
		found, err := w.Tickets.Search(w.ctx, by, "stop seeing", 50)
		w.must(err)
		w.same(who+"'s search", numbersOf(found), who)
		var earlier []string
		for _, physician := range []int64{w.ImaniID, w.OkaforID} {
			lines, err := w.Tickets.Earlier(w.ctx, by, physician, 50)
			w.must(err)
			earlier = append(earlier, numbersOf(lines)...)
		}
		w.same(who+"'s earlier ones", earlier, who)
		_, _, err = w.Tickets.Consultations(w.ctx, by, nil, 0)
		w.is(err, fault.NotFound)
	case by.Insured():
		asked, more, err := w.Tickets.Consultations(w.ctx, by, nil, 0)
		w.must(err)
		var got []string
		for _, a := range asked {
			got = append(got, a.Number)
		}
		w.same(who+"'s consultations", got, who)
		if more {
			w.t.Errorf("%s: more than all", who)
		}
		fallthrough
	default:
		for _, view := range ticket.Views {
			_, err := w.Tickets.List(w.ctx, by, ticket.Query{View: view, Desk: w.Desk})
			w.is(err, fault.NotFound)
		}
		_, err := w.Tickets.Counts(w.ctx, by, w.Desk)
		w.is(err, fault.NotFound)
		_, err = w.Tickets.Search(w.ctx, by, "stop", 50)
		w.is(err, fault.NotFound)
		_, err = w.Tickets.Earlier(w.ctx, by, w.ImaniID, 50)
		w.is(err, fault.NotFound)
		_, err = w.Tickets.Colleagues(w.ctx, by, w.Desk)
		w.is(err, fault.NotFound)
	}
	if !by.Insured() {
		_, err := w.Tickets.Asking(w.ctx, by)
		w.is(err, fault.NotFound)
	}
}

func (w *world) same(what string, got []string, who string) {
	w.t.Helper()
	var want []string
	for _, kind := range sees[who] {
		want = append(want, w.tickets[kind])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func numbersOf(lines []ticket.Line) []string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Number)
	}
	return all
}

func TestEveryChangeIsTheirsWhoMayMakeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// Seen from the first entry only: whoever may is told what came since, so nothing moves.
	const stale = 1
	seen := func(body string) ticket.Words { return ticket.Words{Key: uuid.NewString(), Body: body, Seen: stale} }
	changes := []struct {
		name string
		who  string // desk: any consultant who sees it; holder; consultant: not managers; insured
		do   func(by actor.Actor, n string) error
	}{
		{"Claim", "consultant", func(by actor.Actor, n string) error { return w.Tickets.Claim(w.ctx, by, n, stale) }},
		{"Transfer", "holder", func(by actor.Actor, n string) error {
			return w.Tickets.Transfer(w.ctx, by, n, w.Priya.ID, "leave", stale)
		}},
		{"Release", "holder", func(by actor.Actor, n string) error { return w.Tickets.Release(w.ctx, by, n, "leave", stale) }},
		{"Wait", "holder", func(by actor.Actor, n string) error { return w.Tickets.Wait(w.ctx, by, n, seen("Which state?")) }},
		{"Resolve", "holder", func(by actor.Actor, n string) error {
			return w.Tickets.Resolve(w.ctx, by, n, ticket.Resolution{Outcome: "advice_given", Answer: seen("Yes.")})
		}},
		{"Resume", "holder", func(by actor.Actor, n string) error { return w.Tickets.Resume(w.ctx, by, n, stale) }},
		{"Reopen", "desk", func(by actor.Actor, n string) error { return w.Tickets.Reopen(w.ctx, by, n, "a letter", stale) }},
		{"Reply", "desk", func(by actor.Actor, n string) error { return w.Tickets.Reply(w.ctx, by, n, seen("Yes.")) }},
		{"Note", "desk", func(by actor.Actor, n string) error { return w.Tickets.Note(w.ctx, by, n, seen("A note.")) }},
		{"SetTopic", "desk", func(by actor.Actor, n string) error {
			return w.Tickets.SetTopic(w.ctx, by, n, "other_liability", stale)
		}},
		{"SetUrgency", "desk", func(by actor.Actor, n string) error {
			return w.Tickets.SetUrgency(w.ctx, by, n, ticket.Critical, "a court date", stale)
		}},
		{"SetTitle", "desk", func(by actor.Actor, n string) error { return w.Tickets.SetTitle(w.ctx, by, n, "Discharge") }},
		{"Log", "desk", func(by actor.Actor, n string) error {
			_, err := w.calls.Log(w.ctx, by, call.Note{Key: uuid.NewString(), Number: n, Direction: "out", Outcome: "no_answer", Narrative: "Called.", StartedAt: w.DB.Now(), EndedAt: w.DB.Now()})
			return err
		}},
		{"Answer", "insured", func(by actor.Actor, n string) error { return w.Tickets.Answer(w.ctx, by, n, seen("It is Ohio.")) }},
	}
	for _, c := range changes {
		for who, by := range w.people {
			for _, kind := range kinds {
				var want error
				switch {
				case c.who == "insured" && !by.Insured():
					want = fault.Forbidden
				case !w.visible(who, kind), c.name == "Log" && !by.Desk():
					want = fault.NotFound
				case c.who == "insured":
				case !by.Desk(), c.who == "consultant" && !by.Is(actor.Consultant), c.who == "holder" && who == "Grace":
					want = fault.Forbidden
				}
				err := c.do(by, w.tickets[kind])
				if want != nil && !errors.Is(err, want) || want == nil && err != nil && !errors.Is(err, fault.Conflict) {
					t.Errorf("%s of %s by %s: %v, want %v", c.name, kind, who, err, want)
				}
			}
		}
	}
	// The refusals left nothing behind, and neither did what was out of date.
	for kind, number := range w.tickets {
		holder := w.Rosa
		if kind == "west" {
			holder = w.Otto
		}
		w.stands(number, ticket.Assigned, holder)
		for _, action := range w.actions(number) {
			if !slices.Contains([]string{"ticket.opened", "ticket.claimed", "ticket.message_sent", "ticket.note_kept", "ticket.call_logged", "ticket.restricted", "ticket.titled"}, action) {
				t.Errorf("%s has %s", kind, action)
			}
		}
	}
	for who, by := range w.people {
		_, err := w.Tickets.Submit(w.ctx, by, cast.Question())
		if by.Insured() != (err == nil) || err != nil && !errors.Is(err, fault.Forbidden) {
			t.Errorf("Submit by %s: %v", who, err)
		}
	}
}

func TestADelegationThatEndedShowsAndAllowsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.Insured.EndDelegation(w.ctx, w.Imani, w.NoraFor))
	for _, kind := range kinds {
		_, err := w.Tickets.Consultation(w.ctx, w.Nora, w.tickets[kind])
		w.is(err, fault.NotFound)
		w.is(w.Tickets.Answer(w.ctx, w.Nora, w.tickets[kind], words("Ohio.")), fault.NotFound)
	}
	asked, _, err := w.Tickets.Consultations(w.ctx, w.Nora, nil, 0)
	w.must(err)
	if len(asked) != 0 {
		t.Errorf("she still sees %v", asked)
	}
	_, err = w.Tickets.Submit(w.ctx, w.Nora, cast.Question())
	w.is(err, fault.Forbidden)
	_, err = w.Tickets.Check(w.ctx, w.Nora, cast.Question())
	w.is(err, fault.Forbidden)
}

func TestWhoMayOnlyAskReadsTheirOwnWordsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.tickets["theo's"]
	w.must(w.Tickets.Answer(w.ctx, w.Theo, number, words("It is Ohio.")))
	w.must(w.Tickets.Answer(w.ctx, w.Imani, number, words("And Kentucky.")))
	got, err := w.Tickets.Consultation(w.ctx, w.Theo, number)
	w.must(err)
	if got.Hears || !got.Writes || len(got.Sheet.Messages) != 1 || got.Sheet.Messages[0].Body != "It is Ohio." {
		t.Errorf("%+v", got)
	}
	asked, _, err := w.Tickets.Consultations(w.ctx, w.Theo, nil, 0)
	w.must(err)
	if len(asked) != 1 || asked[0].Unread {
		t.Errorf("%+v", asked)
	}
	got, err = w.Tickets.Consultation(w.ctx, w.Imani, number)
	w.must(err)
	if !got.Hears || !got.Writes || len(got.Sheet.Messages) != 3 || len(got.Sheet.Notes) != 0 || len(got.Sheet.Trail) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhoMayOnlyHearReadsAndDoesNotWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.Insured.EndDelegation(w.ctx, w.Imani, w.NoraFor))
	ears := w.Person(t, "Ida Voss", actor.Delegate)
	_, err := w.Insured.Delegate(w.ctx, w.Imani, insured.NewDelegation{PhysicianID: w.ImaniID, UserID: ears.ID, MayHear: true})
	w.must(err)
	got, err := w.Tickets.Consultation(w.ctx, ears, w.tickets["office"])
	w.must(err)
	if !got.Hears || got.Writes || len(got.Sheet.Messages) != 1 {
		t.Errorf("%+v", got)
	}
	w.is(w.Tickets.Answer(w.ctx, ears, w.tickets["office"], words("Ohio.")), fault.Forbidden)
	_, err = w.Tickets.Submit(w.ctx, ears, cast.Question())
	w.is(err, fault.Forbidden)
}

func TestARestrictedTicketIsThereForThoseItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.Ask(t, w.Nora)
	w.restrict(number)
	_, err := w.Tickets.Consultation(w.ctx, w.Nora, number)
	w.is(err, fault.NotFound)
	named := w.Ask(t, w.Nora)
	w.restrict(named, w.Nora, w.Elena)
	_, err = w.Tickets.Consultation(w.ctx, w.Nora, named)
	w.must(err)
	_, err = w.Tickets.Show(w.ctx, w.Elena, named)
	w.must(err)
	_, err = w.Tickets.Show(w.ctx, w.Rosa, named)
	w.is(err, fault.NotFound)
}

func TestALookIsKeptOnceAHalfHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		_, err := w.Tickets.Show(w.ctx, w.Rosa, w.tickets["own"])
		w.must(err)
	}
	_, err := w.Tickets.Show(w.ctx, w.Otto, w.tickets["own"])
	w.is(err, fault.NotFound)
	if n := read[int](w.house, `SELECT count(*) FROM ticket_views WHERE ticket_id = ?`, w.id(w.tickets["own"])); n != 1 {
		t.Errorf("%d looks are kept", n)
	}
}
