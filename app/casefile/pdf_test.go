package casefile_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/uuid"

	"hotline/app/actor"
)

// printed is what a PDF shows, line by line, with a form feed after each page.
func printed(t testing.TB, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(content, []byte(" Tj")) {
			continue
		}
		for _, m := range regexp.MustCompile(`(?s)\((.*?[^\\]|)\)\s*Tj`).FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(m[1], []byte("$1"))
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + "\n")
		}
		out.WriteString("\f")
	}
	return out.String()
}

func TestThePDFSaysEverythingAndIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.books.Load(h.ctx, actor.Command("test"))
	h.must(err)
	n := h.asked()
	cited, err := h.books.Cite(h.ctx, h.Rosa, n, "ending-the-relationship")
	h.must(err)
	in := writing()
	in.Cited = []int64{cited.VersionID}
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	h.correct(h.Imani, n, 1)
	in.Key, in.Told = uuid.NewString(), "Señora Łukasz № 5 says: “no” 🙂"
	_, err = h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	h.must(h.files.Confirm(h.ctx, h.Imani, n, 2))
	h.must(h.files.Complete(h.ctx, h.Imani, n, h.of(h.Imani, n).Latest().Steps[0].ID))

	for _, by := range []actor.Actor{h.Imani, h.Rosa, h.Elena} {
		pdf, err := h.files.PDF(h.ctx, by, n)
		h.must(err)
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Fatal("no PDF")
		}
		text := strings.Join(strings.Fields(printed(t, pdf)), " ")
		for _, want := range []string{n, "Summary of a consultation", "For Dr Leila Imani", "Edition 2, which holds now", "Edition 1, replaced by edition 2", "Written by Rosa Delgado",
			"Señora Łukasz № 5 says: “no” □", "Talk before you write.", cited.Title + ", version 1", "Dr Imani, by Friday, November 20, 2026: talk to him", "The office of Dr Imani",
			"Done: Leila Imani", "The pharmacy’s report.", "Consultation only, not notice of a claim", "Confirmed by Dr Imani", "Corrected by Dr Imani", "It was three visits.",
			"General information on risk", "Page 1 of "} {
			if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("the PDF does not say %q:\n%s", want, text)
			}
		}
		if taken := read[int](h, `SELECT count(*) FROM record WHERE kind = 'export' AND subject_id = ? AND action = 'export.taken'`, by.ID); taken != 1 {
			t.Errorf("%d exports of %s are recorded", taken, by.Name)
		}
		if looked := read[int](h, `SELECT count(*) FROM ticket_views WHERE user_id = ? AND ticket_id = ?`, by.ID, h.id(n)); looked != 1 {
			t.Errorf("%d looks of %s are kept", looked, by.Name)
		}
	}
	h.whole()
	_, err = h.files.PDF(h.ctx, h.Rosa, h.asked())
	if err == nil {
		t.Error("a PDF of nothing")
	}
}

func TestHoweverMuchWasWrittenNothingRunsOffAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.asked()
	in := writing()
	in.Told = strings.Repeat("word ", 2000) + "LASTWORD"
	in.Suggested = strings.Repeat("unbroken", 400) + "\n\n\n" + "after"
	_, err := h.files.Send(h.ctx, h.Rosa, n, in)
	h.must(err)
	pdf, err := h.files.PDF(h.ctx, h.Rosa, n)
	h.must(err)
	text := printed(t, pdf)
	pages := strings.Count(text, "\f")
	if got := strings.Count(text, "word"); got < 2000 {
		t.Errorf("%d words of 2000 are printed", got)
	}
	if !strings.Contains(text, "LASTWORD") || strings.Count(strings.ReplaceAll(text, "\n", ""), "unbroken") < 390 || pages < 4 {
		t.Errorf("%d pages", pages)
	}
	for page := range strings.SplitSeq(strings.TrimSuffix(text, "\f"), "\f") {
		if lines := strings.Count(page, "\n"); lines > 60 {
			t.Errorf("a page of %d lines", lines)
		}
		if !strings.Contains(page, "Page ") || !strings.Contains(page, n) {
			t.Error("a page without its number")
		}
	}
}
