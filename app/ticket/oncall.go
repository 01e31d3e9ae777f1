package ticket

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/desk"
)

// SomebodyOnCall says whether a critical question that comes while the desk is closed
// reaches somebody now: who has the on-call turn, is not away, and has room. Anyone may
// ask: it names nobody.
func (s *Service) SomebodyOnCall(ctx context.Context, deskID int64) (there bool, err error) {
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		there, err = onCall(q, deskID, nil, s.now())
		return err
	})
	return there, err
}

// onCall is the same for a physician who is known: somebody who must never have their
// tickets does not count.
func onCall(q *gorm.DB, deskID int64, physicianID *int64, now time.Time) (bool, error) {
	people, err := desk.Roster(q, deskID, now)
	if err != nil {
		return false, err
	}
	m, err := muster(q, deskID, people, now)
	if err != nil {
		return false, err
	}
	for _, p := range m.people {
		// Whoever is at work beyond the desk's hours may be given it as well.
		if p.Away || !p.OnCall && !p.Takes() {
			continue
		}
		why, err := m.barred(q, p.UserID, Critical, physicianID)
		if err != nil {
			return false, err
		}
		if why == nil {
			return true, nil
		}
	}
	return false, nil
}
