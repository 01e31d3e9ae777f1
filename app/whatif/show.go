package whatif

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
)

// Overview is how a desk's tickets find their consultant, and what is planned.
type Overview struct {
	*Ground
	Desk      desk.Desk
	InForce   *Plan // nil: the desk's policy was set before there were plans, or never
	Scheduled *Plan
	Drafts    []Line // what changed last first
	Past      []Line // what ended last first
}

// Line is a plan in a list, with the last replay of it that came to an end.
type Line struct {
	Plan
	Last *Replay
}

// pastAtMost is how many plans of the past the overview lists.
const pastAtMost = 10

// Overview reads what is in force on a desk (0: the first), and its plans. Managers.
func (s *Service) Overview(ctx context.Context, by actor.Actor, deskID int64) (*Overview, error) {
	deskID, err := deskOf(by, deskID)
	if err != nil {
		return nil, err
	}
	o := &Overview{}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		if o.Ground, err = groundOf(q, deskID); err != nil {
			return err
		}
		o.Desk = o.Times.Desk
		var rows []planRow
		err := q.Raw(`SELECT `+planColumns+planTables+`WHERE p.desk_id = ? AND p.state IN ('draft', 'scheduled', 'in_force')
			UNION ALL SELECT * FROM (SELECT `+planColumns+planTables+`WHERE p.desk_id = ? AND p.state = 'past' ORDER BY p.until_at DESC LIMIT ?) f
			ORDER BY changed_at DESC, id DESC`, deskID, deskID, pastAtMost).Scan(&rows).Error
		if err != nil {
			return err
		}
		last, err := lastReplays(q, deskID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			p, err := r.plan()
			if err != nil {
				return err
			}
			line := Line{Plan: p, Last: last[p.ID]}
			switch p.State {
			case InForce:
				o.InForce = &line.Plan
			case Scheduled:
				o.Scheduled = &line.Plan
			case Past:
				o.Past = append(o.Past, line)
			default:
				o.Drafts = append(o.Drafts, line)
			}
		}
		return nil
	})
	return o, err
}

// Sheet is one plan on the ground it stands on, with its replays, the latest first.
type Sheet struct {
	Plan
	Ground  *Ground
	Desk    desk.Desk
	Waiting *Plan // another of the desk that waits to come into force
	Replays []Replay
	Today   calendar.Day // at the desk
}

// New is a sheet of nothing yet, for a desk (0: the first). Managers.
func (s *Service) New(ctx context.Context, by actor.Actor, deskID int64) (*Sheet, error) {
	deskID, err := deskOf(by, deskID)
	if err != nil {
		return nil, err
	}
	sheet := &Sheet{Plan: Plan{DeskID: deskID, State: Draft}}
	err = s.db.Read(ctx, func(q *gorm.DB) error { return s.lay(q, sheet) })
	return sheet, err
}

// Show reads a plan. Managers; a plan that was taken back is not found.
func (s *Service) Show(ctx context.Context, by actor.Actor, id int64) (*Sheet, error) {
	desks, err := mine(by)
	if err != nil {
		return nil, err
	}
	sheet := &Sheet{}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		if sheet.Plan, err = planOf(q, desks, id); err != nil {
			return err
		}
		if err := s.lay(q, sheet); err != nil {
			return err
		}
		var rows []planRow
		err := q.Raw(`SELECT `+planColumns+planTables+`WHERE p.desk_id = ? AND p.state = 'scheduled' AND p.id <> ?`, sheet.DeskID, id).Scan(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			sheet.Waiting = &rows[0].Plan
		}
		sheet.Replays, err = replaysOf(q, id)
		return err
	})
	return sheet, err
}

func (s *Service) lay(q *gorm.DB, sheet *Sheet) error {
	var err error
	if sheet.Ground, err = groundOf(q, sheet.DeskID); err != nil {
		return err
	}
	sheet.Desk, sheet.Today = sheet.Ground.Times.Desk, calendar.DayOf(s.now(), sheet.Ground.Times.Zone)
	return nil
}
