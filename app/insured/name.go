package insured

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"hotline/app/fault"
)

// FullName is how a physician is named on a page: "Dr Leila Imani".
func FullName(given, family string) string { return line("Dr " + given + " " + family) }

// Salutation is how a physician is spoken to: "Dr Imani".
func Salutation(family string) string { return line("Dr " + family) }

// Name is a physician's full name. NotFound when there is no such physician.
func Name(tx *gorm.DB, physicianID int64) (string, error) {
	var given, family string
	err := tx.Raw(`SELECT given_name, family_name FROM physicians WHERE id = ?`, physicianID).Row().Scan(&given, &family)
	if err != nil {
		return "", noRow(err)
	}
	return FullName(given, family), nil
}

// ByUser is the physician a person who signs in is. NotFound when they are none.
func ByUser(tx *gorm.DB, userID int64) (physicianID int64, err error) {
	err = tx.Raw(`SELECT id FROM physicians WHERE user_id = ?`, userID).Row().Scan(&physicianID)
	return physicianID, noRow(err)
}

// noRow makes a row that is not there NotFound at once, for those in somebody's
// transaction who go by it.
func noRow(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NotFound
	}
	return err
}
