package routing_test

import (
	"testing"
	"time"

	"hotline/app/routing"
)

var june = time.Date(2026, time.June, 12, 15, 0, 0, 0, time.UTC)

// ask is a routine ticket about Ohio.
func ask() routing.Ask {
	return routing.Ask{Topic: "ending", TopicName: "Ending a patient’s care", Urgency: "routine", State: "OH", StateName: "Ohio", Now: june}
}

// at is somebody at work who knows the topic.
func at(id int64, name string, held, limit int) routing.Candidate {
	return routing.Candidate{UserID: id, Name: name, AtWork: true, InShift: true, Level: routing.Knows, Held: held, Cap: limit}
}

func with(c routing.Candidate, change func(*routing.Candidate)) routing.Candidate {
	change(&c)
	return c
}

func rosa(held int) routing.Candidate  { return at(1, "Rosa Delgado", held, 12) }
func grace(held int) routing.Candidate { return at(2, "Grace Oduya", held, 12) }

func TestWhoCannotHaveItSaysWhy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want    string
		urgency string
		closed  bool
		readers bool
		change  func(*routing.Candidate)
	}{
		{want: "", change: func(*routing.Candidate) {}},
		{want: "away", change: func(c *routing.Candidate) { c.Away = true }},
		{want: "not at work", change: func(c *routing.Candidate) { c.AtWork = false }},
		{want: "off shift", change: func(c *routing.Candidate) { c.InShift = false }},
		{want: "wrapping up a call", change: func(c *routing.Candidate) { c.Wrapping = true }},
		{want: "does not take this topic", change: func(c *routing.Candidate) { c.Level = routing.None }},
		{want: "learning it, and nobody can read along", change: func(c *routing.Candidate) { c.Level = routing.Training }},
		{want: "", readers: true, change: func(c *routing.Candidate) { c.Level = routing.Training }},
		{want: "full, 6 of 6", change: func(c *routing.Candidate) { c.Held, c.Cap = 6, 6 }},
		{want: "no room for a critical one, 11 of 12", urgency: "critical", change: func(c *routing.Candidate) { c.Held = 11 }},
		{want: "", urgency: "critical", change: func(c *routing.Candidate) { c.Held = 10 }},
		{want: "never this physician", change: func(c *routing.Candidate) { c.Excluded = true }},
		{want: "gave it back", change: func(c *routing.Candidate) { c.GaveBack = true }},
		{want: "did not take it in time", change: func(c *routing.Candidate) { c.Lapsed = true }},
		{want: "not at work", urgency: "critical", closed: true, change: func(c *routing.Candidate) { c.AtWork = false }},
		{want: "", urgency: "critical", closed: true, change: func(c *routing.Candidate) { c.AtWork, c.OnCall = false, true }},
		{want: "away", urgency: "critical", closed: true, change: func(c *routing.Candidate) { c.Away, c.OnCall = true, true }},
		{want: "not at work", urgency: "urgent", closed: true, change: func(c *routing.Candidate) { c.AtWork, c.OnCall = false, true }},
		{want: "not at work", urgency: "critical", change: func(c *routing.Candidate) { c.AtWork, c.OnCall = false, true }},
	} {
		ask := ask()
		ask.Closed, ask.Readers = test.closed, test.readers
		if test.urgency != "" {
			ask.Urgency = test.urgency
		}
		c := with(rosa(3), test.change)
		choice := routing.Choose(ask, []routing.Candidate{c}, routing.Default())
		if got := choice.Considered[0]; c.Out(ask, routing.Default()) != test.want || got.Out != (test.want != "") ||
			got.Out && got.Reason != test.want || choice.Nobody() != got.Out {
			t.Errorf("%q: %+v", test.want, choice)
		}
	}
}

func TestTheReasonSaysWhatDecidedIt(t *testing.T) {
	t.Parallel()
	type c = routing.Candidate
	in := func(month time.Month, year int) time.Time { return time.Date(year, month, 9, 12, 0, 0, 0, time.UTC) }
	night := ask()
	night.Urgency, night.Closed = "critical", true
	spanish := ask()
	spanish.Language, spanish.LanguageName = "es", "Spanish"
	reading := ask()
	reading.Readers = true
	for _, test := range []struct {
		want   string
		ask    routing.Ask
		people []c
	}{
		{"Rosa Delgado knows “Ending a patient’s care”, holds 2 of 12; nobody else can have it now",
			ask(), []c{rosa(2), with(grace(1), func(c *c) { c.Away = true })}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 2 of 12; Grace Oduya has less room, with 5 of 12",
			ask(), []c{grace(5), rosa(2)}},
		{"Rosa Delgado knows “Ending a patient’s care” and Ohio, holds 4 of 12; Grace Oduya does not know Ohio",
			ask(), []c{grace(4), with(rosa(4), func(c *c) { c.State = true })}},
		{"Rosa Delgado leads in “Ending a patient’s care”, knows Ohio, holds 4 of 12; Grace Oduya knows it but does not lead in it",
			ask(), []c{with(grace(4), func(c *c) { c.State = true }), with(rosa(4), func(c *c) { c.Level, c.State = routing.Leads, true })}},
		{"Rosa Delgado knows “Ending a patient’s care”, speaks Spanish, holds 4 of 12; Grace Oduya does not speak Spanish",
			spanish, []c{grace(3), with(rosa(4), func(c *c) { c.Language = true })}},
		{"Rosa Delgado knows “Ending a patient’s care” and Ohio, holds 6 of 12, had another of this physician’s tickets in May, and so comes before Grace Oduya",
			ask(), []c{grace(4), with(rosa(6), func(c *c) { c.State, c.Tie, c.TieAt = true, routing.SamePhysician, in(time.May, 2026) })}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 11 of 12, had this matter in May 2025, and so comes before Grace Oduya",
			ask(), []c{grace(0), with(rosa(11), func(c *c) { c.Tie, c.TieAt = routing.SameMatter, in(time.May, 2025) })}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 4 of 12, had a ticket of this practice before, and so comes before Grace Oduya",
			ask(), []c{grace(3), with(rosa(4), func(c *c) { c.Tie = routing.SamePractice })}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 4 of 12, stands in for Priya Raman, who had another of this physician’s tickets, and so comes before Grace Oduya",
			ask(), []c{grace(3), with(rosa(4), func(c *c) { c.Covers, c.CoversTie = "Priya Raman", routing.SamePhysician })}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 4 of 12, stands in for Priya Raman, who had it before; nobody else can have it now",
			ask(), []c{with(rosa(4), func(c *c) { c.Covers = "Priya Raman" })}},
		{"Grace Oduya knows “Ending a patient’s care”, holds 4 of 12; Rosa Delgado would have done as well, but was given one more recently",
			ask(), []c{with(rosa(4), func(c *c) { c.LastGiven = june }), grace(4)}},
		{"Rosa Delgado knows “Ending a patient’s care”, holds 4 of 12; Grace Oduya would have done as well", ask(), []c{grace(4), rosa(4)}},
		{"Rosa Delgado has the on-call turn, knows “Ending a patient’s care”, holds 4 of 12; nobody else can have it now",
			night, []c{with(grace(0), func(c *c) { c.AtWork = false }), with(rosa(4), func(c *c) { c.AtWork, c.OnCall = false, true })}},
		{"Rosa Delgado is learning “Ending a patient’s care”, holds 4 of 12; nobody who knows it can have it now, so somebody who does reads along",
			reading, []c{grace(12), with(rosa(4), func(c *c) { c.Level = routing.Training })}},
		{"Grace Oduya knows “Ending a patient’s care”, holds 11 of 12; Rosa Delgado is still learning it",
			reading, []c{grace(11), with(rosa(0), func(c *c) { c.Level, c.Tie = routing.Training, routing.SameMatter })}},
		{"", ask(), []c{grace(12)}},
	} {
		if got := routing.Choose(test.ask, test.people, routing.Default()); got.Reason != test.want {
			t.Errorf("\nwant %s\n got %s", test.want, got.Reason)
		}
	}
}

func TestPointsAreSharesOfTheWeightsRoundedDown(t *testing.T) {
	t.Parallel()
	spanish := ask()
	spanish.Language = "es"
	p := routing.Policy{Weights: routing.Weights{Room: 40, Depth: 21, State: 10, Language: 30, Matter: 80, Physician: 25, Practice: 8, Cover: 26}}
	c := with(at(7, "Amos Lind", 4, 9), func(c *routing.Candidate) {
		c.State, c.Language, c.Tie, c.Covers = true, true, routing.SamePractice, "Rosa Delgado"
	})
	got := routing.Choose(spanish, []routing.Candidate{c}, p).Considered[0]
	want := []routing.Part{{"practice", 8}, {"cover", 26}, {"language", 30}, {"state", 10}, {"depth", 10}, {"room", 17}} // 40 × 4/9
	if got.Score != 101 || len(got.Parts) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got.Parts[i] != want[i] {
			t.Errorf("%+v, want %+v", got.Parts[i], want[i])
		}
	}
	english := routing.Choose(ask(), []routing.Candidate{c}, p).Considered[0]
	if english.Score != 71 {
		t.Errorf("nobody asked for Spanish: %+v", english)
	}
}

func TestTheOthersAreNamedByName(t *testing.T) {
	t.Parallel()
	off := func(id int64, name string) routing.Candidate { return routing.Candidate{UserID: id, Name: name} }
	got := routing.Choose(ask(), []routing.Candidate{off(4, "Zoe"), off(3, "Amos"), rosa(5), grace(1), off(1, "Amos")}, routing.Default())
	var order []int64
	for _, c := range got.Considered {
		order = append(order, c.UserID)
	}
	if want := []int64{2, 1, 1, 3, 4}; len(order) != 5 || order[0] != want[0] || order[1] != want[1] || order[2] != want[2] || order[3] != want[3] || order[4] != want[4] {
		t.Errorf("%v", order)
	}
	if !got.Considered[0].Chosen || got.Considered[1].Chosen || got.Learning {
		t.Errorf("%+v", got)
	}
}
