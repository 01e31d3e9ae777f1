package web

import (
	"context"
	"time"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/views/ui"
)

// knownWeek is a desk's week as it was read a moment ago: shifts seldom change, and the
// desk's pages are asked for all day.
type knownWeek struct {
	at   time.Time
	week desk.Week
}

// weekOf is a desk's week, at most half a minute old; ok is false while it cannot be read.
func (h *house) weekOf(ctx context.Context, by actor.Actor, deskNumber int64, monday calendar.Day) (desk.Week, bool) {
	h.mu.Lock()
	known, ok := h.weeks[deskNumber]
	h.mu.Unlock()
	if ok && known.week.Days[0] == monday && time.Since(known.at) < houseFor {
		return known.week, true
	}
	week, err := h.desks.Week(ctx, by, deskNumber, monday)
	if err != nil {
		return week, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.weeks == nil {
		h.weeks = map[int64]knownWeek{}
	}
	h.weeks[deskNumber] = knownWeek{time.Now(), week}
	return week, true
}

// nextShift says when the next shift of a consultant starts, to somebody who is not in
// one: "Your shift starts at 9 AM." It is "" in a shift.
func (h *house) nextShift(ctx context.Context, by actor.Actor, clock ui.Clock) string {
	times, ok := h.desk(ctx)
	if !ok || len(by.Desks) == 0 {
		return ""
	}
	zone := times.Zone
	if times.Desk.ID != by.Desks[0] {
		other, err := h.desks.Times(ctx, by.Desks[0])
		if err != nil {
			return ""
		}
		zone = other.Zone
	}
	now := h.now()
	today := calendar.DayOf(now, zone)
	week, ok := h.weekOf(ctx, by, by.Desks[0], mondayOf(today))
	if !ok {
		return ""
	}
	for _, one := range week.People {
		if one.UserID != by.ID {
			continue
		}
		for i, day := range week.Days {
			if day.String() < today.String() || one.Days[i].Away == "away" {
				continue
			}
			for _, s := range one.Days[i].Hours {
				starts := time.Date(day.Year, day.Month, day.Day, 0, s.Opens, 0, 0, zone)
				ends := time.Date(day.Year, day.Month, day.Day, 0, s.Closes, 0, 0, zone)
				switch {
				case starts.After(now):
					return "Your shift starts " + startWords(starts, clock) + "."
				case ends.After(now):
					return ""
				}
			}
		}
		return "You have no shift left this week."
	}
	return ""
}

// startWords are when a shift starts, for its reader: "at 9 AM", "tomorrow at 9 AM",
// "Monday at 9 AM".
func startWords(t time.Time, clock ui.Clock) string {
	at := "at " + timeOfDay(minuteAt(t.In(zoneOf(clock))))
	switch daysApart(clock, t) {
	case 0:
		return at
	case 1:
		return "tomorrow " + at
	}
	return t.In(zoneOf(clock)).Format("Monday ") + at
}
