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
)

// Clearance says on which ticket we advised a letter that would have been stopped.
type Clearance struct {
	ID         int64
	TicketID   int64
	Number     string
	State      string
	Situations []string `gorm:"-"`
	ClearedBy  string
	ClearedAt  time.Time
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
// physician on the phone although something would stop it. The caller has made sure that
// by may see the ticket. For the desk.
func (s *Service) Clear(ctx context.Context, by actor.Actor, ticketID int64, c Choices) (id int64, err error) {
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
		if err := tx.Exec(`SELECT FROM tickets WHERE id = ? FOR UPDATE`, ticketID).Error; err != nil {
			return err
		}
		now := s.now()
		err := tx.Raw(`INSERT INTO letter_clearances (ticket_id, state, situations, cleared_by, cleared_at)
			VALUES (?, ?, string_to_array(?, ','), ?, ?) RETURNING id`, ticketID, c.State, strings.Join(codes, ","), by.ID, now).Scan(&id).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, by, now, "letter.cleared", audit.Ticket(ticketID), audit.Detail{"clearance": id})
	})
	return id, err
}

// Cleared is a clearance of somebody's desks; restricted tickets' are for those they
// name, so the caller looks the ticket up as well. For the desk.
func (s *Service) Cleared(ctx context.Context, by actor.Actor, id int64) (c Clearance, err error) {
	if !by.Desk() {
		return c, fault.NotFound
	}
	var codes string
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT c.id, c.ticket_id, t.number, c.state, array_to_string(c.situations, ','), u.name, c.cleared_at FROM letter_clearances c
			JOIN tickets t ON t.id = c.ticket_id JOIN users u ON u.id = c.cleared_by WHERE c.id = ?`, id).
			Row().Scan(&c.ID, &c.TicketID, &c.Number, &c.State, &codes, &c.ClearedBy, &c.ClearedAt)
	})
	c.Situations = strings.Split(codes, ",")
	return c, err
}
