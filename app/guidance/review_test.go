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

// offered is a changed draft of a shipped article, in review; Rosa wrote it.
func (h *house) offered() *guidance.Draft {
	h.Helper()
	h.mend(h.consultant, h.start(h.consultant, cited), "Ask yourself who reads this later.")
	h.must(h.Offer(h.ctx, h.consultant, cited, "Who reads it later."))
	d, err := h.DraftOf(h.ctx, h.consultant, cited)
	h.must(err)
	return d
}

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

func TestWhatIsInReviewStandsStill(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.offered()
	a := d.Article
	a.Title = "Slipped in"
	_, err := h.KeepDraft(h.ctx, h.elsewhere, cited, a, d.Revision)
	h.says(err, fault.Conflict)
	h.says(h.Offer(h.ctx, h.elsewhere, cited, "Again."), fault.Conflict)
	h.says(h.TakeBack(h.ctx, h.elsewhere, cited), fault.Forbidden)
	h.must(h.TakeBack(h.ctx, h.consultant, cited))
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.says(err, fault.Conflict)
	h.must(h.Offer(h.ctx, h.consultant, cited, "Again."))
	_, err = h.ApproveRevision(h.ctx, h.elsewhere, cited, d.Revision, guidance.Affects{})
	h.says(err, fault.Conflict) // she read the one that was taken back
}

func TestADraftThatLacksSomethingIsNotReviewed(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	whole := h.start(h.consultant, cited).Article
	today := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	if bad := guidance.Missing(whole, today); bad.Err() != nil {
		t.Fatalf("the shipped article lacks %v", bad)
	}
	without := func(heading string) func(*guidance.Article) {
		return func(a *guidance.Article) {
			blocks := guidance.Blocks(a.Body)
			a.Body = guidance.Written(slices.DeleteFunc(blocks, func(b guidance.Block) bool { return b.Heading == heading }))
		}
	}
	for field, spoil := range map[string]func(*guidance.Article){
		"author":    func(a *guidance.Article) { a.Author = "" },
		"review_by": func(a *guidance.Article) { a.ReviewBy = today },
		"keywords":  func(a *guidance.Article) { a.Keywords = "" },
		"body":      func(a *guidance.Article) { a.Body = "" },
		"call":      without("Call us now if"),
		"steps":     without("Steps"),
		"sources":   without("Sources"),
		"states": func(a *guidance.Article) {
			a.Body = guidance.WithStateNotes(a.Body, []guidance.StateNote{{States: "Ohio", Words: "A rule."}})
		},
	} {
		a := whole
		spoil(&a)
		if bad := guidance.Missing(a, today); len(bad) != 1 || bad[0].Name != field {
			t.Errorf("%v, want %s", bad, field)
		}
	}
	a := whole
	a.Body = guidance.WithStateNotes(a.Body, []guidance.StateNote{{States: "Ohoi", Words: "A rule."}, {Words: "Nothing specific: general only."}})
	if bad := guidance.Missing(a, today); bad.For("states") == "" {
		t.Error("a place that is no state passes")
	}
	h.says(h.Offer(h.ctx, h.consultant, cited, ""), fault.Unacceptable)
	_, err := h.NewDraft(h.ctx, h.consultant, article("gifts"))
	h.must(err)
	err = h.Offer(h.ctx, h.consultant, "gifts", "")
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("call") == "" || bad.For("states") == "" {
		t.Errorf("%v", err)
	}
}

func TestADraftDoesNotPassOverAVersionItsWritersNeverSaw(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.mend(h.consultant, h.start(h.consultant, cited), "Mine.")
	r, err := h.Show(h.ctx, h.manager, cited, 0)
	h.must(err)
	theirs := r.Article
	theirs.Summary = "Other lines."
	h.publish(theirs)
	h.says(h.Offer(h.ctx, h.consultant, cited, "Mine."), fault.Conflict)
	h.says(h.Rebase(h.ctx, h.consultant, cited, 1), fault.Conflict)
	h.must(h.Rebase(h.ctx, h.consultant, cited, 2))
	h.must(h.Offer(h.ctx, h.consultant, cited, "Mine."))
	theirs.Summary = "Still other lines."
	h.publish(theirs)
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.says(err, fault.Conflict)
	if d.Based != 1 {
		t.Errorf("based on %d", d.Based)
	}
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

func TestAnArticleThatNeededNoChangeIsReadByTwoAndDatedAnew(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.db.Freeze(h.db.Now().AddDate(0, 5, 20))
	due := time.Date(2027, 11, 10, 0, 0, 0, 0, time.UTC)
	h.says(h.Confirm(h.ctx, h.consultant, cited, time.Time{}), fault.Unacceptable)
	h.must(h.Confirm(h.ctx, h.consultant, cited, due))
	h.says(h.Confirm(h.ctx, h.elsewhere, cited, due), fault.Conflict)
	_, err := h.Approve(h.ctx, h.consultant, cited, guidance.Affects{})
	h.says(err, fault.Forbidden)
	version, err := h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	was, is, changes, err := h.Compare(h.ctx, h.manager, cited, 1, 2)
	h.must(err)
	if version != 2 || was.Body != is.Body || !is.ReviewBy.Equal(due) || is.Reviewed.Equal(was.Reviewed) {
		t.Errorf("version %d, %+v", version, is.Front)
	}
	var parts []string
	for _, c := range changes {
		if c.Kind != guidance.Same {
			parts = append(parts, c.Part)
		}
	}
	if !slices.Equal(parts, []string{"Reviewed", "Next review"}) {
		t.Errorf("changed: %v", parts)
	}
}
