package guidance

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/live"
)

// How a ticket under a recall was settled.
const (
	Contacted = "contacted"  // somebody told the physician
	NotNeeded = "not_needed" // nobody has to, for a reason
	carried   = "carried"    // a later recall of the same article took it over
)

// openRecall lists every ticket that relied on a version of an article up to and with
// version, to be worked off one by one. What an earlier recall of the article still had
// open on one of them goes over to this one, so that nobody calls twice. Where no ticket
// did, there is nothing to recall. It joins tx, which holds the article.
func openRecall(tx *gorm.DB, by actor.Actor, articleID int64, version int, why string, now time.Time) error {
	var relied []struct {
		TicketID, DeskID int64
		Version          int
	}
	err := tx.Raw(`SELECT c.ticket_id, t.desk_id, max(v.version) AS version
		FROM citations c JOIN article_versions v ON v.id = c.version_id JOIN tickets t ON t.id = c.ticket_id
		WHERE v.article_id = ? AND v.version <= ? GROUP BY c.ticket_id, t.desk_id ORDER BY c.ticket_id`, articleID, version).Scan(&relied).Error
	if err != nil || len(relied) == 0 {
		return err
	}
	var opener *int64
	if by.ID != 0 {
		opener = &by.ID
	}
	var id int64
	err = tx.Raw(`INSERT INTO recalls (article_id, version, why, opened_at, opened_by) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		articleID, version, why, now, opener).Scan(&id).Error
	if err != nil {
		return err
	}
	if err := audit.Record(tx, by, now, "article.recalled", audit.Article(articleID), audit.Detail{"recall": id, "version": version, "tickets": len(relied)}); err != nil {
		return err
	}
	err = tx.Exec(`UPDATE recall_items i SET how = 'carried', settled_at = ?, settled_by = ? FROM recalls r
		WHERE r.id = i.recall_id AND r.article_id = ? AND r.id < ? AND i.how IS NULL
		AND i.ticket_id IN (SELECT c.ticket_id FROM citations c JOIN article_versions v ON v.id = c.version_id WHERE v.article_id = ? AND v.version <= ?)`,
		now, opener, articleID, id, articleID, version).Error
	if err != nil {
		return err
	}
	desks := map[int64]bool{}
	for _, one := range relied {
		if err := tx.Exec(`INSERT INTO recall_items (recall_id, ticket_id, version) VALUES (?, ?, ?)`, id, one.TicketID, one.Version).Error; err != nil {
			return err
		}
		if err := audit.Record(tx, by, now, "ticket.recalled", audit.Ticket(one.TicketID), audit.Detail{"recall": id, "article": articleID, "version": one.Version}); err != nil {
			return err
		}
		live.Say(tx, "ticket", one.TicketID, one.DeskID)
		desks[one.DeskID] = true
	}
	for desk := range desks {
		live.Say(tx, "recall", id, desk)
	}
	return nil
}
