package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
)

// Times is a desk's clock: its calendar and what it promises.
type Times struct {
	Desk     Desk
	Zone     *time.Location
	Calendar *calendar.Calendar
	version  int
	promised map[promiseKey]Promise
}

// Minutes is the promise of a first answer for an urgency, whatever the topic, in
// minutes of business time.
func (t Times) Minutes(urgency string) int {
	if p, ok := t.promised[promiseKey{FirstAnswer, "", urgency}]; ok {
		return p.Minutes
	}
	return DefaultMinutes[urgency]
}

// Clock is what a promise is counted by: around the clock, or the desk's hours.
func (t Times) Clock(always bool) *calendar.Calendar {
	if always {
		return calendar.Always(t.Zone)
	}
	return t.Calendar
}

// Version is how often the desk's calendar has changed.
func (t Times) Version() int { return t.version }

// Times reads a desk's clock.
func (s *Service) Times(ctx context.Context, deskID int64) (Times, error) {
	var t Times
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		t, err = TimesOf(q, deskID)
		return err
	})
	return t, err
}

// TimesOf reads a desk's clock in one statement.
func TimesOf(tx *gorm.DB, deskID int64) (Times, error) {
	var row struct {
		Desk
		CalendarVersion          int
		Hours, Holidays, Targets string
	}
	err := tx.Raw(`SELECT d.id, d.name, d.zone, d.phone, d.phone_e164, d.calendar_version,
		(SELECT coalesce(string_agg(weekday || ' ' || opens || ' ' || closes, ';'), '') FROM desk_hours WHERE desk_id = d.id) AS hours,
		(SELECT coalesce(string_agg(day || ' ' || coalesce(opens, -1) || ' ' || coalesce(closes, -1), ';'), '') FROM holidays WHERE desk_id = d.id) AS holidays,
		(SELECT coalesce(string_agg(kind || ' ' || coalesce(topic, '-') || ' ' || urgency || ' ' || minutes || ' ' || always, ';'), '')
			FROM desk_targets WHERE desk_id = d.id) AS targets
		FROM desks d WHERE d.id = ?`, deskID).Take(&row).Error
	if err != nil {
		return Times{}, err
	}
	t := Times{Desk: row.Desk, version: row.CalendarVersion, promised: map[promiseKey]Promise{}}
	if t.Zone, err = zoneOf(row.Zone); err != nil {
		return t, fmt.Errorf("desk %d: %w", deskID, err)
	}
	week, err := readWeek(each(row.Hours))
	if err != nil {
		return t, err
	}
	holidays, err := readDays(each(row.Holidays))
	if err != nil {
		return t, err
	}
	for part := range each(row.Targets) {
		word := strings.Fields(part)
		p := Promise{Kind: word[0], Topic: word[1], Urgency: word[2], Always: word[4] == "true"}
		if p.Topic == "-" {
			p.Topic = ""
		}
		if p.Minutes, err = strconv.Atoi(word[3]); err != nil {
			return t, err
		}
		t.promised[p.key()] = p
	}
	t.Calendar, err = calendar.New(t.Zone, week, holidays)
	return t, err
}
