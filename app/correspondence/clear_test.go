package correspondence_test

import (
	"strings"
	"testing"

	"hotline/app/audit"
	"hotline/app/fault"
)

func TestAClearanceStandsInItsTicketsTrailAndCoversWhatItWasGivenFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	asked := h.ask()
	c := plainChoices()
	c.Situations = []string{"pregnant", "contract"}
	id, err := h.letters.Clear(h.ctx, h.Rosa, asked.ID, c)
	h.must(err)
	if got := h.actions(audit.Ticket(asked.ID)); !strings.HasSuffix(got, "letter.cleared") {
		t.Errorf("the record says %q", got)
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
	_, err := h.letters.Clear(h.ctx, h.Rosa, asked.ID, c)
	h.is(err, fault.Unacceptable) // nothing stops it
	c.Situations = []string{"crisis"}
	_, err = h.letters.Clear(h.ctx, h.Imani, asked.ID, c)
	h.is(err, fault.NotFound)
	id, err := h.letters.Clear(h.ctx, h.Elena, asked.ID, c)
	h.must(err)
	_, err = h.letters.Cleared(h.ctx, h.Imani, id)
	h.is(err, fault.NotFound)
	_, err = h.letters.Cleared(h.ctx, h.Rosa, 404)
	h.is(err, fault.NotFound)
}
