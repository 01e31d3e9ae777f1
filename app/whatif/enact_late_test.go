package whatif_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/whatif"
)

func TestAWorkerWhoseClockIsBehindLosesNoPlan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("Winter", h.winter())
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, "2026-11-23"))
	midnight := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	early := h.promised("whatif:enact")
	h.Clock(midnight.Add(-time.Second))
	h.must(h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", early[0]), id))
	again := h.promised("whatif:enact")
	if len(again) != 1 || again[0] == early[0] || h.show(id).State != whatif.Scheduled {
		t.Fatalf("a second before its time it is %s, with the promises %v after %v", h.show(id).State, again, early)
	}
	if at := read[time.Time](h, `SELECT run_at FROM outbox WHERE id = ?`, again[0]); !at.Equal(midnight) {
		t.Errorf("promised again for %s", at)
	}
	h.Clock(midnight)
	h.must(h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", again[0]), id))
	if h.show(id).State != whatif.InForce {
		t.Error("its time came and nothing happened")
	}
}

// meanwhile has change saved just after do has begun: do waits for it.
func (h *house) meanwhile(change func(tx *gorm.DB) error, do func() error) {
	h.Helper()
	done := make(chan error, 1)
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		if err := change(tx); err != nil {
			return err
		}
		go func() { done <- do() }()
		ctx, stop := context.WithTimeout(h.ctx, time.Minute)
		defer stop()
		for {
			var waiting int
			err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`).Scan(&waiting).Error
			if err != nil || waiting > 0 {
				return err
			}
		}
	}))
	h.must(<-done)
}

func TestWhatIsSavedWhileAPlanComesIntoForceIsNotOverwritten(t *testing.T) {
	t.Parallel()
	for name, enact := range map[string]func(h *house, id int64) error{
		"at once": func(h *house, id int64) error { return h.plans.Enact(h.ctx, h.Elena, id, 1, "") },
		"on its day": func(h *house, id int64) error {
			return h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", h.promised("whatif:enact")[0]), id)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			plan := func(body whatif.Body) int64 {
				id := h.drafted("Winter", body)
				if name != "at once" {
					day := calendar.DayOf(h.DB.Now().AddDate(0, 0, 2), time.UTC)
					h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, day.String()))
					h.Later(72 * time.Hour)
				}
				return id
			}
			urgent := plan(whatif.Body{Promises: []desk.Promise{{Kind: "first_answer", Urgency: "urgent", Minutes: 120}}})
			h.meanwhile(func(tx *gorm.DB) error {
				return desk.SetPromisesIn(tx, h.Elena, h.Desk, []desk.Promise{{Kind: "resolution", Urgency: "routine", Minutes: 777}}, h.DB.Now())
			}, func() error { return enact(h, urgent) })
			times, err := h.Desks.Times(h.ctx, h.Desk)
			h.must(err)
			if p, ok := times.Promise("resolution", "", "routine"); !ok || p.Minutes != 777 || times.Minutes("urgent") != 120 {
				t.Errorf("promised %+v", times.Promises())
			}

			monday := plan(whatif.Body{Days: map[int64]map[time.Weekday][]calendar.Segment{h.Grace.ID: {time.Monday: {{Opens: 600, Closes: 900}}}}})
			h.meanwhile(func(tx *gorm.DB) error {
				return desk.SetShiftsIn(tx, h.Elena, h.Grace.ID, []desk.Shift{{Weekday: time.Tuesday, Starts: 660, Ends: 720}}, h.DB.Now())
			}, func() error { return enact(h, monday) })
			week := read[string](h, `SELECT string_agg(weekday || ' ' || starts || ' ' || ends, ', ' ORDER BY weekday) FROM shifts WHERE user_id = ?`, h.Grace.ID)
			if week != "1 600 900, 2 660 720" {
				t.Errorf("Grace works %s", week)
			}
			h.whole()
		})
	}
}
