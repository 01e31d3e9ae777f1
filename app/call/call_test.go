package call_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func TestACallOpensATicketThatWhoeverTookItKeeps(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	in.Phone, in.CallerName, in.CallerRole = "(614) 555-0134", "Marcus Cole", "office manager"
	number := l.log(l.rosa, in)
	s := l.show(number)
	if s.Status != ticket.Assigned || !s.HeldBy(l.rosa.ID) || s.State != "OH" || s.Channel != "phone" || s.CallerPhoneE164 != "+16145550134" || s.CallbackPhone != in.Phone {
		t.Fatalf("%+v", s)
	}
	legs := l.legs(number)
	if len(legs) != 1 || legs[0].Consultant != "Rosa" || legs[0].Phone != in.Phone || legs[0].EndedAt.Sub(legs[0].StartedAt) != 5*time.Minute {
		t.Fatalf("%+v", legs)
	}
}

func TestNobodyIsPutAboveTheirCapByKeepingACall(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	for range 2 {
		l.log(l.rosa, l.note())
	}
	s := l.show(l.log(l.rosa, l.note()))
	if s.Status != ticket.Unassigned || s.AssigneeID != nil {
		t.Fatalf("kept at the cap: %s", s.Status)
	}
	if l.count(`outbox WHERE kind = 'ticket:assign' AND done_at IS NULL`) != 1 {
		t.Fatal("the router was not told")
	}
	// An answered call is nobody's work, so that a full consultant logs it all the same.
	in := l.note()
	in.Answered, in.Advice = true, "Thirty days, in writing."
	if s := l.show(l.log(l.rosa, in)); s.Status != ticket.Resolved {
		t.Fatal(s.Status)
	}
}

func TestACallThatIsAnsweredOpensResolvedWithThePromiseKept(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	in.Answered = true
	_, err := l.Log(l.ctx, l.rosa, in)
	l.blames(err, "advice")
	in.Advice = "Thirty days, in writing."
	s := l.show(l.log(l.rosa, in))
	if s.Status != ticket.Resolved || s.Outcome != "answered_on_call" || s.ResolverName != "Rosa" || s.FirstAnsweredAt == nil || s.Target == nil || s.Target.MetAt == nil {
		t.Fatalf("%+v", s)
	}
}

func TestAnUnknownCallerIsKeptAsUnknownAndTheirNumberAsTyped(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	in.PhysicianID = 0
	_, err := l.Log(l.ctx, l.rosa, in)
	l.blames(err, "who")
	in.Phone = "ext. 12, ask for Jo"
	s := l.show(l.log(l.rosa, in))
	if s.PhysicianID != nil || s.CallerPhone != in.Phone || s.CallerPhoneE164 != "" {
		t.Fatalf("%+v", s)
	}
	in = l.note()
	in.PhysicianID = 424242
	_, err = l.Log(l.ctx, l.rosa, in)
	l.blames(err, "who")
}

func TestNoTicketWithoutItsLegAndNoLegWithoutItsTicket(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	number := l.log(l.rosa, l.note())
	tickets, legs, entries := l.count("tickets"), l.count("calls"), l.count("record")
	// The leg's key is taken, by another leg, so that the leg fails after its ticket was opened.
	leg := l.note()
	leg.Number = number
	l.log(l.rosa, leg)
	in := l.note()
	in.Key, in.Narrative = leg.Key, "Something else entirely."
	_, err := l.Log(l.ctx, l.rosa, in)
	l.says(err, fault.Conflict)
	// And at the database's own door.
	in = l.note()
	in.CallerName = "a name with \x00 in it"
	if _, err = l.Log(l.ctx, l.rosa, in); err == nil {
		t.Fatal("took what the database does not take")
	}
	if l.count("tickets") != tickets || l.count("calls") != legs+1 || l.count("record") != entries+1 {
		t.Fatal("half a call was kept")
	}
}

func TestTheSameKeyIsTheSameCallHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	first := l.log(l.rosa, in)
	in.EndedAt, in.Topic = l.db.Now(), "online_reviews"
	if again := l.log(l.rosa, in); again != first {
		t.Fatal(again, first)
	}
	for _, other := range []func(*call.Note){
		func(in *call.Note) { in.Narrative += " And another thing." },
		func(in *call.Note) { in.Advice = "Wait." },
		func(in *call.Note) { in.Number = first },
	} {
		changed := in
		other(&changed)
		_, err := l.Log(l.ctx, l.rosa, changed)
		already, ok := errors.AsType[*ticket.AlreadySent](err)
		if !ok || already.Number != first || !already.At.Equal(l.db.Now()) {
			t.Fatal(err)
		}
	}
	if l.count("tickets") != 1 || l.count("calls") != 1 {
		t.Fatal("logged twice")
	}
	// Another person's key is not there.
	_, err := l.Log(l.ctx, l.grace, in)
	l.says(err, fault.NotFound)
}

func TestSendingsAtOnceAreOneCall(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	number := l.log(l.grace, l.note())
	leg := l.note()
	leg.Number = number
	for name, in := range map[string]call.Note{"a new call": l.note(), "another leg": leg} {
		var all sync.WaitGroup
		got := make([]string, 6)
		errs := make([]error, len(got))
		for i := range got {
			all.Go(func() { got[i], errs[i] = l.Log(l.ctx, l.rosa, in) })
		}
		all.Wait()
		for i := range got {
			l.must(errs[i])
			if got[i] != got[0] {
				t.Fatal(name, got)
			}
		}
	}
	if l.count("tickets") != 2 || l.count("calls") != 3 {
		t.Fatalf("%d tickets, %d calls", l.count("tickets"), l.count("calls"))
	}
}

func TestAdviceOnAnotherLegMeetsThePromiseAndOnlyItsHolderEndsIt(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	number := l.log(l.rosa, l.note())
	try := func(by actor.Actor, change func(*call.Note)) *ticket.Sheet {
		t.Helper()
		in := call.Note{Key: uuid.NewString(), Number: number, Direction: "out", Outcome: "no_answer", StartedAt: l.db.Now()}
		change(&in)
		if got := l.log(by, in); got != number {
			t.Fatal(got)
		}
		return l.show(number)
	}
	if s := try(l.rosa, func(*call.Note) {}); s.FirstAnsweredAt != nil || s.Target.MetAt != nil {
		t.Fatal("nobody picked up, and that counts as an answer")
	}
	s := try(l.grace, func(in *call.Note) { in.Outcome, in.Advice, in.Answered = "answered", "Thirty days.", true })
	if s.FirstAnsweredAt == nil || s.Target.MetAt == nil {
		t.Fatal("advice given in person is not an answer")
	}
	if s.Status != ticket.Assigned || !s.HeldBy(l.rosa.ID) {
		t.Fatal("ended by somebody who does not have it")
	}
	if s := try(l.rosa, func(in *call.Note) { in.Outcome, in.Advice, in.Answered = "answered", "As I said.", true }); s.Status != ticket.Resolved || s.Outcome != "answered_on_call" {
		t.Fatal(s.Status)
	}
	if s := try(l.rosa, func(in *call.Note) { in.Narrative, in.Outcome = "They called to thank us.", "answered" }); s.Status != ticket.Resolved {
		t.Fatal(s.Status)
	}
	if legs := l.legs(number); len(legs) != 5 || legs[4].Note == "" && legs[0].Note == "" {
		t.Fatalf("%+v", legs)
	}
}

func TestARestrictedTicketIsNotThereForOthers(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	number := l.log(l.rosa, l.note())
	l.restrict(number, l.rosa)
	in := l.note()
	in.Number = number
	_, err := l.Log(l.ctx, l.grace, in)
	l.says(err, fault.NotFound)
	in = l.note()
	in.Matter = number
	_, err = l.Log(l.ctx, l.grace, in)
	l.blames(err, "who")
	_, err = l.Standing(l.ctx, l.grace, number)
	l.says(err, fault.NotFound)
	if legs, err := l.Of(l.ctx, l.grace, 1); err != nil || len(legs) != 0 || l.count("calls") != 1 {
		t.Fatal(legs, err)
	}
	in.Key = uuid.NewString()
	in.Matter = l.log(l.rosa, in)
	if a, b := l.show(in.Matter), l.show(number); a.MatterID == nil || b.MatterID == nil || *a.MatterID != *b.MatterID {
		t.Fatal("not the same matter")
	}
}

func TestACallIsNotLoggedForATimeThatCannotBe(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	now := l.db.Now()
	for _, at := range []time.Time{{}, now.Add(10 * time.Minute), now.Add(-25 * time.Hour)} {
		in := l.note()
		in.StartedAt = at
		_, err := l.Log(l.ctx, l.rosa, in)
		l.blames(err, "started")
	}
	in := l.note()
	in.EndedAt = in.StartedAt.Add(-time.Second)
	_, err := l.Log(l.ctx, l.rosa, in)
	l.blames(err, "started")
	in = l.note()
	in.StartedAt = now.Add(2 * time.Minute) // a browser whose clock runs ahead
	if legs := l.legs(l.log(l.rosa, in)); legs[0].EndedAt.Before(legs[0].StartedAt) || legs[0].EndedAt.After(now) {
		t.Fatalf("%+v", legs[0])
	}
}

func TestWhatIsMissingIsSaidInTheOrderOfTheForm(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	_, err := l.Log(l.ctx, l.rosa, call.Note{Key: uuid.NewString()})
	l.blames(err, "narrative", "who", "topic", "urgency", "direction", "outcome", "started")
	in := l.note()
	in.Narrative, in.NextStep, in.State, in.Deadline = strings.Repeat("é", 20_001), strings.Repeat("x", 20_001), "ZZ", ticket.Moment{Day: "yesterday"}
	_, err = l.Log(l.ctx, l.rosa, in)
	l.blames(err, "narrative", "state", "deadline_day", "next_step")
	_, err = l.Log(l.ctx, l.rosa, call.Note{Key: uuid.NewString(), Number: "RM-2026-000001", Outcome: "answered", Direction: "out", StartedAt: l.db.Now()})
	l.blames(err, "narrative")
	_, err = l.Log(l.ctx, actor.Actor{ID: l.rosa.ID, Role: actor.Physician}, l.note())
	l.says(err, fault.NotFound)
}

func TestWordsAreKeptExactlyAsTheyAre(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	in.Narrative, in.Advice, in.Answered = "\n  المريض 👩🏽‍⚕️ said \"no\"\t<b>\r\n", "שלום — 🙏 \\u0041 %s", true
	number := l.log(l.rosa, in)
	if s, legs := l.show(number), l.legs(number); s.Question != in.Narrative || legs[0].Advice != in.Advice {
		t.Fatalf("%q %q", s.Question, legs[0].Advice)
	}
}

func TestALoggedCallLeavesNoDraftBehind(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	in := l.note()
	keep := func() {
		l.must(l.tickets.KeepDraft(l.ctx, l.rosa, ticket.Draft{ID: in.Key, Kind: "call", Fields: map[string]string{"narrative": in.Narrative}}))
	}
	keep()
	number := l.log(l.rosa, in)
	keep() // one that was under way
	found, err := l.Keys(l.ctx, l.rosa, []string{in.Key, uuid.NewString()})
	if err != nil || len(found) != 1 || found[in.Key] != number {
		t.Fatal(found, err)
	}
	l.log(l.rosa, in)
	if l.count("drafts") != 0 {
		t.Fatal("a draft is left")
	}
	if found, err := l.Keys(l.ctx, l.grace, []string{in.Key}); err != nil || len(found) != 0 {
		t.Fatal("somebody else's", found, err)
	}
}
