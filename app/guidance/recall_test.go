package guidance_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

// recalled is a house where three tickets cited an article that was then withdrawn, for
// the advice was wrong. The third is another desk's.
func recalled(t *testing.T) (h *house, numbers []string, id int64) {
	t.Helper()
	h = newHouse(t)
	h.publish(article("certificates"))
	h.publish(article("forms"))
	for _, slug := range []string{"certificates", "certificates", "forms"} {
		number, _ := h.ask(h.physician, "May I sign this certificate?")
		_, err := h.Cite(h.ctx, h.consultant, number, slug)
		h.must(err)
		numbers = append(numbers, number)
	}
	h.db.Freeze(h.db.Now().Add(26 * time.Hour))
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{Affected: true, Why: "They may have signed"}))
	all, err := h.Recalls(h.ctx, h.consultant)
	h.must(err)
	if len(all) != 1 {
		t.Fatalf("%d recalls", len(all))
	}
	return h, numbers, all[0].ID
}

func TestEveryTicketThatReliedOnItIsListed(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	r, err := h.Recall(h.ctx, h.consultant, id)
	h.must(err)
	if r.Total != 2 || r.Settled() != 0 || r.Hidden != 0 || len(r.Items) != 2 || r.Why != "They may have signed" || r.OpenedBy != "Grace Oduya" || !r.Withdrawn {
		t.Fatalf("reads %+v", r)
	}
	for _, item := range r.Items {
		if item.Number == numbers[2] || item.Physician != "Leila Imani" || item.CitedBy != "Rosa Delgado" || item.Version != 1 {
			t.Errorf("lists %+v", item)
		}
	}
	// Those who may not see the tickets know how many there are, and no more.
	r, err = h.Recall(h.ctx, h.elsewhere, id)
	h.must(err)
	if r.Total != 2 || r.Hidden != 2 || r.HiddenOpen != 2 || len(r.Items) != 0 {
		t.Errorf("another desk reads %+v", r)
	}
	for _, by := range []actor.Actor{h.physician, h.auditor, {}} {
		_, err := h.Recall(h.ctx, by, id)
		h.says(err, fault.NotFound)
		_, err = h.Recalls(h.ctx, by)
		h.says(err, fault.NotFound)
	}
	_, err = h.Recall(h.ctx, h.manager, id+1)
	h.says(err, fault.NotFound)
}

func TestWhereNobodyReliedOnItThereIsNothingToRecall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{Affected: true, Why: "They may have signed."}))
	if all, err := h.Recalls(h.ctx, h.manager); err != nil || len(all) != 0 {
		t.Errorf("%d recalls, %v", len(all), err)
	}
}

func TestARecallIsWorkedOffTicketByTicket(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	open := func(number string) int {
		var ticket int64
		h.must(h.db.Pool().QueryRow(h.ctx, "SELECT id FROM tickets WHERE number = $1", number).Scan(&ticket))
		list, err := h.UnderRecall(h.ctx, h.consultant, ticket)
		h.must(err)
		return len(list)
	}
	if open(numbers[0]) != 1 || open(numbers[2]) != 0 {
		t.Fatal("the tickets do not say so")
	}
	for name, in := range map[string]guidance.Settlement{
		"nothing":    {},
		"no reason":  {How: guidance.NotNeeded, Why: "  "},
		"not a way":  {How: "carried"},
		"tomorrow":   {How: guidance.Contacted, On: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)},
		"too early":  {How: guidance.Contacted, On: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
		"too long":   {How: guidance.NotNeeded, Why: strings.Repeat("x", 401)},
		"other role": {How: guidance.NotNeeded},
	} {
		if err := h.Settle(h.ctx, h.consultant, id, numbers[0], in); err == nil {
			t.Errorf("%s is taken", name)
		} else {
			h.says(err, fault.Unacceptable)
		}
	}
	for _, by := range []actor.Actor{h.elsewhere, h.physician, h.auditor} {
		h.says(h.Settle(h.ctx, by, id, numbers[0], guidance.Settlement{How: guidance.Contacted}), fault.NotFound)
	}
	h.says(h.Settle(h.ctx, h.consultant, id, numbers[2], guidance.Settlement{How: guidance.Contacted}), fault.NotFound)

	h.db.Freeze(h.db.Now().Add(2 * time.Hour))
	h.must(h.Settle(h.ctx, h.consultant, id, numbers[0], guidance.Settlement{How: guidance.Contacted}))
	err := h.Settle(h.ctx, h.manager, id, numbers[0], guidance.Settlement{How: guidance.NotNeeded, Why: "She had not."})
	h.says(err, fault.Conflict)
	if said := fault.Sentence(err); said != "Rosa Delgado settled this one already: they were told on November 20." {
		t.Errorf("says %q", said)
	}
	h.must(h.Settle(h.ctx, h.manager, id, numbers[1], guidance.Settlement{How: guidance.NotNeeded, Why: "She had not signed"}))
	r, err := h.Recall(h.ctx, h.manager, id)
	h.must(err)
	if r.Open() != 0 || r.Contacted != 1 || r.NotNeeded != 1 || r.Median != 2*time.Hour || len(r.People) != 2 || r.LastAt == nil || open(numbers[0]) != 0 {
		t.Errorf("reads %+v", r)
	}
	if n := h.count("SELECT count(*) FROM record WHERE action IN ('ticket.recalled', 'ticket.recall_settled', 'article.recalled') AND detail::text NOT LIKE '%signed%'"); n != 5 {
		t.Errorf("%d entries", n)
	}
}

func TestOnlyOneOfTwoSettlesATicket(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range []actor.Actor{h.consultant, h.manager} {
		wait.Go(func() { errs[i] = h.Settle(h.ctx, by, id, numbers[0], guidance.Settlement{How: guidance.Contacted}) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v and %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			h.says(err, fault.Conflict)
		}
	}
}

func TestALaterRecallTakesOverWhatIsLeft(t *testing.T) {
	t.Parallel()
	h, numbers, first := recalled(t)
	h.must(h.Settle(h.ctx, h.consultant, first, numbers[0], guidance.Settlement{How: guidance.Contacted}))
	a := article("certificates")
	a.Title = "On certificates, anew"
	h.publish(a) // back on the shelf
	_, err := h.Cite(h.ctx, h.consultant, numbers[2], "certificates")
	h.must(err)
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "Wrong again.", guidance.Affects{Affected: true, Why: "As before."}))
	all, err := h.Recalls(h.ctx, h.manager)
	h.must(err)
	if len(all) != 2 || all[0].Open() != 3 || all[1].Open() != 0 || all[1].Carried != 1 || all[1].Contacted != 1 {
		t.Errorf("reads %+v", all)
	}
	err = h.Settle(h.ctx, h.manager, first, numbers[1], guidance.Settlement{How: guidance.Contacted})
	h.says(err, fault.Conflict)
}

func TestACitationSaysThatItsArticleWasWithdrawn(t *testing.T) {
	t.Parallel()
	h, numbers, _ := recalled(t)
	for _, by := range []actor.Actor{h.physician, h.consultant} {
		list, err := h.CitedOn(h.ctx, by, numbers[0])
		h.must(err)
		if len(list) != 1 || list[0].Withdrawn == nil || list[0].Newer || list[0].Readable != by.Staff() {
			t.Errorf("%s reads %+v", by.Role, list)
		}
	}
}
