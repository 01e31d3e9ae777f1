package guidance_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hotline/app/guidance"
)

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
