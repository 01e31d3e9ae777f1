package guidance

import (
	"slices"
	"strings"
	"time"

	"hotline/app/fault"
	"hotline/app/ticket"
)

// Missing is what an article lacks before it can be reviewed, in the order one writes
// it; none: it can. It is pure: today is the day it would be reviewed on. Names are
// those of Front, "body", or the kind of a section ("call", "states", "text" …).
func Missing(a Article, today time.Time) fault.Fields {
	a = a.tidy()
	a.Reviewed = today
	bad, _ := a.check().(fault.Fields)
	bad.Need(a.Author != "", "author", "Say in what capacity it was written: “Risk consultant, attorney”.")
	if a.Body == "" {
		return bad
	}
	text := map[string]string{}
	sections, err := Render(a.Body)
	bad.Need(err == nil, "body", "The text cannot be shown.")
	for _, s := range sections {
		text[s.Kind] += s.HTML
	}
	listed := func(kind string) bool {
		items, _, err := Items(text[kind])
		return err == nil && len(items) > 0
	}
	bad.Need(listed("call"), "call", "List when to call us now instead of reading on.")
	bad.Need(listed("steps"), "steps", "Number the steps to take.")
	bad.Need(listed("say"), "say", "Give a sentence the reader can say, as a quotation (> in front).")
	bad.Need(text["record"] != "", "record", "Say what to write down.")
	bad.Need(strings.Contains(text["sources"], "<a "), "sources", "Name at least one source, with its link.")
	for _, b := range Blocks(a.Body) {
		bad.Need(b.Text != "", "text", "A section has a heading and no text. Write it, or take the heading away.")
	}
	notes := StateNotes(a.Body)
	bad.Need(len(notes) > 0 && notes[len(notes)-1].States == "" && notes[len(notes)-1].Words != "", "states",
		"End the state notes with what holds in every other state, even if it is “nothing specific: the general advice only”.")
	for i, n := range notes {
		bad.Need(n.States != "" || i == len(notes)-1, "states", "What holds in every other state comes last, once.")
		bad.Need(n.Words != "", "states", "Say what holds in each state you name.")
		for _, name := range n.Names() {
			bad.Need(isState(name), "states", "A state note names a place that is no state. Write names in full, with commas or “and” between them.")
		}
	}
	return bad
}

func isState(name string) bool {
	return slices.ContainsFunc(ticket.States, func(s struct{ Code, Name string }) bool { return strings.EqualFold(s.Name, name) })
}

// Words is how many words an article's text has, as its reader counts them.
func Words(markdown string) int { return len(strings.Fields(Plain(markdown))) }
