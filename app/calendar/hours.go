package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	minutesADay = 24 * 60
	week        = 7 * 24 * time.Hour
)

// What New refuses. Its errors wrap these and name the weekday or date, never the holiday.
var (
	ErrZone      = errors.New("calendar: no time zone")
	ErrSegment   = errors.New("calendar: hours must open before they close, between 00:00 and 24:00")
	ErrOverlap   = errors.New("calendar: hours overlap")
	ErrNeverOpen = errors.New("calendar: no open hours in the week")
)

// Segment is open time of one day in minutes after local midnight: from Opens (0 to 1439) up to, not including, Closes (1 to 1440).
// Hours over midnight are two segments: one until 1440 and one from 0 on the next day.
type Segment struct{ Opens, Closes int }

func (s Segment) length() time.Duration { return time.Duration(s.Closes-s.Opens) * time.Minute }

// Holiday replaces the hours of its day: no segment means closed all day, otherwise only these are open (a half holiday, or
// an opening on a day that is otherwise closed).
type Holiday struct {
	Name string
	Open []Segment
}

// Hours is all that decides a calendar, as it is stored and shown. Week is indexed by time.Weekday.
type Hours struct {
	Zone     *time.Location
	Week     [7][]Segment
	Holidays map[Day]Holiday
}

// Calendar is New of these hours.
func (h Hours) Calendar() (*Calendar, error) { return New(h.Zone, h.Week, h.Holidays) }

// tidy checks one day's segments and returns a copy in order.
func tidy(segments []Segment) ([]Segment, error) {
	sorted := slices.Clone(segments)
	slices.SortFunc(sorted, func(a, b Segment) int { return cmp.Compare(a.Opens, b.Opens) })
	for i, s := range sorted {
		if s.Opens < 0 || s.Closes > minutesADay || s.Opens >= s.Closes {
			return nil, ErrSegment
		}
		if i > 0 && s.Opens < sorted[i-1].Closes {
			return nil, ErrOverlap
		}
	}
	return sorted, nil
}

func on(day fmt.Stringer, err error) error { return fmt.Errorf("%s: %w", day, err) }
