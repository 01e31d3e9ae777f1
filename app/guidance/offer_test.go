package guidance_test

import (
	"testing"

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
