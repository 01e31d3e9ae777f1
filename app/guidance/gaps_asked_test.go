package guidance_test

import (
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
)

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
