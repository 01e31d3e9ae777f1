package triage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Phrases are how people write down what to look for in a text, in rules and in lists of
// words: words in order, matched by their stem, so "threaten" is found in "threatened".
//
//	threat*        words that begin so
//	=suit          this word exactly, not its relatives
//	kill|shoot     one of these
//	<family>       a word or phrase of this group (Lexicon.Groups)
//	~ or ~6        up to four words between, or up to six
//	#              a number; $# a sum of money
//
// All of a phrase lies in one sentence.
type phrase struct {
	parts []part
}

type part struct {
	options []option
	gap     int // up to so many words before this part
}

type option struct {
	kind byte // 's' stem, '=' exact, '*' prefix, 'g' group
	text string
	low  string // as written, of a stem
	id   int
}

// exactly makes every plain word mean only itself.
func (p *phrase) exactly() {
	for i := range p.parts {
		for k := range p.parts[i].options {
			if o := &p.parts[i].options[k]; o.kind == 's' && o.low != "" {
				o.kind, o.text = '=', o.low
			}
		}
	}
}

// compilePhrase reads a phrase; groups gives the numbers of the groups it may name.
func compilePhrase(typed string, groups map[string]int) (phrase, error) {
	var p phrase
	gap := 0
	for _, token := range strings.Fields(strings.ToLower(typed)) {
		if token[0] == '~' {
			gap = 4
			if len(token) > 1 {
				n, err := strconv.Atoi(token[1:])
				if err != nil || n < 1 || n > 20 {
					return p, fmt.Errorf("phrase %q: after ~ stands a number from 1 to 20, or nothing", typed)
				}
				gap = n
			}
			if len(p.parts) == 0 {
				return p, fmt.Errorf("phrase %q: it cannot begin with ~", typed)
			}
			continue
		}
		next := part{gap: gap}
		gap = 0
		for _, o := range strings.Split(token, "|") {
			opt, err := compileOption(o, groups)
			if err != nil {
				return p, fmt.Errorf("phrase %q: %w", typed, err)
			}
			next.options = append(next.options, opt)
		}
		p.parts = append(p.parts, next)
	}
	if len(p.parts) == 0 {
		return p, fmt.Errorf("a phrase is empty")
	}
	if gap > 0 {
		return p, fmt.Errorf("phrase %q: it cannot end with ~", typed)
	}
	return p, nil
}

func compileOption(typed string, groups map[string]int) (option, error) {
	typed = strings.ReplaceAll(typed, "’", "'")
	switch {
	case typed == "":
		return option{}, fmt.Errorf("a word is missing beside |")
	case typed[0] == '<' && strings.HasSuffix(typed, ">"):
		id, ok := groups[typed[1:len(typed)-1]]
		if !ok {
			return option{}, fmt.Errorf("there is no group %s", typed)
		}
		return option{kind: 'g', id: id}, nil
	case typed[0] == '=' && len(typed) > 1:
		return option{kind: '=', text: typed[1:]}, nil
	case strings.HasSuffix(typed, "*") && len(typed) > 2:
		return option{kind: '*', text: strings.TrimSuffix(typed, "*")}, nil
	case typed == "#" || typed == "$#":
		return option{kind: 's', text: typed}, nil
	}
	whole := split(typed)
	if len(whole) != 1 || whole[0].End-whole[0].Start != len(typed) {
		return option{}, fmt.Errorf("%q is not one word", typed)
	}
	if typed[0] >= '0' && typed[0] <= '9' {
		return option{kind: '=', text: typed}, nil
	}
	return option{kind: 's', text: whole[0].stem, low: whole[0].low}, nil
}

// found is a group's phrase found in a text: words [from, to).
type found struct{ group, to int }

// parsed is a text taken apart, with the groups found at each word.
type parsed struct {
	typed  string
	words  []word
	groups [][]found // by the word they begin at
	quiet  bool      // a critical fact was found, and negated
}

// match says where the phrase ends if it begins at word i, or -1.
func (p *phrase) match(t *parsed, i int) int { return p.rest(t, i, 0) }

func (p *phrase) rest(t *parsed, i, from int) int {
	if from == len(p.parts) {
		return i
	}
	at := &p.parts[from]
	for skip := 0; skip <= at.gap; skip++ {
		j := i + skip
		if j >= len(t.words) || j > 0 && from > 0 && t.words[j].sentence != t.words[j-1].sentence {
			return -1
		}
		w := &t.words[j]
		for k := range at.options {
			o := &at.options[k]
			switch o.kind {
			case 's':
				if w.stem != o.text {
					continue
				}
			case '=':
				if w.low != o.text {
					continue
				}
			case '*':
				if !strings.HasPrefix(w.low, o.text) {
					continue
				}
			case 'g':
				for _, g := range t.groups[j] {
					if g.group == o.id {
						if end := p.rest(t, g.to, from+1); end >= 0 {
							return end
						}
					}
				}
				continue
			}
			if end := p.rest(t, j+1, from+1); end >= 0 {
				return end
			}
		}
	}
	return -1
}

// index finds, for a word, the phrases that may begin there without trying all of them.
type index struct {
	phrases []phrase
	stems   map[string][]int
	exact   map[string][]int
	prefix  map[string][]int // by the first two bytes
	groups  map[int][]int
}

func newIndex() *index {
	return &index{stems: map[string][]int{}, exact: map[string][]int{}, prefix: map[string][]int{}, groups: map[int][]int{}}
}

// add takes a phrase in; its number is how many came before it.
func (x *index) add(p phrase) {
	n := len(x.phrases)
	x.phrases = append(x.phrases, p)
	for _, o := range p.parts[0].options {
		switch o.kind {
		case 's':
			x.stems[o.text] = append(x.stems[o.text], n)
		case '=':
			x.exact[o.text] = append(x.exact[o.text], n)
		case '*':
			x.prefix[o.text[:2]] = append(x.prefix[o.text[:2]], n)
		case 'g':
			x.groups[o.id] = append(x.groups[o.id], n)
		}
	}
}

// hit is a phrase found: words [from, to).
type hit struct{ phrase, from, to int }

// find gives every phrase found, by where it begins and then by number; a phrase once for
// each beginning.
func (x *index) find(t *parsed) []hit {
	var hits []hit
	var may []int
	for i := range t.words {
		w := &t.words[i]
		may = append(may[:0], x.stems[w.stem]...)
		may = append(may, x.exact[w.low]...)
		if len(w.low) >= 2 {
			may = append(may, x.prefix[w.low[:2]]...)
		}
		if t.groups != nil {
			for _, g := range t.groups[i] {
				may = append(may, x.groups[g.group]...)
			}
		}
		slices.Sort(may)
		for _, n := range slices.Compact(may) {
			if to := x.phrases[n].match(t, i); to >= 0 {
				hits = append(hits, hit{n, i, to})
			}
		}
	}
	return hits
}
