package guidance

import (
	"regexp"
	"strings"
)

// StateNote is what holds in one state or several. States is as it is written, "Maryland
// and Virginia"; "": every state without a note of its own.
type StateNote struct {
	States string
	Words  string // Markdown, one paragraph or more
}

// Names are the states a note speaks of by name.
func (n StateNote) Names() []string { return Item{Lead: n.States}.Names() }

const (
	stateHeading  = "State notes"
	elsewhereLead = "Every other state"
)

// StateNotes are the notes of an article's State notes section, in their order. What
// stands in the section and is no note is not among them.
func StateNotes(body string) []StateNote {
	for _, b := range Blocks(body) {
		if b.SectionKind() == "states" {
			notes, _ := StateRows(b.Text)
			return notes
		}
	}
	return nil
}

// WithStateNotes is an article's text with other state notes. The one for every other
// state comes last, wherever it was given. What stood in the section and was no note
// stays below them. Without notes, and without anything else there, the section goes.
func WithStateNotes(body string, notes []StateNote) string {
	blocks := Arranged(Blocks(body))
	for i, b := range blocks {
		if b.SectionKind() == "states" {
			_, rest := StateRows(b.Text)
			blocks[i].Text = StateSection(notes, rest)
			break
		}
	}
	return Written(blocks)
}

var (
	noteLike  = regexp.MustCompile(`^[-*+] +\*\*([^*]+)\*\*:? *(.*)$`)
	blockLike = regexp.MustCompile("^ {0,3}(?:[-*+](?:[ \t]|$)|[-*_=]{3}|[#>|<]|\\d+[.)]|```|~~~)")
)

// StateRows takes a State notes section apart: the list it begins with, and the rest.
func StateRows(text string) (notes []StateNote, rest string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	i, goesOn := 0, false // goesOn: the line before was a note's, and a paragraph may be wrapped
	for ; i < len(lines); i++ {
		line := lines[i]
		if found := noteLike.FindStringSubmatch(line); found != nil {
			lead := strings.Trim(strings.TrimSpace(found[1]), ":")
			if strings.EqualFold(lead, elsewhere) {
				lead = ""
			}
			notes = append(notes, StateNote{States: lead, Words: found[2]})
			goesOn = true
			continue
		}
		blank := strings.TrimSpace(line) == ""
		if len(notes) == 0 {
			if blank {
				continue
			}
			break
		}
		if !blank && !strings.HasPrefix(line, "  ") && (!goesOn || blockLike.MatchString(line)) {
			break
		}
		goesOn = !blank
		words := &notes[len(notes)-1].Words
		*words += "\n"
		if !blank {
			*words += strings.TrimPrefix(line, "  ")
		}
	}
	for n := range notes {
		notes[n].Words = strings.TrimSpace(notes[n].Words)
	}
	return notes, strings.TrimSpace(strings.Join(lines[i:], "\n"))
}

// StateSection is a State notes section made of its notes, the one for every other state
// last, and of what stands below them.
func StateSection(notes []StateNote, rest string) string {
	var b strings.Builder
	write := func(lead, words string) {
		words = strings.TrimSpace(words)
		b.WriteString("- **" + strings.ReplaceAll(lead, "*", "") + "**")
		for i, line := range strings.Split(words, "\n") {
			switch {
			case i == 0 && line != "":
				b.WriteString(" " + line)
			case i > 0 && line == "":
				b.WriteString("\n")
			case i > 0:
				b.WriteString("\n  " + line)
			}
		}
		b.WriteString("\n")
	}
	var last string
	for _, n := range notes {
		lead := strings.Join(strings.Fields(n.States), " ")
		switch {
		case lead == "" || strings.EqualFold(lead, elsewhere):
			last = strings.TrimSpace(last + "\n\n" + strings.TrimSpace(n.Words))
		default:
			write(lead, n.Words)
		}
	}
	if last != "" {
		write(elsewhereLead, last)
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		b.WriteString("\n" + rest)
	}
	return strings.TrimSpace(b.String())
}
