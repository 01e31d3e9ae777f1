package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/guidance"
	views "hotline/views/editor"
)

// typedArticle is the form of a draft: what stands in its fields, and the article they
// make.
type typedArticle struct {
	article  guidance.Article
	blocks   []guidance.Block
	notes    []guidance.StateNote // as typed: the one for every other state last
	day      string               // of the next review, as typed
	revision int
	sitting  string
	spare    int // where the section that waits stands; -1: none
}

// spareStates are the empty rows that wait for more states.
const spareStates = 2

// typedOf fills the form from a draft.
func typedOf(d guidance.Draft) typedArticle {
	t := typedArticle{article: d.Article, blocks: guidance.Arranged(guidance.Blocks(d.Body)), revision: d.Revision}
	if !d.ReviewBy.IsZero() {
		t.day = d.ReviewBy.Format(time.DateOnly)
	}
	t.spare = 0
	for i, b := range t.blocks {
		switch b.SectionKind() {
		case "states":
			t.notes, t.blocks[i].Text = guidance.StateRows(b.Text)
		case "call", "steps", "text":
			if t.spare == i {
				t.spare++ // behind what one does, before the rest
			}
		}
	}
	t.blocks = append(t.blocks[:t.spare:t.spare], append([]guidance.Block{{}}, t.blocks[t.spare:]...)...)
	return t
}

// readArticle takes the form as it came.
func readArticle(c *gin.Context) typedArticle {
	t := typedArticle{revision: int(number(c.PostForm("revision"))), sitting: line(c, "sitting"), day: line(c, "review_by"), spare: -1}
	t.article.Front = guidance.Front{Title: line(c, "title"), Topic: line(c, "topic"), Visible: line(c, "visible"), Owner: line(c, "owner"), Author: line(c, "author"),
		For: line(c, "for"), Summary: line(c, "summary"), Keywords: line(c, "keywords")}
	t.article.Changed = line(c, "changed")
	t.article.ReviewBy, _ = time.Parse(time.DateOnly, t.day) // none: it is missing, and the check says so
	states := statesAt(c)
	for i := range int(min(number(c.PostForm("sections")), 200)) {
		n := strconv.Itoa(i)
		t.blocks = append(t.blocks, guidance.Block{Heading: line(c, "heading-"+n), Text: text(c, "text-"+n)})
		if line(c, "spare-at") == n {
			t.spare = i
		}
	}
	for i := range int(min(number(c.PostForm("states")), 200)) {
		n := strconv.Itoa(i)
		t.notes = append(t.notes, guidance.StateNote{States: line(c, "state-"+n), Words: text(c, "state-words-"+n)})
	}
	t.notes = append(t.notes, guidance.StateNote{Words: text(c, "state-else")})
	t.article.Body = t.body(states)
	return t
}

// statesAt is where the state notes stand among the sections; -1: nowhere.
func statesAt(c *gin.Context) int {
	if at := line(c, "states-at"); at != "" {
		return int(number(at))
	}
	return -1
}

// body is the article's text as the sections make it.
func (t typedArticle) body(states int) string {
	blocks := append([]guidance.Block(nil), t.blocks...)
	if states >= 0 && states < len(blocks) {
		blocks[states].Text = guidance.StateSection(t.notes, blocks[states].Text)
	}
	return guidance.Written(guidance.Arranged(blocks))
}

// moved is the form with one section a place up or down, past those that are empty.
func (t typedArticle) moved(c *gin.Context, then string) typedArticle {
	way, at, _ := strings.Cut(then, "-")
	i, by := int(number(at)), -1
	if way == "down" {
		by = 1
	}
	if i >= len(t.blocks) {
		return t
	}
	states := statesAt(c)
	j := i + by
	for j >= 0 && j < len(t.blocks) && t.blocks[j].Text == "" && j != states {
		j += by
	}
	if j < 0 || j >= len(t.blocks) {
		return t
	}
	t.blocks[i], t.blocks[j] = t.blocks[j], t.blocks[i]
	other := func(at int) int {
		switch at {
		case i:
			return j
		case j:
			return i
		}
		return at
	}
	t.spare = other(t.spare)
	t.article.Body = t.body(other(states))
	return t
}

// hints say how each of the usual sections is written.
var hints = map[string]string{
	"call":    "A line each, with a hyphen in front.",
	"steps":   "“1. **Do this first.** Why, in a sentence.”",
	"do":      "A line each, with a hyphen in front.",
	"dont":    "A line each, with a hyphen in front.",
	"say":     "With > in front, as it would be said aloud.",
	"record":  "What a record of it needs, and what it does not.",
	"related": "“- [Its title](/guidance/its-address)”",
	"sources": "“- [Who says so, and where](https://…)”. Nothing without a source.",
}

// sections are the parts of the form.
func (t typedArticle) sections(bad func(string) string) []views.Section {
	var all []views.Section
	for i, b := range t.blocks {
		kind := b.SectionKind()
		s := views.Section{Heading: b.Heading, Text: b.Text, Known: kind != "text", Spare: i == t.spare, Hint: hints[kind]}
		if s.Known {
			s.Error = bad(kind)
		} else if b.Text == "" && b.Heading != "" {
			s.Error = bad("text")
		}
		if n := guidance.Words(b.Text); n > 0 {
			s.Words = strconv.Itoa(n) + plural(n, " word")
		}
		if kind == "states" {
			s.States, s.Words = statesOf(t.notes), ""
		}
		all = append(all, s)
	}
	return all
}

func statesOf(notes []guidance.StateNote) *views.States {
	s := &views.States{}
	for i, n := range notes {
		if n.States == "" && i == len(notes)-1 {
			s.Else = n.Words
			continue
		}
		if strings.TrimSpace(n.States+n.Words) != "" {
			s.Rows = append(s.Rows, views.StateRow{Names: n.States, Words: n.Words})
		}
	}
	for range spareStates {
		s.Rows = append(s.Rows, views.StateRow{})
	}
	return s
}

// fieldIDs are the controls of what Missing names.
func (t typedArticle) fieldIDs() map[string]string {
	ids := map[string]string{"states": "state-else", "body": "title"}
	for i, b := range t.blocks {
		kind := b.SectionKind()
		switch {
		case kind == "states":
		case kind != "text":
			ids[kind] = "text-" + strconv.Itoa(i)
		case b.Heading != "" && b.Text == "":
			ids["text"] = "text-" + strconv.Itoa(i)
		}
		if kind == "call" {
			ids["body"] = "text-" + strconv.Itoa(i)
		}
	}
	return ids
}
