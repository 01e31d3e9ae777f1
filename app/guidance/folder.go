package guidance

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strings"

	"hotline/app/fault"
)

// The most a folder may hold: a hundred times what the library ships with.
const (
	mostLeaves    = 2000
	largestLeaf   = 200 << 10 // bytes
	largestFolder = 32 << 20  // bytes, all its articles unpacked
)

// FromZip reads the Markdown files of a ZIP archive, in whatever folder they lie; other
// files are passed over. Errors: fault.Fields.
func FromZip(content []byte) ([]Leaf, error) {
	bad := func(says string) error { return fault.Fields{{Name: "folder", Says: says}} }
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, bad("That is no ZIP file. Pack the folder of Markdown files into one and choose it again.")
	}
	var leaves []Leaf
	total := 0
	for _, f := range archive.File {
		if f.FileInfo().IsDir() || !leafLike(f.Name) {
			continue
		}
		if len(leaves) == mostLeaves {
			return nil, bad("There are more than 2,000 articles in it.")
		}
		text, err := unpack(f)
		if err != nil || len(text) > largestLeaf {
			return nil, bad("One of its files does not unpack, or is larger than any article may be.")
		}
		if total += len(text); total > largestFolder {
			return nil, bad("Unpacked, its articles are larger than 32 MB. Pack fewer of them into one file.")
		}
		leaves = append(leaves, Leaf{path.Base(f.Name), text})
	}
	return leaves, nil
}

func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, largestLeaf+1)) // what its head says of its size may be a lie
}

// leafLike says whether a file of an archive or folder is an article: a README and what
// other programs leave behind are not.
func leafLike(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".md") && !strings.HasPrefix(base, ".") && !strings.HasPrefix(base, "README") && !strings.Contains(name, "__MACOSX/")
}

// FromFolder reads the Markdown files of a folder, not of folders in it.
func FromFolder(folder fs.FS) ([]Leaf, error) {
	names, err := fs.Glob(folder, "*.md")
	if err != nil {
		return nil, err
	}
	var leaves []Leaf
	for _, name := range names {
		if !leafLike(name) {
			continue
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		leaves = append(leaves, Leaf{name, text})
	}
	return leaves, nil
}

// Zip packs a folder. The same folder is the same archive.
func Zip(leaves []Leaf) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, l := range leaves {
		f, err := w.Create("guidance/" + l.Name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(l.Content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
