package routing

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func people(t *rapid.T) []Candidate {
	n := rapid.IntRange(0, 12).Draw(t, "n")
	out := make([]Candidate, n)
	for i := range out {
		out[i] = Candidate{
			UserID: int64(i + 1), Name: "Consultant " + string(rune('A'+i)),
			AtWork: rapid.Bool().Draw(t, "at work"), Knows: rapid.Bool().Draw(t, "knows"),
			Held: rapid.IntRange(0, 6).Draw(t, "held"), Cap: rapid.IntRange(0, 6).Draw(t, "cap"),
			LastGiven: time.Unix(rapid.Int64Range(0, 5).Draw(t, "last"), 0),
			Preferred: rapid.IntRange(0, 9).Draw(t, "preferred") == 0,
		}
	}
	return out
}

func TestNobodyIsChosenWhoIsAwayFullOrDoesNotTakeTheTopic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := people(t)
		choice := Choose("Reviews", all)
		if len(choice.Considered) != len(all) {
			t.Fatalf("%d considered of %d", len(choice.Considered), len(all))
		}
		for _, p := range all {
			if p.UserID == choice.UserID && p.Out() != "" {
				t.Fatalf("chose %+v, who is out: %s", p, p.Out())
			}
			if choice.Nobody() && p.Out() == "" {
				t.Fatalf("chose nobody although %+v could have it", p)
			}
		}
	})
}

func TestTheLeastLoadedIsChosen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := people(t)
		choice := Choose("Reviews", all)
		var chosen Candidate
		for _, p := range all {
			if p.UserID == choice.UserID {
				chosen = p
			}
		}
		for _, p := range all {
			if p.Out() == "" && p.Preferred == chosen.Preferred && p.Held < chosen.Held {
				t.Fatalf("%+v holds fewer than the chosen %+v", p, chosen)
			}
			if p.Out() == "" && p.Preferred && !chosen.Preferred {
				t.Fatalf("%+v had it before and was passed over", p)
			}
		}
	})
}

func TestTheOrderPeopleComeInDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := people(t)
		mixed := rapid.Permutation(all).Draw(t, "mixed")
		if a, b := Choose("Reviews", all), Choose("Reviews", mixed); a.UserID != b.UserID || a.Reason != b.Reason {
			t.Fatalf("%q and %q", a.Reason, b.Reason)
		}
	})
}

func TestTheReasonIsASentence(t *testing.T) {
	t.Parallel()
	rosa := Candidate{UserID: 1, Name: "Rosa Delgado", AtWork: true, Knows: true, Held: 2, Cap: 12}
	grace := Candidate{UserID: 2, Name: "Grace Oduya", AtWork: true, Knows: true, Held: 5, Cap: 12}
	priya := Candidate{UserID: 3, Name: "Priya Raman", Knows: true, Cap: 12}
	got := Choose("Reviews and complaints", []Candidate{grace, rosa, priya})
	if got.Reason != "Rosa Delgado takes “Reviews and complaints” and holds 2 of 12, the fewest of 2 at work" {
		t.Error(got.Reason)
	}
	if last := got.Considered[2]; last.Name != "Priya Raman" || !last.Out || last.Reason != "not at work" {
		t.Errorf("%+v", last)
	}
}
