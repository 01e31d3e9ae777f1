package whatif_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/routing"
	"hotline/app/whatif"
)

func TestADraftKeepsOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("  Shorter   days ", whatif.Body{
		Policy:   map[string]int{"weights.room": 40, "weights.depth": 5, "accept.critical": 10},
		Caps:     map[int64]int{h.Rosa.ID: 5, h.Priya.ID: 9, h.Otto.ID: 3},
		Days:     map[int64]map[time.Weekday][]calendar.Segment{h.Grace.ID: {time.Monday: {{Opens: 480, Closes: 1080}}, time.Friday: nil}},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "critical", Minutes: 60}, {Kind: "first_answer", Urgency: "urgent", Minutes: 120}},
	})
	want := whatif.Body{Policy: map[string]int{"weights.depth": 5}, Caps: map[int64]int{h.Priya.ID: 9},
		Days:     map[int64]map[time.Weekday][]calendar.Segment{h.Grace.ID: {time.Friday: nil}},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "urgent", Minutes: 120}}}
	sheet := h.show(id)
	if !reflect.DeepEqual(sheet.Body, want) {
		t.Errorf("kept %+v, want %+v", sheet.Body, want)
	}
	if sheet.Name != "Shorter days" || sheet.State != whatif.Draft || sheet.MadeBy != "Elena Marsh" {
		t.Errorf("kept as %+v", sheet.Plan)
	}
	if got := h.actions(audit.Plan(id)); got != "plan.drafted" {
		t.Errorf("recorded %q", got)
	}
	h.whole()
}

func TestWhatDoesNotMakeSenseIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	week := map[time.Weekday][]calendar.Segment{}
	for day := time.Sunday; day <= time.Saturday; day++ {
		week[day] = nil
	}
	_, err := h.plans.Add(h.ctx, h.Elena, h.Desk, whatif.Drafted{Name: " ", Body: whatif.Body{
		Policy:   map[string]int{"weights.room": -1, "loads.urgent": 0, "warn": 91},
		Caps:     map[int64]int{h.Rosa.ID: 501},
		Days:     map[int64]map[time.Weekday][]calendar.Segment{h.Rosa.ID: {time.Tuesday: {{Opens: 600, Closes: 540}}}, h.Grace.ID: week},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "routine", Minutes: 0}, {Kind: "first_answer", Topic: "weather", Urgency: "routine", Minutes: 5}},
	}})
	for _, field := range []string{"name", "weights.room", "loads.urgent", "warn", whatif.CapField(h.Rosa.ID), whatif.DayField(h.Rosa.ID, time.Tuesday),
		whatif.DayField(h.Grace.ID, time.Monday), "first_answer-routine", "topic"} {
		h.blames(err, field)
	}
}

func TestWhatAPlanMaySayTheDeskTakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, k := range whatif.Knobs {
		for _, v := range []int{k.Least - 1, k.Least, k.Most, k.Most + 1} {
			fits := v >= k.Least && v <= k.Most
			_, err := h.plans.Add(h.ctx, h.Elena, h.Desk, whatif.Drafted{Name: k.Name, Body: whatif.Body{Policy: map[string]int{k.Name: v}}})
			if fits != (err == nil) {
				t.Errorf("%s = %d: the plan says %v", k.Name, v, err)
			}
			if !fits {
				continue
			}
			// The desk's own check, by putting it into force.
			sheet, err := h.plans.Overview(h.ctx, h.Elena, h.Desk)
			h.must(err)
			for _, d := range sheet.Drafts {
				if err := h.plans.Enact(h.ctx, h.Elena, d.ID, d.Version, ""); err != nil && !errors.Is(err, fault.Unacceptable) {
					t.Errorf("%s = %d: the desk says %v", k.Name, v, err)
				}
			}
		}
	}
	h.whole()
}

func TestOnlyManagersPlan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("Mine", whatif.Body{Caps: map[int64]int{h.Rosa.ID: 9}})
	replay, err := h.plans.Ask(h.ctx, h.Elena, id, "2026-11-16", "2026-11-19")
	h.must(err)
	for _, by := range []actor.Actor{h.Rosa, h.Tomas, h.Wendell, h.Joan, h.Imani, h.Nora, {}} {
		_, err := h.plans.Overview(h.ctx, by, 0)
		h.is(err, fault.NotFound)
		_, err = h.plans.Show(h.ctx, by, id)
		h.is(err, fault.NotFound)
		_, err = h.plans.New(h.ctx, by, 0)
		h.is(err, fault.NotFound)
		_, err = h.plans.Add(h.ctx, by, h.Desk, whatif.Drafted{Name: "Theirs"})
		h.is(err, fault.NotFound)
		h.is(h.plans.Edit(h.ctx, by, id, whatif.Drafted{Name: "Theirs", Version: 1}), fault.NotFound)
		_, err = h.plans.Copy(h.ctx, by, id, false)
		h.is(err, fault.NotFound)
		_, err = h.plans.Withdraw(h.ctx, by, id, 1)
		h.is(err, fault.NotFound)
		h.is(h.plans.Enact(h.ctx, by, id, 1, ""), fault.NotFound)
		_, err = h.plans.Ask(h.ctx, by, id, "2026-11-16", "2026-11-19")
		h.is(err, fault.NotFound)
		_, err = h.plans.Replay(h.ctx, by, replay)
		h.is(err, fault.NotFound)
	}
	elsewhere := h.Elena
	elsewhere.Desks = []int64{h.OtherDesk}
	_, err = h.plans.Show(h.ctx, elsewhere, id)
	h.is(err, fault.NotFound)
	_, err = h.plans.Overview(h.ctx, elsewhere, h.Desk)
	h.is(err, fault.NotFound)
}

func TestTwoManagersDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("Winter", whatif.Body{Caps: map[int64]int{h.Rosa.ID: 9}})
	h.must(h.plans.Edit(h.ctx, h.ines, id, whatif.Drafted{Name: "Winter", Version: 1, Body: whatif.Body{Caps: map[int64]int{h.Rosa.ID: 7}}}))
	err := h.plans.Edit(h.ctx, h.Elena, id, whatif.Drafted{Name: "Winter", Version: 1, Body: whatif.Body{Caps: map[int64]int{h.Rosa.ID: 12}}})
	h.is(err, fault.Conflict)
	changed, ok := errors.AsType[*whatif.Changed](err)
	if !ok || changed.Now.Version != 2 || changed.Now.Body.Caps[h.Rosa.ID] != 7 || changed.Now.ChangedBy != "Ines Varga" {
		t.Fatalf("%+v", changed)
	}
	_, err = h.plans.Withdraw(h.ctx, h.Elena, id, 1)
	h.is(err, fault.Conflict)
	h.is(h.plans.Enact(h.ctx, h.Elena, id, 1, ""), fault.Conflict)
	// The same again is no conflict: a second click.
	h.must(h.plans.Edit(h.ctx, h.ines, id, whatif.Drafted{Name: "Winter", Version: 1, Body: whatif.Body{Caps: map[int64]int{h.Rosa.ID: 7}}}))
	if got := h.show(id); got.Version != 2 || got.Body.Caps[h.Rosa.ID] != 7 {
		t.Errorf("it stands at %+v", got.Plan)
	}
	state, err := h.plans.Withdraw(h.ctx, h.Elena, id, 2)
	h.must(err)
	if state != whatif.Withdrawn {
		t.Errorf("it is %s", state)
	}
	_, err = h.plans.Show(h.ctx, h.Elena, id)
	h.is(err, fault.NotFound)
	if got := h.actions(audit.Plan(id)); got != "plan.drafted plan.changed plan.withdrawn" {
		t.Errorf("recorded %q", got)
	}
	h.whole()
}

func TestACopyIsADraftOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := whatif.Body{Policy: map[string]int{"weights.language": 60}, Caps: map[int64]int{h.Rosa.ID: 9}}
	id := h.drafted(strings.Repeat("Long ", 16), body)
	copied, err := h.plans.Copy(h.ctx, h.ines, id, false)
	h.must(err)
	got := h.show(copied)
	if !reflect.DeepEqual(got.Body, body) || !strings.HasPrefix(got.Name, "Copy of Long") || len([]rune(got.Name)) > 80 || got.MadeBy != "Ines Varga" {
		t.Errorf("copied %+v", got.Plan)
	}
	_, err = h.plans.Copy(h.ctx, h.Elena, id, true)
	h.is(err, fault.Conflict) // it changed nothing yet
}

func TestAPlanCannotBeChangedBehindTheRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("Kept", whatif.Body{})
	for _, sql := range []string{`UPDATE plans SET body = '{}' WHERE id = ?`, `UPDATE plans SET name = 'x' WHERE id = ?`, `DELETE FROM plans WHERE id = ?`} {
		if err := h.DB.Write(h.ctx, func(tx *gorm.DB) error { return tx.Exec(sql, id).Error }); err == nil {
			t.Errorf("%s went through", sql)
		}
	}
	if routing.Default() != h.show(id).Ground.Policy {
		t.Error("a draft changed the policy in force")
	}
}
