package guidance_test

import (
	"testing"
	"unicode/utf8"

	"hotline/app/guidance"
)

func TestTheShippedArticlesComeApartAndTogetherLetterForLetter(t *testing.T) {
	t.Parallel()
	for slug, b := range shelf(t) {
		if got := guidance.Written(guidance.Blocks(b.body)); got != b.body {
			t.Errorf("%s differs", slug)
		}
		if got := guidance.Written(guidance.Arranged(guidance.Blocks(b.body))); got != b.body {
			t.Errorf("%s, arranged, differs", slug)
		}
		if got := guidance.WithStateNotes(b.body, guidance.StateNotes(b.body)); got != b.body {
			t.Errorf("%s, its state notes read and written, differs", slug)
		}
	}
}

func TestAHeadingInCodeStartsNoSection(t *testing.T) {
	t.Parallel()
	body := "## One\n\n```\n## not a heading\n```\n\n## Two\n\nText.\n"
	if got := guidance.Blocks(body); len(got) != 2 || guidance.Written(got) != body {
		t.Errorf("%+v", got)
	}
}

func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{"", "## A\n\nb\n", "text\n## A\n## B\nc", "```\n## x", "## \n\r\n##\t\n#", "## State notes\n- **Ohio**\n  x\n- **Every other state** y", "\x00## a ##\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		once := guidance.Written(guidance.Blocks(body))
		if again := guidance.Written(guidance.Blocks(once)); again != once {
			t.Errorf("%q becomes %q", once, again)
		}
		if notes := guidance.WithStateNotes(body, guidance.StateNotes(body)); utf8.ValidString(body) && !utf8.ValidString(notes) {
			t.Error("it is no text any more")
		}
		guidance.Arranged(guidance.Blocks(body))
	})
}
