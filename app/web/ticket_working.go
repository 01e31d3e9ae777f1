package web

import (
	"fmt"
	"time"

	"hotline/app/desk"
	"hotline/app/ticket"
	views "hotline/views/desk"
)

// workingOf is why our promises stand where they do, in words and by the desk's clock.
// What is counted is rounded as it adds up, so that the lines are their total.
func workingOf(all []ticket.Working, times desk.Times) views.Working {
	var out views.Working
	for _, w := range all {
		p := views.WorkedPromise{Title: promiseWords(w.Kind) + ", " + promiseWithin(w.Minutes, w.Always)}
		var sum time.Duration
		for _, s := range w.Steps {
			line := views.WorkedLine{When: stepWhen(s, times.Zone), What: stepWhat(s), Turn: s.Counts == 0 && s.What != ticket.StepHoliday}
			if !line.Turn {
				before := sum.Round(time.Minute)
				sum += s.Counts
				line.Counts = spent(sum.Round(time.Minute) - before)
			}
			p.Lines = append(p.Lines, line)
		}
		p.Total = spent(sum.Round(time.Minute))
		out = append(out, p)
	}
	return out
}

// stepWhen is when a step was, or from when to when. Its spaces keep an hour and a day
// on one line.
func stepWhen(s ticket.Step, zone *time.Location) string {
	from, until := s.From.In(zone), s.Until.In(zone)
	sameDay := from.Format(time.DateOnly) == until.Format(time.DateOnly)
	switch {
	case s.What == ticket.StepHoliday && s.Counts == 0:
		return from.Format("Mon, Jan\u00a02")
	case s.What == ticket.StepDays && from.Month() == until.Month():
		return from.Format("Jan\u00a02") + " to " + until.Format("2")
	case s.What == ticket.StepDays:
		return from.Format("Jan\u00a02") + " to " + until.Format("Jan\u00a02")
	case s.Until.IsZero() && s.What == ticket.StepPaused:
		return from.Format("Mon, Jan\u00a02, 3:04\u00a0PM") + " until now"
	case s.Until.IsZero():
		return from.Format("Mon, Jan\u00a02, 3:04\u00a0PM")
	case sameDay:
		return from.Format("Mon, Jan\u00a02, 3:04\u00a0PM") + " to " + until.Format("3:04\u00a0PM")
	}
	return from.Format("Mon, Jan\u00a02, 3:04\u00a0PM") + " to " + until.Format("Mon, Jan\u00a02, 3:04\u00a0PM")
}

func stepWhat(s ticket.Step) string {
	switch s.What {
	case ticket.StepOpen:
		return "Open"
	case ticket.StepDays:
		return fmt.Sprintf("%d business days", s.Days)
	case ticket.StepHoliday:
		if s.Counts == 0 {
			return s.Name + ", closed"
		}
		return s.Name + ", open for a while"
	case ticket.StepAround:
		return "Around the clock"
	case ticket.StepFormer:
		return "Business time, by the hours the desk had then"
	case ticket.StepPaused:
		return "With the physician: not counted"
	case ticket.StepDue:
		return "Due"
	case "calendar":
		return "The desk’s hours changed; from here back, the new ones count"
	}
	words := map[string]string{"opened": "Opened", "asked": "They wrote again", "reopened": "Taken up again", "resumed": "Back from the physician",
		"urgency": "Another urgency", "topic": "Another topic"}[s.What] + ". " + urgencyWord(s.Urgency) + ": " + promiseWithin(s.Minutes, s.Always)
	if used := s.Used.Round(time.Minute); used > 0 {
		words += ", of which " + spent(used) + " are used"
	}
	return words
}

// promiseWithin is the length of a promise in words.
func promiseWithin(minutes int, always bool) string {
	if !always {
		return businessTime(minutes)
	}
	return spent(time.Duration(minutes)*time.Minute) + " around the clock"
}

// spent is a length in hours and minutes, however many: a business day has no fixed
// number of them.
func spent(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d min", hours, minutes)
}
