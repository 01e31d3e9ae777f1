package letter_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/letter"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type house struct {
	*cast.Cast
	t       testing.TB
	ctx     context.Context
	letters *letter.Service
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := dbtest.New(t)
	return &house{cast.Make(t, db), t, t.Context(), letter.New(db)}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) post(kind string, to actor.Actor, occasion int64) {
	h.t.Helper()
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		return letter.Post(tx, h.DB.Now(), kind, 7, to.ID, occasion, "RM-2026-000007")
	}))
}

// job is the promise to send the only letter there is.
func (h *house) job() (by actor.Actor, id int64) {
	h.t.Helper()
	var row struct {
		ID   int64
		Kind string
		Args string
	}
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT id, kind, args FROM outbox WHERE kind = 'letter:send'`).Take(&row).Error
	}))
	var j letter.SendJob
	h.must(json.Unmarshal([]byte(row.Args), &j))
	return actor.Job(row.Kind, row.ID), j.LetterID
}

func (h *house) counts(table, where string) (n int) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT count(*) FROM ` + table + ` WHERE ` + where).Scan(&n).Error
	}))
	return n
}

func TestOneFactIsOneLetterToAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 2 {
		h.post(letter.Answer, h.Imani, 1)
	}
	h.post(letter.Answer, h.Imani, 2)
	h.post(letter.Answer, h.Okafor, 1)
	h.post(letter.Assigned, h.Imani, 1)
	if letters, promises := h.counts("letters", "true"), h.counts("outbox", "kind = 'letter:send'"); letters != 4 || promises != 4 {
		t.Errorf("%d letters, %d promises", letters, promises)
	}
}

func TestALetterLeavesOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.post(letter.Answer, h.Imani, 1)
	by, id := h.job()
	var left atomic.Int64
	carry := func(_ context.Context, e letter.Envelope) error {
		left.Add(1)
		if e.ID != id || e.To != "leila@example.org" || e.Name != "Leila Imani" || e.Role != actor.Physician || e.About != "RM-2026-000007" || e.Kind != letter.Answer || e.SubjectID != 7 {
			t.Errorf("%+v", e)
		}
		return nil
	}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := h.letters.Send(h.ctx, by, id, carry); err != nil && !errors.Is(err, letter.ErrClaimed) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h.must(h.letters.Send(h.ctx, by, id, carry))
	if left.Load() != 1 {
		t.Errorf("it left %d times", left.Load())
	}
	if h.counts("letters", "sent_at IS NOT NULL") != 1 || h.counts("outbox", "kind = 'letter:send' AND done_at IS NOT NULL") != 1 {
		t.Error("it is not done with")
	}
}

func TestALetterThatDidNotLeaveIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.post(letter.Answer, h.Imani, 1)
	by, id := h.job()
	down := errors.New("no route")
	fails := func(context.Context, letter.Envelope) error { return down }
	for range 2 { // it is let go of at once
		if err := h.letters.Send(h.ctx, by, id, fails); !errors.Is(err, down) {
			t.Fatal(err)
		}
	}
	if h.counts("outbox", "kind = 'letter:send' AND done_at IS NULL") != 1 {
		t.Error("the promise is gone")
	}
	h.must(h.letters.Send(h.ctx, by, id, func(context.Context, letter.Envelope) error { return nil }))
	if h.counts("letters", "sent_at IS NOT NULL") != 1 {
		t.Error("it did not leave")
	}
}

func TestALetterHeldByAWorkerThatDiedIsFreeAfterTwoMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.post(letter.Answer, h.Imani, 1)
	by, id := h.job()
	func() {
		defer func() { _ = recover() }()
		_ = h.letters.Send(h.ctx, by, id, func(context.Context, letter.Envelope) error { panic("died") })
	}()
	ok := func(context.Context, letter.Envelope) error { return nil }
	h.Later(2 * time.Minute)
	if err := h.letters.Send(h.ctx, by, id, ok); !errors.Is(err, letter.ErrClaimed) {
		t.Fatal(err)
	}
	h.Later(time.Second)
	h.must(h.letters.Send(h.ctx, by, id, ok))
	if h.counts("letters", "sent_at IS NOT NULL") != 1 {
		t.Error("it did not leave")
	}
}

func TestNobodyWhoIsDisabledIsWrittenTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.post(letter.Answer, h.Imani, 1)
	by, id := h.job()
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`UPDATE users SET state = 'disabled' WHERE id = ?`, h.Imani.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, h.Tomas, h.DB.Now(), "user.disabled", audit.User(h.Imani.ID), nil)
	}))
	h.must(h.letters.Send(h.ctx, by, id, func(context.Context, letter.Envelope) error {
		t.Error("it left")
		return nil
	}))
	if h.counts("outbox", "kind = 'letter:send' AND done_at IS NULL") != 0 {
		t.Error("the promise is still open")
	}
}

func TestALetterThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	err := h.letters.Send(h.ctx, actor.Job("letter:send", 0), 404, func(context.Context, letter.Envelope) error { return nil })
	if !errors.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestALetterThatIsRefusedWaitsForAPersonAndLeavesWhenAskedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.post(letter.Answer, h.Imani, 1)
	by, id := h.job()
	refuses := func(context.Context, letter.Envelope) error { return &letter.Refused{Why: "recipient: 550"} }
	never := func(context.Context, letter.Envelope) error {
		t.Error("it was tried though it was refused")
		return nil
	}
	h.must(h.letters.Send(h.ctx, by, id, refuses))
	h.must(h.letters.Send(h.ctx, by, id, never))
	if h.counts("letters", "sent_at IS NULL AND refused_at IS NOT NULL AND refused_why = 'recipient: 550'") != 1 || h.counts("outbox", "kind = 'letter:send' AND done_at IS NULL") != 0 {
		t.Error("it does not wait for a person")
	}
	if _, err := h.letters.Again(h.ctx, h.Tomas, id); !errors.Is(err, fault.Forbidden) {
		t.Errorf("somebody past the queue: %v", err)
	}
	clerk := actor.Job("operations:order", 0)
	for i, want := range []bool{true, false} {
		if found, err := h.letters.Again(h.ctx, clerk, id); err != nil || found != want {
			t.Errorf("time %d: %v, %v", i+1, found, err)
		}
	}
	if h.counts("outbox", "kind = 'letter:send' AND done_at IS NULL") != 1 {
		t.Error("it is not promised once")
	}
	h.must(h.letters.Send(h.ctx, by, id, func(context.Context, letter.Envelope) error { return nil }))
	if h.counts("letters", "sent_at IS NOT NULL AND refused_at IS NULL AND refused_why IS NULL") != 1 {
		t.Error("it did not leave")
	}
}
