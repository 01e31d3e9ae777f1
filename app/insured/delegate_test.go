package insured

import (
	"reflect"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
)

func TestADelegationHoldsFromItsFirstDayToTheDayBeforeItEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, marcus := h.physician("Leila", "Imani", 0), h.person("marcus", actor.Delegate)
	_, err := h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: id, UserID: marcus.ID, MayHear: true,
		From: day("2026-11-20"), Until: until("2026-11-22")})
	h.must(err)
	want := []Acts{{PhysicianID: id, MayHear: true, Name: "Dr Leila Imani", State: "OH"}}
	for at, holds := range map[string]bool{
		"2026-11-20T04:59:59Z": false, "2026-11-20T05:00:00Z": true, // midnight at Home
		"2026-11-22T04:59:59Z": true, "2026-11-22T05:00:00Z": false,
	} {
		now, err := time.Parse(time.RFC3339, at)
		h.must(err)
		h.db.Freeze(now)
		got := h.acts(marcus)
		if holds && !reflect.DeepEqual(got, want) || !holds && got != nil {
			t.Errorf("%s: %+v", at, got)
		}
	}
}

func TestADelegationEndedEndsToday(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, marcus := h.physician("Leila", "Imani", 0), h.person("marcus", actor.Delegate)
	now, err := h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: id, Email: " Marcus@Example.org", MayAsk: true, MayHear: true})
	h.must(err)
	if len(h.acts(marcus)) != 1 {
		t.Fatal("it does not hold from today")
	}
	_, err = h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: id, UserID: marcus.ID, MayAsk: true, From: day("2027-01-01")})
	h.says(err, fault.Conflict)
	h.must(h.EndDelegation(h.ctx, operator, now))
	if got := h.acts(marcus); got != nil {
		t.Errorf("%+v", got)
	}
	h.says(h.EndDelegation(h.ctx, operator, now), fault.Conflict)
	h.says(h.EndDelegation(h.ctx, operator, now+1), fault.NotFound)

	// One that lies ahead never begins, and leaves its days free.
	later := NewDelegation{PhysicianID: id, UserID: marcus.ID, MayAsk: true, From: day("2027-01-01")}
	ahead, err := h.Delegate(h.ctx, operator, later)
	h.must(err)
	h.must(h.EndDelegation(h.ctx, operator, ahead))
	_, err = h.Delegate(h.ctx, operator, later)
	h.must(err)
	h.db.Freeze(time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC))
	if got := h.acts(marcus); len(got) != 1 || got[0].MayHear || !got[0].MayAsk {
		t.Errorf("%+v", got)
	}
}

func TestADelegationIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, marcus, rosa := h.physician("Leila", "Imani", 0), h.person("marcus", actor.Delegate), h.person("rosa", actor.Consultant)
	try := func(in NewDelegation) error {
		in.PhysicianID = id
		_, err := h.Delegate(h.ctx, operator, in)
		return err
	}
	h.blames(try(NewDelegation{Email: "nobody@example.org", MayAsk: true}), "delegate")
	h.blames(try(NewDelegation{MayAsk: true}), "delegate")
	h.blames(try(NewDelegation{UserID: rosa.ID, MayAsk: true}), "delegate")
	h.blames(try(NewDelegation{UserID: marcus.ID}), "may")
	h.blames(try(NewDelegation{UserID: marcus.ID, MayAsk: true, Until: until("2026-11-19")}), "until")
	h.blames(try(NewDelegation{UserID: marcus.ID, MayAsk: true, Until: &Date{}}), "until")
	_, err := h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: id + 1, UserID: marcus.ID, MayAsk: true})
	h.says(err, fault.NotFound)
}

func TestAPhysicianNamesOnlyTheirOwnDelegates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	leila, peter := h.physician("Leila", "Imani", 0), h.physician("Peter", "Cole", 0)
	user, marcus := h.person("leila", actor.Physician), h.person("marcus", actor.Delegate)
	h.must(h.Link(h.ctx, operator, leila, user.ID))
	in := NewDelegation{PhysicianID: leila, UserID: marcus.ID, MayAsk: true, MayHear: true, Until: until("2027-07-01")}
	mine, err := h.Delegate(h.ctx, user, in)
	h.must(err)
	in.PhysicianID = peter
	_, err = h.Delegate(h.ctx, user, in)
	h.says(err, fault.NotFound)
	others, err := h.Delegate(h.ctx, admin, in)
	h.must(err)
	h.says(h.EndDelegation(h.ctx, user, others), fault.NotFound)

	want := []Delegate{{ID: mine, UserID: marcus.ID, Name: "marcus", MayAsk: true, MayHear: true,
		From: day("2026-11-19"), Until: until("2027-07-01")}}
	got, err := h.Delegates(h.ctx, user, leila)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if on := got[0]; !on.InForce(day("2026-11-19")) || on.InForce(day("2026-11-18")) || on.InForce(day("2027-07-01")) {
		t.Error("in force on the wrong days")
	}
	_, err = h.Delegates(h.ctx, user, peter)
	h.says(err, fault.NotFound)
	h.must(h.EndDelegation(h.ctx, user, mine))

	in.PhysicianID = leila
	for _, by := range []actor.Actor{marcus, {ID: 904, Role: actor.Claims}, {ID: 905, Role: actor.Auditor}} {
		_, err := h.Delegate(h.ctx, by, in)
		h.says(err, fault.NotFound)
		h.says(h.EndDelegation(h.ctx, by, others), fault.NotFound)
		_, err = h.Delegates(h.ctx, by, leila)
		h.says(err, fault.NotFound)
		_, err = h.Show(h.ctx, by, leila)
		h.says(err, fault.NotFound)
	}
	for _, by := range []actor.Actor{consultant, manager} {
		_, err := h.Delegate(h.ctx, by, in)
		h.says(err, fault.Forbidden)
		h.says(h.EndDelegation(h.ctx, by, others), fault.Forbidden)
		if got, err := h.Delegates(h.ctx, by, leila); err != nil || len(got) != 1 {
			t.Error(got, err)
		}
	}
}

func TestEveryoneActsForWhomTheyMay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	leila, peter := h.physician("Leila", "Imani", 0), h.physician("Peter", "Cole", 0)
	user, marcus := h.person("leila", actor.Physician), h.person("marcus", actor.Delegate)
	unlinked, idle := h.person("ana", actor.Physician), h.person("tom", actor.Delegate)
	h.must(h.Link(h.ctx, operator, leila, user.ID))
	for _, in := range []NewDelegation{
		{PhysicianID: leila, UserID: marcus.ID, MayAsk: true},
		{PhysicianID: peter, UserID: marcus.ID, MayAsk: true, MayHear: true},
	} {
		_, err := h.Delegate(h.ctx, operator, in)
		h.must(err)
	}
	if got, want := h.acts(user), []Acts{{PhysicianID: leila, MayAsk: true, MayHear: true, Self: true, Name: "Dr Leila Imani", State: "OH"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got, want := h.acts(marcus), []Acts{
		{PhysicianID: peter, MayAsk: true, MayHear: true, Name: "Dr Peter Cole", State: "OH"},
		{PhysicianID: leila, MayAsk: true, Name: "Dr Leila Imani", State: "OH"},
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	nobody := []actor.Actor{unlinked, idle}
	for _, role := range []actor.Role{actor.Consultant, actor.Manager, actor.Claims, actor.Administrator, actor.Auditor, actor.System} {
		// Even with the number of somebody who acts for one.
		nobody = append(nobody, actor.Actor{ID: user.ID, Role: role}, actor.Actor{ID: marcus.ID, Role: role})
	}
	for _, by := range nobody {
		if got := h.acts(by); got != nil {
			t.Errorf("%s acts for %+v", by.Role, got)
		}
	}
}
