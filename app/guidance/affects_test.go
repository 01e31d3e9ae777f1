package guidance_test

import (
	"errors"
	"testing"

	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestWhetherAdviceIsAffectedHasToBeAnsweredWhereItWasEverGiven(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	unanswered := func(err error) {
		t.Helper()
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("affects") == "" {
			t.Errorf("%v", err)
		}
	}
	number, _ := h.ask(h.physician, "May I stop?")
	_, err := h.Cite(h.ctx, h.consultant, number, cited)
	h.must(err)
	h.offered()
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	unanswered(err)
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{Answered: true})
	h.must(err)
	unanswered(h.Withdraw(h.ctx, h.manager, cited, "Wrong.", guidance.Affects{}))
	a, err := h.Show(h.ctx, h.manager, cited, 0)
	h.must(err)
	a.Title += ", rewritten"
	in := guidance.Shipment{Leaves: []guidance.Leaf{{Name: cited + ".md", Content: a.Markdown()}}}
	_, err = h.Import(h.ctx, h.manager, in)
	unanswered(err)
	in.Affects.Answered = true
	_, err = h.Import(h.ctx, h.manager, in)
	h.must(err)
	if all, err := h.Recalls(h.ctx, h.manager); err != nil || len(all) != 0 {
		t.Errorf("no is not yes: %+v, %v", all, err)
	}
}
