package routing_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/calendar"
	"hotline/app/routing"
)

// nineToFive is open from Monday to Friday, in UTC.
func nineToFive(t testing.TB) *calendar.Calendar {
	t.Helper()
	var week [7][]calendar.Segment
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = []calendar.Segment{{Opens: 540, Closes: 1020}}
	}
	c, err := calendar.New(time.UTC, week, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// on is a time of the week of Monday, 8 June 2026.
func on(day time.Weekday, hour, minute int) time.Time {
	return time.Date(2026, time.June, 7+int(day), hour, minute, 0, 0, time.UTC)
}

func person(id int64, name string, limit int) routing.Person {
	return routing.Person{UserID: id, Name: name, Cap: limit, Levels: map[string]routing.Level{"ending": routing.Knows}}
}

func routine(id int64, opened time.Time, work, hold time.Duration) routing.Case {
	return routing.Case{ID: id, OpenedAt: opened, Topic: "ending", TopicName: "Ending care", Urgency: "routine", Work: work, Hold: hold}
}

func evenly() routing.Plan {
	p := routing.Plan{Policy: routing.Default()}
	p.Policy.Loads = routing.ByUrgency{Critical: 1, Urgent: 1, Routine: 1}
	return p
}

func replay(t *testing.T, w routing.World, p routing.Plan) routing.Played {
	t.Helper()
	played, err := routing.Replay(context.Background(), w, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return played
}

// twoDays is a world small enough to be worked out by hand.
func twoDays(t *testing.T) routing.World {
	w := routing.World{
		Calendar: nineToFive(t), From: on(time.Monday, 0, 0), To: on(time.Wednesday, 0, 0),
		Clock:  routing.Promises{{Urgency: "routine"}: {Minutes: 240}, {Urgency: "urgent"}: {Minutes: 120}},
		People: []routing.Person{person(1, "Rosa", 1), person(2, "Grace", 1)},
		Cases: []routing.Case{
			routine(1, on(time.Monday, 9, 0), 2*time.Hour, 4*time.Hour),
			routine(2, on(time.Monday, 10, 0), time.Hour, 8*time.Hour),
			routine(3, on(time.Monday, 11, 0), time.Hour, time.Hour),
			routine(4, on(time.Monday, 12, 0), 3*time.Hour, 6*time.Hour),
			routine(5, on(time.Monday, 20, 0), time.Hour, 2*time.Hour),
			routine(6, on(time.Tuesday, 16, 30), time.Hour, time.Hour),
		},
	}
	w.Cases[3].Urgency, w.Cases[5].Urgency = "urgent", "urgent"
	w.Cases[1].PhysicianID, w.Cases[4].PhysicianID = 7, 7
	return w
}

func TestTwoDaysGoAsWorkedOutByHand(t *testing.T) {
	t.Parallel()
	got := replay(t, twoDays(t), evenly())
	for i, want := range []routing.Fate{
		{UserID: 1, GivenAt: on(time.Monday, 9, 0), AnsweredAt: on(time.Monday, 11, 0), Until: on(time.Monday, 13, 0), DueAt: on(time.Monday, 13, 0),
			Reason: "Rosa knows “Ending care”, holds 0 of 1; Grace would have done as well"},
		{UserID: 2, GivenAt: on(time.Monday, 10, 0), AnsweredAt: on(time.Monday, 11, 0), Until: on(time.Tuesday, 10, 0), DueAt: on(time.Monday, 14, 0),
			Reason: "Grace knows “Ending care”, holds 0 of 1; nobody else can have it now"},
		// Both are full; the urgent one goes first when Rosa has room again.
		{UserID: 2, GivenAt: on(time.Tuesday, 10, 0), AnsweredAt: on(time.Tuesday, 11, 0), Until: on(time.Tuesday, 11, 0), DueAt: on(time.Monday, 15, 0),
			Reason: "Grace knows “Ending care”, holds 0 of 1; nobody else can have it now"},
		{UserID: 1, GivenAt: on(time.Monday, 13, 0), AnsweredAt: on(time.Monday, 16, 0), Until: on(time.Tuesday, 11, 0), DueAt: on(time.Monday, 14, 0),
			Reason: "Rosa knows “Ending care”, holds 0 of 1; nobody else can have it now"},
		{UserID: 2, GivenAt: on(time.Tuesday, 11, 0), AnsweredAt: on(time.Tuesday, 12, 0), Until: on(time.Tuesday, 13, 0), DueAt: on(time.Tuesday, 13, 0),
			Reason: "Grace knows “Ending care”, holds 0 of 1, had another of this physician’s tickets in June, and so comes before Rosa"},
		{UserID: 1, GivenAt: on(time.Tuesday, 16, 30), Until: on(time.Wednesday, 9, 30), DueAt: on(time.Wednesday, 10, 30),
			Reason: "Rosa knows “Ending care”, holds 0 of 1; Grace would have done as well, but was given one more recently"},
	} {
		want.Load = 1
		if got.Fates[i] != want {
			t.Errorf("case %d\nwant %+v\n got %+v", i+1, want, got.Fates[i])
		}
	}
	s := got.Summary
	if s.Cases != 6 || s.Answered != 5 || s.Due != 5 || s.Met != 3 {
		t.Errorf("%+v", s)
	}
	if s.Median != 3*time.Hour || s.P90 != 8*time.Hour || s.GivenHalf != 0 || s.Given90 != 7*time.Hour {
		t.Errorf("%s and %s, given %s and %s", s.Median, s.P90, s.GivenHalf, s.Given90)
	}
	if got, want := s.ByUrgency["urgent"], (routing.Slice{Cases: 2, Answered: 1, Due: 1, Median: 4 * time.Hour, P90: 4 * time.Hour}); got != want {
		t.Errorf("%+v", got)
	}
	if got, want := s.People[0], (routing.Share{UserID: 1, Name: "Rosa", Cap: 1, Given: 3, Most: 1, Mean: 10.5 / 16}); got != want {
		t.Errorf("%+v", got)
	}
	if got, want := s.People[1], (routing.Share{UserID: 2, Name: "Grace", Cap: 1, Given: 3, Most: 1, Mean: 11.0 / 16}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestMoreRoomInThePlanGivesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	p := evenly()
	p.Caps = map[int64]int{1: 9}
	got := replay(t, twoDays(t), p)
	if s := got.Summary; s.Given90 != 0 || s.People[0].Cap != 9 || s.People[0].Most < 2 {
		t.Errorf("%+v", s)
	}
}

func TestAtNightACriticalOneGoesToWhoeverIsOnCall(t *testing.T) {
	t.Parallel()
	w := routing.World{
		Calendar: nineToFive(t), From: on(time.Monday, 0, 0), To: on(time.Wednesday, 0, 0),
		Clock:  routing.Promises{{Urgency: "critical"}: {Minutes: 60, Always: true}, {Urgency: "routine"}: {Minutes: 60}},
		People: []routing.Person{person(1, "Rosa", 4), person(2, "Grace", 4)},
		Cases: []routing.Case{
			routine(1, on(time.Monday, 22, 0), 30*time.Minute, time.Hour),
			routine(2, on(time.Monday, 22, 0), 30*time.Minute, time.Hour),
		},
	}
	w.Cases[0].Urgency = "critical"
	w.People[1].OnCall = []routing.Span{{From: on(time.Monday, 17, 0), Until: on(time.Tuesday, 9, 0)}}
	got := replay(t, w, routing.Plan{Policy: routing.Default()}).Fates
	if f := got[0]; f.UserID != 2 || !f.GivenAt.Equal(on(time.Monday, 22, 0)) || !f.AnsweredAt.Equal(on(time.Monday, 22, 30)) ||
		!f.DueAt.Equal(on(time.Monday, 23, 0)) || f.Load != 2 || !f.Until.Equal(on(time.Tuesday, 10, 0)) {
		t.Errorf("critical: %+v", f)
	}
	if f := got[1]; f.UserID != 1 || !f.GivenAt.Equal(on(time.Tuesday, 9, 0)) || !f.AnsweredAt.Equal(on(time.Tuesday, 9, 30)) || !f.DueAt.Equal(on(time.Tuesday, 10, 0)) {
		t.Errorf("routine: %+v", f)
	}
}

func TestWhoIsAwayIsCoveredByTheirDeputyAndALearnerComesLast(t *testing.T) {
	t.Parallel()
	w := routing.World{
		Calendar: nineToFive(t), From: on(time.Monday, 0, 0), To: on(time.Wednesday, 0, 0),
		People: []routing.Person{person(1, "Amos", 1), person(2, "Grace", 4), person(3, "Rosa", 2), person(4, "Priya", 4)},
		Cases: []routing.Case{
			routine(1, on(time.Monday, 9, 0), time.Hour, 40*time.Hour),
			routine(2, on(time.Monday, 13, 0), time.Hour, 40*time.Hour),
			routine(3, on(time.Monday, 13, 0), time.Hour, 40*time.Hour),
			routine(4, on(time.Monday, 13, 0), time.Hour, 40*time.Hour),
			routine(5, on(time.Monday, 13, 0), -1, -1),
		},
	}
	w.People[1].Levels = map[string]routing.Level{"ending": routing.Leads}
	w.People[1].Away = []routing.Span{{From: on(time.Monday, 12, 0), Until: on(time.Friday, 0, 0)}}
	w.People[1].Deputies = []routing.Deputy{{Span: w.People[1].Away[0], UserID: 3}}
	w.People[3].Levels = map[string]routing.Level{"ending": routing.Training}
	w.Cases[0].PhysicianID, w.Cases[1].PhysicianID = 7, 7
	got := replay(t, w, evenly()).Fates
	for i, want := range []int64{2, 3, 1, 3, 4} {
		if got[i].UserID != want {
			t.Errorf("case %d: %+v", i+1, got[i])
		}
	}
	if want := "Rosa knows “Ending care”, holds 0 of 2, stands in for Grace, who had another of this physician’s tickets, and so comes before Amos"; got[1].Reason != want {
		t.Error(got[1].Reason)
	}
	if f := got[4]; !f.AnsweredAt.IsZero() || !f.Until.Equal(w.To) {
		t.Errorf("never answered, held to the end: %+v", f)
	}
}

func TestWhatReallyHappenedIsSummedUpTheSameWay(t *testing.T) {
	t.Parallel()
	w := twoDays(t)
	w.Policy = routing.Default()
	w.Cases = w.Cases[:4]
	w.Cases[0].Urgency = "critical"
	w.People[0].Held = []routing.Span{{From: on(time.Monday, 0, 0).AddDate(0, 0, -3), Until: on(time.Monday, 11, 0)}}
	s := routing.Summarise(w, []routing.Fate{
		{GivenAt: on(time.Monday, 9, 0), UserID: 1, AnsweredAt: on(time.Monday, 9, 30), DueAt: on(time.Monday, 10, 0)}, // holds two for four hours
		{GivenAt: on(time.Monday, 13, 0), UserID: 1, AnsweredAt: on(time.Wednesday, 9, 0), DueAt: on(time.Monday, 14, 0)},
		{GivenAt: on(time.Tuesday, 9, 0), UserID: 9, AnsweredAt: on(time.Tuesday, 10, 0), DueAt: on(time.Thursday, 14, 0)}, // due later, answered all the same
		{DueAt: on(time.Wednesday, 0, 0)},
	})
	if s.Cases != 4 || s.Answered != 2 || s.Met != 2 || s.Due != 3 || s.Median != 30*time.Minute || s.Given90 != 6*time.Hour {
		t.Errorf("%+v", s)
	}
	if got, want := s.People[0], (routing.Share{UserID: 1, Name: "Rosa", Cap: 1, Given: 2, Most: 3, Mean: (2.0*4 + 8 + 2) / 16}); got != want {
		t.Errorf("%+v", got)
	}
	if s.People[1].Given != 0 || s.People[1].Mean != 0 {
		t.Errorf("%+v", s.People[1])
	}
}

// Where all are equal and all tickets count the same, those waiting form one line, and
// one more person can only shorten it. With several urgencies this is no law: somebody
// more may take a long routine ticket just before urgent ones come in.
func TestOneMorePersonNeverLeavesMoreUnanswered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := routing.World{From: on(time.Monday, 0, 0), To: on(time.Saturday, 0, 0), Clock: routing.Promises{{Urgency: "routine"}: {Minutes: 60}}}
		var err error
		if w.Calendar, err = (calendar.Hours{Zone: time.UTC, Week: [7][]calendar.Segment{
			{}, {{Opens: 540, Closes: 1020}}, {{Opens: 540, Closes: 720}}, {}, {{Opens: 0, Closes: 1440}}}}).Calendar(); err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 40).Draw(t, "cases") {
			half := func(label string, most int) time.Duration {
				return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * 30 * time.Minute
			}
			w.Cases = append(w.Cases, routine(int64(i), w.From.Add(half("opened", 230)), half("work", 30), half("hold", 40)))
		}
		limit := rapid.IntRange(1, 3).Draw(t, "cap")
		before := math.MaxInt
		for id := range int64(4) {
			w.People = append(w.People, person(id+1, "Somebody", limit))
			played, err := routing.Replay(context.Background(), w, evenly(), nil)
			if err != nil {
				t.Fatal(err)
			}
			left := played.Summary.Cases - played.Summary.Answered
			if left > before {
				t.Fatalf("%d unanswered with %d people, %d with one fewer", left, id+1, before)
			}
			before = left
		}
	})
}

func TestAReplaySaysHowFarItIsAndStopsWhenTold(t *testing.T) {
	t.Parallel()
	w := crowd(t, 1100)
	var told []int
	if _, err := routing.Replay(context.Background(), w, evenly(), func(done, total int) {
		if total != 1100 || len(told) > 0 && done < min(told[len(told)-1]+250, total) {
			t.Errorf("%d of %d after %v", done, total, told)
		}
		told = append(told, done)
	}); err != nil {
		t.Fatal(err)
	}
	if len(told) < 4 || told[len(told)-1] != 1100 {
		t.Errorf("%v", told)
	}
	ctx, stop := context.WithCancel(context.Background())
	if _, err := routing.Replay(ctx, w, evenly(), func(int, int) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAWorldThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := twoDays(t)
	w.People[0].Week[1] = []calendar.Segment{{Opens: 600, Closes: 500}}
	if _, err := routing.Replay(context.Background(), w, evenly(), nil); !errors.Is(err, calendar.ErrSegment) {
		t.Errorf("%v", err)
	}
	w = twoDays(t)
	w.To = w.From.Add(-1)
	if _, err := routing.Replay(context.Background(), w, evenly(), nil); !errors.Is(err, routing.ErrPeriod) {
		t.Errorf("%v", err)
	}
	if _, err := routing.Replay(context.Background(), routing.World{}, evenly(), nil); !errors.Is(err, routing.ErrNoCalendar) {
		t.Errorf("%v", err)
	}
}
