package guidance_test

import (
	"slices"
	"testing"
	"time"

	"hotline/app/fault"
	"hotline/app/guidance"
)

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
