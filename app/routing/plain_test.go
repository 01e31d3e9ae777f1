package routing

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/calendar"
)

var newYork = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return zone
}()

// weekdays is a week with these hours from Monday to Friday.
func weekdays(open ...calendar.Segment) [7][]calendar.Segment {
	var week [7][]calendar.Segment
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = open
	}
	return week
}

// office is open 9 to 12 and 13 to 17 in New York from Monday to Friday, but for one closed day and one half one.
func office() *calendar.Calendar {
	c, err := calendar.New(newYork, weekdays(calendar.Segment{Opens: 540, Closes: 720}, calendar.Segment{Opens: 780, Closes: 1020}),
		map[calendar.Day]calendar.Holiday{
			{Year: 2026, Month: time.March, Day: 10}: {Name: "Closed"},
			{Year: 2026, Month: time.March, Day: 12}: {Name: "Half", Open: []calendar.Segment{{Opens: 540, Closes: 720}}},
		})
	if err != nil {
		panic(err)
	}
	return c
}

// friday is the one before the clocks go forward, at nine.
var friday = time.Date(2026, time.March, 6, 9, 0, 0, 0, newYork)

func somewhen(t *rapid.T, label string) time.Time {
	return friday.Add(time.Duration(rapid.IntRange(-24, 10*24*2).Draw(t, label)) * 30 * time.Minute)
}

func someSpans(t *rapid.T, label string, most int) []Span {
	var all []Span
	for range rapid.IntRange(0, most).Draw(t, label) {
		from := somewhen(t, label)
		all = append(all, Span{from, from.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "long")) * 30 * time.Minute)})
	}
	return all
}

// someWorld draws a week and a half of a small desk.
func someWorld(t *rapid.T) (World, Plan) {
	w := World{Calendar: office(), From: friday, To: friday.AddDate(0, 0, 11), Clock: Promises{}}
	topics, urgencies := []string{"ending", "privacy"}, []string{"critical", "urgent", "routine"}
	for _, urgency := range urgencies {
		for _, topic := range []string{"", "privacy"} {
			if rapid.Bool().Draw(t, "promised") {
				w.Clock[PromiseKey{topic, urgency}] = PromiseTime{rapid.IntRange(0, 900).Draw(t, "minutes"), rapid.Bool().Draw(t, "always")}
			}
		}
	}
	for id := range int64(rapid.IntRange(0, 4).Draw(t, "people")) {
		p := Person{UserID: id + 1, Name: string(rune('A' + id)), Cap: rapid.IntRange(0, 4).Draw(t, "cap"), Levels: map[string]Level{},
			States: map[string]bool{"OH": rapid.Bool().Draw(t, "state")}, Languages: map[string]bool{"es": rapid.Bool().Draw(t, "speaks")},
			Excluded: map[int64]bool{}, Away: someSpans(t, "away", 2), OnCall: someSpans(t, "on call", 2), Held: someSpans(t, "held", 2)}
		for _, topic := range topics {
			p.Levels[topic] = Level(rapid.IntRange(0, 3).Draw(t, "level"))
		}
		if rapid.IntRange(0, 3).Draw(t, "excludes") == 0 {
			p.Excluded[rapid.Int64Range(1, 3).Draw(t, "whom")] = true
		}
		if rapid.Bool().Draw(t, "own week") {
			p.Week = weekdays(calendar.Segment{Opens: 60 * rapid.IntRange(6, 11).Draw(t, "comes"), Closes: 60 * rapid.IntRange(12, 20).Draw(t, "goes")})
		}
		if rapid.Bool().Draw(t, "deputy") {
			for _, away := range p.Away {
				p.Deputies = append(p.Deputies, Deputy{away, rapid.Int64Range(1, 4).Draw(t, "who")})
			}
		}
		w.People = append(w.People, p)
	}
	for id := range int64(rapid.IntRange(0, 40).Draw(t, "cases")) {
		w.Cases = append(w.Cases, Case{ID: 100 - id, OpenedAt: somewhen(t, "opened"), Topic: rapid.SampledFrom(topics).Draw(t, "topic"),
			Urgency: rapid.SampledFrom(urgencies).Draw(t, "urgency"), State: rapid.SampledFrom([]string{"", "OH"}).Draw(t, "where"),
			Language:    rapid.SampledFrom([]string{"en", "es"}).Draw(t, "language"),
			PhysicianID: rapid.Int64Range(0, 3).Draw(t, "physician"), PracticeID: rapid.Int64Range(0, 2).Draw(t, "practice"),
			MatterID: rapid.Int64Range(0, 9).Draw(t, "matter"), Work: time.Duration(rapid.IntRange(-1, 20).Draw(t, "work")) * 30 * time.Minute,
			Hold: time.Duration(rapid.IntRange(-1, 40).Draw(t, "hold")) * 30 * time.Minute})
	}
	return w, Plan{Policy: Default()}
}

// plainly takes those waiting as a sweep of the desk does: all of them, sorted by Order.
func (g *game) plainly(now time.Time) error {
	var all []Waiting
	of, place := map[int64]*line{}, map[int64]int{}
	for _, l := range g.lines {
		for _, i := range l.cases {
			w := g.waiting(i)
			all, of[w.ID], place[w.ID] = append(all, w), l, i
		}
	}
	Order(all, now)
	for _, w := range all {
		given, err := g.give(of[w.ID], place[w.ID], now)
		if err != nil {
			return err
		}
		if l := of[w.ID]; given {
			l.cases = slices.DeleteFunc(l.cases, func(i int) bool { return i == place[w.ID] })
		}
	}
	return nil
}

func TestAReplayTakesThoseWaitingAsASweepWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, p := someWorld(t)
		w = p.over(w)
		quick, err := play(context.Background(), w, (*game).take, nil)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := play(context.Background(), w, (*game).plainly, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range quick {
			if !reflect.DeepEqual(quick[i], plain[i]) {
				t.Fatalf("%+v of %+v, plainly %+v", quick[i], w.Cases[i], plain[i])
			}
		}
	})
}

func TestBusinessTimeLaidOutIsTheCalendars(t *testing.T) {
	t.Parallel()
	c := office()
	h := layOut(c, friday, friday.AddDate(0, 0, 12))
	rapid.Check(t, func(t *rapid.T) {
		from, to := somewhen(t, "from").Add(time.Duration(rapid.IntRange(0, 1799).Draw(t, "seconds"))*time.Second), somewhen(t, "to")
		if got, want := h.between(from, to), c.Between(from, to); got != want {
			t.Fatalf("between %s and %s: %s, not %s", from, to, got, want)
		}
		d := time.Duration(rapid.IntRange(0, 80*2).Draw(t, "long")) * 30 * time.Minute
		got, err := h.add(from, d)
		want, _ := c.Add(from, d)
		if err != nil || !got.Equal(want) || got.Location() != want.Location() {
			t.Fatalf("%s and %s: %s, not %s (%v)", from, d, got, want, err)
		}
	})
}

func TestAPersonIsThereAsTheTimetableOfTheDeskHasIt(t *testing.T) {
	t.Parallel()
	day := func(d int) calendar.Day { return calendar.Day{Year: 2026, Month: time.March, Day: d} }
	at := func(d, hour int) time.Time { return time.Date(2026, time.March, d, hour, 0, 0, 0, newYork) }
	early := weekdays(calendar.Segment{Opens: 420, Closes: 900})
	early[time.Saturday] = []calendar.Segment{{Opens: 540, Closes: 600}}
	for _, test := range []struct {
		name   string
		person Person
		want   []Span
	}{
		{"the desk's hours", Person{}, []Span{
			{at(6, 9), at(6, 12)}, {at(6, 13), at(6, 17)}, {at(9, 9), at(9, 12)}, {at(9, 13), at(9, 17)},
			{at(11, 9), at(11, 12)}, {at(11, 13), at(11, 17)}, {at(12, 9), at(12, 12)}}},
		{"their own week, also on Saturday, not on the closed day, and half of the half one", Person{Week: early}, []Span{
			{at(6, 9), at(6, 15)}, {at(7, 9), at(7, 10)}, {at(9, 7), at(9, 15)}, {at(11, 7), at(11, 15)}, {at(12, 9), at(12, 12)}}},
		{"an own week beside the half day's hours", Person{Week: weekdays(calendar.Segment{Opens: 600, Closes: 660}, calendar.Segment{Opens: 690, Closes: 840})}, []Span{
			{at(6, 10), at(6, 11)}, {at(6, 11).Add(30 * time.Minute), at(6, 14)}, {at(9, 10), at(9, 11)}, {at(9, 11).Add(30 * time.Minute), at(9, 14)},
			{at(11, 10), at(11, 11)}, {at(11, 11).Add(30 * time.Minute), at(11, 14)}, {at(12, 10), at(12, 11)}, {at(12, 11).Add(30 * time.Minute), at(12, 12)}}},
		{"days that differ, whatever the desk does", Person{Week: early, Days: map[calendar.Day][]calendar.Segment{
			day(7): {{Opens: 600, Closes: 720}}, day(9): nil, day(10): {{Opens: 780, Closes: 840}}}}, []Span{
			{at(6, 9), at(6, 15)}, {at(7, 10), at(7, 12)}, {at(10, 13), at(10, 14)}, {at(11, 7), at(11, 15)}, {at(12, 9), at(12, 12)}}},
		{"the half day in full, where it differs", Person{Week: early, Days: map[calendar.Day][]calendar.Segment{
			day(7): nil, day(12): {{Opens: 420, Closes: 900}}}}, []Span{
			{at(6, 9), at(6, 15)}, {at(9, 7), at(9, 15)}, {at(11, 7), at(11, 15)}, {at(12, 7), at(12, 15)}}},
		{"the desk's hours but for a day", Person{Days: map[calendar.Day][]calendar.Segment{day(6): nil, day(9): {{Opens: 0, Closes: 60}}, day(11): nil}}, []Span{
			{at(9, 0), at(9, 1)}, {at(12, 9), at(12, 12)}}},
	} {
		got, err := presence(office(), &test.person, friday, at(12, 16))
		if err != nil || !slices.EqualFunc(got, test.want, func(a, b Span) bool { return a.From.Equal(b.From) && a.Until.Equal(b.Until) }) {
			t.Errorf("%s: %v (%v)", test.name, got, err)
		}
	}
}

func TestAPlanChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	w := World{People: []Person{{UserID: 1, Cap: 3}, {UserID: 2, Cap: 4}}, Clock: Promises{{"", "urgent"}: {Minutes: 60}, {"", "routine"}: {Minutes: 90}}}
	was := World{People: slices.Clone(w.People), Clock: maps.Clone(w.Clock)}
	late := weekdays(calendar.Segment{Opens: 600, Closes: 1200})
	got := Plan{Policy: Default(), Caps: map[int64]int{2: 9}, Weeks: map[int64][7][]calendar.Segment{1: late},
		Clock: Promises{{"", "urgent"}: {Minutes: 30}, {"ending", "urgent"}: {Minutes: 10}}}.over(w)
	if !reflect.DeepEqual(w, was) {
		t.Errorf("the world was changed: %+v", w)
	}
	if got.People[0].Cap != 3 || got.People[1].Cap != 9 || !reflect.DeepEqual(got.People[0].Week, late) || hasWeek(&got.People[1]) {
		t.Errorf("%+v", got.People)
	}
	for key, want := range map[PromiseKey]int{{"privacy", "urgent"}: 30, {"ending", "urgent"}: 10, {"ending", "routine"}: 90} {
		if p, is := got.Clock.of(key.Topic, key.Urgency); !is || p.Minutes != want {
			t.Errorf("%v: %+v", key, p)
		}
	}
	if _, is := got.Clock.of("ending", "critical"); is {
		t.Error("a promise nobody made")
	}
}

// Whatever the world, a case is given once at the most, to somebody who may have it,
// and nobody's load is ever above their cap by what they were given.
func TestNobodyIsEverAboveTheirCapInAReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, p := someWorld(t)
		played, err := Replay(context.Background(), w, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Replay(context.Background(), w, p, nil); !reflect.DeepEqual(played, again) {
			t.Fatal("the same world and plan gave two answers")
		}
		in := func(t time.Time) func(Span) bool {
			return func(s Span) bool { return !t.Before(s.From) && t.Before(s.Until) }
		}
		given := map[int64]int{}
		for i, f := range played.Fates {
			c := w.Cases[i]
			if f.GivenAt.IsZero() {
				if f.UserID != 0 || !f.AnsweredAt.IsZero() {
					t.Fatalf("%+v", f)
				}
				continue
			}
			given[f.UserID]++
			if f.GivenAt.Before(c.OpenedAt) || f.GivenAt.Before(w.From) || !f.GivenAt.Before(w.To) || f.Until.Before(f.GivenAt) ||
				!f.AnsweredAt.IsZero() && (f.AnsweredAt.Before(f.GivenAt) || !f.AnsweredAt.Before(w.To)) || f.Reason == "" {
				t.Fatalf("%+v of %+v", f, c)
			}
			who := w.People[f.UserID-1]
			shifts, _ := presence(w.Calendar, &who, w.From, w.To)
			turn := slices.ContainsFunc(who.OnCall, in(f.GivenAt)) && c.Urgency == "critical" && !w.Calendar.Open(f.GivenAt)
			if !turn && !slices.ContainsFunc(shifts, in(f.GivenAt)) || slices.ContainsFunc(who.Away, in(f.GivenAt)) ||
				!turn && who.Levels[c.Topic] == None || who.Excluded[c.PhysicianID] {
				t.Fatalf("%+v of %+v to %+v", f, c, who)
			}
			if !turn && who.Levels[c.Topic] == Training && !slices.ContainsFunc(w.People, func(p Person) bool {
				there, _ := presence(w.Calendar, &p, w.From, w.To)
				return p.Levels[c.Topic] >= Knows && slices.ContainsFunc(there, in(f.GivenAt)) && !slices.ContainsFunc(p.Away, in(f.GivenAt))
			}) {
				t.Fatalf("%+v of %+v to a learner beside whom nobody reads", f, c)
			}
			load := 0
			for _, s := range who.Held {
				if in(f.GivenAt)(s) {
					load++
				}
			}
			for _, other := range played.Fates {
				if other.UserID == f.UserID && in(f.GivenAt)(Span{other.GivenAt, other.Until}) {
					load += other.Load
				}
			}
			if load > who.Cap && f.Until.After(f.GivenAt) {
				t.Fatalf("%d of %d at %s", load, who.Cap, f.GivenAt)
			}
		}
		for _, s := range played.Summary.People {
			if s.Given != given[s.UserID] || s.Mean < 0 || s.Mean > float64(s.Most) || len(w.People[s.UserID-1].Held) == 0 && s.Most > s.Cap {
				t.Fatalf("%+v, given %d", s, given[s.UserID])
			}
		}
	})
}
