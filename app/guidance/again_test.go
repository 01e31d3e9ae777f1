package guidance_test

import (
	"testing"
	"time"

	"hotline/app/fault"
	"hotline/app/guidance"
)

// unchanged fails where what is done adds to the record.
func (h *house) unchanged(what string, do func()) {
	h.Helper()
	before := h.count("SELECT count(*) FROM record")
	do()
	if n := h.count("SELECT count(*) FROM record") - before; n != 0 {
		h.Errorf("%s: %d entries more", what, n)
	}
}

func TestAButtonPressedTwiceIsAnsweredLikeTheFirstPress(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	number, _ := h.ask(h.physician, "May I stop?")
	_, err := h.Cite(h.ctx, h.consultant, number, cited)
	h.must(err)
	d := h.mend(h.consultant, h.start(h.consultant, cited), "Ask yourself who reads this later.")
	h.must(h.OfferRevision(h.ctx, h.consultant, cited, "Who reads it.", d.Revision))
	h.unchanged("offer", func() {
		h.must(h.OfferRevision(h.ctx, h.consultant, cited, "Who reads it.", d.Revision))
		h.says(h.OfferRevision(h.ctx, h.consultant, cited, "Other words.", d.Revision), fault.Conflict)
	})
	h.must(h.Return(h.ctx, h.elsewhere, cited, "Shorter."))
	h.unchanged("return", func() {
		h.must(h.Return(h.ctx, h.elsewhere, cited, "Shorter."))
		h.says(h.Return(h.ctx, h.manager, cited, "Shorter."), fault.Conflict)
	})
	h.must(h.Offer(h.ctx, h.consultant, cited, "Who reads it."))
	d, err = h.DraftOf(h.ctx, h.elsewhere, cited)
	h.must(err)
	yes, no := guidance.Affects{Answered: true, Affected: true, Why: "Letters went out."}, guidance.Affects{Answered: true}
	version, err := h.ApproveRevision(h.ctx, h.elsewhere, cited, d.Revision, yes)
	h.must(err)
	h.unchanged("approve", func() {
		again, err := h.ApproveRevision(h.ctx, h.elsewhere, cited, d.Revision, yes)
		h.must(err)
		if again != version || version != 2 {
			t.Errorf("version %d, then %d", version, again)
		}
		_, err = h.ApproveRevision(h.ctx, h.elsewhere, cited, d.Revision, no)
		h.says(err, fault.Conflict) // that was not the answer
		_, err = h.ApproveRevision(h.ctx, h.manager, cited, d.Revision, yes)
		h.says(err, fault.Conflict)
	})

	next := h.start(h.consultant, cited)
	if next.Revision <= d.Revision {
		t.Errorf("revision %d may be mistaken for one up to %d", next.Revision, d.Revision)
	}
	h.unchanged("approve, with the next draft open", func() {
		again, err := h.ApproveRevision(h.ctx, h.elsewhere, cited, d.Revision, yes)
		h.must(err)
		if again != version {
			t.Errorf("version %d", again)
		}
		_, err = h.ApproveRevision(h.ctx, h.elsewhere, cited, next.Revision, yes)
		h.says(err, fault.Conflict)
	})
	h.must(h.DropDraft(h.ctx, h.consultant, cited))
	h.unchanged("drop", func() {
		h.must(h.DropDraft(h.ctx, h.consultant, cited))
		h.says(h.DropDraft(h.ctx, h.manager, cited), fault.Conflict)
		h.says(h.DropDraft(h.ctx, h.physician, cited), fault.NotFound)
	})
	due := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
	h.must(h.Confirm(h.ctx, h.consultant, cited, due))
	h.unchanged("confirm", func() { h.must(h.Confirm(h.ctx, h.consultant, cited, due)) })

	h.must(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", yes))
	h.unchanged("withdraw", func() {
		h.must(h.Withdraw(h.ctx, h.manager, cited, "The law  changed.", yes))
		h.says(h.Withdraw(h.ctx, h.manager, cited, "The law changed.", no), fault.Conflict)
		h.says(h.Withdraw(h.ctx, h.manager, cited, "Something else.", yes), fault.Conflict)
	})
}

func TestWhatIsOfferedIsWhatItsWriterHadBeforeThem(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	mine := h.mend(h.consultant, h.start(h.consultant, cited), "Mine.")
	a := mine.Article
	a.Title = "Una’s title"
	_, err := h.KeepDraft(h.ctx, h.elsewhere, cited, a, mine.Revision)
	h.must(err)
	h.says(h.OfferRevision(h.ctx, h.consultant, cited, "Mine.", mine.Revision), fault.Conflict)
	d, err := h.DraftOf(h.ctx, h.consultant, cited)
	h.must(err)
	if d.State != guidance.Writing {
		t.Errorf("it is %s", d.State)
	}
}
