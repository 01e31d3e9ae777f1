package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/fault"
)

// Member is a consultant with their usual week, for the people page.
type Member struct {
	Consultant
	Shifts []Shift // none: the desk's hours
	Hours  string  // the same in words, "Mon–Fri 9:00 AM to 5:00 PM"; "" for the desk's hours
}

// Team are the people of a desk, by id. Managers, administrators and commands may see
// it.
func (s *Service) Team(ctx context.Context, by actor.Actor, deskID int64) ([]Member, error) {
	if !mayRoster(by) {
		return nil, fault.Forbidden
	}
	var team []Member
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		people, err := roster{desk: deskID, now: s.now()}.read(q)
		team = make([]Member, len(people))
		for i, p := range people {
			team[i] = Member{Consultant: p.Consultant}
			if p.hours.own {
				team[i].Shifts, team[i].Hours = shiftsOf(p.hours.week), weekWords(p.hours.week)
			}
		}
		return err
	})
	return team, err
}

func shiftsOf(week [7][]calendar.Segment) []Shift {
	var all []Shift
	for weekday, segments := range week {
		for _, s := range segments {
			all = append(all, Shift{time.Weekday(weekday), s.Opens, s.Closes})
		}
	}
	return all
}

// weekWords say a week, days with the same hours together: "Mon–Fri 9:00 AM to 5:00 PM, Sat 9:00 AM to noon".
func weekWords(week [7][]calendar.Segment) string {
	var parts []string
	for first := 1; first <= 7; {
		segments, last := week[first%7], first
		for last < 7 && slices.Equal(week[(last+1)%7], segments) {
			last++
		}
		if len(segments) > 0 {
			parts = append(parts, dayWords(first, last)+" "+hoursWords(segments))
		}
		first = last + 1
	}
	return strings.Join(parts, ", ")
}

func dayWords(first, last int) string {
	short := func(day int) string { return time.Weekday(day % 7).String()[:3] }
	switch last - first {
	case 0:
		return short(first)
	case 1:
		return short(first) + " and " + short(last)
	}
	return short(first) + "–" + short(last)
}

func hoursWords(segments []calendar.Segment) string {
	words := make([]string, len(segments))
	for i, s := range segments {
		words[i] = clockWords(s.Opens) + " to " + clockWords(s.Closes)
	}
	return strings.Join(words, " and ")
}

// clockWords say minutes after midnight: "9:00 AM", "midnight".
func clockWords(minutes int) string {
	switch minutes {
	case 0, minutesADay:
		return "midnight"
	case 12 * 60:
		return "noon"
	}
	half, hour := "AM", minutes/60
	if hour >= 12 {
		half = "PM"
	}
	if hour = hour % 12; hour == 0 {
		hour = 12
	}
	return fmt.Sprintf("%d:%02d %s", hour, minutes%60, half)
}
