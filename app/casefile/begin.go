package casefile

import (
	"context"
	"errors"
	"strings"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Blank is a summary as it begins: filled from what stands on the ticket, so that it
// takes a minute. What stays on the desk, a note or a leg's, is never in it.
type Blank struct {
	After                    int // the edition it goes on from; 0: the first
	Told, Suggested, LeftOut string
	Steps                    []Step       // still to be done, of the edition before
	Citable                  []Cited      // everything cited on the ticket
	Open                     []Correction // what the physician's side said is not right, unanswered
}

// Begin fills a summary in: from the edition before, or from what was asked, written and
// advised. Consultants of the desk and managers.
func (s *Service) Begin(ctx context.Context, by actor.Actor, number string) (*Blank, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var b *Blank
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		where, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		var t struct {
			ID       int64
			Question string
		}
		err = q.Raw(`SELECT t.id, t.question FROM tickets t WHERE t.number = ? AND `+where, append([]any{number}, args...)...).Take(&t).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.NotFound
		}
		if err != nil {
			return err
		}
		before, err := editions(q, t.ID, number)
		if err != nil {
			return err
		}
		if len(before) > 0 {
			b = goOn(before)
		} else if b, err = fill(q, t.ID, t.Question); err != nil {
			return err
		}
		b.Citable, err = citable(q, t.ID)
		return err
	})
	return b, err
}

// goOn begins where the edition before stands.
func goOn(before []Edition) *Blank {
	last := before[0]
	b := &Blank{After: last.Edition, Told: last.Told, Suggested: last.Suggested, LeftOut: last.LeftOut}
	for _, s := range last.Steps {
		if s.DoneAt == nil {
			b.Steps = append(b.Steps, s)
		}
	}
	for _, c := range last.Corrections {
		if c.KeptAt == nil {
			b.Open = append(b.Open, c)
		}
	}
	return b
}

// fill takes the question and what the physician's side wrote as what they told us, and
// our last message, or the advice of a later call, as what we suggested.
func fill(q *gorm.DB, ticketID int64, question string) (*Blank, error) {
	var told, suggested []string
	if err := q.Raw(`SELECT body FROM messages WHERE ticket_id = ? AND from_insured ORDER BY sent_at, id`, ticketID).Scan(&told).Error; err != nil {
		return nil, err
	}
	if err := q.Raw(`SELECT words FROM (
			SELECT body AS words, sent_at AS at FROM messages WHERE ticket_id = ? AND NOT from_insured
			UNION ALL SELECT advice, ended_at FROM calls WHERE ticket_id = ? AND advice <> '') x ORDER BY at DESC LIMIT 1`, ticketID, ticketID).Scan(&suggested).Error; err != nil {
		return nil, err
	}
	return &Blank{Told: strings.Join(append([]string{question}, told...), "\n\n"), Suggested: strings.Join(suggested, "")}, nil
}

// citedColumns are a Cited of citations c; a WHERE, or one more JOIN, follows.
const citedColumns = `c.version_id, v.title, a.slug, v.version, a.current, c.cited_at, v.reviewed_on, c.text_hash
	FROM citations c JOIN article_versions v ON v.id = c.version_id JOIN articles a ON a.id = v.article_id`

// citable is everything cited on a ticket, in the order of citing.
func citable(q *gorm.DB, ticketID int64) ([]Cited, error) {
	var cited []Cited
	err := q.Raw(`SELECT `+citedColumns+` WHERE c.ticket_id = ? ORDER BY c.cited_at, c.id`, ticketID).Scan(&cited).Error
	return cited, err
}
