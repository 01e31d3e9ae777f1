package casefile

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Remark is a correction as it is sent.
type Remark struct {
	Key     string // made with the form; the same key is the same correction
	Edition int    // what it is about
	Body    string
}

// Correct adds a correction to the edition that holds, confirmed or not. It never
// changes what was sent: both stand, and both sides see the same. As with a message of
// theirs the ticket comes back to its holder, and an answer is owed. The physician, or
// somebody who may ask and hear for them.
func (s *Service) Correct(ctx context.Context, by actor.Actor, number string, in Remark) error {
	var bad fault.Fields
	bad.Need(strings.TrimSpace(in.Body) != "", "correction", "Write what is not right, or what is missing.")
	fits(&bad, "correction", in.Body)
	_, err := uuid.Parse(in.Key)
	bad.Need(err == nil, "correction", "This form has lost its mark. Load the page again; what you typed is kept.")
	// Whether there is such a ticket is said first, whatever was typed.
	return s.speak(ctx, by, number, in.Edition, func(tx *gorm.DB, t *ticket.Ticket, v voice, summaryID int64, now time.Time) error {
		if err := bad.Err(); err != nil {
			return err
		}
		hash, err := correctionHash(t.Number, in.Edition, in.Body)
		if err != nil {
			return err
		}
		var id int64
		err = tx.Raw(`INSERT INTO summary_corrections (ticket_id, summary_id, author_id, on_behalf, body, text_hash, client_key, corrected_at)
			VALUES (?, ?, ?, ?, ?, ?, ?::uuid, ?) ON CONFLICT ON CONSTRAINT summary_corrections_sent_once DO NOTHING RETURNING id`,
			t.ID, summaryID, by.ID, v.OnBehalf, in.Body, hash, in.Key, now).Scan(&id).Error
		if err != nil {
			return err
		}
		if id == 0 {
			return correctedBefore(tx, by, summaryID, in)
		}
		from := t.Status
		if err := ticket.Heard(tx, t, now); err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.summary_corrected", audit.Ticket(t.ID), audit.Detail{"correction": id, "summary": summaryID,
			"edition": in.Edition, "on_behalf": v.OnBehalf, "hash": hex.EncodeToString(hash), "from": from, "status": t.Status, "holder": t.AssigneeID}); err != nil {
			return err
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		return ticket.ForgetDraft(tx, by, in.Key)
	})
}

// correctedBefore says whether a correction that is there already is this one; a Conflict
// where it has other words.
func correctedBefore(tx *gorm.DB, by actor.Actor, summaryID int64, in Remark) error {
	var same bool
	err := tx.Raw(`SELECT summary_id = ? AND body = ? FROM summary_corrections WHERE author_id = ? AND client_key = ?::uuid`, summaryID, in.Body, by.ID, in.Key).Row().Scan(&same)
	if err == nil && !same {
		err = fault.Say(fault.Conflict, "That was sent already, with other words. Your text is kept: send it as a new correction.")
	}
	return err
}
