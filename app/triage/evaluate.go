package triage

import (
	"math"
	"slices"
)

// Share is a part of a whole: k of n, and the 95 % interval it may really lie in (Wilson).
type Share struct {
	K, N      int
	Low, High float64
}

// Value is the share itself; of nothing it is 0.
func (s Share) Value() float64 {
	if s.N == 0 {
		return 0
	}
	return float64(s.K) / float64(s.N)
}

func share(k, n int) Share {
	s := Share{K: k, N: n}
	if n == 0 {
		s.High = 1
		return s
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	s.Low, s.High = max(0, middle-half), min(1, middle+half)
	return s
}

// TriggerScore is how well one trigger is caught. Hypothetical ones count as not found.
type TriggerScore struct {
	Code      string
	Precision Share // of those found, how many are labelled
	Recall    Share // of those labelled, how many are found
}

// Score is how well a model reads examples it was not trained on.
type Score struct {
	N        int
	Accuracy float64 // topic right
	TopTwo   float64 // topic the first or the second
	MacroF1  float64 // mean over the topics there are of their F1
	Topic    Share
	Two      Share

	Urgency     Share // level right
	Caught      Share // of the critical, how many are called critical
	FalseAlarms Share // of those not critical, how many are called critical

	Triggers  []TriggerScore // codes that are labelled somewhere
	Articles3 Share          // of those labelled with articles, how many have the first one among the three given, or rightly none
	Fitting   Share          // the same, any one labelled
	Confusion [][]int        // by topic as labelled and topic as read, in the order of Topics
}

// Evaluate reads the examples and counts. It says nothing about unseen questions when the
// model was trained on these.
func Evaluate(m *Model, examples []Example) Score {
	readings := make([]Reading, len(examples))
	for i, ex := range examples {
		readings[i] = Read(m, ex.Text)
	}
	return score(examples, readings)
}

func score(examples []Example, readings []Reading) Score {
	s := Score{N: len(examples), Confusion: make([][]int, len(Topics))}
	for i := range s.Confusion {
		s.Confusion[i] = make([]int, len(Topics))
	}
	two, level, critical, caught, alarms, labelled, among, fits := 0, 0, 0, 0, 0, 0, 0, 0
	for i, ex := range examples {
		r := readings[i]
		s.Confusion[slices.Index(Topics, ex.Topic)][slices.Index(Topics, r.Topic())]++
		if r.Topic() == ex.Topic || r.Topics[1].Code == ex.Topic {
			two++
		}
		if r.Urgency == ex.Urgency {
			level++
		}
		switch {
		case ex.Urgency == "critical":
			critical++
			if r.Urgency == "critical" {
				caught++
			}
		case r.Urgency == "critical":
			alarms++
		}
		if ex.Articles != nil {
			labelled++
			given := func(slug string) bool {
				return slices.ContainsFunc(r.Articles, func(a Scored) bool { return a.Code == slug })
			}
			if len(ex.Articles) == 0 && len(r.Articles) == 0 || len(ex.Articles) > 0 && given(ex.Articles[0]) {
				among++
			}
			if len(ex.Articles) == 0 && len(r.Articles) == 0 || slices.ContainsFunc(ex.Articles, given) {
				fits++
			}
		}
	}
	right := 0
	for k := range Topics {
		right += s.Confusion[k][k]
	}
	s.Topic, s.Two, s.Urgency = share(right, s.N), share(two, s.N), share(level, s.N)
	s.Accuracy, s.TopTwo, s.MacroF1 = s.Topic.Value(), s.Two.Value(), macroF1(s.Confusion)
	s.Caught, s.FalseAlarms = share(caught, critical), share(alarms, s.N-critical)
	s.Articles3, s.Fitting = share(among, labelled), share(fits, labelled)
	s.Triggers = scoreTriggers(examples, readings)
	return s
}

func macroF1(confusion [][]int) float64 {
	sum, topics := 0.0, 0
	for k := range confusion {
		is, called := 0, 0
		for j := range confusion {
			is += confusion[k][j]
			called += confusion[j][k]
		}
		if is == 0 {
			continue
		}
		topics++
		sum += 2 * float64(confusion[k][k]) / float64(is+called)
	}
	if topics == 0 {
		return 0
	}
	return sum / float64(topics)
}

func scoreTriggers(examples []Example, readings []Reading) []TriggerScore {
	type tally struct{ found, labelled, both int }
	tallies := map[string]*tally{}
	at := func(code string) *tally {
		if tallies[code] == nil {
			tallies[code] = &tally{}
		}
		return tallies[code]
	}
	for i, ex := range examples {
		if ex.Triggers == nil {
			continue
		}
		for _, code := range ex.Triggers {
			at(code).labelled++
		}
		for _, tr := range readings[i].Triggers {
			if tr.Softer == hypothetical {
				continue
			}
			at(tr.Code).found++
			if slices.Contains(ex.Triggers, tr.Code) {
				at(tr.Code).both++
			}
		}
	}
	var out []TriggerScore
	for _, rule := range embeddedLexicon().Triggers {
		if t := tallies[rule.Code]; t != nil && t.labelled > 0 {
			out = append(out, TriggerScore{rule.Code, share(t.both, t.found), share(t.both, t.labelled)})
		}
	}
	return out
}
