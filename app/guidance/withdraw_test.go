package guidance_test

import (
	"errors"
	"slices"
	"testing"
	"time"

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

func TestKeepingChangesNoVersionAndPutsNoReviewOff(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	keep := guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: guidance.ForDesk, Topic: "other_liability", ReviewBy: time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)}
	h.says(h.Keep(h.ctx, h.consultant, cited, keep), fault.Forbidden)
	later := keep
	later.ReviewBy = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	err := h.Keep(h.ctx, h.manager, cited, later)
	if bad, ok := errors.AsType[fault.Fields](err); !ok || len(bad) != 1 || bad.For("review_by") == "" {
		t.Errorf("%v", err)
	}
	nobody := keep
	nobody.OwnerID = h.physician.ID
	err = h.Keep(h.ctx, h.manager, cited, nobody)
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("owner") == "" {
		t.Errorf("%v", err)
	}
	h.must(h.Keep(h.ctx, h.manager, cited, keep))
	w, err := h.Workbench(h.ctx, h.consultant, cited)
	h.must(err)
	if w.Version != 1 || !w.Early || !w.Due.Equal(keep.ReviewBy) || *w.OwnerID != h.elsewhere.ID || w.Article.Owner != "Una Brandt" {
		t.Errorf("%+v", w)
	}
	_, err = h.Show(h.ctx, h.physician, cited, 0)
	h.says(err, fault.NotFound) // the desk's alone now
	if got := h.actions(cited); !slices.Equal(got, []string{"published", "kept"}) {
		t.Errorf("recorded %v", got)
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

func TestWhatAManagerChangesInTheKeepingIsNotUndoneByAnApproval(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	read := h.offered()
	keep := guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: guidance.ForDesk, Topic: read.Topic}
	h.must(h.Keep(h.ctx, h.manager, cited, keep))
	_, err := h.ApproveRevision(h.ctx, h.elsewhere, cited, read.Revision, guidance.Affects{})
	h.says(err, fault.Conflict) // she read one that physicians were to have
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	w, err := h.Workbench(h.ctx, h.manager, cited)
	h.must(err)
	if a := w.Article; w.Version != 2 || a.Visible != guidance.ForDesk || a.Owner != "Una Brandt" || a.Topic != read.Topic {
		t.Errorf("version %d, %+v", w.Version, a.Front)
	}
}

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
