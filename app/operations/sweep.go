package operations

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Sweep is the last time one kind of the clock's work was done.
type Sweep struct {
	Kind   string
	At     time.Time
	Found  *int64 // nil: this kind does not count
	TookMs int64
}

// Swept notes that a kind of the clock's work was done, how much it found (less than
// 0: it does not count) and how long it took.
func (s *Service) Swept(ctx context.Context, kind string, found int, took time.Duration) error {
	var n *int
	if found >= 0 {
		n = &found
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO sweeps AS s (kind, at, found, took_ms) VALUES (?, ?, ?, ?)
			ON CONFLICT (kind) DO UPDATE SET at = excluded.at, found = excluded.found, took_ms = excluded.took_ms WHERE s.at <= excluded.at`,
			kind, s.now(), n, took.Milliseconds()).Error
	})
}
