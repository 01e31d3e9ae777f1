package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Citation is an article version linked to a ticket. ArticleID and VersionID are the
// ids the record names it by.
type Citation struct {
	TicketID, ArticleID, VersionID int64
	Number                         string // the ticket's
	Title, Slug                    string
	Version                        int
	Current                        int // the version that is read now
	CitedAt                        time.Time
	CitedBy                        string
	ReviewedOn                     time.Time  // a day, at midnight UTC
	Newer                          bool       // another version was published since
	NewerAt                        time.Time  // when, where there is one
	Readable                       bool       // whoever asked may read the version that is read now
	Withdrawn                      *time.Time // since when nobody should rely on it any more; nil: it stands
	HashWhole                      bool       // the text still is, to the letter, what was published and cited
}

// Cited are the citations on a ticket, oldest first: for whoever may see the ticket
// and, among insured people, hear the answer. None for everyone else.
func (s *Service) Cited(ctx context.Context, by actor.Actor, ticketID int64) ([]Citation, error) {
	return s.cited(ctx, by, "t.id = ?", ticketID)
}

// CitedOn is Cited by the ticket's number.
func (s *Service) CitedOn(ctx context.Context, by actor.Actor, number string) ([]Citation, error) {
	return s.cited(ctx, by, "t.number = ?", number)
}

func (s *Service) cited(ctx context.Context, by actor.Actor, which string, arg any) ([]Citation, error) {
	var list []Citation
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		told, args, err := told(q, by, s.now())
		if err != nil {
			return err
		}
		list, err = citations(q, which+" AND "+told, append([]any{arg}, args...)...)
		for i := range list {
			list[i].Readable = list[i].Readable || by.Staff()
		}
		return err
	})
	return list, err
}

func citations(q *gorm.DB, where string, args ...any) ([]Citation, error) {
	var rows []struct {
		Kept      kept `gorm:"embedded"`
		TicketID  int64
		Number    string
		CitedAt   time.Time
		CitedBy   string
		CitedHash []byte
		NewerAt   time.Time
	}
	err := q.Raw(`SELECT `+keptColumns+`, t.id AS ticket_id, t.number, c.cited_at, u.name AS cited_by, c.text_hash AS cited_hash, newest.published_at AS newer_at
		FROM citations c JOIN tickets t ON t.id = c.ticket_id JOIN users u ON u.id = c.cited_by
		JOIN article_versions v ON v.id = c.version_id JOIN articles a ON a.id = v.article_id JOIN topics tp ON tp.code = a.topic
		JOIN article_versions newest ON newest.article_id = a.id AND newest.version = a.current
		WHERE `+where+` ORDER BY c.cited_at, c.id`, args...).Scan(&rows).Error
	list := make([]Citation, len(rows))
	for i, r := range rows {
		k := r.Kept
		list[i] = Citation{TicketID: r.TicketID, Number: r.Number, ArticleID: k.ArticleID, VersionID: k.VersionID, Title: k.Title, Slug: k.Slug,
			Version: k.Version, Current: k.Current, CitedAt: r.CitedAt, CitedBy: r.CitedBy, ReviewedOn: k.ReviewedOn,
			Newer: k.Current > k.Version, NewerAt: r.NewerAt, Readable: k.Visible == ForInsured && k.WithdrawnAt == nil, Withdrawn: k.WithdrawnAt,
			HashWhole: k.whole(r.CitedHash) && k.whole(k.TextHash)}
	}
	return list, err
}

// reliedOn is how many consultations rely on any version of an article.
func reliedOn(q *gorm.DB, articleID int64) (n int, err error) {
	err = q.Raw(`SELECT count(DISTINCT c.ticket_id) FROM citations c JOIN article_versions v ON v.id = c.version_id WHERE v.article_id = ?`, articleID).Scan(&n).Error
	return n, err
}
