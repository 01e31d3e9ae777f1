package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

// How much a form may hold. The holidays of more years than anybody plans fit; and a
// form with a file has at most a thousand parts.
const (
	stretchesADay = 8
	holidayRows   = 200
	holidayName   = 100 // letters
)

// typedCalendar is a form as it came, and what was made of it.
type typedCalendar struct {
	form     views.Form
	schedule desk.Schedule // what could be read
	above    []ui.Problem  // with the zone
	below    []ui.Problem  // with the whole
}

func (t *typedCalendar) bad() bool {
	wrong := len(t.above)+len(t.below) > 0
	for _, d := range t.form.Days {
		wrong = wrong || slices.ContainsFunc(d.Rows, func(h views.Hours) bool { return h.Problem != "" })
	}
	return wrong || slices.ContainsFunc(t.form.Holidays, func(h views.Holiday) bool { return h.Problem != "" })
}

// several are the values of a field that a form has more than once, cleaned, one line
// each, at most most of them.
func several(values []string, most int) []string {
	out := make([]string, 0, min(len(values), most))
	for _, v := range values[:min(len(values), most)] {
		out = append(out, strings.Join(strings.Fields(clean(v)), " "))
	}
	return out
}

func nthOf(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

// typed reads the form, and says of each field what is wrong with it.
func (p calendarPages) typed(c *gin.Context, s deskStanding) *typedCalendar {
	t := &typedCalendar{form: views.Form{Version: line(c, "version"), Since: line(c, "since"), Zone: line(c, "zone"), ZoneName: line(c, "zone_name")}}
	t.readZone()
	t.form.Days, t.schedule.Week = readDays(func(name string) []string { return c.PostFormArray(name) })
	t.readHolidays(c, s, p.today(s))
	if !t.bad() && weekLength(t.schedule.Week) == 0 {
		t.below = append(t.below, ui.Problem{Field: "opens-1-0", Message: "Give the desk at least one open hour in the week."})
	}
	return t
}

func (t *typedCalendar) readZone() {
	name := t.form.Zone
	if name == "other" {
		name = t.form.ZoneName
	}
	t.schedule.Zone = name
	if name == "" {
		t.above = append(t.above, ui.Problem{Field: zoneField(t.form.Zone), Message: "Give the time zone, for example America/Boise."})
		return
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		t.above = append(t.above, ui.Problem{Field: zoneField(t.form.Zone), Message: "Nobody knows a time zone of that name. Write it as in Europe/Berlin."})
	}
}

func zoneField(chosen string) string {
	if chosen == "other" {
		return "zone_name"
	}
	return "zone"
}

// readDays reads the week: rows of which one half is missing, that cannot be read, that
// end before they begin or lie over the row before say so, naming their day.
func readDays(values func(name string) []string) (days []views.Day, week [7][]calendar.Segment) {
	for _, weekday := range weekFromMonday {
		name := strconv.Itoa(int(weekday))
		opens, closes := several(values("opens-"+name), 2*stretchesADay), several(values("closes-"+name), 2*stretchesADay)
		day := views.Day{Weekday: int(weekday), Name: weekday.String()}
		before := 0
		for i := range max(len(opens), len(closes)) {
			row := views.Hours{Opens: nthOf(opens, i), Closes: nthOf(closes, i)}
			if row.Opens == "" && row.Closes == "" {
				continue
			}
			segment, problem, wrong := readRow(row.Opens, row.Closes, before)
			switch {
			case problem == "" && len(week[weekday]) >= stretchesADay:
				problem = fmt.Sprintf("more than %d rows in a day. Put some together.", stretchesADay)
			case problem == "" && slices.ContainsFunc(week[weekday], func(o calendar.Segment) bool { return segment.Opens < o.Closes && o.Opens < segment.Closes }):
				problem = segmentWords(segment) + " overlaps the hours before it."
			case problem == "":
				week[weekday] = append(week[weekday], segment)
				before = segment.Closes
			}
			if problem != "" {
				row.Problem, row.Wrong = weekday.String()+": "+problem, wrong
			}
			day.Rows = append(day.Rows, row)
		}
		slices.SortFunc(week[weekday], func(a, b calendar.Segment) int { return a.Opens - b.Opens })
		days = append(days, day)
	}
	return days, week
}

// readRow reads one stretch, or says what is wrong with it and with which half.
func readRow(opens, closes string, before int) (s calendar.Segment, problem, wrong string) {
	switch {
	case opens == "":
		return s, "say from when it is open, or empty the row.", "opens"
	case closes == "":
		return s, "say until when it is open, or empty the row.", "closes"
	}
	s, badOpens, badCloses := readSegment(opens, closes, before)
	switch {
	case badOpens && badCloses:
		return s, "write the times as in 8, 8:30 AM or 17:00.", ""
	case badOpens:
		return s, "write the first time as in 8, 8:30 AM or 17:00.", "opens"
	case badCloses:
		return s, "write the second time as in 6 PM, 5:30 PM or 17:00.", "closes"
	case s.Opens >= dayInMinute:
		return s, "a day begins before midnight.", "opens"
	case s.Opens >= s.Closes:
		return s, segmentWords(s) + " ends before it begins. Over midnight: close at midnight, and open the next day at midnight.", "closes"
	}
	return s, "", ""
}

// since is the first year whose holidays the form holds: this year, or the last one
// where the form was opened before the year ended.
func (t *typedCalendar) since(today calendar.Day) int {
	if year := int(number(t.form.Since)); year == today.Year-1 {
		return year
	}
	return today.Year
}

func (t *typedCalendar) readHolidays(c *gin.Context, s deskStanding, today calendar.Day) {
	since := t.since(today)
	t.form.Since = strconv.Itoa(since)
	t.schedule.Holidays = map[calendar.Day]calendar.Holiday{}
	for day, h := range s.schedule.Holidays {
		if day.Year < since {
			t.schedule.Holidays[day] = h
		}
	}
	most := holidayRows + views.SpareHolidays
	days, names := several(c.PostFormArray("holiday_day"), most+1), several(c.PostFormArray("holiday_name"), most+1)
	opens, closes := several(c.PostFormArray("holiday_opens"), most+1), several(c.PostFormArray("holiday_closes"), most+1)
	removed := several(c.PostFormArray("holiday_remove"), most+1)
	seen := map[calendar.Day]bool{}
	for i := range max(len(days), len(names), len(opens), len(closes)) {
		row := views.Holiday{Day: nthOf(days, i), Name: nthOf(names, i), Opens: nthOf(opens, i), Closes: nthOf(closes, i), Remove: slices.Contains(removed, strconv.Itoa(i))}
		if row.Empty() {
			continue
		}
		day, h, problem, wrong := readHolidayRow(row, today, since)
		if row.Year = day.Year; row.Year != 0 {
			row.Weekday, row.Over = day.Weekday().String()[:3], day.String() < today.String()
		}
		switch {
		case row.Remove:
			row.Problem = ""
		case problem != "":
			row.Problem, row.Wrong = problem, wrong
		case seen[day]:
			row.Problem, row.Wrong = dayWords(day)+" stands twice. Remove one of the two.", "day"
		default:
			seen[day] = true
			t.schedule.Holidays[day] = h
		}
		t.form.Holidays = append(t.form.Holidays, row)
	}
	if len(t.form.Holidays) > holidayRows {
		t.below = append(t.below, ui.Problem{Message: fmt.Sprintf("That is more than %d holidays from this year on. Take some out.", holidayRows)})
	}
	t.sortHolidays(today)
}

// sortHolidays puts the rows in order of their days, those whose day could not be read last.
func (t *typedCalendar) sortHolidays(today calendar.Day) {
	slices.SortStableFunc(t.form.Holidays, func(a, b views.Holiday) int {
		if a.Year == 0 || b.Year == 0 {
			return b.Year - a.Year // the unread last
		}
		da, _ := readHolidayDay(a.Day, today)
		db, _ := readHolidayDay(b.Day, today)
		return strings.Compare(da.String(), db.String())
	})
}

// readHolidayRow reads one holiday, or says what is wrong with it.
func readHolidayRow(row views.Holiday, today calendar.Day, since int) (day calendar.Day, h calendar.Holiday, problem, wrong string) {
	if row.Day == "" {
		return day, h, "Give the day of this holiday, as in 11/26/2026 or Nov 26.", "day"
	}
	day, ok := readHolidayDay(row.Day, today)
	if !ok {
		return calendar.Day{}, h, "Give the day as in 11/26/2026 or Nov 26.", "day"
	}
	named := dayWords(day) + ": "
	switch {
	case day.Year < since:
		return day, h, fmt.Sprintf("%s is over: past years stay as they were. Give a day from %d on.", dayWords(day), since), "day"
	case day.Year > today.Year+20:
		return day, h, dayWords(day) + " is more than twenty years away. Check the year.", "day"
	case row.Name == "":
		return day, h, named + "give it a name.", "name"
	case utf8.RuneCountInString(row.Name) > holidayName:
		return day, h, fmt.Sprintf("%sgive it a name of at most %d letters.", named, holidayName), "name"
	}
	h.Name = row.Name
	if row.Opens == "" && row.Closes == "" {
		return day, h, "", ""
	}
	s, problem, wrong := readRow(row.Opens, row.Closes, 0)
	if problem != "" {
		return day, h, named + strings.ReplaceAll(problem, "empty the row", "leave both empty: closed all day"), wrong
	}
	h.Open = []calendar.Segment{s}
	return day, h, "", ""
}

// formOfSchedule is the form for a schedule: times and days in their one form.
func formOfSchedule(in desk.Schedule, version, since int, today calendar.Day) views.Form {
	f := views.Form{Version: strconv.Itoa(version), Since: strconv.Itoa(since), Zone: in.Zone}
	if !usZone(in.Zone) {
		f.Zone, f.ZoneName = "other", in.Zone
	}
	for _, weekday := range weekFromMonday {
		day := views.Day{Weekday: int(weekday), Name: weekday.String()}
		for _, s := range in.Week[weekday] {
			day.Rows = append(day.Rows, views.Hours{Opens: timeOfDay(s.Opens), Closes: timeOfDay(s.Closes)})
		}
		f.Days = append(f.Days, day)
	}
	for _, d := range sortedDays(in.Holidays) {
		if d.Year >= since {
			f.Holidays = append(f.Holidays, holidayRow(d, in.Holidays[d], today))
		}
	}
	return f
}

func holidayRow(d calendar.Day, h calendar.Holiday, today calendar.Day) views.Holiday {
	row := views.Holiday{Year: d.Year, Day: dayWords(d), Weekday: d.Weekday().String()[:3], Name: h.Name, Over: d.String() < today.String()}
	if len(h.Open) > 0 {
		row.Opens, row.Closes = timeOfDay(h.Open[0].Opens), timeOfDay(h.Open[0].Closes)
	}
	return row
}

// sends are a form's fields as they are carried through the preview.
func sends(f views.Form) (out []views.Sending) {
	add := func(name, value string) { out = append(out, views.Sending{Name: name, Value: value}) }
	add("version", f.Version)
	add("since", f.Since)
	add("zone", f.Zone)
	add("zone_name", f.ZoneName)
	for _, d := range f.Days {
		for _, h := range d.Rows {
			add("opens-"+strconv.Itoa(d.Weekday), h.Opens)
			add("closes-"+strconv.Itoa(d.Weekday), h.Closes)
		}
	}
	for i, h := range f.Holidays {
		add("holiday_day", h.Day)
		add("holiday_name", h.Name)
		add("holiday_opens", h.Opens)
		add("holiday_closes", h.Closes)
		if h.Remove {
			add("holiday_remove", strconv.Itoa(i))
		}
	}
	return out
}

// refusal sorts what the room says of a schedule to the fields of the form.
func (t *typedCalendar) refusal(bad fault.Fields) {
	for _, f := range bad {
		switch f.Name {
		case "zone":
			t.above = append(t.above, ui.Problem{Field: zoneField(t.form.Zone), Message: f.Says})
		case "hours":
			t.below = append(t.below, ui.Problem{Field: "opens-1-0", Message: f.Says})
		default:
			t.below = append(t.below, ui.Problem{Field: "holidays", Message: f.Says})
		}
	}
}
