package desk_test

import (
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"
	"pgregory.net/rapid"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
)

// asPlainlyAsCanBe is the rule by which promises are resolved, as a list of whom to ask.
func asPlainlyAsCanBe(all []desk.Promise, kind, topic, urgency string) (minutes int, always, ok bool) {
	ask := [][2]string{{kind, topic}, {kind, ""}}
	if kind == "next_answer" {
		ask = append(ask, [2]string{"first_answer", topic}, [2]string{"first_answer", ""})
	}
	for _, one := range ask {
		for _, p := range all {
			if p.Kind == one[0] && p.Topic == one[1] && p.Urgency == urgency {
				return p.Minutes, p.Always, true
			}
		}
	}
	return map[string]int{"critical": 60, "urgent": 240, "routine": 600}[urgency], false, kind != "resolution"
}

func TestTheMostSpecificPromiseHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kinds, topics, urgencies := []string{"first_answer", "next_answer", "resolution"}, []string{"", "discharge", "online_reviews"}, []string{"critical", "urgent", "routine"}
	rapid.Check(t, func(rt *rapid.T) {
		var all []desk.Promise
		for _, kind := range kinds {
			for _, topic := range topics {
				for _, urgency := range urgencies {
					if rapid.IntRange(0, 2).Draw(rt, "set") == 0 {
						all = append(all, desk.Promise{Kind: kind, Topic: topic, Urgency: urgency,
							Minutes: rapid.IntRange(1, 9000).Draw(rt, "minutes"), Always: rapid.Bool().Draw(rt, "always")})
					}
				}
			}
		}
		if err := h.Desks.SetPromises(h.ctx, h.Elena, h.Desk, rapid.Permutation(all).Draw(rt, "mixed")); err != nil {
			rt.Fatal(err)
		}
		times, err := h.Desks.Times(h.ctx, h.Desk)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(times.Promises(), all) {
			rt.Fatalf("set %v, read %v", all, times.Promises())
		}
		for _, kind := range kinds {
			for _, topic := range append(topics, "misinformation") {
				for _, urgency := range urgencies {
					minutes, always, want := asPlainlyAsCanBe(all, kind, topic, urgency)
					got, ok := times.Promise(kind, topic, urgency)
					if ok != want || ok && (got.Minutes != minutes || got.Always != always || got.Kind != kind || got.Urgency != urgency || got.Topic != "" && got.Topic != topic) {
						rt.Fatalf("%s %s %s: %+v %v, want %d %v %v of %v", kind, topic, urgency, got, ok, minutes, always, want, all)
					}
				}
			}
		}
		for _, urgency := range urgencies {
			if minutes, _, _ := asPlainlyAsCanBe(all, "first_answer", "", urgency); times.Minutes(urgency) != minutes {
				rt.Fatalf("%s: %d, want %d", urgency, times.Minutes(urgency), minutes)
			}
		}
	})
}

func TestPromisesAreSetWithSenseOrNotAtAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fits := desk.Promise{Kind: "resolution", Topic: "discharge", Urgency: "urgent", Minutes: 60}
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		h.is(h.Desks.SetPromises(h.ctx, by, h.Desk, []desk.Promise{fits}), fault.Forbidden)
	}
	h.is(h.Desks.SetPromises(h.ctx, h.Elena, 404, []desk.Promise{fits}), fault.NotFound)
	for field, all := range map[string][]desk.Promise{
		"targets":                     {{Kind: "resolution", Urgency: "soon", Minutes: 5}},
		"resolution-urgent":           {{Kind: "resolution", Urgency: "urgent"}},
		"resolution-urgent-discharge": {fits, fits},
	} {
		bad, _ := h.Desks.SetPromises(h.ctx, h.Elena, h.Desk, all).(fault.Fields)
		if bad.For(field) == "" {
			t.Errorf("%s: %v", field, bad)
		}
	}
	bad, _ := h.Desks.SetPromises(h.ctx, h.Elena, h.Desk, []desk.Promise{{Kind: "resolution", Topic: "weather", Urgency: "urgent", Minutes: 5}}).(fault.Fields)
	if bad.For("targets") == "" {
		t.Error(bad)
	}
	before := len(h.trail(audit.Desk(h.Desk)))
	h.must(h.Desks.SetPromises(h.ctx, h.Tomas, h.Desk, []desk.Promise{fits}))
	h.must(h.Desks.SetPromises(h.ctx, h.Tomas, h.Desk, []desk.Promise{fits}))
	if trail := h.trail(audit.Desk(h.Desk)); len(trail) != before+1 || trail[before].Action != "desk.targets_changed" {
		t.Errorf("%+v", trail)
	}
}

func TestAPromiseAroundTheClockCountsAroundTheClock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	times, err := h.Desks.Times(h.ctx, h.Desk)
	h.must(err)
	evening := h.at(19, 20, 0)
	for always, want := range map[bool]time.Time{true: h.at(19, 21, 0), false: h.at(20, 9, 0)} {
		if due, err := times.Clock(always).Add(evening, time.Hour); err != nil || !due.Equal(want) {
			t.Errorf("always %v: due %v, want %v", always, due, want)
		}
	}
}

func (h *house) trail(about audit.Subject) (trail []audit.Entry) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) (err error) {
		trail, err = audit.Trail(q, about)
		return err
	}))
	return trail
}

func (h *house) write(f func(tx *gorm.DB) error) error { return h.DB.Write(h.ctx, f) }

func (h *house) setSchedule(by actor.Actor, in desk.Schedule) (version int, err error) {
	err = h.write(func(tx *gorm.DB) (err error) {
		version, err = desk.SetSchedule(tx, by, h.Desk, in, h.DB.Now())
		return err
	})
	return version, err
}

func TestAScheduleThatIsUnchangedWritesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in, err := h.Desks.Schedule(h.ctx, h.Desk)
	h.must(err)
	before := h.trail(audit.Desk(h.Desk))
	in.Week[0] = []calendar.Segment{} // empty is as good as none
	if version, err := h.setSchedule(h.Elena, in); err != nil || version != 0 {
		t.Errorf("version %d, %v", version, err)
	}
	changes, err := h.Desks.Changes(h.ctx, h.Elena, h.Desk, 10)
	h.must(err)
	if after := h.trail(audit.Desk(h.Desk)); len(after) != len(before) || len(changes) != 0 {
		t.Errorf("%+v %+v", after, changes)
	}
}

func TestAScheduleIsChangedOnceWithOneEntry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in, err := h.Desks.Schedule(h.ctx, h.Desk)
	h.must(err)
	in.Week[5] = []calendar.Segment{{Opens: 780, Closes: 1020}, {Opens: 480, Closes: 720}} // out of order
	in.Holidays[calendar.Day{Year: 2026, Month: 12, Day: 24}] = calendar.Holiday{Name: " Christmas Eve ", Open: []calendar.Segment{{Opens: 480, Closes: 720}}}
	version, err := h.setSchedule(h.Elena, in)
	h.must(err)
	read, err := h.Desks.Schedule(h.ctx, h.Desk)
	h.must(err)
	eve := read.Holidays[calendar.Day{Year: 2026, Month: 12, Day: 24}]
	times, err := h.Desks.Times(h.ctx, h.Desk)
	h.must(err)
	if version != 1 || times.Version() != 1 || len(read.Holidays) != 5 || eve.Name != "Christmas Eve" || read.Week[5][0].Opens != 480 || len(read.Week[5]) != 2 ||
		times.Calendar.Open(h.at(20, 12, 30)) || !times.Calendar.Open(h.at(20, 13, 0)) {
		t.Errorf("version %d, %+v", version, read)
	}
	// The same again, from what was read and from what was sent, is no change.
	for _, again := range []desk.Schedule{in, read} {
		if version, err := h.setSchedule(h.Elena, again); err != nil || version != 0 {
			t.Errorf("again: version %d, %v", version, err)
		}
	}
	h.must(h.write(func(tx *gorm.DB) error { return desk.DoneChange(tx, cast.Operator, h.Desk, 1, 7, h.DB.Now()) }))
	h.must(h.write(func(tx *gorm.DB) error { return desk.DoneChange(tx, cast.Operator, h.Desk, 1, 9, h.DB.Now()) }))
	changes, err := h.Desks.Changes(h.ctx, h.Tomas, h.Desk, 10)
	h.must(err)
	if len(changes) != 1 || changes[0].Moved != 7 || changes[0].DoneAt == nil || changes[0].MadeBy != "Elena Marsh" {
		t.Errorf("%+v", changes)
	}
	var actions []string
	for _, e := range h.trail(audit.Desk(h.Desk)) {
		actions = append(actions, e.Action)
	}
	if !slices.Equal(actions, []string{"desk.added", "desk.calendar_changed", "desk.deadlines_moved"}) {
		t.Error(actions)
	}
}

func TestAScheduleThatDoesNotHoldTogetherIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good, err := h.Desks.Schedule(h.ctx, h.Desk)
	h.must(err)
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		_, err := h.setSchedule(by, good)
		h.is(err, fault.Forbidden)
	}
	_, err = h.Desks.Changes(h.ctx, h.Rosa, h.Desk, 1)
	h.is(err, fault.Forbidden)
	for what, test := range map[string]struct {
		field  string
		change func(*desk.Schedule)
	}{
		"no zone":       {"zone", func(s *desk.Schedule) { s.Zone = "" }},
		"the machine's": {"zone", func(s *desk.Schedule) { s.Zone = "Local" }},
		"never open":    {"hours", func(s *desk.Schedule) { s.Week = [7][]calendar.Segment{} }},
		"backwards":     {"hours", func(s *desk.Schedule) { s.Week[1] = []calendar.Segment{{Opens: 600, Closes: 480}} }},
		"overlapping": {"hours", func(s *desk.Schedule) {
			s.Week[1] = []calendar.Segment{{Opens: 480, Closes: 600}, {Opens: 590, Closes: 700}}
		}},
		"past midnight": {"hours", func(s *desk.Schedule) { s.Week[1] = []calendar.Segment{{Opens: 480, Closes: 1441}} }},
		"a nameless day": {"holidays", func(s *desk.Schedule) {
			s.Holidays = map[calendar.Day]calendar.Holiday{{Year: 2026, Month: 12, Day: 24}: {}}
		}},
		"no such day": {"holidays", func(s *desk.Schedule) {
			s.Holidays = map[calendar.Day]calendar.Holiday{{Year: 2026, Month: 2, Day: 30}: {Name: "x"}}
		}},
		"open twice": {"holidays", func(s *desk.Schedule) {
			s.Holidays = map[calendar.Day]calendar.Holiday{{Year: 2026, Month: 12, Day: 24}: {Name: "x", Open: []calendar.Segment{{Opens: 1, Closes: 2}, {Opens: 3, Closes: 4}}}}
		}},
	} {
		in := good
		test.change(&in)
		_, err := h.setSchedule(h.Elena, in)
		if bad, _ := err.(fault.Fields); bad.For(test.field) == "" || len(bad) != 1 {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAPolicyIsReadOverTheDefault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p, err := h.Desks.Policy(h.ctx, h.Desk)
	h.must(err)
	was := p
	p.Weights.Room, p.Accept.Urgent = 7, 0
	set := func(by actor.Actor) error {
		return h.write(func(tx *gorm.DB) error { return desk.SetPolicy(tx, by, h.Desk, p, h.DB.Now()) })
	}
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell, h.Tomas} {
		h.is(set(by), fault.Forbidden)
	}
	sweeps := len(h.sweeps())
	h.must(set(h.Elena))
	h.must(set(h.Elena)) // no change
	read, err := h.Desks.Policy(h.ctx, h.Desk)
	h.must(err)
	if read != p || read == was || len(h.trail(audit.Desk(h.Desk))) != 2 || len(h.sweeps()) != sweeps+1 {
		t.Errorf("%+v", read)
	}
	// What a policy of another day left out is the default, zero where it says zero.
	h.must(h.write(func(tx *gorm.DB) error {
		if err := tx.Exec(`UPDATE desks SET policy = '{"weights": {"room": 3}, "warn": 0}' WHERE id = ?`, h.Desk).Error; err != nil {
			return err
		}
		return audit.Record(tx, cast.Operator, h.DB.Now(), "desk.policy_changed", audit.Desk(h.Desk), nil)
	}))
	read, err = h.Desks.Policy(h.ctx, h.Desk)
	h.must(err)
	was.Weights.Room, was.Warn = 3, 0
	if read != was {
		t.Errorf("%+v, want %+v", read, was)
	}
	p.Warn, p.Loads.Critical, p.Weights.Cover = 91, 0, -1
	bad, _ := set(h.Elena).(fault.Fields)
	if len(bad) != 3 || bad.For("warn") == "" || bad.For("loads.critical") == "" || bad.For("weights.cover") == "" {
		t.Error(bad)
	}
}
