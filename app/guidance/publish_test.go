package guidance_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/guidance"

	"gorm.io/gorm"
)

func TestEachNewTextIsTheNextVersionAndTheSameTextIsNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	if v := h.publish(a); v != 1 {
		t.Errorf("first version is %d", v)
	}
	again := a
	again.Title, again.Body = "  "+a.Title+" ", strings.ReplaceAll(a.Body, "\n", "\r\n")+"\n\n"
	if v := h.publish(again); v != 1 {
		t.Errorf("the same words with other spaces are version %d", v)
	}
	a.Body += "\nAnd write it down.\n"
	a.Changed = "Write it down."
	if v := h.publish(a); v != 2 {
		t.Errorf("another text is version %d", v)
	}
	r, err := h.Show(h.ctx, h.physician, "certificates", 0)
	h.must(err)
	if r.Version != 2 || r.Changed != "Write it down." || !r.Whole {
		t.Errorf("reads version %d, changed %q, whole %v", r.Version, r.Changed, r.Whole)
	}
	a.Visible = guidance.ForDesk
	if v := h.publish(a); v != 2 {
		t.Errorf("another audience is version %d", v)
	}
	_, err = h.Show(h.ctx, h.physician, "certificates", 0)
	h.says(err, fault.NotFound)
}

func TestPublishingIsRecordedUnderTheArticle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	h.publish(a)
	h.publish(a)
	a.Summary = "Other lines."
	h.publish(a)
	a.Owner = "Priya Raman, RN"
	h.publish(a)
	var trail []audit.Entry
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) (err error) {
		trail, err = audit.Trail(q, audit.Article(int64(h.count("SELECT id FROM articles"))))
		return err
	}))
	var actions []string
	for _, e := range trail {
		actions = append(actions, e.Action)
	}
	if want := []string{"article.published", "article.published", "article.moved"}; !slices.Equal(actions, want) {
		t.Errorf("recorded %v", actions)
	}
}

func TestOnlyManagersAndCommandsPublish(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, by := range []actor.Actor{h.physician, h.hears, h.consultant, h.auditor, {}} {
		_, err := h.Publish(h.ctx, by, article("certificates"))
		h.says(err, fault.Forbidden)
		_, err = h.Load(h.ctx, by)
		h.says(err, fault.Forbidden)
	}
	_, err := h.Publish(h.ctx, operator, article("certificates"))
	h.must(err)
}

func TestAnArticleThatLacksSomethingIsRefusedFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for field, spoil := range map[string]func(*guidance.Article){
		"title":     func(a *guidance.Article) { a.Title = " \x00 " },
		"slug":      func(a *guidance.Article) { a.Slug = "../passwd" },
		"topic":     func(a *guidance.Article) { a.Topic = "weather" },
		"visible":   func(a *guidance.Article) { a.Visible = "" },
		"summary":   func(a *guidance.Article) { a.Summary = strings.Repeat("x", 401) },
		"review_by": func(a *guidance.Article) { a.ReviewBy = a.Reviewed },
		"body":      func(a *guidance.Article) { a.Body = strings.Repeat("é", 20_001) },
	} {
		a := article("certificates")
		spoil(&a)
		_, err := h.Publish(h.ctx, h.manager, a)
		if bad, ok := err.(fault.Fields); !ok || len(bad) != 1 || bad[0].Name != field {
			t.Errorf("%v, want the field %s", err, field)
		}
	}
	if n := h.count("SELECT count(*) FROM articles"); n != 0 {
		t.Errorf("%d articles kept", n)
	}
}

func TestTwoWhoPublishAtOnceMakeTwoVersions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var group sync.WaitGroup
	for _, word := range []string{"one", "two", "three", "four"} {
		group.Go(func() {
			a := article("certificates")
			a.Body += "\n" + word + "\n"
			if _, err := h.Publish(h.ctx, h.manager, a); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := h.count("SELECT count(DISTINCT version) FROM article_versions"); n != 4 {
		t.Errorf("%d versions", n)
	}
	if n := h.count("SELECT current FROM articles"); n != 4 {
		t.Errorf("version %d is current", n)
	}
}

func TestThePublishedVersionCannotBeChangedByTheProgram(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	for _, change := range []string{"UPDATE article_versions SET title = 'x'", "DELETE FROM article_versions", "TRUNCATE article_versions CASCADE"} {
		if _, err := h.db.Pool().Exec(h.ctx, change); err == nil {
			t.Errorf("%s went through", change)
		}
	}
}

func TestTheHashIsOfTheCanonicalText(t *testing.T) {
	t.Parallel()
	a := article("certificates")
	want := "title: On certificates\nslug: certificates\nfor: Whoever asks.\nsummary: Two lines about it.\nkeywords: certificate, form\n" +
		"reviewed: 2026-11-16\nreview_by: 2027-05-16\n---\n## Steps\n\n1. **Read it.** Then think.\n"
	if got := a.Canonical(); got != want {
		t.Errorf("canonical text is %q", got)
	}
	moved := a
	moved.Topic, moved.Visible, moved.Owner = "discharge", guidance.ForDesk, "Rosa Delgado, RN, JD"
	if string(a.Hash()) != string(moved.Hash()) {
		t.Error("where it stands on the shelf changed the hash")
	}
	moved.ReviewBy = moved.ReviewBy.AddDate(0, 0, 1)
	if string(a.Hash()) == string(moved.Hash()) {
		t.Error("another review day has the same hash")
	}
}

func TestTheShippedArticlesAreReadIntoAnEmptyLibraryOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n, err := h.Load(h.ctx, operator)
	h.must(err)
	if n < 6 || n != h.count("SELECT count(*) FROM articles WHERE current = 1") {
		t.Errorf("read %d", n)
	}
	h.db.Freeze(h.db.Now().Add(time.Hour))
	if n, err = h.Load(h.ctx, operator); err != nil || n != 0 {
		t.Errorf("read %d again, %v", n, err)
	}

	h = newHouse(t)
	h.publish(article("our-own"))
	if n, err = h.Load(h.ctx, operator); err != nil || n != 0 {
		t.Errorf("read %d into a library of ours, %v", n, err)
	}
}
