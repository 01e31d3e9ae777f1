package guidance_test

import (
	"errors"
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
	if len(all) != 1 || all[0].ByName != "Rosa Delgado" {
		t.Errorf("%+v", all)
	}
}

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

func TestTwoEditorsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	rosa := h.start(h.consultant, cited)
	una := h.start(h.elsewhere, cited)
	h.mend(h.consultant, rosa, "Rosa’s words.")
	a := una.Article
	a.Title = "Una’s title"
	_, err := h.KeepDraft(h.ctx, h.elsewhere, cited, a, una.Revision)
	over, ok := errors.AsType[*guidance.Overtaken](err)
	if !ok || !errors.Is(err, fault.Conflict) {
		t.Fatalf("%v", err)
	}
	if over.Now.ChangedName != "Rosa Delgado" || !strings.Contains(over.Now.Body, "Rosa’s words.") || over.Now.Wrote(h.elsewhere) {
		t.Errorf("%+v", over.Now)
	}
	_, err = h.KeepDraft(h.ctx, h.elsewhere, cited, a, over.Now.Revision)
	h.must(err)
	if got := h.actions(cited); !slices.Equal(got[1:], []string{"draft_begun", "draft_edited"}) {
		t.Errorf("recorded %v", got)
	}
}

func TestAPageThatKeepsItselfIsNotInItsOwnWay(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.start(h.consultant, cited)
	a := d.Article
	keep := func(by actor.Actor, title string, revision int, sitting string) error {
		a.Title = title
		_, err := h.KeepSitting(h.ctx, by, cited, a, revision, sitting)
		return err
	}
	for _, title := range []string{"One", "Two", "Three"} {
		h.must(keep(h.consultant, title, d.Revision, "page"))
	}
	h.says(keep(h.consultant, "From the other window", d.Revision, "another page"), fault.Conflict)
	now, err := h.DraftOf(h.ctx, h.elsewhere, cited)
	h.must(err)
	h.must(keep(h.elsewhere, "Una", now.Revision, "hers"))
	h.says(keep(h.consultant, "Four", d.Revision, "page"), fault.Conflict)
	if now, err = h.DraftOf(h.ctx, h.consultant, cited); err != nil || now.Title != "Una" {
		t.Errorf("%v, %v", now.Title, err)
	}
}

func TestADraftIsKeptUnfinishedButNotWithoutEnd(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.start(h.consultant, cited)
	a := d.Article
	a.Summary, a.Body, a.Title = "", "", ""
	d, err := h.KeepDraft(h.ctx, h.consultant, cited, a, d.Revision)
	h.must(err)
	for field, spoil := range map[string]func(*guidance.Article){
		"title": func(a *guidance.Article) { a.Title = strings.Repeat("x", 401) },
		"body":  func(a *guidance.Article) { a.Body = strings.Repeat("x", 20_001) },
		"topic": func(a *guidance.Article) { a.Topic = "weather" },
	} {
		b := a
		spoil(&b)
		_, err := h.KeepDraft(h.ctx, h.consultant, cited, b, d.Revision)
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestADraftIsDroppedByItsWritersAndManagersAndStaysOnFile(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.start(h.consultant, cited)
	h.says(h.DropDraft(h.ctx, h.elsewhere, cited), fault.Forbidden)
	h.must(h.DropDraft(h.ctx, h.manager, cited))
	_, err := h.DraftOf(h.ctx, h.consultant, cited)
	h.says(err, fault.NotFound)
	if n := h.count("SELECT count(*) FROM article_drafts WHERE state = 'dropped' AND body <> ''"); n != 1 {
		t.Errorf("%d on file", n)
	}
	if _, err := h.db.Pool().Exec(h.ctx, "DELETE FROM article_drafts"); err == nil {
		t.Error("drafts can be deleted")
	}
	if _, err := h.db.Pool().Exec(h.ctx, "UPDATE article_drafts SET state = 'writing'"); err == nil {
		t.Error("a draft can change without the record")
	}
	if _, err := h.db.Pool().Exec(h.ctx, "DELETE FROM article_draft_writers"); err == nil {
		t.Error("who wrote can be forgotten")
	}
}
