package ticket

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/routing"
)

// The kinds of promise. An answer and the resolution run side by side; of each at most
// one runs.
const (
	FirstAnswer  = "first_answer"
	NextAnswer   = "next_answer"
	ToBeResolved = "resolution" // only where the desk has set one
)

// A target is our promise while it runs. Its row never moves: a pause, a new urgency or
// topic, or a change of the desk's calendar ends it, and another goes on with what was
// left.
type target struct {
	ID          int64      `json:"-"`
	TicketID    int64      `json:"ticket_id"`
	Kind        string     `json:"kind"`
	Urgency     Urgency    `json:"urgency"`
	Minutes     int        `json:"minutes"` // the whole promise
	Always      bool       `json:"always"`  // around the clock
	Calendar    int        `json:"calendar"`
	Began       string     `json:"began"`
	StartedAt   time.Time  `json:"started_at"`
	DueAt       time.Time  `json:"due_at"`
	LengthUS    *int64     `gorm:"column:length_us" json:"length_us"` // what was left when the row began
	LeftUS      *int64     `gorm:"column:left_us" json:"left_us"`     // what was left when a pause ended it
	MetAt       *time.Time `json:"met_at"`
	EndedAt     *time.Time `json:"ended_at"`
	WarnAt      *time.Time `json:"warn_at"`
	WarnedAt    *time.Time `json:"warned_at"`
	ToldAt      *time.Time `json:"told_at"`
	EscalateAt  *time.Time `json:"escalate_at"`
	EscalatedAt *time.Time `json:"escalated_at"`

	// Where the row's time is counted from, and how much there was then: its own beginning,
	// or that of the row whose calendar was changed.
	FromAt time.Time `json:"-"`
	FromUS *int64    `gorm:"column:from_us" json:"-"`

	// Of its ticket, where they are read with it.
	Number string `json:"-"`
	Shown  bool   `json:"-"` // to whoever looks
}

const targetColumns = `g.id, g.ticket_id, g.kind, g.urgency, g.minutes, g.always, g.calendar, g.began, g.started_at, g.due_at, g.length_us, g.left_us,
	g.met_at, g.ended_at, g.warn_at, g.warned_at, g.told_at, g.escalate_at, g.escalated_at,
	coalesce(o.started_at, g.started_at) AS from_at, CASE WHEN o.id IS NULL THEN g.length_us ELSE coalesce(o.length_us, o.minutes::bigint * 60000000) END AS from_us`

// A row that a change of the calendar began counts from the one it took up.
const targetOrigin = ` LEFT JOIN LATERAL (SELECT o.id, o.started_at, o.length_us, o.minutes FROM targets o
	WHERE g.began = 'calendar' AND o.ticket_id = g.ticket_id AND (o.kind = 'resolution') = (g.kind = 'resolution')
		AND o.began <> 'calendar' AND o.id < g.id ORDER BY o.id DESC LIMIT 1) o ON true`

func (r *target) runs() bool   { return r != nil && r.MetAt == nil && r.EndedAt == nil }
func (r *target) paused() bool { return r != nil && r.MetAt == nil && r.LeftUS != nil }

// promise is what the row promises.
func (r *target) promise() desk.Promise {
	return desk.Promise{Kind: r.Kind, Urgency: string(r.Urgency), Minutes: r.Minutes, Always: r.Always}
}

// latest reads the last row of each of a ticket's two promises; nil where there is none.
func latest(tx *gorm.DB, ticketID int64) (answer, resolution *target, err error) {
	var rows []target
	err = tx.Raw(`SELECT `+targetColumns+` FROM (SELECT DISTINCT ON (kind = 'resolution') * FROM targets
		WHERE ticket_id = ? ORDER BY kind = 'resolution', id DESC) g`+targetOrigin, ticketID).Scan(&rows).Error
	for i := range rows {
		if rows[i].Kind == ToBeResolved {
			resolution = &rows[i]
		} else {
			answer = &rows[i]
		}
	}
	return answer, resolution, err
}

// clocks are what a desk promises, by which clock, and when it is spoken of.
type clocks struct {
	desk.Times
	policy routing.Policy
}

func clocksOf(tx *gorm.DB, deskID int64) (c clocks, err error) {
	if c.Times, err = desk.TimesOf(tx, deskID); err == nil {
		c.policy, err = desk.PolicyOf(tx, deskID)
	}
	return c, err
}

// promise is what the desk promises for a ticket as it is now.
func (c clocks) promise(kind string, t *Ticket) (desk.Promise, bool) {
	p, ok := c.Promise(kind, t.Topic, string(t.Urgency))
	p.Kind, p.Urgency = kind, string(t.Urgency)
	return p, ok
}

// length is how much there was where the row's time is counted from.
func (c clocks) length(r *target) time.Duration {
	switch {
	case r.FromUS != nil:
		return time.Duration(*r.FromUS) * time.Microsecond
	case r.Calendar == c.Version():
		return c.Clock(r.Always).Between(r.FromAt, r.DueAt)
	}
	return time.Duration(r.Minutes) * time.Minute
}

// left is what is left of a row now; negative when late.
func (c clocks) left(r *target, now time.Time) time.Duration {
	return c.length(r) - c.Clock(r.Always).Between(r.FromAt, now)
}

// row is the next row of a promise with so much left. One that is late is due at once.
// What was told of the row before it is not told again, unless its time comes anew.
func (c clocks) row(t *Ticket, p desk.Promise, began string, left time.Duration, before *target, now time.Time) (r target, err error) {
	length := left.Microseconds()
	r = target{TicketID: t.ID, Kind: p.Kind, Urgency: t.Urgency, Minutes: p.Minutes, Always: p.Always, Calendar: c.Version(), Began: began,
		StartedAt: now, DueAt: now, LengthUS: &length}
	clock := c.Clock(p.Always)
	if left > 0 {
		if r.DueAt, err = clock.Add(now, left); err != nil {
			return r, err
		}
		r.DueAt = r.DueAt.UTC()
	} else if before != nil {
		r.ToldAt, r.EscalatedAt = before.ToldAt, before.EscalatedAt
	}
	if r.WarnAt, err = c.warnAt(clock, p.Minutes, now, left); err != nil {
		return r, err
	}
	r.EscalateAt, err = c.escalateAt(t.Urgency, r.DueAt)
	return r, err
}

// warnAt is when the desk's share of a promise is left, of which so much is left at an
// instant; nil when that was before, or nobody is warned.
func (c clocks) warnAt(clock *calendar.Calendar, minutes int, from time.Time, left time.Duration) (*time.Time, error) {
	until := left - time.Duration(minutes)*time.Minute*time.Duration(c.policy.Warn)/100
	if c.policy.Warn <= 0 || until <= 0 {
		return nil, nil
	}
	at, err := clock.Add(from, until)
	at = at.UTC()
	return &at, err
}

// escalateAt is when a manager is told that nobody moved: in the desk's hours, around
// the clock for a critical one.
func (c clocks) escalateAt(u Urgency, due time.Time) (*time.Time, error) {
	at, err := c.Clock(u == Critical).Add(due, c.patience(u))
	at = at.UTC()
	return &at, err
}

// patience is how long after a breach, or after anybody moved, a manager is told.
func (c clocks) patience(u Urgency) time.Duration {
	return time.Duration(c.policy.Tell.Of(string(u))) * time.Minute
}

// first is the first row of a promise, with the whole of it left.
func (c clocks) first(t *Ticket, p desk.Promise, began string, now time.Time) (target, error) {
	return c.row(t, p, began, time.Duration(p.Minutes)*time.Minute, nil, now)
}

// opening are the promises a ticket opens with, and what is due next. Answered on the
// call: the first answer was kept at once, and nothing is left to resolve.
func (c clocks) opening(t *Ticket, answered bool, now time.Time) (rows []target, due time.Time, kind string, err error) {
	due, kind = now.AddDate(0, 0, idleDays), "none"
	for _, k := range []string{FirstAnswer, ToBeResolved} {
		p, ok := c.promise(k, t)
		if !ok || answered && k == ToBeResolved {
			continue
		}
		r, err := c.first(t, p, "opened", now)
		if err != nil {
			return nil, due, kind, err
		}
		if answered {
			r.MetAt = &now
		} else if r.DueAt.Before(due) || kind == "none" {
			due, kind = r.DueAt, dueKinds[k]
		}
		rows = append(rows, r)
	}
	if d := t.CallerDeadline; d != nil && (kind == "none" || d.Before(due)) {
		due, kind = *d, "caller"
	}
	return rows, due, kind, nil
}

var dueKinds = map[string]string{FirstAnswer: "target", NextAnswer: "target", ToBeResolved: "resolution"}

func insertTargets(tx *gorm.DB, rows ...target) error {
	if len(rows) == 0 {
		return nil
	}
	all, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	const columns = `ticket_id, kind, urgency, minutes, always, calendar, began, started_at, due_at, length_us, left_us,
		met_at, ended_at, warn_at, warned_at, told_at, escalate_at, escalated_at`
	return tx.Exec(`INSERT INTO targets (`+columns+`) SELECT `+columns+` FROM jsonb_to_recordset(?::jsonb) AS x(
		ticket_id bigint, kind text, urgency text, minutes integer, always boolean, calendar integer, began text, started_at timestamptz, due_at timestamptz,
		length_us bigint, left_us bigint, met_at timestamptz, ended_at timestamptz, warn_at timestamptz, warned_at timestamptz, told_at timestamptz,
		escalate_at timestamptz, escalated_at timestamptz)`, string(all)).Error
}

// endRow ends a running row.
func endRow(tx *gorm.DB, r *target, now time.Time) error {
	return tx.Exec(`UPDATE targets SET ended_at = ? WHERE id = ?`, now, r.ID).Error
}

// startTarget begins the promise to answer, unless one runs. A ticket that is taken up
// again (began: reopened) is to be resolved anew too.
func startTarget(tx *gorm.DB, t *Ticket, began string, now time.Time) error {
	answer, resolution, err := latest(tx, t.ID)
	if err != nil {
		return err
	}
	resolve := began == "reopened" && !resolution.runs()
	if answer.runs() && !resolve {
		return nil
	}
	c, err := clocksOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	var rows []target
	if !answer.runs() {
		kind := NextAnswer
		if t.FirstAnsweredAt == nil {
			kind = FirstAnswer
		}
		p, _ := c.promise(kind, t)
		r, err := c.first(t, p, began, now)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	if p, ok := c.promise(ToBeResolved, t); ok && resolve {
		r, err := c.first(t, p, began, now)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	return insertTargets(tx, rows...)
}

// meet closes the running promise to answer, or the one that a pause stopped: the
// physician was answered.
func meet(tx *gorm.DB, t *Ticket, now time.Time) error {
	answer, _, err := latest(tx, t.ID)
	if err != nil || !answer.runs() && !answer.paused() {
		return err
	}
	return metRow(tx, answer, now)
}

func metRow(tx *gorm.DB, r *target, now time.Time) error {
	return tx.Exec(`UPDATE targets SET met_at = ? WHERE id = ?`, now, r.ID).Error
}

// endTarget closes what runs when a ticket is resolved: the promise to answer without
// an answer, the one to resolve because it was kept.
func endTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	answer, resolution, err := latest(tx, t.ID)
	if err != nil {
		return err
	}
	if answer.runs() {
		if err := endRow(tx, answer, now); err != nil {
			return err
		}
	}
	if resolution.runs() || resolution.paused() {
		return metRow(tx, resolution, now)
	}
	return nil
}

// pauseTarget stops what runs while the physician has the ticket.
func pauseTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	answer, resolution, err := latest(tx, t.ID)
	if err != nil || !answer.runs() && !resolution.runs() {
		return err
	}
	c, err := clocksOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	for _, r := range []*target{answer, resolution} {
		if !r.runs() {
			continue
		}
		if err := tx.Exec(`UPDATE targets SET ended_at = ?, left_us = ? WHERE id = ?`, now, c.left(r, now).Microseconds(), r.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// resumeTarget goes on with what a pause stopped and was not met meanwhile.
func resumeTarget(tx *gorm.DB, t *Ticket, now time.Time) error {
	answer, resolution, err := latest(tx, t.ID)
	if err != nil || !answer.paused() && !resolution.paused() {
		return err
	}
	c, err := clocksOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	var rows []target
	for _, last := range []*target{answer, resolution} {
		if !last.paused() {
			continue
		}
		r, err := c.row(t, last.promise(), "resumed", time.Duration(*last.LeftUS)*time.Microsecond, last, now)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	return insertTargets(tx, rows...)
}

// retarget lets both promises go on, under what the desk promises for the ticket as it
// is now, less what was used of them. was is the ticket before; began says what of it
// changed. While the physician has the ticket they stay paused, with what is left then.
func retarget(tx *gorm.DB, t, was *Ticket, began string, now time.Time) error {
	answer, resolution, err := latest(tx, t.ID)
	if err != nil || t.Status == Resolved {
		return err
	}
	c, err := clocksOf(tx, t.DeskID)
	if err != nil {
		return err
	}
	var rows []target
	for _, last := range []*target{answer, resolution} {
		r, err := c.retargeted(tx, t, was, last, last == resolution, began, now)
		if err != nil {
			return err
		}
		if r != nil {
			rows = append(rows, *r)
		}
	}
	return insertTargets(tx, rows...)
}

// retargeted ends the last row of one promise and gives the one that goes on; nil when
// none does.
func (c clocks) retargeted(tx *gorm.DB, t, was *Ticket, last *target, resolution bool, began string, now time.Time) (*target, error) {
	kind := ToBeResolved
	if !resolution {
		if !last.runs() && !last.paused() {
			return nil, nil
		}
		kind = last.Kind
	}
	p, ok := c.promise(kind, t)
	old, had := c.promise(kind, was)
	if t.Urgency == was.Urgency && ok == had && p.Minutes == old.Minutes && p.Always == old.Always {
		return nil, nil // this promise does not depend on what changed
	}
	if !ok {
		// There is none for the ticket any more. One that comes back later begins anew.
		if !last.runs() && !last.paused() {
			return nil, nil
		}
		return nil, tx.Exec(`UPDATE targets SET ended_at = coalesce(ended_at, ?), left_us = NULL WHERE id = ?`, now, last.ID).Error
	}
	left := time.Duration(p.Minutes) * time.Minute
	switch {
	case last.runs():
		left += c.left(last, now) - time.Duration(last.Minutes)*time.Minute
		if err := endRow(tx, last, now); err != nil {
			return nil, err
		}
	case last.paused():
		left += time.Duration(*last.LeftUS)*time.Microsecond - time.Duration(last.Minutes)*time.Minute
	default:
		last = nil
	}
	r, err := c.row(t, p, began, left, last, now)
	if t.Status == WithPhysician {
		us := left.Microseconds()
		r.EndedAt, r.LeftUS = &now, &us
	}
	return &r, err
}

// idleDays is when a ticket with neither a promise nor a deadline is next looked at.
const idleDays = 90

// redue writes what is due next: the earliest of our running promises and the caller's
// own clock; with none of them, ninety days after the ticket was opened (rules, A ticket).
func redue(tx *gorm.DB, ticketIDs ...int64) error {
	return tx.Exec(`
		UPDATE tickets t SET next_due_at = coalesce(least(a.due_at, r.due_at, t.caller_deadline), t.opened_at + make_interval(days => ?)),
			due_kind = CASE least(a.due_at, r.due_at, t.caller_deadline) WHEN a.due_at THEN 'target' WHEN r.due_at THEN 'resolution'
				WHEN t.caller_deadline THEN 'caller' ELSE 'none' END
		FROM tickets x
		LEFT JOIN targets a ON a.ticket_id = x.id AND a.kind <> 'resolution' AND a.ended_at IS NULL AND a.met_at IS NULL
		LEFT JOIN targets r ON r.ticket_id = x.id AND r.kind = 'resolution' AND r.ended_at IS NULL AND r.met_at IS NULL
		WHERE t.id = x.id AND x.id IN ?`, idleDays, ticketIDs).Error
}
