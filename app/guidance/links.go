package guidance

import (
	"context"
	"strings"
	"time"

	"golang.org/x/net/html"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// What looking at a link gave.
const (
	LinkWorks     = "works"     // something answered, if only to say that it is not for programs
	LinkGone      = "gone"      // the page is not there any more
	LinkFailing   = "failing"   // its server answers with a fault, or not at all while others do
	LinkUnreached = "unreached" // nothing could be reached that day: it says nothing about the link
	LinkRefused   = "refused"   // it leads into a private network or to another port than the web's; we do not follow it
	LinkUnusable  = "unusable"  // it is longer than an address may be; only its beginning is kept
)

// brokenAfter is on how many days a link has to fail before it is called broken.
const brokenAfter = 2

// Link is an address an article points to, and what looking at it gave.
type Link struct {
	URL     string
	Slug    string
	Title   string // the article's
	Owner   string // who keeps it
	Outcome string
	Status  int        // what its server answered; 0: nothing
	Since   *time.Time // since when it fails
	Days    int        // on how many days it did
}

// Broken says that a link has failed often enough to be seen to, or should never be followed.
func (l Link) Broken() bool {
	return l.Outcome == LinkRefused || l.Outcome == LinkUnusable || l.Days >= brokenAfter
}

// LinkReport is what the daily look at the library's links gave.
type LinkReport struct {
	Links     []Link `gorm:"-"` // those that do not work, broken ones first, an entry an article
	Checked   int    // addresses looked at
	Unreached int    // of them those of which nothing can be said
	LastAt    *time.Time
}

const linkColumns = `SELECT c.url, a.slug, v.title, a.owner, c.outcome, c.status, c.failing_since AS since, c.failed_days AS days
	FROM link_checks c JOIN articles a ON a.id = ANY (c.articles) AND a.withdrawn_at IS NULL JOIN article_versions v ON v.article_id = a.id AND v.version = a.current`

// Links are the links in guidance that do not work. Consultants and managers.
func (s *Service) Links(ctx context.Context, by actor.Actor) (*LinkReport, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	r := &LinkReport{}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		err := q.Raw(`SELECT count(*) AS checked, count(*) FILTER (WHERE outcome = 'unreached') AS unreached, max(checked_at) AS last_at FROM link_checks`).Scan(r).Error
		if err != nil {
			return err
		}
		return q.Raw(linkColumns+` WHERE c.outcome IN ('gone', 'failing', 'refused', 'unusable') OR c.failed_days > 0
			ORDER BY c.outcome IN ('refused', 'unusable') OR c.failed_days >= ? DESC, c.failing_since, v.title LIMIT 500`, brokenAfter).Scan(&r.Links).Error
	})
	return r, err
}

// BrokenLinks are the broken links of one article, for staff who read it; none for others.
func (s *Service) BrokenLinks(ctx context.Context, by actor.Actor, slug string) ([]Link, error) {
	if !by.Staff() {
		return nil, nil
	}
	var all []Link
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(linkColumns+` WHERE a.slug = ? AND (c.outcome IN ('refused', 'unusable') OR c.failed_days >= ?) ORDER BY c.url`, slug, brokenAfter).Scan(&all).Error
	})
	return all, err
}

// outward are the addresses outside the house that an article's text links to, as they
// are asked for: without the part after #.
func outward(markdown string) ([]string, error) {
	sections, err := Render(markdown)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, s := range sections {
		z := html.NewTokenizer(strings.NewReader(s.HTML))
		for z.Next() != html.ErrorToken {
			for _, attr := range z.Token().Attr {
				if attr.Key == "href" && (strings.HasPrefix(attr.Val, "https://") || strings.HasPrefix(attr.Val, "http://")) {
					address, _, _ := strings.Cut(attr.Val, "#")
					all = append(all, address)
				}
			}
		}
	}
	return all, nil
}
