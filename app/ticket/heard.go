package ticket

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/letter"
)

// Converses says whether staff who see a locked ticket may write on it, for rooms that
// lean on this one (fault.Forbidden).
func Converses(by actor.Actor, t *Ticket) error { return may(by, converse, t) }

// Uncrossed refuses what is to be written on a locked ticket when a message, a summary
// or a call came after entry seen of its record (Since). 0: unsaid, and not checked.
func Uncrossed(tx *gorm.DB, t *Ticket, seen int64) error { return uncrossed(tx, t, seen) }

// Wrote is for rooms that send the physician something in writing on a locked ticket: it
// is as good as a message, and takes up what the router gave. What a learner writes is
// read by a colleague first; the promise to answer is met where somebody who signs in can
// read it.
func Wrote(tx *gorm.DB, by actor.Actor, t *Ticket, now time.Time) error {
	if err := accepted(tx, by, t, now); err != nil {
		return err
	}
	if err := readAlong(tx, by, t); err != nil {
		return err
	}
	if err := readOnce(tx, by, t); err != nil {
		return err
	}
	if reaches, err := readable(tx, t, now); err != nil || !reaches {
		return err
	}
	return answered(tx, t, now)
}

// Heard is for what an insured person wrote on a locked ticket: it brings the ticket
// back to its holder if they are at work, else to the router; a resolved one is open
// again, within ReopenDays (fault.Conflict). The next answer is owed.
func Heard(tx *gorm.DB, t *Ticket, now time.Time) error {
	began := "asked"
	if t.Status == Resolved {
		began = "reopened"
	}
	if err := back(tx, t, now); err != nil {
		return err
	}
	if err := startTarget(tx, t, began, now); err != nil {
		return err
	}
	return redue(tx, t.ID)
}

// Readers are the people who sign in and may read what is written on a ticket: the
// physician, whoever asked for them, and the office it is shared with.
func Readers(tx *gorm.DB, t *Ticket, now time.Time) ([]int64, error) {
	if t.PhysicianID == nil {
		return nil, nil
	}
	among := []int64{t.OpenedBy, orZero(t.AskedBy)}
	if t.OfficeMaySee {
		if err := tx.Raw(`SELECT user_id FROM delegations WHERE physician_id = ?`, *t.PhysicianID).Scan(&among).Error; err != nil {
			return nil, err
		}
		among = append(among, t.OpenedBy)
	}
	return hearers(tx, t, among, now)
}

// hearers are the physician and those among some others who may hear; of a restricted
// ticket only those it names, and the physician.
func hearers(tx *gorm.DB, t *Ticket, among []int64, now time.Time) ([]int64, error) {
	people, err := insured.Hearers(tx, *t.PhysicianID, among, now)
	if err != nil || !t.Restricted {
		return people, err
	}
	var named []int64
	err = tx.Raw(`SELECT user_id FROM physicians WHERE id = ? AND user_id IN ? UNION SELECT user_id FROM ticket_named WHERE ticket_id = ? AND user_id IN ? ORDER BY 1`,
		*t.PhysicianID, append(people, 0), t.ID, append(people, 0)).Scan(&named).Error
	return named, err
}

// Tell posts a letter of a kind that something on a ticket waits: to the physician, and
// to whoever asked on their behalf and may hear.
func Tell(tx *gorm.DB, t *Ticket, kind string, occasion int64, now time.Time) error {
	if t.PhysicianID == nil {
		return nil
	}
	people, err := hearers(tx, t, []int64{t.OpenedBy, orZero(t.AskedBy)}, now)
	if err != nil {
		return err
	}
	for _, id := range people {
		if err := letter.Post(tx, now, kind, t.ID, id, occasion, t.Number); err != nil {
			return err
		}
	}
	return nil
}

// Minders are who is told of something that falls due on our side of a ticket: its
// holder, their deputy while they are away, else the managers who may see it.
func Minders(tx *gorm.DB, t *Ticket, now time.Time) ([]int64, error) {
	if t.AssigneeID == nil {
		return managersOf(tx, t.ID)
	}
	people, err := desk.Roster(tx, t.DeskID, now)
	if err != nil {
		return nil, err
	}
	p, err := minder(tx, t, people)
	if err != nil {
		return nil, err
	}
	if p != nil {
		if sees, err := named(tx, t, p.UserID); err != nil || sees {
			return []int64{p.UserID}, err
		}
	}
	return managersOf(tx, t.ID)
}

// minder is the holder of a ticket that has one, or their deputy while they are away, if
// the deputy may see it; nil: neither is there.
func minder(tx *gorm.DB, t *Ticket, people []desk.Consultant) (*desk.Consultant, error) {
	p := among(people, *t.AssigneeID)
	if p == nil || !p.Away {
		return p, nil
	}
	if p = among(people, p.DeputyID); p == nil || p.Away {
		return nil, nil
	}
	if sees, err := named(tx, t, p.UserID); err != nil || !sees {
		return nil, err
	}
	return p, nil
}
