package guidance_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func TestAGapIsWhatWasAnsweredWithNothingCited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	var numbers []string
	for range 3 {
		number, _ := h.ask(h.physician, "May I sign this certificate?")
		numbers = append(numbers, number)
	}
	for i, number := range numbers[:2] {
		h.must(h.tickets.Reply(h.ctx, h.consultant, number, ticket.Words{Key: uuid.NewString(), Body: "Yes."}))
		if i == 0 {
			_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
			h.must(err)
		}
	}
	from, to := h.db.Now().Add(-time.Hour), h.db.Now().Add(time.Hour)
	for _, by := range []actor.Actor{h.consultant, h.manager} {
		g, err := h.Gaps(h.ctx, by, from, to)
		h.must(err)
		if len(g.Topics) != 1 || g.Topics[0].Topic != "discharge" || g.Topics[0].Bare != 1 || g.Topics[0].Settled != 2 || g.Topics[0].Articles != 0 {
			t.Fatalf("%s reads %+v", by.Role, g)
		}
		list, err := h.Uncited(h.ctx, by, "discharge", from, to)
		h.must(err)
		if len(list) != g.Topics[0].Bare || list[0].Number != numbers[1] {
			t.Errorf("behind it is %+v", list)
		}
	}
	if g, err := h.Gaps(h.ctx, h.elsewhere, from, to); err != nil || len(g.Topics) != 0 {
		t.Errorf("another desk reads %+v, %v", g, err)
	}
	if g, err := h.Gaps(h.ctx, h.manager, to, to.Add(time.Hour)); err != nil || len(g.Topics) != 0 {
		t.Errorf("later there is %+v, %v", g, err)
	}
	for _, by := range []actor.Actor{h.physician, h.auditor, {}} {
		_, err := h.Gaps(h.ctx, by, from, to)
		h.says(err, fault.NotFound)
		_, err = h.Uncited(h.ctx, by, "discharge", from, to)
		h.says(err, fault.NotFound)
	}
}
