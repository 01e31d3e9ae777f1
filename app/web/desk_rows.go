package web

import (
	"strings"
	"time"

	"hotline/app/ticket"
	views "hotline/views/desk"
	"hotline/views/ui"
)

// listGroups puts a page of lines under the day each is due, in the reader's zone.
func listGroups(clock ui.Clock, lines []ticket.Line, at deskPlace, open string) []views.Group {
	var all []views.Group
	for _, l := range lines {
		title, late := dayOf(clock, l, at.view)
		if len(all) == 0 || all[len(all)-1].Title != title {
			all = append(all, views.Group{Title: title, Overdue: late})
		}
		g := &all[len(all)-1]
		g.Rows = append(g.Rows, rowOf(clock, l, at, open))
	}
	return all
}

// dayOf is the heading a line stands under.
func dayOf(clock ui.Clock, l ticket.Line, v ticket.View) (title string, late bool) {
	switch {
	case v == ticket.OnPhysician:
		return "", false
	case v == ticket.Lately && l.ResolvedAt != nil:
		return dayBefore(clock, *l.ResolvedAt), false
	case l.Status == ticket.WithPhysician:
		return "Paused, waiting on the physician", false
	case l.NextDueAt.Before(clock.Now):
		return "Overdue", true
	}
	switch days := daysApart(clock, l.NextDueAt); {
	case days == 0:
		return "Today", false
	case days == 1:
		return "Tomorrow", false
	case days < 7:
		return l.NextDueAt.In(zoneOf(clock)).Weekday().String(), false
	}
	return "Later", false
}

func dayBefore(clock ui.Clock, at time.Time) string {
	switch days := -daysApart(clock, at); {
	case days <= 0:
		return "Today"
	case days == 1:
		return "Yesterday"
	case days < 7:
		return at.In(zoneOf(clock)).Weekday().String()
	}
	return "Earlier"
}

// daysApart counts the midnights from now to a moment on the reader's calendar.
func daysApart(clock ui.Clock, at time.Time) int {
	date := func(t time.Time) time.Time {
		y, m, d := t.In(zoneOf(clock)).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(date(at).Sub(date(clock.Now)).Hours() / 24)
}

func zoneOf(clock ui.Clock) *time.Location {
	if clock.Zone == nil {
		return time.UTC
	}
	return clock.Zone
}

// rowOf is one ticket in a list, in words: how long it has waited where one looks for
// what to do, who has it where one looks over the team.
func rowOf(clock ui.Clock, l ticket.Line, at deskPlace, open string) ui.Row {
	r := ui.Row{URL: at.on("/tickets/" + l.Number), Number: lastDigits(l.Number), Who: l.Caller, Words: l.Words,
		Urgency: string(l.Urgency), UrgencyWord: urgencyWord(l.Urgency), Current: l.Number == open}
	switch {
	case l.Status == ticket.Resolved && l.ResolvedAt != nil:
		r.Due, r.DueAt, r.Later = shortTime(clock, *l.ResolvedAt), clock.At(*l.ResolvedAt), true
		r.Foot = append(r.Foot, "resolved")
	case l.Status == ticket.WithPhysician && l.WaitsSince != nil:
		r.Due, r.DueAt, r.Paused = "since "+shortTime(clock, *l.WaitsSince), clock.At(*l.WaitsSince), true
		r.Foot = append(r.Foot, "with the physician")
	case l.Status == ticket.WithPhysician:
		r.Due, r.Paused = "paused", true
		r.Foot = append(r.Foot, "with the physician")
	default:
		r.DueAt = clock.At(l.NextDueAt)
		left, over := ui.Left(l.NextDueAt, clock.Now)
		switch {
		case over:
			r.Due, r.Overdue = left, true
		case daysApart(clock, l.NextDueAt) == 0:
			r.Due = strings.TrimPrefix(left, "in ")
		default:
			r.Due, r.Later = shortTime(clock, l.NextDueAt), true
		}
		if at.view == ticket.Mine || at.view == ticket.Waiting {
			r.Foot = append(r.Foot, "waiting "+ui.Length(clock.Now.Sub(l.OpenedAt)))
		}
		r.Clock = clockWords(l.DueKind)
	}
	switch {
	case at.view == ticket.Mine || at.view == ticket.Waiting:
	case l.Holder != "":
		r.Foot = append(r.Foot, l.Holder)
	case l.Status == ticket.Unassigned:
		r.Foot = append(r.Foot, "nobody yet")
	}
	return r
}

// clockWords says whose clock a due time is.
func clockWords(kind string) string {
	return map[string]string{"target": "our target", "resolution": "to resolve", "caller": "caller’s clock"}[kind]
}

func urgencyWord(u ticket.Urgency) string {
	return map[ticket.Urgency]string{ticket.Critical: "Critical", ticket.Urgent: "Urgent", ticket.Routine: "Routine"}[u]
}

// lastDigits is the part of a ticket's number that people say.
func lastDigits(number string) string { return number[strings.LastIndex(number, "-")+1:] }

// shortTime is a moment as a list has room for it.
func shortTime(clock ui.Clock, at time.Time) string {
	t := at.In(zoneOf(clock))
	switch days := daysApart(clock, at); {
	case days == 0:
		return t.Format("3:04 PM")
	case days > -7 && days < 7:
		return t.Format("Mon 3:04 PM")
	case t.Year() == clock.Now.In(zoneOf(clock)).Year():
		return t.Format("Jan 2")
	}
	return t.Format("Jan 2, 2006")
}

// zoned is a time of day with its zone, and its day where that is not today.
func zoned(at time.Time, clock ui.Clock) string {
	t := at.In(zoneOf(clock))
	if daysApart(clock, at) == 0 {
		return t.Format("3:04 PM MST")
	}
	return t.Format("Mon 3:04 PM MST")
}
