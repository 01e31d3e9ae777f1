package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// NewPhone is a number of a physician or of a practice, one of the two, as it was
// typed. Label is what it is for, as "cell" or "back office".
type NewPhone struct {
	PhysicianID, PracticeID int64
	Label, Typed            string
}

// AddPhone adds a number. One that cannot be read as E.164 is kept as typed and still
// found by its digits. For administrators and the system.
func (s *Service) AddPhone(ctx context.Context, by actor.Actor, in NewPhone) (id int64, err error) {
	if err := keeper(by); err != nil {
		return 0, err
	}
	in.Label, in.Typed = line(in.Label), line(in.Typed)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		id, err = addPhone(tx, in)
		return err
	})
	return id, err
}

func addPhone(tx *gorm.DB, in NewPhone) (id int64, err error) {
	e164, read := Number(in.Typed, Region)
	var bad fault.Fields
	bad.Need((in.PhysicianID == 0) != (in.PracticeID == 0), "owner", "A number belongs to a physician or to a practice.")
	bad.Need(read || len(Digits(in.Typed)) >= 3, "phone", "That does not look like a phone number.")
	bad.Need(len(in.Typed) <= 60, "phone", "That number is too long.")
	bad.Need(short(in.Label), "label", "That label is too long.")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	table, owner := "physicians", in.PhysicianID
	if in.PracticeID != 0 {
		table, owner = "practices", in.PracticeID
	}
	there, err := exists(tx, table, owner)
	if err != nil {
		return 0, err
	}
	bad.Need(there, "owner", "There is nobody there to give this number to.")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO phones (physician_id, practice_id, label, typed, e164)
		VALUES (nullif(?::bigint, 0), nullif(?::bigint, 0), ?, ?, ?) RETURNING id`,
		in.PhysicianID, in.PracticeID, in.Label, in.Typed, e164).Scan(&id).Error
	return id, err
}
