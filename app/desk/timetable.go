package desk

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
)

// deskHours are a desk's usual week and its holidays on the days that were read.
type deskHours struct {
	zone     *time.Location
	week     [7][]calendar.Segment
	holidays map[calendar.Day]calendar.Holiday
	usual    *calendar.Calendar
}

func hoursOf(row rosterLists) (*deskHours, error) {
	h := &deskHours{}
	var err error
	if h.zone, err = zoneOf(row.Zone); err != nil {
		return nil, err
	}
	if h.week, err = readWeek(each(row.Hours)); err != nil {
		return nil, err
	}
	if h.holidays, err = readDays(each(row.Holidays)); err != nil {
		return nil, err
	}
	h.usual, err = calendar.New(h.zone, h.week, h.holidays)
	return h, err
}

// timetable is when one person works: their own week, or the desk's, less the desk's
// holidays; a day of theirs that differs goes before either.
type timetable struct {
	own     bool // they have a week of their own
	zone    *time.Location
	week    [7][]calendar.Segment
	differ  map[calendar.Day]calendar.Holiday // days of theirs that differ from their usual week
	days    map[calendar.Day]calendar.Holiday // all days that differ from the week: these, and the desk's holidays
	working *calendar.Calendar                // made when asked for; the desk's own where nothing differs
}

// timetable is of somebody with these shifts and days that differ, in the zone of
// their first desk.
func (h *deskHours) timetable(shifts, days, home []string) (timetable, error) {
	t := timetable{zone: h.zone, week: h.week, days: h.holidays}
	if len(shifts) == 0 && len(days) == 0 {
		t.working = h.usual
		return t, nil
	}
	var err error
	if t.differ, err = readDays(slices.Values(days)); err != nil {
		return t, err
	}
	t.days = make(map[calendar.Day]calendar.Holiday, len(h.holidays)+len(t.differ))
	for day, holiday := range h.holidays {
		t.days[day] = holiday
	}
	if len(shifts) > 0 && len(home) > 0 {
		t.own = true
		if t.zone, err = zoneOf(home[0]); err != nil {
			return t, err
		}
		if t.week, err = readWeek(slices.Values(shifts)); err != nil {
			return t, err
		}
		for day, holiday := range h.holidays {
			t.days[day] = calendar.Holiday{Open: common(t.week[day.Weekday()], holiday.Open)}
		}
	}
	for day, hours := range t.differ {
		t.days[day] = hours
	}
	return t, nil
}

func (t *timetable) calendar() (*calendar.Calendar, error) {
	var err error
	if t.working == nil {
		t.working, err = calendar.New(t.zone, t.week, t.days)
	}
	return t.working, err
}

// open says whether they are in their shift.
func (t *timetable) open(now time.Time) (bool, error) {
	c, err := t.calendar()
	if err != nil {
		return false, err
	}
	return c.Open(now), nil
}

// on are the hours of a day, as they are written, and whether that day is one that
// differs from their usual week. in is the zone of the days of whoever looks.
func (t *timetable) on(day calendar.Day, in *time.Location) (hours []calendar.Segment, differs bool, err error) {
	_, differs = t.differ[day]
	if t.zone.String() != in.String() {
		hours, err = t.elsewhere(day, in)
		return hours, differs, err
	}
	if special, ok := t.days[day]; ok {
		return special.Open, differs, nil
	}
	return t.week[day.Weekday()], false, nil
}

// elsewhere are the hours of a day of another zone, by that zone's clock.
func (t *timetable) elsewhere(day calendar.Day, in *time.Location) ([]calendar.Segment, error) {
	c, err := t.calendar()
	if err != nil {
		return nil, err
	}
	var hours []calendar.Segment
	at := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, in)
	end := time.Date(day.Year, day.Month, day.Day+1, 0, 0, 0, 0, in)
	for at.Before(end) {
		opens, found := c.NextOpen(at)
		if !found || !opens.Before(end) {
			break
		}
		closes, found := c.NextClose(opens)
		if !found || closes.After(end) {
			closes = end
		}
		s := calendar.Segment{Opens: minuteOf(opens.In(in)), Closes: minuteOf(closes.In(in))}
		if !closes.Before(end) {
			s.Closes = minutesADay
		}
		if s.Opens < s.Closes { // not so within an hour that the clock there repeats
			hours = append(hours, s)
		}
		at = closes
	}
	return hours, nil
}

const minutesADay = 24 * 60

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// common is the time that lies in both.
func common(a, b []calendar.Segment) []calendar.Segment {
	var both []calendar.Segment
	for _, x := range a {
		for _, y := range b {
			if s := (calendar.Segment{Opens: max(x.Opens, y.Opens), Closes: min(x.Closes, y.Closes)}); s.Opens < s.Closes {
				both = append(both, s)
			}
		}
	}
	return both
}

// readWeek reads "1 480 1080", "2 480 1080": weekday, from, to in minutes after midnight.
func readWeek(list iter.Seq[string]) (week [7][]calendar.Segment, err error) {
	for part := range list {
		weekday, rest, _ := strings.Cut(part, " ")
		day, err := strconv.Atoi(weekday)
		if err != nil {
			return week, err
		}
		s, err := readSegment(rest)
		if err != nil {
			return week, err
		}
		week[day] = append(week[day], s)
	}
	return week, nil
}

// readDays reads "2026-11-26 -1 -1", "2026-11-27 480 720": a day, and its hours or none.
func readDays(list iter.Seq[string]) (map[calendar.Day]calendar.Holiday, error) {
	days := map[calendar.Day]calendar.Holiday{}
	for part := range list {
		date, rest, _ := strings.Cut(part, " ")
		day, err := calendar.ParseDay(date)
		if err != nil {
			return nil, err
		}
		s, err := readSegment(rest)
		if err != nil {
			return nil, err
		}
		h := calendar.Holiday{}
		if s.Opens >= 0 {
			h.Open = []calendar.Segment{s}
		}
		days[day] = h
	}
	return days, nil
}

func readSegment(text string) (calendar.Segment, error) {
	from, to, _ := strings.Cut(text, " ")
	opens, err := strconv.Atoi(from)
	if err != nil {
		return calendar.Segment{}, err
	}
	closes, err := strconv.Atoi(to)
	return calendar.Segment{Opens: opens, Closes: closes}, err
}

func each(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(list, ";") {
			if part != "" && !yield(part) {
				return
			}
		}
	}
}
