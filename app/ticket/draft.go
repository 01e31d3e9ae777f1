package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// Draft is what somebody typed and has not sent. It is the writer's alone.
type Draft struct {
	ID     string
	Kind   string // request, call, message, note or summary
	Fields map[string]string
	KeptAt time.Time
}

// DraftDays is how long a draft is kept.
const DraftDays = 14

// KeepDraft keeps a draft, over the one of the same id. Everyone their own.
func (s *Service) KeepDraft(ctx context.Context, by actor.Actor, d Draft) error {
	if _, err := uuid.Parse(d.ID); err != nil || by.ID == 0 {
		return fault.NotFound
	}
	kinds := map[string]bool{"request": by.Insured(), "message": by.Insured() || by.Desk(), "call": by.Desk(), "note": by.Desk(),
		"summary": by.Insured() || by.Desk()}
	if !kinds[d.Kind] {
		return fault.NotFound
	}
	for name, words := range d.Fields {
		if utf8.RuneCountInString(words) > Longest {
			return fault.Fields{{Name: name, Says: "That is longer than the 20,000 characters we take."}}
		}
	}
	text, err := json.Marshal(d.Fields)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO drafts (id, user_id, kind, fields, kept_at) VALUES (?::uuid, ?, ?, ?::jsonb, ?)
			ON CONFLICT (user_id, id) DO UPDATE SET kind = excluded.kind, fields = excluded.fields, kept_at = excluded.kept_at`,
			d.ID, by.ID, d.Kind, string(text), s.now()).Error
	})
}

// Draft reads one of the caller's own drafts.
func (s *Service) Draft(ctx context.Context, by actor.Actor, id string) (*Draft, error) {
	if _, err := uuid.Parse(id); err != nil {
		return nil, fault.NotFound
	}
	var row struct {
		ID     string
		Kind   string
		Fields string
		KeptAt time.Time
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id::text AS id, kind, fields::text AS fields, kept_at FROM drafts WHERE user_id = ? AND id = ?::uuid`, by.ID, id).Take(&row).Error
	})
	if errors.Is(err, fault.NotFound) {
		return nil, fault.NotFound
	}
	if err != nil {
		return nil, err
	}
	d := &Draft{ID: row.ID, Kind: row.Kind, KeptAt: row.KeptAt}
	return d, json.Unmarshal([]byte(row.Fields), &d.Fields)
}

// Drafts are the caller's drafts of a kind, newest first.
func (s *Service) Drafts(ctx context.Context, by actor.Actor, kind string) ([]Draft, error) {
	var rows []struct {
		ID     string
		Fields string
		KeptAt time.Time
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id::text AS id, fields::text AS fields, kept_at FROM drafts WHERE user_id = ? AND kind = ? ORDER BY kept_at DESC LIMIT 5`, by.ID, kind).Scan(&rows).Error
	})
	var out []Draft
	for _, r := range rows {
		d := Draft{ID: r.ID, Kind: kind, KeptAt: r.KeptAt}
		if err := json.Unmarshal([]byte(r.Fields), &d.Fields); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, err
}

// DropDraft lets go of a draft. Everyone their own; one that is gone is gone.
func (s *Service) DropDraft(ctx context.Context, by actor.Actor, id string) error {
	if _, err := uuid.Parse(id); err != nil {
		return fault.NotFound
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return ForgetDraft(tx, by, id)
	})
}

// ForgetDraft lets go of somebody's own draft with what it became, for rooms that lean on
// this one. id is a UUID.
func ForgetDraft(tx *gorm.DB, by actor.Actor, id string) error {
	return tx.Exec(`DELETE FROM drafts WHERE user_id = ? AND id = ?::uuid`, by.ID, id).Error
}

// PruneDrafts lets go of drafts that nobody touched for DraftDays.
func (s *Service) PruneDrafts(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`DELETE FROM drafts WHERE kept_at < ?`, s.now().AddDate(0, 0, -DraftDays)).Error
	})
}
