// Package casefile gathers what a consultation came to: the written summary, what was
// agreed, and the file that can be kept.
//
// A summary has editions. What was sent, confirmed or corrected is only ever added to;
// each edition and each correction carries the hash of its text, and the record has it too.
package casefile

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// Who a step is up to.
const (
	Physician = "physician"
	Office    = "office"
	Us        = "us"
)

// MostSteps is how many steps an edition has at most.
const MostSteps = 12

// voice is what an insured person may do on a ticket they see.
type voice struct {
	Hears    bool // may read what was advised
	Speaks   bool // may confirm, correct, and say that a step is done
	OnBehalf bool // speaks for the physician, and is somebody else
}

// voiceOf says what an insured person may do on a ticket about a physician. Who may
// ask and not hear has no voice on a summary: they cannot read what it says.
func voiceOf(q *gorm.DB, by actor.Actor, physicianID *int64, now time.Time) (voice, error) {
	var v voice
	if physicianID == nil {
		return v, nil
	}
	acts, err := insured.ActsFor(q, by, now)
	for _, a := range acts {
		if a.PhysicianID == *physicianID {
			v = voiceIn(a)
		}
	}
	return v, err
}

func voiceIn(a insured.Acts) voice {
	hears := a.Self || a.MayHear
	return voice{Hears: hears, Speaks: hears && (a.Self || a.MayAsk), OnBehalf: !a.Self}
}

// notHeard is said to who may not speak for the physician.
var notHeard = fault.Say(fault.Forbidden, "Only the physician, and those who may ask and hear for them, can do that. Please call us.")

// change does something to a ticket that by sees, locked until it is done.
func (s *Service) change(ctx context.Context, by actor.Actor, number string, do func(tx *gorm.DB, t *ticket.Ticket, now time.Time) error) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		t, err := ticket.Locked(tx, by, number, now)
		if err != nil {
			return err
		}
		return do(tx, t, now)
	})
}

func fits(bad *fault.Fields, name, words string) {
	bad.Need(utf8.RuneCountInString(words) <= ticket.Longest, name, "That is longer than the 20,000 characters we take.")
}

// zoneOf is the zone of a desk.
func zoneOf(q *gorm.DB, deskID int64) (*time.Location, error) {
	var name string
	if err := q.Raw(`SELECT zone FROM desks WHERE id = ?`, deskID).Take(&name).Error; err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}
