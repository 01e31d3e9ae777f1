// Package whatif lets a manager try another policy on the past before it is put into
// force: drafts of what would differ, a past period played again under them through
// the router's own code, and the day from which a draft holds.
package whatif

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/fault"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// State is where a plan stands.
type State string

// The states: worked on; to be in force from a time; in force; followed by another;
// taken back before it ever was.
const (
	Draft     State = "draft"
	Scheduled State = "scheduled"
	InForce   State = "in_force"
	Past      State = "past"
	Withdrawn State = "withdrawn"
)

// Plan is what somebody would change about how a desk's tickets find their consultant.
type Plan struct {
	ID        int64
	DeskID    int64
	Name      string
	State     State
	Body      Body `gorm:"-"`
	Undo      Body `gorm:"-"` // once in force: what would take it back
	Version   int
	MadeBy    string
	MadeAt    time.Time
	ChangedBy string
	ChangedAt time.Time
	EnactedBy string     // who put it into force, or set the time for it
	FromAt    *time.Time // in force from then on, or to be
	UntilAt   *time.Time
}

// Changed is the conflict of an edit that began before somebody else's: nothing was
// saved. Now is the plan as it stands.
type Changed struct{ Now Plan }

func (c *Changed) Error() string { return "conflict: the plan was changed meanwhile" }
func (c *Changed) Unwrap() error { return fault.Conflict }

// mine are the desks somebody may plan for: a manager's.
func mine(by actor.Actor) ([]int64, error) {
	if !by.Is(actor.Manager) || len(by.Desks) == 0 {
		return nil, fault.NotFound
	}
	return by.Desks, nil
}

// deskOf is the desk asked for; 0: the first.
func deskOf(by actor.Actor, deskID int64) (int64, error) {
	desks, err := mine(by)
	if err != nil {
		return 0, err
	}
	if deskID == 0 {
		return desks[0], nil
	}
	if !slices.Contains(desks, deskID) {
		return 0, fault.NotFound
	}
	return deskID, nil
}

// midnight is a day's first instant in a zone.
func midnight(d calendar.Day, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone).UTC()
}

const planColumns = `p.id, p.desk_id, p.name, p.state, p.body::text AS body_text, coalesce(p.undo::text, '') AS undo_text, p.version, m.name AS made_by, p.made_at,
	c.name AS changed_by, p.changed_at, coalesce(e.name, '') AS enacted_by, p.from_at, p.until_at`

const planTables = ` FROM plans p JOIN users m ON m.id = p.made_by JOIN users c ON c.id = p.changed_by LEFT JOIN users e ON e.id = p.enacted_by `

// planRow is a plan as it is read.
type planRow struct {
	Plan     `gorm:"embedded"`
	BodyText string
	UndoText string
}

func (r planRow) plan() (Plan, error) {
	p := r.Plan
	var err error
	if p.Body, err = readBody(r.BodyText); err == nil && r.UndoText != "" {
		p.Undo, err = readBody(r.UndoText)
	}
	return p, err
}

// planOf reads one plan of somebody's desks that was not taken back.
func planOf(q *gorm.DB, desks []int64, id int64) (Plan, error) {
	var row planRow
	if err := q.Raw(`SELECT `+planColumns+planTables+`WHERE p.id = ? AND p.desk_id IN ? AND p.state <> 'withdrawn'`, id, desks).Take(&row).Error; err != nil {
		return Plan{}, err
	}
	return row.plan()
}

// holdDeskOf keeps the row of a plan's desk until tx ends, before anything else of it is
// held or read: the desk's settings stay as they are then. Desks nil: any desk.
func holdDeskOf(tx *gorm.DB, desks []int64, planID int64) error {
	if desks == nil {
		return tx.Exec(`SELECT FROM desks WHERE id = (SELECT desk_id FROM plans WHERE id = ?) FOR NO KEY UPDATE`, planID).Error
	}
	return tx.Exec(`SELECT FROM desks WHERE id = (SELECT desk_id FROM plans WHERE id = ?) AND id IN ? FOR NO KEY UPDATE`, planID, desks).Error
}

// holdPeople keeps those a plan names until tx ends, in the order of their ids as
// everybody who holds consultants does: their caps and shifts stay as they are then.
func holdPeople(tx *gorm.DB, b Body) error {
	return tx.Exec(`SELECT FROM consultants WHERE user_id IN ? ORDER BY user_id FOR NO KEY UPDATE`, b.people()).Error
}

// held is planOf, kept as it is until tx ends.
func held(tx *gorm.DB, desks []int64, id int64) (Plan, error) {
	if err := tx.Exec(`SELECT FROM plans WHERE id = ? FOR UPDATE`, id).Error; err != nil {
		return Plan{}, err
	}
	return planOf(tx, desks, id)
}
