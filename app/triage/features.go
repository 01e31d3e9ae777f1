package triage

import (
	"maps"
	"slices"
)

// Features of a text are: its words' stems, two stems beside each other, two that bear
// meaning and follow each other (a group's name standing for its words), the groups found,
// the topics whose words were found, pieces of four letters (they forgive a slip of the
// pen), and the triggers. Each is a string whose first letter says its kind.
const (
	kindStem    = 'w'
	kindPair    = 'p'
	kindSkip    = 's'
	kindGroup   = 'g'
	kindTopic   = 't'
	kindLetters = 'c'
	kindTrigger = 'x'
)

// weightOf is how much a kind counts beside the others.
var weightOf = [128]float64{kindStem: 1, kindPair: 0.7, kindSkip: 0.7, kindGroup: 1, kindTopic: 1, kindLetters: 0.35, kindTrigger: 1}

// little are the words that carry no matter of their own; pairs of meaning leave them out.
var little = map[string]bool{}

func init() {
	for _, w := range []string{
		"a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "is", "are", "was", "were",
		"be", "been", "being", "am", "it", "its", "this", "that", "these", "those", "there", "here", "do", "does", "did", "have", "has", "had",
		"i", "me", "we", "us", "you", "he", "she", "him", "they", "them", "his", "her", "their", "your", "my", "our", "who", "what", "which", "when",
		"where", "how", "why", "will", "would", "can", "could", "should", "may", "might", "must", "so", "then", "than", "if", "not", "no",
		"just", "also", "very", "too", "any", "some", "all", "about", "into", "out", "up", "over", "after", "before", "while", "because",
	} {
		little[w] = true
	}
}

// visit calls f for every feature of t with the words [from, to) that show it. The bytes are
// only good during the call.
func (c *compiled) visit(t *parsed, triggers []Trigger, f func(name []byte, from, to int)) {
	buf := make([]byte, 0, 64)
	name := func(kind byte, parts ...string) []byte {
		buf = append(buf[:0], kind)
		for i, p := range parts {
			if i > 0 {
				buf = append(buf, ' ')
			}
			buf = append(buf, p...)
		}
		return buf
	}
	before, beforeFrom, beforeSentence := "", 0, -1
	for i := 0; i < len(t.words); i++ {
		w := &t.words[i]
		f(name(kindStem, w.stem), i, i+1)
		if i > 0 && t.words[i-1].sentence == w.sentence {
			f(name(kindPair, t.words[i-1].stem, w.stem), i-1, i+1)
		}
		if len(w.low) >= 5 && len(w.low) <= 24 && !little[w.low] {
			buf = append(append(append(buf[:0], '^'), w.low...), '$')
			whole := string(buf)
			for k := 0; k+4 <= len(whole); k++ {
				f(name(kindLetters, whole[k:k+4]), i, i+1)
			}
		}
		for _, g := range t.groups[i] {
			f(name(kindGroup, c.groupNames[g.group]), i, g.to)
		}
		if little[w.low] {
			continue
		}
		meaning, to := w.stem, i+1
		if len(t.groups[i]) > 0 {
			meaning = c.groupNames[t.groups[i][0].group]
		}
		if beforeSentence == w.sentence {
			f(name(kindSkip, before, meaning), beforeFrom, to)
		}
		before, beforeFrom, beforeSentence = meaning, i, w.sentence
	}
	for _, h := range c.topics.find(t) {
		f(name(kindTopic, Topics[c.topicOf[h.phrase]]), h.from, h.to)
	}
	for _, tr := range triggers {
		switch {
		case tr.Softer == hypothetical:
			f(name(kindTrigger, tr.Code, hypothetical), -1, -1)
			f(name(kindTrigger, hypothetical), -1, -1)
		default:
			f(name(kindTrigger, tr.Code), -1, -1)
			f(name(kindTrigger, tr.Level), -1, -1)
		}
	}
}

// counts are the features of a text and how often each is there.
func (c *compiled) counts(t *parsed, triggers []Trigger) map[string]int {
	n := map[string]int{}
	c.visit(t, triggers, func(name []byte, _, _ int) { n[string(name)]++ })
	return n
}

// vector is a text in numbers: the features it has, in order, and their weights, of length 1.
type vector struct {
	at []int32
	x  []float64
}

// vocabulary is the features a model knows.
type vocabulary struct {
	names []string // in order
	at    map[string]int32
	idf   []float64
}

// learn makes the vocabulary of the features that at least two texts have.
func learn(docs []map[string]int) *vocabulary {
	seenIn := map[string]int{}
	for _, d := range docs {
		for name := range d {
			seenIn[name]++
		}
	}
	v := &vocabulary{at: map[string]int32{}}
	for _, name := range slices.Sorted(maps.Keys(seenIn)) {
		n := seenIn[name]
		if n < 2 || name[0] == kindLetters && n < 4 {
			continue
		}
		v.at[name] = int32(len(v.names))
		v.names = append(v.names, name)
		v.idf = append(v.idf, float64(float32(1+ln(float64(len(docs)+1)/float64(n+1)))))
	}
	return v
}

// weigh makes a text's vector from its counts.
func (v *vocabulary) weigh(counts map[string]int) vector {
	at := make([]int32, 0, len(counts))
	for name := range counts {
		if k, ok := v.at[name]; ok {
			at = append(at, k)
		}
	}
	slices.Sort(at)
	x := make([]float64, len(at))
	for i, k := range at {
		x[i] = v.one(k, counts[v.names[k]])
	}
	return vector{at, x}.unit()
}

// one is the weight of feature k that is there n times, before the length is brought to 1.
func (v *vocabulary) one(k int32, n int) float64 {
	kind := v.names[k][0]
	often := 1.0
	if n > 1 {
		often = 1 + ln(float64(n))
	}
	w := float64(often * weightOf[kind])
	if kind == kindTopic || kind == kindTrigger {
		return float64(w * 2.5) // said by people who know: not less for being frequent
	}
	return float64(w * v.idf[k])
}

func (v vector) unit() vector {
	sum := 0.0
	for _, x := range v.x {
		sum += float64(x * x)
	}
	if sum > 0 {
		n := sqrt(sum)
		for i := range v.x {
			v.x[i] /= n
		}
	}
	return v
}
