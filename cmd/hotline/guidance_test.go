package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/database/dbtest"
	"hotline/app/guidance"
)

func TestTheLibraryGoesToAFolderAndBackByteForByte(t *testing.T) {
	t.Parallel()
	h := build(dbtest.New(t), built{})
	if _, err := h.guidance.Load(t.Context(), actor.Command("test")); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "out")
	n, err := exportTo(t.Context(), h, folder)
	if err != nil || n < 6 {
		t.Fatalf("%d, %v", n, err)
	}
	read := func(g guidanceImport) (string, error) {
		t.Helper()
		leaves, err := guidance.FromFolder(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = g.importTo(t.Context(), h, leaves, &out)
		return out.String(), err
	}
	out, err := read(guidanceImport{})
	if err != nil || strings.Count(out, "unchanged") != n {
		t.Errorf("%v\n%s", err, out)
	}
	again := filepath.Join(t.TempDir(), "again")
	if _, err := exportTo(t.Context(), h, again); err != nil {
		t.Fatal(err)
	}
	name := "ending-the-relationship.md"
	one, err1 := os.ReadFile(filepath.Join(folder, name))
	two, err2 := os.ReadFile(filepath.Join(again, name))
	if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Errorf("%v, %v: the second time it is another file", err1, err2)
	}

	spoilt := bytes.Replace(one, []byte("topic: discharge"), []byte("topic: weather"), 1)
	if err := os.WriteFile(filepath.Join(folder, name), spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err = read(guidanceImport{DryRun: true}); err == nil || !strings.Contains(out, name+":4") || strings.Contains(out, "weather") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(folder, name), append(one, "\nOne more line.\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err = read(guidanceImport{}); err != nil || !strings.Contains(out, "changed") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = read(guidanceImport{}); err != nil || strings.Count(out, "unchanged") != n {
		t.Errorf("%v\n%s", err, out)
	}
}
