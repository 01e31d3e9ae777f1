package embedded

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

func TestAFetchedBuildIsUnpackedWithItsLinks(t *testing.T) {
	t.Parallel()
	archive, sum := parcel(t, map[string]string{
		"package/native/bin/postgres":           "runs",
		"package/native/lib/libpq.so.5.17":      "library",
		"package/native/pg-symlinks.json":       `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"}]`,
		"package/scripts/run-me-at-install.js":  "no",
		"package/native/../../../../escaped.sh": "no",
	})
	dir := filepath.Join(t.TempDir(), "build")
	if err := unpack(archive, sum, dir); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "native/lib/libpq.so.5")); err != nil || string(b) != "library" {
		t.Errorf("through the link: %q, %v", b, err)
	}
	if fi, err := os.Stat(filepath.Join(dir, "native/bin/postgres")); err != nil || fi.Mode().Perm() != 0o755 {
		t.Errorf("the program: %v, %v", fi, err)
	}
	for _, name := range []string{"scripts", "../escaped.sh", "../../escaped.sh", "escaped.sh"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Errorf("%s was unpacked: %v", name, err)
		}
	}
}

func TestALinkOutOfABuildLeadsNowhere(t *testing.T) {
	t.Parallel()
	archive, sum := parcel(t, map[string]string{
		"package/native/pg-symlinks.json": `[{"source":"/etc/passwd","target":"../outside"}]`,
	})
	dir := filepath.Join(t.TempDir(), "build")
	if err := unpack(archive, sum, dir); err == nil {
		t.Error("a link outside the folder is made")
	}
	if _, err := os.Lstat(filepath.Join(dir, "../outside")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestAnArchiveThatIsNotThePinnedOneIsRefused(t *testing.T) {
	t.Parallel()
	archive, _ := parcel(t, map[string]string{"package/native/bin/postgres": "runs"})
	dir := filepath.Join(t.TempDir(), "build")
	if err := unpack(archive, builds["linux/amd64"].sum, dir); err == nil {
		t.Error("it is unpacked")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something is unpacked: %v", err)
	}
}

// parcel makes an npm archive and its sum.
func parcel(t *testing.T, files map[string]string) (name, sum string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "parcel.tgz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	for path, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: path, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	h := sha512.Sum512(b)
	return name, base64.StdEncoding.EncodeToString(h[:])
}
