package insured

import (
	"encoding/json"
	"testing"

	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/fault"
)

func TestAPolicyIsInForceFromItsFirstDayToTheDayBeforeItExpires(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.physician("Leila", "Imani", 0)
	h.policy(id, "PL-0048213", "2025-04-01", "2026-04-01")
	h.policy(id, "PL-0048213", "2026-05-01", "2027-05-01") // a month's gap
	for on, want := range map[string]bool{
		"2025-03-31": false, "2025-04-01": true, "2026-03-31": true, "2026-04-01": false,
		"2026-04-30": false, "2026-05-01": true, "2027-04-30": true, "2027-05-01": false,
	} {
		holds, number := h.inForce(id, on)
		if holds != want || want != (number == "PL-0048213") {
			t.Errorf("%s: %v %q", on, holds, number)
		}
	}
	if holds, _ := h.inForce(h.physician("Peter", "Cole", 0), "2026-06-01"); holds {
		t.Error("a policy covers somebody it does not name")
	}
}

func TestACancelledPolicyEndsOnThatDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.physician("Leila", "Imani", 0)
	term := h.policy(id, "PL-0048213", "2026-04-01", "2027-04-01")
	h.blames(h.CancelPolicy(h.ctx, operator, Cancellation{term, day("2026-03-31")}), "on")
	h.blames(h.CancelPolicy(h.ctx, operator, Cancellation{term, day("2027-04-01")}), "on")
	h.blames(h.CancelPolicy(h.ctx, operator, Cancellation{term, Date{}}), "on")
	h.must(h.CancelPolicy(h.ctx, operator, Cancellation{term, day("2026-09-01")}))
	h.says(h.CancelPolicy(h.ctx, operator, Cancellation{term, day("2026-10-01")}), fault.Conflict)
	h.says(h.CancelPolicy(h.ctx, operator, Cancellation{term + 1, day("2026-10-01")}), fault.NotFound)
	for on, want := range map[string]bool{"2026-08-31": true, "2026-09-01": false, "2026-09-02": false} {
		if holds, _ := h.inForce(id, on); holds != want {
			t.Errorf("%s: %v", on, holds)
		}
	}
	// Cancelled from the start, it never held.
	other := h.policy(id, "PL-2", "2027-04-01", "2028-04-01")
	h.must(h.CancelPolicy(h.ctx, operator, Cancellation{other, day("2027-04-01")}))
	if holds, _ := h.inForce(id, "2027-04-01"); holds {
		t.Error("it held on its first day")
	}
}

func TestCoverLiesWithinItsTerm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.physician("Leila", "Imani", 0)
	group, err := h.AddPolicy(h.ctx, operator, NewPolicy{"GR-7", day("2026-01-01"), day("2027-01-01")})
	h.must(err)
	cover := func(from, until string) error {
		return h.Cover(h.ctx, operator, Coverage{group, id, day(from), day(until)})
	}
	h.blames(cover("2025-12-31", "2026-06-01"), "from")
	h.blames(cover("2026-02-01", "2027-01-02"), "until")
	h.blames(cover("2026-02-01", "2026-02-01"), "until")
	h.blames(h.Cover(h.ctx, operator, Coverage{PolicyID: group, PhysicianID: id + 1}), "physician")
	h.says(h.Cover(h.ctx, operator, Coverage{PolicyID: group + 1, PhysicianID: id}), fault.NotFound)
	h.must(cover("2026-02-01", "2026-06-01"))
	h.says(cover("2026-02-01", "2026-07-01"), fault.Conflict)
	for on, want := range map[string]bool{"2026-01-31": false, "2026-02-01": true, "2026-05-31": true, "2026-06-01": false} {
		if holds, _ := h.inForce(id, on); holds != want {
			t.Errorf("%s: %v", on, holds)
		}
	}
}

func TestATermIsAddedOnceHoweverItsNumberIsWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := func(number, effective, expires string) error {
		_, err := h.AddPolicy(h.ctx, admin, NewPolicy{number, day(effective), day(expires)})
		return err
	}
	h.must(add("PL-0048213", "2026-01-01", "2027-01-01"))
	h.must(add("PL-0048213", "2027-01-01", "2028-01-01"))
	h.says(add("pl 0048213", "2026-01-01", "2026-07-01"), fault.Conflict)
	h.blames(add("--", "2026-01-01", "2027-01-01"), "number")
	h.blames(add("X1", "2026-01-01", "2026-01-01"), "expires")
}

func TestPoliciesAreInTheRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	term := h.policy(h.physician("Leila", "Imani", 0), "PL-1", "2026-04-01", "2027-04-01")
	h.must(h.CancelPolicy(h.ctx, admin, Cancellation{term, day("2026-09-01")}))
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		trail, err := audit.Trail(q, audit.Policy(term))
		if err != nil {
			return err
		}
		var actions []string
		for _, e := range trail {
			actions = append(actions, e.Action)
		}
		if got, _ := json.Marshal(actions); string(got) != `["policy.added","policy.covered","policy.cancelled"]` {
			t.Errorf("%s", got)
		}
		if got := string(trail[2].Detail); got != `{"on":"2026-09-01"}` {
			t.Error(got)
		}
		return nil
	}))
}
