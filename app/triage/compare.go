package triage

import (
	"context"
	"math/rand/v2"
	"sync"
)

// Recipe is what a model is made of. Reads, where it is set, is the lexicon its model reads
// with, if people have changed it since the model was trained.
type Recipe struct {
	Examples []Example
	Lexicon  Lexicon
	Reads    *Lexicon
}

// Compare says how well models made by two recipes read the same tests, none of which the
// model that reads it was trained on. An example of a recipe and a test are the same where
// their ID is; near duplicates share a fold. A recipe may be tested on what it never knew:
// that is how one that has learned more shows it. Articles are not compared.
func Compare(ctx context.Context, one, other Recipe, tests []Example, folds int) (Score, Score, error) {
	folds = max(folds, 2)
	all, at := make([]Example, 0, len(one.Examples)+len(tests)), map[string]int{}
	add := func(examples []Example) {
		for _, ex := range examples {
			if _, ok := at[ex.ID]; !ok {
				at[ex.ID] = len(all)
				all = append(all, ex)
			}
		}
	}
	add(tests) // first, so that a test's own text counts
	add(one.Examples)
	add(other.Examples)
	fold, err := folded(all, len(tests), other.Lexicon, folds)
	if err != nil {
		return Score{}, Score{}, err
	}
	var scores [2]Score
	var faults [2]error
	var both sync.WaitGroup
	for i, r := range []Recipe{one, other} {
		both.Go(func() {
			scores[i], faults[i] = r.scored(ctx, tests, folds, func(ex Example) int { return fold[at[ex.ID]] })
		})
	}
	both.Wait()
	for _, err := range faults {
		if err != nil {
			return Score{}, Score{}, err
		}
	}
	return scores[0], scores[1], nil
}

// scored reads each test with a model that was trained on the other folds.
func (r Recipe) scored(ctx context.Context, tests []Example, folds int, foldOf func(Example) int) (Score, error) {
	var questions []Example
	var readings []Reading
	for f := range folds {
		if err := ctx.Err(); err != nil {
			return Score{}, err
		}
		var with []Example
		for _, ex := range r.Examples {
			if foldOf(ex) != f {
				ex.Articles = nil // what is not compared need not be learned
				with = append(with, ex)
			}
		}
		m, err := Train(with, r.Lexicon)
		if err == nil && r.Reads != nil {
			m, err = m.WithLexicon(*r.Reads)
		}
		if err != nil {
			return Score{}, err
		}
		for _, ex := range tests {
			if foldOf(ex) == f {
				ex.Articles = nil
				questions, readings = append(questions, ex), append(readings, Read(m, ex.Text))
			}
		}
	}
	return score(questions, readings), nil
}

// folded gives each example its fold, of which near duplicates share one; -1: like no test,
// so always trained on. The first so many are tests.
func folded(all []Example, tests int, lex Lexicon, folds int) ([]int, error) {
	ready, err := compile(lex)
	if err != nil {
		return nil, err
	}
	texts := make([]prepared, len(all))
	for i, ex := range all {
		texts[i] = prepared{Example: ex, parsed: ready.parse(ex.Text)}
	}
	groups, number := alike(texts), map[int]int{}
	var tested []int
	for _, g := range groups[:tests] {
		if _, ok := number[g]; !ok {
			number[g] = 0
			tested = append(tested, g)
		}
	}
	rand.New(rand.NewPCG(1, 7)).Shuffle(len(tested), func(a, b int) { tested[a], tested[b] = tested[b], tested[a] })
	for i, g := range tested {
		number[g] = i % folds
	}
	out := make([]int, len(all))
	for i, g := range groups {
		f, ok := number[g]
		if !ok {
			f = -1
		}
		out[i] = f
	}
	return out, nil
}

// WithLexicon is the same learned weights reading with another lexicon: its triggers and
// topics' words count at once, and by as much as those of the one before.
func (m *Model) WithLexicon(lex Lexicon) (*Model, error) {
	ready, err := compile(lex)
	if err != nil {
		return nil, err
	}
	other := *m
	other.lexicon, other.ready = lex, ready
	other.seal()
	return &other, nil
}
