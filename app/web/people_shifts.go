package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	views "hotline/views/people"
	"hotline/views/ui"
)

// shiftsShown is how many shifts of a day the form has room for without script.
const shiftsShown = 2

// usualForm is somebody's usual week as it stands; without one of their own, the desk's
// hours stand in the form for them to begin with.
func usualForm(m member, schedule desk.Schedule) views.UsualForm {
	f := views.UsualForm{Own: len(m.Shifts) > 0, DeskHours: weekWords(schedule.Week), Zone: zoneWords(m.times.Desk.Zone)}
	week := schedule.Week
	if f.Own {
		week = [7][]calendar.Segment{}
		for _, s := range m.Shifts {
			week[s.Weekday] = append(week[s.Weekday], calendar.Segment{Opens: s.Starts, Closes: s.Ends})
		}
	}
	for _, weekday := range weekFromMonday {
		day := views.UsualDay{Weekday: int(weekday), Name: weekday.String()}
		for _, s := range week[weekday] {
			day.Rows = append(day.Rows, views.UsualRow{From: timeOfDay(s.Opens), To: timeOfDay(s.Closes)})
		}
		for len(day.Rows) < shiftsShown {
			day.Rows = append(day.Rows, views.UsualRow{})
		}
		f.Days = append(f.Days, day)
	}
	return f
}

// readUsual reads the week as it was typed, and says of each row what is wrong with it.
func readUsual(c *gin.Context) (days []views.UsualDay, shifts []desk.Shift, problems []ui.Problem) {
	for _, weekday := range weekFromMonday {
		name := strconv.Itoa(int(weekday))
		from, to := several(c.PostFormArray("from-"+name), stretchesADay), several(c.PostFormArray("to-"+name), stretchesADay)
		day := views.UsualDay{Weekday: int(weekday), Name: weekday.String()}
		before := 0
		for i := range max(len(from), len(to), shiftsShown) {
			row := views.UsualRow{From: nthOf(from, i), To: nthOf(to, i)}
			if row.From != "" || row.To != "" {
				s, says, wrong := readShift(row.From, row.To, before)
				if says == "" {
					shifts = append(shifts, desk.Shift{Weekday: weekday, Starts: s.Opens, Ends: s.Closes})
					before = s.Closes
				} else {
					row.Problem, row.Wrong = weekday.String()+": "+says, wrong
					field := wrong
					if field == "" {
						field = "from"
					}
					problems = append(problems, ui.Problem{Field: field + "-" + name + "-" + strconv.Itoa(i), Message: row.Problem})
				}
			}
			day.Rows = append(day.Rows, row)
		}
		days = append(days, day)
	}
	return days, shifts, problems
}

// earlyShift is when the first shifts begin: "1" to somebody who works is 1 PM.
const earlyShift = 6 * 60

// readShift reads one shift, or says what is wrong with it and with which half.
func readShift(from, to string, before int) (s calendar.Segment, says, wrong string) {
	switch {
	case from == "":
		return s, "say from when, or empty the row.", "from"
	case to == "":
		return s, "say until when, or empty the row.", "to"
	}
	s, badFrom, badTo := readSegment(from, to, max(before, earlyShift))
	switch {
	case badFrom && badTo:
		return s, "write the times as in 8, 8:30 AM or 17:00.", ""
	case badFrom:
		return s, "write the first time as in 8, 8:30 AM or 17:00.", "from"
	case badTo:
		return s, "write the second time as in 6 PM, 5:30 PM or 17:00.", "to"
	case s.Opens >= s.Closes:
		return s, segmentWords(s) + " ends before it begins. Over midnight: end at midnight, and begin the next day at midnight.", "to"
	case s.Opens < before:
		return s, segmentWords(s) + " overlaps the shift before it.", "from"
	}
	return s, "", ""
}

// usualWeek sets when somebody usually works.
func (p peoplePages) usualWeek(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	days, shifts, problems := readUsual(c)
	own := line(c, "own") == "own"
	switch {
	case !own:
		shifts, problems = nil, nil
	case len(problems) == 0 && len(shifts) == 0:
		problems = []ui.Problem{{Field: "from-1-0", Message: "Give at least one shift, or choose the desk’s hours."}}
	}
	if len(problems) == 0 {
		err := p.rooms.Desks.SetShifts(c.Request.Context(), who(c), m.UserID, shifts)
		var refused bool
		if problems, refused = putRight(err, map[string]string{"shifts": "from-1-0"}); !refused && err != nil {
			return err
		}
	}
	if len(problems) == 0 {
		p.flash(c, "Saved. The week shows it from now on; days that were set apart stay as they are.")
		return see(c, m.url(""))
	}
	view, err := p.personPage(c, m)
	if err != nil {
		return err
	}
	view.Usual.Own, view.Usual.Days, view.Usual.Problems = own, days, problems
	return page(c, http.StatusUnprocessableEntity, views.Person(view))
}
