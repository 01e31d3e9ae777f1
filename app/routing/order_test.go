package routing_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/app/routing"
)

func TestTheMostUrgentIsTakenFirstThenTheOldestAndWhatIsPastItsPromiseRises(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return june.Add(-d) }
	ahead := june.Add(time.Hour)
	waiting := []routing.Waiting{
		{ID: 1, Urgency: "routine", OpenedAt: ago(9 * time.Hour), DueAt: june.Add(time.Nanosecond)},
		{ID: 2, Urgency: "routine", OpenedAt: ago(8 * time.Hour), DueAt: june},                                 // counts as urgent
		{ID: 3, Urgency: "routine", OpenedAt: ago(99 * time.Hour), DueAt: ago(24 * time.Hour)},                 // counts as critical
		{ID: 4, Urgency: "routine", OpenedAt: ago(98 * time.Hour), DueAt: ago(24*time.Hour - time.Nanosecond)}, // counts as urgent
		{ID: 5, Urgency: "urgent", OpenedAt: ago(7 * time.Hour), DueAt: ahead},
		{ID: 6, Urgency: "urgent", OpenedAt: ago(6 * time.Hour), DueAt: ago(time.Hour)}, // counts as critical
		{ID: 7, Urgency: "critical", OpenedAt: ago(5 * time.Hour), DueAt: ago(48 * time.Hour)},
		{ID: 9, Urgency: "critical", OpenedAt: ago(4 * time.Hour), DueAt: ahead},
		{ID: 8, Urgency: "critical", OpenedAt: ago(4 * time.Hour), DueAt: ahead},
		{ID: 10, Urgency: "routine", OpenedAt: ago(10 * time.Hour)}, // no promise: routine for ever
	}
	routing.Order(waiting, june)
	var got []int64
	for _, w := range waiting {
		got = append(got, w.ID)
	}
	if want := []int64{3, 6, 7, 8, 9, 4, 2, 5, 10, 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func someWaiting(t *rapid.T, id int64, now time.Time) routing.Waiting {
	w := routing.Waiting{ID: id, Urgency: rapid.SampledFrom([]string{"critical", "urgent", "routine"}).Draw(t, "urgency"), OpenedAt: now}
	w.DueAt = now.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "promised")) * time.Hour)
	return w
}

func TestTheOrderOfWaitingTicketsIsOneWhateverTheyCameIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var waiting []routing.Waiting
		for i := range rapid.IntRange(0, 12).Draw(t, "n") {
			waiting = append(waiting, someWaiting(t, int64(i), june.Add(-time.Duration(rapid.IntRange(0, 40).Draw(t, "ago"))*time.Hour)))
		}
		mixed := rapid.Permutation(waiting).Draw(t, "mixed")
		routing.Order(waiting, june)
		routing.Order(mixed, june)
		if !reflect.DeepEqual(waiting, mixed) {
			t.Fatalf("%v and %v", waiting, mixed)
		}
	})
}

// One ticket is taken an hour, and more come in for as long as anybody likes. From a
// day past its promise a ticket has only those before it that were opened before it.
func TestNobodyWaitsForEverWhateverComesIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var waiting []routing.Waiting
		left := map[int64]int{} // hours until it must have been taken
		now, next := june, int64(1)
		for range rapid.IntRange(50, 150).Draw(t, "hours") {
			for range rapid.IntRange(0, 3).Draw(t, "come in") {
				w := someWaiting(t, next, now)
				left[w.ID] = int(w.DueAt.Sub(now)/time.Hour) + 24 + len(waiting) + 1
				waiting = append(waiting, w)
				next++
			}
			routing.Order(waiting, now)
			if len(waiting) > 0 {
				delete(left, waiting[0].ID)
				waiting = waiting[1:]
			}
			for id := range left {
				if left[id]--; left[id] < 0 {
					t.Fatalf("%d waits longer than those before it can explain", id)
				}
			}
			now = now.Add(time.Hour)
		}
	})
}
