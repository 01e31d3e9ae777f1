// Package desk is the teams: when they work, what they promise, who is on them,
// what each takes and how much at once, and who is at work now.
package desk

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/fault"
)

// Desk is a team with its zone and the number people call.
type Desk struct {
	ID        int64
	Name      string
	Zone      string
	Phone     string
	PhoneE164 string
}

// Topic is what a consultation may be about.
type Topic struct {
	Code, Name, Asks string
}

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// NewDesk is a desk to be made. Minutes are the promises by urgency, in minutes of
// the desk's business time.
type NewDesk struct {
	Name      string
	Zone      string
	Phone     string
	PhoneE164 string
	Week      [7][]calendar.Segment
	Holidays  map[calendar.Day]calendar.Holiday
	Minutes   map[string]int
}

// DefaultMinutes is one hour, four hours and one day of ten hours: the first answer
// this kind of line promises (product page, Urgency).
var DefaultMinutes = map[string]int{"critical": 60, "urgent": 240, "routine": 600}

// Add makes a desk. Administrators and commands may.
func (s *Service) Add(ctx context.Context, by actor.Actor, in NewDesk) (*Desk, error) {
	if !by.Is(actor.Administrator, actor.System) {
		return nil, fault.Forbidden
	}
	zone, err := zoneOf(in.Zone)
	var bad fault.Fields
	bad.Need(strings.TrimSpace(in.Name) != "", "name", "Give the desk a name.")
	bad.Need(err == nil, "zone", "Give a time zone such as America/New_York.")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	for _, h := range in.Holidays {
		bad.Need(len(h.Open) <= 1, "holidays", "On a holiday a desk is closed, or open once.")
	}
	for urgency, minutes := range in.Minutes {
		bad.Need(DefaultMinutes[urgency] != 0 && minutes > 0, "minutes", "Give each promise in minutes, for critical, urgent or routine.")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if _, err := calendar.New(zone, in.Week, in.Holidays); err != nil {
		return nil, fault.Fields{{Name: "hours", Says: "The hours do not fit together."}}
	}
	d := &Desk{Name: in.Name, Zone: in.Zone, Phone: in.Phone, PhoneE164: in.PhoneE164}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Raw(`INSERT INTO desks (name, zone, phone, phone_e164) VALUES (?, ?, ?, ?) RETURNING id`,
			d.Name, d.Zone, d.Phone, d.PhoneE164).Scan(&d.ID).Error; err != nil {
			return err
		}
		if err := writeHours(tx, d.ID, in.Week); err != nil {
			return err
		}
		if err := writeHolidays(tx, d.ID, in.Holidays); err != nil {
			return err
		}
		for urgency, minutes := range in.Minutes {
			if err := tx.Exec(`INSERT INTO desk_targets (desk_id, urgency, minutes) VALUES (?, ?, ?)`,
				d.ID, urgency, minutes).Error; err != nil {
				return err
			}
		}
		return audit.Record(tx, by, s.now(), "desk.added", audit.Desk(d.ID), audit.Detail{"targets": in.Minutes})
	})
	if database.Violates(err, "desks_name_once") {
		return nil, fault.Fields{{Name: "name", Says: "There is a desk of that name already."}}
	}
	return d, err
}

// All are the desks, in the order they were made.
func (s *Service) All(ctx context.Context) ([]Desk, error) {
	var all []Desk
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id, name, zone, phone, phone_e164 FROM desks ORDER BY id`).Scan(&all).Error
	})
	return all, err
}

// Topics are the topics, in the order they are shown.
func (s *Service) Topics(ctx context.Context) ([]Topic, error) {
	var all []Topic
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT code, name, asks FROM topics ORDER BY place`).Scan(&all).Error
	})
	return all, err
}
