package guidance_test

import (
	"errors"
	"slices"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
)

func TestAnArticleThatIsOnlyADraftIsNowhere(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	a := article("gifts")
	a.Owner = ""
	d, err := h.NewDraft(h.ctx, h.consultant, a)
	h.must(err)
	if d.Based != 0 || d.Owner != "Rosa Delgado" {
		t.Errorf("%+v", d)
	}
	for _, by := range []actor.Actor{h.physician, h.consultant} {
		_, err := h.Show(h.ctx, by, "gifts", 0)
		h.says(err, fault.NotFound)
		if slices.Contains(slugs(h.search(by, "gifts")), "gifts") {
			t.Error("the draft is found")
		}
	}
	for _, taken := range []string{"gifts", cited, "drafts", "new", "export"} {
		_, err := h.NewDraft(h.ctx, h.elsewhere, article(taken))
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("slug") == "" {
			t.Errorf("%s: %v", taken, err)
		}
	}
	h.must(h.DropDraft(h.ctx, h.consultant, "gifts"))
	_, err = h.Workbench(h.ctx, h.consultant, "gifts")
	h.says(err, fault.NotFound)
	_, err = h.NewDraft(h.ctx, h.elsewhere, article("gifts"))
	h.must(err)
}
