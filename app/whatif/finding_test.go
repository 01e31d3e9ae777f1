package whatif_test

import (
	"testing"
	"time"

	"hotline/app/routing"
	"hotline/app/whatif"
)

func TestTheFindingIsASentence(t *testing.T) {
	t.Parallel()
	people := func(priya, rosa float64) []routing.Share {
		return []routing.Share{{UserID: 1, Name: "Priya Raman", Mean: priya}, {UserID: 2, Name: "Rosa Delgado", Mean: rosa}}
	}
	sums := func(median, p90 time.Duration, met int, people []routing.Share) whatif.Outcome {
		return whatif.Outcome{Summary: routing.Summary{Cases: 100, Answered: 100, Median: median, P90: p90, Met: met, Due: 100, People: people}}
	}
	fewer := sums(time.Hour, 2*time.Hour, 70, people(6, 3))
	fewer.Answered = 90
	for want, of := range map[string][2]whatif.Outcome{
		"Half wait 38 minutes less; Priya would carry a third more.":                                     {sums(2*time.Hour, 9*time.Hour, 90, people(6, 6)), sums(82*time.Minute, 8*time.Hour, 90, people(8, 5.9))},
		"Half wait 1 h 10 min longer; Rosa would carry half as much. Nine fewer promises would be kept.": {sums(2*time.Hour, 9*time.Hour, 90, people(6, 6)), sums(190*time.Minute, 8*time.Hour, 81, people(6.1, 3))},
		"Half wait as long as now, the slowest tenth 2 h less. One more promise would be kept.":          {sums(2*time.Hour, 9*time.Hour, 90, people(6, 6)), sums(2*time.Hour, 7*time.Hour, 91, people(6.2, 6))},
		"People wait as long as now; Priya would carry 2.5 at a time instead of nothing.":                {sums(2*time.Hour, 9*time.Hour, 90, people(0, 6)), sums(2*time.Hour, 9*time.Hour, 90, people(2.52, 6))},
		"Half wait 1 minute less; Priya would carry 27 % less.":                                          {sums(20*time.Minute, 9*time.Hour, 90, people(6, 6)), sums(19*time.Minute, 9*time.Hour, 90, people(4.4, 6))},
		"Nothing would be answered any more. 90 fewer promises would be kept.":                           {sums(2*time.Hour, 9*time.Hour, 90, nil), {Summary: routing.Summary{Cases: 100, Due: 100}}},
		"People wait as long as now. 12 more promises would be kept.":                                    {sums(2*time.Hour, 9*time.Hour, 80, nil), sums(2*time.Hour+time.Minute, 9*time.Hour, 92, nil)},
		"Ten fewer tickets would be answered in these days. Rosa would carry half as much.":              {sums(2*time.Hour, 9*time.Hour, 80, people(6, 6)), fewer},
	} {
		if got := (&whatif.Result{AsIs: of[0], Draft: of[1]}).Finding(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheModelIsTrustedWhereItComesNear(t *testing.T) {
	t.Parallel()
	sums := func(median, p90 time.Duration) whatif.Outcome {
		return whatif.Outcome{Summary: routing.Summary{Answered: 10, Median: median, P90: p90}}
	}
	for _, c := range []struct {
		really, model whatif.Outcome
		near          bool
	}{
		{sums(4*time.Hour, 12*time.Hour), sums(4*time.Hour+8*time.Minute, 11*time.Hour), true},
		{sums(10*time.Hour, 20*time.Hour), sums(9*time.Hour, 18*time.Hour), true},
		{sums(4*time.Hour, 12*time.Hour), sums(2*time.Hour, 12*time.Hour), false},
		{sums(4*time.Hour, 12*time.Hour), sums(4*time.Hour, 6*time.Hour), false},
		{whatif.Outcome{}, sums(4*time.Hour, 6*time.Hour), false},
	} {
		if words, near := (&whatif.Result{Happened: c.really, AsIs: c.model}).Trust(); near != c.near || words == "" {
			t.Errorf("%s against %s: %v, %q", c.really.Median, c.model.Median, near, words)
		}
	}
}
