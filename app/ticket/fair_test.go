package ticket_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/routing"
	"hotline/app/ticket"
)

// overfull are the people who hold more than their cap, weighed by the policy.
func (h *house) overfull() int {
	h.t.Helper()
	p := routing.Default()
	return read[int](h, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM tickets t JOIN consultants c ON c.user_id = t.assignee_id
		WHERE t.status IN ('assigned', 'with_physician') GROUP BY c.user_id, c.cap
		HAVING sum(CASE t.urgency WHEN 'critical' THEN %d WHEN 'urgent' THEN %d ELSE %d END) > c.cap) x`, p.Load("critical"), p.Load("urgent"), p.Load("routine")))
}

// Whatever people do, and however many workers decide at once: nobody is given more than
// they can hold, and in the end everybody who asked has somebody.
func TestNobodyIsOverfullAndNobodyStarvesWhateverDutyDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	who := []actor.Actor{h.Rosa, h.Grace, h.Priya, h.Consultant(t, "Bo Two", h.Desk, h.OtherDesk), h.Consultant(t, "Cy Three", h.Desk)}
	for i, by := range who {
		h.must(h.Desks.Engage(h.ctx, cast.Operator, engagement(by, 2+i%3)))
	}
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil))
	var numbers []string
	dice := rand.New(rand.NewPCG(3, 9))
	ask := func() {
		in := cast.Question()
		in.Topic, in.Danger = cast.Rosas[dice.IntN(len(cast.Rosas))], dice.IntN(4) == 0
		numbers = append(numbers, h.Send(t, []actor.Actor{h.Imani, h.Okafor}[dice.IntN(2)], in))
	}
	for range 24 {
		ask()
	}
	until := h.DB.Now().Add(12 * time.Hour)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(w), 21))
			for range 12 {
				by, number := who[dice.IntN(len(who))], numbers[dice.IntN(len(numbers))]
				var err error
				switch dice.IntN(9) {
				case 0, 1, 2:
					err = h.Tickets.Sweep(h.ctx, actor.Job("desk:sweep", 0), h.Desk)
				case 3:
					err = h.Desks.StartDuty(h.ctx, by, by.ID, &until)
				case 4:
					err = h.Desks.EndDuty(h.ctx, by, by.ID)
				case 5:
					err = h.Desks.WrapUp(h.ctx, by, by.ID, 5)
				case 6:
					err = h.Desks.EndWrapUp(h.ctx, by, by.ID)
				case 7:
					err = h.Tickets.Release(h.ctx, h.Elena, number, "for another", 0)
				case 8:
					err = h.Tickets.Transfer(h.ctx, h.Elena, number, by.ID, "for you", 0)
				}
				if err != nil && !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.Unacceptable) {
					t.Error(err)
				}
				if n := h.overfull(); n > 0 {
					t.Errorf("%d people hold more than their cap", n)
				}
			}
		})
	}
	wg.Wait()
	// From now on two are always there, resolve what they have and are given more: it ends.
	fresh := h.Consultant(t, "Di Four", h.Desk) // gave nothing back
	h.OnDuty(t, h.Rosa, fresh)
	for round := 0; ; round++ {
		open := all[string](h, `SELECT number FROM tickets WHERE status <> 'resolved' ORDER BY id`)
		if len(open) == 0 {
			break
		}
		if round > 40 {
			t.Fatalf("%d still wait: %v", len(open), open)
		}
		for _, n := range open {
			if h.holder(n) != 0 {
				h.must(h.Tickets.Resolve(h.ctx, h.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
			}
		}
		if n := h.overfull(); n > 0 {
			t.Errorf("%d people hold more than their cap", n)
		}
		h.keepPromises()
	}
	if wrong := read[int](h, `SELECT count(*) FROM assignments a JOIN tickets t ON t.id = a.ticket_id WHERE a.user_id = ? AND t.physician_id = ?`,
		h.Rosa.ID, h.ImaniID); wrong != 0 {
		t.Errorf("Rosa was given %d of the tickets she must never have", wrong)
	}
	h.whole()
}

func TestTheSweepsOrderIsRoutings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dice := rand.New(rand.NewPCG(5, 5))
	var numbers []string
	for range 40 {
		in := cast.Question()
		in.Danger = dice.IntN(3) == 0
		numbers = append(numbers, h.Send(t, h.Imani, in))
		if dice.IntN(3) > 0 {
			h.Later(time.Duration(dice.IntN(200)) * time.Minute)
		}
	}
	// Due dates of every kind, some of them to the very instant.
	now := h.DB.Now()
	for _, n := range numbers {
		due := now.Add(time.Duration(dice.IntN(9)-4) * 12 * time.Hour)
		if _, err := h.owner().ExecContext(h.ctx, `UPDATE tickets SET next_due_at = $1 WHERE number = $2`, due, n); err != nil {
			t.Fatal(err)
		}
	}
	type row struct {
		ID        int64
		Urgency   string
		OpenedAt  time.Time
		NextDueAt time.Time
	}
	var rows []row
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT t.id, t.urgency, t.opened_at, t.next_due_at FROM tickets t ORDER BY `+routing.OrderSQL, now).Scan(&rows).Error
	}))
	waiting := make([]routing.Waiting, len(rows))
	for i, r := range rows {
		waiting[i] = routing.Waiting{ID: r.ID, Urgency: r.Urgency, OpenedAt: r.OpenedAt, DueAt: r.NextDueAt}
	}
	slices.SortFunc(waiting, func(a, b routing.Waiting) int { return cmp.Compare(a.ID, b.ID) })
	routing.Order(waiting, now)
	for i, w := range waiting {
		if w.ID != rows[i].ID {
			t.Fatalf("in place %d the sweep takes %d, routing %d", i, rows[i].ID, w.ID)
		}
	}
}
