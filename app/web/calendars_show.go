package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

// changesShown is how many changes of a calendar its page lists.
const changesShown = 12

// show is a desk's calendar as it is in force, in a form.
func (p calendarPages) show(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	form := formOfSchedule(s.schedule, s.times.Version(), p.today(s).Year, p.today(s))
	return p.form(c, http.StatusOK, s, &typedCalendar{form: form, schedule: s.schedule}, nil)
}

// form answers with the form as it stands in t; change adds what else there is to say.
func (p calendarPages) form(c *gin.Context, status int, s deskStanding, t *typedCalendar, change func(*views.CalendarPage)) error {
	view := views.CalendarPage{Frame: p.frame(c, "Hours of "+s.times.Desk.Name, "/desks"), URL: s.url, Form: t.form, Above: t.above, Below: t.below}
	view.Frame.Live, view.ThisYear = true, strconv.Itoa(p.today(s).Year)
	total := weekLength(s.schedule.Week)
	view.Finding = s.times.Desk.Name + " is open " + hoursLong(total) + " a week"
	view.Words = weekWords(s.schedule.Week) + ". " + zoneWords(s.schedule.Zone) + ". Every deadline is counted in these hours."
	view.Clock = "It is " + p.rooms.Now().In(s.times.Zone).Format("Monday, 3:04 PM") + " in the zone in force."
	view.Zones = zoneOptions(t.form.Zone)
	view.Strip = weekPart(s.url, t.form.Days, t.schedule.Week)
	view.Past = pastYears(s.schedule.Holidays, int(number(t.form.Since)))
	var err error
	if view.Changes, err = p.changes(c, s); err != nil {
		return err
	}
	if change != nil {
		change(&view)
	}
	return page(c, status, views.Calendar(view))
}

func zoneOptions(chosen string) []ui.Option {
	var out []ui.Option
	known := false
	for _, z := range usZones {
		out = append(out, ui.Option{Value: z.name, Label: z.words, Chosen: z.name == chosen})
		known = known || z.name == chosen
	}
	return append(out, ui.Option{Value: "other", Label: "Another zone, by its name", Chosen: !known})
}

// pastYears are the holidays of the years before since, the last one first.
func pastYears(all map[calendar.Day]calendar.Holiday, since int) []views.Past {
	var out []views.Past
	for _, d := range sortedDays(all) {
		if d.Year >= since {
			continue
		}
		if year := strconv.Itoa(d.Year); len(out) == 0 || out[0].Year != year {
			out = slices.Insert(out, 0, views.Past{Year: year})
		}
		out[0].Lines = append(out[0].Lines, namedHoliday(d, all[d]))
	}
	return out
}

func (p calendarPages) changes(c *gin.Context, s deskStanding) (views.Changes, error) {
	all, err := p.rooms.Desks.Changes(c.Request.Context(), who(c), s.times.Desk.ID, changesShown)
	if err != nil {
		return views.Changes{}, err
	}
	clock := p.clock(c)
	out := views.Changes{URL: s.url + "/calendar", Word: "desk-" + deskID(s.times.Desk.ID)}
	for _, one := range all {
		row := views.Change{By: one.MadeBy, At: clock.At(one.MadeAt), Moving: one.DoneAt == nil, Words: deadlines(one.Moved) + " moved"}
		if one.MadeBy == "" {
			row.By = "An operator, by command"
		}
		if one.Moved == 0 {
			row.Words = "no deadline moved"
		}
		if row.Moving {
			row.Words = "moving the open deadlines…"
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// week is the week as the hours typed so far make it; it writes nothing and needs the
// hours alone.
func (p calendarPages) week(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	days, week := readDays(func(name string) []string { return c.QueryArray(name) })
	return page(c, http.StatusOK, weekPart(s.url, days, week))
}

func weekPart(url string, days []views.Day, week [7][]calendar.Segment) views.WeekPart {
	part := views.WeekPart{URL: url + "/calendar/week", Strip: weekStrip(week, nil), Words: weekWords(week) + "."}
	part.Strip.ID = "week"
	var unread []string
	for _, d := range days {
		if slices.ContainsFunc(d.Rows, func(h views.Hours) bool { return h.Problem != "" }) {
			unread = append(unread, d.Name)
		}
	}
	if len(unread) > 0 {
		part.Unread = "Not drawn, because it does not read yet: " + strings.Join(unread, ", ") + "."
	}
	return part
}

// read puts the holidays of a file into the form. Nothing is saved.
func (p calendarPages) read(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	t := p.typed(c, s)
	t.below = nil // what the whole still lacks is said when it is checked
	report, status, err := p.readFile(c, s, t)
	if err != nil {
		return err
	}
	return p.form(c, status, s, t, func(view *views.CalendarPage) { view.Import = report })
}

// fileLimit is the most a calendar file may weigh.
const fileLimit = 1 << 20

func (p calendarPages) readFile(c *gin.Context, s deskStanding, t *typedCalendar) (*views.Import, int, error) {
	refuse := func(words string) (*views.Import, int, error) {
		t.below = append(t.below, ui.Problem{Field: "file", Message: words})
		return nil, http.StatusUnprocessableEntity, nil
	}
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return refuse("Choose a calendar file first, one that ends in .ics.")
	}
	if header.Size > fileLimit {
		return refuse("That file is larger than 1 MB. Export the holidays alone.")
	}
	file, err := header.Open()
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	found, skipped, err := desk.ReadHolidays(file, zoneNamed(t.schedule.Zone), t.schedule.Week, p.rooms.Now())
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return refuse(bad[0].Says)
	}
	if words := fault.Sentence(err); words != "" {
		return refuse(words)
	}
	if err != nil {
		return nil, 0, err
	}
	return t.merge(found, skipped, p.today(s)), http.StatusOK, nil
}

// skippedShown is how many sentences about what was left out are shown.
const skippedShown = 20

// merge puts found holidays into the form. A day that stands there already stays as it
// is there, and one that comes twice is taken once.
func (t *typedCalendar) merge(found []desk.DatedHoliday, skipped []string, today calendar.Day) *views.Import {
	since := t.since(today)
	there := map[calendar.Day]bool{}
	for _, row := range t.form.Holidays {
		if day, ok := readHolidayDay(row.Day, today); ok {
			there[day] = true
		}
	}
	added, known, past, full := 0, 0, 0, 0
	for _, f := range found {
		switch {
		case f.Day.Year < since:
			past++
		case there[f.Day]:
			known++
		case len(t.form.Holidays) >= holidayRows:
			full++
		default:
			there[f.Day] = true
			row := holidayRow(f.Day, f.Holiday, today)
			row.Found = true
			t.form.Holidays = append(t.form.Holidays, row)
			added++
		}
	}
	t.sortHolidays(today)
	report := &views.Import{Words: inWords(added) + isOr(added, " holiday", " holidays") + " from the file " + isOr(added, "stands", "stand") + " in the form now. Nothing is saved yet."}
	if added == 0 {
		report.Words = "Nothing from the file is new here. The form is as it was."
	}
	if known > 0 {
		report.Skipped = append(report.Skipped, fmt.Sprintf("%s %s in the form already and %s left as %s.", inWords(known), isOr(known, "day was", "days were"), isOr(known, "was", "were"), isOr(known, "it is", "they are")))
	}
	if past > 0 {
		report.Skipped = append(report.Skipped, fmt.Sprintf("%s %s before %d and %s left out: past years stay as they were.", inWords(past), isOr(past, "lies", "lie"), since, isOr(past, "was", "were")))
	}
	if full > 0 {
		report.Skipped = append(report.Skipped, fmt.Sprintf("%s more did not fit: a form holds %d holidays.", inWords(full), holidayRows))
	}
	if more := len(skipped) - skippedShown; more > 0 {
		report.Rest, skipped = "And "+grouped(more)+" more of the kind.", skipped[:skippedShown]
	}
	report.Skipped = append(report.Skipped, skipped...)
	return report
}
