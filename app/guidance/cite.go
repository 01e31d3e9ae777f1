package guidance

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/ticket"
)

// Cite links the current version of an article to a ticket, as it stands now: its
// version, the hash of its text and the moment are frozen. Citing a version twice is
// citing it once. Consultants of the ticket's desk and managers. What is for the desk
// alone is never cited, for the physician reads what is (fault.Unacceptable).
func (s *Service) Cite(ctx context.Context, by actor.Actor, number, slug string) (*Citation, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var cited *Citation
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		// The article first, and held: a version being replaced meanwhile either is cited
		// before its recall lists who relied on it, or not at all.
		var held int64
		if err := tx.Raw(`SELECT id FROM articles WHERE slug = ? AND withdrawn_at IS NULL FOR SHARE`, slug).Take(&held).Error; err != nil {
			return err
		}
		t, err := ticket.Locked(tx, by, number, now)
		if err != nil {
			return err
		}
		k, err := current(tx, slug)
		if err != nil {
			return err
		}
		if k.Visible == ForDesk {
			return fault.Say(fault.Unacceptable, "That article is for the desk only, and the physician reads what is cited. Say it in your own words, or cite one they may read.")
		}
		// The hash is of the text the physician gets to read, not the one on file.
		made := tx.Exec(`INSERT INTO citations (ticket_id, version_id, text_hash, cited_by, cited_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT ON CONSTRAINT citations_once DO NOTHING`, t.ID, k.VersionID, k.article().Hash(), by.ID, now)
		if made.Error != nil {
			return made.Error
		}
		if made.RowsAffected > 0 {
			if err := audit.Record(tx, by, now, "ticket.cited", audit.Ticket(t.ID), audit.Detail{"article": k.ArticleID, "version": k.VersionID}); err != nil {
				return err
			}
			live.Say(tx, "ticket", t.ID, t.DeskID)
		}
		list, err := citations(tx, "c.ticket_id = ? AND c.version_id = ?", t.ID, k.VersionID)
		if err == nil {
			cited = &list[0]
		}
		return err
	})
	return cited, err
}
