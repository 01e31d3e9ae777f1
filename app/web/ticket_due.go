package web

import (
	"fmt"
	"time"

	"hotline/app/desk"
	"hotline/app/ticket"
	"hotline/views/ui"
)

// dueStrip is the clocks a ticket runs against, and why ours stands where it does.
func dueStrip(clock ui.Clock, s *ticket.Sheet, times desk.Times) (ui.DueStrip, string) {
	var strip ui.DueStrip
	why := ""
	if s.Target != nil {
		var ours ui.Due
		ours, why = ourClock(clock, s, times)
		strip = append(strip, ours)
	}
	if s.CallerDeadline != nil {
		theirs := ui.Due{Label: "Caller’s clock", When: clock.At(*s.CallerDeadline), Next: s.DueKind == "caller" && s.Status != ticket.Resolved}
		if s.Status == ticket.Resolved {
			theirs.Words, theirs.Met = ui.Relative(*s.CallerDeadline, clock.Now, zoneOf(clock)), true
		}
		strip = append(strip, theirs)
	}
	if s.Target != nil && s.CallerDeadline != nil && targetRuns(s.Target) {
		if s.DueKind == "caller" {
			why += " The caller’s clock is earlier, so it counts."
		} else {
			why += " It is earlier than the caller’s clock, so it counts."
		}
	}
	return strip, why
}

func targetRuns(t *ticket.Promise) bool { return t.MetAt == nil && t.EndedAt == nil }

func ourClock(clock ui.Clock, s *ticket.Sheet, times desk.Times) (ui.Due, string) {
	t := s.Target
	due := ui.Due{Label: promiseWords(t.Kind) + ", " + businessTime(t.Minutes)}
	means := fmt.Sprintf("%s means an answer within %s", urgencyWord(t.Urgency), businessTime(t.Minutes))
	switch {
	case t.MetAt != nil && t.MetAt.After(t.DueAt):
		due.Words, due.Met = "late, answered after "+ui.Length(times.Calendar.Between(t.StartedAt, *t.MetAt))+" of business time", true
		return due, ""
	case t.MetAt != nil:
		due.Words, due.Met = "met in "+ui.Length(times.Calendar.Between(t.StartedAt, *t.MetAt))+" of business time", true
		return due, ""
	case t.LeftUS != nil:
		left := time.Duration(*t.LeftUS) * time.Microsecond
		due.Words = "paused, " + ui.Length(left) + " left"
		return due, means + ". It is paused while the physician has it."
	case t.EndedAt != nil:
		due.Words, due.Met = "ended with the ticket", true
		return due, ""
	}
	due.When, due.Next = clock.At(t.DueAt), s.DueKind == "target"
	why := means + ", counted from " + ui.Relative(t.StartedAt, clock.Now, zoneOf(clock))
	if whole, err := times.Calendar.Add(t.StartedAt, time.Duration(t.Minutes)*time.Minute); err == nil && whole.After(t.DueAt.Add(time.Second)) {
		why += ", less what was used before"
	}
	return due, why + "."
}

func promiseWords(kind string) string {
	if kind == "next_answer" {
		return "Next answer"
	}
	return "First answer"
}

// businessTime is a length of the desk's own time, in words.
func businessTime(minutes int) string {
	switch {
	case minutes == 60:
		return "1 business hour"
	case minutes%60 == 0:
		return fmt.Sprintf("%d business hours", minutes/60)
	}
	return fmt.Sprintf("%d business minutes", minutes)
}
