package ticket_test

import (
	"testing"
	"time"

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
