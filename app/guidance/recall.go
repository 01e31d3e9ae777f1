package guidance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/outbox"
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
// did, there is nothing to recall. It joins tx, which holds the article. The tickets' own
// records are written afterwards, by a job: there may be thousands.
func openRecall(tx *gorm.DB, by actor.Actor, articleID int64, version int, why string, now time.Time) error {
	var opener *int64
	if by.ID != 0 {
		opener = &by.ID
	}
	var id int64
	err := tx.Raw(`INSERT INTO recalls (article_id, version, why, opened_at, opened_by) SELECT @article, @version, @why, @now, CAST(@opener AS bigint)
		WHERE EXISTS (SELECT FROM citations c JOIN article_versions v ON v.id = c.version_id WHERE v.article_id = @article AND v.version <= @version)
		RETURNING id`, map[string]any{"article": articleID, "version": version, "why": oneLine(why), "now": now, "opener": opener}).Scan(&id).Error
	if err != nil || id == 0 {
		return err
	}
	var desks []struct {
		DeskID  int64
		Tickets int
	}
	// Listing a ticket keeps others from locking it: whoever settles one now is waited
	// for here, before anything of theirs is touched, and the next waits for us.
	err = tx.Raw(`WITH listed AS (
			INSERT INTO recall_items (recall_id, article_id, ticket_id, version)
			SELECT @recall, @article, c.ticket_id, max(v.version) FROM citations c JOIN article_versions v ON v.id = c.version_id
			WHERE v.article_id = @article AND v.version <= @version GROUP BY c.ticket_id ORDER BY c.ticket_id
			RETURNING ticket_id)
		SELECT t.desk_id, count(*) AS tickets FROM listed JOIN tickets t ON t.id = listed.ticket_id GROUP BY t.desk_id ORDER BY t.desk_id`,
		map[string]any{"recall": id, "article": articleID, "version": version}).Scan(&desks).Error
	if err != nil {
		return err
	}
	err = tx.Exec(`UPDATE recall_items i SET how = 'carried', settled_at = ?, settled_by = ?
		WHERE i.article_id = ? AND i.recall_id < ? AND i.how IS NULL AND i.ticket_id IN (SELECT ticket_id FROM recall_items WHERE recall_id = ?)`,
		now, opener, articleID, id, id).Error
	if err != nil {
		return err
	}
	total := 0
	for _, d := range desks {
		total += d.Tickets
		live.Say(tx, "recall", id, d.DeskID)
	}
	if err := audit.Record(tx, by, now, "article.recalled", audit.Article(articleID), audit.Detail{"recall": id, "version": version, "tickets": total}); err != nil {
		return err
	}
	return outbox.Promise(tx, now, RecallJob{RecallID: id})
}

// enteredAtOnce is how many tickets one transaction of a recall's job writes to.
const enteredAtOnce = 500

// EnterRecall writes into the record of each ticket under a recall that it is, some
// hundred at a time: as long as some are left it promises itself again. Jobs alone.
func (s *Service) EnterRecall(ctx context.Context, by actor.Actor, recallID int64) error {
	if !by.Is(actor.System) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		var held []struct{ ID, DeskID int64 }
		err := tx.Raw(`SELECT t.id, t.desk_id FROM tickets t WHERE t.id IN (
				SELECT ticket_id FROM recall_items WHERE recall_id = ? AND NOT entered ORDER BY ticket_id LIMIT ?)
			ORDER BY t.id FOR UPDATE OF t`, recallID, enteredAtOnce).Scan(&held).Error
		if err != nil || len(held) == 0 {
			return err
		}
		var ids []int64
		for _, t := range held {
			ids = append(ids, t.ID)
		}
		var fresh []struct {
			TicketID, ArticleID int64
			Version             int
		}
		err = tx.Raw(`WITH entered AS (UPDATE recall_items SET entered = true WHERE recall_id = ? AND ticket_id IN ? AND NOT entered RETURNING ticket_id, article_id, version)
			SELECT * FROM entered ORDER BY ticket_id`, recallID, ids).Scan(&fresh).Error
		if err != nil {
			return err
		}
		for _, one := range fresh {
			if err := audit.Record(tx, by, now, "ticket.recalled", audit.Ticket(one.TicketID), audit.Detail{"recall": recallID, "article": one.ArticleID, "version": one.Version}); err != nil {
				return err
			}
		}
		for _, t := range held {
			live.Say(tx, "ticket", t.ID, t.DeskID)
		}
		if len(held) < enteredAtOnce {
			return nil
		}
		return outbox.Promise(tx, now, RecallJob{RecallID: recallID})
	})
}
