package desk

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Exclusion is whom a consultant must never be given: a physician, or everybody of a
// practice. Why is not kept.
type Exclusion struct {
	ID, UserID              int64
	Name                    string
	PhysicianID, PracticeID *int64
	Whom                    string // "Dr Leila Imani", or the practice's name
}

// Exclude keeps a physician's tickets, or those of everybody of a practice and the
// practices that are part of it, from a consultant. What they hold already stays until
// somebody moves it. Managers, administrators and commands may. Errors: fault.Fields on physician_id.
func (s *Service) Exclude(ctx context.Context, by actor.Actor, userID int64, physicianID, practiceID *int64) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	if (physicianID == nil) == (practiceID == nil) {
		return fault.Fields{{Name: "physician_id", Says: "Choose a physician or a practice."}}
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := hold(tx, userID); err != nil {
			return err
		}
		var there struct{ Known, Excluded bool }
		err := tx.Raw(`SELECT EXISTS (SELECT FROM physicians WHERE id = ?) OR EXISTS (SELECT FROM practices WHERE id = ?) AS known,
			EXISTS (SELECT FROM exclusions WHERE user_id = ? AND ended_at IS NULL
				AND physician_id IS NOT DISTINCT FROM CAST(? AS bigint) AND practice_id IS NOT DISTINCT FROM CAST(? AS bigint)) AS excluded`,
			physicianID, practiceID, userID, physicianID, practiceID).Scan(&there).Error
		if err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(there.Known, "physician_id", "Choose a physician or a practice.")
		bad.Need(!there.Excluded, "physician_id", "They are kept apart already.")
		if err := bad.Err(); err != nil {
			return err
		}
		var id int64
		err = tx.Raw(`INSERT INTO exclusions (user_id, physician_id, practice_id, made_by, made_at)
			VALUES (?, ?, ?, nullif(CAST(? AS bigint), 0), ?) RETURNING id`, userID, physicianID, practiceID, by.ID, now).Scan(&id).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, by, now, "user.excluded", audit.User(userID),
			audit.Detail{"exclusion": id, "physician": physicianID, "practice": practiceID})
	})
}

// EndExclusion lets a consultant be given those tickets again.
func (s *Service) EndExclusion(ctx context.Context, by actor.Actor, id int64) error {
	if !mayRoster(by) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var userID int64
		if err := tx.Raw(`SELECT user_id FROM exclusions WHERE id = ?`, id).Scan(&userID).Error; err != nil {
			return err
		}
		if userID == 0 {
			return fault.NotFound
		}
		done := tx.Exec(`UPDATE exclusions SET ended_at = ? WHERE id = ? AND ended_at IS NULL`, now, id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.Say(fault.Conflict, "They are no longer kept apart.")
		}
		if err := audit.Record(tx, by, now, "user.exclusion_ended", audit.User(userID), audit.Detail{"exclusion": id}); err != nil {
			return err
		}
		return promiseSweeps(tx, userID, now)
	})
}

// Exclusions are those in force of a desk's people. Managers, administrators and
// commands may see them.
func (s *Service) Exclusions(ctx context.Context, by actor.Actor, deskID int64) ([]Exclusion, error) {
	if !mayRoster(by) {
		return nil, fault.Forbidden
	}
	var all []Exclusion
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT e.id, e.user_id, u.name, e.physician_id, e.practice_id,
				coalesce('Dr ' || p.given_name || ' ' || p.family_name, r.name) AS whom
			FROM exclusions e JOIN users u ON u.id = e.user_id
			LEFT JOIN physicians p ON p.id = e.physician_id LEFT JOIN practices r ON r.id = e.practice_id
			WHERE e.ended_at IS NULL AND e.user_id IN (SELECT user_id FROM memberships WHERE desk_id = ?)
			ORDER BY u.name, e.user_id, whom, e.id`, deskID).Scan(&all).Error
	})
	return all, err
}

// ExcludedFrom are the people who must never be given a physician's tickets: by the
// physician, their practice, or one that it is part of.
func ExcludedFrom(tx *gorm.DB, physicianID int64) ([]int64, error) {
	var ids []int64
	err := tx.Raw(`WITH RECURSIVE above AS (
			SELECT practice_id AS id FROM physicians WHERE id = ? AND practice_id IS NOT NULL
			UNION SELECT p.part_of FROM practices p JOIN above a ON a.id = p.id WHERE p.part_of IS NOT NULL)
		SELECT DISTINCT user_id FROM exclusions WHERE ended_at IS NULL
			AND (physician_id = ? OR practice_id IN (SELECT id FROM above)) ORDER BY user_id`, physicianID, physicianID).Scan(&ids).Error
	return ids, err
}
