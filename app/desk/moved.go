package desk

import "gorm.io/gorm"

// Moved notes how many more deadlines a version of a desk's calendar has moved, batch
// by batch; DoneChange closes the change with their number.
func Moved(tx *gorm.DB, deskID int64, version, more int) error {
	return tx.Exec(`UPDATE calendar_changes SET moved = moved + ? WHERE desk_id = ? AND version = ?`, more, deskID, version).Error
}
