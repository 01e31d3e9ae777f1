package guidance_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hotline/app/fault"
	"hotline/app/guidance"
)

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
