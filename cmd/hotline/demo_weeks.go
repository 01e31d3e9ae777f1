package main

import (
	"context"
	"time"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
)

// comingWeeks lays out who works when: shifts, an absence to come with its deputy, who
// is on call after hours, and a physician whom one of them must never have.
func (h *house) comingWeeks(ctx context.Context, c *cast, now time.Time) error {
	by := actor.Command("demo")
	h.db.Freeze(now)
	for _, one := range []struct {
		who    actor.Actor
		shifts []desk.Shift
	}{{c.rosa, week(8*60, 16*60+30)}, {c.grace, week(9*60+30, 18*60)}, {c.priya, append(week(8*60, 12*60), week(13*60, 17*60)...)}} {
		if err := h.desks.SetShifts(ctx, by, one.who.ID, one.shifts); err != nil {
			return err
		}
	}
	today := now.In(c.zone)
	monday := time.Date(today.Year(), today.Month(), today.Day()-(int(today.Weekday())+6)%7, 0, 0, 0, 0, c.zone)
	at := func(days, hour int) time.Time { return monday.AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour) }
	// The absence begins next week's Thursday; Rosa stands in.
	if _, err := h.tickets.PlanAbsence(ctx, c.elena, desk.NewAbsence{UserID: c.priya.ID, From: at(10, 8), Until: at(12, 0), DeputyID: c.rosa.ID}); err != nil {
		return err
	}
	noon := calendar.Segment{Opens: 10 * 60, Closes: 14 * 60}
	if err := h.desks.SetShiftDay(ctx, c.elena, c.grace.ID, calendar.DayOf(at(9, 12), c.zone), &noon, false); err != nil {
		return err
	}
	// Grace is on call this week's nights and weekend, Rosa the next; the week after has nobody yet.
	for i, who := range []int64{c.grace.ID, c.rosa.ID} {
		from, until := at(7*i, 18), at(7*i+7, 18)
		if i == 0 {
			from = now
		}
		if err := h.desks.AddOnCall(ctx, c.elena, desk.OnCallTurn{DeskID: c.desk, UserID: who, From: from, Until: until}); err != nil {
			return err
		}
	}
	return h.desks.Exclude(ctx, c.elena, c.priya.ID, &c.physicians[8].id, nil)
}

// week is one shift on each working day.
func week(starts, ends int) []desk.Shift {
	var all []desk.Shift
	for day := time.Monday; day <= time.Friday; day++ {
		all = append(all, desk.Shift{Weekday: day, Starts: starts, Ends: ends})
	}
	return all
}
