package triage

import "math/rand/v2"

// CrossValidate says how well models trained like this one read examples they have not seen:
// in each of `folds` rounds a part of the held examples is read by a model trained on all
// others. Near duplicates go together: what is much like a tested example is not trained on in
// its round. Only examples that held wants are tested (nil: all). A lexicon that cannot be
// compiled, fewer than two folds or nothing held give an empty score.
func CrossValidate(examples []Example, lex Lexicon, folds int, held func(Example) bool) Score {
	ready, err := compile(lex)
	if err != nil {
		return Score{}
	}
	return crossValidate(prepare(examples, ready), lex, ready, folds, 1, held, tuned)
}

func crossValidate(examples []prepared, lex Lexicon, ready *compiled, folds int, seed uint64, held func(Example) bool, tune tuning) Score {
	if folds < 2 {
		return Score{}
	}
	tested := func(i int) bool { return held == nil || held(examples[i].Example) }
	fold := folded(examples, tested, folds, seed)
	var questions []Example
	var readings []Reading
	for f := range folds {
		var with []prepared
		var without []int
		for i := range examples {
			switch {
			case fold[i] != f:
				with = append(with, examples[i])
			case tested(i):
				without = append(without, i)
			}
		}
		if len(without) == 0 {
			continue
		}
		m, err := train(with, lex, ready, tune)
		if err != nil {
			return Score{}
		}
		for _, i := range without {
			questions = append(questions, examples[i].Example)
			readings = append(readings, m.read(examples[i].parsed, examples[i].triggers))
		}
	}
	return score(questions, readings)
}

// folded gives each example its fold, of which near duplicates share one; -1: like none that
// is tested, so always trained on.
func folded(examples []prepared, tested func(int) bool, folds int, seed uint64) []int {
	groups, number := alike(examples), map[int]int{}
	var order []int // the groups with something to test
	for i, g := range groups {
		if _, ok := number[g]; !ok && tested(i) {
			number[g] = 0
			order = append(order, g)
		}
	}
	rand.New(rand.NewPCG(seed, 7)).Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	for i, g := range order {
		number[g] = i % folds
	}
	out := make([]int, len(examples))
	for i, g := range groups {
		f, ok := number[g]
		if !ok {
			f = -1
		}
		out[i] = f
	}
	return out
}

// nearly is which share of their words near duplicates have in common.
const nearly = 0.5

// alike gives each example the number of its group of near duplicates, by the words that mean
// something.
func alike(examples []prepared) []int {
	sets := make([]map[string]bool, len(examples))
	holders := map[string][]int{}
	leader := make([]int, len(examples))
	var find func(i int) int
	find = func(i int) int {
		if leader[i] != i {
			leader[i] = find(leader[i])
		}
		return leader[i]
	}
	for i := range examples {
		leader[i] = i
		sets[i] = map[string]bool{}
		shared := map[int]int{}
		for _, w := range examples[i].parsed.words {
			if little[w.low] || sets[i][w.stem] {
				continue
			}
			sets[i][w.stem] = true
			for _, j := range holders[w.stem] {
				shared[j]++
			}
			holders[w.stem] = append(holders[w.stem], i)
		}
		for j := range i {
			if n := shared[j]; n > 0 && float64(n) >= nearly*float64(len(sets[i])+len(sets[j])-n) {
				leader[find(i)] = find(j)
			}
		}
	}
	out := make([]int, len(examples))
	for i := range out {
		out[i] = find(i)
	}
	return out
}
