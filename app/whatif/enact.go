package whatif

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// EnactJob puts a plan into force when its time has come.
type EnactJob struct {
	PlanID int64 `json:"plan_id"`
}

func (EnactJob) Kind() string  { return "whatif:enact" }
func (EnactJob) Queue() string { return "urgent" }

// Enact puts a draft into force: at once where day is empty, else from that day's
// midnight in the desk's zone. Version is the one that was read: nobody puts into
// force what they have not seen. Managers. Errors: fault.Fields for the day;
// *Changed; fault.Conflict where another waits to come into force.
func (s *Service) Enact(ctx context.Context, by actor.Actor, id int64, version int, day string) error {
	desks, err := mine(by)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := holdDeskOf(tx, desks, id); err != nil {
			return err
		}
		p, err := held(tx, desks, id)
		if err != nil {
			return err
		}
		if err := holdPeople(tx, p.Body); err != nil {
			return err
		}
		now := s.now()
		g, err := groundOf(tx, p.DeskID)
		if err != nil {
			return err
		}
		from, err := when(day, g.Times.Zone, now)
		if err != nil {
			return err
		}
		switch {
		case p.State == Scheduled && p.FromAt.Equal(from), p.State == InForce && day == "":
			return nil // a second click
		case p.State != Draft:
			return fault.Say(fault.Conflict, "It is no draft any more.")
		case p.Version != version:
			return &Changed{p}
		case p.Body.tidied(g).Empty():
			return fault.Fields{{Name: "when", Says: "It would change nothing: everything it says is so already."}}
		}
		if day == "" {
			return enact(tx, by, p, g, now)
		}
		if err := tx.Exec(`UPDATE plans SET state = 'scheduled', enacted_by = ?, from_at = ? WHERE id = ?`, by.ID, from, id).Error; err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "plan.scheduled", audit.Plan(id), audit.Detail{"from_at": from}); err != nil {
			return err
		}
		return outbox.PromiseAt(tx, EnactJob{PlanID: id}, from)
	})
	if database.Violates(err, "plans_one_scheduled") {
		return fault.Say(fault.Conflict, "Another plan waits to come into force. Call that one off first, or wait for its day.")
	}
	return err
}

// when is the instant from which a plan is to be in force.
func when(day string, zone *time.Location, now time.Time) (time.Time, error) {
	if day == "" {
		return now, nil
	}
	d, err := calendar.ParseDay(day)
	if err != nil {
		return now, fault.Fields{{Name: "day", Says: "Give the day as in 2026-11-19."}}
	}
	from := midnight(d, zone)
	switch {
	case !from.After(now):
		return now, fault.Fields{{Name: "day", Says: "That day has begun. Give a later one, or put it into force now."}}
	case from.After(now.AddDate(1, 0, 0)):
		return now, fault.Fields{{Name: "day", Says: "Give a day within the next year."}}
	}
	return from, nil
}

// EnactDue keeps the promise of EnactJob. Once; a plan that was called off is left
// alone, and one whose time has not come, because it was moved or because this
// process's clock is behind that of who brought the promise, is promised again.
func (s *Service) EnactDue(ctx context.Context, by actor.Actor, id int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		if err := holdDeskOf(tx, nil, id); err != nil {
			return err
		}
		var row planRow
		if err := tx.Exec(`SELECT FROM plans WHERE id = ? FOR UPDATE`, id).Error; err != nil {
			return err
		}
		err := tx.Raw(`SELECT `+planColumns+planTables+`WHERE p.id = ? AND p.state = 'scheduled'`, id).Scan(&row).Error
		if err != nil || row.ID == 0 {
			return err
		}
		p, err := row.plan()
		if err != nil {
			return err
		}
		if p.FromAt.After(now) {
			return outbox.PromiseAt(tx, EnactJob{PlanID: id}, *p.FromAt)
		}
		if err := holdPeople(tx, p.Body); err != nil {
			return err
		}
		g, err := groundOf(tx, p.DeskID)
		if err != nil {
			return err
		}
		return enact(tx, by, p, g, now)
	})
}

// enact changes what the plan says, and nothing else: the desk's policy and promises,
// then plans, then people by id, which is the order of the record. People who are no
// longer on the desk are passed over.
func enact(tx *gorm.DB, by actor.Actor, p Plan, g *Ground, now time.Time) error {
	undo, err := p.Body.undo(g).text()
	if err != nil {
		return err
	}
	if len(p.Body.Policy) > 0 {
		if err := desk.SetPolicy(tx, by, p.DeskID, p.Body.policy(g.Policy), now); err != nil {
			return err
		}
	}
	if len(p.Body.Promises) > 0 {
		if err := desk.SetPromisesIn(tx, by, p.DeskID, p.Body.promises(g.Times.Promises()), now); err != nil {
			return err
		}
	}
	var before int64
	if err := tx.Raw(`UPDATE plans SET state = 'past', until_at = ? WHERE desk_id = ? AND state = 'in_force' RETURNING id`, now, p.DeskID).Scan(&before).Error; err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE plans SET state = 'in_force', undo = ?, enacted_by = coalesce(enacted_by, ?), from_at = coalesce(from_at, ?) WHERE id = ?`,
		undo, by.ID, now, p.ID).Error; err != nil {
		return err
	}
	var gone []int64
	for _, id := range p.Body.people() {
		if g.Person(id) == nil {
			gone = append(gone, id)
		}
	}
	detail := audit.Detail{"desk": p.DeskID}
	if len(gone) > 0 {
		detail["gone"] = gone
	}
	entries := []struct {
		id     int64
		action string
		detail audit.Detail
	}{{p.ID, "plan.enacted", detail}}
	if before != 0 {
		entries = append(entries, struct {
			id     int64
			action string
			detail audit.Detail
		}{before, "plan.followed", audit.Detail{"by": p.ID}})
		if before < p.ID {
			entries[0], entries[1] = entries[1], entries[0]
		}
	}
	for _, e := range entries {
		if err := audit.Record(tx, by, now, e.action, audit.Plan(e.id), e.detail); err != nil {
			return err
		}
	}
	return settle(tx, by, p.Body, g, now)
}

// settle gives each person what the plan says of them.
func settle(tx *gorm.DB, by actor.Actor, b Body, g *Ground, now time.Time) error {
	for _, id := range b.people() {
		person := g.Person(id)
		if person == nil {
			continue
		}
		if limit, changed := b.Caps[id]; changed && limit != person.Cap {
			if err := desk.SetCap(tx, by, id, limit, now); err != nil {
				return err
			}
		}
		if days, changed := b.Days[id]; changed {
			var week []desk.Shift
			for day, segments := range merged(person.Week, days) {
				for _, one := range segments {
					week = append(week, desk.Shift{Weekday: time.Weekday(day), Starts: one.Opens, Ends: one.Closes})
				}
			}
			if err := desk.SetShiftsIn(tx, by, id, week, now); err != nil {
				return err
			}
		}
	}
	return nil
}
