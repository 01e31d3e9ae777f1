package routing_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/routing"
)

func someAsk(t *rapid.T) routing.Ask {
	return routing.Ask{
		Topic: "ending", TopicName: "Ending care",
		Urgency:  rapid.SampledFrom([]string{"critical", "urgent", "routine"}).Draw(t, "urgency"),
		State:    rapid.SampledFrom([]string{"", "OH"}).Draw(t, "state"),
		Language: rapid.SampledFrom([]string{"", "en", "es"}).Draw(t, "language"),
		Closed:   rapid.Bool().Draw(t, "closed"), Readers: rapid.Bool().Draw(t, "readers"), Now: june,
	}
}

func somePolicy(t *rapid.T) routing.Policy {
	weight := rapid.IntRange(-5, 60)
	load := rapid.IntRange(0, 3)
	return routing.Policy{
		Weights: routing.Weights{
			Room: weight.Draw(t, "room"), Depth: weight.Draw(t, "depth"), State: weight.Draw(t, "state"), Language: weight.Draw(t, "language"),
			Matter: weight.Draw(t, "matter"), Physician: weight.Draw(t, "physician"), Practice: weight.Draw(t, "practice"), Cover: weight.Draw(t, "cover"),
		},
		Loads: routing.ByUrgency{Critical: load.Draw(t, "critical"), Urgent: load.Draw(t, "urgent"), Routine: load.Draw(t, "routine")},
	}
}

// somePeople draws candidates most of whom could have the ticket, each at odds with it now and then.
func somePeople(t *rapid.T) []routing.Candidate {
	rarely := rapid.Map(rapid.IntRange(0, 9), func(n int) bool { return n == 0 })
	out := make([]routing.Candidate, rapid.IntRange(0, 12).Draw(t, "people"))
	for i := range out {
		out[i] = routing.Candidate{
			UserID: int64(i + 1), Name: rapid.SampledFrom([]string{"Ana", "Bo", "Cy"}).Draw(t, "name"),
			AtWork: !rarely.Draw(t, "off"), InShift: !rarely.Draw(t, "off shift"), Wrapping: rarely.Draw(t, "wrapping"),
			Away: rarely.Draw(t, "away"), OnCall: rapid.Bool().Draw(t, "on call"),
			Level: routing.Level(rapid.IntRange(0, 3).Draw(t, "level")), State: rapid.Bool().Draw(t, "knows state"), Language: rapid.Bool().Draw(t, "speaks"),
			Held: rapid.IntRange(0, 7).Draw(t, "held"), Cap: rapid.IntRange(0, 9).Draw(t, "cap"),
			Tie: routing.Tie(rapid.IntRange(0, 3).Draw(t, "tie")), Covers: rapid.SampledFrom([]string{"", "", "Dee"}).Draw(t, "covers"),
			Excluded: rarely.Draw(t, "excluded"), GaveBack: rarely.Draw(t, "gave back"), Lapsed: rarely.Draw(t, "lapsed"),
		}
		if last := rapid.Int64Range(0, 3).Draw(t, "last"); last > 0 {
			out[i].LastGiven = time.Unix(last, 0)
		}
	}
	return out
}

func find(people []routing.Candidate, userID int64) int {
	return slices.IndexFunc(people, func(c routing.Candidate) bool { return c.UserID == userID })
}

func TestNobodyIsGivenWhatTheyMustNotHave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, people, p := someAsk(t), somePeople(t), somePolicy(t)
		choice := routing.Choose(ask, people, p)
		may := func(c routing.Candidate) bool {
			turn := c.OnCall && ask.Closed && ask.Urgency == "critical"
			there := c.AtWork && c.InShift && !c.Wrapping || turn
			able := turn || c.Level == routing.Knows || c.Level == routing.Leads || c.Level == routing.Training && ask.Readers
			return there && !c.Away && able && c.Held+p.Load(ask.Urgency) <= c.Cap && !c.Excluded && !c.GaveBack && !c.Lapsed
		}
		for i, c := range people {
			switch {
			case c.UserID == choice.UserID && !may(c):
				t.Fatalf("chose %+v", c)
			case choice.Nobody() && may(c):
				t.Fatalf("chose nobody although %+v may have it", c)
			case (people[i].Out(ask, p) == "") != may(c):
				t.Fatalf("%q of %+v", people[i].Out(ask, p), c)
			}
		}
		if i := find(people, choice.UserID); i >= 0 && people[i].Level == routing.Training {
			if !choice.Learning || slices.ContainsFunc(people, func(c routing.Candidate) bool { return may(c) && c.Level > routing.Training }) {
				t.Fatalf("a learner before somebody who knows: %+v", choice)
			}
		}
	})
}

func TestTheOrderPeopleComeInDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, people, p := someAsk(t), somePeople(t), somePolicy(t)
		mixed := rapid.Permutation(people).Draw(t, "mixed")
		before := slices.Clone(mixed)
		if a, b := routing.Choose(ask, people, p), routing.Choose(ask, mixed, p); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v and %+v", a, b)
		}
		if !reflect.DeepEqual(before, mixed) {
			t.Fatal("the people were changed")
		}
	})
}

func TestEverybodyIsConsideredOnceTheBestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, people, p := someAsk(t), somePeople(t), somePolicy(t)
		all := routing.Choose(ask, people, p).Considered
		if len(all) != len(people) {
			t.Fatalf("%d considered of %d", len(all), len(people))
		}
		seen := map[int64]bool{}
		for i, c := range all {
			sum := 0
			for _, part := range c.Parts {
				sum += part.Points
			}
			if seen[c.UserID] || sum != c.Score || c.Reason == "" || c.Chosen != (i == 0 && !c.Out) {
				t.Fatalf("%+v", c)
			}
			seen[c.UserID] = true
			if i == 0 {
				continue
			}
			a, b := all[i-1], c
			learnt := func(c routing.Considered) bool { return people[find(people, c.UserID)].Level == routing.Training }
			if a.Out && !b.Out || a.Out && a.Name > b.Name || !b.Out && learnt(a) == learnt(b) && a.Score < b.Score {
				t.Fatalf("%+v before %+v", a, b)
			}
		}
	})
}

func TestWhoeverIsChosenStaysSoWhenMoreSpeaksForThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, people, p := someAsk(t), somePeople(t), somePolicy(t)
		choice := routing.Choose(ask, people, p)
		i := find(people, choice.UserID)
		if i < 0 {
			return
		}
		c := &people[i]
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			c.Cap += rapid.IntRange(1, 9).Draw(t, "more")
		case 1:
			c.Held -= rapid.IntRange(0, c.Held).Draw(t, "less")
		case 2:
			c.State = true
		case 3:
			c.Language = true
		case 4:
			c.Covers = "Dee"
		case 5:
			c.Level = max(c.Level, rapid.SampledFrom([]routing.Level{routing.Knows, routing.Leads}).Draw(t, "better"))
		case 6:
			c.LastGiven = time.Time{}
			if before := c.UserID; rapid.Bool().Draw(t, "first") {
				c.UserID, choice.UserID = -before, -before
			}
		}
		if again := routing.Choose(ask, people, p); again.UserID != choice.UserID {
			t.Fatalf("%q, then %q", choice.Reason, again.Reason)
		}
	})
}

func TestTheChoiceStandsWithoutOneWhoWasNotChosen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, people, p := someAsk(t), somePeople(t), somePolicy(t)
		choice := routing.Choose(ask, people, p)
		if len(people) == 0 {
			return
		}
		i := rapid.IntRange(0, len(people)-1).Draw(t, "goes")
		goes := people[i].UserID
		again := routing.Choose(ask, slices.Delete(slices.Clone(people), i, i+1), p)
		switch {
		case goes != choice.UserID && again.UserID != choice.UserID:
			t.Fatalf("%q, without %d %q", choice.Reason, goes, again.Reason)
		case goes == choice.UserID && !choice.Nobody() && len(choice.Considered) > 1:
			if next := choice.Considered[1]; next.Out != again.Nobody() || !next.Out && again.UserID != next.UserID {
				t.Fatalf("without the first %q instead of %q", again.Reason, next.Name)
			}
		}
	})
}
