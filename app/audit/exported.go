package audit

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
)

// Export is the subject a person's exports are.
func Export(userID int64) Subject { return Subject{"export", userID} }

// Exported records that somebody printed or took away a list: which one, by which
// filter and how many rows. filter holds choices and identifiers; words a person
// searched for are left out of it by the caller.
func Exported(tx *gorm.DB, by actor.Actor, now time.Time, what string, filter Detail, rows int) error {
	if filter == nil {
		filter = Detail{}
	}
	return Record(tx, by, now, "export.taken", Export(by.ID), Detail{"what": what, "filter": filter, "rows": rows})
}
