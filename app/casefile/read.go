package casefile

import (
	"bytes"
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Of reads the summary of a ticket with every edition, for whoever may see the ticket.
// Insured people who may not hear what was advised get a file with nothing in it.
// That somebody looked is the page's to keep, which reads the ticket as well.
func (s *Service) Of(ctx context.Context, by actor.Actor, number string) (*File, error) {
	if !by.Insured() && !by.Desk() {
		return nil, fault.NotFound
	}
	var f *File
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		f, err = s.file(q, by, number)
		return err
	})
	return f, err
}

func (s *Service) file(q *gorm.DB, by actor.Actor, number string) (*File, error) {
	now := s.now()
	where, args, err := ticket.Visible(q, by, now)
	if err != nil {
		return nil, err
	}
	var t struct {
		ID          int64
		DeskID      int64
		PhysicianID *int64
		Notice      string
		Family      string
	}
	err = q.Raw(`SELECT t.id, t.desk_id, t.physician_id, t.notice, coalesce(p.family_name, '') AS family
		FROM tickets t LEFT JOIN physicians p ON p.id = t.physician_id WHERE t.number = ? AND `+where, append([]any{number}, args...)...).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, fault.NotFound
	}
	if err != nil {
		return nil, err
	}
	f := &File{TicketID: t.ID, Number: number, Notice: t.Notice, Family: t.Family}
	if f.Zone, err = zoneOf(q, t.DeskID); err != nil {
		return nil, err
	}
	f.Today = day(now, f.Zone)
	if by.Insured() {
		v, err := voiceOf(q, by, t.PhysicianID, now)
		if err != nil || !v.Hears {
			return f, err
		}
		f.Speaks, f.OnBehalf = v.Speaks, v.OnBehalf
	}
	f.Editions, err = editions(q, t.ID, number)
	return f, err
}

// day is the day at a place, at midnight UTC, as the database has days.
func day(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
}

// editions reads every edition of a ticket's summary, newest first.
func editions(q *gorm.DB, ticketID int64, number string) ([]Edition, error) {
	var all []Edition
	err := q.Raw(`SELECT s.id, s.edition, s.author_id, u.name AS author, s.told, s.suggested, s.left_out, s.notice, s.sent_at, s.text_hash AS hash
		FROM summaries s JOIN users u ON u.id = s.author_id WHERE s.ticket_id = ? ORDER BY s.edition DESC`, ticketID).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return all, err
	}
	// What hangs on them is read by their IDs, which its tables' indexes begin with.
	of, ids := map[int64]*Edition{}, make([]int64, len(all))
	for i := range all {
		of[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	var cited []Cited
	if err := q.Raw(`SELECT sc.summary_id, `+citedColumns+` JOIN summary_citations sc ON sc.ticket_id = c.ticket_id AND sc.version_id = c.version_id
		WHERE sc.summary_id IN ? ORDER BY sc.summary_id, sc.position`, ids).Scan(&cited).Error; err != nil {
		return nil, err
	}
	for _, c := range cited {
		of[c.SummaryID].Cited = append(of[c.SummaryID].Cited, c)
	}
	var steps []Step
	if err := q.Raw(`SELECT s.id, s.summary_id, s.who, s.what, s.due_on, d.done_at, coalesce(u.name, '') AS done_by, coalesce(d.role, '') AS done_role
		FROM steps s LEFT JOIN step_completions d ON d.step_id = s.id LEFT JOIN users u ON u.id = d.done_by
		WHERE s.summary_id IN ? ORDER BY s.summary_id, s.position`, ids).Scan(&steps).Error; err != nil {
		return nil, err
	}
	for _, s := range steps {
		of[s.SummaryID].Steps = append(of[s.SummaryID].Steps, s)
	}
	var yes []Confirmation
	if err := q.Raw(`SELECT c.summary_id, u.name AS by, c.on_behalf, c.confirmed_at FROM summary_confirmations c JOIN users u ON u.id = c.confirmed_by
		WHERE c.summary_id IN ? ORDER BY c.id`, ids).Scan(&yes).Error; err != nil {
		return nil, err
	}
	for _, c := range yes {
		of[c.SummaryID].Confirmations = append(of[c.SummaryID].Confirmations, c)
	}
	var wrong []Correction
	if err := q.Raw(`SELECT c.id, c.summary_id, u.name AS by, c.on_behalf, c.body, c.corrected_at, c.text_hash AS hash, coalesce(k.name, '') AS kept_by, r.kept_at
		FROM summary_corrections c JOIN users u ON u.id = c.author_id LEFT JOIN corrections_kept r ON r.correction_id = c.id LEFT JOIN users k ON k.id = r.kept_by
		WHERE c.summary_id IN ? ORDER BY c.id`, ids).Scan(&wrong).Error; err != nil {
		return nil, err
	}
	for _, c := range wrong {
		e := of[c.SummaryID]
		hash, err := correctionHash(number, e.Edition, c.Body)
		if err != nil {
			return nil, err
		}
		c.Whole = bytes.Equal(hash, c.Hash)
		e.Corrections = append(e.Corrections, c)
	}
	for i := range all {
		e := &all[i]
		hash, err := e.textHash(number)
		if err != nil {
			return nil, err
		}
		e.Whole = bytes.Equal(hash, e.Hash)
	}
	return all, nil
}

// PhysicianName is "Dr Imani", or "the caller".
func (f *File) PhysicianName() string {
	if f.Family == "" {
		return "the caller"
	}
	return insured.Salutation(f.Family)
}
