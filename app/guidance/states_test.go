package guidance_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

func TestTheNoteForEveryOtherStateComesLast(t *testing.T) {
	t.Parallel()
	body := "## Steps\n\n1. One.\n\n## Sources\n\n- A book\n"
	got := guidance.WithStateNotes(body, []guidance.StateNote{{Words: "Nothing specific: general only."}, {States: "Ohio", Words: "A rule.\n\nAnd another."}, {States: "every OTHER state", Words: "Ask us."}})
	want := "## Steps\n\n1. One.\n\n## State notes\n\n- **Ohio** A rule.\n\n  And another.\n- **Every other state** Nothing specific: general only.\n\n  Ask us.\n\n## Sources\n\n- A book\n"
	if got != want {
		t.Errorf("%q", got)
	}
	notes := guidance.StateNotes(got)
	if len(notes) != 2 || notes[0] != (guidance.StateNote{States: "Ohio", Words: "A rule.\n\nAnd another."}) || notes[1].States != "" {
		t.Errorf("%+v", notes)
	}
	if names := (guidance.StateNote{States: "Maryland, Virginia and the District of Columbia"}).Names(); !slices.Equal(names, []string{"Maryland", "Virginia", "District of Columbia"}) {
		t.Errorf("%v", names)
	}
}

func TestWhatIsNoStateNoteStaysInItsSection(t *testing.T) {
	t.Parallel()
	body := "## State notes\n\n- **Ohio** A rule.\n\nThese are summaries.\n"
	if got := guidance.WithStateNotes(body, guidance.StateNotes(body)); got != body {
		t.Errorf("%q", got)
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

func TestADiffSaysWhatWasAddedAndTakenAwaySectionBySection(t *testing.T) {
	t.Parallel()
	from, to := article("certificates"), article("certificates")
	from.Body = "## Steps\n\n1. Read it slowly.\n\n## Old\n\nGone.\n\n## Do\n\n- Ask.\n"
	to.Body = "## Steps\n\n1. Read it twice.\n\n## Do\n\n- Ask.\n\n## New\n\nCome.\n"
	to.Title = "On all certificates"
	var got []string
	for _, c := range guidance.Diff(from, to) {
		if c.Kind == guidance.Same {
			continue
		}
		var b strings.Builder
		b.WriteString(c.Part + ": ")
		for _, p := range c.Pieces {
			b.WriteString(map[int]string{0: p.Words, 1: "{+" + p.Words + "+}", -1: "[-" + p.Words + "-]"}[p.Sign])
		}
		got = append(got, b.String())
	}
	want := []string{"Title: On {+all +}certificates", "Steps: 1. Read it [-slowly.-]{+twice.+}", "Old: [-Gone.-]", "New: {+Come.+}"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if changes := guidance.Diff(from, from); slices.ContainsFunc(changes, func(c guidance.Change) bool { return c.Kind != guidance.Same }) {
		t.Error("a text differs from itself")
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a b c\n\nd", "a c\nd  e")
	f.Add("", "x")
	f.Add("\n\n", " \n")
	f.Fuzz(func(t *testing.T, was, is string) {
		if !utf8.ValidString(was) || !utf8.ValidString(is) || len(was)+len(is) > 4000 {
			return
		}
		for _, c := range guidance.Diff(guidance.Article{Body: "## X\n\na" + was}, guidance.Article{Body: "## X\n\na" + is}) {
			var older, newer strings.Builder
			for _, p := range c.Pieces {
				if p.Sign <= 0 {
					older.WriteString(p.Words)
				}
				if p.Sign >= 0 {
					newer.WriteString(p.Words)
				}
			}
			find := func(a, want string) bool {
				return a == "" || slices.ContainsFunc(guidance.Blocks("## X\n\na"+want), func(b guidance.Block) bool { return b.Text == a })
			}
			if !find(older.String(), was) || !find(newer.String(), is) {
				t.Errorf("%+v of %q and %q", c, was, is)
			}
		}
	})
}

func TestTheLongestTextsAreComparedInTime(t *testing.T) {
	t.Parallel()
	var from, to guidance.Article
	for n := range 3_300 {
		from.Body += strconv.Itoa(n%613) + "a "
		to.Body += strconv.Itoa(n*7%601) + "b "
	}
	began := time.Now()
	guidance.Diff(from, to)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
}
