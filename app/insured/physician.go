package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// NewPhysician is what is known of a physician. PracticeID and UserID may be 0: not
// every physician belongs to a practice, and few sign in. State is where they practise.
type NewPhysician struct {
	GivenName, FamilyName  string
	Credentials, Specialty string // no credentials: MD
	State                  string
	Language               string // what they would rather speak; "": en
	PracticeID, UserID     int64
}

// AddPhysician adds a physician. For administrators and the system.
func (s *Service) AddPhysician(ctx context.Context, by actor.Actor, in NewPhysician) (id int64, err error) {
	if err := keeper(by); err != nil {
		return 0, err
	}
	in.GivenName, in.FamilyName, in.Credentials = line(in.GivenName), line(in.FamilyName), line(in.Credentials)
	in.Specialty, in.State = line(in.Specialty), state(in.State)
	if in.Credentials == "" {
		in.Credentials = "MD"
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if id, err = addPhysician(tx, in); err != nil || in.UserID == 0 {
			return err
		}
		return s.link(tx, by, id, in.UserID)
	})
	return id, err
}

func addPhysician(tx *gorm.DB, in NewPhysician) (id int64, err error) {
	var bad fault.Fields
	bad.Need(in.GivenName != "", "given_name", "Give a first name.")
	bad.Need(short(in.GivenName), "given_name", "That name is too long.")
	bad.Need(in.FamilyName != "", "family_name", "Give a last name.")
	bad.Need(short(in.FamilyName), "family_name", "That name is too long.")
	bad.Need(short(in.Credentials), "credentials", "Those credentials are too long.")
	bad.Need(short(in.Specialty), "specialty", "That specialty is too long.")
	bad.Need(known(in.State), "state", "Choose a state.")
	if in.Language == "" {
		in.Language = "en"
	}
	bad.Need(spoken(in.Language), "language", "Choose a language from the list.")
	if in.PracticeID != 0 {
		there, err := exists(tx, "practices", in.PracticeID)
		if err != nil {
			return 0, err
		}
		bad.Need(there, "practice", "There is no such practice.")
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO physicians (practice_id, given_name, family_name, credentials, specialty, state, language)
		VALUES (nullif(?::bigint, 0), ?, ?, ?, ?, ?, ?) RETURNING id`,
		in.PracticeID, in.GivenName, in.FamilyName, in.Credentials, in.Specialty, in.State, in.Language).Scan(&id).Error
	return id, err
}

// Link says that a physician signs in as a person, once: a link is not moved. For
// administrators and the system. The person must have the role of a physician.
func (s *Service) Link(ctx context.Context, by actor.Actor, physicianID, userID int64) error {
	if err := keeper(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error { return s.link(tx, by, physicianID, userID) })
}

func (s *Service) link(tx *gorm.DB, by actor.Actor, physicianID, userID int64) error {
	there, err := exists(tx, "physicians", physicianID)
	if err != nil {
		return err
	}
	if !there {
		return fault.NotFound
	}
	role, err := roleOf(tx, userID)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Need(role == actor.Physician, "user", "Choose a person who signs in as a physician.")
	if err := bad.Err(); err != nil {
		return err
	}
	done := tx.Exec(`UPDATE physicians SET user_id = ? WHERE id = ? AND user_id IS NULL`, userID, physicianID)
	switch {
	case database.Violates(done.Error, "physicians_user_once"):
		return fault.Say(fault.Conflict, "This person already signs in as another physician.")
	case done.Error != nil:
		return done.Error
	case done.RowsAffected == 0:
		return fault.Say(fault.Conflict, "This physician already has a way to sign in.")
	}
	// It decides what the person may see, so it belongs in their trail.
	return audit.Record(tx, by, s.now(), "user.linked", audit.User(userID), audit.Detail{"physician": physicianID})
}

// roleOf is the role of a person who can sign in, or "".
func roleOf(q *gorm.DB, userID int64) (actor.Role, error) {
	var role string
	err := q.Raw(`SELECT role FROM users WHERE id = ? AND state = 'active'`, userID).Scan(&role).Error
	return actor.Role(role), err
}
