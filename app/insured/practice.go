package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// NewPractice is what is known of a practice. PartOf is the practice above it, or 0.
type NewPractice struct {
	Name, City, State string
	PartOf            int64
}

// AddPractice adds a practice. For administrators and the system.
func (s *Service) AddPractice(ctx context.Context, by actor.Actor, in NewPractice) (id int64, err error) {
	if err := keeper(by); err != nil {
		return 0, err
	}
	in.Name, in.City, in.State = line(in.Name), line(in.City), state(in.State)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		id, err = addPractice(tx, in)
		return err
	})
	return id, err
}

func addPractice(tx *gorm.DB, in NewPractice) (id int64, err error) {
	var bad fault.Fields
	bad.Need(in.Name != "", "name", "Give the practice a name.")
	bad.Need(short(in.Name), "name", "That name is too long.")
	bad.Need(short(in.City), "city", "That city is too long.")
	bad.Need(known(in.State), "state", "Choose a state.")
	if in.PartOf != 0 {
		there, err := exists(tx, "practices", in.PartOf)
		if err != nil {
			return 0, err
		}
		bad.Need(there, "part_of", "There is no such practice.")
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO practices (part_of, name, city, state) VALUES (nullif(?::bigint, 0), ?, ?, ?) RETURNING id`,
		in.PartOf, in.Name, in.City, in.State).Scan(&id).Error
	return id, err
}
