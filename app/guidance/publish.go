package guidance

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// The most characters an article may hold. A body is what one person reads at a sitting.
const (
	longestLine     = 400
	longestKeywords = 2000
	longestBody     = 20_000
)

// reserved are the addresses below /guidance that are pages of their own.
var reserved = []string{"drafts", "new", "recalls", "gaps", "words", "links", "import", "export"}

var slugLike = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Publish puts an article on the shelf and gives its version: a new slug is version 1,
// a known one the next, and a text that has not changed stays the version it is (its
// topic, keeper and audience may still change). What was withdrawn is back. Managers and
// the program's own verbs: what people write in the house goes through a draft and a
// second pair of eyes (Offer, Approve) instead. Errors: fault.Fields.
func (s *Service) Publish(ctx context.Context, by actor.Actor, in Article) (version int, err error) {
	if !by.Is(actor.Manager, actor.System) {
		return 0, fault.Forbidden
	}
	in = in.tidy()
	if err := in.check(); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		version, err = publish(tx, by, in, s.now())
		return err
	})
	return version, err
}

func publish(tx *gorm.DB, by actor.Actor, in Article, now time.Time) (int, error) {
	made := tx.Exec(`INSERT INTO articles (slug, topic, visible, owner) VALUES (?, ?, ?, ?) ON CONFLICT ON CONSTRAINT articles_slug_once DO NOTHING`,
		in.Slug, in.Topic, in.Visible, in.Owner)
	if made.Error != nil {
		return 0, made.Error
	}
	var was struct {
		ID                    int64
		Topic, Visible, Owner string
		Current               int
		Withdrawn             bool
		TextHash              []byte
	}
	err := tx.Raw(`SELECT a.id, a.topic, a.visible, a.owner, a.current, a.withdrawn_at IS NOT NULL AS withdrawn, v.text_hash FROM articles a
		LEFT JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
		WHERE a.slug = ? FOR UPDATE OF a`, in.Slug).Take(&was).Error
	if err != nil {
		return 0, err
	}
	hash, version := in.Hash(), was.Current
	shelf := audit.Detail{"topic": in.Topic, "visible": in.Visible}
	if string(hash) == string(was.TextHash) && !was.Withdrawn {
		if was.Topic == in.Topic && was.Visible == in.Visible && was.Owner == in.Owner {
			return version, nil
		}
		if err := place(tx, was.ID, in, version); err != nil {
			return 0, err
		}
		return version, audit.Record(tx, by, now, "article.moved", audit.Article(was.ID), shelf)
	}
	if string(hash) != string(was.TextHash) {
		if version, err = edition(tx, by, was.ID, version+1, in, hash, now); err != nil {
			return 0, err
		}
	}
	if err := place(tx, was.ID, in, version); err != nil {
		return 0, err
	}
	err = tx.Exec(`UPDATE articles SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_why = '' WHERE id = ?`, was.ID).Error
	if err != nil {
		return 0, err
	}
	if err := trust(tx, was.ID, in.ReviewBy, now); err != nil {
		return 0, err
	}
	shelf["version"] = version
	return version, audit.Record(tx, by, now, "article.published", audit.Article(was.ID), shelf)
}

// trust lets an article that was just reviewed stand until a day: one that was brought
// forward is answered.
func trust(tx *gorm.DB, id int64, until, now time.Time) error {
	if err := tx.Exec(`UPDATE articles SET review_early = NULL WHERE id = ?`, id).Error; err != nil {
		return err
	}
	return promiseReview(tx, id, until, now)
}

// edition adds a version to an article.
func edition(tx *gorm.DB, by actor.Actor, id int64, version int, in Article, hash []byte, now time.Time) (int, error) {
	var publisher *int64
	if by.ID != 0 {
		publisher = &by.ID
	}
	return version, tx.Exec(`INSERT INTO article_versions (article_id, version, title, summary, written_for, author, keywords, body, words, text_hash,
			reviewed_on, review_by, published_at, published_by, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::date, ?::date, ?, ?, ?)`,
		id, version, in.Title, in.Summary, in.For, in.Author, in.Keywords, in.Body, sought(in.Body), hash,
		in.Reviewed.Format(time.DateOnly), in.ReviewBy.Format(time.DateOnly), now, publisher, in.Changed).Error
}

// place puts an article where it stands. Its keeper is a name in its text and somebody
// who signs in by it: the one on the desk who has that name and no namesake there. A
// keeper who was chosen (Keep) stays for as long as the name does.
func place(tx *gorm.DB, id int64, in Article, version int) error {
	return tx.Exec(`UPDATE articles SET topic = ?, visible = ?, current = ?, owner = ?,
			owner_id = CASE WHEN owner = ? AND owner_id IS NOT NULL THEN owner_id ELSE (SELECT CASE WHEN count(*) = 1 THEN min(u.id) END FROM users u
				WHERE `+mayKeep+` AND ? IN (u.name, u.name || ', ' || u.credentials)) END
		WHERE id = ?`,
		in.Topic, in.Visible, version, in.Owner, in.Owner, in.Owner, id).Error
}

// tidy gives an article the form it is kept in, so that the same words are the same
// text from whatever keyboard they came.
func (a Article) tidy() Article {
	for _, line := range []*string{&a.Title, &a.Slug, &a.Topic, &a.Visible, &a.Owner, &a.Author, &a.For, &a.Summary, &a.Keywords, &a.Changed} {
		*line = oneLine(*line)
	}
	a.Body = strings.TrimSpace(printable(plainBreaks(a.Body)))
	if a.Body != "" {
		a.Body += "\n"
	}
	return a
}

// oneLine is what somebody typed as the words of one line.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// printable drops what is not text. The marks around a found word are such
// characters, so that no article can bring its own.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(s)
}

func (a Article) check() error {
	var bad fault.Fields
	line := func(value, name, missing string) {
		bad.Need(value != "", name, missing)
		bad.Need(utf8.RuneCountInString(value) <= longestLine, name, "Keep it under 400 characters.")
	}
	line(a.Title, "title", "Give the article a title.")
	line(a.Slug, "slug", "Give the article an address.")
	bad.Need(slugLike.MatchString(a.Slug), "slug", "Write the address in small letters and digits with single hyphens between them.")
	bad.Need(!slices.Contains(reserved, a.Slug), "slug", "That address is taken by one of our own pages. Choose another.")
	bad.Need(slices.Contains(topics, a.Topic), "topic", "Choose its topic.")
	bad.Need(a.Visible == ForInsured || a.Visible == ForDesk, "visible", "Choose who may read it.")
	line(a.Owner, "owner", "Name who keeps it up to date.")
	bad.Need(!a.Reviewed.IsZero(), "reviewed", "Give the day it was last reviewed.")
	bad.Need(a.ReviewBy.After(a.Reviewed), "review_by", "The next review has to come after the last.")
	bad.Need(utf8.RuneCountInString(a.Author) <= longestLine, "author", "Keep it under 400 characters.")
	line(a.For, "for", "Say whom it is for.")
	line(a.Summary, "summary", "Sum it up in two lines.")
	bad.Need(a.Keywords != "", "keywords", "Give the words people will look for.")
	bad.Need(utf8.RuneCountInString(a.Keywords) <= longestKeywords, "keywords", "Keep the search words under 2,000 characters.")
	bad.Need(utf8.RuneCountInString(a.Changed) <= longestLine, "changed", "Keep it under 400 characters.")
	bad.Need(a.Body != "", "body", "The article has no text.")
	bad.Need(utf8.RuneCountInString(a.Body) <= longestBody, "body", "That is longer than the 20,000 characters an article takes. Make it two.")
	return bad.Err()
}
