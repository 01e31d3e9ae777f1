package ticket_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// begin carries out the promise with which an absence begins.
func (h *house) begin(a *desk.Absence) {
	h.t.Helper()
	h.must(h.Tickets.BeginAbsence(h.ctx, actor.Job("desk:absence", 0), a.ID))
}

func (h *house) away(by actor.Actor, hours int, deputy int64) desk.NewAbsence {
	return desk.NewAbsence{UserID: by.ID, From: h.DB.Now(), Until: h.DB.Now().Add(time.Duration(hours) * time.Hour), DeputyID: deputy}
}

func TestWhatAnAbsenceMovesIsWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Rosa, 20)))
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Grace.ID, Cap: 3, Topics: cast.Graces}))
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Grace.ID, &h.OkaforID, nil))
	hold := func(by actor.Actor, topic string, danger bool) string {
		in := cast.Question()
		in.Topic, in.Danger = topic, danger
		n := h.Send(t, by, in)
		h.Later(time.Second)
		h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
		return n
	}
	waits := h.waiting()
	routine := hold(h.Imani, "discharge", false)
	second := hold(h.Imani, "discharge", false)
	critical := hold(h.Imani, "discharge", true)
	foreign := hold(h.Imani, "misinformation", false)
	excluded := hold(h.Okafor, "discharge", false)

	in := h.away(h.Rosa, 48, h.Grace.ID)
	p, err := h.Tickets.PreviewAbsence(h.ctx, h.Elena, in)
	h.must(err)
	to := map[string]string{}
	for _, m := range p.Moves {
		to[m.Number] = m.To
		if m.Words == "" || m.Why == "" || m.NextDueAt.IsZero() {
			t.Errorf("%+v", m)
		}
	}
	// The critical one counts two, so that one more fits.
	want := map[string]string{critical: "Grace Oduya", routine: "Grace Oduya", second: "", foreign: "", excluded: ""}
	for n, who := range want {
		if to[n] != who {
			t.Errorf("%s to %q, want %q", n, to[n], who)
		}
	}
	if len(p.Moves) != len(want) || p.Stays != 1 {
		t.Errorf("%d move, %d stay", len(p.Moves), p.Stays)
	}
	h.stands(critical, ticket.Assigned, h.Rosa) // nothing has moved

	h.OnDuty(t, h.Rosa)
	a, err := h.Tickets.PlanAbsence(h.ctx, h.Elena, in)
	h.must(err)
	h.begin(a)
	h.begin(a) // twice is once
	for n, who := range want {
		if who == "" {
			h.stands(n, ticket.Unassigned, nobody)
		} else {
			h.stands(n, ticket.Assigned, h.Grace)
		}
	}
	h.stands(waits, ticket.WithPhysician, h.Rosa)
	if told := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'assigned' AND recipient_id = ?`, h.Grace.ID); told != 2 {
		t.Errorf("the deputy was told %d times", told)
	}

	// Her duty ended with it; what the physician answers goes to who stands in.
	h.keepPromises()
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Grace.ID, Cap: 9, Topics: cast.Graces}))
	h.OnDuty(t, h.Grace, h.Priya)
	h.must(h.Tickets.Answer(h.ctx, h.Imani, waits, words("Ohio.")))
	h.keepPromises()
	h.stands(waits, ticket.Assigned, h.Grace)
	for _, n := range []string{routine, second} {
		h.stands(n, ticket.Assigned, h.Grace)
	}
	h.whole()
}

func TestAnAbsenceIsOnesOwnOrTheManagersToPlan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := h.away(h.Rosa, 8, h.Grace.ID)
	for _, by := range []actor.Actor{h.Grace, h.Imani, h.Joan, h.Tomas, h.Wendell} {
		if _, err := h.Tickets.PreviewAbsence(h.ctx, by, in); err == nil {
			t.Errorf("%s sees what would move", by.Name)
		}
		if _, err := h.Tickets.PlanAbsence(h.ctx, by, in); err == nil {
			t.Errorf("%s planned it", by.Name)
		}
	}
	_, err := h.Tickets.PreviewAbsence(h.ctx, h.Rosa, in)
	h.must(err)
	_, err = h.Tickets.PlanAbsence(h.ctx, h.Rosa, in)
	h.must(err)
	_, err = h.Tickets.PlanAbsence(h.ctx, h.Elena, in)
	h.is(err, fault.Unacceptable) // she is away then already
}

func TestARestrictedTicketMovesUnnamedInThePreview(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	h.restrict(n, h.Rosa)
	p, err := h.Tickets.PreviewAbsence(h.ctx, h.Elena, h.away(h.Rosa, 8, 0))
	h.must(err)
	if len(p.Moves) != 0 {
		t.Errorf("%+v", p.Moves)
	}
	p, err = h.Tickets.PreviewAbsence(h.ctx, h.Rosa, h.away(h.Rosa, 8, 0))
	h.must(err)
	if len(p.Moves) != 1 {
		t.Errorf("%+v", p.Moves)
	}
}

func TestWhoIsAwayIsGivenNothingWhateverTheirDutySays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	a, err := h.Tickets.PlanAbsence(h.ctx, h.Elena, h.away(h.Rosa, 4, 0))
	h.must(err)
	n := h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody) // before the absence's own promise is carried out
	h.begin(a)
	h.Later(4*time.Hour + time.Second)
	h.OnDuty(t, h.Rosa)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Rosa)
}

func TestACriticalTicketAfterHoursGoesToWhoIsOnCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.AddOnCall(h.ctx, h.Elena, desk.OnCallTurn{DeskID: h.Desk, UserID: h.Grace.ID, From: h.DB.Now(), Until: h.DB.Now().Add(72 * time.Hour)}))
	h.Later(10 * time.Hour) // nine in the evening, nobody at work
	in := cast.Question()
	in.Danger = true
	preview, err := h.Tickets.Check(h.ctx, h.Imani, in)
	h.must(err)
	if !preview.OnCall || preview.Open {
		t.Errorf("%+v", preview)
	}
	n := h.Send(t, h.Imani, in)
	routine := h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Assigned, h.Grace)
	h.stands(routine, ticket.Unassigned, nobody)
	acceptBy := all[time.Time](h, `SELECT accept_by FROM assignments`)
	if len(acceptBy) != 1 || !acceptBy[0].Equal(h.DB.Now().Add(10*time.Minute)) {
		t.Errorf("to be taken up by %v", acceptBy)
	}
	if there, err := h.Tickets.SomebodyOnCall(h.ctx, h.OtherDesk); err != nil || there {
		t.Errorf("%v %v", there, err)
	}
}

func TestADeputyOfTwoDesksIsNotGivenTooMuchByBoth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	leaves := h.Consultant(t, "Lea Two", h.Desk, h.OtherDesk)
	deputy := h.Consultant(t, "Dee Two", h.Desk, h.OtherDesk)
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(leaves, 10)))
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(deputy, 3)))
	for i := range 6 {
		h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
			_, _, err := ticket.Open(tx, leaves, h.DB.Now(), ticket.Opening{Key: keyFor(100 + i), Desk: []int64{h.Desk, h.OtherDesk}[i%2], Channel: "phone",
				Topic: "discharge", Urgency: ticket.Routine, Question: "Both.", Holder: &leaves.ID})
			return err
		}))
	}
	p, err := h.Tickets.PreviewAbsence(h.ctx, h.Elena, h.away(leaves, 8, deputy.ID))
	h.must(err)
	to := 0
	for _, m := range p.Moves {
		if m.To != "" {
			to++
		}
	}
	a, err := h.Tickets.PlanAbsence(h.ctx, h.Elena, h.away(leaves, 8, deputy.ID))
	h.must(err)
	h.begin(a)
	if n := read[int](h, `SELECT count(*) FROM tickets WHERE assignee_id = ?`, deputy.ID); n != 3 || to != 3 || len(p.Moves) != 6 {
		t.Errorf("the deputy has %d, the preview said %d of %d", n, to, len(p.Moves))
	}
	if n := read[int](h, `SELECT count(*) FROM tickets WHERE assignee_id = ?`, leaves.ID); n != 0 {
		t.Errorf("%d stayed behind", n)
	}
}

func TestNobodyIsSaidToBeOnCallWhoIsAwayOrFull(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.AddOnCall(h.ctx, h.Elena, desk.OnCallTurn{DeskID: h.Desk, UserID: h.Grace.ID, From: h.DB.Now(), Until: h.DB.Now().Add(72 * time.Hour)}))
	h.Later(10 * time.Hour)
	there := func(want bool) {
		t.Helper()
		got, err := h.Tickets.SomebodyOnCall(h.ctx, h.Desk)
		h.must(err)
		if got != want {
			t.Errorf("somebody on call: %v", got)
		}
	}
	there(true)
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Grace.ID, Cap: 1, Topics: cast.Graces}))
	there(false)
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Grace.ID, Cap: 5, Topics: cast.Graces}))
	_, err := h.Tickets.PlanAbsence(h.ctx, h.Elena, h.away(h.Grace, 8, 0))
	h.must(err)
	there(false)
}

func TestTheManagersLearnAtOnceOfSomethingCriticalThatFindsNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := cast.Question()
	in.Danger = true
	n := h.Send(t, h.Imani, in)
	h.Ask(t, h.Imani)
	h.keepPromises()
	h.stands(n, ticket.Unassigned, nobody)
	if told := h.toManagers("stranded"); told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestANewTicketDoesNotTakeTheRoomAnOlderOneWaitsFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, engagement(h.Rosa, 1)))
	older := h.Ask(t, h.Imani)
	h.Later(time.Minute)
	newer := h.Ask(t, h.Okafor)
	h.OnDuty(t, h.Rosa)
	for _, p := range h.promised("ticket:assign") {
		if p.Args == read[string](h, `SELECT args::text FROM outbox WHERE kind = 'ticket:assign' ORDER BY id DESC LIMIT 1`) {
			h.keep(p) // the newer one's turn comes first
		}
	}
	h.stands(older, ticket.Assigned, h.Rosa)
	h.stands(newer, ticket.Unassigned, nobody)
}
