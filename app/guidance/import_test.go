package guidance_test

import (
	"bytes"
	"io/fs"
	"slices"
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
