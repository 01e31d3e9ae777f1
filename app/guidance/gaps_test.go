package guidance_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func TestAGapIsWhatWasAnsweredWithNothingCited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	var numbers []string
	for range 3 {
		number, _ := h.ask(h.physician, "May I sign this certificate?")
		numbers = append(numbers, number)
	}
	for i, number := range numbers[:2] {
		h.must(h.tickets.Reply(h.ctx, h.consultant, number, ticket.Words{Key: uuid.NewString(), Body: "Yes."}))
		if i == 0 {
			_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
			h.must(err)
		}
	}
	from, to := h.db.Now().Add(-time.Hour), h.db.Now().Add(time.Hour)
	for _, by := range []actor.Actor{h.consultant, h.manager} {
		g, err := h.Gaps(h.ctx, by, from, to)
		h.must(err)
		if len(g.Topics) != 1 || g.Topics[0].Topic != "discharge" || g.Topics[0].Bare != 1 || g.Topics[0].Settled != 2 || g.Topics[0].Articles != 0 {
			t.Fatalf("%s reads %+v", by.Role, g)
		}
		list, err := h.Uncited(h.ctx, by, "discharge", from, to)
		h.must(err)
		if len(list) != g.Topics[0].Bare || list[0].Number != numbers[1] {
			t.Errorf("behind it is %+v", list)
		}
	}
	for name, by := range map[string]actor.Actor{"another desk": h.elsewhere} {
		g, err := h.Gaps(h.ctx, by, from, to)
		h.must(err)
		if len(g.Topics) != 0 {
			t.Errorf("%s reads %+v", name, g)
		}
	}
	if g, err := h.Gaps(h.ctx, h.manager, to, to.Add(time.Hour)); err != nil || len(g.Topics) != 0 {
		t.Errorf("later there is %+v, %v", g, err)
	}
	for _, by := range []actor.Actor{h.physician, h.auditor, {}} {
		_, err := h.Gaps(h.ctx, by, from, to)
		h.says(err, fault.NotFound)
		_, err = h.Uncited(h.ctx, by, "discharge", from, to)
		h.says(err, fault.NotFound)
	}
}

// What an insured person typed is kept only where it gives nobody away.
func TestRareWordsOfAPhysicianAreNotKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	asked := func() (words []string, unkept int) {
		g, err := h.Gaps(h.ctx, h.manager, h.db.Now().Add(-time.Hour), h.db.Now().Add(time.Hour))
		h.must(err)
		for _, w := range g.Words {
			words = append(words, w.Words)
		}
		return words, g.Unkept
	}
	h.must(h.AskFor(h.ctx, h.physician, "my patient Zebulon Quimby"))
	h.must(h.AskFor(h.ctx, h.physician, "Quimby, my patient: Zebulon!")) // the same words
	h.must(h.AskFor(h.ctx, h.hears, "my patient Zebulon Quimby"))        // their office
	if words, unkept := asked(); len(words) != 0 || unkept != 2 {
		t.Fatalf("kept %v, and %d not", words, unkept)
	}
	if n := h.count("SELECT count(*) FROM gap_asks g WHERE g::text ILIKE '%quimby%'") + h.count("SELECT count(*) FROM record WHERE detail::text ILIKE '%quimby%'"); n != 0 {
		t.Errorf("the name stands in %d rows", n)
	}
	h.must(h.AskFor(h.ctx, h.physician, "certificates of the FORM"))
	if words, _ := asked(); len(words) != 1 || words[0] != "certificates form" {
		t.Errorf("the library's own words are kept as %v", words)
	}
	h.must(h.AskFor(h.ctx, h.stranger, "patient Zebulon Quimby, my!")) // somebody else's words too
	if words, unkept := asked(); len(words) != 2 || unkept != 0 {
		t.Errorf("kept %v, and %d not", words, unkept)
	}
	h.must(h.AskFor(h.ctx, h.consultant, "balloon pilots"))
	if words, _ := asked(); len(words) != 3 {
		t.Errorf("staff's words are kept as %v", words)
	}
	h.says(h.AskFor(h.ctx, h.physician, " a -- "), fault.Unacceptable)
	h.says(h.AskFor(h.ctx, actor.Actor{}, "form"), fault.NotFound)
}

func TestWhetherItHelpedCountsOnceADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	r, err := h.Show(h.ctx, h.physician, "certificates", 0)
	h.must(err)
	for range 2 {
		h.must(h.Helped(h.ctx, h.physician, "certificates", 1, false, "article"))
	}
	h.must(h.Helped(h.ctx, h.physician, "certificates", 1, true, "article"))
	h.must(h.Helped(h.ctx, h.stranger, "certificates", 0, false, "form"))
	v, err := h.HelpedBy(h.ctx, h.consultant, r.VersionID)
	h.must(err)
	if v.Yes != 1 || v.No != 1 || v.Mine != nil {
		t.Errorf("staff read %+v", v)
	}
	v, err = h.HelpedBy(h.ctx, h.physician, r.VersionID)
	h.must(err)
	if v.Yes != 0 || v.No != 0 || v.Mine == nil || !*v.Mine {
		t.Errorf("the physician reads %+v", v)
	}
	h.db.Freeze(h.db.Now().Add(24 * time.Hour))
	h.must(h.Helped(h.ctx, h.physician, "certificates", 1, true, "article"))
	if v, err = h.HelpedBy(h.ctx, h.manager, r.VersionID); err != nil || v.Yes != 2 {
		t.Errorf("the next day %+v, %v", v, err)
	}
	h.says(h.Helped(h.ctx, h.physician, "certificates", 2, true, "article"), fault.NotFound)
	h.says(h.Helped(h.ctx, h.physician, "certificates", 1, true, "elsewhere"), fault.NotFound)
	if n := h.count("SELECT count(*) FROM record WHERE action = 'article.judged'"); n != 4 {
		t.Errorf("recorded %d times", n)
	}
}
