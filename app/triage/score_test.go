package triage

import (
	"math"
	"testing"
)

// TestQuestionsNeverTrainedOnAreReadWellEnough holds the floors: each real question is read by
// a model that saw neither it nor anything much like it, and only half of the other real ones.
func TestQuestionsNeverTrainedOnAreReadWellEnough(t *testing.T) {
	t.Parallel()
	s := CrossValidate(Corpus(), EmbeddedLexicon(), 2, func(ex Example) bool { return ex.Real })
	t.Logf("n %d, topic %.3f, two %.3f, F1 %.3f, critical %.3f, alarms %.3f, article %.3f, any %.3f",
		s.N, s.Accuracy, s.TopTwo, s.MacroF1, s.Caught.Value(), s.FalseAlarms.Value(), s.Articles3.Value(), s.Fitting.Value())
	if s.N < 70 || s.Accuracy < 0.70 || s.TopTwo < 0.86 || s.MacroF1 < 0.65 {
		t.Errorf("topics: n %d, %.3f, %.3f among two, F1 %.3f", s.N, s.Accuracy, s.TopTwo, s.MacroF1)
	}
	if s.Caught.Value() < 0.85 || s.FalseAlarms.Value() > 0.10 {
		t.Errorf("critical: %.3f caught at %.3f false alarms", s.Caught.Value(), s.FalseAlarms.Value())
	}
	if s.Articles3.Value() < 0.80 {
		t.Errorf("article among three: %.3f", s.Articles3.Value())
	}
}

func TestNearDuplicatesAreNeverSplit(t *testing.T) {
	t.Parallel()
	ready, err := compile(EmbeddedLexicon())
	if err != nil {
		t.Fatal(err)
	}
	texts := prepare([]Example{
		{Text: "A lawyer phoned about the chart of a patient with a broken hip."},
		{Text: "Premiums rose again this year; why?"},
		{Text: "A lawyer phoned today about the chart of my patient with the broken hip!"},
	}, ready)
	if g := alike(texts); g[0] != g[2] || g[0] == g[1] {
		t.Errorf("groups %v", g)
	}
}

func TestIntervalsAndCountsAreRight(t *testing.T) {
	t.Parallel()
	s := share(8, 10) // Wilson: 0.490 to 0.943
	if math.Abs(s.Low-0.490) > 0.001 || math.Abs(s.High-0.943) > 0.001 || s.Value() != 0.8 {
		t.Errorf("%+v", s)
	}
	if s := share(0, 0); s.Value() != 0 || s.Low != 0 || s.High != 1 {
		t.Errorf("of nothing: %+v", s)
	}
	read := func(topic, second, urgency string, articles ...string) Reading {
		r := Reading{Topics: []Scored{{Code: topic}, {Code: second}}, Urgency: urgency, Triggers: []Trigger{{Code: "suit"}}}
		for _, a := range articles {
			r.Articles = append(r.Articles, Scored{Code: a})
		}
		return r
	}
	got := score([]Example{
		{Topic: "discharge", Urgency: "critical", Triggers: []string{"suit", "breach"}, Articles: []string{"discharge-letter"}},
		{Topic: "discharge", Urgency: "routine", Triggers: []string{}, Articles: []string{}},
		{Topic: "misinformation", Urgency: "urgent"},
	}, []Reading{
		read("discharge", "misinformation", "critical", "ending-the-relationship", "discharge-letter"),
		read("misinformation", "discharge", "critical"),
		read("equity_culture", "discharge", "urgent"),
	})
	if got.Topic.K != 1 || got.Two.K != 2 || got.Urgency.K != 2 || got.Caught != share(1, 1) || got.FalseAlarms != share(1, 2) || got.Articles3 != share(2, 2) {
		t.Errorf("%+v", got)
	}
	// discharge: one of two found, one called: F1 2/3; misinformation: none. Mean 1/3.
	if math.Abs(got.MacroF1-1.0/3) > 1e-9 {
		t.Errorf("F1 %f", got.MacroF1)
	}
	if len(got.Triggers) != 2 || got.Triggers[0].Code != "suit" || got.Triggers[0].Precision != share(1, 2) || got.Triggers[0].Recall != share(1, 1) || got.Triggers[1].Recall != share(0, 1) {
		t.Errorf("%+v", got.Triggers)
	}
}

func TestExponentAndLogarithmAreExactEnough(t *testing.T) {
	t.Parallel()
	for x := -30.0; x <= 30; x += 0.37 {
		if got := exp(x); math.Abs(got/math.Exp(x)-1) > 1e-13 {
			t.Errorf("exp(%f) = %g", x, got)
		}
		if y := math.Exp(x); math.Abs(ln(y)-x) > 1e-12 {
			t.Errorf("ln(%g) = %f", y, ln(y))
		}
	}
}
