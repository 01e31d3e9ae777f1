package report

import (
	"testing"

	"hotline/app/desk"
	"hotline/app/ticket"
)

// promises lets the desk promise to resolve too, routine ones in three days of ten hours.
func (h *house) promises() {
	h.Helper()
	h.must(h.desks.SetPromises(h.ctx, operator, h.desk, []desk.Promise{{Kind: "first_answer", Urgency: "routine", Minutes: 600},
		{Kind: "resolution", Urgency: "routine", Minutes: 1800}}))
}

func TestAPromiseToResolveThatIsMissedMakesATicketOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.promises()
	h.at("2026-11-02 09:00") // a Monday: to be resolved by Thursday at nine
	number := h.claimed(h.rosa, "discharge")
	h.reply(h.rosa, number)
	h.at("2026-11-10 09:00")
	counts(t, "before it", h.report("2026-11-02", "2026-11-05").Total, map[Measure]int{Open: 1, Overdue: 0})
	counts(t, "after it", h.report("2026-11-02", "2026-11-06").Total, map[Measure]int{Open: 1, Overdue: 1})
}

func TestTheDesksListAndTheReportCallTheSameOnesOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.promises()
	autumn(h)
	h.at("2026-11-30 09:00")
	late := h.claimed(h.rosa, "discharge")
	h.reply(h.rosa, late)
	paused := h.claimed(h.daniel, "discharge")
	h.wait(h.daniel, paused)
	h.claimed(h.daniel, "online_reviews") // late twice, and one ticket
	h.at("2026-12-02 09:00")
	h.claimed(h.rosa, "discharge") // late with its answer, not with its end
	h.at("2026-12-04 15:00")
	page, err := h.tickets.List(h.ctx, h.manager, ticket.Query{View: ticket.Overdue})
	h.must(err)
	var listed []string
	for _, l := range page.Lines {
		listed = append(listed, l.Number)
	}
	behind := h.behind(Selection{Query: Query{From: "2026-11-01", To: "2026-12-05"}, Measure: Overdue})
	total := h.report("2026-11-01", "2026-12-05").Total.Counts[Overdue]
	if len(listed) < 5 || len(listed) != len(behind) || total != len(listed) {
		t.Errorf("the desk lists %v, the report %v and counts %d", listed, behind, total)
	}
	for _, n := range listed {
		found := false
		for _, b := range behind {
			found = found || b == n
		}
		if !found {
			t.Errorf("the report leaves %s out", n)
		}
	}
}
