package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
)

func TestOnADeskOneIsOnCallAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	turn := func(who actor.Actor, from, until time.Time) desk.OnCallTurn {
		return desk.OnCallTurn{DeskID: h.Desk, UserID: who.ID, From: from, Until: until}
	}
	evening, morning := h.at(19, 18, 0), h.at(20, 8, 0)
	h.must(h.Desks.AddOnCall(h.ctx, h.Elena, turn(h.Rosa, evening, morning)))
	h.must(h.Desks.AddOnCall(h.ctx, h.Tomas, turn(h.Grace, morning, h.at(21, 8, 0))))
	if s := h.promised("desk:sweep"); !s[len(s)-2].Equal(evening) {
		t.Error(s)
	}
	_, err := h.plan(h.Priya, desk.NewAbsence{UserID: h.Priya.ID, From: h.at(22, 0, 0), Until: h.at(23, 0, 0)})
	h.must(err)
	for what, test := range map[string]struct {
		field string
		turn  desk.OnCallTurn
	}{
		"within another": {"from", turn(h.Priya, h.at(19, 20, 0), h.at(19, 21, 0))},
		"around another": {"from", turn(h.Priya, h.at(19, 12, 0), h.at(21, 21, 0))},
		"of no desk":     {"user_id", turn(h.Otto, h.at(21, 8, 0), h.at(21, 9, 0))},
		"away then":      {"user_id", turn(h.Priya, h.at(22, 8, 0), h.at(22, 9, 0))},
		"backwards":      {"until", turn(h.Priya, h.at(22, 8, 0), h.at(21, 9, 0))},
		"over":           {"until", turn(h.Priya, h.at(18, 8, 0), h.at(18, 9, 0))},
		"months":         {"until", turn(h.Priya, h.at(25, 8, 0), h.at(200, 9, 0))},
		"no beginning":   {"from", turn(h.Priya, time.Time{}, h.at(22, 9, 0))},
	} {
		bad, _ := errors.AsType[fault.Fields](h.Desks.AddOnCall(h.ctx, h.Elena, test.turn))
		if bad.For(test.field) == "" {
			t.Errorf("%s: %v", what, bad)
		}
	}
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		h.is(h.Desks.AddOnCall(h.ctx, by, turn(h.Rosa, h.at(24, 18, 0), h.at(25, 8, 0))), fault.Forbidden)
		h.is(h.Desks.EndOnCall(h.ctx, by, 1), fault.Forbidden)
	}
	now := func() (turn *desk.OnCallTurn) {
		h.must(h.DB.Read(h.ctx, func(q *gorm.DB) (err error) {
			turn, err = desk.OnCallNow(q, h.Desk, h.DB.Now())
			return err
		}))
		return turn
	}
	if got := now(); got != nil {
		t.Errorf("%+v", got)
	}
	h.Clock(evening)
	got := now()
	if got == nil || got.UserID != h.Rosa.ID || got.Name != "Rosa Delgado" || !h.person(h.Desk, h.Rosa).OnCall || h.person(h.Desk, h.Grace).OnCall {
		t.Fatalf("%+v", got)
	}
	h.Later(time.Hour)
	h.must(h.Desks.EndOnCall(h.ctx, h.Elena, got.ID))
	h.is(h.Desks.EndOnCall(h.ctx, h.Elena, got.ID), fault.Conflict)
	h.is(h.Desks.EndOnCall(h.ctx, h.Elena, 404), fault.NotFound)
	if got := now(); got != nil {
		t.Errorf("%+v", got)
	}
	h.must(h.Desks.AddOnCall(h.ctx, h.Elena, turn(h.Priya, h.DB.Now(), morning)))
	if got := now(); got == nil || got.UserID != h.Priya.ID {
		t.Errorf("%+v", got)
	}
}

func TestAnExclusionHoldsForAPhysicianOrAWholePractice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	practice := func(name string, of int64) int64 {
		id, err := h.Insured.AddPractice(h.ctx, cast.Operator, insured.NewPractice{Name: name, City: "Columbus", State: "OH", PartOf: of})
		h.must(err)
		return id
	}
	group := practice("Lakeside Group", 0)
	office := practice("Lakeside Pediatrics", group)
	elsewhere := practice("Harbor Clinic", 0)
	inOffice, err := h.Insured.AddPhysician(h.ctx, cast.Operator, insured.NewPhysician{GivenName: "Ana", FamilyName: "Reyes", State: "OH", PracticeID: office})
	h.must(err)
	from := func(physician int64) (ids []int64) {
		h.must(h.DB.Read(h.ctx, func(q *gorm.DB) (err error) {
			ids, err = desk.ExcludedFrom(q, physician)
			return err
		}))
		return ids
	}
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil))
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, nil, &office))
	h.must(h.Desks.Exclude(h.ctx, h.Tomas, h.Grace.ID, nil, &group))
	h.must(h.Desks.Exclude(h.ctx, h.Tomas, h.Priya.ID, nil, &elsewhere))
	if got := from(h.ImaniID); !slices.Equal(got, []int64{h.Rosa.ID}) {
		t.Errorf("Imani: %v", got)
	}
	if got := from(inOffice); !slices.Equal(got, []int64{h.Rosa.ID, h.Grace.ID}) {
		t.Errorf("of the practice: %v", got)
	}
	if got := from(h.OkaforID); len(got) != 0 {
		t.Errorf("Okafor: %v", got)
	}
	all, err := h.Desks.Exclusions(h.ctx, h.Elena, h.Desk)
	h.must(err)
	var whom []string
	for _, e := range all {
		whom = append(whom, e.Name+": "+e.Whom)
	}
	same(t, "exclusions", whom, []string{"Grace Oduya: Lakeside Group", "Priya Raman: Harbor Clinic", "Rosa Delgado: Dr Leila Imani", "Rosa Delgado: Lakeside Pediatrics"})
	none := int64(404)
	for _, err := range []error{h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, nil, nil), h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, &office),
		h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &none, nil), h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil)} {
		if bad, _ := errors.AsType[fault.Fields](err); bad.For("physician_id") == "" {
			t.Error(err)
		}
	}
	h.is(h.Desks.Exclude(h.ctx, h.Elena, h.Elena.ID, &h.ImaniID, nil), fault.NotFound)
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		h.is(h.Desks.Exclude(h.ctx, by, h.Rosa.ID, &h.OkaforID, nil), fault.Forbidden)
		h.is(h.Desks.EndExclusion(h.ctx, by, all[0].ID), fault.Forbidden)
		_, err := h.Desks.Exclusions(h.ctx, by, h.Desk)
		h.is(err, fault.Forbidden)
	}
	h.must(h.Desks.EndExclusion(h.ctx, h.Elena, all[2].ID))
	h.is(h.Desks.EndExclusion(h.ctx, h.Elena, all[2].ID), fault.Conflict)
	h.is(h.Desks.EndExclusion(h.ctx, h.Elena, 404), fault.NotFound)
	if got := from(h.ImaniID); len(got) != 0 {
		t.Errorf("Imani: %v", got)
	}
	h.must(h.Desks.Exclude(h.ctx, h.Elena, h.Rosa.ID, &h.ImaniID, nil))
}

func TestWhoWrapsUpACallIsGivenNothingUntilItEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.is(h.Desks.WrapUp(h.ctx, h.Rosa, h.Rosa.ID, 5), fault.Conflict) // not at work
	h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
	for _, by := range []actor.Actor{h.Grace, h.Imani, h.Joan, h.Tomas, h.Wendell} {
		h.is(h.Desks.WrapUp(h.ctx, by, h.Rosa.ID, 5), fault.Forbidden)
		h.is(h.Desks.EndWrapUp(h.ctx, by, h.Rosa.ID), fault.Forbidden)
	}
	for _, minutes := range []int{-1, 61} {
		h.is(h.Desks.WrapUp(h.ctx, h.Rosa, h.Rosa.ID, minutes), fault.Unacceptable)
	}
	h.must(h.Desks.WrapUp(h.ctx, h.Rosa, h.Rosa.ID, 0))
	until := h.at(19, 11, 10)
	if s := h.promised("desk:sweep"); !s[len(s)-1].Equal(until) {
		t.Error(s)
	}
	if d, err := h.Desks.DutyOf(h.ctx, h.Rosa.ID); err != nil || !d.At || !d.WrapUntil.Equal(until) {
		t.Errorf("%+v %v", d, err)
	}
	if p := h.person(h.Desk, h.Rosa); !p.Wrapping(h.DB.Now()) || p.Takes() {
		t.Errorf("%+v", p)
	}
	h.Clock(until)
	if p := h.person(h.Desk, h.Rosa); p.Wrapping(h.DB.Now()) || !p.Takes() {
		t.Errorf("%+v", p)
	}
	h.must(h.Desks.WrapUp(h.ctx, h.Elena, h.Rosa.ID, 60))
	sweeps := len(h.sweeps())
	h.must(h.Desks.EndWrapUp(h.ctx, h.Rosa, h.Rosa.ID))
	h.must(h.Desks.EndWrapUp(h.ctx, h.Rosa, h.Rosa.ID)) // nothing to end
	if p := h.person(h.Desk, h.Rosa); !p.Takes() || len(h.sweeps()) != sweeps+1 {
		t.Errorf("%+v", p)
	}
	h.is(h.Desks.WrapUp(h.ctx, h.Elena, h.Imani.ID, 5), fault.NotFound)
}

func TestAnEngagementSaysHowWellAndWhereAndInWhichLanguages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Rosa.ID, Cap: 4, Topics: []string{"discharge", "misinformation"},
		Skills: []desk.Skill{{Topic: "discharge", Level: "leads"}, {Topic: "equity_culture", Level: "training"}}, States: []string{" ny", "OH", "NY"}, Languages: []string{"ES"}}))
	p := h.person(h.Desk, h.Rosa)
	for topic, level := range map[string]string{"discharge": "leads", "misinformation": "knows", "equity_culture": "training", "online_reviews": ""} {
		if p.Level(topic) != level {
			t.Errorf("%s: %q", topic, p.Level(topic))
		}
	}
	if !slices.Equal(p.States, []string{"NY", "OH"}) || !slices.Equal(p.Languages, []string{"es"}) {
		t.Errorf("%+v", p)
	}
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Rosa.ID, Cap: 4, Languages: []string{}}))
	if p := h.person(h.Desk, h.Rosa); len(p.Skills) != 0 || len(p.States) != 2 || len(p.Languages) != 0 {
		t.Errorf("%+v", p)
	}
	for field, in := range map[string]desk.Engagement{"skills": {Skills: []desk.Skill{{Topic: "discharge", Level: "guesses"}}}, "states": {States: []string{"Ohio"}},
		"languages": {Languages: []string{"Spanish"}}, "topics": {Skills: []desk.Skill{{Topic: "weather", Level: "knows"}}}} {
		in.UserID = h.Rosa.ID
		if bad, _ := errors.AsType[fault.Fields](h.Desks.Engage(h.ctx, h.Elena, in)); bad.For(field) == "" {
			t.Errorf("%s: %v", field, bad)
		}
	}
}

func TestAWeekShowsWhoWorksWhoIsAwayAndWhoIsOnCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.SetShifts(h.ctx, h.Elena, h.Rosa.ID, days([]time.Weekday{time.Monday, time.Thursday}, 10*60, 15*60)))
	h.must(h.Desks.SetShiftDay(h.ctx, h.Elena, h.Rosa.ID, calendar.Day{Year: 2026, Month: 11, Day: 24}, &calendar.Segment{Opens: 600, Closes: 660}, false))
	_, err := h.plan(h.Grace, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(23, 14, 0), Until: h.at(25, 11, 0)})
	h.must(err)
	_, err = h.plan(h.Grace, desk.NewAbsence{UserID: h.Grace.ID, From: h.at(27, 10, 0), Until: h.at(27, 12, 0)})
	h.must(err)
	h.must(h.Desks.AddOnCall(h.ctx, h.Elena, desk.OnCallTurn{DeskID: h.Desk, UserID: h.Priya.ID, From: h.at(22, 18, 0), Until: h.at(24, 0, 0)}))
	h.must(h.Desks.StartDuty(h.ctx, h.Priya, h.Priya.ID, nil))
	w, err := h.Desks.Week(h.ctx, h.Rosa, h.Desk, calendar.Day{Year: 2026, Month: 11, Day: 29}) // the Sunday of that week
	h.must(err)
	if w.Zone != "America/New_York" || w.Days[0].String() != "2026-11-23" || w.Days[6].String() != "2026-11-29" || len(w.Open[3]) != 0 || w.Open[4][0].Closes != 720 || len(w.OnCall) != 1 || len(w.People) != 3 {
		t.Fatalf("%+v", w)
	}
	rosa, grace, priya := w.People[0], w.People[1], w.People[2]
	for i, want := range []struct {
		hours, changed bool
		graceAway      string
		priyaOnCall    bool
	}{{true, false, "away from 2:00 PM", true}, {true, true, "away", false}, {false, false, "away until 11:00 AM", false},
		{false, false, "", false}, {false, false, "away 10:00 AM to 12:00 PM", false}, {}, {}} {
		if len(rosa.Days[i].Hours) > 0 != want.hours || rosa.Days[i].Changed != want.changed || grace.Days[i].Away != want.graceAway || priya.Days[i].OnCall != want.priyaOnCall {
			t.Errorf("day %d: %+v %+v %+v", i, rosa.Days[i], grace.Days[i], priya.Days[i])
		}
	}
	if !priya.At || rosa.At || len(grace.Days[2].Hours) != 1 || rosa.Cap != cast.Cap {
		t.Errorf("%+v", w.People)
	}
	_, err = h.Desks.Week(h.ctx, h.Otto, h.Desk, w.Days[0])
	h.is(err, fault.NotFound)
	_, err = h.Desks.Week(h.ctx, h.Elena, 404, w.Days[0])
	h.is(err, fault.NotFound)
	_, err = h.Desks.Week(h.ctx, h.Elena, h.Desk, calendar.Day{})
	h.is(err, fault.NotFound)
	for _, by := range []actor.Actor{h.Imani, h.Nora, h.Joan, h.Wendell} {
		_, err = h.Desks.Week(h.ctx, by, h.Desk, w.Days[0])
		h.is(err, fault.Forbidden)
		_, err = h.Desks.Team(h.ctx, by, h.Desk)
		h.is(err, fault.Forbidden)
	}
	team, err := h.Desks.Team(h.ctx, h.Tomas, h.Desk)
	h.must(err)
	if team[0].Hours != "Mon 10:00 AM to 3:00 PM, Thu 10:00 AM to 3:00 PM" || len(team[0].Shifts) != 2 || team[1].Hours != "" || team[1].Shifts != nil {
		t.Errorf("%+v", team)
	}
}
