package ticket_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hotline/app/calendar"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// said is a working in short: one line a step.
func (c *clock) said(w ticket.Working) string {
	var lines []string
	for _, s := range w.Steps {
		line := s.What + " " + s.From.In(c.times.Zone).Format("Mon 2 15:04")
		if !s.Until.IsZero() {
			line += "–" + s.Until.In(c.times.Zone).Format("Mon 2 15:04")
		}
		if s.Minutes != 0 {
			line += fmt.Sprintf(" %d min", s.Minutes)
		}
		if s.Used != 0 {
			line += fmt.Sprintf(" used %v", s.Used)
		}
		if s.Days != 0 {
			line += fmt.Sprintf(" %d days", s.Days)
		}
		if s.Name != "" {
			line += " " + s.Name
		}
		if s.Counts != 0 {
			line += fmt.Sprintf(" = %v", s.Counts)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// working gives the working of one promise, and fails unless its steps add up.
func (c *clock) working(number string, resolution bool) (w ticket.Working, there bool) {
	c.t.Helper()
	all, err := c.Tickets.Working(c.ctx, c.Elena, number)
	c.must(err)
	r := c.last(number, resolution)
	for _, one := range all {
		if (one.Kind == "resolution") == resolution {
			w, there = one, true
		}
	}
	if there != (r.MetAt == nil && (r.EndedAt == nil || r.LeftUS != nil)) {
		c.t.Fatalf("a working: %v, and the promise is %+v", there, r)
	}
	if !there {
		return w, false
	}
	whole := time.Duration(w.Minutes) * time.Minute
	var want time.Duration
	switch {
	case r.LeftUS != nil:
		want = whole - time.Duration(*r.LeftUS)*time.Microsecond
	case *r.LengthUS <= 0 && r.Began != "calendar":
		want = whole - time.Duration(*r.LengthUS)*time.Microsecond // late when it began
	default:
		want = whole
	}
	late := r.Began == "calendar" && *r.LengthUS <= 0
	if got := w.Counted(); !late && got != want || late && got < want {
		c.t.Errorf("the steps count %v, want %v:\n%s", got, want, c.said(w))
	}
	if end := w.Steps[len(w.Steps)-1]; r.LeftUS == nil && (end.What != ticket.StepDue || !end.From.Equal(r.DueAt)) || r.LeftUS != nil && end.What != ticket.StepPaused {
		c.t.Errorf("it ends with %+v", end)
	}
	return w, true
}

func TestADeadlineShowsItsWorkingLineByLine(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.held()
	w, _ := c.working(n, true)
	if got, want := c.said(w), strings.TrimSpace(`
opened Thu 19 11:00 3000 min
open Thu 19 11:00–Thu 19 18:00 = 7h0m0s
days Fri 20 08:00–Wed 25 18:00 4 days = 40h0m0s
holiday Thu 26 12:00 Thanksgiving
holiday Fri 27 08:00–Fri 27 11:00 The day after = 3h0m0s
due Fri 27 11:00`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.Later(2 * time.Hour)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	c.Later(time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, words("Which state?")))
	c.Later(time.Hour)
	if _, there := c.working(n, false); there {
		t.Error("a promise that was kept has a working")
	}
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Routine, "they can wait", 0))
	w, _ = c.working(n, true)
	if got := c.said(w); !strings.HasSuffix(got, "paused Thu 19 14:00–Thu 19 15:00\nurgency Thu 19 15:00 3000 min used 3h0m0s\npaused Thu 19 15:00") {
		t.Error(got)
	}
	c.Clock(c.at(20, 10, 0))
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("Ohio.")))
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, n, 0))
	c.changes(closed(c.schedule(), 23))
	w, _ = c.working(n, true)
	if got, want := c.said(w), strings.TrimSpace(`
opened Thu 19 11:00 3000 min
open Thu 19 11:00–Thu 19 13:00 = 2h0m0s
urgency Thu 19 13:00 1200 min used 2h0m0s
open Thu 19 13:00–Thu 19 14:00 = 1h0m0s
paused Thu 19 14:00–Thu 19 15:00
urgency Thu 19 15:00 3000 min used 3h0m0s
paused Thu 19 15:00–Fri 20 10:00
resumed Fri 20 10:00 3000 min used 3h0m0s
calendar Fri 20 10:00
open Fri 20 10:00–Fri 20 18:00 = 8h0m0s
holiday Mon 23 12:00 Inventory
open Tue 24 08:00–Tue 24 18:00 = 10h0m0s
open Wed 25 08:00–Wed 25 18:00 = 10h0m0s
holiday Thu 26 12:00 Thanksgiving
holiday Fri 27 08:00–Fri 27 12:00 The day after = 4h0m0s
open Mon 30 08:00–Mon 30 18:00 = 10h0m0s
open Tue 1 08:00–Tue 1 13:00 = 5h0m0s
due Tue 1 13:00`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// What was counted by hours that the desk no longer has is one line.
	c.Clock(c.at(20, 12, 0))
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, words("And the date?")))
	in := c.schedule()
	in.Week[time.Thursday] = []calendar.Segment{{Opens: 12 * 60, Closes: 18 * 60}}
	c.changes(in)
	w, _ = c.working(n, true)
	if got := c.said(w); !strings.Contains(got, "former Thu 19 11:00–Thu 19 13:00 = 2h0m0s") {
		t.Error(got)
	}
	// Around the clock.
	ask := cast.Question()
	ask.Danger = true
	critical := c.Send(t, c.Imani, ask)
	w, _ = c.working(critical, false)
	if got := c.said(w); got != "opened Fri 20 12:00 60 min\naround Fri 20 12:00–Fri 20 13:00 = 1h0m0s\ndue Fri 20 13:00" {
		t.Error(got)
	}
	for _, by := range []func() error{
		func() error { _, err := c.Tickets.Working(c.ctx, c.Imani, n); return err },
		func() error { _, err := c.Tickets.Working(c.ctx, c.Otto, n); return err },
		func() error { _, err := c.Tickets.Working(c.ctx, c.Wendell, n); return err },
	} {
		c.is(by(), fault.NotFound)
	}
}

func TestWhateverHappensTheWorkingAddsUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := promising(t)
			dice := rand.New(rand.NewPCG(13, seed))
			c.Clock(time.Date(2026, 10, 28, 12, 0, 0, 0, time.UTC).Add(time.Duration(dice.IntN(30*24*60)) * time.Minute))
			n := c.held()
			for range 16 {
				c.Later(time.Duration(dice.IntN(20*60)+1)*time.Minute + time.Duration(dice.IntN(60_000_000))*time.Microsecond)
				switch status := c.status(n); {
				case status == ticket.Unassigned:
					c.must(c.Tickets.Transfer(c.ctx, c.Elena, n, c.Rosa.ID, "", 0))
				case status == ticket.WithPhysician && dice.IntN(2) == 0:
					c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("Ohio.")))
				case dice.IntN(3) == 0:
					in := c.schedule()
					in.Holidays[calendar.DayOf(c.DB.Now().AddDate(0, 0, dice.IntN(9)-3), c.times.Zone)] = calendar.Holiday{Name: "Inventory"}
					in.Week[dice.IntN(7)] = []calendar.Segment{{Opens: dice.IntN(600), Closes: 660 + dice.IntN(700)}}
					c.changes(in)
				case dice.IntN(2) == 0:
					to := []ticket.Urgency{ticket.Routine, ticket.Urgent, ticket.Critical}[dice.IntN(3)]
					c.must(c.Tickets.SetUrgency(c.ctx, c.Elena, n, to, "so it is", 0))
				case status == ticket.Assigned:
					c.must(c.Tickets.Wait(c.ctx, c.Elena, n, words("Which state?")))
				}
				c.working(n, false)
				c.working(n, true)
				if t.Failed() {
					t.Fatalf("%+v", c.rows(n))
				}
			}
		})
	}
}
