package guidance

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Settlement is how a ticket under a recall is done with: Contacted on a day, or
// NotNeeded because of Why.
type Settlement struct {
	How, Why string
	On       time.Time // a day, at midnight UTC; zero: today
}

// Settle says that a ticket under a recall is done with. The desk's people who may see
// the ticket; once. Errors: fault.Fields (how, why, on); *SettledAlready.
func (s *Service) Settle(ctx context.Context, by actor.Actor, recallID int64, number string, in Settlement) error {
	if !by.Desk() {
		return fault.NotFound
	}
	in.Why = oneLine(in.Why)
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		t, err := ticket.Locked(tx, by, number, now)
		if err != nil {
			return err
		}
		var was struct {
			How, SettledBy, Why string
			ContactedOn         *time.Time
			OpenedAt, SettledAt time.Time
		}
		err = tx.Raw(`SELECT coalesce(i.how, '') AS how, i.why, coalesce(u.name, '') AS settled_by, i.contacted_on, r.opened_at, coalesce(i.settled_at, r.opened_at) AS settled_at
			FROM recall_items i JOIN recalls r ON r.id = i.recall_id LEFT JOIN users u ON u.id = i.settled_by
			WHERE i.recall_id = ? AND i.ticket_id = ? FOR UPDATE OF i`, recallID, t.ID).Take(&was).Error
		if err != nil {
			return err
		}
		if was.How != "" {
			return &SettledAlready{By: was.SettledBy, How: was.How, Why: was.Why, On: was.ContactedOn, At: was.SettledAt}
		}
		today, err := today(tx, now)
		if err != nil {
			return err
		}
		if in.How == Contacted && in.On.IsZero() {
			in.On = today
		}
		var bad fault.Fields
		bad.Need(in.How == Contacted || in.How == NotNeeded, "how", "Say whether you told them, or why nobody has to.")
		bad.Need(in.How != NotNeeded || in.Why != "", "why", "Say why nobody has to be told.")
		bad.Need(utf8.RuneCountInString(in.Why) <= longestLine, "why", "Keep it under 400 characters.")
		bad.Need(in.How != Contacted || !in.On.After(today), "on", "That day is still to come.")
		bad.Need(in.How != Contacted || !in.On.Before(was.OpenedAt.AddDate(0, 0, -1).Truncate(24*time.Hour)), "on", "That was before the advice changed.")
		if err := bad.Err(); err != nil {
			return err
		}
		var on any
		if in.How == Contacted {
			on = in.On.Format(time.DateOnly)
		}
		err = tx.Exec(`UPDATE recall_items SET how = ?, why = ?, contacted_on = ?::date, settled_at = ?, settled_by = ? WHERE recall_id = ? AND ticket_id = ?`,
			in.How, in.Why, on, now, by.ID, recallID, t.ID).Error
		if err != nil {
			return err
		}
		live.Say(tx, "ticket", t.ID, t.DeskID)
		live.Say(tx, "recall", recallID, t.DeskID)
		return audit.Record(tx, by, now, "ticket.recall_settled", audit.Ticket(t.ID), audit.Detail{"recall": recallID, "how": in.How})
	})
}

// SettledAlready is a ticket under a recall that somebody was done with first. As an
// error it is fault.Conflict, without what they typed. How "carried": a later recall of
// the same article took it over.
type SettledAlready struct {
	By, How, Why string
	On           *time.Time // the day they were told, at midnight UTC
	At           time.Time
}

func (*SettledAlready) Error() string { return "settled already" }
func (*SettledAlready) Unwrap() error { return fault.Conflict }
