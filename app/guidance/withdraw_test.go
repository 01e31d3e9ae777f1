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
	h.must(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", guidance.Affects{}))
	h.says(h.Withdraw(h.ctx, h.manager, cited, "Again.", guidance.Affects{}), fault.Conflict)

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
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
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
