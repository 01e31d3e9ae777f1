package triage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// word is a word of a text and where it stands.
type word struct {
	Span
	low      string // in lower case, curly apostrophes straightened, without a possessive 's
	stem     string
	sentence int
	clause   int // counted through the text: a new sentence is a new clause
	question bool
}

// abbreviations end in a point that ends no sentence.
var abbreviations = map[string]bool{"dr": true, "mr": true, "mrs": true, "ms": true, "vs": true, "st": true}

// longestSentence is after how many words a sentence ends though nothing ends it, so that no
// text takes longer to read than its length.
const longestSentence = 150

// split takes a text apart. Spans are bytes of the text as it came; what is no letter or
// digit (also bytes that are no UTF-8) separates words.
func split(text string) []word {
	words := make([]word, 0, len(text)/5+1)
	sentence, clause, first := 0, 0, 0
	endSentence := func(question bool) {
		for i := first; i < len(words); i++ {
			words[i].question = question
		}
		if first < len(words) {
			sentence++
			clause++
			first = len(words)
		}
	}
	env := snowballstem.NewEnv("")
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError {
			switch r {
			case '?':
				endSentence(true)
			case '!', '\n':
				endSentence(false)
			case '.':
				if endsSentence(text, at, words) {
					endSentence(false)
				}
			case ',', ';', ':', '(', ')', '—', '–':
				clause++
			}
			at += size
			continue
		}
		if len(words)-first == longestSentence {
			endSentence(false)
		}
		end := wordEnd(text, at)
		if end == at { // a rune that is no word after all
			at += size
			continue
		}
		low := lowered(text[at:end])
		money := at > 0 && (text[at-1] == '$') || strings.HasSuffix(text[:at], "£") || strings.HasSuffix(text[:at], "€")
		words = append(words, word{Span: Span{at, end}, low: low, stem: stemmed(env, low, money), sentence: sentence, clause: clause})
		at = end
	}
	endSentence(false)
	breakClauses(words)
	return words
}

// wordEnd is where the word that begins at from ends: letters, digits and apostrophes
// between letters.
func wordEnd(text string, from int) int {
	at := from
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError {
			break
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			at += size
			continue
		}
		if r == '\'' || r == '’' {
			next, _ := utf8.DecodeRuneInString(text[at+size:])
			if unicode.IsLetter(next) {
				at += size
				continue
			}
		}
		break
	}
	return at
}

func lowered(typed string) string {
	low := strings.ReplaceAll(strings.ToLower(typed), "’", "'")
	return strings.TrimSuffix(low, "'s")
}

// endsSentence says whether the point at `at` ends a sentence: not inside a number and not
// after an abbreviation or an initial.
func endsSentence(text string, at int, words []word) bool {
	if at+1 < len(text) {
		if next := text[at+1]; next != ' ' && next != '\n' && next != '\r' && next != '\t' && next != '"' && next != '\'' && next != ')' {
			return false
		}
	}
	if len(words) == 0 {
		return true
	}
	last := words[len(words)-1]
	return last.End != at || !abbreviations[last.low] && (len(last.low) > 1 || last.low == "i")
}

// stemmed is the word's stem; every number is "#", every sum of money "$#", but for the
// numbers of help lines.
func stemmed(env *snowballstem.Env, low string, money bool) string {
	if low[0] >= '0' && low[0] <= '9' {
		switch {
		case money:
			return "$#"
		case low == "911" || low == "988":
			return low
		}
		return "#"
	}
	if len(low) < 3 || strings.Contains(low, "'") {
		return low
	}
	env.SetCurrent(low)
	english.Stem(env)
	return env.Current()
}

// breaks are words that end the reach of a "not" or an "if" before them.
var breaks = map[string]bool{
	"but": true, "however": true, "although": true, "though": true, "because": true, "so": true, "yet": true,
	"who": true, "whose": true, "which": true, "after": true, "since": true, "until": true, "unless": true,
	"if": true, "when": true, "while": true, "whether": true, "then": true,
}

// begins are words that begin a new clause after "and" or "or".
var begins = map[string]bool{
	"i": true, "he": true, "she": true, "they": true, "we": true, "it": true, "now": true, "his": true, "her": true,
	"then": true, "my": true, "our": true, "the": true, "is": true, "has": true, "threatened": true, "says": true, "said": true,
}

// subject says whether word i begins a clause of its own without a sign: "… his pills he
// will …", but not "… say he will …".
func subject(words []word, i int) bool {
	if i == 0 || i+1 >= len(words) || words[i].sentence != words[i+1].sentence {
		return false
	}
	switch words[i].low {
	case "he", "she", "they", "we":
	default:
		return false
	}
	switch words[i-1].low {
	case "that", "say", "said", "says", "saying", "think", "believe", "claim", "and", "or", "told", "know", "me", "us", "sure":
		return false
	}
	switch words[i+1].low {
	case "will", "would", "is", "was", "has", "had", "can", "could", "might", "may", "threatened":
		return true
	}
	return false
}

// breakClauses counts the clauses that no punctuation marks.
func breakClauses(words []word) {
	extra := 0
	for i := range words {
		if i > 0 && (breaks[words[i].low] || (words[i-1].low == "and" || words[i-1].low == "or") && begins[words[i].low] || subject(words, i)) {
			extra++
		}
		words[i].clause += extra
	}
}
