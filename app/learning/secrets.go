package learning

import (
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"hotline/app/guidance"
	"hotline/app/triage"
)

// A model is kept for years and must not carry what a physician wrote. So it does not learn
// from a ticket's text but from what is left of it here:
//
//   - a word stays if it is common ground (the corpus or the library has it), or if it was
//     written in lower case, as dictionaries have it, in at least fiveTickets tickets of at
//     least threePhysicians physicians. A name, a number, an address does not.
//   - words stay beside each other only if the same holds of each pair of them that stands
//     near; where it does not, the text is broken. A model learns words and pairs, and so it
//     never holds a pair that one physician wrote.
//   - numbers are left as "1".
const (
	fiveTickets     = 5
	threePhysicians = 3
	near            = 6 // words
	longestWord     = 20
)

// told is a ticket's text and whose it is; physician 0 is nobody known.
type told struct {
	physician int64
	text      string
}

// ground is what everybody may know: words, and pairs of words that stand near each other.
type ground struct {
	words map[string]bool
	pairs map[[2]string]bool
}

// commonGround is the corpus and the library that came with the program.
var commonGround = sync.OnceValue(func() ground {
	g := ground{map[string]bool{}, map[[2]string]bool{}}
	for _, ex := range triage.Corpus() {
		g.learn(ex.Text)
	}
	names, _ := fs.Glob(guidance.Library(), "*.md")
	for _, name := range names {
		if b, err := fs.ReadFile(guidance.Library(), name); err == nil {
			g.learn(string(b))
		}
	}
	return g
})

func (g ground) learn(text string) {
	for _, sentence := range sentences(text) {
		for i, w := range sentence {
			g.words[w.low] = true
			for _, before := range sentence[max(0, i-near):i] {
				g.pairs[[2]string{before.low, w.low}] = true
			}
		}
	}
}

// spoken is a word as it is compared, and whether it was written in lower case.
type spoken struct {
	low   string
	plain bool
}

// sentences are a text's words by sentence. A number is "1".
func sentences(text string) [][]spoken {
	var out [][]spoken
	var now []spoken
	end := func() {
		if len(now) > 0 {
			out = append(out, now)
		}
		now = nil
	}
	for _, piece := range strings.FieldsFunc(strings.ReplaceAll(text, "’", "'"), unicode.IsSpace) {
		for _, part := range strings.FieldsFunc(piece, func(r rune) bool {
			return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			part = strings.Trim(part, "'")
			switch {
			case part == "":
			case strings.IndexFunc(part, unicode.IsLetter) < 0:
				now = append(now, spoken{"1", true})
			default:
				low := strings.TrimSuffix(strings.ToLower(part), "'s")
				now = append(now, spoken{low, strings.ToLower(part) == part})
			}
		}
		if strings.ContainsAny(piece, ".!?") {
			end()
		}
	}
	end()
	return out
}

// seen counts in which tickets and by which physicians something was written.
type seen struct {
	tickets, last int
	physicians    [threePhysicians]int64
	whose         int
}

func (s *seen) in(ticket int, physician int64) {
	if s.last == ticket+1 {
		return
	}
	s.last = ticket + 1
	s.tickets++
	if physician == 0 || s.whose == threePhysicians {
		return
	}
	for _, one := range s.physicians[:s.whose] {
		if one == physician {
			return
		}
	}
	s.physicians[s.whose] = physician
	s.whose++
}

func (s *seen) common() bool {
	return s != nil && s.tickets >= fiveTickets && s.whose >= threePhysicians
}

func tally[K comparable](all map[K]*seen, key K, ticket int, physician int64) {
	one := all[key]
	if one == nil {
		one = &seen{}
		all[key] = one
	}
	one.in(ticket, physician)
}

// dictionaryLike says whether a word could stand in a dictionary: letters only, of a length
// that words have.
func dictionaryLike(w spoken) bool {
	if !w.plain || len(w.low) < 3 || len(w.low) > longestWord {
		return false
	}
	for _, r := range w.low {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// withoutSecrets gives of each text what a model may learn from.
func withoutSecrets(all []told, known ground) []string {
	parsed := make([][][]spoken, len(all))
	words := map[string]*seen{}
	for i, t := range all {
		parsed[i] = sentences(t.text)
		for _, sentence := range parsed[i] {
			for _, w := range sentence {
				if !known.words[w.low] && dictionaryLike(w) {
					tally(words, w.low, i, t.physician)
				}
			}
		}
	}
	may := func(w spoken) bool { return w.low == "1" || known.words[w.low] || words[w.low].common() }
	pairs := map[[2]string]*seen{}
	for i, t := range all {
		for _, sentence := range parsed[i] {
			for j, w := range sentence {
				if !may(w) {
					continue
				}
				for _, before := range sentence[max(0, j-near):j] {
					if pair := [2]string{before.low, w.low}; may(before) && !known.pairs[pair] {
						tally(pairs, pair, i, t.physician)
					}
				}
			}
		}
	}
	out := make([]string, len(all))
	for i := range all {
		var text strings.Builder
		for _, sentence := range parsed[i] {
			var run []string
			end := func() {
				if len(run) > 0 {
					text.WriteString(strings.Join(run, " "))
					text.WriteByte('\n')
				}
				run = nil
			}
			for _, w := range sentence {
				if !may(w) {
					end()
					continue
				}
				for _, before := range run {
					if pair := [2]string{before, w.low}; !known.pairs[pair] && !pairs[pair].common() {
						end()
						break
					}
				}
				if len(run) > near {
					end() // further than pairs were counted
				}
				run = append(run, w.low)
			}
			end()
		}
		out[i] = strings.TrimSpace(text.String())
	}
	return out
}
