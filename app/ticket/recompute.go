package ticket

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/outbox"
)

// SetSchedule changes when a desk is open and promises that its open deadlines move
// once. It gives the version its calendar then has; 0 when nothing changed. Managers,
// administrators and commands. Errors: fault.Fields.
func (s *Service) SetSchedule(ctx context.Context, by actor.Actor, deskID int64, in desk.Schedule) (version int, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := measure(tx, deskID); err != nil {
			return err
		}
		if version, err = desk.SetSchedule(tx, by, deskID, in, now); err != nil || version == 0 {
			return err
		}
		return outbox.Promise(tx, now, desk.RecomputeJob{DeskID: deskID, Version: version})
	})
	return version, err
}

// measure writes down how much there was when they began of running promises that do not
// say so, while the desk still has the calendar they were made by.
func measure(tx *gorm.DB, deskID int64) error {
	all, err := standing(tx, deskID, 0, "g.length_us IS NULL AND (g.always OR g.calendar = (SELECT calendar_version FROM desks WHERE id = t.desk_id))", "")
	if err != nil || len(all) == 0 {
		return err
	}
	times, err := desk.TimesOf(tx, deskID)
	if err != nil {
		return err
	}
	type measured struct {
		ID     int64 `json:"id"`
		Length int64 `json:"length_us"`
	}
	rows := make([]measured, len(all))
	for i, r := range all {
		rows[i] = measured{r.ID, times.Clock(r.Always).Between(r.StartedAt, r.DueAt).Microseconds()}
	}
	written, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	// What somebody measured meanwhile keeps that: the calendar may be another by now.
	return tx.Exec(`UPDATE targets g SET length_us = x.length_us
		FROM jsonb_to_recordset(?::jsonb) AS x(id bigint, length_us bigint) WHERE g.id = x.id AND g.length_us IS NULL`, string(written)).Error
}

// SchedulePreview is what a schedule would do to the promises that run now.
type SchedulePreview struct {
	Moves          int // deadlines that would move
	Earlier, Later int // of these
	Late           int // of these: would be overdue at once
	Examples       []ScheduleMove
}

// ScheduleMove is one deadline that would move.
type ScheduleMove struct {
	Number   string
	From, To time.Time
}

// examples are how many moves a preview shows.
const examples = 5

// PreviewSchedule says what a schedule would move, and writes nothing. Managers,
// administrators and commands. Errors: fault.Fields.
func (s *Service) PreviewSchedule(ctx context.Context, by actor.Actor, deskID int64, in desk.Schedule) (SchedulePreview, error) {
	var p SchedulePreview
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return p, fault.Forbidden
	}
	next, err := in.Check()
	if err != nil {
		return p, err
	}
	err = s.db.Snapshot(ctx, func(q *gorm.DB) error {
		p = SchedulePreview{}
		now := s.now()
		c, err := clocksOf(q, deskID)
		if err != nil {
			return err
		}
		all, err := standing(q, deskID, by.ID, "NOT g.always", "ORDER BY g.due_at, g.id")
		if err != nil {
			return err
		}
		return p.weigh(c, next, all, now)
	})
	return p, err
}

// weigh counts what moves from the calendar of c to the next.
func (p *SchedulePreview) weigh(c clocks, next *calendar.Calendar, all []target, now time.Time) error {
	ahead := c
	ahead.Calendar = next
	for _, r := range all {
		r.FromUS = us(c.length(&r)) // as it is now, whatever the calendar will be
		due, moves, err := ahead.moved(&r, now)
		if err != nil {
			return err
		}
		if !moves {
			continue
		}
		p.Moves++
		if due.Before(r.DueAt) {
			p.Earlier++
		} else {
			p.Later++
		}
		if !due.After(now) {
			p.Late++
		}
		if len(p.Examples) < examples && r.Shown {
			p.Examples = append(p.Examples, ScheduleMove{r.Number, r.DueAt, due})
		}
	}
	return nil
}

func us(d time.Duration) *int64 {
	n := d.Microseconds()
	return &n
}

// moved is when a running promise is due by the calendar of c, as if it had been that
// calendar since the row began; and whether that is news. What was late at its start
// or is late by either stays as it is; what is late by the new one only is due at once.
func (c clocks) moved(r *target, now time.Time) (due time.Time, moves bool, err error) {
	length := c.length(r)
	if length <= 0 {
		return r.DueAt, false, nil
	}
	if due, err = c.Clock(r.Always).Add(r.FromAt, length); err != nil {
		return due, false, err
	}
	due = due.UTC()
	late, was := !due.After(now), !r.DueAt.After(now)
	if late && was || due.Equal(r.DueAt) {
		return r.DueAt, false, nil
	}
	if late {
		due = now
	}
	return due, true, nil
}

// standing reads the running promises of a desk's tickets that fit, in one statement.
func standing(q *gorm.DB, deskID, looks int64, where, end string, args ...any) ([]target, error) {
	var all []target
	err := q.Raw(`SELECT `+targetColumns+`, t.number, NOT t.restricted OR EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = ?) AS shown
		FROM targets g JOIN tickets t ON t.id = g.ticket_id AND t.desk_id = ?`+targetOrigin+`
		WHERE g.ended_at IS NULL AND g.met_at IS NULL AND `+where+` `+end, append([]any{looks, deskID}, args...)...).Scan(&all).Error
	return all, err
}

// recomputeBatch is how many running promises move in one transaction.
const recomputeBatch = 1000

// recomputePasses is how often it goes over a desk, for tickets that somebody was at.
const recomputePasses = 5

// straggle is how long after a change tickets may still be opened by the calendar that
// was: whoever read it before opened theirs by then.
const straggle = time.Minute

// Recompute moves a desk's open deadlines to its calendar as it is now: in batches, each
// a transaction of its own, so that one that is cut off goes on where it was. Once all
// have moved the desk's change is closed with how many there were, and a last look is
// promised for those opened meanwhile. Once per promise.
func (s *Service) Recompute(ctx context.Context, by actor.Actor, deskID int64, version int) error {
	for again := 0; again < recomputePasses; again++ {
		found, err := s.pass(ctx, deskID)
		if err != nil {
			return err
		}
		if !found {
			break
		}
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var change struct {
			Moved  int
			DoneAt *time.Time
		}
		if err := tx.Raw(`SELECT moved, done_at FROM calendar_changes WHERE desk_id = ? AND version = ? FOR UPDATE`, deskID, version).Take(&change).Error; err != nil {
			return err
		}
		if change.DoneAt != nil {
			return nil
		}
		if err := desk.DoneChange(tx, by, deskID, version, change.Moved, now); err != nil {
			return err
		}
		return outbox.PromiseAt(tx, desk.RecomputeJob{DeskID: deskID, Version: version}, now.Add(straggle))
	})
}

// pass goes once over what still stands by an older calendar, and says whether there
// was any.
func (s *Service) pass(ctx context.Context, deskID int64) (found bool, err error) {
	for after, more := int64(0), true; more && err == nil; {
		var n int
		err = s.db.Write(ctx, func(tx *gorm.DB) (err error) {
			after, n, err = s.recompute(tx, deskID, after)
			return err
		})
		found, more = found || n > 0, n == recomputeBatch
	}
	return found, err
}

// recompute moves one batch of tickets after an id, and says where it stopped and how
// many it looked at. A ticket that somebody is at is passed over: what they do
// counts by the calendar as it is, and the last look finds it.
func (s *Service) recompute(tx *gorm.DB, deskID, after int64) (last int64, n int, err error) {
	now := s.now()
	c, err := clocksOf(tx, deskID)
	if err != nil {
		return after, 0, err
	}
	all, err := standing(tx, deskID, 0, "NOT g.always AND g.calendar < ? AND g.ticket_id > ?",
		"ORDER BY g.ticket_id LIMIT "+strconv.Itoa(recomputeBatch)+" FOR UPDATE OF t, g SKIP LOCKED", c.Version(), after)
	if err != nil || len(all) == 0 {
		return after, 0, err
	}
	var ended, tickets []int64
	var next []target
	var stay []stamp
	for i := range all {
		r := &all[i]
		_, moves, err := c.moved(r, now)
		if err != nil {
			return after, 0, err
		}
		if !moves {
			keep, err := c.stamped(r, now)
			if err != nil {
				return after, 0, err
			}
			stay = append(stay, keep)
			continue
		}
		row, err := c.row(&Ticket{ID: r.TicketID, Urgency: r.Urgency}, r.promise(), "calendar", c.left(r, now), r, now)
		if err != nil {
			return after, 0, err
		}
		next, ended, tickets = append(next, row), append(ended, r.ID), append(tickets, r.TicketID)
	}
	if err := restamp(tx, c.Version(), stay); err != nil {
		return after, 0, err
	}
	if len(ended) > 0 {
		live.Say(tx, "desk", deskID, deskID)
		if err := tx.Exec(`UPDATE targets SET ended_at = ? WHERE id IN ?`, now, ended).Error; err != nil {
			return after, 0, err
		}
		if err := insertTargets(tx, next...); err != nil {
			return after, 0, err
		}
		if err := redue(tx, slices.Compact(tickets)...); err != nil {
			return after, 0, err
		}
		if err := count(tx, deskID, c.Version(), len(ended)); err != nil {
			return after, 0, err
		}
	}
	return all[len(all)-1].TicketID, len(all), nil // if the last one's other promise is left out, the next pass finds it
}

// count adds what moved to the desk's change while that is open. What the last look moves
// is not counted: the number is in the record by then.
func count(tx *gorm.DB, deskID int64, version, more int) error {
	var open bool
	err := tx.Raw(`SELECT done_at IS NULL FROM calendar_changes WHERE desk_id = ? AND version = ? FOR UPDATE`, deskID, version).Scan(&open).Error
	if err != nil || !open {
		return err
	}
	return desk.Moved(tx, deskID, version, more)
}

// stamp is a row that stays due when it is, with when to speak of it by the new calendar.
type stamp struct {
	ID         int64      `json:"id"`
	WarnAt     *time.Time `json:"warn_at"`
	EscalateAt *time.Time `json:"escalate_at"`
}

func (c clocks) stamped(r *target, now time.Time) (stamp, error) {
	out := stamp{r.ID, r.WarnAt, r.EscalateAt}
	if !r.DueAt.After(now) {
		return out, nil
	}
	var err error
	if out.WarnAt, err = c.warnAt(c.Clock(r.Always), r.Minutes, r.FromAt, c.length(r)); err != nil {
		return out, err
	}
	out.EscalateAt, err = c.escalateAt(r.Urgency, r.DueAt)
	return out, err
}

func restamp(tx *gorm.DB, version int, stay []stamp) error {
	if len(stay) == 0 {
		return nil
	}
	all, err := json.Marshal(stay)
	if err != nil {
		return err
	}
	return tx.Exec(`UPDATE targets g SET calendar = ?, warn_at = x.warn_at, escalate_at = x.escalate_at
		FROM jsonb_to_recordset(?::jsonb) AS x(id bigint, warn_at timestamptz, escalate_at timestamptz) WHERE g.id = x.id`, version, string(all)).Error
}
