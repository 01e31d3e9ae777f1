package desk_test

import (
	"slices"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"

	"gorm.io/gorm"
)

// person reads one person of a desk.
func (h *house) person(deskID int64, who actor.Actor) desk.Consultant {
	h.t.Helper()
	var people []desk.Consultant
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) (err error) {
		people, err = desk.Roster(q, deskID, h.DB.Now())
		return err
	}))
	i := slices.IndexFunc(people, func(c desk.Consultant) bool { return c.UserID == who.ID })
	if i < 0 {
		h.t.Fatalf("%s is not of desk %d", who.Name, deskID)
	}
	return people[i]
}

// shifts says whether somebody is in their shift at each of the times.
func (h *house) shifts(who actor.Actor, at map[time.Time]bool) {
	h.t.Helper()
	for when, want := range at {
		h.Clock(when)
		if got := h.person(h.Desk, who).InShift; got != want {
			h.t.Errorf("%v in shift: %v", when.In(h.zone), got)
		}
	}
}

func days(weekdays []time.Weekday, starts, ends int) (week []desk.Shift) {
	for _, day := range weekdays {
		week = append(week, desk.Shift{Weekday: day, Starts: starts, Ends: ends})
	}
	return week
}

var everyDay = []time.Weekday{0, 1, 2, 3, 4, 5, 6}

func TestWithoutShiftsTheDesksHoursHold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.shifts(h.Rosa, map[time.Time]bool{h.at(19, 7, 59): false, h.at(19, 8, 0): true, h.at(19, 18, 0): false, h.at(21, 12, 0): false,
		h.at(26, 12, 0): false, h.at(27, 11, 0): true, h.at(27, 13, 0): false})
}

func TestAWeekOfOnesOwnHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, days([]time.Weekday{time.Thursday, time.Friday}, 10*60, 15*60)))
	h.shifts(h.Rosa, map[time.Time]bool{h.at(18, 11, 0): false, h.at(19, 9, 59): false, h.at(19, 10, 0): true, h.at(19, 14, 59): true, h.at(19, 15, 0): false,
		h.at(26, 11, 0): false,                         // Thanksgiving
		h.at(27, 11, 0): true, h.at(27, 12, 0): false}) // a half holiday cuts it short
	h.shifts(h.Grace, map[time.Time]bool{h.at(19, 9, 0): true})
	h.must(h.Desks.SetShifts(h.ctx, h.Tomas, h.Rosa.ID, nil))
	h.shifts(h.Rosa, map[time.Time]bool{h.at(18, 11, 0): true})
}

func TestADayThatDiffersGoesBeforeTheWeek(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, days([]time.Weekday{time.Thursday}, 10*60, 15*60)))
	thursday, friday, thanksgiving := calendar.Day{Year: 2026, Month: 11, Day: 19}, calendar.Day{Year: 2026, Month: 11, Day: 20}, calendar.Day{Year: 2026, Month: 11, Day: 26}
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, thursday, nil, false))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, friday, &calendar.Segment{Opens: 18 * 60, Closes: 24 * 60}, false))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, thanksgiving, &calendar.Segment{Opens: 9 * 60, Closes: 10 * 60}, false))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Grace.ID, friday, nil, false)) // one with the desk's hours
	h.shifts(h.Rosa, map[time.Time]bool{h.at(19, 11, 0): false, h.at(20, 11, 0): false, h.at(20, 18, 0): true, h.at(20, 23, 59): true, h.at(21, 0, 0): false,
		h.at(26, 9, 30): true, h.at(26, 11, 0): false})
	h.shifts(h.Grace, map[time.Time]bool{h.at(19, 11, 0): true, h.at(20, 11, 0): false})
	h.Clock(h.at(19, 11, 0))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, thursday, nil, true))
	h.shifts(h.Rosa, map[time.Time]bool{h.at(19, 11, 0): true})
}

func TestAShiftOverMidnightIsOneShift(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, append(days(everyDay, 22*60, 24*60), days(everyDay, 0, 6*60)...)))
	h.shifts(h.Rosa, map[time.Time]bool{h.at(19, 21, 59): false, h.at(19, 22, 0): true, h.at(20, 0, 0): true, h.at(20, 5, 59): true, h.at(20, 6, 0): false})
	h.Clock(h.at(18, 23, 0))
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	if p := h.person(h.Desk, h.Rosa); p.Extra || !p.Takes() || !p.DutyUntil.Equal(h.at(19, 6, 0)) {
		t.Errorf("%+v until %v", p, p.DutyUntil.In(h.zone))
	}
}

func TestShiftsFollowTheClocksChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at := func(text string) time.Time {
		t.Helper()
		when, err := time.Parse(time.RFC3339, text)
		h.must(err)
		return when
	}
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, days(everyDay, 60, 4*60))) // from 1 to 4 at night
	h.shifts(h.Rosa, map[time.Time]bool{
		// 14 March 2027, 2:00 becomes 3:00: two hours.
		at("2027-03-14T05:59:00Z"): false, at("2027-03-14T06:00:00Z"): true, at("2027-03-14T07:59:00Z"): true, at("2027-03-14T08:00:00Z"): false,
		// 7 November 2027, 2:00 becomes 1:00: four hours.
		at("2027-11-07T04:59:00Z"): false, at("2027-11-07T05:00:00Z"): true, at("2027-11-07T08:59:00Z"): true, at("2027-11-07T09:00:00Z"): false})
	h.Clock(at("2027-03-14T06:30:00Z"))
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	if p := h.person(h.Desk, h.Rosa); p.DutyUntil == nil || !p.DutyUntil.Equal(at("2027-03-14T08:00:00Z")) {
		t.Errorf("until %v", p.DutyUntil)
	}
}

func TestShiftsAreInTheZoneOfThePersonsFirstDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	both := h.Consultant(t, "Vera Holt", h.Desk, h.OtherDesk)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, both.ID, days(everyDay, 8*60, 10*60)))
	for at, want := range map[time.Time]bool{h.at(19, 9, 0): true, h.at(19, 11, 30): false} { // 6:00 and 8:30 in Los Angeles
		h.Clock(at)
		for _, id := range []int64{h.Desk, h.OtherDesk} {
			if got := h.person(id, both).InShift; got != want {
				t.Errorf("desk %d at %v: %v", id, at, got)
			}
		}
	}
	w, err := h.Desks.Week(h.ctx, h.Elena, h.OtherDesk, calendar.Day{Year: 2026, Month: 11, Day: 16})
	h.must(err)
	i := slices.IndexFunc(w.People, func(p desk.WeekPerson) bool { return p.UserID == both.ID })
	if got := w.People[i].Days[3].Hours; !slices.Equal(got, []calendar.Segment{{Opens: 5 * 60, Closes: 7 * 60}}) {
		t.Errorf("by the clock of Los Angeles %v", got)
	}
}

func TestDutyEndsWithOnesOwnShiftBreaksCountedIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, append(days(everyDay, 9*60, 12*60), days(everyDay, 13*60, 17*60)...)))
	h.Clock(h.at(19, 9, 30))
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	for at, takes := range map[time.Time]bool{h.at(19, 11, 0): true, h.at(19, 12, 30): false, h.at(19, 13, 0): true, h.at(19, 17, 0): false} {
		h.Clock(at)
		if p := h.person(h.Desk, h.Rosa); p.Takes() != takes || p.Extra || !p.DutyUntil.Equal(h.at(19, 17, 0)) {
			t.Errorf("at %v: %+v until %v", at.In(h.zone), p, p.DutyUntil.In(h.zone))
		}
	}
	// Who starts in the break, or says until when, takes work at once.
	h.Clock(h.at(19, 12, 30))
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	if p := h.person(h.Desk, h.Rosa); !p.Extra || !p.Takes() {
		t.Errorf("%+v", p)
	}
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, nil))
	until := h.at(19, 20, 0)
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, &until))
	h.Clock(h.at(19, 19, 0))
	if p := h.person(h.Desk, h.Rosa); !p.Extra || !p.Takes() || p.InShift {
		t.Errorf("%+v", p)
	}
}

func TestShiftsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	today, yesterday := calendar.Day{Year: 2026, Month: 11, Day: 19}, calendar.Day{Year: 2026, Month: 11, Day: 18}
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		h.is(h.Desks.SetShifts(h.ctx, by, h.Rosa.ID, nil), fault.Forbidden)
		h.is(h.Desks.SetShiftDay(h.ctx, by, h.Rosa.ID, today, nil, false), fault.Forbidden)
	}
	h.is(h.Desks.SetShifts(h.ctx, h.Elena, h.Imani.ID, nil), fault.NotFound)
	h.is(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Imani.ID, today, nil, false), fault.NotFound)
	for _, week := range [][]desk.Shift{{{Weekday: 7, Starts: 1, Ends: 2}}, {{Weekday: 1, Starts: 5, Ends: 5}}, {{Weekday: 1, Starts: 5, Ends: 1441}},
		{{Weekday: 1, Starts: 60, Ends: 120}, {Weekday: 1, Starts: 90, Ends: 100}}} {
		if bad, _ := h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, week).(fault.Fields); bad.For("shifts") == "" {
			t.Errorf("%+v", week)
		}
	}
	for field, err := range map[string]error{
		"day":   h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, yesterday, nil, false),
		"hours": h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, today, &calendar.Segment{Opens: 9, Closes: 8}, false),
	} {
		if bad, _ := err.(fault.Fields); bad.For(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	sweeps := len(h.sweeps())
	h.must(h.Desks.SetShifts(h.ctx, cast.Operator, h.Rosa.ID, days(everyDay, 0, 1440)))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Tomas, h.Rosa.ID, today, nil, false))
	trail := h.trail(audit.User(h.Rosa.ID))
	if n := len(trail); trail[n-2].Action != "user.shifts_changed" || trail[n-1].Action != "user.shift_day_changed" || len(h.sweeps()) != sweeps+2 {
		t.Errorf("%+v, sweeps %v", trail, h.sweeps())
	}
}
