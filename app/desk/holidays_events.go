package desk

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"hotline/app/calendar"
	"hotline/app/fault"
)

// event is one VEVENT, as far as it tells of holidays.
type event struct {
	name       string
	uid        string
	allDay     bool
	start      time.Time // of whole days: midnight UTC of the date; else with the zone it was written in
	lasts      time.Duration
	rule       string
	also       []time.Time    // RDATE
	except     []calendar.Day // EXDATE
	alone      bool           // one of an event that repeats, on its own,
	instead    calendar.Day   // which was to begin on this day
	cancelled  bool
	observance bool
	wrong      string // what cannot be read of it, as the end of a sentence

	end      time.Time
	duration string
}

// The lines of an event that are read. What else it says need not even be well formed.
var wanted = []string{"BEGIN", "END", "SUMMARY", "DESCRIPTION", "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"}

const (
	lineAtMost  = 1024 // the library takes time by the square of what a line with many parameters is long
	depthAtMost = 8
)

// readEvents reads the events of a file. whole is false when it breaks off.
func readEvents(data []byte, zone *time.Location) (events []event, whole bool, err error) {
	notOne := fault.Fields{{Name: "file", Says: "This does not read as a calendar file (.ics)."}}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	lines := ics.NewCalendarStream(bytes.NewReader(data))
	var within []string
	var e *event
	seen := false
	for {
		line, err := lines.ReadLine()
		if line != nil {
			text := string(*line)
			name := strings.ToUpper(text[:max(0, strings.IndexAny(text, ":;"))])
			if !seen && strings.TrimSpace(text) != "" && name != "BEGIN" {
				return nil, false, notOne
			}
			if slices.Contains(wanted, name) {
				p := property(text, name)
				switch {
				case name == "BEGIN" && p != nil:
					within = append(within, strings.ToUpper(strings.TrimSpace(p.Value)))
					if !seen && within[0] != "VCALENDAR" || len(within) > depthAtMost {
						return nil, false, notOne
					}
					seen = true
					if top(within) == "VEVENT" {
						e = &event{name: "Holiday"}
					}
				case name == "END" && p != nil:
					if len(within) == 0 || top(within) != strings.ToUpper(strings.TrimSpace(p.Value)) {
						return nil, false, notOne
					}
					if top(within) == "VEVENT" && e != nil {
						e.finish(zone)
						if events = append(events, *e); len(events) > eventsAtMost {
							return nil, false, fault.Fields{{Name: "file", Says: "That file has more than 2,000 events."}}
						}
						e = nil
					}
					within = within[:len(within)-1]
				case top(within) == "VEVENT" && e != nil:
					e.take(name, p, zone)
				}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, false, notOne
		}
	}
	if !seen {
		return nil, false, notOne
	}
	return events, len(within) == 0, nil
}

func top(within []string) string {
	if len(within) == 0 {
		return ""
	}
	return within[len(within)-1]
}

// property reads a line, or gives nil when it is malformed or longer than is read.
func property(text, name string) *ics.BaseProperty {
	if len(text) > lineAtMost {
		return nil
	}
	p, err := ics.ParseProperty(ics.ContentLine(text))
	if err != nil || p == nil || !strings.EqualFold(p.IANAToken, name) {
		return nil
	}
	return p
}

func parameter(p *ics.BaseProperty, name string) string {
	for key, values := range p.ICalParameters {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

const unread = "has a date or a time that cannot be read."

// take takes in one line of the event; p is nil when it cannot be read.
func (e *event) take(name string, p *ics.BaseProperty, zone *time.Location) {
	if p == nil {
		if name != "DESCRIPTION" && name != "UID" {
			e.wrong = "has a line that cannot be read."
		}
		return
	}
	var err error
	switch name {
	case "SUMMARY":
		e.name = printable(p.Value)
	case "DESCRIPTION":
		// Google marks what is no public holiday so in its calendars of holidays.
		e.observance = strings.HasPrefix(p.Value, "Observance")
	case "UID":
		e.uid = p.Value
	case "STATUS":
		e.cancelled = strings.EqualFold(strings.TrimSpace(p.Value), "CANCELLED")
	case "RRULE":
		if e.rule != "" {
			e.wrong = "repeats by two rules."
		}
		e.rule = p.Value
	case "DURATION":
		e.duration = p.Value
	case "DTSTART":
		e.start, e.allDay, err = moment(p, p.Value, zone)
	case "DTEND":
		e.end, _, err = moment(p, p.Value, zone)
	case "RECURRENCE-ID":
		e.alone = true
		e.instead, err = dayIn(p, p.Value, zone)
	case "EXDATE", "RDATE":
		for value := range strings.SplitSeq(p.Value, ",") {
			var at time.Time
			var day calendar.Day
			if day, err = dayIn(p, value, zone); err != nil {
				break
			}
			if name == "EXDATE" {
				e.except = append(e.except, day)
			} else if at, _, err = moment(p, value, zone); err == nil {
				e.also = append(e.also, at)
			}
		}
	}
	if err != nil {
		e.wrong = unread
	}
}

// finish settles how long the event lasts.
func (e *event) finish(zone *time.Location) {
	switch {
	case e.wrong != "":
	case e.start.IsZero():
		e.wrong = "has no date."
	case !e.end.IsZero():
		e.lasts = e.end.Sub(e.start)
	case e.duration != "":
		var ok bool
		if e.lasts, ok = readDuration(e.duration); !ok {
			e.wrong = unread
		}
	case e.allDay:
		e.lasts = 24 * time.Hour
	}
	if e.allDay && e.lasts == 0 {
		e.lasts = 24 * time.Hour // some write the same day twice, and mean it
	}
}

func (e *event) excepted(day calendar.Day) bool { return slices.Contains(e.except, day) }

// moment reads a date, or a date and time, as a line has it.
func moment(p *ics.BaseProperty, value string, zone *time.Location) (at time.Time, allDay bool, err error) {
	value = strings.TrimSpace(value)
	switch {
	case len(value) == len("20060102"):
		at, err = time.Parse("20060102", value)
		allDay = true
	case strings.HasSuffix(value, "Z"):
		at, err = time.Parse("20060102T150405Z", value)
	default:
		if name := parameter(p, "TZID"); name != "" {
			if zone, err = writtenZone(name); err != nil {
				return at, false, err
			}
		}
		at, err = time.ParseInLocation("20060102T150405", value, zone)
	}
	if err == nil && (at.Year() < 1900 || at.Year() > 2199) {
		err = calendar.ErrDay
	}
	return at, allDay, err
}

// dayIn is the day of a moment by the desk's clock.
func dayIn(p *ics.BaseProperty, value string, zone *time.Location) (calendar.Day, error) {
	at, allDay, err := moment(p, value, zone)
	if allDay {
		return calendar.DayOf(at, time.UTC), err
	}
	return calendar.DayOf(at, zone), err
}

// windowsZones are the names that Outlook gives the zones of the United States, by
// the table of the Unicode CLDR (windowsZones.xml).
var windowsZones = map[string]string{
	"Eastern Standard Time":     "America/New_York",
	"US Eastern Standard Time":  "America/Indiana/Indianapolis",
	"Central Standard Time":     "America/Chicago",
	"Mountain Standard Time":    "America/Denver",
	"US Mountain Standard Time": "America/Phoenix",
	"Pacific Standard Time":     "America/Los_Angeles",
	"Alaskan Standard Time":     "America/Anchorage",
	"Hawaiian Standard Time":    "Pacific/Honolulu",
	"UTC":                       "UTC",
}

func writtenZone(name string) (*time.Location, error) {
	if known, ok := windowsZones[name]; ok {
		name = known
	}
	if len(name) > 64 {
		return nil, errZone
	}
	return zoneOf(name)
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?)$`)

// readDuration reads "P1D", "PT4H30M" or "P2W".
func readDuration(text string) (time.Duration, bool) {
	parts := durationForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n, err := strconv.Atoi(parts[i+1]); err == nil {
			total += time.Duration(n) * unit
		}
	}
	return total, true
}
