package whatif

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/live"
	"hotline/app/outbox"
	"hotline/app/routing"
)

// Play keeps the promise of ReplayJob: it reads the period at one instant, plays it as
// things are and under the plan, and keeps the sums. Run twice it keeps them once.
// While another is played anywhere in the installation, it is promised again for a
// little later. No row is held while it plays.
func (s *Service) Play(ctx context.Context, by actor.Actor, id int64) error {
	var r Replay
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		var row replayRow
		if err := q.Raw(`SELECT `+replayColumns+`WHERE r.id = ?`, id).Take(&row).Error; err != nil {
			return err
		}
		var err error
		r, err = row.replay()
		return err
	})
	if err != nil {
		return err
	}
	if r.DoneAt != nil {
		return s.keep(ctx, by, r, nil, "")
	}
	leave, free, err := s.alone(ctx)
	if err != nil {
		return err
	}
	if !free {
		return s.later(ctx, by, id)
	}
	defer leave()
	result, failed, err := s.play(before(ctx), r)
	if err != nil {
		return err
	}
	return s.keep(ctx, by, r, result, failed)
}

// spare is how long before the end of its time a replay gives up, so that it can still
// say so.
const spare = 5 * time.Second

// before is ctx, ending a little sooner.
func before(ctx context.Context) context.Context {
	deadline, limited := ctx.Deadline()
	if !limited {
		return ctx
	}
	sooner, stop := context.WithDeadline(ctx, deadline.Add(-spare))
	context.AfterFunc(ctx, stop)
	return sooner
}

// keep writes down what came of it, unless somebody did before. A promise that was
// closed meanwhile (brought twice, the second put it off) does not undo the work.
func (s *Service) keep(ctx context.Context, by actor.Actor, r Replay, result *Result, failed Failure) error {
	var text *string
	if result != nil {
		b, err := json.Marshal(result)
		if err != nil {
			return err
		}
		said := string(b)
		text = &said
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if _, err := outbox.Begin(tx, by, now); err != nil {
			return err
		}
		if text == nil && failed == "" {
			return nil
		}
		live.Say(tx, "replay", r.ID, r.DeskID)
		return tx.Exec(`UPDATE replays SET result = ?::jsonb, failed = ?, done_at = ?, done = total WHERE id = ? AND done_at IS NULL`, text, failed, now, r.ID).Error
	})
}

// play is the work itself. An error is one that may not come again; what would is a
// failure.
func (s *Service) play(ctx context.Context, r Replay) (*Result, Failure, error) {
	past, err := s.load(ctx, r)
	if err == nil && past.failed == "" {
		var result *Result
		if result, err = s.played(ctx, r, past); err == nil {
			return result, "", nil
		}
	}
	switch {
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, TooSlow, nil
	case err != nil && ctx.Err() != nil:
		return nil, "", err
	case err != nil && past != nil:
		return nil, Unplayable, nil
	case err != nil:
		return nil, "", err
	}
	return nil, past.failed, nil
}

func (s *Service) played(ctx context.Context, r Replay, past *past) (*Result, error) {
	cases := len(past.world.Cases)
	says := s.progress(ctx, r, 2*cases)
	says(0)
	asIs, err := routing.Replay(ctx, past.world, routing.Plan{Policy: past.ground.Policy}, func(done, _ int) { says(done) })
	if err != nil {
		return nil, err
	}
	under := r.Body.play(past.ground)
	draft, err := routing.Replay(ctx, past.world, under, func(done, _ int) { says(cases + done) })
	if err != nil {
		return nil, err
	}
	result := &Result{AsOf: past.asOf, Counts: past.counts}
	result.Happened = outcome(past.world, past.real(), routing.Summarise(past.world, past.real()))
	result.AsIs = outcome(past.world, asIs.Fates, asIs.Summary)
	result.Draft = outcome(past.world, draft.Fates, draft.Summary)
	return result, nil
}

// sayEach is how often a replay under way is heard of.
const sayEach = 700 * time.Millisecond

// progress writes down how far a replay is, not too often. That it cannot be written
// stops nothing.
func (s *Service) progress(ctx context.Context, r Replay, total int) func(done int) {
	var last time.Time
	return func(done int) {
		if time.Since(last) < sayEach {
			return
		}
		last = time.Now()
		_ = s.db.Write(ctx, func(tx *gorm.DB) error {
			live.Say(tx, "replay", r.ID, r.DeskID)
			return tx.Exec(`UPDATE replays SET total = ?, done = greatest(done, ?) WHERE id = ? AND done_at IS NULL`, total, done, r.ID).Error
		})
	}
}
