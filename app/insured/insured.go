// Package insured keeps whom we insure: practices, physicians, policies and whom they
// cover, phone numbers, and who may ask or hear on a physician's behalf. It finds a
// caller while their name, policy or number is being typed, and says for whom a person
// who signs in may act.
package insured

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
)

// Home is the zone in which a day begins and ends unless New is given another: policies
// run by the insurer's calendar, not by the reader's.
const Home = account.HomeZone

// Region is where a number typed without a country belongs.
const Region = "US"

var home = func() *time.Location {
	zone, err := time.LoadLocation(Home)
	if err != nil {
		panic(err)
	}
	return zone
}()

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
	// Zone decides what day today is.
	Zone *time.Location
}

// New makes the room. A nil zone is Home. The functions that join a transaction, of
// which ActsFor is one, have no Service to ask and go by Home.
func New(db *database.DB, zone *time.Location) *Service {
	if zone == nil {
		zone = home
	}
	return &Service{db: db, now: db.Now, Zone: zone}
}

// Today is the date at the insurer's now.
func (s *Service) Today() Date { return Today(s.now(), s.Zone) }

// keeper lets those through who keep the roster. The desk may know of it, so it is told
// that this is not theirs to do; everyone else finds nothing.
func keeper(by actor.Actor) error {
	switch {
	case by.Is(actor.Administrator, actor.System):
		return nil
	case by.Desk():
		return fault.Forbidden
	}
	return fault.NotFound
}

// own lets a physician through to what is theirs.
func own(q *gorm.DB, by actor.Actor, physicianID int64) error {
	mine, err := ByUser(q, by.ID)
	if err == nil && (mine != physicianID || !by.Is(actor.Physician)) {
		err = fault.NotFound
	}
	return err
}

// line is a text of one line without the spaces around and doubled inside it, and with
// its accents composed, which is how they are compared.
func line(typed string) string { return norm.NFC.String(strings.Join(strings.Fields(typed), " ")) }

// exists says whether a row is there to point at. table is ours, never typed.
func exists(q *gorm.DB, table string, id int64) (bool, error) {
	var there bool
	err := q.Raw("SELECT EXISTS (SELECT FROM "+table+" WHERE id = ?)", id).Scan(&there).Error
	return there, err
}
