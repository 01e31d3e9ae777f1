package ticket

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"hotline/app/outbox"
)

// breachBatch is how many of each a tick takes up; the next takes more.
const breachBatch = 1000

// FindDue promises word of each running promise that is soon due, was missed, or was
// missed with nobody moving, and was not told of yet. The clock's, each tick; it says
// how many.
func (s *Service) FindDue(ctx context.Context) (int, error) {
	warn, err := find[WarnJob](ctx, s, "warned_at", "warn_at")
	late, more := find[OverdueJob](ctx, s, "told_at", "due_at")
	still, most := find[EscalateJob](ctx, s, "escalated_at", "escalate_at")
	return warn + late + still, errors.Join(err, more, most)
}

// find marks what is due as taken up and makes its promises, in one transaction: two
// clocks at once never take up the same.
func find[J outbox.Job](ctx context.Context, s *Service, mark, due string) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var jobs []J
		err := tx.Raw(`UPDATE targets SET `+mark+` = ? WHERE id IN (
				SELECT id FROM targets WHERE ended_at IS NULL AND met_at IS NULL AND `+mark+` IS NULL AND `+due+` < ?
				ORDER BY `+due+` LIMIT ? FOR UPDATE SKIP LOCKED)
			RETURNING ticket_id, id AS target_id`, now, now, breachBatch).Scan(&jobs).Error
		if err != nil {
			return err
		}
		n = len(jobs)
		return outbox.PromiseMany(tx, now, jobs)
	})
	return n, err
}
