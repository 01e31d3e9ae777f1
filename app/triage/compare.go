package triage

import (
	"cmp"
	"context"
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
	ready, err := compile(other.Lexicon)
	if err != nil {
		return Score{}, Score{}, err
	}
	texts := make([]prepared, len(all))
	for i, ex := range all {
		texts[i] = prepared{Example: ex, parsed: ready.parse(ex.Text)}
	}
	fold := folded(texts, func(i int) bool { return i < len(tests) }, folds, 1)
	var scores [2]Score
	var faults [2]error
	var both sync.WaitGroup
	for i, r := range []Recipe{one, other} {
		both.Go(func() {
			scores[i], faults[i] = r.scored(ctx, tests, folds, func(ex Example) int { return fold[at[ex.ID]] })
		})
	}
	both.Wait()
	if err := cmp.Or(faults[0], faults[1]); err != nil {
		return Score{}, Score{}, err
	}
	return scores[0], scores[1], nil
}

// scored reads each test with a model that was trained on the other folds.
func (r Recipe) scored(ctx context.Context, tests []Example, folds int, foldOf func(Example) int) (Score, error) {
	if err := teachable(r.Examples); err != nil {
		return Score{}, err
	}
	ready, err := compile(r.Lexicon)
	if err != nil {
		return Score{}, err
	}
	changed := ready
	if r.Reads != nil {
		if changed, err = compile(*r.Reads); err != nil {
			return Score{}, err
		}
	}
	examples := prepare(r.Examples, ready)
	for i := range examples {
		examples[i].Articles = nil // what is not compared need not be learned
	}
	var questions []Example
	var readings []Reading
	for f := range folds {
		if err := ctx.Err(); err != nil {
			return Score{}, err
		}
		var with []prepared
		for _, ex := range examples {
			if foldOf(ex.Example) != f {
				with = append(with, ex)
			}
		}
		m, err := train(with, r.Lexicon, ready, tuned)
		if err != nil {
			return Score{}, err
		}
		if r.Reads != nil {
			m = m.with(*r.Reads, changed)
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

// WithLexicon is the same learned weights reading with another lexicon: its triggers and
// topics' words count at once, and by as much as those of the one before.
func (m *Model) WithLexicon(lex Lexicon) (*Model, error) {
	ready, err := compile(lex)
	if err != nil {
		return nil, err
	}
	return m.with(lex, ready), nil
}

// with is WithLexicon where the lexicon is compiled already.
func (m *Model) with(lex Lexicon, ready *compiled) *Model {
	other := *m
	other.lexicon, other.ready = lex, ready
	other.seal()
	return &other
}
