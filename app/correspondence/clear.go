package correspondence

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Clearance says on which ticket we advised a letter that would have been stopped.
type Clearance struct {
	ID         int64
	Number     string
	State      string
	Situations []string
	ClearedBy  string
}

// Covers says whether the clearance was given for these situations and this state.
func (c Clearance) Covers(choices Choices) bool {
	if c.State != choices.State {
		return false
	}
	for _, s := range choices.Stops() {
		if !slices.Contains(c.Situations, s.Code) {
			return false
		}
	}
	return true
}

// Clear records, in a ticket's own trail, that the desk builds a letter with the
// physician on the phone although something would stop it. Consultants of the ticket's
// desk and managers. NotFound for a ticket they may not see. The same again within a
// minute is a second press: it is the clearance there is.
func (s *Service) Clear(ctx context.Context, by actor.Actor, number string, c Choices) (id int64, err error) {
	if !by.Desk() {
		return 0, fault.NotFound
	}
	var codes []string
	for _, stop := range c.Stops() {
		codes = append(codes, stop.Code)
	}
	if len(codes) == 0 || !stateLike.MatchString(c.State) {
		return 0, fault.Say(fault.Unacceptable, "Nothing stops that letter.")
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		t, err := ticket.Locked(tx, by, number, now)
		if err != nil {
			return err
		}
		err = tx.Raw(`SELECT id FROM letter_clearances WHERE ticket_id = ? AND state = ? AND situations = string_to_array(?, ',') AND cleared_by = ? AND cleared_at > ?`,
			t.ID, c.State, strings.Join(codes, ","), by.ID, now.Add(-time.Minute)).Scan(&id).Error
		if err != nil || id != 0 {
			return err
		}
		err = tx.Raw(`INSERT INTO letter_clearances (ticket_id, state, situations, cleared_by, cleared_at)
			VALUES (?, ?, string_to_array(?, ','), ?, ?) RETURNING id`, t.ID, c.State, strings.Join(codes, ","), by.ID, now).Scan(&id).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, by, now, "letter.cleared", audit.Ticket(t.ID), audit.Detail{"clearance": id})
	})
	return id, err
}

// Cleared is a clearance by its ID, on a ticket that by may see. For the desk.
func (s *Service) Cleared(ctx context.Context, by actor.Actor, id int64) (c Clearance, err error) {
	if !by.Desk() {
		return c, fault.NotFound
	}
	var codes string
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		where, args, err := ticket.Visible(q, by, s.now())
		if err != nil {
			return err
		}
		return q.Raw(`SELECT c.id, t.number, c.state, array_to_string(c.situations, ','), u.name FROM letter_clearances c
			JOIN tickets t ON t.id = c.ticket_id JOIN users u ON u.id = c.cleared_by WHERE c.id = ? AND `+where, append([]any{id}, args...)...).
			Row().Scan(&c.ID, &c.Number, &c.State, &codes, &c.ClearedBy)
	})
	c.Situations = strings.Split(codes, ",")
	return c, err
}
