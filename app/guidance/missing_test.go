package guidance_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/app/fault"
	"hotline/app/guidance"
)

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
