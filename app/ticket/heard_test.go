package ticket_test

import (
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// on does something to a locked ticket, as a room above would, and records it.
func (h *house) on(by actor.Actor, number string, do func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error) error {
	h.t.Helper()
	return h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		now := h.DB.Now()
		t, err := ticket.Locked(tx, by, number, now)
		if err != nil {
			return err
		}
		if err := do(tx, t, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "ticket.summary_corrected", audit.Ticket(t.ID), nil)
	})
}

func TestWhatThePhysicianWritesElsewhereIsHeard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	heard := func(number string) error {
		return h.on(h.Imani, number, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error { return ticket.Heard(tx, t, now) })
	}
	n := h.held()
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, words("Which state?")))
	h.must(heard(n))
	h.stands(n, ticket.Assigned, h.Rosa)
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}))
	h.must(heard(n))
	h.stands(n, ticket.Unassigned, actor.Actor{})
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}))
	h.Later(100 * 24 * time.Hour)
	h.is(heard(n), fault.Conflict)
	h.stands(n, ticket.Resolved, h.Rosa)
}

func TestWhatIsWrittenElsewhereCrossesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	seen := h.seen(n)
	crosses := func(seen int64) error {
		return h.on(h.Rosa, n, func(tx *gorm.DB, t *ticket.Ticket, _ time.Time) error { return ticket.Uncrossed(tx, t, seen) })
	}
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, words("A note.")))
	h.must(crosses(seen)) // and leaves an entry that does cross what comes after it
	h.is(crosses(seen), fault.Conflict)
	h.is(h.Tickets.Reply(h.ctx, h.Rosa, n, ticket.Words{Body: "Yes.", Seen: seen}), fault.Conflict)
}

func TestWhoMindsATicketIsItsHolderTheirDeputyOrTheManagers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	minds := func(want ...actor.Actor) {
		t.Helper()
		var got, ids []int64
		h.must(h.on(h.Rosa, n, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) (err error) {
			got, err = ticket.Minders(tx, t, now)
			return err
		}))
		for _, who := range want {
			ids = append(ids, who.ID)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("told: %v, want %v", got, ids)
		}
	}
	minds(h.Rosa)
	_, err := h.Tickets.PlanAbsence(h.ctx, h.Elena, desk.NewAbsence{UserID: h.Rosa.ID, From: h.DB.Now(), Until: h.DB.Now().Add(48 * time.Hour), DeputyID: h.Grace.ID})
	h.must(err)
	minds(h.Grace)
	h.must(h.Tickets.Release(h.ctx, h.Elena, n, "leave", 0))
	minds(h.Elena)
}
