package guidance

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// mostAsksADay is how much one person may ask for in a day.
const mostAsksADay = 40

// AskFor says that somebody looked for guidance in these words, found none, and thinks
// there should be some. Looking alone is never counted, for nothing is written by
// looking; only this is. Counted once a person, words and day. Everyone who signs in.
//
// The words are kept, without the small ones and in alphabetical order, where they give
// nobody away: a member of staff typed them; or each of them is the library's own, or on
// the list of synonyms; or two insured people did who do not act for the same physician.
// Otherwise there is a fingerprint, to count by and to know them by when they come again.
func (s *Service) AskFor(ctx context.Context, by actor.Actor, words string) error {
	if _, err := reader(by); err != nil || by.ID == 0 {
		return fault.NotFound
	}
	typed := single(clip(printable(words), longestSearch), mostWords)
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var said []string
		err := tx.Raw(`SELECT w FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS w WHERE numnode(plainto_tsquery('english', plain(w))) > 0 ORDER BY w COLLATE "C"`, list(typed)).Scan(&said).Error
		if err != nil {
			return err
		}
		normal := strings.Join(said, " ")
		if normal == "" {
			return fault.Say(fault.Unacceptable, "Say in a few words what you were looking for.")
		}
		var before int
		if err := tx.Raw(`SELECT count(*) FROM gap_asks WHERE user_id = ? AND asked_at > ?`, by.ID, now.Add(-24*time.Hour)).Scan(&before).Error; err != nil {
			return err
		}
		if before >= mostAsksADay {
			return fault.Wait(fault.TooMany, "We have heard you: that is a lot for one day. Ask us, and a person answers.", time.Hour)
		}
		var house string
		if err := tx.Raw(`SELECT id FROM installation`).Scan(&house).Error; err != nil {
			return err
		}
		print := sha256.Sum256([]byte(house + " looked for " + normal))
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		made := tx.Exec(`INSERT INTO gap_asks (user_id, fingerprint, day, asked_at) VALUES (?, ?, ?::date, ?)
			ON CONFLICT ON CONSTRAINT gap_asks_once DO NOTHING`, by.ID, print[:], day(today), now)
		if made.Error != nil || made.RowsAffected == 0 {
			return made.Error
		}
		kept := by.Staff()
		if !kept {
			if kept, err = ours(tx, said); err != nil {
				return err
			}
		}
		if !kept {
			if kept, err = common(tx, print[:]); err != nil {
				return err
			}
		}
		if kept {
			if err := tx.Exec(`UPDATE gap_asks SET words = ? WHERE fingerprint = ? AND words IS NULL`, normal, print[:]).Error; err != nil {
				return err
			}
		}
		return audit.Record(tx, by, now, "guidance.missed", audit.User(by.ID), audit.Detail{"kept": kept})
	})
}

// ours says whether each of the words stands in a current article for insured people or
// on the list of synonyms.
func ours(q *gorm.DB, words []string) (all bool, err error) {
	err = q.Raw(`SELECT coalesce(bool_and(stems(w) <> '' AND (
			EXISTS (SELECT FROM article_versions v JOIN articles a ON a.id = v.article_id AND a.current = v.version
				WHERE a.visible = 'insured' AND a.withdrawn_at IS NULL AND v.search @@ plainto_tsquery('english', plain(w)))
			OR EXISTS (SELECT FROM synonym_phrases p WHERE position(' ' || stems(w) || ' ' IN ' ' || p.stems || ' ') > 0))), false)
		FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS w`, list(words)).Scan(&all).Error
	return all, err
}

// common says whether two people asked for the same who do not act for one physician.
func common(q *gorm.DB, print []byte) (two bool, err error) {
	err = q.Raw(`WITH who AS (SELECT DISTINCT user_id FROM gap_asks WHERE fingerprint = ?),
			acts AS (SELECT user_id, id AS physician_id FROM physicians WHERE user_id IS NOT NULL UNION SELECT user_id, physician_id FROM delegations)
		SELECT EXISTS (SELECT FROM who a JOIN who b ON a.user_id < b.user_id
			WHERE NOT EXISTS (SELECT FROM acts x JOIN acts y ON x.physician_id = y.physician_id WHERE x.user_id = a.user_id AND y.user_id = b.user_id))`, print).Scan(&two).Error
	return two, err
}
