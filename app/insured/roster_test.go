package insured

import (
	"errors"
	"testing"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

func TestOnlyAdministratorsAndTheSystemKeepTheRoster(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.physician("Leila", "Imani", 0)
	for _, role := range append(actor.Roles, actor.System) {
		by := actor.Actor{ID: 903, Role: role}
		want := fault.NotFound
		switch role {
		case actor.Administrator, actor.System:
			want = nil
		case actor.Consultant, actor.Manager:
			want = fault.Forbidden
		}
		_, practice := h.AddPractice(h.ctx, by, NewPractice{Name: "Imani & Cole", State: "OH"})
		_, physician := h.AddPhysician(h.ctx, by, NewPhysician{GivenName: "A", FamilyName: "B", State: "OH"})
		term, policy := h.AddPolicy(h.ctx, by, NewPolicy{"PL-" + string(role), day("2026-01-01"), day("2027-01-01")})
		_, phone := h.AddPhone(h.ctx, by, NewPhone{PhysicianID: id, Typed: "614 555 0134"})
		cover := h.Cover(h.ctx, by, Coverage{PolicyID: term, PhysicianID: id})
		cancel := h.CancelPolicy(h.ctx, by, Cancellation{term, day("2026-02-01")})
		for _, err := range []error{practice, physician, policy, phone, cover, cancel} {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", role, err, want)
			}
		}
		if want != nil {
			h.says(h.Link(h.ctx, by, id, 1), want)
		}
	}
}

func TestARosterIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.AddPractice(h.ctx, admin, NewPractice{Name: " ", State: "OH"})
	h.blames(err, "name")
	_, err = h.AddPractice(h.ctx, admin, NewPractice{Name: "Imani & Cole", State: "XX"})
	h.blames(err, "state")
	_, err = h.AddPractice(h.ctx, admin, NewPractice{Name: "Imani & Cole", State: "OH", PartOf: 99})
	h.blames(err, "part_of")
	_, err = h.AddPhysician(h.ctx, admin, NewPhysician{FamilyName: "Imani", State: "OH"})
	h.blames(err, "given_name")
	_, err = h.AddPhysician(h.ctx, admin, NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", PracticeID: 99})
	h.blames(err, "practice")
	id := h.physician("Leila", "Imani", 0)
	_, err = h.AddPhone(h.ctx, admin, NewPhone{PhysicianID: id, Typed: "call me"})
	h.blames(err, "phone")
	_, err = h.AddPhone(h.ctx, admin, NewPhone{Typed: "614 555 0134"})
	h.blames(err, "owner")
	_, err = h.AddPhone(h.ctx, admin, NewPhone{PracticeID: 99, Typed: "614 555 0134"})
	h.blames(err, "owner")
}

func TestAPhysicianSignsInAsOnePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	leila, peter := h.physician("Leila", "Imani", 0), h.physician("Peter", "Cole", 0)
	user, another, clerk := h.person("leila", actor.Physician), h.person("peter", actor.Physician), h.person("marcus", actor.Delegate)
	h.blames(h.Link(h.ctx, admin, leila, clerk.ID), "user")
	h.says(h.Link(h.ctx, admin, 99, user.ID), fault.NotFound)
	h.must(h.Link(h.ctx, admin, leila, user.ID))
	h.says(h.Link(h.ctx, admin, leila, another.ID), fault.Conflict)
	h.says(h.Link(h.ctx, admin, peter, user.ID), fault.Conflict)
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		if id, err := ByUser(q, user.ID); err != nil || id != leila {
			t.Error(id, err)
		}
		if _, err := ByUser(q, clerk.ID); !errors.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if name, err := Name(q, leila); err != nil || name != "Dr Leila Imani" {
			t.Error(name, err)
		}
		if _, err := Name(q, 99); !errors.Is(err, fault.NotFound) {
			t.Error(err)
		}
		return nil
	}))
	if got := Salutation("Imani"); got != "Dr Imani" {
		t.Error(got)
	}
}
