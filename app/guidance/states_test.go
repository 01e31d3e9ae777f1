package guidance_test

import (
	"slices"
	"strings"
	"testing"

	"hotline/app/guidance"
)

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

func TestTheDatabaseReadsStateNotesAsThePageDoes(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	rows, err := h.db.Pool().Query(h.ctx, "SELECT a.slug, v.body, v.states FROM article_versions v JOIN articles a ON a.id = v.article_id")
	h.must(err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var slug, body string
		var got []string
		h.must(rows.Scan(&slug, &body, &got))
		want, err := guidance.States(body)
		h.must(err)
		if n++; !slices.Equal(got, want) {
			t.Errorf("%s: %v, the page says %v", slug, got, want)
		}
	}
	if n < 16 {
		t.Errorf("only %d articles", n)
	}
}

func TestANoteThatIsWrappedStaysWhole(t *testing.T) {
	t.Parallel()
	body := "## State notes\n\n- **Ohio** A rule\nthat goes on.\n- **Every other state** Nothing\n  specific.\n"
	notes := guidance.StateNotes(body)
	want := []guidance.StateNote{{States: "Ohio", Words: "A rule\nthat goes on."}, {Words: "Nothing\nspecific."}}
	if !slices.Equal(notes, want) {
		t.Errorf("%+v", notes)
	}
	if got := guidance.WithStateNotes(body, notes); got != strings.Replace(body, "\nthat", "\n  that", 1) {
		t.Errorf("%q", got)
	}
	for _, other := range []string{"- Another thing.", "> Said so.", "### Then", "1. First.", "```"} {
		body := "## State notes\n\n- **Ohio** A rule.\n" + other + "\n"
		if notes := guidance.StateNotes(body); len(notes) != 1 || notes[0].Words != "A rule." {
			t.Errorf("%q becomes part of %+v", other, notes)
		}
	}
}
