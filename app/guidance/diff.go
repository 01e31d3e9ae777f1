package guidance

import (
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Piece is a stretch of words: in both texts (0), only in the newer (1), only in the
// older (-1).
type Piece struct {
	Words string
	Sign  int
}

// What became of a part of an article.
const (
	Same    = "same"
	Changed = "changed"
	Added   = "added"
	Removed = "removed"
)

// Change is what became of one part of an article between two versions: a line of its
// head, or a section, word by word as it is written.
type Change struct {
	Part   string // "Title", "Steps"
	Kind   string // Same, Changed, Added, Removed
	Pieces []Piece
}

// Counts are how many words a change adds and takes away.
func (c Change) Counts() (added, removed int) {
	for _, p := range c.Pieces {
		n := len(strings.Fields(p.Words))
		switch p.Sign {
		case 1:
			added += n
		case -1:
			removed += n
		}
	}
	return added, removed
}

// Diff compares two texts of an article, part by part in the order of the newer, each
// word by word; what only the older has stands where it stood. It is pure, and the same
// for the same texts.
func Diff(from, to Article) []Change {
	var all []Change
	add := func(part, was, is string) {
		if was != "" || is != "" {
			all = append(all, change(part, was, is))
		}
	}
	add("Title", from.Title, to.Title)
	add("Summary", from.Summary, to.Summary)
	add("Whom it is for", from.For, to.For)
	add("Who may read it", audience(from.Visible), audience(to.Visible))
	add("Topic", topicName(from.Topic), topicName(to.Topic))
	add("Kept by", from.Owner, to.Owner)
	add("Written by", from.Author, to.Author)
	add("Search words", from.Keywords, to.Keywords)
	if !to.Reviewed.IsZero() { // a draft is reviewed when it is approved
		add("Reviewed", dayWords(from.Reviewed), dayWords(to.Reviewed))
	}
	add("Next review", dayWords(from.ReviewBy), dayWords(to.ReviewBy))

	was, is := Blocks(from.Body), Blocks(to.Body)
	used := make([]bool, len(was))
	find := func(b Block) int {
		kind := b.SectionKind()
		for i, w := range was {
			if !used[i] && (w.Heading == b.Heading || kind != "text" && w.SectionKind() == kind) {
				return i
			}
		}
		return -1
	}
	place := map[int]int{} // of the older's sections among the newer's
	for n, b := range is {
		if i := find(b); i >= 0 {
			used[i], place[i] = true, n
		}
	}
	old := map[int]int{}
	for i, n := range place {
		old[n] = i
	}
	next := 0
	gone := func(until int) {
		for ; next < until; next++ {
			if !used[next] {
				add(named(was[next]), was[next].Text, "")
			}
		}
	}
	for n, b := range is {
		i, there := old[n]
		if !there {
			add(named(b), "", b.Text)
			continue
		}
		if i >= next {
			gone(i)
			next = i + 1
		}
		add(named(b), was[i].Text, b.Text)
	}
	gone(len(was))
	return all
}

func named(b Block) string {
	if b.Heading == "" {
		return "Opening"
	}
	return b.Heading
}

func audience(visible string) string {
	return map[string]string{ForInsured: "Physicians and staff", ForDesk: "Staff only"}[visible]
}

func topicName(code string) string { return strings.ReplaceAll(code, "_", " ") }

func dayWords(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("January 2, 2006")
}

func change(part, was, is string) Change {
	switch {
	case was == is:
		return Change{part, Same, []Piece{{is, 0}}}
	case was == "":
		return Change{part, Added, []Piece{{is, 1}}}
	case is == "":
		return Change{part, Removed, []Piece{{was, -1}}}
	}
	return Change{part, Changed, pieces(was, is)}
}

// pieces compares two texts word by word: each word becomes one letter, those are
// compared, and the words put back.
func pieces(was, is string) []Piece {
	letters, words := map[string]rune{}, map[rune]string{}
	// Very long sections are compared by words with the space behind them: coarser by a
	// hair, and four times as fast.
	joined := len(was)+len(is) > 16_000
	spell := func(text string) []rune {
		var out []rune
		for _, w := range wordsOf(text, joined) {
			letter, known := letters[w]
			if !known {
				// Surrogates are no letters: leave their room out.
				letter = rune(len(letters) + 1)
				if letter >= 0xD800 {
					letter += 0x800
				}
				letters[w], words[letter] = letter, w
			}
			out = append(out, letter)
		}
		return out
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // no clock decides what a reader sees
	var out []Piece
	for _, part := range d.DiffCleanupSemantic(d.DiffMainRunes(spell(was), spell(is), false)) {
		var b strings.Builder
		for _, letter := range part.Text {
			b.WriteString(words[letter])
		}
		out = append(out, Piece{b.String(), int(part.Type)})
	}
	return out
}

// wordsOf cuts a text into words, the space between them, and line ends; joined leaves
// the space with the word before it.
func wordsOf(text string, joined bool) []string {
	var out []string
	start, kind := 0, -1
	for i, r := range text {
		is := 0
		switch {
		case r == '\n':
			is = 2
		case unicode.IsSpace(r):
			is = 1
		}
		if i > start && (is != kind || is == 2) && !(joined && kind == 0 && is == 1) {
			out = append(out, text[start:i])
			start = i
		}
		kind = is
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
