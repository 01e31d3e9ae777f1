package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/people"
	"hotline/views/ui"
)

// dayAsked is the day that an address or a form names.
func dayAsked(typed string) (calendar.Day, error) {
	d, err := calendar.ParseDay(typed)
	if err != nil {
		return d, fault.NotFound
	}
	return d, nil
}

// day is one day of one consultant, to be changed.
func (p peoplePages) day(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	d, err := dayAsked(query(c, "day"))
	if err != nil {
		return err
	}
	view, err := p.dayPage(c, m, d)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Day(view))
}

func (p peoplePages) dayPage(c *gin.Context, m member, d calendar.Day) (views.DayPage, error) {
	view := views.DayPage{Frame: p.frame(c, m.Name, "/people"), Name: m.Name, Day: d.String(), Action: m.url("/days"), WeekURL: weekURL(m.times.Desk.ID, d), Hours: "usual"}
	view.Title = m.Name + " on " + midnightOf(d).Format("Monday, January 2")
	week, err := p.rooms.Desks.Week(c.Request.Context(), who(c), m.times.Desk.ID, mondayOf(d))
	if err != nil {
		return view, err
	}
	var open []calendar.Segment
	var now desk.WeekDay
	for i, day := range week.Days {
		for _, one := range week.People {
			if day == d && one.UserID == m.UserID {
				now, open = one.Days[i], week.Open[i]
			}
		}
	}
	usual := usualOn(m, d, open)
	view.Usual = "Not in shift."
	if len(usual) > 0 {
		view.Usual = capitalised(hoursWords(usual)) + "."
	}
	view.Words = "The desk is " + map[bool]string{true: "closed that day.", false: "open " + hoursWords(open) + "."}[len(open) == 0] + " The clock is the desk’s, " + zoneWords(m.times.Desk.Zone) + "."
	if now.Away != "" {
		view.Words = m.Name + " is " + now.Away + " that day. " + view.Words
	}
	switch {
	case now.Changed && len(now.Hours) == 0:
		view.Hours = "off"
	case now.Changed:
		view.Hours, view.From, view.To = "other", timeOfDay(now.Hours[0].Opens), timeOfDay(now.Hours[0].Closes)
	}
	return view, nil
}

// usualOn are the hours of a day as they are without anything set apart: their own, as
// far as the desk is open on a holiday, or the desk's.
func usualOn(m member, d calendar.Day, open []calendar.Segment) []calendar.Segment {
	if len(m.Shifts) == 0 {
		return open
	}
	var own []calendar.Segment
	for _, s := range m.Shifts {
		if s.Weekday == d.Weekday() {
			own = append(own, calendar.Segment{Opens: s.Starts, Closes: s.Ends})
		}
	}
	if _, holiday := m.times.Calendar.Hours().Holidays[d]; holiday {
		return segmentsOf(inBoth(spansOf(own), spansOf(open)))
	}
	return own
}

// setDay makes one day differ from the usual week, or no longer.
func (p peoplePages) setDay(c *gin.Context) error {
	m, err := p.member(c)
	if err != nil {
		return err
	}
	d, err := dayAsked(line(c, "day"))
	if err != nil {
		return err
	}
	hours, from, to := line(c, "hours"), line(c, "from"), line(c, "to")
	var segment *calendar.Segment
	var problems []ui.Problem
	switch hours {
	case "usual", "off":
	case "other":
		s, says, wrong := readShift(from, to, 0)
		if says != "" {
			says = capitalised(says)
			problems = append(problems, ui.Problem{Field: "from", Message: says})
			if wrong == "to" {
				problems[0].Field = "to"
			}
		}
		segment = &s
	default:
		problems = append(problems, ui.Problem{Field: "hours-of", Message: "Choose how that day is."})
	}
	if len(problems) == 0 {
		err := p.rooms.Desks.SetShiftDay(c.Request.Context(), who(c), m.UserID, d, segment, hours == "usual")
		var refused bool
		if problems, refused = putRight(err, map[string]string{"day": "hours-of", "hours": "from"}); !refused && err != nil {
			return err
		}
	}
	if len(problems) == 0 {
		p.flash(c, m.Name+", "+midnightOf(d).Format("Monday, January 2")+": "+map[string]string{"usual": "as usual", "off": "off"}[hours]+changedTo(segment)+".")
		return see(c, weekURL(m.times.Desk.ID, d))
	}
	view, err := p.dayPage(c, m, d)
	if err != nil {
		return err
	}
	view.Hours, view.From, view.To, view.Problems = hours, from, to, problems
	return page(c, http.StatusUnprocessableEntity, views.Day(view))
}

func changedTo(s *calendar.Segment) string {
	if s == nil {
		return ""
	}
	return segmentWords(*s)
}
