package main

import (
	"context"
	"time"

	"hotline/app/actor"
	"hotline/app/guidance"
)

// writeGuidance leaves the library as one finds it on a working day: a change being
// written, another that waits for a colleague, and an article whose review is soon due.
func (h *house) writeGuidance(ctx context.Context, c *cast, now time.Time) error {
	h.db.Freeze(now.Add(-26 * time.Hour))
	const offered = "texting-email-and-your-own-phone"
	err := h.writeMore(ctx, c.priya, offered, "record", "If a message reached you on your own phone, say in the chart that it did and what you answered.")
	if err != nil {
		return err
	}
	if err := h.guidance.Offer(ctx, c.priya, offered, "What to record when a message arrives on your own phone."); err != nil {
		return err
	}
	h.db.Freeze(now.Add(-50 * time.Minute))
	err = h.writeMore(ctx, c.rosa, "ending-the-relationship", "record", "Note too who told the front desk, and on which day, so that nobody books the patient in again by habit.")
	if err != nil {
		return err
	}
	h.db.Freeze(now)
	const due = "negative-online-reviews"
	w, err := h.guidance.Workbench(ctx, c.elena, due)
	if err != nil {
		return err
	}
	soon := w.Today.AddDate(0, 0, 9)
	if w.OwnerID == nil || !soon.Before(w.Due) {
		return nil // it is due anyway
	}
	return h.guidance.Keep(ctx, c.elena, due, guidance.Keeping{OwnerID: *w.OwnerID, ReviewBy: soon, Visible: w.Article.Visible, Topic: w.Article.Topic})
}

// writeMore adds a sentence to one section of an article, in a draft.
func (h *house) writeMore(ctx context.Context, by actor.Actor, slug, kind, words string) error {
	d, err := h.guidance.StartDraft(ctx, by, slug)
	if err != nil {
		return err
	}
	a := d.Article
	blocks := guidance.Blocks(a.Body)
	for i, b := range blocks {
		if b.SectionKind() == kind {
			blocks[i].Text += " " + words
		}
	}
	a.Body = guidance.Written(blocks)
	_, err = h.guidance.KeepDraft(ctx, by, slug, a, d.Revision)
	return err
}
