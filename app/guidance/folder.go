package guidance

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Leaf is one article as a file of a folder: `<slug>.md`, as ParseFile reads it.
type Leaf struct {
	Name    string
	Content []byte
}

// nobodyNamed stands in a file for an author who was never named.
const nobodyNamed = "-"

// Markdown is an article as a file: what ParseFile reads, letter for letter.
func (a Article) Markdown() []byte {
	author := a.Author
	if author == "" {
		author = nobodyNamed
	}
	values := map[string]string{"title": a.Title, "slug": a.Slug, "topic": a.Topic, "visible": a.Visible, "owner": a.Owner, "author": author,
		"reviewed": a.Reviewed.Format(time.DateOnly), "review_by": a.ReviewBy.Format(time.DateOnly), "for": a.For, "summary": a.Summary, "keywords": a.Keywords}
	var b bytes.Buffer
	b.WriteString("---\n")
	for _, key := range frontKeys {
		b.WriteString(key + ": " + values[key] + "\n")
	}
	b.WriteString("---\n\n" + a.Body)
	return b.Bytes()
}

// Export is the shelf as a folder of Markdown: every article that stands, desk-only ones
// too, by name. What was imported and not changed since comes out byte for byte.
// Consultants, managers and the program's own verbs.
func (s *Service) Export(ctx context.Context, by actor.Actor) ([]Leaf, error) {
	if !by.Desk() && !by.Is(actor.System) {
		return nil, fault.NotFound
	}
	var all []kept
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT ` + keptColumns + ` FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
			JOIN topics tp ON tp.code = a.topic WHERE a.withdrawn_at IS NULL ORDER BY a.slug`).Scan(&all).Error
	})
	leaves := make([]Leaf, len(all))
	for i, k := range all {
		leaves[i] = Leaf{k.Slug + ".md", k.article().Markdown()}
	}
	return leaves, err
}

// What an import does with a file.
const (
	Fresh     = "new"
	Rewritten = "changed"   // a version more
	Moved     = "moved"     // the same text, kept or shelved otherwise
	Unchanged = "unchanged" // nothing to do
	Faulty    = "fault"
)

// Entry is what an import does, or would do, with one file.
type Entry struct {
	Name  string // the file's
	Slug  string
	Title string
	Does  string // Fresh, Rewritten, Moved, Unchanged, Faulty
	Line  int    // of the fault; 0: the whole file
	Why   string // the fault, or what to know
	Cited int    // consultations that rely on what would be replaced
}

// Shipment is a folder to be read in.
type Shipment struct {
	Leaves  []Leaf
	Changed string  // what is new in the articles that change, in a sentence
	Affects Affects // asked where one that changes was ever cited
	Dry     bool    // only say what would happen
}

// Import reads a folder of Markdown in: all of it or, where one file is at fault,
// nothing; what it does not mention stays. It says what became of each file, in the
// order of their names. Managers, because it goes past review, and the program's own
// verbs. Errors: fault.Unacceptable where a file is at fault and it was not dry;
// fault.Fields for the answer about earlier advice.
func (s *Service) Import(ctx context.Context, by actor.Actor, in Shipment) ([]Entry, error) {
	if !by.Is(actor.Manager, actor.System) {
		return nil, fault.Forbidden
	}
	if err := in.Affects.check(false).Err(); err != nil {
		return nil, err
	}
	articles, entries := readLeaves(in.Leaves, strings.Join(strings.Fields(in.Changed), " "))
	if len(entries) == 0 {
		return nil, fault.Fields{{Name: "folder", Says: "There is no Markdown file in it. Articles are files whose names end in .md."}}
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		now, faulty := s.now(), false
		for i := range entries {
			if entries[i].Does == Faulty {
				faulty = true
				continue
			}
			if err := compare(tx, articles[i], &entries[i]); err != nil {
				return err
			}
			faulty = faulty || entries[i].Does == Faulty
		}
		if in.Dry {
			return nil
		}
		if faulty {
			return fault.Say(fault.Unacceptable, "One file at least is at fault, so nothing was read in. Put it right and try again.")
		}
		relied := slices.ContainsFunc(entries, func(e Entry) bool { return e.Does == Rewritten && e.Cited > 0 })
		if err := in.Affects.check(relied).Err(); err != nil {
			return err
		}
		versions := make([]int, len(entries))
		for i, e := range entries {
			if e.Does != Unchanged {
				if versions[i], err = publish(tx, by, articles[i], now); err != nil {
					return err
				}
			}
		}
		// The record takes articles before tickets.
		for i, e := range entries {
			if in.Affects.Affected && e.Does == Rewritten && e.Cited > 0 {
				if err := recallBefore(tx, by, e.Slug, versions[i], strings.TrimSpace(in.Affects.Why), now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return entries, err
}

func recallBefore(tx *gorm.DB, by actor.Actor, slug string, version int, why string, now time.Time) error {
	var id int64
	if err := tx.Raw(`SELECT id FROM articles WHERE slug = ?`, slug).Scan(&id).Error; err != nil {
		return err
	}
	return openRecall(tx, by, id, version-1, why, now)
}

// readLeaves reads each file, and says what is wrong with it where it does not read.
func readLeaves(leaves []Leaf, changed string) ([]Article, []Entry) {
	leaves = slices.Clone(leaves)
	slices.SortStableFunc(leaves, func(a, b Leaf) int { return strings.Compare(a.Name, b.Name) })
	articles, entries := make([]Article, len(leaves)), make([]Entry, len(leaves))
	seen := map[string]bool{}
	for i, l := range leaves {
		e := Entry{Name: l.Name, Slug: strings.TrimSuffix(path.Base(l.Name), ".md")}
		front, body, err := ParseFile(l.Name, l.Content)
		if err == nil {
			if front.Author == nobodyNamed {
				front.Author = ""
			}
			a := Article{Front: front, Body: body, Changed: changed}.tidy()
			e.Title, articles[i] = a.Title, a
			err = a.check()
		}
		switch {
		case err != nil:
			e.Does, e.Line, e.Why = Faulty, faultLine(l.Content, err), faultWords(l.Name, err)
		case seen[e.Slug]:
			e.Does, e.Why = Faulty, "Another file of the same name is in the folder."
		}
		seen[e.Slug] = true
		entries[i] = e
	}
	return articles, entries
}

func compare(tx *gorm.DB, a Article, e *Entry) error {
	k, err := shelved(tx, a.Slug, " FOR UPDATE OF a")
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, fault.NotFound) {
		e.Does = Fresh
		return nil
	}
	if err != nil {
		return err
	}
	switch same := string(k.article().Hash()) == string(a.Hash()); {
	case k.WithdrawnAt != nil:
		e.Does, e.Why = Faulty, "It was withdrawn. Put it back with a draft, so that a second person reads it, or leave the file out."
		return nil
	case same && k.Topic == a.Topic && k.Visible == a.Visible && k.Owner == a.Owner:
		e.Does = Unchanged
		return nil
	case same:
		e.Does = Moved
		return nil
	}
	e.Does = Rewritten
	e.Cited, err = cited(tx, k.ArticleID)
	return err
}

// cited is how many consultations rely on any version of an article.
func cited(q *gorm.DB, articleID int64) (n int, err error) {
	err = q.Raw(`SELECT count(DISTINCT c.ticket_id) FROM citations c JOIN article_versions v ON v.id = c.version_id WHERE v.article_id = ?`, articleID).Scan(&n).Error
	return n, err
}

var lineLike = regexp.MustCompile(`line (\d+)`)

// faultLine is the line a fault of ParseFile, or of an article's check, is about.
func faultLine(content []byte, err error) int {
	lines := strings.Split(plainBreaks(string(content)), "\n")
	end := len(lines)
	for i, line := range lines {
		if i > 0 && strings.TrimSpace(line) == "---" {
			end = i + 1
			break
		}
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		if bad[0].Name == "body" {
			return min(end+1, len(lines))
		}
		return max(1, keyLine(lines[:end], bad[0].Name, 1))
	}
	said := err.Error()
	if found := lineLike.FindStringSubmatch(said); found != nil {
		n, _ := strconv.Atoi(found[1]) // digits, and few
		return n
	}
	_, what, _ := strings.Cut(said, ".md: ")
	key, _, _ := strings.Cut(what, " ")
	switch {
	case strings.HasPrefix(what, "the first line"), strings.HasPrefix(what, "no ---"):
		return 1
	case strings.HasPrefix(what, "nothing follows"), strings.HasSuffix(what, "is missing"):
		return end
	case strings.HasSuffix(what, "given twice"):
		return max(1, keyLine(lines[:end], key, 2))
	}
	return max(1, keyLine(lines[:end], key, 1))
}

// keyLine is the line where a key stands for the nth time; 0: nowhere.
func keyLine(lines []string, key string, nth int) int {
	for i, line := range lines {
		if k, _, found := strings.Cut(line, ":"); found && strings.TrimSpace(k) == key {
			if nth--; nth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func faultWords(name string, err error) string {
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return bad[0].Says
	}
	words := strings.TrimPrefix(err.Error(), name+": ")
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

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
