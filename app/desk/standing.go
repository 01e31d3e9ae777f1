package desk

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
)

// standing is how somebody stands at the moment they go to work.
type standing struct {
	inShift bool
	end     time.Time  // when duty that starts now ends by itself
	away    *time.Time // absent until then
	zone    *time.Location
}

func (w standing) awayWords(self bool) string {
	who := "They are"
	if self {
		who = "You are"
	}
	return who + " away until " + w.away.In(w.zone).Format("Monday, January 2, 3:04 PM") + ". End the absence first."
}

const (
	// longestDuty is how long duty lasts at most when nobody says until when: who
	// starts after hours does not mean the whole of the next day.
	longestDuty = 12 * time.Hour
	// longestShift is where a shift that never ends on paper ends.
	longestShift = 24 * time.Hour
	// longestBreak is how far apart two shifts are that are one with a break in it.
	longestBreak = 2 * time.Hour
)

// standingOf reads how somebody stands now. In a shift of their own, duty ends with
// it. Else it ends so that work is not given to somebody who left without saying so:
// at the desk's next close, after an hour at the least and longestDuty at the most.
func standingOf(tx *gorm.DB, userID int64, now time.Time) (standing, error) {
	w := standing{end: now.Add(time.Hour), zone: time.UTC}
	var desks []int64
	if err := tx.Raw(`SELECT desk_id FROM memberships WHERE user_id = ? ORDER BY desk_id`, userID).Scan(&desks).Error; err != nil {
		return w, err
	}
	for i, id := range desks {
		people, err := roster{desk: id, user: userID, now: now}.read(tx)
		if err != nil || len(people) == 0 {
			return w, err
		}
		p := people[0]
		if i == 0 {
			w.away, w.zone = p.AwayUntil, p.hours.zone
		}
		w.inShift = w.inShift || p.InShift
		cal, err := p.hours.calendar()
		if err != nil {
			return w, err
		}
		if p.InShift && p.hours.theirs(now) {
			w.end = shiftEnd(cal, now)
			break
		}
		times, err := TimesOf(tx, id)
		if err != nil {
			return w, err
		}
		if close, ok := times.Calendar.NextClose(now); ok && close.After(w.end) {
			w.end = close
		}
		if latest := now.Add(longestDuty); w.end.After(latest) {
			w.end = latest
		}
	}
	w.end = w.end.UTC()
	return w, nil
}

// theirs says whether the hours of the day are their own and not the desk's.
func (t *timetable) theirs(now time.Time) bool {
	_, differs := t.differ[calendar.DayOf(now, t.zone)]
	return t.own || differs
}

// shiftEnd is when the shift around now ends, breaks counted in.
func shiftEnd(cal *calendar.Calendar, now time.Time) time.Time {
	end, latest := now, now.Add(longestShift)
	for {
		next, ok := cal.NextOpen(end)
		if !ok || next.Sub(end) > longestBreak {
			return end
		}
		if end, ok = cal.NextClose(next); !ok || end.After(latest) {
			return latest
		}
	}
}
