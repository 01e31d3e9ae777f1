package whatif

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
)

// Replay is a past period played again under a plan, or on its way.
type Replay struct {
	ID       int64
	PlanID   int64
	PlanName string
	DeskID   int64
	Body     Body           `gorm:"-"` // the plan as it was when this was asked for
	Stale    bool           // the plan has been changed since
	Draft    bool           // the plan is one that can be changed, and put into force
	From, To calendar.Day   `gorm:"-"`
	Zone     *time.Location `gorm:"-"`
	AskedBy  string
	AskedAt  time.Time
	Total    int // how much there is to do, in tickets played; 0: not known yet
	Done     int
	DoneAt   *time.Time
	Failed   Failure
	Result   *Result `gorm:"-"`
}

// Failure is why a replay came to no result.
type Failure string

// The failures.
const (
	NothingThere Failure = "empty"      // no ticket came in
	TooMany      Failure = "large"      // more tickets than are played at once
	TooSlow      Failure = "slow"       // it was not through in the time a job may take
	Unplayable   Failure = "unplayable" // the desk's calendar or the shifts do not hold together
)

type replayRow struct {
	Replay   `gorm:"embedded"`
	BodyText string
	FromDay  string
	ToDay    string
	ZoneName string
	Outcome  string
}

const replayColumns = `r.id, r.plan_id, p.name AS plan_name, p.desk_id, r.body::text AS body_text, r.body <> p.body AS stale, p.state = 'draft' AS draft,
	r.from_day::text AS from_day, r.to_day::text AS to_day, d.zone AS zone_name, u.name AS asked_by, r.asked_at, r.total, r.done, r.done_at, r.failed, coalesce(r.result::text, '') AS outcome
	FROM replays r JOIN plans p ON p.id = r.plan_id JOIN desks d ON d.id = p.desk_id JOIN users u ON u.id = r.asked_by `

func (row replayRow) replay() (Replay, error) {
	r := row.Replay
	var err error
	if r.Zone, err = time.LoadLocation(row.ZoneName); err != nil {
		return r, err
	}
	if r.From, err = calendar.ParseDay(row.FromDay); err != nil {
		return r, err
	}
	if r.To, err = calendar.ParseDay(row.ToDay); err != nil {
		return r, err
	}
	if r.Body, err = readBody(row.BodyText); err != nil || row.Outcome == "" {
		return r, err
	}
	r.Result = &Result{}
	return r, json.Unmarshal([]byte(row.Outcome), r.Result)
}

func readReplays(rows []replayRow) ([]Replay, error) {
	all := make([]Replay, len(rows))
	var err error
	for i, row := range rows {
		if all[i], err = row.replay(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// replaysAtMost is how many replays of a plan its page lists.
const replaysAtMost = 20

func replaysOf(q *gorm.DB, planID int64) ([]Replay, error) {
	var rows []replayRow
	if err := q.Raw(`SELECT `+replayColumns+`WHERE r.plan_id = ? ORDER BY r.asked_at DESC, r.id DESC LIMIT ?`, planID, replaysAtMost).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return readReplays(rows)
}

// lastReplays are the last that came to a result, by plan.
func lastReplays(q *gorm.DB, deskID int64) (map[int64]*Replay, error) {
	var rows []replayRow
	err := q.Raw(`SELECT DISTINCT ON (r.plan_id) `+replayColumns+`WHERE p.desk_id = ? AND p.state <> 'withdrawn' AND r.result IS NOT NULL
		ORDER BY r.plan_id, r.done_at DESC, r.id DESC`, deskID).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	all, err := readReplays(rows)
	last := make(map[int64]*Replay, len(all))
	for i := range all {
		last[all[i].PlanID] = &all[i]
	}
	return last, err
}

// Replay reads one. Managers of the plan's desk.
func (s *Service) Replay(ctx context.Context, by actor.Actor, id int64) (*Replay, error) {
	desks, err := mine(by)
	if err != nil {
		return nil, err
	}
	var r Replay
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		r, err = replayOf(q, id, desks)
		return err
	})
	return &r, err
}

func replayOf(q *gorm.DB, id int64, desks []int64) (Replay, error) {
	var row replayRow
	if err := q.Raw(`SELECT `+replayColumns+`WHERE r.id = ? AND p.desk_id IN ? AND p.state <> 'withdrawn'`, id, desks).Take(&row).Error; err != nil {
		return Replay{}, err
	}
	return row.replay()
}
