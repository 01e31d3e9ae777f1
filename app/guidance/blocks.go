package guidance

import (
	"regexp"
	"slices"
	"strings"
)

// Block is one section of an article as it is written: its heading, and the Markdown
// below it. The text before the first heading is a block without one.
type Block struct{ Heading, Text string }

// SectionKind is the kind of section the page makes of it, "text" for any other.
func (b Block) SectionKind() string { return kindOf(strings.Join(strings.Fields(b.Heading), " ")) }

var (
	headingLike = regexp.MustCompile(`^ {0,3}##(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	fenceLike   = regexp.MustCompile("^ {0,3}(```+|~~~+)")
)

// Blocks takes an article's text apart at its second-level headings. Written puts it
// together again, letter for letter where it stands as Written writes it.
func Blocks(body string) []Block {
	blocks := []Block{{}}
	fence := ""
	for line := range strings.SplitSeq(plainBreaks(body), "\n") {
		if found := fenceLike.FindStringSubmatch(line); found != nil {
			switch {
			case fence == "":
				fence = found[1]
			case strings.HasPrefix(found[1], fence):
				fence = ""
			}
		}
		if found := headingLike.FindStringSubmatch(line); found != nil && fence == "" && found[1] != "" {
			blocks = append(blocks, Block{Heading: found[1]})
			continue
		}
		last := &blocks[len(blocks)-1]
		last.Text += line + "\n"
	}
	for i := range blocks {
		blocks[i].Text = edges(blocks[i].Text)
	}
	if blocks[0].Text == "" {
		blocks = blocks[1:]
	}
	return blocks
}

// edges takes the empty lines off both ends.
func edges(text string) string {
	for {
		line, rest, more := strings.Cut(text, "\n")
		if !more || strings.TrimSpace(line) != "" {
			return strings.TrimRight(text, " \t\n")
		}
		text = rest
	}
}

// Written is an article's text made of its sections. A usual section without text is left
// out; one that somebody gave a heading of their own is not.
func Written(blocks []Block) string {
	var parts []string
	for _, b := range blocks {
		text, heading := edges(b.Text), strings.Join(strings.Fields(b.Heading), " ")
		switch {
		case text == "" && (heading == "" || b.SectionKind() != "text"):
		case text == "":
			parts = append(parts, "## "+heading)
		case heading == "":
			parts = append(parts, text)
		default:
			parts = append(parts, "## "+heading+"\n\n"+text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// usual are the sections every article has, in their order.
var usual = []struct{ kind, heading string }{
	{"call", "Call us now if"}, {"steps", "Steps"}, {"do", "Do"}, {"dont", "Don’t"}, {"say", "A sentence you can say"},
	{"record", "What to write down"}, {"states", stateHeading}, {"related", "Related"}, {"sources", "Sources"},
}

// Arranged adds, without text, the usual sections an article has not got, each behind
// the one it usually follows. Two of one kind become one.
func Arranged(blocks []Block) []Block {
	var out []Block
	at := map[string]int{}
	for _, b := range blocks {
		kind := b.SectionKind()
		if i, twice := at[kind]; twice && kind != "text" {
			out[i].Text = strings.TrimSpace(out[i].Text + "\n\n" + b.Text)
			continue
		}
		at[kind] = len(out)
		out = append(out, b)
	}
	for i, u := range usual {
		if slices.ContainsFunc(out, func(b Block) bool { return b.SectionKind() == u.kind }) {
			continue
		}
		place := 0
		for n, b := range out {
			earlier := slices.ContainsFunc(usual[:i], func(e struct{ kind, heading string }) bool { return e.kind == b.SectionKind() })
			if earlier || b.Heading == "" {
				place = n + 1
			}
		}
		out = slices.Insert(out, place, Block{Heading: u.heading})
	}
	return out
}
