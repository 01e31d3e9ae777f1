package guidance_test

import (
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestWhatIsDueForReviewIsListedEarliestFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	day := func(n int) time.Time { return time.Date(2026, 11, 19+n, 0, 0, 0, 0, time.UTC) }
	for slug, due := range map[string]time.Time{"next-week": day(7), "in-a-month": day(30), "too-far": day(31), "tomorrow": day(1)} {
		a := article(slug)
		a.ReviewBy = due
		h.publish(a)
	}
	h.db.Freeze(h.db.Now().AddDate(0, 0, 2))
	list := func(want ...string) []guidance.StaleArticle {
		t.Helper()
		all, err := h.Stale(h.ctx, h.consultant)
		h.must(err)
		if len(all) != len(want) {
			t.Fatalf("%+v", all)
		}
		for i, one := range all {
			if one.Slug != want[i] || one.Over != (one.Slug == "tomorrow") {
				t.Errorf("%d is %+v", i, one)
			}
		}
		return all
	}
	list("tomorrow", "next-week", "in-a-month", "too-far")
	h.must(h.Withdraw(h.ctx, h.manager, "next-week", "Wrong.", guidance.Affects{}))
	list("tomorrow", "in-a-month", "too-far")
	_, err := h.Stale(h.ctx, h.physician)
	h.says(err, fault.NotFound)
}

func TestTheKeeperIsToldOnceForEachDayAReviewIsDue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	a.Owner = "Una Brandt"
	h.publish(a) // due on May 16, 2027
	id := int64(h.count("SELECT id FROM articles"))
	tell := func() { t.Helper(); h.must(h.TellReviewDue(h.ctx, operator, id)) }
	letters := func(want int) {
		t.Helper()
		if n := h.count("SELECT count(*) FROM letters WHERE kind = 'review_due' AND recipient_id = $1 AND about = 'certificates'", h.elsewhere.ID); n != want {
			t.Errorf("%d letters to the keeper, want %d", n, want)
		}
	}
	if n := h.count("SELECT count(*) FROM outbox WHERE kind = 'guidance:review_due' AND run_at = '2027-05-02 13:00:00Z'"); n != 1 {
		t.Errorf("%d promises two weeks ahead", n)
	}
	tell()
	letters(0) // too early: the date may have been moved since it was promised
	h.db.Freeze(time.Date(2027, 5, 2, 13, 0, 0, 0, time.UTC))
	tell()
	tell()
	letters(1)
	a.Body, a.Reviewed, a.ReviewBy = a.Body+"\nMore.\n", time.Date(2027, 5, 3, 0, 0, 0, 0, time.UTC), time.Date(2027, 11, 3, 0, 0, 0, 0, time.UTC)
	h.publish(a)
	tell()
	letters(1)
	h.must(h.Keep(h.ctx, h.manager, "certificates", guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: a.Visible, Topic: a.Topic,
		ReviewBy: time.Date(2027, 5, 9, 0, 0, 0, 0, time.UTC)}))
	tell()
	letters(2)
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "Wrong.", guidance.Affects{}))
	h.db.Freeze(time.Date(2027, 11, 1, 13, 0, 0, 0, time.UTC))
	tell()
	letters(2)
	for _, by := range []actor.Actor{h.manager, h.physician} {
		h.says(h.TellReviewDue(h.ctx, by, id), fault.Forbidden)
	}
}

func TestManagersAreToldWhereNobodyKeepsAnArticle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	a.Owner = "Somebody who left"
	h.publish(a)
	h.db.Freeze(time.Date(2027, 5, 2, 13, 0, 0, 0, time.UTC))
	h.must(h.TellReviewDue(h.ctx, operator, int64(h.count("SELECT id FROM articles"))))
	if n := h.count("SELECT count(*) FROM letters WHERE kind = 'review_due' AND recipient_id = $1", h.manager.ID); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestAReviewThatChangesNotEvenADateAnswersADayThatWasBroughtForward(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	w, err := h.Workbench(h.ctx, h.manager, cited)
	h.must(err)
	h.db.Freeze(w.Article.Reviewed.Add(17 * time.Hour))
	sooner := guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: w.Article.Visible, Topic: w.Article.Topic, ReviewBy: w.Article.Reviewed.AddDate(0, 1, 0)}
	h.must(h.Keep(h.ctx, h.manager, cited, sooner))
	promises := func() int {
		return h.count("SELECT count(*) FROM outbox WHERE kind = 'guidance:review_due' AND run_at = $1", w.Article.ReviewBy.AddDate(0, 0, -14).Add(13*time.Hour))
	}
	before := promises()
	h.must(h.Confirm(h.ctx, h.consultant, cited, w.Article.ReviewBy))
	version, err := h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	after, err := h.Workbench(h.ctx, h.manager, cited)
	h.must(err)
	if after.Early || !after.Due.Equal(w.Article.ReviewBy) || promises() != before+1 {
		t.Errorf("version %d is due by %s, early %t, %d promises after %d", version, after.Due, after.Early, promises(), before)
	}
}

func TestWhoeverLeftTheDeskKeepsNoArticle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	a.Owner = "Una Brandt"
	h.publish(a)
	h.db.Freeze(time.Date(2027, 5, 2, 13, 0, 0, 0, time.UTC))
	keeper := func() *int64 {
		all, err := h.Stale(h.ctx, h.consultant)
		h.must(err)
		return all[0].OwnerID
	}
	if id := keeper(); id == nil || *id != h.elsewhere.ID {
		t.Fatalf("kept by %v", id)
	}
	h.exec("UPDATE users SET role = 'auditor' WHERE id = $1", h.elsewhere.ID)
	if id := keeper(); id != nil {
		t.Error("an auditor is said to keep it, and managers get the letter")
	}
}
