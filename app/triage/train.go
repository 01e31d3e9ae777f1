package triage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// tuning is what cross-validation chose.
type tuning struct {
	real     float64 // how much a real question counts beside a written one
	prior    float64 // weight of a topic's own words
	smooth   float64 // of naive Bayes
	second   float64 // share of the target that goes to the secondary topics
	others   float64 // share of the target that goes to the articles after the first
	critical float64 // from which likelihood on a question counts as critical
	topics   tuningOf
	urgency  tuningOf
	articles tuningOf
}

// tuningOf is the tuning of one head.
type tuningOf struct {
	ridge float64
	bayes float64 // how much naive Bayes counts
	steps int
}

var tuned = tuning{
	real: 2, prior: 1.5, smooth: 0.3, second: 0, others: 0.4, critical: 0.14,
	topics:   tuningOf{ridge: 0.3, bayes: 4, steps: 40},
	urgency:  tuningOf{ridge: 0.3, steps: 40},
	articles: tuningOf{ridge: 0.15, bayes: 4, steps: 40},
}

// prepared is an example taken apart.
type prepared struct {
	Example
	parsed   *parsed
	triggers []Trigger
	counts   map[string]int
}

func prepare(examples []Example, lex *compiled) []prepared {
	out := make([]prepared, len(examples))
	for i, ex := range examples {
		t := lex.parse(ex.Text)
		triggers := lex.triggersIn(t)
		out[i] = prepared{ex, t, triggers, lex.counts(t, triggers)}
	}
	return out
}

// Train makes a model from examples and a lexicon. The same ones in the same order give the
// same model, bit for bit. Examples' Triggers are not learned: those are rules.
func Train(examples []Example, lex Lexicon) (*Model, error) {
	if err := teachable(examples); err != nil {
		return nil, err
	}
	ready, err := compile(lex)
	if err != nil {
		return nil, err
	}
	return train(prepare(examples, ready), lex, ready, tuned)
}

// teachable says why examples make no model.
func teachable(examples []Example) error {
	if len(examples) < 20 {
		return errors.New("a model needs at least 20 examples")
	}
	for _, ex := range examples {
		if !slices.Contains(Topics, ex.Topic) || !slices.Contains(Urgencies, ex.Urgency) {
			return fmt.Errorf("example %s: there is no topic %q or no urgency %q", ex.ID, ex.Topic, ex.Urgency)
		}
	}
	return nil
}

func train(examples []prepared, lex Lexicon, ready *compiled, tune tuning) (*Model, error) {
	docs := make([]map[string]int, len(examples))
	for i := range examples {
		docs[i] = examples[i].counts
	}
	vocab := learn(docs)
	vectors := make([]vector, len(docs))
	for i, d := range docs {
		vectors[i] = vocab.weigh(d)
	}
	n := len(vocab.names)
	learned := func(classes []string, how tuningOf, prior []float64, target func(*Example) []float64) head {
		var lessons []lesson
		for i := range examples {
			if t := target(&examples[i].Example); t != nil {
				weight := 1.0
				if examples[i].Real {
					weight = tune.real
				}
				lessons = append(lessons, lesson{vectors[i], t, weight})
			}
		}
		if len(lessons) == 0 {
			return newHead(classes, n, nil)
		}
		w := softmax(lessons, n, len(classes), how.ridge, prior, how.steps)
		if how.bayes > 0 {
			add(w, bayes(lessons, n, len(classes), tune.smooth), how.bayes)
		}
		return newHead(classes, n, w)
	}
	m := &Model{lexicon: lex.Clone(), ready: ready, vocab: vocab, critical: tune.critical}
	var heads sync.WaitGroup // each head is learned by one routine alone: the sums keep their order
	heads.Go(func() {
		m.topics = learned(Topics, tune.topics, vocab.prior(tune.prior), func(ex *Example) []float64 {
			return shared(Topics, []string{ex.Topic}, ex.Secondary, tune.second)
		})
	})
	heads.Go(func() {
		m.urgency = learned(Urgencies, tune.urgency, nil, func(ex *Example) []float64 {
			return shared(Urgencies, []string{ex.Urgency}, nil, 0)
		})
	})
	heads.Go(func() {
		classes := append(slices.Clone(Articles), noArticle)
		m.articles = learned(classes, tune.articles, nil, func(ex *Example) []float64 {
			switch {
			case ex.Articles == nil:
				return nil
			case len(ex.Articles) == 0:
				return shared(classes, []string{noArticle}, nil, 0)
			}
			return shared(classes, ex.Articles[:1], ex.Articles[1:], tune.others)
		})
	})
	heads.Wait()
	m.seal()
	return m, nil
}

// prior is the weights the topics begin with: a topic's own words speak for it.
func (v *vocabulary) prior(much float64) []float64 {
	w := make([]float64, (len(v.names)+1)*len(Topics))
	for k, topic := range Topics {
		if at, ok := v.at[string(kindTopic)+topic]; ok {
			w[int(at)*len(Topics)+k] = much
		}
	}
	return w
}

// shared is a target: the first labels' share, and that of the others, each in equal parts.
func shared(classes, first, others []string, share float64) []float64 {
	t := make([]float64, len(classes))
	if len(others) == 0 {
		share = 0
	}
	give := func(labels []string, much float64) {
		for _, l := range labels {
			if k := slices.Index(classes, l); k >= 0 {
				t[k] += much / float64(len(labels))
			}
		}
	}
	give(first, 1-share)
	give(others, share)
	sum := 0.0
	for _, x := range t {
		sum += x
	}
	if sum == 0 {
		return nil
	}
	for k := range t {
		t[k] /= sum
	}
	return t
}
