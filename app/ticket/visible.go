package ticket

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
)

// sight is what a person may see, as a predicate over tickets under the alias t.
type sight struct {
	where string
	args  []any
	acts  []insured.Acts
}

// open is the part of a predicate that keeps a restricted ticket to those it names.
// Its argument is who looks.
const open = "(NOT t.restricted OR EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = ?))"

// see reads what a person may see. Everything that reads or changes a ticket
// begins here; what is outside is not found, so that numbers cannot be probed.
func see(q *gorm.DB, by actor.Actor, now time.Time) (sight, error) {
	switch {
	case by.Is(actor.System):
		return sight{where: "true"}, nil
	case by.Desk():
		if len(by.Desks) == 0 {
			return sight{where: "false"}, nil
		}
		s := sight{where: "t.desk_id IN ? AND " + open, args: []any{by.Desks, by.ID}}
		if len(by.Desks) == 1 {
			// An equality lets the view's index give the rows in order.
			s.where, s.args[0] = "t.desk_id = ?"+s.where[len("t.desk_id IN ?"):], by.Desks[0]
		}
		return s, nil
	case by.Insured():
		acts, err := insured.ActsFor(q, by, now)
		if err != nil {
			return sight{}, err
		}
		return insuredSight(by, acts), nil
	}
	return sight{where: "false"}, nil
}

// insuredSight: a physician sees what is about them; a delegate what they opened
// themselves, and what the physician shares with the office if they may hear, for
// as long as the delegation holds. What is about a physician is theirs, restricted or not.
func insuredSight(by actor.Actor, acts []insured.Acts) sight {
	var self, either, hear []int64
	for _, a := range acts {
		switch {
		case a.Self:
			self = append(self, a.PhysicianID)
		case a.MayHear:
			hear = append(hear, a.PhysicianID)
			either = append(either, a.PhysicianID)
		default:
			either = append(either, a.PhysicianID)
		}
	}
	s := sight{where: "false", acts: acts}
	add := func(where string, args ...any) {
		if s.where == "false" {
			s.where = where
		} else {
			s.where += " OR " + where
		}
		s.args = append(s.args, args...)
	}
	if len(self) > 0 {
		add("t.physician_id IN ?", self)
	}
	if len(either) > 0 {
		add("(t.opened_by = ? AND t.physician_id IN ? AND "+open+")", by.ID, either, by.ID)
	}
	if len(hear) > 0 {
		add("(t.office_may_see AND t.physician_id IN ? AND "+open+")", hear, by.ID)
	}
	s.where = "(" + s.where + ")"
	return s
}

// hears says whether an insured person may read the answers on a ticket.
func (s sight) hears(t Ticket) bool {
	for _, a := range s.acts {
		if t.PhysicianID != nil && a.PhysicianID == *t.PhysicianID && (a.Self || a.MayHear) {
			return true
		}
	}
	return false
}

// hearsOf are the physicians whose answers an insured person may read.
func (s sight) hearsOf() []int64 {
	ids := []int64{}
	for _, a := range s.acts {
		if a.Self || a.MayHear {
			ids = append(ids, a.PhysicianID)
		}
	}
	return ids
}

// locked reads a ticket the person may see, and keeps others from changing it until
// tx ends.
func locked(tx *gorm.DB, by actor.Actor, number string, now time.Time) (*Ticket, sight, error) {
	s, err := see(tx, by, now)
	if err != nil {
		return nil, s, err
	}
	var t Ticket
	err = tx.Raw("SELECT "+columns+" FROM tickets t WHERE t.number = ? AND "+s.where+" FOR UPDATE OF t",
		append([]any{number}, s.args...)...).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fault.NotFound
	}
	return &t, s, err
}

// Locked reads and locks a ticket for a room that leans on this one.
func Locked(tx *gorm.DB, by actor.Actor, number string, now time.Time) (*Ticket, error) {
	t, _, err := locked(tx, by, number, now)
	return t, err
}

// Visible is what a person may see as a predicate over tickets t, for rooms above
// that read tickets by join.
func Visible(q *gorm.DB, by actor.Actor, now time.Time) (where string, args []any, err error) {
	s, err := see(q, by, now)
	return s.where, s.args, err
}
