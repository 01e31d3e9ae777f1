package guidance_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/app/fault"
	"hotline/app/guidance"
)

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
