package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Gaps are where guidance had nothing to give, in a range of time.
type Gaps struct {
	Topics []TopicGap
	Words  []WordGap
	Unkept int // asked for in words that are not kept
}

// TopicGap is a topic with tickets that were answered or resolved with nothing cited.
type TopicGap struct {
	Topic, Name   string
	Bare, Settled int // without a citation, of all
	Articles      int // current ones on the topic
}

// WordGap is what people looked for, did not find, and said so. Words are normalised:
// what carries meaning, in alphabetical order.
type WordGap struct {
	Words  string
	People int
	LastAt time.Time
}

// The most of either.
const mostGaps = 100

// settledIn are tickets t answered or resolved in a range, [from, to).
const settledIn = `(t.first_answered_at >= ? AND t.first_answered_at < ? OR t.resolved_at >= ? AND t.resolved_at < ?)`

// bare are those on which nothing was cited.
const bare = `NOT EXISTS (SELECT FROM citations c WHERE c.ticket_id = t.id)`

// Gaps counts what was answered or resolved in [from, to) with nothing to cite, topic by
// topic, among tickets the reader may see; and what was looked for, not found and asked
// for in that time. Consultants and managers.
func (s *Service) Gaps(ctx context.Context, by actor.Actor, from, to time.Time) (*Gaps, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	g := &Gaps{}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		seen, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		err = q.Raw(`SELECT tp.code AS topic, tp.name, count(*) FILTER (WHERE `+bare+`) AS bare, count(*) AS settled,
				(SELECT count(*) FROM articles a WHERE a.topic = tp.code AND a.current > 0 AND a.withdrawn_at IS NULL) AS articles
			FROM tickets t JOIN topics tp ON tp.code = t.topic WHERE `+settledIn+` AND (`+seen+`)
			GROUP BY tp.code HAVING count(*) FILTER (WHERE `+bare+`) > 0 ORDER BY bare DESC, tp.place`,
			append([]any{from, to, from, to}, args...)...).Scan(&g.Topics).Error
		if err != nil {
			return err
		}
		err = q.Raw(`SELECT words, count(DISTINCT user_id) AS people, max(asked_at) AS last_at FROM gap_asks
			WHERE words IS NOT NULL AND asked_at >= ? AND asked_at < ? GROUP BY words ORDER BY people DESC, last_at DESC LIMIT ?`, from, to, mostGaps).Scan(&g.Words).Error
		if err != nil {
			return err
		}
		return q.Raw(`SELECT count(*) FROM gap_asks WHERE words IS NULL AND asked_at >= ? AND asked_at < ?`, from, to).Scan(&g.Unkept).Error
	})
	return g, err
}

// Uncited is a ticket that was answered or resolved with nothing cited.
type Uncited struct {
	Number, Title, Urgency, Status, Holder string
	At                                     time.Time // when it was resolved, or else first answered
}

// Uncited are the tickets behind a topic's gap: the same ones Gaps counts, latest first,
// 500 at most. Consultants and managers.
func (s *Service) Uncited(ctx context.Context, by actor.Actor, topic string, from, to time.Time) ([]Uncited, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var all []Uncited
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		seen, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT t.number, CASE WHEN t.title <> '' THEN t.title ELSE left(t.question, 140) END AS title, t.urgency, t.status,
				coalesce(h.name, '') AS holder, coalesce(t.resolved_at, t.first_answered_at) AS at
			FROM tickets t LEFT JOIN users h ON h.id = t.assignee_id WHERE t.topic = ? AND `+settledIn+` AND `+bare+` AND (`+seen+`)
			ORDER BY at DESC, t.id DESC LIMIT 500`, append([]any{topic, from, to, from, to}, args...)...).Scan(&all).Error
	})
	return all, err
}
