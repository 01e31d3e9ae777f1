package desk

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Consultant is one person of a desk as routing needs them, without what they hold.
type Consultant struct {
	UserID            int64
	Name              string
	Cap               int
	At                bool       // on duty
	DutyUntil         *time.Time // nil, or past: not on duty
	Extra             bool       // on duty beyond their shift, by their own word
	WrapUntil         *time.Time // wrapping up a call until then; nil, or past: not
	InShift           bool       // by their days that differ, their usual week, else the desk's hours
	Away              bool
	AwayUntil         *time.Time
	DeputyID          int64 // who stands in while they are away; 0: nobody
	OnCall            bool  // has the desk's on-call turn
	Skills            []Skill
	States, Languages []string
	LastGiven         *time.Time

	now time.Time // when all this was so
}

// Level is how well they know a topic: "", training, knows or leads.
func (c Consultant) Level(topic string) string {
	for _, s := range c.Skills {
		if s.Topic == topic {
			return s.Level
		}
	}
	return ""
}

// Wrapping says whether they wrap up a call.
func (c Consultant) Wrapping(now time.Time) bool { return c.WrapUntil != nil && c.WrapUntil.After(now) }

// Takes says whether work may be given to them, as things were when they were read.
func (c Consultant) Takes() bool {
	return c.At && !c.Wrapping(c.now) && (c.InShift || c.Extra) && !c.Away
}

// Turn takes the desk's turn until tx ends: one decision at a time on a desk.
func Turn(tx *gorm.DB, deskID int64) error {
	return tx.Exec(`SELECT pg_advisory_xact_lock(7301, ?::int)`, deskID).Error
}

// People are the consultants of a desk, each kept as they are until tx ends: who is
// on two desks cannot be given one ticket too many by both at once. Whoever decides
// by them takes the Turn first.
func People(tx *gorm.DB, deskID int64, now time.Time) ([]Consultant, error) {
	return consultants(tx, roster{desk: deskID, now: now, keep: true})
}

// Roster is People for pages: nobody is kept.
func Roster(q *gorm.DB, deskID int64, now time.Time) ([]Consultant, error) {
	return consultants(q, roster{desk: deskID, now: now})
}

func consultants(q *gorm.DB, r roster) ([]Consultant, error) {
	people, err := r.read(q)
	if err != nil {
		return nil, err
	}
	all := make([]Consultant, len(people))
	for i, p := range people {
		all[i] = p.Consultant
	}
	return all, nil
}

// Gave notes that the router gave somebody a ticket.
func Gave(tx *gorm.DB, userID int64, now time.Time) error {
	return tx.Exec(`UPDATE consultants SET last_given = ? WHERE user_id = ?`, now, userID).Error
}

// OfUser is the first desk of a consultant, or of the house for a manager.
func OfUser(by actor.Actor) (int64, error) {
	if len(by.Desks) == 0 {
		return 0, fault.NotFound
	}
	return by.Desks[0], nil
}

// First is the desk that requests come to while there is no rule to tell desks
// apart: the oldest.
func First(tx *gorm.DB) (int64, error) {
	var id int64
	err := tx.Raw(`SELECT id FROM desks ORDER BY id LIMIT 1`).Scan(&id).Error
	if err == nil && id == 0 {
		return 0, fault.Say(fault.Unavailable, "No desk has been set up yet.")
	}
	return id, err
}
