package guidance_test

import (
	"errors"
	"slices"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestAWithdrawnArticleIsGoneButForThoseItWasCitedTo(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	number, _ := h.ask(h.physician, "May I stop?")
	_, err := h.Cite(h.ctx, h.consultant, number, cited)
	h.must(err)
	for _, by := range []actor.Actor{h.consultant, h.physician, h.auditor, {}} {
		h.says(h.Withdraw(h.ctx, by, cited, "Wrong.", guidance.Affects{}), fault.Forbidden)
	}
	err = h.Withdraw(h.ctx, h.manager, cited, " ", guidance.Affects{Affected: true})
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("why") == "" || bad.For("affects_why") == "" {
		t.Errorf("%v", err)
	}
	no := guidance.Affects{Answered: true}
	h.must(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", no))
	h.says(h.Withdraw(h.ctx, h.manager, cited, "Again.", no), fault.Conflict)

	r, err := h.Show(h.ctx, h.physician, cited, 1)
	h.must(err)
	if r.Withdrawn == nil || r.Why != "" {
		t.Errorf("withdrawn %v, why %q", r.Withdrawn, r.Why)
	}
	if r, err = h.Show(h.ctx, h.consultant, cited, 0); err != nil || r.Why != "The law changed." {
		t.Errorf("%v", err)
	}
	_, err = h.Show(h.ctx, h.stranger, cited, 0)
	h.says(err, fault.NotFound)
	other, _ := h.ask(h.physician, "And now?")
	_, err = h.Cite(h.ctx, h.consultant, other, cited)
	h.says(err, fault.NotFound)
	if slices.Contains(slugs(h.search(h.consultant, "ending the relationship")), cited) {
		t.Error("it is found")
	}

	h.mend(h.consultant, h.start(h.consultant, cited), "Set right.")
	h.must(h.Offer(h.ctx, h.consultant, cited, "Set right."))
	_, err = h.Approve(h.ctx, h.elsewhere, cited, no)
	h.must(err)
	if r, err = h.Show(h.ctx, h.stranger, cited, 0); err != nil || r.Withdrawn != nil || r.Version != 2 {
		t.Errorf("it is not back: %v", err)
	}
}

func TestAWithdrawalEndsTheReviewAndAStaleApprovalDoesNotUndoIt(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	read := h.offered()
	h.must(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", guidance.Affects{}))
	_, err := h.ApproveRevision(h.ctx, h.elsewhere, cited, read.Revision, guidance.Affects{})
	h.says(err, fault.Conflict)
	d, err := h.DraftOf(h.ctx, h.elsewhere, cited)
	h.must(err)
	if d.State != guidance.Writing || d.Revision == read.Revision {
		t.Errorf("%s, revision %d", d.State, d.Revision)
	}
	// Offered anew, on a page that says it is withdrawn, it may come back: the record tells.
	h.must(h.Offer(h.ctx, h.consultant, cited, "Who reads it later."))
	_, err = h.ApproveRevision(h.ctx, h.elsewhere, cited, read.Revision, guidance.Affects{})
	h.says(err, fault.Conflict)
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	if n := h.count(`SELECT count(*) FROM record WHERE action = 'article.approved' AND detail->>'restored' = 'true'`); n != 1 {
		t.Errorf("%d entries say that it was restored", n)
	}
	if w, err := h.Workbench(h.ctx, h.manager, cited); err != nil || w.Withdrawn != nil || w.Version != 2 {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestADraftBeingWrittenGoesOnWhenItsArticleIsWithdrawn(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.mend(h.consultant, h.start(h.consultant, cited), "One.")
	h.must(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", guidance.Affects{}))
	h.mend(h.consultant, d, "Two.")
}
