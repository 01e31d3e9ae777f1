package guidance_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func packed(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte("words"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var pdf = []byte("%PDF-1.7\nA form to hand out.\n%%EOF\n")

func TestAPaperIsTakenForWhatItIsNotForItsName(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.start(h.consultant, cited)
	for name, content := range map[string][]byte{
		"letter.pdf": pdf, "words.txt": []byte("Plain words."), "scan.png": []byte("\x89PNG\r\n\x1a\nxx"), "scan.jpeg": []byte("\xff\xd8\xff\xe0xx"),
		"letter.docx": packed(t, "[Content_Types].xml", "word/document.xml"), "actually-a-pdf.exe": append([]byte("%PDF-1.4\n"), "other"...),
	} {
		f, err := h.AddFile(h.ctx, h.consultant, cited, name, content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if strings.HasSuffix(f.Name, ".exe") {
			t.Errorf("%s keeps its ending: %s", name, f.Name)
		}
	}
	for name, content := range map[string][]byte{
		"page.pdf": []byte("<html><script>alert(1)</script>"), "picture.png": []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), "tool.txt": []byte("MZ\x00\x00"),
		"archive.docx": packed(t, "a.md"), "macros.docx": packed(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
		"nothing.txt": nil, "large.pdf": append(slices.Clone(pdf), make([]byte, guidance.LargestFile)...), "again.pdf": pdf,
	} {
		_, err := h.AddFile(h.ctx, h.consultant, cited, name, content)
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For("file") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	f, err := h.AddFile(h.ctx, h.consultant, cited, "..\\..\\etc/pass\r\nwd\"; x.txt", []byte("Other words."))
	h.must(err)
	if strings.ContainsAny(f.Name, "\\/\"\r\n;") {
		t.Errorf("%q", f.Name)
	}
}

func TestAPaperIsReadByWhoReadsItsArticleAndWaitsForItsDraft(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	_, err := h.AddFile(h.ctx, h.consultant, cited, "letter.pdf", pdf)
	h.says(err, fault.NotFound) // no draft to read it with
	h.offered()
	_, err = h.AddFile(h.ctx, h.consultant, cited, "letter.pdf", pdf)
	h.says(err, fault.Conflict) // a reviewer is at it
	h.must(h.TakeBack(h.ctx, h.consultant, cited))
	f, err := h.AddFile(h.ctx, h.consultant, cited, "letter.pdf", pdf)
	h.must(err)
	reads := func(by actor.Actor) bool {
		t.Helper()
		got, err := h.File(h.ctx, by, cited, f.ID)
		if err != nil && !errors.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		return err == nil && bytes.Equal(got.Content, pdf)
	}
	if reads(h.physician) || reads(h.auditor) || !reads(h.elsewhere) {
		t.Error("it does not wait for its draft")
	}
	h.must(h.Offer(h.ctx, h.consultant, cited, "With a letter."))
	_, err = h.Approve(h.ctx, h.elsewhere, cited, guidance.Affects{})
	h.must(err)
	r, err := h.Show(h.ctx, h.physician, cited, 0)
	h.must(err)
	if !reads(h.physician) || !reads(h.auditor) || len(r.Files) != 1 || r.Files[0].Name != "letter.pdf" {
		t.Errorf("readers do not have it: %+v", r.Files)
	}
	if _, err := h.File(h.ctx, h.physician, "negative-online-reviews", f.ID); !errors.Is(err, fault.NotFound) {
		t.Error("it is found under another article")
	}
	keep := guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: guidance.ForDesk, Topic: "discharge"}
	h.must(h.Keep(h.ctx, h.manager, cited, keep))
	if reads(h.physician) || !reads(h.consultant) {
		t.Error("what is for the desk alone is read by a physician")
	}
	keep.Visible = guidance.ForInsured
	h.must(h.Keep(h.ctx, h.manager, cited, keep))
	h.must(h.Withdraw(h.ctx, h.manager, cited, "Wrong.", guidance.Affects{}))
	if reads(h.physician) {
		t.Error("what was withdrawn is read by a physician")
	}
	h.says(h.RemoveFile(h.ctx, h.consultant, cited, f.ID), fault.Forbidden)
	h.must(h.RemoveFile(h.ctx, h.manager, cited, f.ID))
	if reads(h.manager) {
		t.Error("what was taken off is read")
	}
}

func TestThePapersOfADroppedDraftGoWithIt(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	h.start(h.consultant, cited)
	f, err := h.AddFile(h.ctx, h.consultant, cited, "letter.pdf", pdf)
	h.must(err)
	h.must(h.DropDraft(h.ctx, h.consultant, cited))
	_, err = h.File(h.ctx, h.consultant, cited, f.ID)
	h.says(err, fault.NotFound)
	h.start(h.consultant, cited)
	_, err = h.AddFile(h.ctx, h.consultant, cited, "letter.pdf", pdf)
	h.must(err)
}
