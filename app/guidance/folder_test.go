package guidance_test

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func does(entries []guidance.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Does)
	}
	return all
}

func TestWhatGoesOutComesInUnchangedByteForByte(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	desk := article("for-the-desk")
	desk.Visible, desk.Body = guidance.ForDesk, "## Steps\n\n1. Ünïcode — “quotes”: a line.\n\n```\n---\n```\n"
	h.publish(desk)
	leaves, err := h.Export(h.ctx, h.consultant)
	h.must(err)
	for _, l := range leaves {
		want, err := fs.ReadFile(guidance.Library(), l.Name)
		if err == nil && !bytes.Equal(want, l.Content) {
			t.Errorf("%s is not the file it came from", l.Name)
		}
	}
	archive, err := guidance.Zip(leaves)
	h.must(err)
	back, err := guidance.FromZip(archive)
	h.must(err)
	for _, dry := range []bool{true, false} {
		entries, err := h.Import(h.ctx, h.manager, guidance.Shipment{Leaves: back, Dry: dry})
		h.must(err)
		for _, e := range entries {
			if e.Does != guidance.Unchanged {
				t.Errorf("%+v", e)
			}
		}
		if len(entries) != len(leaves) || len(entries) < 7 {
			t.Errorf("%d of %d", len(entries), len(leaves))
		}
	}
	if n := h.count("SELECT count(*) FROM article_versions WHERE version > 1"); n != 0 {
		t.Errorf("%d versions more", n)
	}
	other := newHouse(t)
	entries, err := other.Import(other.ctx, operator, guidance.Shipment{Leaves: back})
	other.must(err)
	again, err := other.Export(other.ctx, operator)
	other.must(err)
	if entries[0].Does != guidance.Fresh || !slices.EqualFunc(leaves, again, func(a, b guidance.Leaf) bool { return a.Name == b.Name && bytes.Equal(a.Content, b.Content) }) {
		t.Error("another house exports other files")
	}
}

func TestADryRunSaysWhatEachFileWouldDoAndDoesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, slug := range []string{"a-changed", "b-moved", "c-same", "d-withdrawn"} {
		h.publish(article(slug))
	}
	number, _ := h.ask(h.physician, "May I?")
	_, err := h.Cite(h.ctx, h.consultant, number, "a-changed")
	h.must(err)
	h.must(h.Withdraw(h.ctx, h.manager, "d-withdrawn", "Wrong.", guidance.Affects{}))
	leaf := func(slug string, change func(*guidance.Article)) guidance.Leaf {
		a := article(slug)
		change(&a)
		return guidance.Leaf{Name: slug + ".md", Content: a.Markdown()}
	}
	none := func(*guidance.Article) {}
	leaves := []guidance.Leaf{
		leaf("a-changed", func(a *guidance.Article) { a.Body += "\nMore.\n" }), leaf("b-moved", func(a *guidance.Article) { a.Topic = "discharge" }),
		leaf("c-same", none), leaf("e-new", none),
	}
	in := guidance.Shipment{Leaves: leaves, Dry: true}
	entries, err := h.Import(h.ctx, h.manager, in)
	h.must(err)
	if !slices.Equal(does(entries), []string{"changed", "moved", "unchanged", "new"}) || entries[0].Cited != 1 {
		t.Errorf("%+v", entries)
	}
	if n := h.count("SELECT count(*) FROM article_versions"); n != 4 {
		t.Errorf("%d versions after a dry run", n)
	}
	in.Dry = false
	in.Leaves = append(slices.Clone(leaves), leaf("d-withdrawn", none), guidance.Leaf{Name: "f-bad.md", Content: bytes.Replace(leaves[3].Content, []byte("e-new"), []byte("f-bad"), 1)[:60]})
	entries, err = h.Import(h.ctx, h.manager, in)
	h.says(err, fault.Unacceptable)
	if got := does(entries); !slices.Equal(got, []string{"changed", "moved", "unchanged", "fault", "new", "fault"}) {
		t.Errorf("%v", got)
	}
	if n := h.count("SELECT count(*) FROM article_versions"); n != 4 {
		t.Errorf("%d versions: part of a folder was read in", n)
	}
	in.Leaves, in.Affects = leaves, guidance.Affects{Affected: true, Why: "It said less."}
	_, err = h.Import(h.ctx, h.manager, in)
	h.must(err)
	if all, err := h.Recalls(h.ctx, h.manager); err != nil || len(all) != 1 || all[0].Slug != "a-changed" || all[0].Version != 1 {
		t.Errorf("recalls %+v, %v", all, err)
	}
	if n := h.count("SELECT count(*) FROM article_versions"); n != 6 {
		t.Errorf("%d versions", n)
	}
	for _, by := range []actor.Actor{h.consultant, h.physician, {}} {
		_, err := h.Import(h.ctx, by, in)
		h.says(err, fault.Forbidden)
	}
	_, err = h.Export(h.ctx, h.physician)
	h.says(err, fault.NotFound)
}

func TestAFaultIsFoundAtItsLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := string(article("gifts").Markdown())
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"no head":             {strings.TrimPrefix(good, "---\n"), 1},
		"a key nobody knows":  {strings.Replace(good, "topic:", "tpoic:", 1), 4},
		"another topic":       {strings.Replace(good, "other_liability", "weather", 1), 4},
		"a key twice":         {strings.Replace(good, "visible: insured", "topic: discharge", 1), 5},
		"a key missing":       {strings.Replace(good, "keywords: certificate, form\n", "", 1), 12},
		"a day that is none":  {strings.Replace(good, "2027-05-16", "2027-02-31", 1), 9},
		"a day too early":     {strings.Replace(good, "2027-05-16", "2026-05-16", 1), 9},
		"too long a summary":  {strings.Replace(good, "Two lines", strings.Repeat("x", 400), 1), 11},
		"another file's name": {strings.Replace(good, "slug: gifts", "slug: guns", 1), 3},
		"too long a body":     {good + strings.Repeat("x", 20_001), 14},
		"no body":             {good[:strings.LastIndex(good, "---")+4], 13},
	} {
		entries, err := h.Import(h.ctx, h.manager, guidance.Shipment{Leaves: []guidance.Leaf{{Name: "gifts.md", Content: []byte(c.text)}}, Dry: true})
		h.must(err)
		if e := entries[0]; e.Does != guidance.Faulty || e.Line != c.line || e.Why == "" {
			t.Errorf("%s: %+v, want line %d", name, e, c.line)
		}
	}
}

func TestAnArchiveThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{"nothing": nil, "no archive": []byte("words"), "a bomb": packed(t, slices.Repeat([]string{"a.md"}, 2001)...)} {
		_, err := guidance.FromZip(content)
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("folder") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	leaves, err := guidance.FromZip(packed(t, "x/../../a.md", "__MACOSX/._a.md", "README.md", "b.txt", ".hidden.md"))
	if err != nil || len(leaves) != 1 || leaves[0].Name != "a.md" {
		t.Errorf("%+v, %v", leaves, err)
	}
}

func TestAnArchiveThatUnpacksToTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	leaves := make([]guidance.Leaf, 170)
	for i := range leaves {
		leaves[i] = guidance.Leaf{Name: strconv.Itoa(i) + ".md", Content: make([]byte, 200<<10)} // each as large as one may be
	}
	for n, want := range map[int]bool{160: true, 170: false} {
		archive, err := guidance.Zip(leaves[:n])
		if err != nil || len(archive) > 1<<20 {
			t.Fatalf("%d bytes, %v", len(archive), err)
		}
		_, err = guidance.FromZip(archive)
		if bad, _ := errors.AsType[fault.Fields](err); (err == nil) != want || !want && !strings.Contains(bad.For("folder"), "32 MB") {
			t.Errorf("%d articles: %v", n, err)
		}
	}
}

func FuzzImportedFile(f *testing.F) {
	f.Add(article("gifts").Markdown())
	f.Add([]byte("---\n---\n"))
	f.Add([]byte("---\ntitle"))
	f.Fuzz(func(t *testing.T, content []byte) {
		front, body, err := guidance.ParseFile("gifts.md", content)
		if err != nil {
			return
		}
		a := guidance.Article{Front: front, Body: body}
		again, text, err := guidance.ParseFile("gifts.md", a.Markdown())
		if err != nil || again != front || text != body {
			t.Errorf("%v: %+v became %+v", err, front, again)
		}
	})
}
