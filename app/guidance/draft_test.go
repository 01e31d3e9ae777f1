package guidance_test

import (
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/guidance"
)

const cited = "ending-the-relationship"

// start begins a draft of a shipped article.
func (h *house) start(by actor.Actor, slug string) *guidance.Draft {
	h.Helper()
	d, err := h.StartDraft(h.ctx, by, slug)
	h.must(err)
	return d
}

// mend adds a sentence to a draft and keeps it.
func (h *house) mend(by actor.Actor, d *guidance.Draft, words string) *guidance.Draft {
	h.Helper()
	a := d.Article
	a.Body = strings.Replace(a.Body, "## Steps\n", "## Before you begin\n\n"+words+"\n\n## Steps\n", 1)
	kept, err := h.KeepDraft(h.ctx, by, d.Slug, a, d.Revision)
	h.must(err)
	return kept
}

// actions are what the record holds about an article, oldest first, without its loading.
func (h *house) actions(slug string) []string {
	h.Helper()
	var actions []string
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		trail, err := audit.Trail(q, audit.Article(int64(h.count("SELECT id FROM articles WHERE slug = $1", slug))))
		for _, e := range trail {
			actions = append(actions, strings.TrimPrefix(e.Action, "article."))
		}
		return err
	}))
	return actions
}

func TestADraftChangesNothingThatAnybodyReads(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.start(h.consultant, cited)
	if d.Based != 1 || d.State != guidance.Writing || !d.Wrote(h.consultant) || d.Wrote(h.elsewhere) {
		t.Errorf("%+v", d)
	}
	h.mend(h.consultant, d, "Ask yourself who reads this later.")
	again := h.start(h.elsewhere, cited)
	if again.ID != d.ID || !strings.Contains(again.Body, "who reads this later") {
		t.Error("a second draft was begun")
	}
	r, err := h.Show(h.ctx, h.physician, cited, 0)
	h.must(err)
	if r.Version != 1 || strings.Contains(r.Body, "who reads this later") {
		t.Error("the draft is on the shelf")
	}
	if got := h.actions(cited); !slices.Equal(got, []string{"published", "draft_begun"}) {
		t.Errorf("recorded %v", got)
	}
}

func TestOnlyTheDeskSeesDrafts(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.start(h.consultant, cited)
	for _, by := range []actor.Actor{h.physician, h.hears, h.auditor, {}} {
		_, err := h.Drafts(h.ctx, by)
		h.says(err, fault.NotFound)
		_, err = h.DraftOf(h.ctx, by, cited)
		h.says(err, fault.NotFound)
		_, err = h.StartDraft(h.ctx, by, cited)
		h.says(err, fault.NotFound)
		_, err = h.NewDraft(h.ctx, by, article("gifts"))
		h.says(err, fault.NotFound)
		_, err = h.KeepDraft(h.ctx, by, cited, article(cited), 1)
		h.says(err, fault.NotFound)
		h.says(h.Offer(h.ctx, by, cited, "x"), fault.NotFound)
		h.says(h.Return(h.ctx, by, cited, "x"), fault.NotFound)
		h.says(h.DropDraft(h.ctx, by, cited), fault.NotFound)
		_, err = h.Approve(h.ctx, by, cited, guidance.Affects{})
		h.says(err, fault.NotFound)
		_, err = h.Workbench(h.ctx, by, cited)
		h.says(err, fault.NotFound)
		_, _, _, err = h.Compare(h.ctx, by, cited, 0, 0)
		h.says(err, fault.NotFound)
	}
	all, err := h.Drafts(h.ctx, h.manager)
	h.must(err)
	if len(all) != 1 || all[0].ChangedName != "Rosa Delgado" {
		t.Errorf("%+v", all)
	}
}
