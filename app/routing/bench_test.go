package routing_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/app/routing"
)

// crowd is a world of 20 people and 4 topics, a hundred cases a working day, close to
// what the desk can carry.
func crowd(t testing.TB, cases int) routing.World {
	r := rand.New(rand.NewPCG(7, 7))
	from := on(time.Monday, 0, 0)
	w := routing.World{Calendar: nineToFive(t), From: from, To: from.AddDate(0, 0, cases/70), Policy: routing.Default(), Clock: routing.Promises{
		{Urgency: "critical"}: {Minutes: 60, Always: true}, {Urgency: "urgent"}: {Minutes: 240}, {Urgency: "routine"}: {Minutes: 960}, {Topic: "t1", Urgency: "urgent"}: {Minutes: 120}}}
	for id := range int64(20) {
		p := routing.Person{UserID: id + 1, Name: fmt.Sprintf("Consultant %d", id), Cap: 10 + int(id)%5, Levels: map[string]routing.Level{}, States: map[string]bool{},
			Languages: map[string]bool{"es": id%5 == 0}, Excluded: map[int64]bool{id * 7: true}}
		for topic := range 4 {
			p.Levels[fmt.Sprintf("t%d", topic)] = routing.Level(r.IntN(4))
		}
		for range 6 {
			p.States[string(rune('A'+r.IntN(26)))] = true
		}
		away := from.AddDate(0, 0, r.IntN(120))
		p.Away = []routing.Span{{From: away, Until: away.AddDate(0, 0, 7)}}
		if id%3 == 0 {
			for day := time.Monday; day <= time.Friday; day++ {
				p.Week[day] = w.Calendar.Hours().Week[day]
			}
		}
		night := from.AddDate(0, 0, int(id))
		p.OnCall = []routing.Span{{From: night, Until: night.AddDate(0, 0, 1)}}
		w.People = append(w.People, p)
	}
	span := int64(w.To.Sub(from))
	for i := range cases {
		topic := fmt.Sprintf("t%d", r.IntN(4))
		c := routing.Case{ID: int64(i + 1), OpenedAt: from.Add(time.Duration(int64(i) * (span / int64(cases)))), Topic: topic, TopicName: "Topic " + topic,
			Urgency: []string{"routine", "routine", "routine", "routine", "urgent", "urgent", "critical"}[r.IntN(7)],
			State:   string(rune('A' + r.IntN(26))), Language: []string{"en", "en", "en", "es"}[r.IntN(4)],
			PhysicianID: r.Int64N(2000) + 1, PracticeID: r.Int64N(300) + 1, MatterID: r.Int64N(9000) + 1,
			Work: time.Duration(r.IntN(8*60)) * time.Minute, Hold: time.Duration(r.IntN(24*60)) * time.Minute}
		w.Cases = append(w.Cases, c)
	}
	return w
}

func BenchmarkReplay10000(b *testing.B) {
	w := crowd(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		played, err := routing.Replay(context.Background(), w, routing.Plan{Policy: w.Policy}, nil)
		if err != nil || played.Summary.Answered == 0 {
			b.Fatal(played.Summary, err)
		}
	}
}

// BenchmarkReplay10000Flooded is of a desk that can carry a third of what comes in, so that thousands wait.
func BenchmarkReplay10000Flooded(b *testing.B) {
	w := crowd(b, 10_000)
	for i := range w.Cases {
		w.Cases[i].Hold *= 4
	}
	for b.Loop() {
		if _, err := routing.Replay(context.Background(), w, routing.Plan{Policy: w.Policy}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChoose500(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	people := make([]routing.Candidate, 500)
	for i := range people {
		people[i] = routing.Candidate{UserID: int64(i + 1), Name: fmt.Sprintf("Consultant %d", i), AtWork: r.IntN(5) > 0, InShift: true,
			Level: routing.Level(r.IntN(4)), State: r.IntN(3) == 0, Held: r.IntN(12), Cap: 12, Tie: routing.Tie(r.IntN(4)), TieAt: june, LastGiven: june.Add(-time.Duration(r.IntN(9999)) * time.Minute)}
	}
	b.ReportAllocs()
	for b.Loop() {
		if routing.Choose(ask(), people, routing.Default()).Nobody() {
			b.Fatal("nobody")
		}
	}
}
