package guidance

import (
	"crypto/sha256"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
)

// Who an article is for, beside its topic.
const (
	ForInsured = "insured" // physicians and those who act for them, and staff
	ForDesk    = "desk"    // staff alone
)

// Article is an article as somebody publishes it. Changed says in a sentence what is
// new in this version.
type Article struct {
	Front
	Body    string // Markdown
	Changed string
}

// Canonical is the article's text in the one form its hash is taken of: what a reader
// reads, a line each, and below --- the body. Topic, keeper and audience are where it
// stands on the shelf and may change without a new version.
func (a Article) Canonical() string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"title", a.Title}, {"slug", a.Slug}, {"for", a.For}, {"summary", a.Summary}, {"keywords", a.Keywords},
		{"reviewed", a.Reviewed.Format(time.DateOnly)}, {"review_by", a.ReviewBy.Format(time.DateOnly)},
	} {
		b.WriteString(line[0] + ": " + line[1] + "\n")
	}
	// Versions published before authors were named keep the hash they were cited by.
	if a.Author != "" {
		b.WriteString("author: " + a.Author + "\n")
	}
	b.WriteString("---\n" + a.Body)
	return b.String()
}

// Hash is the SHA-256 of the canonical text.
func (a Article) Hash() []byte {
	sum := sha256.Sum256([]byte(a.Canonical()))
	return sum[:]
}

// Service is the room.
type Service struct {
	db    *database.DB
	now   database.Clock
	links linkRules
}

// Option is a choice an installation makes about the room.
type Option func(*Service)

// New makes the room.
func New(db *database.DB, choices ...Option) *Service {
	s := &Service{db: db, now: db.Now, links: defaultLinkRules}
	for _, choose := range choices {
		choose(s)
	}
	return s
}

// reader says whether by reads guidance at all, and whether also what is for the desk.
func reader(by actor.Actor) (desk bool, err error) {
	switch {
	case by.Staff(), by.Is(actor.System):
		return true, nil
	case by.Insured():
		return false, nil
	}
	return false, fault.NotFound
}

// kept is a version as its row holds it, with where it stands.
type kept struct {
	ArticleID, VersionID                   int64
	Slug, Topic, TopicName, Visible, Owner string
	Current, Version                       int
	Title, Summary, WrittenFor, Author     string
	Keywords, Body                         string
	Changed                                string
	TextHash                               []byte
	ReviewedOn, ReviewBy, PublishedAt      time.Time
	ReviewEarly, WithdrawnAt               *time.Time
	WithdrawnWhy                           string
}

// keptColumns read a kept from articles a, article_versions v and topics tp.
const keptColumns = `a.id AS article_id, v.id AS version_id, a.slug, a.topic, tp.name AS topic_name, a.visible, a.owner, a.current,
	v.version, v.title, v.summary, v.written_for, v.author, v.keywords, v.body, v.changed, v.text_hash, v.reviewed_on, v.review_by, v.published_at, a.review_early, a.withdrawn_at, a.withdrawn_why`

func (k kept) article() Article {
	return Article{Body: k.Body, Changed: k.Changed, Front: Front{
		Title: k.Title, Slug: k.Slug, Topic: k.Topic, Visible: k.Visible, Owner: k.Owner, Author: k.Author, For: k.WrittenFor,
		Summary: k.Summary, Keywords: k.Keywords, Reviewed: k.ReviewedOn, ReviewBy: k.ReviewBy,
	}}
}

// due is the day a version is to be looked at again: as it says, or, early, sooner.
func (k kept) due() (day time.Time, early bool) {
	if k.ReviewEarly != nil && k.ReviewEarly.Before(k.ReviewBy) {
		return *k.ReviewEarly, true
	}
	return k.ReviewBy, false
}

// whole says whether the text still is the one that a hash was taken of.
func (k kept) whole(hash []byte) bool { return string(k.article().Hash()) == string(hash) }

// current reads the version of an article that is read now; NotFound where there is none,
// or where it was withdrawn.
func current(q *gorm.DB, slug string) (kept, error) {
	return shelved(q, slug, " AND a.withdrawn_at IS NULL")
}

// shelved reads the newest version of an article, withdrawn or not; more goes behind its
// condition.
func shelved(q *gorm.DB, slug, more string) (kept, error) {
	var k kept
	err := q.Raw(`SELECT `+keptColumns+` FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
		JOIN topics tp ON tp.code = a.topic WHERE a.slug = ?`+more, slug).Take(&k).Error
	return k, err
}
