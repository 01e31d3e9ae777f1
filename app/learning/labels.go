package learning

import (
	"context"
	"database/sql"
	_ "embed"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"hotline/app/triage"
)

//go:embed labels.sql
var labelsSQL string

// mostLabels is how many labels a model learns from, the newest.
const mostLabels = 3000

// label is what a person's decision says of a ticket, with the ticket's words for as long
// as a model is trained.
type label struct {
	ID, TicketID, Physician int64
	Topic, Urgency, Why     string
	Question                string
}

// note writes down the labels that people's decisions since the last night make.
func (s *Service) note(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		// Two workers would each note the same.
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, changing).Error; err != nil {
			return err
		}
		return tx.Exec(labelsSQL, sql.Named("most", mostLabels), sql.Named("now", s.now())).Error
	})
}

// labelsTo are the newest labels up to one, one a ticket, in their order. Words are read
// from tickets that are not restricted; nothing keeps them.
func labelsTo(q *gorm.DB, to int64) ([]label, error) {
	var all []label
	err := q.Raw(`SELECT l.id, l.ticket_id, coalesce(t.physician_id, 0) AS physician, l.topic, coalesce(l.urgency, '') AS urgency, l.why, left(t.question, 4000) AS question
		FROM (SELECT DISTINCT ON (ticket_id) * FROM labels WHERE id <= ? ORDER BY ticket_id, id DESC) l
		JOIN tickets t ON t.id = l.ticket_id AND NOT t.restricted
		ORDER BY l.at DESC, l.id DESC LIMIT ?`, to, mostLabels).Scan(&all).Error
	slices.SortFunc(all, func(a, b label) int { return int(a.ID - b.ID) })
	return all, err
}

// taught are labels as a model learns them, with the words of public, and as it is tested
// on them. Where nobody set the urgency it is what the words alone say.
func taught(labels []label, reads *triage.Model) (lessons, tests []triage.Example) {
	texts := make([]told, len(labels))
	for i, l := range labels {
		texts[i] = told{l.Physician, l.Question}
	}
	words := withoutSecrets(texts, commonGround())
	for i, l := range labels {
		ex := triage.Example{ID: "ticket " + strconv.FormatInt(l.TicketID, 10), Topic: l.Topic, Urgency: l.Urgency, Real: l.Why == "corrected"}
		if ex.Urgency == "" {
			ex.Urgency = triage.Read(reads, l.Question).Urgency
		}
		if ex.Text = words[i]; ex.Text == "" {
			continue
		}
		lessons = append(lessons, ex)
		ex.Text = l.Question
		tests = append(tests, ex)
	}
	return lessons, tests
}
