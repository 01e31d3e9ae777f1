package main

import (
	"context"
	"time"

	"hotline/app/actor"
	"hotline/app/casefile"
	"hotline/app/ticket"
	"hotline/jobs"
)

// writeSummaries gives a few of the demo's tickets a written summary: one that waits for
// Dr Imani, one she confirmed, with a step done and one due, and one that was corrected.
func (h *house) writeSummaries(ctx context.Context, c *cast, l *loader, now time.Time) error {
	imani := c.physicians[0]
	hers := func(s *story) bool { return s.physician.id == imani.id }
	for _, one := range []struct {
		fits   func(*story) bool
		status ticket.Status
		then   func(ctx context.Context, s *story, sent time.Time) error
	}{
		{hers, ticket.Resolved, func(ctx context.Context, s *story, sent time.Time) error {
			h.db.Freeze(earlier(sent.Add(50*time.Minute), now))
			if err := h.casefiles.Confirm(ctx, imani.by, s.number, 1); err != nil {
				return err
			}
			f, err := h.casefiles.Of(ctx, imani.by, s.number)
			if err != nil {
				return err
			}
			return h.casefiles.Complete(ctx, imani.by, s.number, f.Latest().Steps[0].ID)
		}},
		{hers, ticket.Resolved, nil},
		{func(s *story) bool { return !hers(s) }, ticket.Assigned, func(ctx context.Context, s *story, sent time.Time) error {
			h.db.Freeze(earlier(sent.Add(20*time.Minute), now))
			return h.casefiles.Correct(ctx, s.physician.by, s.number, casefile.Remark{Key: keyOf("correction", s.ID), Edition: 1, Body: demoCorrection})
		}},
	} {
		s, at, err := h.toSummarise(ctx, c, l, one.fits, one.status)
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		at = earlier(at.Add(25*time.Minute), now)
		h.db.Freeze(at)
		if err := h.summarise(ctx, c, s, now); err != nil {
			return err
		}
		if one.then != nil {
			if err := one.then(ctx, s, at); err != nil {
				return err
			}
		}
		if err := jobs.Drain(ctx, h.db, h.work(), jobs.Options{Public: publicNowhere, Installation: "demo"}); err != nil {
			return err
		}
	}
	h.db.Freeze(now)
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// toSummarise is the newest answered ticket of a kind without a summary, and when
// something last happened on it; nil: there is none.
func (h *house) toSummarise(ctx context.Context, c *cast, l *loader, fits func(*story) bool, status ticket.Status) (*story, time.Time, error) {
	for i := len(l.stories) - 1; i >= 0; i-- {
		s := l.stories[i]
		if s.number == "" || !fits(s) {
			continue
		}
		f, err := h.casefiles.Of(ctx, c.elena, s.number)
		if err != nil {
			return nil, time.Time{}, err
		}
		sheet, err := h.tickets.Show(ctx, c.elena, s.number)
		if err != nil {
			return nil, time.Time{}, err
		}
		if f.Latest() == nil && sheet.Status == status && sheet.FirstAnsweredAt != nil && len(sheet.Messages) > 0 && len(sheet.Trail) > 0 {
			return s, sheet.Trail[len(sheet.Trail)-1].At, nil
		}
	}
	return nil, time.Time{}, nil
}

// summarise writes a first edition from what stands on the ticket, and cites what fits.
func (h *house) summarise(ctx context.Context, c *cast, s *story, now time.Time) error {
	sheet, err := h.tickets.Show(ctx, c.elena, s.number)
	if err != nil {
		return err
	}
	by := c.rosa
	if sheet.AssigneeID != nil {
		by = c.actors[*sheet.AssigneeID]
	}
	hits, err := h.guidance.Suggest(ctx, actor.Command("demo"), s.Text, s.Topic, 3)
	if err != nil {
		return err
	}
	for _, hit := range hits {
		if !hit.DeskOnly {
			if _, err := h.guidance.Cite(ctx, by, s.number, hit.Slug); err != nil {
				return err
			}
			break
		}
	}
	b, err := h.casefiles.Begin(ctx, by, s.number)
	if err != nil {
		return err
	}
	today := now.In(c.zone)
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	in := casefile.Writing{Key: keyOf("summary", s.ID), Told: b.Told, Suggested: b.Suggested, LeftOut: demoLeftOut,
		Steps: []casefile.Agreed{{Who: casefile.Physician, What: "one conversation, written into the chart the same day", By: day(1)},
			{Who: casefile.Office, What: "hold any letter until we have spoken again", By: day(4)}, {Who: casefile.Us, What: "read your draft and write back", By: day(2)}}}
	for _, one := range b.Citable {
		in.Cited = append(in.Cited, one.VersionID)
	}
	_, err = h.casefiles.Send(ctx, by, s.number, in)
	return err
}

const (
	demoLeftOut    = "What the health plan’s contract asks for before a patient is moved. Ask the plan, or call us with the page in your hand."
	demoCorrection = "One thing is not right: the second visit did take place, it was the follow-up after it that was missed. The rest is as we said."
)
