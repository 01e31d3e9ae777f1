package desk

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
)

// hoursAhead is how far ahead a person's next hours are looked for.
const hoursAhead = 28 // days

// NextHours is the next instant, now or later, at which the desk is open and a
// consultant of it is in their shift; false when there is none within four weeks. It
// does not look at absences.
func NextHours(q *gorm.DB, deskID, userID int64, now time.Time) (time.Time, bool, error) {
	people, err := roster{desk: deskID, user: userID, now: now,
		from: calendar.DayOf(now.AddDate(0, 0, -about), time.UTC), to: calendar.DayOf(now.AddDate(0, 0, hoursAhead+about), time.UTC)}.read(q)
	if err != nil || len(people) == 0 {
		return time.Time{}, false, err
	}
	theirs, err := people[0].hours.calendar()
	if err != nil {
		return time.Time{}, false, err
	}
	times, err := TimesOf(q, deskID)
	if err != nil {
		return time.Time{}, false, err
	}
	for at, until := now, now.AddDate(0, 0, hoursAhead); ; {
		theirsAt, found := theirs.NextOpen(at)
		if !found || theirsAt.After(until) {
			return time.Time{}, false, nil
		}
		if at, found = times.Calendar.NextOpen(theirsAt); !found || at.After(until) {
			return time.Time{}, false, nil
		}
		if theirs.Open(at) {
			return at, true, nil
		}
	}
}
