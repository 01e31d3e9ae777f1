package triage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Read says what a text is about. The same model and text give the same reading, whoever
// reads at the same time. Any bytes may come; spans are bytes of the text as it came.
func Read(m *Model, text string) Reading {
	t := m.ready.parse(text)
	return m.read(t, m.ready.triggersIn(t))
}

// shows is a feature known to the model and the words [from, to) that show it.
type shows struct {
	at       int32
	from, to int
}

func (m *Model) read(t *parsed, triggers []Trigger) Reading {
	v, all := m.vectorOf(t, triggers)
	topics, levels, articles := m.topics.ask(v), m.urgency.ask(v), m.articles.ask(v)
	r := Reading{Triggers: triggers}
	for _, k := range order(topics) {
		r.Topics = append(r.Topics, Scored{Code: Topics[k], P: topics[k]})
	}
	for i, k := range order(topics) {
		if i < 3 && topics[k] >= 0.02 {
			r.Topics[i].Words = m.topics.because(t, v, all, k)
		}
	}
	r.Articles = m.fitting(t, v, all, articles)
	m.urge(&r, t, v, all, levels)
	return r
}

// vectorOf is the text in the model's numbers, and where each known feature shows.
func (m *Model) vectorOf(t *parsed, triggers []Trigger) (vector, []shows) {
	all := make([]shows, 0, 8*len(t.words))
	m.ready.visit(t, triggers, func(name []byte, from, to int) {
		if at, ok := m.vocab.at[string(name)]; ok {
			all = append(all, shows{at, from, to})
		}
	})
	slices.SortStableFunc(all, func(a, b shows) int { return cmp.Compare(a.at, b.at) })
	var v vector
	for i := 0; i < len(all); {
		n := i
		for n < len(all) && all[n].at == all[i].at {
			n++
		}
		v.at = append(v.at, all[i].at)
		v.x = append(v.x, m.vocab.one(all[i].at, n-i))
		i = n
	}
	return v.unit(), all
}

// order is the classes' numbers, likeliest first.
func order(p []float64) []int {
	out := make([]int, len(p))
	for k := range out {
		out[k] = k
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	return out
}

// because is the words, at most four, that speak most for class k, as typed and in order.
func (h *head) because(t *parsed, v vector, all []shows, k int) []string {
	says := make([]float64, len(t.words))
	for i, j := 0, 0; i < len(all); {
		n := i
		for n < len(all) && all[n].at == all[i].at {
			n++
		}
		much := h.speaks(all[i].at, v.x[j], k) / float64(n-i)
		for ; i < n; i++ {
			for w := max(all[i].from, 0); w < all[i].to; w++ {
				says[w] += much / float64(all[i].to-all[i].from)
			}
		}
		j++
	}
	var best []int
	for i, s := range says {
		if s > 0 && !little[t.words[i].low] {
			best = append(best, i)
		}
	}
	slices.SortStableFunc(best, func(a, b int) int { return cmp.Compare(says[b], says[a]) })
	var chosen []int
	used := map[string]bool{}
	for _, i := range best {
		if says[i] < says[best[0]]/3 {
			break // beside what decided, it explains nothing
		}
		if len(chosen) < 4 && !used[t.words[i].stem] {
			used[t.words[i].stem] = true
			chosen = append(chosen, i)
		}
	}
	slices.Sort(chosen)
	var words []string
	for _, i := range chosen {
		words = append(words, t.typed[t.words[i].Start:t.words[i].End])
	}
	return words
}

// fitting is the three articles that fit best; none when "no article" is likelier by far.
func (m *Model) fitting(t *parsed, v vector, all []shows, p []float64) []Scored {
	var out []Scored
	for _, k := range order(p) {
		code := m.articles.classes[k]
		if code == noArticle {
			if len(out) == 0 && p[k] >= nothingFits {
				return nil
			}
			continue
		}
		if out = append(out, Scored{Code: code, P: p[k]}); len(out) == 3 {
			break
		}
	}
	for i := range out {
		out[i].Words = m.articles.because(t, v, all, slices.Index(m.articles.classes, out[i].Code))
	}
	return out
}

// nothingFits is from which likelihood on "no article" silences the others.
const nothingFits = 0.45

// urge settles the urgency: the gravest trigger, or the level its words usually come with.
func (m *Model) urge(r *Reading, t *parsed, v vector, all []shows, levels []float64) {
	r.Urgency = "routine"
	softened := false
	var first *Trigger
	for i := range r.Triggers {
		tr := &r.Triggers[i]
		softened = softened || tr.Softer != ""
		if graver(tr.Level, r.Urgency) {
			r.Urgency, first = tr.Level, tr
		}
	}
	by := ""
	switch {
	case r.Urgency != "critical" && levels[0] >= m.critical && !softened && !t.quiet:
		r.Urgency, by = "critical", m.words(t, v, all, 0)
	case r.Urgency == "routine" && levels[0]+levels[1] >= 0.5 && !softened:
		r.Urgency, by = "urgent", m.words(t, v, all, 1)
	}
	switch {
	case by != "":
		r.Because = fmt.Sprintf("No single fact forces it, but the words %s usually come with %s questions.", by, r.Urgency)
	case first != nil:
		r.Because = fmt.Sprintf("%s: %s.", first.Name, quoted(first.Words))
		if first.Softer == past {
			r.Because = fmt.Sprintf("%s: %s; it counts one level less because it is past or closed.", first.Name, quoted(first.Words))
		}
	case softened:
		r.Because = fmt.Sprintf("%s: %s is asked as a supposition or a policy question, not reported.", r.Triggers[0].Name, quoted(r.Triggers[0].Words))
		if r.Triggers[0].Softer == past {
			r.Because = fmt.Sprintf("%s: %s is past or closed.", r.Triggers[0].Name, quoted(r.Triggers[0].Words))
		}
	default:
		r.Because = "Nothing in the text forces urgency."
	}
}

// words is what in the text speaks for level k, quoted.
func (m *Model) words(t *parsed, v vector, all []shows, k int) string {
	return quoted(m.urgency.because(t, v, all, k))
}

func quoted(words []string) string {
	if len(words) == 0 {
		return "of the whole text"
	}
	return "“" + strings.Join(words, "”, “") + "”"
}
