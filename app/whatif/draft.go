package whatif

import (
	"context"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Drafted is a plan as somebody typed it. Version is the one they began from; 0 for
// a new plan.
type Drafted struct {
	Name    string
	Body    Body
	Version int
}

func (in *Drafted) check(g *Ground) error {
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	var bad fault.Fields
	bad.Need(in.Name != "", "name", "Give it a name, so that it can be told from the others.")
	bad.Need(utf8.RuneCountInString(in.Name) <= mostNameRunes, "name", "Give it a shorter name, of 80 letters at most.")
	in.Body.check(g, &bad)
	in.Body = in.Body.tidied(g)
	return bad.Err()
}

// Add makes a draft for a desk (0: the first). Managers. Errors: fault.Fields, named
// as CapField, DayField, Promise.Field and Knob.Name say.
func (s *Service) Add(ctx context.Context, by actor.Actor, deskID int64, in Drafted) (id int64, err error) {
	deskID, err = deskOf(by, deskID)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		g, err := groundOf(tx, deskID)
		if err != nil {
			return err
		}
		if err := in.check(g); err != nil {
			return err
		}
		id, err = insert(tx, by, deskID, in, s.now(), nil)
		return err
	})
	return id, err
}

func insert(tx *gorm.DB, by actor.Actor, deskID int64, in Drafted, now time.Time, detail audit.Detail) (id int64, err error) {
	text, err := in.Body.text()
	if err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO plans (desk_id, name, body, made_by, made_at, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		deskID, in.Name, text, by.ID, now, by.ID, now).Scan(&id).Error
	if err != nil {
		return 0, err
	}
	if detail == nil {
		detail = audit.Detail{}
	}
	detail["desk"] = deskID
	return id, audit.Record(tx, by, now, "plan.drafted", audit.Plan(id), detail)
}

// Edit saves a draft. Managers. Errors: fault.Fields; *Changed when somebody saved it
// since the version it was begun from; fault.Conflict once it is no draft any more.
func (s *Service) Edit(ctx context.Context, by actor.Actor, id int64, in Drafted) error {
	desks, err := mine(by)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := held(tx, desks, id)
		if err != nil {
			return err
		}
		g, err := groundOf(tx, p.DeskID)
		if err != nil {
			return err
		}
		if err := in.check(g); err != nil {
			return err
		}
		if p.State != Draft {
			return fault.Say(fault.Conflict, "It is no draft any more: what is planned or in force stays as it was. Copy it, and change the copy.")
		}
		if in.Name == p.Name && reflect.DeepEqual(in.Body, p.Body) {
			return nil // a second click, or nothing new
		}
		if in.Version != p.Version {
			return &Changed{p}
		}
		text, err := in.Body.text()
		if err != nil {
			return err
		}
		now := s.now()
		if err := tx.Exec(`UPDATE plans SET name = ?, body = ?, version = version + 1, changed_by = ?, changed_at = ? WHERE id = ?`,
			in.Name, text, by.ID, now, id).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "plan.changed", audit.Plan(id), audit.Detail{"version": p.Version + 1})
	})
}

// Copy makes a draft of a plan that may be in any state. Back: of what takes it back,
// where it is or was in force. Managers.
func (s *Service) Copy(ctx context.Context, by actor.Actor, id int64, back bool) (copied int64, err error) {
	desks, err := mine(by)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := planOf(tx, desks, id)
		if err != nil {
			return err
		}
		in := Drafted{Name: clip("Copy of " + p.Name), Body: p.Body}
		if back {
			if p.Undo.Empty() {
				return fault.Say(fault.Conflict, "It has changed nothing yet that could be taken back.")
			}
			in = Drafted{Name: clip("Back from " + p.Name), Body: p.Undo}
		}
		copied, err = insert(tx, by, p.DeskID, in, s.now(), audit.Detail{"from": id, "back": back})
		return err
	})
	return copied, err
}

// clip keeps a name within its length.
func clip(name string) string {
	if runes := []rune(name); len(runes) > mostNameRunes {
		return strings.TrimSpace(string(runes[:mostNameRunes-1])) + "…"
	}
	return name
}

// Withdraw takes a draft away, or makes a draft again of a plan that was to come into
// force. Managers. Errors: *Changed for a draft that somebody saved since version;
// fault.Conflict for a plan that is or was in force.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id int64, version int) (State, error) {
	desks, err := mine(by)
	if err != nil {
		return "", err
	}
	var now State
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := held(tx, desks, id)
		if err != nil {
			return err
		}
		at := s.now()
		switch p.State {
		case Draft:
			if version != p.Version {
				return &Changed{p}
			}
			now = Withdrawn
			if err := tx.Exec(`UPDATE plans SET state = 'withdrawn', changed_by = ?, changed_at = ? WHERE id = ?`, by.ID, at, id).Error; err != nil {
				return err
			}
			return audit.Record(tx, by, at, "plan.withdrawn", audit.Plan(id), nil)
		case Scheduled:
			now = Draft
			if err := tx.Exec(`UPDATE plans SET state = 'draft', enacted_by = NULL, from_at = NULL, version = version + 1, changed_by = ?, changed_at = ? WHERE id = ?`,
				by.ID, at, id).Error; err != nil {
				return err
			}
			return audit.Record(tx, by, at, "plan.called_off", audit.Plan(id), audit.Detail{"from_at": p.FromAt})
		}
		return fault.Say(fault.Conflict, "It is in force, or was: that cannot be taken back, only followed by another.")
	})
	return now, err
}
