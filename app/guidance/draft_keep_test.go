package guidance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

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

func TestKeepingADraftThatWasClosedMeanwhileSaysSo(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	d := h.start(h.consultant, cited)
	h.must(h.DropDraft(h.ctx, h.manager, cited))
	_, err := h.KeepDraft(h.ctx, h.consultant, cited, d.Article, d.Revision)
	h.says(err, fault.Conflict)
	if fault.Sentence(err) == "" {
		t.Error("it does not say what happened")
	}
	_, err = h.KeepDraft(h.ctx, h.consultant, "negative-online-reviews", d.Article, 1)
	h.says(err, fault.NotFound) // none was ever begun
}
