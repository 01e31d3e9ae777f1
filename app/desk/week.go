package desk

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/fault"
)

// Week is a desk's week, in the desk's zone: when it is open, who works when, who is
// on call.
type Week struct {
	Zone   string
	Days   [7]calendar.Day
	Open   [7][]calendar.Segment
	People []WeekPerson // by id
	OnCall []OnCallTurn // those that touch the week, in order
}

// WeekPerson is one consultant's week, and how they stand now.
type WeekPerson struct {
	UserID    int64
	Name      string
	Cap       int
	At        bool
	WrapUntil *time.Time
	Days      [7]WeekDay
}

// WeekDay is one day of one consultant.
type WeekDay struct {
	Hours   []calendar.Segment
	Changed bool   // set apart from their usual week
	Away    string // "", "away", "away from 2:00 PM", "away until 11:00 AM", "away 10:00 AM to 12:00 PM"
	OnCall  bool
}

// Week reads the week that begins on a Monday (any day's week, if it is none). For
// those who work on the desk, and administrators.
func (s *Service) Week(ctx context.Context, by actor.Actor, deskID int64, monday calendar.Day) (Week, error) {
	var w Week
	if err := maySee(by, deskID); err != nil {
		return w, err
	}
	if parsed, err := calendar.ParseDay(monday.String()); err != nil || parsed != monday || monday.Year > 9000 {
		return w, fault.NotFound
	}
	monday = plusDays(monday, -(int(monday.Weekday())+6)%7)
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		w, err = weekOf(q, deskID, monday, s.now())
		return err
	})
	return w, err
}

func plusDays(day calendar.Day, n int) calendar.Day {
	return calendar.DayOf(time.Date(day.Year, day.Month, day.Day+n, 12, 0, 0, 0, time.UTC), time.UTC)
}

// begins is the instant a day begins at.
func begins(day calendar.Day, zone *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, zone)
}

func weekOf(q *gorm.DB, deskID int64, monday calendar.Day, now time.Time) (Week, error) {
	times, err := TimesOf(q, deskID)
	if err != nil {
		return Week{}, err
	}
	w := Week{Zone: times.Desk.Zone}
	hours := times.Calendar.Hours()
	for i := range w.Days {
		day := plusDays(monday, i)
		w.Days[i], w.Open[i] = day, hours.Week[day.Weekday()]
		if h, ok := hours.Holidays[day]; ok {
			w.Open[i] = h.Open
		}
	}
	people, err := roster{desk: deskID, now: now, from: plusDays(monday, -1), to: plusDays(monday, 7)}.read(q)
	if err != nil {
		return w, err
	}
	from, until := begins(monday, times.Zone), begins(plusDays(monday, 7), times.Zone)
	err = q.Raw(turnSQL+`WHERE o.desk_id = ? AND o.from_at < ? AND least(o.until_at, o.ended_at) > ? AND (o.ended_at IS NULL OR o.ended_at > o.from_at)
		ORDER BY o.from_at, o.id`, deskID, until, from).Scan(&w.OnCall).Error
	if err != nil {
		return w, err
	}
	away, err := awayOf(q, deskID, from, until)
	if err != nil {
		return w, err
	}
	for _, p := range people {
		one := WeekPerson{UserID: p.UserID, Name: p.Name, Cap: p.Cap, At: p.At}
		if p.Wrapping(now) {
			one.WrapUntil = p.WrapUntil
		}
		for i, day := range w.Days {
			d := &one.Days[i]
			if d.Hours, d.Changed, err = p.hours.on(day, times.Zone); err != nil {
				return w, err
			}
			starts, ends := begins(day, times.Zone), begins(plusDays(day, 1), times.Zone)
			d.Away = awayWords(away[p.UserID], starts, ends, times.Zone)
			for _, turn := range w.OnCall {
				d.OnCall = d.OnCall || turn.UserID == p.UserID && turn.From.Before(ends) && turn.Until.After(starts)
			}
		}
		w.People = append(w.People, one)
	}
	return w, nil
}

type span struct{ from, until time.Time }

// awayOf are the times that a desk's people are or were away between two instants.
func awayOf(q *gorm.DB, deskID int64, from, until time.Time) (map[int64][]span, error) {
	var rows []struct {
		UserID          int64
		FromAt, UntilAt time.Time
	}
	err := q.Raw(`SELECT user_id, from_at, least(until_at, ended_at) AS until_at FROM absences
		WHERE user_id IN (SELECT user_id FROM memberships WHERE desk_id = ?) AND from_at < ? AND least(until_at, ended_at) > ?
			AND (ended_at IS NULL OR ended_at > from_at) ORDER BY from_at`, deskID, until, from).Scan(&rows).Error
	away := map[int64][]span{}
	for _, row := range rows {
		away[row.UserID] = append(away[row.UserID], span{row.FromAt, row.UntilAt})
	}
	return away, err
}

// awayWords say when on a day somebody is away.
func awayWords(away []span, starts, ends time.Time, zone *time.Location) string {
	var words string
	for _, a := range away {
		if !a.from.Before(ends) || !a.until.After(starts) {
			continue
		}
		from, until := a.from.In(zone).Format("3:04 PM"), a.until.In(zone).Format("3:04 PM")
		before, after := a.from.After(starts), a.until.Before(ends) // there are hours of the day before it, and after it
		switch {
		case words != "": // twice away on one day: what matters is that they are
			return "away at times"
		case before && after:
			words = "away " + from + " to " + until
		case before:
			words = "away from " + from
		case after:
			words = "away until " + until
		default:
			words = "away"
		}
	}
	return words
}
