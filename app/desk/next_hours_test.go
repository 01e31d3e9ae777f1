package desk_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
)

func TestTheNextHoursOfAPersonAreTheirsAndTheDesks(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	c := cast.Make(t, db)
	ctx := t.Context()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, zone) }
	next := func(userID int64, from, want time.Time) {
		t.Helper()
		var got time.Time
		var found bool
		if err := db.Read(ctx, func(q *gorm.DB) (err error) {
			got, found, err = desk.NextHours(q, c.Desk, userID, from)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if found == want.IsZero() || !want.IsZero() && !got.Equal(want) {
			t.Errorf("after %s: %s %v, want %s", from.In(zone), got.In(zone), found, want.In(zone))
		}
	}
	next(c.Grace.ID, at(19, 11, 0), at(19, 11, 0)) // without shifts: the desk's
	next(c.Grace.ID, at(19, 18, 0), at(20, 8, 0))
	next(c.Grace.ID, at(25, 18, 0), at(27, 8, 0)) // Thanksgiving
	if err := c.Desks.SetShifts(ctx, c.Elena, c.Rosa.ID, []desk.Shift{{Weekday: time.Thursday, Starts: 13 * 60, Ends: 20 * 60}, {Weekday: time.Saturday, Starts: 9 * 60, Ends: 12 * 60}}); err != nil {
		t.Fatal(err)
	}
	next(c.Rosa.ID, at(19, 11, 0), at(19, 13, 0))
	next(c.Rosa.ID, at(19, 19, 0), time.Date(2026, 12, 3, 13, 0, 0, 0, zone)) // the desk is closed on Saturdays, and the next Thursday is Thanksgiving
	monday := calendar.Day{Year: 2026, Month: time.November, Day: 23}
	if err := c.Desks.SetShiftDay(ctx, c.Elena, c.Rosa.ID, monday, &calendar.Segment{Opens: 10 * 60, Closes: 11 * 60}, false); err != nil {
		t.Fatal(err)
	}
	next(c.Rosa.ID, at(19, 19, 0), at(23, 10, 0))
	if err := c.Desks.SetShifts(ctx, c.Elena, c.Rosa.ID, []desk.Shift{{Weekday: time.Saturday, Starts: 9 * 60, Ends: 12 * 60}}); err != nil {
		t.Fatal(err)
	}
	next(c.Rosa.ID, at(24, 9, 0), time.Time{})
	next(c.Elena.ID, at(19, 11, 0), time.Time{}) // no consultant
}
