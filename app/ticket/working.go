package ticket

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
)

// Working is why a promise that runs or is paused is due when it is, from its
// beginning, step by step: what the steps count is what of the promise is used by the
// last of them.
type Working struct {
	Kind    string
	Minutes int // the whole promise, as it is now
	Always  bool
	Steps   []Step
}

// Counted is what the steps count together.
func (w Working) Counted() (sum time.Duration) {
	for _, s := range w.Steps {
		sum += s.Counts
	}
	return sum
}

// The steps. The moments that change a promise are named as in targets.began: opened,
// asked, reopened, resumed, urgency, topic, calendar.
const (
	StepOpen    = "open"    // business time of one day
	StepDays    = "days"    // whole business days in a row
	StepHoliday = "holiday" // a holiday: nothing, or its few hours
	StepAround  = "around"  // around the clock
	StepFormer  = "former"  // business time by the hours that the desk had then
	StepPaused  = "paused"  // with the physician
	StepDue     = "due"
)

// Step is one line of a working.
type Step struct {
	What    string
	From    time.Time
	Until   time.Time // zero: a moment, or still so
	Days    int       // of StepDays
	Name    string    // a holiday's
	Urgency Urgency   // from this moment on
	Minutes int       // what is promised from this moment on
	Always  bool
	Used    time.Duration // what of it was used before this moment
	Counts  time.Duration
}

// Working says why the promises of a ticket that run or are paused are due when they
// are. Consultants and managers.
func (s *Service) Working(ctx context.Context, by actor.Actor, number string) ([]Working, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var out []Working
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		out = nil
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		var t struct{ ID, DeskID int64 }
		err = q.Raw("SELECT t.id, t.desk_id FROM tickets t WHERE t.number = ? AND "+sight.where, append([]any{number}, sight.args...)...).Take(&t).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.NotFound
		}
		if err != nil {
			return err
		}
		var rows []target
		if err := q.Raw("SELECT "+targetColumns+" FROM targets g"+targetOrigin+" WHERE g.ticket_id = ? ORDER BY g.id", t.ID).Scan(&rows).Error; err != nil {
			return err
		}
		w := workings{names: map[calendar.Day]string{}}
		if w.Times, err = desk.TimesOf(q, t.DeskID); err != nil {
			return err
		}
		if err := w.nameHolidays(q, t.DeskID); err != nil {
			return err
		}
		for _, resolution := range []bool{false, true} {
			if chain := chainOf(rows, resolution); len(chain) > 0 {
				out = append(out, w.of(chain))
			}
		}
		return nil
	})
	return out, err
}

// chainOf are the rows of the answer or the resolution from where the promise that runs
// or is paused began; none when none does.
func chainOf(rows []target, resolution bool) []target {
	chain := slices.DeleteFunc(slices.Clone(rows), func(r target) bool { return (r.Kind == ToBeResolved) != resolution })
	if len(chain) == 0 || !chain[len(chain)-1].runs() && !chain[len(chain)-1].paused() {
		return nil
	}
	from := len(chain) - 1
	for from > 0 && goesOn(chain[from-1], chain[from]) {
		from--
	}
	return chain[from:]
}

// goesOn says whether a row took up what the one before it left.
func goesOn(before, r target) bool {
	switch r.Began {
	case "resumed", "urgency", "topic", "calendar":
		return before.MetAt == nil && before.EndedAt != nil && (before.LeftUS != nil || before.EndedAt.Equal(r.StartedAt))
	}
	return false
}

// workings writes workings by a desk's clock.
type workings struct {
	clocks
	names map[calendar.Day]string
}

func (w *workings) nameHolidays(q *gorm.DB, deskID int64) error {
	var days []struct{ Day, Name string }
	err := q.Raw(`SELECT day::text AS day, name FROM holidays WHERE desk_id = ?`, deskID).Scan(&days).Error
	for _, d := range days {
		if day, bad := calendar.ParseDay(d.Day); bad == nil {
			w.names[day] = d.Name
		}
	}
	return err
}

func (w *workings) of(chain []target) Working {
	last := chain[len(chain)-1]
	out := Working{Kind: last.Kind, Minutes: last.Minutes, Always: last.Always}
	for i := 0; i < len(chain); {
		// A row and those that changes of the calendar made of it are counted as one, by the
		// calendar as it is.
		r, end := &chain[i], i+1
		for end < len(chain) && chain[end].Began == "calendar" {
			end++
		}
		out.Steps = append(out.Steps, Step{What: r.Began, From: r.StartedAt, Urgency: r.Urgency, Minutes: r.Minutes, Always: r.Always,
			Used: time.Duration(r.Minutes)*time.Minute - w.length(r)})
		for _, again := range chain[i+1 : end] {
			out.Steps = append(out.Steps, Step{What: "calendar", From: again.StartedAt})
		}
		over := &chain[end-1]
		switch {
		case over.runs():
			out.Steps = append(out.Steps, w.counted(r, over.DueAt, max(0, w.length(r)))...)
			out.Steps = append(out.Steps, Step{What: StepDue, From: over.DueAt})
		case over.LeftUS != nil:
			out.Steps = append(out.Steps, w.counted(r, *over.EndedAt, w.length(r)-time.Duration(*over.LeftUS)*time.Microsecond)...)
			pause := Step{What: StepPaused, From: *over.EndedAt}
			if end < len(chain) {
				pause.Until = chain[end].StartedAt
			}
			if pause.Until.IsZero() || pause.Until.After(pause.From) {
				out.Steps = append(out.Steps, pause)
			}
		default: // another urgency or topic took it up
			next := &chain[end]
			used := w.length(r) - w.length(next) + time.Duration(next.Minutes-over.Minutes)*time.Minute
			out.Steps = append(out.Steps, w.counted(r, *over.EndedAt, used)...)
		}
		i = end
	}
	return out
}

// counted are the steps from the beginning of a row to an instant, by which so much of
// it was used. Where the calendar as it is does not give that, the desk had other hours.
func (w *workings) counted(r *target, until time.Time, used time.Duration) []Step {
	if used <= 0 {
		return nil
	}
	var steps []Step
	switch clock := w.Clock(r.Always); {
	case clock.Between(r.StartedAt, until) != used:
		steps = []Step{{What: StepFormer, From: r.StartedAt, Until: until, Counts: used}}
	case r.Always:
		steps = []Step{{What: StepAround, From: r.StartedAt, Until: until, Counts: used}}
	default:
		steps = w.byDay(r.StartedAt, until)
	}
	return steps
}

// fewDays is how many whole days in a row are still written one by one.
const fewDays = 2

// byDay are the business hours between two instants, day by day; whole days in a row
// between the first and the last are one step, and holidays are named.
func (w *workings) byDay(from, until time.Time) []Step {
	open := map[calendar.Day][]Step{}
	for s := range w.Calendar.Stretches(from, until) {
		day := calendar.DayOf(s.From, w.Zone)
		open[day] = append(open[day], Step{What: StepOpen, From: s.From, Until: s.Until, Counts: s.Length()})
	}
	hours := w.Calendar.Hours()
	first, last := calendar.DayOf(from, w.Zone), calendar.DayOf(until.Add(-1), w.Zone)
	var steps, whole []Step
	days := 0
	fold := func() {
		if days > fewDays {
			one := Step{What: StepDays, From: whole[0].From, Until: whole[len(whole)-1].Until, Days: days}
			for _, s := range whole {
				one.Counts += s.Counts
			}
			whole = []Step{one}
		}
		steps, whole, days = append(steps, whole...), nil, 0
	}
	for noon := time.Date(first.Year, first.Month, first.Day, 12, 0, 0, 0, time.UTC); ; noon = noon.AddDate(0, 0, 1) {
		day := calendar.DayOf(noon, time.UTC)
		holiday, special := hours.Holidays[day]
		switch today := open[day]; {
		case special && len(today) > 0:
			fold()
			for _, s := range today {
				s.What, s.Name = StepHoliday, w.names[day]
				steps = append(steps, s)
			}
		case special && len(holiday.Open) == 0 && len(hours.Week[day.Weekday()]) > 0:
			fold()
			steps = append(steps, Step{What: StepHoliday, Name: w.names[day], From: time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, w.Zone)})
		case len(today) > 0 && (day == first || day == last):
			fold()
			steps = append(steps, today...)
		case len(today) > 0:
			whole, days = append(whole, today...), days+1
		}
		if day == last || noon.After(until.AddDate(0, 0, 2)) {
			break
		}
	}
	fold()
	return steps
}
