package correspondence

import (
	"regexp"
	"strings"
)

// Document is a text that is shown, printed, and saved as Word, PDF and plain text, from
// the same blocks. What is to be filled in stands in it as [CAPITALS].
type Document struct {
	Title  string
	Large  bool // large print
	Blocks []Block
}

// Kind is what a block is.
type Kind string

// The kinds of block.
const (
	Title     Kind = "title"
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	Lines     Kind = "lines" // an address: each line on its own
	Bullets   Kind = "bullets"
	Numbered  Kind = "numbered"
	Quote     Kind = "quote" // words to say
	NewPage   Kind = "page"
	Small     Kind = "small"
)

// Block is one piece of a document.
type Block struct {
	Kind     Kind
	Text     string
	Items    []string
	Elements []int // of the twelve a letter must have; see Elements
}

// words are a block's own words.
func (b Block) words() string {
	if b.Text != "" {
		return b.Text
	}
	return strings.Join(b.Items, " ")
}

// Piece is a stretch of text; Blank where it is to be filled in.
type Piece struct {
	Text  string
	Blank bool
}

var blankLike = regexp.MustCompile(`\[[A-Z][A-Z0-9 ,.’-]*\]`)

// Pieces parts a text into what stands and what is to be filled in.
func Pieces(text string) []Piece {
	var all []Piece
	at := 0
	for _, m := range blankLike.FindAllStringIndex(text, -1) {
		if m[0] > at {
			all = append(all, Piece{Text: text[at:m[0]]})
		}
		all = append(all, Piece{text[m[0]:m[1]], true})
		at = m[1]
	}
	if at < len(text) {
		all = append(all, Piece{Text: text[at:]})
	}
	return all
}

// Blanks are what is to be filled in, each once, in their order, without the brackets.
func (d Document) Blanks() []string {
	var all []string
	seen := map[string]bool{}
	for _, b := range d.Blocks {
		for _, text := range append([]string{b.Text}, b.Items...) {
			for _, p := range Pieces(text) {
				if p.Blank && !seen[p.Text] {
					seen[p.Text] = true
					all = append(all, strings.Trim(p.Text, "[]"))
				}
			}
		}
	}
	return all
}
