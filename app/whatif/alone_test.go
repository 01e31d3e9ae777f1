package whatif_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/outbox"
	"hotline/app/whatif"
)

func TestAReplayWaitsWhileAnotherIsPlayed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	id, err := h.plans.Ask(h.ctx, h.Elena, h.drafted("As it is", whatif.Body{}), "2026-11-16", "2026-11-19")
	h.must(err)
	other, err := h.DB.Pool().Acquire(h.ctx)
	h.must(err)
	defer other.Release()
	_, err = other.Exec(h.ctx, `SELECT pg_advisory_lock(7302, 0)`)
	h.must(err)

	first := h.promised("whatif:replay")[0]
	h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", first), id))
	h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", first), id)) // brought twice
	open := h.promised("whatif:replay")
	if len(open) != 1 || open[0] == first {
		t.Fatalf("of promise %d there is %v", first, open)
	}
	if at := read[time.Time](h, `SELECT run_at FROM outbox WHERE id = ?`, open[0]); !at.Equal(h.DB.Now().Add(5 * time.Second)) {
		t.Errorf("it is put off until %s, and now is %s", at, h.DB.Now())
	}
	if r, err := h.plans.Replay(h.ctx, h.Elena, id); err != nil || r.DoneAt != nil {
		t.Fatalf("it was played beside another: %+v (%v)", r, err)
	}

	_, err = other.Exec(h.ctx, `SELECT pg_advisory_unlock(7302, 0)`)
	h.must(err)
	h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", open[0]), id))
	if r, err := h.plans.Replay(h.ctx, h.Elena, id); err != nil || r.Result == nil || len(h.promised("whatif:replay")) != 0 {
		t.Fatalf("its turn came and it came to %+v (%v)", r, err)
	}
	if !read[bool](h, `SELECT pg_try_advisory_xact_lock(7302, 0)`) {
		t.Error("it is through, and nobody else may play")
	}
}

func TestWhatWasPlayedIsKeptThoughItsPromiseWasPutOffMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	id, err := h.plans.Ask(h.ctx, h.Elena, h.drafted("As it is", whatif.Body{}), "2026-11-16", "2026-11-19")
	h.must(err)
	promise := h.promised("whatif:replay")[0]
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		_, err := outbox.Begin(tx, actor.Job("whatif:replay", promise), h.DB.Now())
		return err
	}))
	h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", promise), id))
	if r, err := h.plans.Replay(h.ctx, h.Elena, id); err != nil || r.Result == nil {
		t.Errorf("it came to %+v (%v)", r, err)
	}
}

func TestFiveReplaysOfADeskAreOnTheirWayAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	one, two := h.drafted("One", whatif.Body{}), h.drafted("Two", whatif.Body{})
	var first int64
	for i, from := range []string{"2026-11-14", "2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18"} {
		id, err := h.plans.Ask(h.ctx, h.Elena, []int64{one, two}[i%2], from, "2026-11-19")
		h.must(err)
		if i == 0 {
			first = id
		}
	}
	ask := func() error {
		_, err := h.plans.Ask(h.ctx, h.ines, two, "2026-11-16", "2026-11-18")
		return err
	}
	h.is(ask(), fault.Conflict)
	again, err := h.plans.Ask(h.ctx, h.Elena, one, "2026-11-14", "2026-11-19") // a second click
	h.must(err)
	if again != first {
		t.Errorf("asked again for %d, it is %d", first, again)
	}
	promises := h.promised("whatif:replay")
	h.must(h.plans.Play(h.ctx, actor.Job("whatif:replay", promises[0]), first))
	h.must(ask())
	_, err = h.plans.Ask(h.ctx, h.Elena, one, "2026-11-13", "2026-11-14")
	h.is(err, fault.Conflict)
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		_, err := outbox.Drop(tx, h.DB.Now(), promises[1])
		return err
	}))
	_, err = h.plans.Ask(h.ctx, h.Elena, one, "2026-11-13", "2026-11-14")
	h.must(err)
}
