package casefile

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/outbox"
	"hotline/app/ticket"
)

// Writing is a summary as a consultant sends it. Key makes it once however often it is
// sent; Seen is the last entry of the record that the page showed (0: unsaid).
type Writing struct {
	Key                      string
	Seen                     int64
	Told, Suggested, LeftOut string
	Cited                    []int64 // versions, of those cited on the ticket
	Steps                    []Agreed
}

// Agreed is a step as it was typed: By is a day, 2006-01-02. One without words is no step.
type Agreed struct{ Who, What, By string }

// StepField names a field of the n-th step, from 1, in a fault.Fields.
func StepField(part string, n int) string { return fmt.Sprintf("step_%s_%d", part, n) }

// check gives the steps that were agreed on, in the order they were typed.
func (in *Writing) check(today time.Time) ([]Step, error) {
	var bad fault.Fields
	_, err := uuid.Parse(in.Key)
	bad.Need(err == nil, "told", "This form has lost its mark. Load the page again; what you typed is kept.")
	bad.Need(strings.TrimSpace(in.Told) != "", "told", "Write what they told us.")
	fits(&bad, "told", in.Told)
	bad.Need(strings.TrimSpace(in.Suggested) != "", "suggested", "Write what we suggested.")
	fits(&bad, "suggested", in.Suggested)
	var steps []Step
	for i, a := range in.Steps {
		what := strings.TrimSpace(a.What)
		if what == "" && a.By == "" {
			continue
		}
		n := i + 1
		bad.Need(what != "", StepField("what", n), "Say what is to be done, or clear the day.")
		fits(&bad, StepField("what", n), a.What)
		bad.Need(slices.Contains([]string{Physician, Office, Us}, a.Who), StepField("who", n), "Say who does it.")
		due, err := time.Parse(time.DateOnly, a.By)
		switch {
		case a.By == "":
			bad.Need(false, StepField("by", n), "Say by when.")
		case err != nil:
			bad.Need(false, StepField("by", n), "That is no day. Write it as in 2026-11-20.")
		case due.Before(today):
			bad.Need(false, StepField("by", n), "That day is past. Agree on another.")
		case due.After(today.AddDate(3, 0, 0)):
			bad.Need(false, StepField("by", n), "That is more than three years away.")
		}
		steps = append(steps, Step{Who: a.Who, What: what, DueOn: due})
	}
	bad.Need(len(steps) <= MostSteps, "steps", fmt.Sprintf("That is more than %d steps. Put some together.", MostSteps))
	fits(&bad, "left_out", in.LeftOut)
	return steps, bad.Err()
}

// Send sends a summary, or another edition of it, to the physician: it stands on their
// consultation as it was sent, and whoever may hear is told that it waits. It meets the
// promise to answer. Consultants of the desk and managers. It returns the edition.
// Errors: fault.Fields; ticket.Since when a message, a summary or a call came after what
// the page showed.
func (s *Service) Send(ctx context.Context, by actor.Actor, number string, in Writing) (edition int, err error) {
	if !by.Desk() {
		return 0, fault.NotFound
	}
	err = s.change(ctx, by, number, func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error {
		if err := ticket.Converses(by, t); err != nil {
			return err
		}
		zone, err := zoneOf(tx, t.DeskID)
		if err != nil {
			return err
		}
		steps, refused := in.check(day(now, zone))
		e := Edition{Told: in.Told, Suggested: in.Suggested, LeftOut: in.LeftOut, Steps: steps}
		// What was sent stays sent, though a day that was named in it has passed since.
		edition, err = sentBefore(tx, by, t, in, e)
		switch {
		case edition != 0:
			return nil
		case refused != nil:
			return refused
		case err != nil:
			return err
		}
		if err := ticket.Uncrossed(tx, t, in.Seen); err != nil {
			return err
		}
		if err := ticket.Wrote(tx, by, t, now); err != nil {
			return err
		}
		if e.Cited, err = citedOn(tx, t.ID, in.Cited); err != nil {
			return err
		}
		if err := tx.Raw(`SELECT t.notice, coalesce((SELECT max(edition) FROM summaries WHERE ticket_id = t.id), 0) + 1 AS edition FROM tickets t WHERE t.id = ?`,
			t.ID).Row().Scan(&e.Notice, &e.Edition); err != nil {
			return err
		}
		edition = e.Edition
		if e.Hash, err = e.textHash(t.Number); err != nil {
			return err
		}
		if err := keep(tx, by, t, &e, in.Key, now); err != nil {
			return err
		}
		if err := remind(tx, &e, zone, now); err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.summary_sent", audit.Ticket(t.ID),
			audit.Detail{"summary": e.ID, "edition": e.Edition, "hash": hex.EncodeToString(e.Hash), "steps": len(e.Steps), "notice": e.Notice}); err != nil {
			return err
		}
		if err := ticket.ForgetDraft(tx, by, in.Key); err != nil {
			return err
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return ticket.Tell(tx, t, letter.Summary, e.ID, now)
	})
	return edition, err
}

// sentBefore is the edition this form became before; 0: none. The same form with other
// words is a Conflict.
func sentBefore(tx *gorm.DB, by actor.Actor, t *ticket.Ticket, in Writing, e Edition) (int, error) {
	if uuid.Validate(in.Key) != nil {
		return 0, nil
	}
	var before struct {
		TicketID int64
		Edition  int
		Notice   string
		Hash     []byte
	}
	err := tx.Raw(`SELECT ticket_id, edition, notice, text_hash AS hash FROM summaries WHERE author_id = ? AND client_key = ?::uuid`, by.ID, in.Key).Take(&before).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if before.TicketID == t.ID {
		if e.Cited, err = citedOn(tx, t.ID, in.Cited); err != nil {
			return 0, err
		}
		e.Edition, e.Notice = before.Edition, before.Notice
		hash, err := e.textHash(t.Number)
		if err != nil {
			return 0, err
		}
		if bytes.Equal(hash, before.Hash) {
			return before.Edition, nil
		}
	}
	return 0, fault.Say(fault.Conflict, "That was sent already, with other words. Your text is kept: begin another edition.")
}

// citedOn are the chosen ones among what was cited on a ticket, in the order of citing.
func citedOn(q *gorm.DB, ticketID int64, versions []int64) ([]Cited, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	all, err := citable(q, ticketID)
	cited := slices.DeleteFunc(all, func(c Cited) bool { return !slices.Contains(versions, c.VersionID) })
	if err == nil && len(cited) != len(slices.Compact(slices.Sorted(slices.Values(versions)))) {
		err = fault.Fields{{Name: "cited", Says: "One of these articles is not cited on this ticket. Cite it there first."}}
	}
	return cited, err
}

// keep writes an edition down, and gives it and its steps their IDs.
func keep(tx *gorm.DB, by actor.Actor, t *ticket.Ticket, e *Edition, key string, now time.Time) error {
	err := tx.Raw(`INSERT INTO summaries (ticket_id, edition, author_id, told, suggested, left_out, notice, text_hash, client_key, sent_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::uuid, ?) RETURNING id`, t.ID, e.Edition, by.ID, e.Told, e.Suggested, e.LeftOut, e.Notice, e.Hash, key, now).Scan(&e.ID).Error
	if err != nil {
		return err
	}
	for i, c := range e.Cited {
		if err := tx.Exec(`INSERT INTO summary_citations (summary_id, ticket_id, version_id, position) VALUES (?, ?, ?, ?)`, e.ID, t.ID, c.VersionID, i+1).Error; err != nil {
			return err
		}
	}
	for i := range e.Steps {
		s := &e.Steps[i]
		if err := tx.Raw(`INSERT INTO steps (ticket_id, summary_id, position, who, what, due_on) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
			t.ID, e.ID, i+1, s.Who, s.What, s.DueOn.Format(time.DateOnly)).Scan(&s.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// remindAt is the hour at the desk at which a step's day is announced.
const remindAt = 9

// remind promises a reminder for each step on its day. What is agreed on the day itself,
// after that hour, needs none.
func remind(tx *gorm.DB, e *Edition, zone *time.Location, now time.Time) error {
	for _, s := range e.Steps {
		at := time.Date(s.DueOn.Year(), s.DueOn.Month(), s.DueOn.Day(), remindAt, 0, 0, 0, zone)
		if at.Before(now) {
			continue
		}
		if err := outbox.PromiseAt(tx, StepDueJob{StepID: s.ID}, at.UTC()); err != nil {
			return err
		}
	}
	return nil
}
