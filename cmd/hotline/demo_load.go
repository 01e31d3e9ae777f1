package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/jobs"
)

// The questions are what physicians in the United States have really asked, in
// other words; the rest of the demo is invented.
//
//go:embed demo/questions.jsonl
var demoQuestions []byte

type question struct {
	ID, Topic, Urgency, Text string
}

// loadDemo fills an empty demo by calling the rooms as its people would have, over
// the last ninety days, at a clock that is set. Promises are kept as they come due,
// and their letters go nowhere. A demo that is loaded gets its consultants back to
// work, and the password it was started with.
func (h *house) loadDemo(ctx context.Context, s *state, keys demoKeys) error {
	there, err := s.isLoaded(ctx)
	if err != nil {
		return err
	}
	if there {
		if keys.changed {
			if err := h.setDemoPassword(ctx, keys.password); err != nil {
				return err
			}
		}
		return h.backToWork(ctx)
	}
	began := time.Now()
	now := h.db.Now()
	h.db.Freeze(now.AddDate(0, 0, -91))
	defer h.db.Thaw()
	c, err := h.makeCast(ctx, keys.password)
	if err != nil {
		return err
	}
	if _, err := h.guidance.Load(ctx, actor.Command("demo")); err != nil {
		return err
	}
	l := &loader{h: h, c: c, now: now}
	if err := l.plan(); err != nil {
		return err
	}
	if err := l.play(ctx); err != nil {
		return err
	}
	if err := l.acceptRest(ctx); err != nil {
		return err
	}
	if err := h.comingWeeks(ctx, c, now); err != nil {
		return err
	}
	if err := h.writeGuidance(ctx, c, now); err != nil {
		return err
	}
	if err := h.writeSummaries(ctx, c, l, now); err != nil {
		return err
	}
	h.db.Thaw()
	if err := h.operations.Seal(ctx, keys.seal); err != nil {
		return err
	}
	if err := h.backToWork(ctx); err != nil {
		return err
	}
	slog.Info("the demo is loaded", "tickets", len(l.stories), "seconds", int(time.Since(began).Seconds()))
	return s.markLoaded(ctx)
}

// backToWork puts the demo's consultants at work for as long as a demo is looked at,
// whatever the hour.
func (h *house) backToWork(ctx context.Context) error {
	until := h.db.Now().Add(12 * time.Hour)
	people, err := h.accounts.List(ctx, actor.Command("demo"))
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Role != actor.Consultant {
			continue
		}
		if err := h.desks.StartDuty(ctx, actor.Command("demo"), p.ID, &until); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) setDemoPassword(ctx context.Context, password string) error {
	by := actor.Command("demo")
	people, err := h.accounts.List(ctx, by)
	if err != nil {
		return err
	}
	for _, a := range demoAccounts {
		for _, p := range people {
			if p.Email != a.email {
				continue
			}
			token, err := h.accounts.ResetPassword(ctx, by, p.ID)
			if err != nil {
				return err
			}
			if err := h.accounts.UseReset(ctx, token, password); err != nil {
				return err
			}
		}
	}
	return nil
}

// loader plays the demo's past, one event after the other.
type loader struct {
	h       *house
	c       *cast
	now     time.Time
	events  []event
	stories []*story
}

// event is one thing that happened at a time.
type event struct {
	at time.Time
	do func(ctx context.Context) error
}

// story is one ticket of the demo.
type story struct {
	question
	n         int
	physician demoPhysician
	number    string
}

func (l *loader) at(t time.Time, do func(ctx context.Context) error) {
	l.events = append(l.events, event{t.UTC().Truncate(time.Second), do})
}

// play carries the events out in their order, each at its own time, and with each
// whatever was promised by then.
func (l *loader) play(ctx context.Context) error {
	slices.SortStableFunc(l.events, func(a, b event) int { return a.at.Compare(b.at) })
	o := jobs.Options{Public: publicNowhere, Installation: "demo"}
	for _, e := range l.events {
		if e.at.After(l.now) {
			break
		}
		l.h.db.Freeze(e.at)
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("at %s: %w", e.at.Format(time.DateTime), err)
		}
		if err := jobs.Drain(ctx, l.h.db, l.h.work(), o); err != nil {
			return err
		}
	}
	return nil
}

func readQuestions(b []byte) ([]question, error) {
	var all []question
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// keyOf makes the same key for the same thing each time the demo is loaded.
func keyOf(parts ...any) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, parts...)).String()
}

// full makes a consultant's cap what they hold now, so that what only they take waits.
func (l *loader) full(ctx context.Context, who actor.Actor, in desk.Engagement) error {
	n, err := l.h.tickets.Load(ctx, actor.Command("demo"), who.ID)
	if err != nil {
		return err
	}
	in.UserID, in.Cap = who.ID, n
	return l.h.desks.Engage(ctx, actor.Command("demo"), in)
}
