package guidance

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// LargestFile is the most bytes a paper may have; an article has at most twelve.
const (
	LargestFile = 5 << 20
	mostFiles   = 12
)

// File is a paper that goes with an article. Kind is what its bytes are.
type File struct {
	ID      int64
	Name    string
	Kind    string // a MIME type, one of fileKinds
	Size    int    // bytes
	AddedBy string
	AddedAt time.Time
	Shelved bool   // readers of the article have it; else it waits for its draft
	Content []byte // only of a single one
}

// fileKinds are the kinds of paper we take, and the ending each gets.
var fileKinds = map[string]string{
	"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}

// sniff is the kind a file's bytes show, whatever its name says; "": none we take. A
// Word document with macros is not.
func sniff(content []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(content), ";")
	switch kind {
	case "application/pdf", "image/png", "image/jpeg":
		return kind
	case "text/plain":
		// What begins with a tag is markup, whatever it is called.
		if utf8.Valid(content) && !bytes.ContainsRune(content, 0) && !bytes.HasPrefix(bytes.TrimSpace(content), []byte("<")) {
			return kind
		}
	case "application/zip":
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return ""
		}
		var types, document bool
		for _, f := range archive.File {
			types = types || f.Name == "[Content_Types].xml"
			document = document || f.Name == "word/document.xml"
			if strings.EqualFold(path.Base(f.Name), "vbaProject.bin") {
				return ""
			}
		}
		if types && document {
			return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		}
	}
	return ""
}

// fileName is a name fit to be offered by a browser, with the ending of its kind.
func fileName(name, kind string) string {
	name = path.Base(strings.ReplaceAll(printable(name), `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|;%`, r) || r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if name == "" {
		name = "attachment"
	}
	if letters := []rune(name); len(letters) > 100 {
		name = string(letters[:100])
	}
	return name + fileKinds[kind]
}

// filesOf are an article's papers, oldest first; which is a condition on their drafts p.
func filesOf(q *gorm.DB, articleID int64, which string) ([]File, error) {
	var files []File
	err := q.Raw(`SELECT f.id, f.name, f.kind, length(f.content) AS size, u.name AS added_by, f.added_at, p.state = 'published' AS shelved
		FROM article_files f JOIN users u ON u.id = f.added_by JOIN article_drafts p ON p.id = f.draft_id
		WHERE f.article_id = ? AND f.removed_at IS NULL AND `+which+` ORDER BY f.added_at, f.id`, articleID).Scan(&files).Error
	return files, err
}

// AddFile puts a paper with the open draft of an article: readers have it once that
// draft is approved, so that nobody hands out alone what a second person has to read.
// Up to 5 MB: PDF, Word, PNG, JPEG, plain text, by what its bytes are. The same paper
// twice is one. Consultants and managers; whoever adds one is a writer of the draft.
// Errors: fault.Fields.
func (s *Service) AddFile(ctx context.Context, by actor.Actor, slug, name string, content []byte) (*File, error) {
	kind := sniff(content)
	var bad fault.Fields
	bad.Need(len(content) > 0, "file", "Choose a file.")
	bad.Need(len(content) <= LargestFile, "file", "That file is larger than 5 MB. Make it smaller, or link to it.")
	bad.Need(kind != "", "file", "We take PDF, Word (.docx, without macros), PNG, JPEG and plain text. This is something else, whatever its name says.")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var f *File
	err := s.turn(ctx, by, slug, func(tx *gorm.DB, d *Draft, now time.Time) error {
		if d.State == InReview {
			return &Overtaken{*d}
		}
		there, err := filesOf(tx, d.articleID, "p.state <> 'dropped'")
		if err != nil {
			return err
		}
		if len(there) >= mostFiles {
			return fault.Fields{{Name: "file", Says: "Twelve papers are enough for one article. Take one off first."}}
		}
		f = &File{Name: fileName(name, kind), Kind: kind, Size: len(content), AddedBy: by.Name, AddedAt: now}
		hash := sha256.Sum256(content)
		err = tx.Raw(`INSERT INTO article_files (article_id, draft_id, name, kind, hash, content, added_by, added_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, d.articleID, d.ID, f.Name, kind, hash[:], content, by.ID, now).Scan(&f.ID).Error
		if database.Violates(err, "article_files_once") {
			return fault.Fields{{Name: "file", Says: "That very file is there already."}}
		}
		if err != nil {
			return err
		}
		if _, err := wrote(tx, d.ID, by, now); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.file_added", audit.Article(d.articleID), audit.Detail{"draft": d.ID, "file": f.ID})
	})
	return f, err
}

// RemoveFile takes a paper off, for every reader at once. Managers; consultants those
// that wait with the open draft.
func (s *Service) RemoveFile(ctx context.Context, by actor.Actor, slug string, id int64) error {
	if !by.Desk() {
		return fault.NotFound
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := hold(tx, slug); err != nil {
			return err
		}
		var f struct {
			ArticleID, DraftID int64
			State              string
		}
		err := tx.Raw(`SELECT f.article_id, f.draft_id, p.state FROM article_files f JOIN articles a ON a.id = f.article_id JOIN article_drafts p ON p.id = f.draft_id
			WHERE a.slug = ? AND f.id = ? AND f.removed_at IS NULL`, slug, id).Take(&f).Error
		if err != nil {
			return err
		}
		switch {
		case f.State == InReview:
			return fault.Say(fault.Conflict, "It is in review with its draft. Take the draft back first.")
		case f.State == "published" && !by.Is(actor.Manager):
			return fault.Say(fault.Forbidden, "What readers have is taken off by a manager.")
		case f.State != "published":
			if _, err := wrote(tx, f.DraftID, by, now); err != nil {
				return err
			}
		}
		if err := tx.Exec(`UPDATE article_files SET removed_by = ?, removed_at = ? WHERE id = ?`, by.ID, now, id).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "article.file_removed", audit.Article(f.ArticleID), audit.Detail{"file": id})
	})
}

// File is a paper with its bytes, for whoever may read the article it goes with as it
// stands now: that is asked anew each time. What waits with a draft is for consultants
// and managers.
func (s *Service) File(ctx context.Context, by actor.Actor, slug string, id int64) (*File, error) {
	staff, err := reader(by)
	if err != nil {
		return nil, err
	}
	var f File
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT f.id, f.name, f.kind, length(f.content) AS size, f.content, f.added_at, p.state = 'published' AS shelved
			FROM article_files f JOIN articles a ON a.id = f.article_id JOIN article_drafts p ON p.id = f.draft_id
			WHERE a.slug = ? AND f.id = ? AND f.removed_at IS NULL AND (
				p.state = 'published' AND (CAST(? AS boolean) OR a.visible = 'insured' AND a.withdrawn_at IS NULL AND a.current > 0)
				OR p.state `+open+` AND CAST(? AS boolean))`,
			slug, id, staff, by.Desk()).Take(&f).Error
	})
	if err != nil {
		return nil, err
	}
	return &f, nil
}
