package desk

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
	"hotline/app/fault"
)

// DatedHoliday is a holiday with its day.
type DatedHoliday struct {
	Day     calendar.Day
	Holiday calendar.Holiday
}

// What a file of holidays holds at most.
const (
	fileAtMost    = 1 << 20
	eventsAtMost  = 2000
	daysAtMost    = 62     // days of one event
	skippedAtMost = 100    // sentences about what was left out
	workAtMost    = 50_000 // years of rules and days of events looked at
)

// ReadHolidays reads the holidays of an iCalendar file, as Google, Outlook and Apple
// write them, for a desk in a zone with its usual week.
//
// An event for whole days closes the desk on each of them. A timed event closes it
// from its start to its end, which leaves the rest of the usual hours; where that is
// more than one stretch, or the desk is closed then anyway, the event is left out. An
// event that repeats yearly is read for last year, this year and the two to come, and
// other events only where they lie within these. What was left out is said in
// sentences, which name the event as the file does: for the page, not for a log.
//
// Errors: fault.TooLarge above 1 MB; fault.Fields on file for what is no calendar, or
// more than 2,000 events.
func ReadHolidays(r io.Reader, zone *time.Location, week [7][]calendar.Segment, now time.Time) (found []DatedHoliday, skipped []string, err error) {
	data, err := io.ReadAll(io.LimitReader(r, fileAtMost+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > fileAtMost {
		return nil, nil, fault.Say(fault.TooLarge, "The file is larger than 1 MB.")
	}
	events, whole, err := readEvents(data, zone)
	if err != nil {
		return nil, nil, err
	}
	year := now.In(zone).Year()
	c := closings{zone: zone, week: week, first: year - 1, last: year + 2, work: workAtMost, days: map[calendar.Day]*closing{}}
	moved := movedOnes(events)
	for _, e := range events {
		if says := c.add(e, moved[e.uid]); says != "" {
			skipped = append(skipped, says)
		}
	}
	found, says := c.holidays()
	skipped = append(skipped, says...)
	if c.outside > 0 {
		events, were := "1 event", "was"
		if c.outside > 1 {
			events, were = strconv.Itoa(c.outside)+" events", "were"
		}
		skipped = append(skipped, fmt.Sprintf("%s before %d or after %d %s left out.", events, c.first, c.last, were))
	}
	if !whole {
		skipped = append(skipped, "The file ends in the middle of something, which was left out.")
	}
	if more := len(skipped) - skippedAtMost; more > 0 {
		skipped = append(skipped[:skippedAtMost], fmt.Sprintf("There are %d more like these.", more))
	}
	return found, skipped, nil
}

// closings gathers when a desk is closed by the events of a file.
type closings struct {
	zone        *time.Location
	week        [7][]calendar.Segment
	first, last int // years
	days        map[calendar.Day]*closing
	outside     int
	work        int // what may still be looked at
}

// closing is what closes one day: all of it, or some of it.
type closing struct {
	name  string
	whole bool
	spans []calendar.Segment
}

// add takes in one event, less those of its days that stand in the file on their own.
// It says why the event was left out, or "".
func (c *closings) add(e event, moved map[calendar.Day]bool) string {
	named := "“" + e.name + "” "
	switch {
	case e.wrong != "":
		return named + e.wrong
	case e.cancelled:
		return named + "is called off."
	case e.observance:
		return named + "is marked as an observance, not as a public holiday."
	}
	starts, says := e.occurs(c.first, c.last, &c.work)
	if says != "" {
		return named + says
	}
	within := false
	for _, start := range starts {
		if c.work < 0 {
			return named + tooMuch
		}
		if moved[c.dayOf(start, e)] && !e.alone || e.excepted(c.dayOf(start, e)) {
			within = true
			continue
		}
		in, says := c.close(e, start)
		if says != "" {
			return named + says
		}
		within = within || in
	}
	if !within {
		c.outside++
	}
	return ""
}

// dayOf is the day an occurrence begins on: of whole days by its date, else by the
// desk's clock.
func (c *closings) dayOf(start time.Time, e event) calendar.Day {
	if e.allDay {
		return calendar.DayOf(start, time.UTC)
	}
	return calendar.DayOf(start, c.zone)
}

// close closes the days of one occurrence and says whether any lies within the years.
func (c *closings) close(e event, start time.Time) (within bool, says string) {
	zone := c.zone
	if e.allDay {
		zone = time.UTC
	}
	end := start.Add(e.lasts)
	if !end.After(start) {
		return false, "takes no time."
	}
	if e.lasts > daysAtMost*24*time.Hour {
		return false, "lasts longer than two months."
	}
	for day := calendar.DayOf(start, zone); begins(day, zone).Before(end); day = plusDays(day, 1) {
		if day.Year < c.first || day.Year > c.last {
			continue
		}
		if c.work--; c.work < 0 {
			return false, tooMuch
		}
		within = true
		span := calendar.Segment{Opens: 0, Closes: minutesADay}
		if begins(day, zone).Before(start) {
			span.Opens = minuteOf(start.In(zone))
		}
		if end.Before(begins(plusDays(day, 1), zone)) {
			span.Closes = minuteAfter(end.In(zone))
		}
		d := c.days[day]
		if d == nil {
			d = &closing{name: e.name}
			c.days[day] = d
		}
		if whole := e.allDay || span.Opens == 0 && span.Closes == minutesADay; whole && !d.whole {
			d.whole, d.name = true, e.name
		}
		d.spans = append(d.spans, span)
	}
	return within, ""
}

// minuteAfter is the first whole minute that is not before t.
func minuteAfter(t time.Time) int {
	m := minuteOf(t)
	if t.Second() > 0 || t.Nanosecond() > 0 {
		m++
	}
	return m
}

// holidays are the days in order, and what could not be one.
func (c *closings) holidays() (found []DatedHoliday, skipped []string) {
	for day, d := range c.days {
		h := calendar.Holiday{Name: d.name}
		if !d.whole {
			usual := c.week[day.Weekday()]
			h.Open = less(usual, d.spans)
			on := "“" + d.name + "” on " + begins(day, time.UTC).Format("January 2, 2006")
			if slices.Equal(h.Open, usual) {
				skipped = append(skipped, on+" is at a time when the desk is closed anyway.")
				continue
			}
			if len(h.Open) > 1 {
				skipped = append(skipped, on+" would leave the desk open at two times of the day; a half holiday has one.")
				continue
			}
		}
		found = append(found, DatedHoliday{day, h})
	}
	slices.SortFunc(found, func(a, b DatedHoliday) int { return compareDays(a.Day, b.Day) })
	slices.Sort(skipped)
	return found, skipped
}

// less is what the spans leave of a day's hours.
func less(hours, spans []calendar.Segment) []calendar.Segment {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b calendar.Segment) int { return cmp.Compare(a.Opens, b.Opens) })
	var left []calendar.Segment
	for _, h := range hours {
		at := h.Opens
		for _, s := range spans {
			if s.Closes <= at || s.Opens >= h.Closes {
				continue
			}
			if s.Opens > at {
				left = append(left, calendar.Segment{Opens: at, Closes: s.Opens})
			}
			at = s.Closes
		}
		if at < h.Closes {
			left = append(left, calendar.Segment{Opens: at, Closes: h.Closes})
		}
	}
	return left
}

// movedOnes are, by the UID of an event that repeats, the days of it that stand in the
// file on their own, moved or called off.
func movedOnes(events []event) map[string]map[calendar.Day]bool {
	moved := map[string]map[calendar.Day]bool{}
	for _, e := range events {
		if !e.alone || e.uid == "" {
			continue
		}
		if moved[e.uid] == nil {
			moved[e.uid] = map[calendar.Day]bool{}
		}
		moved[e.uid][e.instead] = true
	}
	return moved
}

// printable is a name as it is kept: on one line, without controls, nameAtMost long.
func printable(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '�' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, " "))), " ")
	if letters := []rune(name); len(letters) > nameAtMost {
		name = strings.TrimSpace(string(letters[:nameAtMost-1])) + "…"
	}
	if name == "" {
		return "Holiday"
	}
	return name
}
