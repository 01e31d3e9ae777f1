package guidance

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Synonym says that phrases people type, with commas between them, stand for what the
// library calls something else: "fire a patient, drop a patient" means "discharge".
type Synonym struct {
	Words, Means string
}

// Vocabulary is the list of synonyms in force. Version counts its changes.
type Vocabulary struct {
	Version   int
	Rows      []Synonym `gorm:"-"`
	ChangedAt time.Time
	ChangedBy string // empty: as it came
}

// The most rows a list may have, and characters a side of one.
const (
	mostSynonyms   = 300
	longestSynonym = 400
)

// listing is the advisory lock under which a list is put in another's place.
const listing = 7208

// Synonyms is the list in force. Managers, and the system.
func (s *Service) Synonyms(ctx context.Context, by actor.Actor) (*Vocabulary, error) {
	if !by.Is(actor.Manager, actor.System) {
		return nil, fault.NotFound
	}
	var v *Vocabulary
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		v, err = vocabulary(q)
		return err
	})
	return v, err
}

func vocabulary(q *gorm.DB) (*Vocabulary, error) {
	v := &Vocabulary{}
	err := q.Raw(`SELECT l.id AS version, l.changed_at, coalesce(u.name, '') AS changed_by
		FROM synonym_lists l LEFT JOIN users u ON u.id = l.changed_by ORDER BY l.id DESC LIMIT 1`).Take(v).Error
	if err != nil {
		return nil, err
	}
	err = q.Raw(`SELECT words, means FROM synonyms WHERE list = ? ORDER BY place`, v.Version).Scan(&v.Rows).Error
	return v, err
}

// SetSynonyms puts another list in force; version is the one it was made from. Rows with
// nothing on either side are left out. Managers. Errors: fault.Fields, named words-N and
// means-N by row from 0; fault.Conflict where somebody else changed it since.
func (s *Service) SetSynonyms(ctx context.Context, by actor.Actor, rows []Synonym, version int) error {
	if !by.Is(actor.Manager) {
		return fault.NotFound
	}
	rows = tidied(rows)
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		phrases, err := phrasesOf(tx, rows)
		if err != nil {
			return err
		}
		was := 0
		// Whoever comes second waits here, and is then told.
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, listing).Error; err != nil {
			return err
		}
		if err := tx.Raw(`SELECT coalesce(max(id), 0) FROM synonym_lists`).Scan(&was).Error; err != nil {
			return err
		}
		if was != version {
			return fault.Say(fault.Conflict, "Somebody changed the list while you were at it. Yours is below, as you typed it; theirs is beside it.")
		}
		now, next := s.now(), was+1
		if err := tx.Exec(`DELETE FROM synonym_phrases`).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO synonym_lists (id, changed_at, changed_by) VALUES (?, ?, ?)`, next, now, by.ID).Error; err != nil {
			return err
		}
		for i, row := range rows {
			if row == (Synonym{}) {
				continue
			}
			if err := tx.Exec(`INSERT INTO synonyms (list, place, words, means) VALUES (?, ?, ?, ?)`, next, i+1, row.Words, row.Means).Error; err != nil {
				return err
			}
			err := tx.Exec(`INSERT INTO synonym_phrases (list, place, phrase) SELECT ?, ?, p FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS p
				ON CONFLICT DO NOTHING`, next, i+1, list(phrases[i])).Error
			if err != nil {
				return err
			}
		}
		return audit.Record(tx, by, now, "synonyms.changed", audit.Subject{Kind: "synonyms", ID: int64(next)}, audit.Detail{"rows": filled(rows)})
	})
}

func tidied(rows []Synonym) []Synonym {
	out := make([]Synonym, len(rows))
	for i, row := range rows {
		for _, side := range []*string{&row.Words, &row.Means} {
			*side = strings.Trim(oneLine(*side), " ,")
		}
		out[i] = row
	}
	return out
}

// filled is how many rows have anything in them.
func filled(rows []Synonym) (n int) {
	for _, row := range rows {
		if row != (Synonym{}) {
			n++
		}
	}
	return n
}

// phrasesOf are the phrases of each row. A phrase the search would read as nothing is
// refused: it would stand for every article or for none.
func phrasesOf(q *gorm.DB, rows []Synonym) ([][]string, error) {
	var bad fault.Fields
	bad.Need(filled(rows) <= mostSynonyms, "words-0", "That is more than the 300 rows a list takes.")
	all := make([][]string, len(rows))
	for i, row := range rows {
		if row == (Synonym{}) {
			continue
		}
		words, means := fmt.Sprintf("words-%d", i), fmt.Sprintf("means-%d", i)
		for phrase := range strings.SplitSeq(row.Words, ",") {
			if phrase = strings.TrimSpace(phrase); phrase != "" {
				all[i] = append(all[i], phrase)
			}
		}
		bad.Need(len(all[i]) > 0, words, "Write what people type.")
		bad.Need(row.Means != "", means, "Write what it stands for in the library.")
		bad.Need(utf8.RuneCountInString(row.Words) <= longestSynonym, words, "Keep it under 400 characters, or make it two rows.")
		bad.Need(utf8.RuneCountInString(row.Means) <= longestSynonym, means, "Keep it under 400 characters.")
		var dumb, empty bool
		if err := q.Raw(`SELECT coalesce(bool_or(stems(p) = ''), false) FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS p`, list(all[i])).Scan(&dumb).Error; err != nil {
			return nil, err
		}
		if err := q.Raw(`SELECT stems(?) = ''`, row.Means).Scan(&empty).Error; err != nil {
			return nil, err
		}
		bad.Need(!dumb, words, "One of these has only small words in it, such as “my” or “out”, which the search does not look at.")
		bad.Need(row.Means == "" || !empty, means, "This has only small words in it, which the search does not look at.")
	}
	return all, bad.Err()
}
