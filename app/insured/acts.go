package insured

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Acts is what somebody who signs in may do for one physician. Self: they are the
// physician. Name is "Dr Leila Imani", State where care is given.
type Acts struct {
	PhysicianID           int64
	MayAsk, MayHear, Self bool
	Name, State           string
}

// ActsFor says for whom by may act on the day it is at Home: a physician for themselves,
// a delegate for those whose delegation holds that day, everyone else for nobody.
func ActsFor(tx *gorm.DB, by actor.Actor, now time.Time) ([]Acts, error) {
	var rows []struct {
		Acts
		GivenName, FamilyName string
	}
	var err error
	switch by.Role {
	case actor.Physician:
		err = tx.Raw(`SELECT id AS physician_id, true AS may_ask, true AS may_hear, true AS self, given_name, family_name, state
			FROM physicians WHERE user_id = ?`, by.ID).Scan(&rows).Error
	case actor.Delegate:
		on := Today(now, home)
		err = tx.Raw(`
			SELECT ph.id AS physician_id, bool_or(d.may_ask) AS may_ask, bool_or(d.may_hear) AS may_hear,
			       ph.given_name, ph.family_name, ph.state
			FROM delegations d JOIN physicians ph ON ph.id = d.physician_id
			WHERE d.user_id = ? AND d.from_on <= ? AND (d.until_on IS NULL OR ? < d.until_on)
			GROUP BY ph.id ORDER BY ph.family_name, ph.given_name, ph.id`, by.ID, on, on).Scan(&rows).Error
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	acts := make([]Acts, len(rows))
	for i, row := range rows {
		acts[i] = row.Acts
		acts[i].Name = FullName(row.GivenName, row.FamilyName)
	}
	return acts, nil
}
