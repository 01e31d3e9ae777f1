package guidance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestADraftGoesThroughASecondPairOfEyes(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.offered()
	if d.State != guidance.InReview || d.OfferedName != "Rosa Delgado" {
		t.Errorf("%+v", d)
	}
	h.must(h.Return(h.ctx, h.elsewhere, cited, "Say it shorter."))
	d, err := h.DraftOf(h.ctx, h.consultant, cited)
	h.must(err)
	if d.State != guidance.Returned || d.Remark != "Say it shorter." || d.ReviewerName != "Una Brandt" {
		t.Errorf("%+v", d)
	}
	a := d.Article
	a.Body = strings.Replace(a.Body, "Ask yourself who", "Ask who", 1)
	d, err = h.KeepDraft(h.ctx, h.consultant, cited, a, d.Revision)
	h.must(err)
	if d.State != guidance.Writing {
		t.Errorf("it is %s", d.State)
	}
	h.must(h.Offer(h.ctx, h.consultant, cited, "Who reads it later."))
	h.db.Freeze(h.db.Now().Add(24 * time.Hour))
	version, err := h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	r, err := h.Show(h.ctx, h.physician, cited, 0)
	h.must(err)
	if version != 2 || r.Version != 2 || r.Changed != "Who reads it later." || !strings.Contains(r.Body, "Ask who reads this later.") || !r.Whole {
		t.Errorf("version %d, %+v", version, r.Front)
	}
	if got := r.Reviewed.Format(time.DateOnly); got != "2026-11-20" {
		t.Errorf("reviewed on %s, approved on 2026-11-20", got)
	}
	want := []string{"published", "draft_begun", "offered", "returned", "draft_edited", "offered", "published", "approved"}
	if got := h.actions(cited); !slices.Equal(got, want) {
		t.Errorf("recorded %v", got)
	}
}

func TestNobodyApprovesWhatTheyWroteManagersIncluded(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.start(h.consultant, cited)
	d = h.mend(h.consultant, d, "One.")
	a := d.Article
	a.Title = "Another title"
	_, err := h.KeepDraft(h.ctx, h.manager, cited, a, d.Revision)
	h.must(err)
	h.must(h.Offer(h.ctx, h.consultant, cited, "A title."))
	for _, by := range []actor.Actor{h.consultant, h.manager} {
		_, err := h.Approve(h.ctx, by, cited, guidance.Affects{})
		h.says(err, fault.Forbidden)
		h.says(h.Return(h.ctx, by, cited, "No."), fault.Forbidden)
	}
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
}

func TestSayingThatEarlierAdviceIsAffectedTakesASentence(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	number, _ := h.ask(h.physician, "May I stop?")
	_, err := h.Cite(h.ctx, h.consultant, number, cited)
	h.must(err)
	h.offered()
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{Affected: true, Why: "  "})
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("affects_why") == "" {
		t.Errorf("%v", err)
	}
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{Affected: true, Why: "Thirty days were not enough."})
	h.must(err)
	w, err := h.Workbench(h.ctx, h.manager, cited)
	h.must(err)
	if w.Version != 2 || w.Draft != nil || w.Cited != 1 {
		t.Errorf("version %d, draft %v, cited %d", w.Version, w.Draft, w.Cited)
	}
	all, err := h.Recalls(h.ctx, h.manager)
	h.must(err)
	if len(all) != 1 || all[0].Version != 1 || all[0].Why != "Thirty days were not enough." || all[0].Total != 1 {
		t.Errorf("recalls %+v", all)
	}
}
