package desk

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/routing"
)

// PolicyOf is how a desk's router weighs: what the desk has set, over the default.
func PolicyOf(tx *gorm.DB, deskID int64) (routing.Policy, error) {
	p := routing.Default()
	var row struct{ Policy string }
	if err := tx.Raw(`SELECT policy::text AS policy FROM desks WHERE id = ?`, deskID).Take(&row).Error; err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(row.Policy), &p)
}

// Policy is PolicyOf for pages.
func (s *Service) Policy(ctx context.Context, deskID int64) (routing.Policy, error) {
	var p routing.Policy
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		p, err = PolicyOf(q, deskID)
		return err
	})
	return p, err
}

// SetPolicy says how a desk's router weighs from now on. Managers and commands may.
// Errors: fault.Fields, named as in the policy's JSON: "weights.room", "warn".
func SetPolicy(tx *gorm.DB, by actor.Actor, deskID int64, p routing.Policy, now time.Time) error {
	if !by.Is(actor.Manager, actor.System) {
		return fault.Forbidden
	}
	if err := checkPolicy(p); err != nil {
		return err
	}
	if err := holdDesk(tx, deskID); err != nil {
		return err
	}
	before, err := PolicyOf(tx, deskID)
	if err != nil || before == p {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE desks SET policy = ? WHERE id = ?`, string(text), deskID).Error; err != nil {
		return err
	}
	if err := audit.Record(tx, by, now, "desk.policy_changed", audit.Desk(deskID), audit.Detail{"from": before, "to": p}); err != nil {
		return err
	}
	return PromiseSweep(tx, deskID, now)
}

func checkPolicy(p routing.Policy) error {
	var bad fault.Fields
	w := p.Weights
	for _, weight := range []struct {
		name   string
		points int
	}{{"room", w.Room}, {"depth", w.Depth}, {"state", w.State}, {"language", w.Language}, {"matter", w.Matter},
		{"physician", w.Physician}, {"practice", w.Practice}, {"cover", w.Cover}} {
		bad.Need(weight.points >= 0 && weight.points <= 1000, "weights."+weight.name, "Give points from 0 to 1,000.")
	}
	each := func(name string, b routing.ByUrgency, least, most int, says string) {
		for _, urgency := range Urgencies {
			bad.Need(b.Of(urgency) >= least && b.Of(urgency) <= most, name+"."+urgency, says)
		}
	}
	each("loads", p.Loads, 1, 20, "Give a number from 1 to 20.")
	each("accept", p.Accept, 0, 10080, "Give minutes from 0 (not asked) to 10,080.")
	bad.Need(p.Warn >= 0 && p.Warn <= 90, "warn", "Give a share from 0 (never) to 90 per cent.")
	each("tell", p.Tell, 0, 10080, "Give minutes from 0 to 10,080.")
	return bad.Err()
}
