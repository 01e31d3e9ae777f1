package ticket

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/desk"
)

// Matter is the matter of a ticket the person may see, made when it has none yet, so
// that another ticket can continue it.
func Matter(tx *gorm.DB, by actor.Actor, number string, now time.Time) (int64, error) {
	t, _, err := locked(tx, by, number, now)
	if err != nil {
		return 0, err
	}
	if t.MatterID != nil {
		return *t.MatterID, nil
	}
	var id int64
	if err := tx.Raw(`INSERT INTO matters (made_at) VALUES (?) RETURNING id`, now).Scan(&id).Error; err != nil {
		return 0, err
	}
	if err := tx.Exec(`UPDATE tickets SET matter_id = ? WHERE id = ?`, id, t.ID).Error; err != nil {
		return 0, err
	}
	return id, audit.Record(tx, by, now, "ticket.matter_begun", audit.Ticket(t.ID), audit.Detail{"matter": id})
}

// HasRoom says whether a consultant of a desk can hold one more of an urgency and may
// have the physician's tickets (nil: an unknown caller), and keeps the desk's turn
// until tx ends so that it stays true.
func HasRoom(tx *gorm.DB, deskID, userID int64, urgency Urgency, physicianID *int64, now time.Time) (bool, error) {
	if err := desk.Turn(tx, deskID); err != nil {
		return false, err
	}
	m, err := gather(tx, deskID, now)
	if err != nil {
		return false, err
	}
	why, err := m.barred(tx, userID, urgency, physicianID)
	return why == nil, err
}
