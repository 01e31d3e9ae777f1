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
	if s.Resolution != nil {
		strip = append(strip, resolutionClock(clock, s))
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
	due := ui.Due{Label: promiseWords(t.Kind) + ", " + promiseWithin(t.Minutes, t.Always)}
	means := fmt.Sprintf("%s means an answer within %s", urgencyWord(t.Urgency), promiseWithin(t.Minutes, t.Always))
	took := func(until time.Time) string {
		words := ui.Length(times.Clock(t.Always).Between(t.StartedAt, until))
		if !t.Always {
			words += " of business time"
		}
		return words
	}
	switch {
	case t.MetAt != nil && t.MetAt.After(t.DueAt):
		due.Words, due.Met = "late, answered after "+took(*t.MetAt), true
		return due, ""
	case t.MetAt != nil:
		due.Words, due.Met = "met in "+took(*t.MetAt), true
		return due, ""
	case t.LeftUS != nil && s.Status == ticket.WithPhysician:
		left := time.Duration(*t.LeftUS) * time.Microsecond
		due.Words = "paused, " + ui.Length(left) + " left"
		return due, means + ". It is paused while the physician has it."
	case t.EndedAt != nil:
		due.Words, due.Met = "ended with the ticket", true
		return due, ""
	}
	due.When, due.Next = clock.At(t.DueAt), s.DueKind == "target"
	why := means + ", counted from " + ui.Relative(t.StartedAt, clock.Now, zoneOf(clock))
	if whole, err := times.Clock(t.Always).Add(t.StartedAt, time.Duration(t.Minutes)*time.Minute); err == nil && whole.After(t.DueAt.Add(time.Second)) {
		why += ", less what was used before"
	}
	return due, why + "."
}

// resolutionClock is the promise to be done with it, which runs beside the answer.
func resolutionClock(clock ui.Clock, s *ticket.Sheet) ui.Due {
	t := s.Resolution
	due := ui.Due{Label: promiseWords(t.Kind) + ", " + promiseWithin(t.Minutes, t.Always)}
	switch {
	case t.MetAt != nil && t.MetAt.After(t.DueAt):
		due.Words, due.Met = "resolved late", true
	case t.MetAt != nil:
		due.Words, due.Met = "resolved in time", true
	case t.LeftUS != nil:
		due.Words = "paused, " + ui.Length(time.Duration(*t.LeftUS)*time.Microsecond) + " left"
	case t.EndedAt != nil:
		due.Words, due.Met = "no longer promised", true
	default:
		due.When, due.Next = clock.At(t.DueAt), s.DueKind == "resolution"
	}
	return due
}

func promiseWords(kind string) string {
	switch kind {
	case ticket.NextAnswer:
		return "Next answer"
	case ticket.ToBeResolved:
		return "Resolution"
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
