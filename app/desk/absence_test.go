package desk_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
)

func (h *house) plan(by actor.Actor, in desk.NewAbsence) (a *desk.Absence, err error) {
	err = h.write(func(tx *gorm.DB) (err error) {
		a, err = desk.PlanAbsence(tx, by, in, h.DB.Now())
		return err
	})
	return a, err
}

// promised are the times at which promises of a kind fall due.
func (h *house) promised(kind string) (at []time.Time) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT run_at FROM outbox WHERE kind = ? ORDER BY id`, kind).Scan(&at).Error
	}))
	return at
}

func TestAnAbsenceIsPlannedAndItsBeginningPromised(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	from, until := h.at(23, 0, 0), h.at(28, 0, 0)
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, &until)) // and forgets to end it
	a, err := h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: from, Until: until, DeputyID: h.Grace.ID})
	h.must(err)
	if a.ID == 0 || a.UserID != h.Rosa.ID || a.Name != "Rosa Delgado" || a.Deputy != "Grace Oduya" || !a.From.Equal(from) || !a.Until.Equal(until) || a.BeganAt != nil {
		t.Errorf("%+v", a)
	}
	begins, sweeps := h.promised("desk:absence"), h.promised("desk:sweep")
	if len(begins) != 1 || !begins[0].Equal(from) || !sweeps[len(sweeps)-1].Equal(until) {
		t.Errorf("%v %v", begins, sweeps)
	}
	trail := h.trail(audit.User(h.Rosa.ID))
	last := trail[len(trail)-1]
	if last.Action != "user.absence_planned" || !json.Valid(last.Detail) {
		t.Errorf("%+v", last)
	}
	h.Clock(from)
	if p := h.person(h.Desk, h.Rosa); !p.Away || !p.AwayUntil.Equal(until) || p.DeputyID != h.Grace.ID || !p.At || p.Takes() {
		t.Errorf("%+v", p)
	}
	h.Clock(until)
	if p := h.person(h.Desk, h.Rosa); p.Away || p.AwayUntil != nil {
		t.Errorf("%+v", p)
	}
}

func TestAnAbsenceThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fits := desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0)}
	for _, by := range []actor.Actor{h.Grace, h.Imani, h.Joan, h.Wendell, h.Tomas} {
		_, err := h.plan(by, fits)
		h.is(err, fault.Forbidden)
	}
	_, err := h.plan(h.Elena, desk.NewAbsence{UserID: h.Imani.ID, From: fits.From, Until: fits.Until})
	h.is(err, fault.NotFound)
	_, err = h.plan(h.Grace, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(24, 8, 0), Until: h.at(25, 9, 0)})
	h.must(err)
	_, err = h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(27, 9, 0), Until: h.at(28, 9, 0)})
	h.must(err)
	for what, test := range map[string]struct {
		field  string
		change func(*desk.NewAbsence)
	}{
		"days ago":           {"from", func(in *desk.NewAbsence) { in.From = h.at(17, 9, 0) }},
		"no beginning":       {"from", func(in *desk.NewAbsence) { in.From = time.Time{} }},
		"backwards":          {"until", func(in *desk.NewAbsence) { in.Until = in.From }},
		"over already":       {"until", func(in *desk.NewAbsence) { in.From, in.Until = h.at(19, 8, 0), h.at(19, 9, 0) }},
		"years":              {"until", func(in *desk.NewAbsence) { in.Until = in.From.AddDate(2, 0, 0) }},
		"away already":       {"from", func(in *desk.NewAbsence) { in.Until = h.at(27, 9, 1) }},
		"one's own deputy":   {"deputy_id", func(in *desk.NewAbsence) { in.DeputyID = h.Rosa.ID }},
		"of another desk":    {"deputy_id", func(in *desk.NewAbsence) { in.DeputyID = h.Otto.ID }},
		"no consultant":      {"deputy_id", func(in *desk.NewAbsence) { in.DeputyID = h.Elena.ID }},
		"a deputy away then": {"deputy_id", func(in *desk.NewAbsence) { in.DeputyID = h.Grace.ID }},
	} {
		in := fits
		test.change(&in)
		_, err := h.plan(h.Elena, in)
		if bad, _ := errors.AsType[fault.Fields](err); bad.For(test.field) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	// One may begin as another ends, and a deputy be away after it.
	fits.Until, fits.DeputyID = h.at(24, 8, 0), h.Grace.ID
	_, err = h.plan(h.Elena, fits)
	h.must(err)
	_, err = h.plan(h.Elena, desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(24, 8, 0), Until: h.at(27, 9, 0)})
	h.must(err)
	// One that began this morning is still accepted, and begins now.
	_, err = h.plan(h.Priya, desk.NewAbsence{UserID: h.Priya.ID, From: h.at(19, 8, 0), Until: h.at(20, 8, 0)})
	h.must(err)
	if begins := h.promised("desk:absence"); !begins[len(begins)-1].Equal(h.DB.Now()) {
		t.Error(begins)
	}
}

func TestOfAHundredAbsencesAtOnceOneIsPlanned(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t, dbtest.Database(t), database.Limits{Statement: 30 * time.Second, Lock: 30 * time.Second, Idle: 60 * time.Second, Pool: 10})
	h := &house{cast.Make(t, db), t, t.Context(), newYork(t)}
	var all sync.WaitGroup
	results, held := make(chan error, 100), make(chan struct{})
	for i := range 100 {
		all.Go(func() {
			<-held
			_, err := h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(23, 9, i%60), Until: h.at(24, 9, i%60)})
			results <- err
		})
	}
	// Some of them have begun before the first can go on.
	h.must(h.write(func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT FROM consultants WHERE user_id = ? FOR UPDATE`, h.Rosa.ID).Error; err != nil {
			return err
		}
		close(held)
		return blocks(tx, 5)
	}))
	all.Wait()
	close(results)
	planned := 0
	for err := range results {
		if err == nil {
			planned++
		} else if bad, _ := errors.AsType[fault.Fields](err); bad.For("from") == "" {
			t.Error(err)
		}
	}
	if begins := h.promised("desk:absence"); planned != 1 || len(begins) != 1 {
		t.Errorf("%d were planned, %d promised", planned, len(begins))
	}
}

func TestADeputyAndTheirAbsenceAtOnceCannotBothPass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	held, passed := make(chan struct{}), make(chan error, 1)
	go func() {
		<-held
		_, err := h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0), DeputyID: h.Grace.ID})
		passed <- err
	}()
	h.must(h.write(func(tx *gorm.DB) error {
		if _, err := desk.PlanAbsence(tx, h.Grace, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0)}, h.DB.Now()); err != nil {
			return err
		}
		close(held)
		return blocks(tx, 1)
	}))
	err := <-passed
	if bad, _ := errors.AsType[fault.Fields](err); bad.For("deputy_id") == "" {
		t.Error(err)
	}
}

// blocks returns when n others wait for what tx holds, or after a while for fewer: a
// test that they need not wait for anything has its answer then.
func blocks(tx *gorm.DB, n int) error {
	for began := time.Now(); time.Since(began) < 5*time.Second; {
		var waits int
		err := tx.Raw(`SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND cardinality(pg_blocking_pids(pid)) > 0
			AND pid IN (SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits).Error
		if err != nil || waits >= n {
			return err
		}
	}
	return nil
}

func TestAnAbsenceBeginsOnceAndTakesOneOffDuty(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)
	a, err := h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: h.DB.Now(), Until: h.at(20, 9, 0)})
	h.must(err)
	begin := func() error {
		return h.write(func(tx *gorm.DB) error { return desk.BeganAbsence(tx, cast.Operator, a.ID, h.DB.Now()) })
	}
	h.must(begin())
	h.is(begin(), fault.Conflict)
	if d, err := h.Desks.DutyOf(h.ctx, h.Rosa.ID); err != nil || d.At {
		t.Errorf("%+v %v", d, err)
	}
	err = h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil)
	h.is(err, fault.Conflict)
	if says := fault.Sentence(err); says != "You are away until Friday, November 20, 9:00 AM. End the absence first." {
		t.Error(says)
	}
	if says := fault.Sentence(h.Desks.StartDuty(h.ctx, h.Elena, h.Rosa.ID, nil)); !strings.HasPrefix(says, "They are away") {
		t.Error(says)
	}
	h.is(h.Desks.EndAbsence(h.ctx, h.Grace, a.ID), fault.Forbidden)
	h.is(h.Desks.EndAbsence(h.ctx, h.Elena, 404), fault.NotFound)
	sweeps := len(h.sweeps())
	h.must(h.Desks.EndAbsence(h.ctx, h.Rosa, a.ID))
	h.is(h.Desks.EndAbsence(h.ctx, h.Rosa, a.ID), fault.Conflict)
	if s := h.sweeps(); len(s) != sweeps+1 {
		t.Error(s)
	}
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	// Called off before it begins: it never does, and its time is free again.
	off, err := h.plan(h.Elena, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0)})
	h.must(err)
	h.must(h.Desks.EndAbsence(h.ctx, h.Elena, off.ID))
	a = off
	h.is(begin(), fault.Conflict)
	_, err = h.plan(h.Elena, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0)})
	h.must(err)
	report, err := audit.Verify(h.ctx, h.DB, nil)
	h.must(err)
	if report.Problem != nil {
		t.Error(report)
	}
}

func TestAbsencesAreSeenByTheDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.plan(h.Rosa, desk.NewAbsence{UserID: h.Rosa.ID, From: h.at(24, 9, 0), Until: h.at(25, 9, 0)})
	h.must(err)
	_, err = h.plan(h.Priya, desk.NewAbsence{UserID: h.Priya.ID, From: h.at(19, 9, 0), Until: h.at(20, 9, 0), DeputyID: h.Rosa.ID})
	h.must(err)
	called, err := h.plan(h.Grace, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(23, 9, 0), Until: h.at(24, 9, 0)})
	h.must(err)
	h.must(h.Desks.EndAbsence(h.ctx, h.Grace, called.ID))
	for _, by := range []actor.Actor{h.Grace, h.Elena, h.Tomas} {
		all, err := h.Desks.Absences(h.ctx, by, h.Desk)
		h.must(err)
		if len(all) != 2 || all[0].UserID != h.Priya.ID || all[0].DeputyID != h.Rosa.ID || all[1].UserID != h.Rosa.ID || all[1].DeputyID != 0 {
			t.Errorf("%+v", all)
		}
	}
	h.Clock(h.at(20, 9, 0))
	if all, err := h.Desks.Absences(h.ctx, h.Elena, h.Desk); err != nil || len(all) != 1 {
		t.Errorf("%+v %v", all, err)
	}
	_, err = h.Desks.Absences(h.ctx, h.Otto, h.Desk)
	h.is(err, fault.NotFound)
	for _, by := range []actor.Actor{h.Imani, h.Nora, h.Joan, h.Wendell} {
		_, err = h.Desks.Absences(h.ctx, by, h.Desk)
		h.is(err, fault.Forbidden)
	}
}
