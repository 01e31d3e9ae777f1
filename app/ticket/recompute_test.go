package ticket_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func (c *clock) schedule() desk.Schedule {
	c.t.Helper()
	s, err := c.Desks.Schedule(c.ctx, c.Desk)
	c.must(err)
	return s
}

func november(day int) calendar.Day { return calendar.Day{Year: 2026, Month: time.November, Day: day} }

// closed is a schedule with one more holiday.
func closed(in desk.Schedule, day int, open ...calendar.Segment) desk.Schedule {
	out := in
	out.Holidays = maps.Clone(in.Holidays)
	out.Holidays[november(day)] = calendar.Holiday{Name: "Inventory", Open: open}
	return out
}

// changes sets a schedule and lets what was promised happen.
func (c *clock) changes(in desk.Schedule) (version int) {
	c.t.Helper()
	version, err := c.Tickets.SetSchedule(c.ctx, c.Elena, c.Desk, in)
	c.must(err)
	c.keepPromises()
	c.reload()
	return version
}

func (c *clock) change() desk.Change {
	c.t.Helper()
	all, err := c.Desks.Changes(c.ctx, c.Elena, c.Desk, 1)
	c.must(err)
	return all[0]
}

func TestANewHolidayMovesOpenDeadlinesOnceAsIfItHadBeenKnown(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n, critical, paused, resolved := c.held(), "", c.held(), c.held()
	in := cast.Question()
	in.Danger = true
	critical = c.Send(t, c.Imani, in)
	c.Later(time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, paused, words("Which state?")))
	c.must(c.Tickets.Resolve(c.ctx, c.Rosa, resolved, ticket.Resolution{Outcome: "advice_given", Answer: words("Yes.")}))
	c.Later(time.Hour)
	untouched := [][]row{c.rows(critical), c.rows(paused), c.rows(resolved)}
	entries := c.actions(n)
	warn := c.last(n, false).WarnAt
	version := c.changes(closed(c.schedule(), 20))
	if version != 1 {
		t.Fatal(version)
	}
	c.due(n, c.at(23, 11, 0), "target") // Friday is closed: Monday
	c.runs(n, false, "first_answer", "calendar", c.after(cast.Morning, 600))
	c.runs(n, true, "resolution", "calendar", c.after(cast.Morning, 3000))
	if r := c.last(n, false); r.Calendar != 1 || !r.WarnAt.Equal(warn.AddDate(0, 0, 3)) || !r.EscalateAt.Equal(c.at(23, 13, 0)) {
		t.Errorf("%+v", r)
	}
	if !reflect.DeepEqual(untouched, [][]row{c.rows(critical), c.rows(paused), c.rows(resolved)}) {
		t.Error("what does not run by the desk's hours was touched")
	}
	if !reflect.DeepEqual(c.actions(n), entries) {
		t.Error("the move was written into the ticket's record")
	}
	if got := c.change(); got.Moved != 2 || got.DoneAt == nil {
		t.Errorf("%+v", got)
	}
	if got := all[string](c.house, `SELECT action FROM record WHERE kind = 'desk' AND subject_id = ? AND action LIKE 'desk.%ed' ORDER BY seq DESC LIMIT 2`, c.Desk); !reflect.DeepEqual(got, []string{"desk.deadlines_moved", "desk.calendar_changed"}) {
		t.Error(got)
	}
	// What goes on later counts by the calendar as it is.
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, paused, 0))
	c.runs(paused, true, "resolution", "resumed", c.after(c.DB.Now(), 3000-60))
	c.Later(time.Hour)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	c.due(n, c.after(cast.Morning, 240), "target")
	// The same again is no change, and the last look a minute later finds nothing.
	before := c.rows(n)
	if version, err := c.Tickets.SetSchedule(c.ctx, c.Elena, c.Desk, c.schedule()); err != nil || version != 0 {
		t.Error(version, err)
	}
	c.Later(time.Minute)
	c.keepPromises()
	if !reflect.DeepEqual(c.rows(n), before) || c.change().Moved != 2 || len(c.promised("desk:recompute")) != 0 {
		t.Error("it moved twice")
	}
	c.redues(n)
	c.whole()
}

func TestAChangeTakenBackPutsEveryDeadlineWhereItWas(t *testing.T) {
	t.Parallel()
	c := promising(t)
	var all []string
	due := map[string][]time.Time{}
	for range 4 {
		n := c.held()
		c.Later(40 * time.Minute)
		all = append(all, n)
	}
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, all[0], ticket.Urgent, "a complaint", 0))
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, all[1], words("Which state?")))
	c.Later(40 * time.Minute)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, all[1], 0))
	for _, n := range all {
		due[n] = []time.Time{c.last(n, false).DueAt, c.last(n, true).DueAt}
	}
	c.Clock(c.at(20, 9, 30)) // later than the other coast opens
	before := c.schedule()
	other := closed(before, 23, calendar.Segment{Opens: 9 * 60, Closes: 10 * 60})
	other.Zone = "America/Los_Angeles"
	c.changes(other)
	c.Later(3 * time.Hour)
	c.changes(closed(other, 24))
	c.Later(50 * time.Minute)
	c.changes(before)
	for _, n := range all {
		if now := []time.Time{c.last(n, false).DueAt, c.last(n, true).DueAt}; !reflect.DeepEqual(now, due[n]) {
			t.Errorf("due %v, was %v", now, due[n])
		}
		c.redues(n)
	}
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, all[2], words("Which state?")))
	if left := *c.last(all[2], true).LeftUS; time.Duration(left)*time.Microsecond != 3000*time.Minute-c.times.Calendar.Between(cast.Morning.Add(80*time.Minute), c.DB.Now()) {
		t.Errorf("%v are left", time.Duration(left)*time.Microsecond)
	}
	c.whole()
}

func TestWhatIsLateStaysLateUnlessTheNewCalendarSaysOtherwise(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	n := c.held()
	c.looks(c.at(20, 12, 0))
	c.told("overdue", n, c.Rosa)
	before := c.rows(n)
	usual := c.schedule()
	c.changes(closed(usual, 20, calendar.Segment{Opens: 8 * 60, Closes: 11*60 + 30})) // still late
	if after := c.rows(n); len(after) != 1 || !after[0].DueAt.Equal(before[0].DueAt) || after[0].ToldAt == nil || after[0].Calendar != 1 {
		t.Errorf("%+v", after)
	}
	c.changes(closed(usual, 20, calendar.Segment{Opens: 10 * 60, Closes: 18 * 60})) // two hours more
	c.due(n, c.at(20, 13, 0), "target")
	c.looks(c.at(20, 13, 0))
	c.told("overdue", n, c.Rosa, c.Rosa) // another deadline was missed
	// And what was in time is late at once.
	n = c.held()
	c.Later(2 * time.Hour)
	long := usual
	for day := range long.Week {
		long.Week[day] = []calendar.Segment{{Opens: 0, Closes: 1440}}
	}
	c.Clock(c.at(21, 9, 0))
	p, err := c.Tickets.PreviewSchedule(c.ctx, c.Elena, c.Desk, long)
	c.must(err)
	if p.Moves != 1 || p.Late != 1 || p.Earlier != 1 {
		t.Errorf("%+v", p)
	}
	c.changes(long)
	c.due(n, c.at(21, 9, 0), "target")
}

func TestThePreviewSaysWhatThenMoves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := promising(t)
			dice := rand.New(rand.NewPCG(11, seed))
			for range 12 {
				in := cast.Question()
				in.Danger = dice.IntN(6) == 0
				in.Topic = []string{"discharge", "privacy_disclosure", "online_reviews"}[dice.IntN(3)]
				n := c.Send(t, c.Imani, in)
				switch dice.IntN(4) {
				case 0:
					c.Later(40 * time.Minute)
					c.must(c.Tickets.SetUrgency(c.ctx, c.Elena, n, ticket.Urgent, "a complaint", 0))
				case 1:
					c.must(c.Tickets.Reply(c.ctx, c.Elena, n, words("Yes.")))
				}
				c.Later(time.Duration(dice.IntN(200)) * time.Minute)
			}
			for range 4 {
				in := c.schedule()
				in = closed(in, 20+dice.IntN(8))
				weekday := dice.IntN(7)
				in.Week[weekday] = []calendar.Segment{{Opens: dice.IntN(600), Closes: 660 + dice.IntN(700)}}
				if dice.IntN(2) == 0 {
					in.Zone = []string{"America/Chicago", "Europe/Berlin", "America/New_York"}[dice.IntN(3)]
				}
				type promised struct {
					ticket     int64
					resolution bool
				}
				rows := map[promised]row{}
				for _, r := range all[row](c.house, `SELECT * FROM targets WHERE met_at IS NULL AND ended_at IS NULL`) {
					rows[promised{r.TicketID, r.Kind == "resolution"}] = r
				}
				p, err := c.Tickets.PreviewSchedule(c.ctx, c.Elena, c.Desk, in)
				c.must(err)
				version := c.changes(in)
				if version == 0 {
					continue
				}
				got := ticket.SchedulePreview{Moves: c.change().Moved}
				for _, r := range all[row](c.house, `SELECT * FROM targets WHERE met_at IS NULL AND ended_at IS NULL AND began = 'calendar' AND calendar = ? AND started_at = ?`, version, c.DB.Now()) {
					was := rows[promised{r.TicketID, r.Kind == "resolution"}]
					switch {
					case r.DueAt.Before(was.DueAt):
						got.Earlier++
					case r.DueAt.After(was.DueAt):
						got.Later++
					}
					if !r.DueAt.After(c.DB.Now()) {
						got.Late++
					}
				}
				if len(p.Examples) != min(5, p.Moves) {
					t.Errorf("%d examples of %d", len(p.Examples), p.Moves)
				}
				for _, e := range p.Examples {
					if n := read[int](c.house, `SELECT count(*) FROM targets g JOIN tickets t ON t.id = g.ticket_id WHERE t.number = ? AND g.due_at = ? AND g.began = 'calendar' AND g.ended_at IS NULL`, e.Number, e.To); n != 1 {
						t.Errorf("%+v did not come true", e)
					}
				}
				p.Examples = nil
				if !reflect.DeepEqual(p, got) {
					t.Errorf("foreseen %+v, came %+v", p, got)
				}
				for _, number := range all[string](c.house, `SELECT number FROM tickets`) {
					c.redues(number)
				}
				c.Later(time.Duration(dice.IntN(600)+1) * time.Minute)
			}
			c.whole()
		})
	}
}

func TestARecomputeGoesOnWhereItWasCutOffAndFindsStragglers(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	locked, free := c.Ask(t, c.Imani), c.Ask(t, c.Imani)
	c.keepPromises()
	version, err := c.Tickets.SetSchedule(c.ctx, c.Elena, c.Desk, closed(c.schedule(), 20))
	c.must(err)
	// Somebody is at one ticket all the while.
	var tx *sql.Tx
	tx, err = c.owner().Begin()
	c.must(err)
	_, err = tx.Exec(`SELECT FROM tickets WHERE id = $1 FOR UPDATE`, c.id(locked))
	c.must(err)
	// The batches are through, and it dies before it closes the change.
	c.is(c.Tickets.Recompute(c.ctx, actor.Job("desk:recompute", 0), c.Desk, version+1), fault.NotFound) // there is no such change
	c.due(free, c.at(23, 11, 0), "target")
	c.keepPromises()
	if got := c.change(); got.DoneAt == nil || got.Moved != 1 {
		t.Errorf("%+v", got)
	}
	c.due(locked, c.at(20, 11, 0), "target")
	c.must(tx.Rollback())
	c.Later(time.Minute)
	c.keepPromises()
	c.due(locked, c.at(23, 11, 0), "target")
	if n := len(c.promised("desk:recompute")); n != 0 || len(c.rows(free)) != 2 {
		t.Errorf("%d more looks, %d rows", n, len(c.rows(free)))
	}
	if got := all[int](c.house, `SELECT (detail->>'moved')::int FROM record WHERE action = 'desk.deadlines_moved'`); !reflect.DeepEqual(got, []int{c.change().Moved}) {
		t.Errorf("%v in the record, %d in the page", got, c.change().Moved)
	}
}

func TestMoreThanABatchMovesWhole(t *testing.T) {
	t.Parallel()
	c := promising(t)
	c.many(1300, 0)
	p, err := c.Tickets.PreviewSchedule(c.ctx, c.Elena, c.Desk, closed(c.schedule(), 20))
	c.must(err)
	c.changes(closed(c.schedule(), 20))
	if got := c.change().Moved; got != 2600 || p.Moves != 2600 {
		t.Errorf("%d moved, %d foreseen", got, p.Moves)
	}
	if wrong := read[int](c.house, `SELECT count(*) FROM tickets t JOIN targets g ON g.ticket_id = t.id AND g.kind = 'first_answer' AND g.ended_at IS NULL
		WHERE t.next_due_at <> g.due_at OR g.due_at <> ?`, c.at(23, 11, 0)); wrong != 0 {
		t.Errorf("%d tickets are not due when their promise is", wrong)
	}
}

// many writes tickets in Rosa's hands, with an answer and a resolution promised, so
// many of the answers late; behind the rooms' back, for what only numbers show.
func (h *house) many(n, late int) {
	h.t.Helper()
	conn, err := h.owner().Conn(h.ctx)
	h.must(err)
	defer conn.Close()
	now := h.DB.Now()
	for _, statement := range []string{
		`SET session_replication_role = replica`,
		fmt.Sprintf(`INSERT INTO tickets (number, desk_id, channel, client_key, opened_by, topic, urgency, question, status, assignee_id, assigned_at, opened_at, next_due_at, due_kind)
			SELECT 'RM-2026-' || (499999 + i), %d, 'online', gen_random_uuid(), %d, 'discharge', 'routine', 'May I?', 'assigned', %d, now(), '%s', '%s', 'target' FROM generate_series(1, %d) i`,
			h.Desk, h.Imani.ID, h.Rosa.ID, now.Format(time.RFC3339Nano), now.Format(time.RFC3339Nano), n),
		fmt.Sprintf(`INSERT INTO targets (ticket_id, kind, urgency, minutes, began, started_at, due_at, warn_at, warned_at, escalate_at)
			SELECT t.id, k.kind, 'routine', k.minutes, 'opened', '%[1]s', d.due, d.due - interval '2 hours',
				CASE WHEN d.due < '%[1]s' THEN '%[1]s'::timestamptz END, d.due + interval '2 hours'
			FROM tickets t CROSS JOIN (VALUES ('first_answer', 600, interval '24 hours'), ('resolution', 3000, interval '192 hours')) k(kind, minutes, takes)
			CROSS JOIN LATERAL (SELECT CASE WHEN k.kind = 'first_answer' AND t.id %% greatest(1, %[2]d) = 0 AND %[3]d > 0 THEN '%[1]s'::timestamptz - interval '1 minute'
				ELSE '%[1]s'::timestamptz + k.takes END AS due) d
			WHERE t.number LIKE 'RM-2026-5_____'`, now.Format(time.RFC3339Nano), n/max(1, late), late),
		`ANALYZE tickets`, `ANALYZE targets`,
	} {
		_, err := conn.ExecContext(h.ctx, statement)
		h.must(err)
	}
}

func TestOnlyWhoRunsADeskChangesWhenItIsOpen(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	in := closed(c.schedule(), 20)
	for _, by := range []actor.Actor{c.Rosa, c.Imani, c.Joan, c.Wendell} {
		_, err := c.Tickets.SetSchedule(c.ctx, by, c.Desk, in)
		c.is(err, fault.Forbidden)
		_, err = c.Tickets.PreviewSchedule(c.ctx, by, c.Desk, in)
		c.is(err, fault.Forbidden)
	}
	in.Week = [7][]calendar.Segment{}
	_, err := c.Tickets.PreviewSchedule(c.ctx, c.Tomas, c.Desk, in)
	c.blames(err, "hours")
	// A number is a trace too: of a restricted ticket only to those named.
	n := c.held()
	c.restrict(n, c.Rosa)
	p, err := c.Tickets.PreviewSchedule(c.ctx, c.Elena, c.Desk, closed(c.schedule(), 20))
	c.must(err)
	if p.Moves != 1 || len(p.Examples) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestWhatWasResumedBeforeLengthsWereKeptMovesByWhatItHadLeft(t *testing.T) {
	t.Parallel()
	c := promising(t)
	resumed, urgent, critical := c.held(), c.held(), ""
	in := cast.Question()
	in.Danger = true
	critical = c.Send(t, c.Imani, in)
	c.Later(2 * time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, resumed, words("Which state?")))
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, urgent, ticket.Urgent, "a complaint", 0))
	c.Later(time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, resumed, 0))
	c.due(resumed, c.after(c.DB.Now(), 3000-120), "resolution")
	lengths := func() []int64 {
		return all[int64](c.house, `SELECT length_us FROM targets WHERE length_us IS NOT NULL AND began <> 'calendar' AND met_at IS NULL AND (ended_at IS NULL OR ended_at = ?) ORDER BY id`, c.DB.Now())
	}
	kept := lengths()
	_, err := c.owner().Exec(`UPDATE targets SET length_us = NULL`) // as they were written before
	c.must(err)
	in20 := closed(c.schedule(), 20)
	p, err := c.Tickets.PreviewSchedule(c.ctx, c.Elena, c.Desk, in20)
	c.must(err)
	c.changes(in20)
	c.runs(resumed, true, "resolution", "calendar", c.after(c.DB.Now(), 3000-120))
	c.due(urgent, c.after(cast.Morning, 240), "target") // today still
	c.due(critical, c.always(cast.Morning, 60), "target")
	if got := lengths(); len(kept) == 0 || !reflect.DeepEqual(got, kept) {
		t.Errorf("%v, were %v", got, kept)
	}
	if p.Moves != c.change().Moved {
		t.Errorf("foreseen %d, moved %d", p.Moves, c.change().Moved)
	}
	c.redues(resumed)
	c.whole()
}
