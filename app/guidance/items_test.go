package guidance_test

import (
	"slices"
	"strings"
	"testing"

	"hotline/app/guidance"
)

func TestASectionIsTakenApartWithoutLosingAWord(t *testing.T) {
	t.Parallel()
	eachArticle(t, func(t *testing.T, a book) {
		for _, s := range a.sections {
			items, rest, err := guidance.Items(s.HTML)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, i := range items {
				b.WriteString(i.Lead + " " + i.HTML + " ")
			}
			if got, want := bare(b.String()+rest), bare(s.HTML); got != want {
				t.Errorf("%s became\n%s\nfrom\n%s", s.Heading, got, want)
			}
			switch s.Kind {
			case "call", "steps", "do", "dont", "say", "states", "related", "sources":
				if len(items) == 0 {
					t.Errorf("%s has no entries", s.Heading)
				}
			}
		}
	})
}

// bare is what is left of a text without tags, entities and space.
func bare(s string) string {
	var b strings.Builder
	in := false
	for _, r := range strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&quot;", `"`, "&amp;", "&").Replace(s) {
		switch {
		case r == '<':
			in = true
		case r == '>':
			in = false
		case !in && r != ' ' && r != '\n':
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestEntriesWithSpaceBetweenThemHaveTheirLeadToo(t *testing.T) {
	t.Parallel()
	items, rest, err := guidance.Items("<ol>\n<li><p><strong>Read.</strong> Then <em>think</em>.</p><p>Slowly.</p></li>\n<li>Act.</li></ol><p>Done.</p>")
	if err != nil {
		t.Fatal(err)
	}
	want := []guidance.Item{{Lead: "Read.", HTML: "Then <em>think</em>.<p>Slowly.</p>"}, {HTML: "Act."}}
	if !slices.Equal(items, want) || rest != "<p>Done.</p>" {
		t.Errorf("%q, then %q", items, rest)
	}
	if items, rest, _ := guidance.Items("<p>Words.</p>"); items != nil || rest != "<p>Words.</p>" {
		t.Errorf("%q, then %q", items, rest)
	}
}

func TestAStateNoteNamesItsStates(t *testing.T) {
	t.Parallel()
	for lead, want := range map[string][]string{
		"Ohio": {"Ohio"},
		"Maryland, Virginia and the District of Columbia": {"Maryland", "Virginia", "District of Columbia"},
		"Every other state": nil,
	} {
		if got := (guidance.Item{Lead: lead}).Names(); !slices.Equal(got, want) {
			t.Errorf("%s: %v", lead, got)
		}
	}
}
