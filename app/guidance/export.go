package guidance

import (
	"bytes"
	"context"
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
