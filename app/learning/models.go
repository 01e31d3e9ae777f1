package learning

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/triage"
)

// Made is a model that a night made, taken or refused.
type Made struct {
	ID                int64
	Version           string
	Labels, Corrected int
	TrainedAt         time.Time
	RefusedWhy        string // "": it may be in force
	Scores            Scores `gorm:"-"`
	Written           string `gorm:"column:scores"`
}

// Term is that a model was put in force. ModelID 0 is the one that came with the program.
type Term struct {
	ID, ModelID   int64
	Version       string
	FromAt        time.Time
	PutBy, Reason string // PutBy "": it won by itself
}

// Change is a change of the lexicon.
type Change struct {
	Part      string // topic:CODE or trigger:CODE
	ChangedAt time.Time
	ChangedBy string
	AsItCame  bool
}

// Overview is what triage knows and how it came to.
type Overview struct {
	Version           string // of what is read with now, lexicon included
	Term              *Term  // nil: it came with the program and nothing else was ever in force
	Model             *Made  // nil: the one that came with the program
	Models            []Made // newest first, with the one in force however old it is
	Terms             []Term
	Changes           []Change
	Labels, Corrected int
}

// What an overview lists at most.
const mostListed = 50

// Overview says which model is in force, how well it reads, what was tried, and who changed
// what. Managers and administrators; it holds no ticket's text.
func (s *Service) Overview(ctx context.Context, by actor.Actor) (*Overview, error) {
	if err := mayLook(by); err != nil {
		return nil, err
	}
	o := &Overview{Version: s.model(ctx, loadsFor).Version()}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		err := q.Raw(`SELECT id, version, labels, corrected, trained_at, refused_why, scores::text AS scores FROM models
			WHERE id IN (SELECT id FROM models ORDER BY id DESC LIMIT ?) OR id = (SELECT model_id FROM models_in_force ORDER BY id DESC LIMIT 1)
			ORDER BY id DESC`, mostListed).Scan(&o.Models).Error
		if err != nil {
			return err
		}
		for i := range o.Models {
			if err := json.Unmarshal([]byte(o.Models[i].Written), &o.Models[i].Scores); err != nil {
				return err
			}
		}
		err = q.Raw(`SELECT f.id, coalesce(f.model_id, 0) AS model_id, coalesce(m.version, '') AS version, f.from_at, coalesce(u.name, '') AS put_by, f.reason
			FROM models_in_force f LEFT JOIN models m ON m.id = f.model_id LEFT JOIN users u ON u.id = f.put_by ORDER BY f.id DESC LIMIT ?`, mostListed).Scan(&o.Terms).Error
		if err != nil {
			return err
		}
		err = q.Raw(`SELECT c.part, c.changed_at, u.name AS changed_by, c.body IS NULL AS as_it_came FROM lexicon_changes c JOIN users u ON u.id = c.changed_by
			ORDER BY c.id DESC LIMIT ?`, mostListed).Scan(&o.Changes).Error
		if err != nil {
			return err
		}
		return q.Raw(`SELECT count(*) AS labels, count(*) FILTER (WHERE why = 'corrected') AS corrected FROM (
			SELECT DISTINCT ON (ticket_id) why FROM labels ORDER BY ticket_id, id DESC) l`).Row().Scan(&o.Labels, &o.Corrected)
	})
	if err != nil {
		return nil, err
	}
	if len(o.Terms) > 0 {
		o.Term = &o.Terms[0]
		for i := range o.Models {
			if o.Models[i].ID == o.Term.ModelID {
				o.Model = &o.Models[i]
			}
		}
	}
	return o, nil
}

// PutBack puts an earlier model in force once more, id 0 the one that came with the program,
// with a reason. seen is the term it was decided from. Managers. Errors: fault.Fields
// ("reason"), Conflict where another model came into force meanwhile.
func (s *Service) PutBack(ctx context.Context, by actor.Actor, id, seen int64, reason string) error {
	if !by.Is(actor.Manager) {
		return fault.NotFound
	}
	reason = oneLine(reason)
	var bad fault.Fields
	bad.Need(reason != "", "reason", "Say why, so that the next person knows.")
	bad.Need(utf8.RuneCountInString(reason) <= longestWords, "reason", "Keep it under 600 characters.")
	if err := bad.Err(); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, changing).Error; err != nil {
			return err
		}
		of, err := standingOf(tx)
		if err != nil {
			return err
		}
		if of.InForce != seen {
			return fault.Say(fault.Conflict, "Another model came into force while you were at it. Look at it, then decide.")
		}
		var now struct{ ModelID int64 }
		if err := tx.Raw(`SELECT coalesce(model_id, 0) AS model_id FROM models_in_force WHERE id = ?`, of.InForce).Scan(&now).Error; err != nil {
			return err
		}
		if now.ModelID == id {
			return fault.Say(fault.Conflict, "That model is in force already.")
		}
		if id == 0 {
			return inForce(tx, by, nil, reason, s.now())
		}
		var kept []byte
		if err := tx.Raw(`SELECT bytes FROM models WHERE id = ? AND bytes IS NOT NULL`, id).Row().Scan(&kept); err != nil {
			if isNone(err) {
				return fault.NotFound
			}
			return err
		}
		if (&triage.Model{}).UnmarshalBinary(kept) != nil {
			return fault.Say(fault.Conflict, "This version of the program cannot read that model.")
		}
		return inForce(tx, by, &id, reason, s.now())
	})
	if err == nil {
		s.forget()
	}
	return err
}

// inForce puts a model in force; nil the one that came with the program.
func inForce(tx *gorm.DB, by actor.Actor, id *int64, reason string, now time.Time) error {
	var who *int64
	if by.ID != 0 {
		who = &by.ID
	}
	var term int64
	err := tx.Raw(`INSERT INTO models_in_force (model_id, from_at, put_by, reason) VALUES (?, ?, ?, ?) RETURNING id`, id, now, who, reason).Scan(&term).Error
	if err != nil {
		return err
	}
	model := int64(0)
	if id != nil {
		model = *id
	}
	return audit.Record(tx, by, now, "model.in_force", audit.ModelInForce(term), audit.Detail{"model": model})
}
