package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Recall is advice that changed, and how far the tickets that relied on it are worked
// off. Total and what follows count other desks' tickets too, and leave out restricted
// ones that do not name the reader.
type Recall struct {
	ID                                   int64
	Slug, Title                          string
	Version, Current                     int // the last one affected, and the one that is read now
	Withdrawn                            bool
	Why                                  string
	OpenedAt                             time.Time
	OpenedBy                             string
	Total, Contacted, NotNeeded, Carried int
	Hidden, HiddenOpen                   int           // of them, on other desks' tickets, which the reader may not see
	Restricted                           int           // besides, on restricted tickets; only for managers
	LastAt                               *time.Time    // when the last one was settled
	Median                               time.Duration // from its opening until a ticket was settled, in the middle; 0 while none is
	Items                                []RecallItem  `gorm:"-"` // only from Recall: what the reader may see, open ones first
	People                               []RecallWork  `gorm:"-"` // only from Recall
}

// Settled is how many are done with.
func (r Recall) Settled() int { return r.Contacted + r.NotNeeded + r.Carried }

// Open is how many are left.
func (r Recall) Open() int { return r.Total - r.Settled() }

// Mine is how many are left that the reader can settle.
func (r Recall) Mine() int { return r.Open() - r.HiddenOpen }

// RecallItem is a ticket that relied on what changed.
type RecallItem struct {
	Number, Physician, Caller, Status, Holder string
	Version                                   int // the latest affected one cited there
	CitedAt                                   time.Time
	CitedBy                                   string
	ToldAt                                    *time.Time // when the desk last wrote or spoke to them since the recall was opened
	How, Why                                  string     // "" while open
	ContactedOn                               *time.Time // a day, at midnight UTC
	SettledAt                                 *time.Time
	SettledBy                                 string
}

// RecallWork is what one person settled.
type RecallWork struct {
	Name                 string
	Contacted, NotNeeded int
}

// mostRecalls is how many a list holds.
const mostRecalls = 200

// recallColumns read Recalls from recalls r, with the visible predicate as seen. What
// counts for the reader is what they see, and what only its desk keeps from them.
const recallColumns = `SELECT r.id, a.slug, v.title, r.version, a.current, a.withdrawn_at IS NOT NULL AS withdrawn, r.why, r.opened_at, coalesce(u.name, '') AS opened_by,
		count(*) FILTER (WHERE counts) AS total, count(*) FILTER (WHERE counts AND i.how = 'contacted') AS contacted, count(*) FILTER (WHERE counts AND i.how = 'not_needed') AS not_needed,
		count(*) FILTER (WHERE counts AND i.how = 'carried') AS carried, max(i.settled_at) FILTER (WHERE counts) AS last_at,
		count(*) FILTER (WHERE counts AND NOT seen.ok) AS hidden, count(*) FILTER (WHERE counts AND NOT seen.ok AND i.how IS NULL) AS hidden_open,
		count(*) FILTER (WHERE NOT counts) AS restricted,
		coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.settled_at - r.opened_at)) FILTER (WHERE counts AND i.how IN ('contacted', 'not_needed')), 0) AS median_seconds
	FROM recalls r JOIN articles a ON a.id = r.article_id JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
	LEFT JOIN users u ON u.id = r.opened_by JOIN recall_items i ON i.recall_id = r.id JOIN tickets t ON t.id = i.ticket_id
	CROSS JOIN LATERAL (SELECT (`

type recallRow struct {
	Recall        `gorm:"embedded"`
	MedianSeconds float64
}

func recalls(q *gorm.DB, by actor.Actor, now time.Time, where string, args ...any) ([]Recall, error) {
	seen, seeing, err := ticket.Visible(q, by, now)
	if err != nil {
		return nil, err
	}
	var rows []recallRow
	manager := by.Is(actor.Manager)
	err = q.Raw(recallColumns+seen+`) AS ok) seen CROSS JOIN LATERAL (SELECT seen.ok OR NOT t.restricted AS counts) counted WHERE `+where+`
		GROUP BY r.id, a.id, v.id, u.id HAVING ? OR bool_or(counts)
		ORDER BY count(*) FILTER (WHERE seen.ok AND i.how IS NULL) > 0 DESC, r.opened_at DESC, r.id DESC LIMIT ?`,
		append(append(seeing, args...), manager, mostRecalls)...).Scan(&rows).Error
	all := make([]Recall, len(rows))
	for i, r := range rows {
		all[i] = r.Recall
		if !manager {
			all[i].Restricted = 0
		}
		all[i].Median = time.Duration(r.MedianSeconds * float64(time.Second))
	}
	return all, err
}

// Recalls are the recalls there are, those in which the reader has work left first, then
// newest first. One of restricted tickets alone is for managers and those they name.
// Consultants and managers.
func (s *Service) Recalls(ctx context.Context, by actor.Actor) ([]Recall, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var all []Recall
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		all, err = recalls(q, by, s.now(), "true")
		return err
	})
	return all, err
}

// Recall is one recall with the tickets the reader may see, and who did how much.
// Consultants and managers.
func (s *Service) Recall(ctx context.Context, by actor.Actor, id int64) (*Recall, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var r *Recall
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		all, err := recalls(q, by, now, "r.id = ?", id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.NotFound
		}
		r = &all[0]
		seen, args, err := ticket.Visible(q, by, now)
		if err != nil {
			return err
		}
		err = q.Raw(`SELECT t.number, coalesce(p.given_name || ' ' || p.family_name, '') AS physician, t.caller_name AS caller, t.status, coalesce(h.name, '') AS holder,
				i.version, c.cited_at, cu.name AS cited_by, coalesce(i.how, '') AS how, i.why, i.contacted_on, i.settled_at, coalesce(su.name, '') AS settled_by,
				greatest((SELECT max(m.sent_at) FROM messages m WHERE m.ticket_id = t.id AND NOT m.from_insured AND m.sent_at >= r.opened_at),
					(SELECT max(l.started_at) FROM calls l WHERE l.ticket_id = t.id AND l.outcome = 'answered' AND l.started_at >= r.opened_at)) AS told_at
			FROM recall_items i JOIN recalls r ON r.id = i.recall_id JOIN tickets t ON t.id = i.ticket_id
			LEFT JOIN physicians p ON p.id = t.physician_id LEFT JOIN users h ON h.id = t.assignee_id LEFT JOIN users su ON su.id = i.settled_by
			JOIN article_versions v ON v.article_id = r.article_id AND v.version = i.version
			JOIN citations c ON c.ticket_id = t.id AND c.version_id = v.id JOIN users cu ON cu.id = c.cited_by
			WHERE i.recall_id = ? AND (`+seen+`) ORDER BY i.how IS NOT NULL, i.settled_at DESC, c.cited_at DESC, t.id LIMIT 1000`,
			append([]any{id}, args...)...).Scan(&r.Items).Error
		if err != nil {
			return err
		}
		return q.Raw(`SELECT u.name, count(*) FILTER (WHERE i.how = 'contacted') AS contacted, count(*) FILTER (WHERE i.how = 'not_needed') AS not_needed
			FROM recall_items i JOIN users u ON u.id = i.settled_by JOIN tickets t ON t.id = i.ticket_id
			WHERE i.recall_id = ? AND i.how IN ('contacted', 'not_needed') AND (NOT t.restricted OR (`+seen+`))
			GROUP BY u.id ORDER BY count(*) DESC, u.name`, append([]any{id}, args...)...).Scan(&r.People).Error
	})
	return r, err
}

// UnderRecall is a recall a ticket is still to be settled in.
type UnderRecall struct {
	ID          int64
	Slug, Title string
	Version     int // the one cited there
	Why         string
	OpenedAt    time.Time
}

// UnderRecall are the recalls that wait for a ticket. The desk's people who may see it.
func (s *Service) UnderRecall(ctx context.Context, by actor.Actor, ticketID int64) ([]UnderRecall, error) {
	if !by.Desk() {
		return nil, nil
	}
	var all []UnderRecall
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		seen, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT r.id, a.slug, v.title, i.version, r.why, r.opened_at
			FROM recall_items i JOIN recalls r ON r.id = i.recall_id JOIN articles a ON a.id = r.article_id
			JOIN article_versions v ON v.article_id = a.id AND v.version = i.version JOIN tickets t ON t.id = i.ticket_id
			WHERE i.ticket_id = ? AND i.how IS NULL AND (`+seen+`) ORDER BY r.id`, append([]any{ticketID}, args...)...).Scan(&all).Error
	})
	return all, err
}
