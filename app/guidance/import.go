package guidance

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

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
	articles, entries := readLeaves(in.Leaves, in.Changed)
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
				if err := recallBefore(tx, by, e.Slug, versions[i], in.Affects.Why, now); err != nil {
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
	if errors.Is(err, gorm.ErrRecordNotFound) {
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
	e.Cited, err = reliedOn(tx, k.ArticleID)
	return err
}
