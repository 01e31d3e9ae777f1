package insured

import (
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// clinic is a few people with everything that can be found.
func clinic(t *testing.T) *house {
	h := newHouse(t)
	system := h.practice(NewPractice{Name: "Scioto Health System", City: "Columbus", State: "OH"})
	cole := h.practice(NewPractice{Name: "Imani & Cole", City: "Columbus", State: "OH", PartOf: system})
	womens := h.practice(NewPractice{Name: "Lakeview Women’s Health", City: "Toledo", State: "OH"})
	leila := h.physician("Leila", "Imani", cole)
	peter := h.physician("Peter", "Cole", cole)
	h.physician("José", "Núñez-Ibarra", womens)
	h.physician("Siobhán", "O’Brien", 0)
	h.physician("Anh", "Do", 0)
	h.policy(leila, "PL-0048213", "2026-03-31", "2027-03-31")
	h.policy(leila, "PL-0048213", "2025-03-31", "2026-03-31")
	h.policy(peter, "PL-0048214", "2024-01-01", "2025-01-01")
	h.phone(leila, "614 555 0134")
	h.phone(peter, "(614) 555-0199 x12")
	h.phone(peter, "555-7788")
	_, err := h.AddPhone(h.ctx, operator, NewPhone{PracticeID: cole, Typed: "+1 614-555-0100", Label: "front desk"})
	h.must(err)
	_, err = h.AddPhone(h.ctx, operator, NewPhone{PracticeID: womens, Typed: "+44 20 7946 0958"})
	h.must(err)
	marcus := h.person("marcus", actor.Delegate)
	_, err = h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: leila, UserID: marcus.ID, MayAsk: true, MayHear: true, Until: until("2027-06-30")})
	h.must(err)
	past := h.person("past", actor.Delegate)
	_, err = h.Delegate(h.ctx, operator, NewDelegation{PhysicianID: leila, UserID: past.ID, MayAsk: true, From: day("2026-01-01"), Until: until("2026-11-19")})
	h.must(err)
	return h
}

func TestACallerIsFoundByWhateverTheyGive(t *testing.T) {
	t.Parallel()
	h := clinic(t)
	for _, want := range []struct{ typed, first, by string }{
		{"Leila Imani", "Imani", "name"},
		{"Dr. Leila Imani, MD", "Imani", "name"},
		{"imani leila", "Imani", "name"},
		{"im", "Imani", "name"},
		{"IMA", "Imani", "name"},
		{"Emani", "Imani", "name"},
		{"imanni", "Imani", "name"},
		{"leyla imani", "Imani", "name"},
		{"L. Imani", "Imani", "name"},
		{"leil", "Imani", "name"},
		{"nunez", "Núñez-Ibarra", "name"},
		{"Nuñes", "Núñez-Ibarra", "name"},
		{"jose ibarra", "Núñez-Ibarra", "name"},
		{"Núñez", "Núñez-Ibarra", "name"}, // accents apart from their letters
		{"obrien", "O’Brien", "name"},
		{"O'Brien", "O’Brien", "name"},
		{"siobhan", "O’Brien", "name"},
		{"Do", "Do", "name"},

		{"PL-0048213", "Imani", "policy"},
		{"pl0048213", "Imani", "policy"},
		{"PL 004 8213", "Imani", "policy"},
		{"0048213", "Imani", "policy"},
		{"48213", "Imani", "policy"},
		{"pl-0048214", "Cole", "policy"},

		{"6145550134", "Imani", "phone"},
		{"(614) 555-0134", "Imani", "phone"},
		{"+1 614.555.0134", "Imani", "phone"},
		{"1 614 555 01 34", "Imani", "phone"},
		{"614 555 0134 ext 9", "Imani", "phone"},
		{"614 555 013", "Imani", "phone"},
		{"0134", "Imani", "phone"},
		{"555 0199", "Cole", "phone"},
		{"5557788", "Cole", "phone"},
		{"020 7946 09", "Núñez-Ibarra", "phone"},
		{"+44 20 7946 0958", "Núñez-Ibarra", "phone"},
		{"011 44 20 7946 0958", "Núñez-Ibarra", "phone"},

		{"lakeview womens", "Núñez-Ibarra", "practice"},
		{"Lakevew Women's Health", "Núñez-Ibarra", "practice"},
		{"imani & cole", "Cole", "practice"},
		{"scioto", "Cole", "practice"},
	} {
		found := h.find(want.typed)
		if len(found) == 0 || found[0].FamilyName != want.first || found[0].MatchedBy != want.by {
			t.Errorf("%q: %+v, want %s by %s", want.typed, found, want.first, want.by)
		}
	}
	if found := h.find("614 555 01"); len(found) != 2 {
		t.Errorf("part of a number finds %d", len(found))
	}
	for _, typed := range []string{"", " ", "i", "Dr", "9", "%%%%", "____", "999 999 9999", "00000", "PL-9999999", "Zzyzx Qwerty", "'; --", "?@words", strings.Repeat("9", 5000), strings.Repeat("ж", 5000)} {
		if found := h.find(typed); len(found) != 0 {
			t.Errorf("%.20q finds %+v", typed, found)
		}
	}
}

func TestACallerIsShownWithAllTheDeskNeeds(t *testing.T) {
	t.Parallel()
	h := clinic(t)
	found := h.find("614 555 0134")
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	got := found[0]
	if len(got.Delegates) != 1 {
		t.Fatalf("%+v", got.Delegates)
	}
	who := got.Delegates[0]
	if who.ID == 0 || who.UserID == 0 || !who.InForce(h.Today()) {
		t.Errorf("%+v", who)
	}
	want := Caller{PhysicianID: got.PhysicianID, Name: "Dr Leila Imani", FamilyName: "Imani", Specialty: "Family medicine",
		Practice: "Imani & Cole", City: "Columbus", State: "OH", Policy: "PL-0048213", PolicyUntil: until("2027-03-31"), InForce: true,
		MatchedBy: "phone", Phones: []string{"614 555 0134", "+1 614-555-0100"},
		Delegates: []Delegate{{ID: who.ID, UserID: who.UserID, Name: "marcus", MayAsk: true, MayHear: true,
			From: day("2026-11-19"), Until: until("2027-06-30")}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got.Salutation() != "Dr Imani" {
		t.Error(got.Salutation())
	}
	shown, err := h.Show(h.ctx, manager, got.PhysicianID)
	want.MatchedBy = ""
	if err != nil || !reflect.DeepEqual(*shown, want) {
		t.Errorf("%+v %v", shown, err)
	}
	if lapsed := h.find("PL-0048214")[0]; lapsed.InForce || lapsed.Policy != "PL-0048214" || *lapsed.PolicyUntil != day("2025-01-01") {
		t.Errorf("%+v", lapsed)
	}
	if none := h.find("siobhan")[0]; none.InForce || none.Policy != "" || none.PolicyUntil != nil || len(none.Phones)+len(none.Delegates) != 0 || none.Practice != "" {
		t.Errorf("%+v", none)
	}
}

func TestACallerIsInForceAsTheirCoverIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.physician("Leila", "Imani", 0)
	shown := func() Caller { h.Helper(); return h.find("imani")[0] }
	term := h.policy(id, "PL-1", "2026-01-01", "2027-01-01")
	if c := shown(); !c.InForce {
		t.Errorf("%+v", c)
	}
	h.must(h.CancelPolicy(h.ctx, operator, Cancellation{term, h.Today()}))
	if c := shown(); c.InForce || c.Policy != "PL-1" || *c.PolicyUntil != h.Today() {
		t.Errorf("cancelled today: %+v", c)
	}
	group, err := h.AddPolicy(h.ctx, operator, NewPolicy{"GR-7", day("2025-01-01"), day("2028-01-01")})
	h.must(err)
	h.must(h.Cover(h.ctx, operator, Coverage{group, id, day("2025-01-01"), day("2025-06-01")}))
	if c := shown(); c.InForce || c.Policy != "PL-1" {
		t.Errorf("left the group long ago: %+v", c)
	}
	h.must(h.Cover(h.ctx, operator, Coverage{group, id, h.Today(), h.Today().Add(1)}))
	if c := shown(); !c.InForce || c.Policy != "GR-7" || *c.PolicyUntil != h.Today().Add(1) {
		t.Errorf("in the group for today: %+v", c)
	}
}

func TestANumberInFullComesBeforeANumberInPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	part, full, policy := h.physician("Ana", "Abel", 0), h.physician("Zoe", "Zorn", 0), h.physician("Max", "Moor", 0)
	h.phone(part, "+44 6145 550134")
	h.phone(full, "614 555 0134")
	h.policy(policy, "6145550134", "2026-01-01", "2027-01-01")
	var order []int64
	for _, c := range h.find("614-555-0134") {
		order = append(order, c.PhysicianID)
	}
	if want := []int64{full, policy, part}; !reflect.DeepEqual(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
}

func TestNamesComeByHowAlikeTheyAre(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range []string{"Leeland", "Lee", "Leary", "Lees"} {
		h.physician("Robin", name, 0)
	}
	h.physician("Lee", "Zorn", 0)
	var order []string
	for _, c := range h.find("lee") {
		order = append(order, c.FamilyName)
	}
	if len(order) < 4 || order[0] != "Lee" || order[1] != "Zorn" && order[1] != "Leeland" {
		t.Errorf("%v", order)
	}
	if found, err := h.Find(h.ctx, consultant, "robin", 2); err != nil || len(found) != 2 {
		t.Error(len(found), err)
	}
}

func TestOnlyTheDeskFindsCallers(t *testing.T) {
	t.Parallel()
	h := clinic(t)
	for _, role := range append(actor.Roles, actor.System) {
		_, err := h.Find(h.ctx, actor.Actor{ID: 906, Role: role}, "imani", 0)
		if role == actor.Consultant || role == actor.Manager {
			h.must(err)
		} else {
			h.says(err, fault.NotFound)
		}
	}
	user := h.person("leila", actor.Physician)
	id := h.find("imani")[0].PhysicianID
	h.must(h.Link(h.ctx, operator, id, user.ID))
	own, err := h.Show(h.ctx, user, id)
	if err != nil || own.Name != "Dr Leila Imani" {
		t.Error(own, err)
	}
	_, err = h.Show(h.ctx, user, id+1)
	h.says(err, fault.NotFound)
	_, err = h.Show(h.ctx, consultant, 9999)
	h.says(err, fault.NotFound)
}

func TestFindingACallerIsOneQuery(t *testing.T) {
	t.Parallel()
	h := clinic(t)
	var queries atomic.Int32
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		count := func(*gorm.DB) { queries.Add(1) }
		// The callbacks belong to the database the handle is of, so the room's own
		// queries are counted with them.
		return q.Callback().Query().Before("*").Register("count", count)
	}))
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Callback().Row().Before("*").Register("count", func(*gorm.DB) { queries.Add(1) })
	}))
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Callback().Raw().Before("*").Register("count", func(*gorm.DB) { queries.Add(1) })
	}))
	for _, typed := range []string{"imani", "614 555 01", "PL-0048213"} {
		queries.Store(0)
		if found := h.find(typed); len(found) == 0 || queries.Load() != 1 {
			t.Errorf("%q: %d found in %d queries", typed, len(found), queries.Load())
		}
	}
}
