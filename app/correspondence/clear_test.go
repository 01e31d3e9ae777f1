package correspondence_test

import (
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

func TestAClearanceStandsInItsTicketsTrailAndCoversWhatItWasGivenFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	asked := h.ask()
	c := plainChoices()
	c.Situations = []string{"pregnant", "contract"}
	id, err := h.letters.Clear(h.ctx, h.Rosa, asked.Number, c)
	h.must(err)
	if got := h.actions(audit.Ticket(asked.ID)); !strings.HasSuffix(got, "letter.cleared") {
		t.Errorf("the record says %q", got)
	}
	again, err := h.letters.Clear(h.ctx, h.Rosa, asked.Number, c)
	h.must(err)
	if got := h.actions(audit.Ticket(asked.ID)); again != id || strings.Count(got, "letter.cleared") != 1 {
		t.Errorf("pressed twice it is %d and %d, and the record says %q", id, again, got)
	}
	cleared, err := h.letters.Cleared(h.ctx, h.Grace, id)
	h.must(err)
	if cleared.Number != asked.Number || cleared.ClearedBy != h.Rosa.Name || !cleared.Covers(c) {
		t.Errorf("%+v", cleared)
	}
	c.Situations = []string{"contract"}
	if !cleared.Covers(c) {
		t.Error("less is not covered")
	}
	c.Situations = []string{"contract", "crisis"}
	if cleared.Covers(c) {
		t.Error("a patient in crisis is covered by what was said of a contract")
	}
	c.Situations, c.State = []string{"contract"}, "NY"
	if cleared.Covers(c) {
		t.Error("another state is covered")
	}
}

func TestOnlyTheDeskClearsALetter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	asked := h.ask()
	c := plainChoices()
	_, err := h.letters.Clear(h.ctx, h.Rosa, asked.Number, c)
	h.is(err, fault.Unacceptable) // nothing stops it
	c.Situations = []string{"crisis"}
	id, err := h.letters.Clear(h.ctx, h.Elena, asked.Number, c)
	h.must(err)
	for _, by := range []actor.Actor{h.Imani, h.Otto} { // Otto is of another desk
		_, err = h.letters.Clear(h.ctx, by, asked.Number, c)
		h.is(err, fault.NotFound)
		_, err = h.letters.Cleared(h.ctx, by, id)
		h.is(err, fault.NotFound)
	}
	_, err = h.letters.Cleared(h.ctx, h.Rosa, 404)
	h.is(err, fault.NotFound)
}
