package desk

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/fault"
)

// Schedule is when a desk is open, as it is edited.
type Schedule struct {
	Zone     string
	Week     [7][]calendar.Segment
	Holidays map[calendar.Day]calendar.Holiday
	Since    *int // the version of the calendar it was made from; nil: it replaces whatever is in force
}

// What one desk's schedule holds at most, so that a page of it and its reading stay small.
const (
	segmentsADay   = 8
	holidaysAtMost = 1000
	nameAtMost     = 100
)

// Schedule reads a desk's schedule.
func (s *Service) Schedule(ctx context.Context, deskID int64) (Schedule, error) {
	var in Schedule
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		in, err = scheduleOf(q, deskID)
		return err
	})
	return in, err
}

func scheduleOf(q *gorm.DB, deskID int64) (Schedule, error) {
	var row struct{ Zone, Hours string }
	err := q.Raw(`SELECT zone, (SELECT string_agg(weekday || ' ' || opens || ' ' || closes, ';' ORDER BY weekday, opens)
		FROM desk_hours WHERE desk_id = d.id) AS hours FROM desks d WHERE id = ?`, deskID).Take(&row).Error
	if err != nil {
		return Schedule{}, err
	}
	in := Schedule{Zone: row.Zone, Holidays: map[calendar.Day]calendar.Holiday{}}
	if in.Week, err = readWeek(each(row.Hours)); err != nil {
		return in, err
	}
	var days []struct {
		Day, Name     string
		Opens, Closes *int
	}
	if err := q.Raw(`SELECT day::text AS day, name, opens, closes FROM holidays WHERE desk_id = ?`, deskID).Scan(&days).Error; err != nil {
		return in, err
	}
	for _, d := range days {
		day, err := calendar.ParseDay(d.Day)
		if err != nil {
			return in, err
		}
		h := calendar.Holiday{Name: d.Name}
		if d.Opens != nil {
			h.Open = []calendar.Segment{{Opens: *d.Opens, Closes: *d.Closes}}
		}
		in.Holidays[day] = h
	}
	return in, nil
}

// Check says whether the schedule holds together, and gives its calendar. Errors:
// fault.Fields on zone, hours and holidays.
func (in Schedule) Check() (*calendar.Calendar, error) {
	var bad fault.Fields
	zone, err := zoneOf(in.Zone)
	bad.Need(err == nil, "zone", "Give a time zone such as America/New_York.")
	open := false
	for weekday, segments := range in.Week {
		open = open || len(segments) > 0
		bad.Need(len(segments) <= segmentsADay, "hours", "On "+time.Weekday(weekday).String()+", there are more than eight times open.")
		bad.Need(holds(segments), "hours", "On "+time.Weekday(weekday).String()+", each time must open before it closes, and they may not overlap.")
	}
	bad.Need(open, "hours", "Give the hours of one day at least.")
	bad.Need(len(in.Holidays) <= holidaysAtMost, "holidays", "That is more than a thousand holidays.")
	for _, day := range slices.SortedFunc(maps.Keys(in.Holidays), compareDays) {
		h := in.Holidays[day]
		parsed, err := calendar.ParseDay(day.String())
		bad.Need(err == nil && parsed == day && day.Year >= 1970 && day.Year <= 2199, "holidays", "Give each holiday a date, such as 2026-12-25.")
		bad.Need(strings.TrimSpace(h.Name) != "", "holidays", "Give each holiday a name.")
		bad.Need(len([]rune(h.Name)) <= nameAtMost, "holidays", "The name of a holiday is too long.")
		bad.Need(len(h.Open) <= 1, "holidays", "On a holiday a desk is closed, or open once.")
		bad.Need(holds(h.Open), "holidays", "A half holiday must open before it closes.")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return calendar.New(zone, in.Week, in.Holidays)
}

// holds says whether the times of one day hold together.
func holds(segments []calendar.Segment) bool {
	_, err := calendar.New(time.UTC, [7][]calendar.Segment{segments}, nil)
	return err == nil || errors.Is(err, calendar.ErrNeverOpen)
}

func compareDays(a, b calendar.Day) int { return strings.Compare(a.String(), b.String()) }

// tidy is the schedule with its times in order and names trimmed, so that two that mean the same are equal.
func (in Schedule) tidy() Schedule {
	out := Schedule{Zone: in.Zone, Holidays: make(map[calendar.Day]calendar.Holiday, len(in.Holidays))}
	for weekday, segments := range in.Week {
		if len(segments) > 0 {
			out.Week[weekday] = slices.SortedFunc(slices.Values(segments), func(a, b calendar.Segment) int { return a.Opens - b.Opens })
		}
	}
	for day, h := range in.Holidays {
		out.Holidays[day] = calendar.Holiday{Name: strings.TrimSpace(h.Name), Open: append([]calendar.Segment(nil), h.Open...)}
	}
	return out
}

// SetSchedule replaces a desk's schedule and gives the version that its calendar then
// has; 0 when nothing changed and nothing was written. Whoever calls it promises the
// RecomputeJob. Managers, administrators and commands may. Errors: fault.Fields as of
// Check; fault.Conflict when the calendar has changed since the version it was made from.
func SetSchedule(tx *gorm.DB, by actor.Actor, deskID int64, in Schedule, now time.Time) (version int, err error) {
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return 0, fault.Forbidden
	}
	if _, err := in.Check(); err != nil {
		return 0, err
	}
	if err := holdDesk(tx, deskID); err != nil {
		return 0, err
	}
	if in.Since != nil {
		if err := tx.Raw(`SELECT calendar_version FROM desks WHERE id = ?`, deskID).Scan(&version).Error; err != nil {
			return 0, err
		}
		if version != *in.Since {
			return 0, fault.Say(fault.Conflict, "Somebody else changed the calendar in the same moment.")
		}
	}
	before, err := scheduleOf(tx, deskID)
	if err != nil {
		return 0, err
	}
	in, before = in.tidy(), before.tidy()
	if reflect.DeepEqual(in, before) {
		return 0, nil
	}
	for _, table := range []string{"desk_hours", "holidays"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE desk_id = ?", deskID).Error; err != nil {
			return 0, err
		}
	}
	if err := writeHours(tx, deskID, in.Week); err != nil {
		return 0, err
	}
	if err := writeHolidays(tx, deskID, in.Holidays); err != nil {
		return 0, err
	}
	err = tx.Raw(`UPDATE desks SET zone = ?, calendar_version = calendar_version + 1 WHERE id = ? RETURNING calendar_version`,
		in.Zone, deskID).Scan(&version).Error
	if err != nil {
		return 0, err
	}
	if err := tx.Exec(`INSERT INTO calendar_changes (desk_id, version, made_by, made_at) VALUES (?, ?, nullif(CAST(? AS bigint), 0), ?)`,
		deskID, version, by.ID, now).Error; err != nil {
		return 0, err
	}
	return version, audit.Record(tx, by, now, "desk.calendar_changed", audit.Desk(deskID), audit.Detail{"version": version,
		"from": before.summary(), "to": in.summary()})
}

// summary is a schedule for the record: what decides deadlines, without names.
func (in Schedule) summary() map[string]any {
	week := map[string]any{}
	for weekday, segments := range in.Week {
		if len(segments) > 0 {
			week[strconv.Itoa(weekday)] = segments
		}
	}
	holidays := map[string]any{}
	for day, h := range in.Holidays {
		holidays[day.String()] = h.Open
	}
	return map[string]any{"zone": in.Zone, "week": week, "holidays": holidays}
}

func writeHours(tx *gorm.DB, deskID int64, week [7][]calendar.Segment) error {
	for weekday, segments := range week {
		for _, o := range segments {
			if err := tx.Exec(`INSERT INTO desk_hours (desk_id, weekday, opens, closes) VALUES (?, ?, ?, ?)`,
				deskID, weekday, o.Opens, o.Closes).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

func writeHolidays(tx *gorm.DB, deskID int64, holidays map[calendar.Day]calendar.Holiday) error {
	for day, h := range holidays {
		var opens, closes *int
		if len(h.Open) > 0 {
			opens, closes = &h.Open[0].Opens, &h.Open[0].Closes
		}
		if err := tx.Exec(`INSERT INTO holidays (desk_id, day, name, opens, closes) VALUES (?, ?, ?, ?, ?)`,
			deskID, day.String(), h.Name, opens, closes).Error; err != nil {
			return err
		}
	}
	return nil
}

// Change is one change of a desk's calendar and how many deadlines it moved.
type Change struct {
	Version int
	MadeBy  string // a name; "": a command
	MadeAt  time.Time
	Moved   int
	DoneAt  *time.Time // nil: deadlines are still being moved
}

// DoneChange notes that all deadlines stand by a version of the calendar, and how
// many it moved. Once: a second time changes nothing.
func DoneChange(tx *gorm.DB, by actor.Actor, deskID int64, version, moved int, now time.Time) error {
	done := tx.Exec(`UPDATE calendar_changes SET moved = ?, done_at = ? WHERE desk_id = ? AND version = ? AND done_at IS NULL`,
		moved, now, deskID, version)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return audit.Record(tx, by, now, "desk.deadlines_moved", audit.Desk(deskID), audit.Detail{"version": version, "moved": moved})
}

// Changes are the latest changes of a desk's calendar, newest first. Managers,
// administrators, auditors and commands may see them.
func (s *Service) Changes(ctx context.Context, by actor.Actor, deskID int64, limit int) ([]Change, error) {
	if !by.Is(actor.Manager, actor.Administrator, actor.Auditor, actor.System) {
		return nil, fault.Forbidden
	}
	var all []Change
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT c.version, coalesce(u.name, '') AS made_by, c.made_at, c.moved, c.done_at FROM calendar_changes c
			LEFT JOIN users u ON u.id = c.made_by WHERE c.desk_id = ? ORDER BY c.version DESC LIMIT ?`, deskID, limit).Scan(&all).Error
	})
	return all, err
}
