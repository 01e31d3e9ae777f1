package main

import (
	"io"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/whatif"
)

// BenchmarkReplay plays all tickets again: it reads them and plays them twice, as things
// are and under a draft.
//
//	BENCH_TICKETS=10000 go test ./cmd/hotline -run '^$' -bench Replay -benchtime 3x
//
// The seed's consultants hold more than their capacity, and everybody is full from the
// first day on; they are given more, so that the router has something to decide.
func BenchmarkReplay(b *testing.B) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	s := openStand(b)
	w := s.scratch(b, "replay")
	ctx := b.Context()
	manager := (&standing{house: w.house}).person(b, "manager@demo.test")
	o, err := w.plans.Overview(ctx, manager, 0)
	if err != nil {
		b.Fatal(err)
	}
	var topics []string
	for _, t := range o.Topics {
		topics = append(topics, t.Code)
	}
	body := whatif.Body{Policy: map[string]int{"weights.room": 80, "weights.physician": 10}, Caps: map[int64]int{}}
	for i, p := range o.People {
		if err := w.desks.Engage(ctx, manager, desk.Engagement{UserID: p.UserID, Cap: 500, Topics: topics}); err != nil {
			b.Fatal(err)
		}
		if i%2 == 0 {
			body.Caps[p.UserID] = 300
		}
	}
	plan, err := w.plans.Add(ctx, manager, o.Desk.ID, whatif.Drafted{Name: "Bench", Body: body})
	if err != nil {
		b.Fatal(err)
	}
	var first time.Time
	err = w.db.Pool().QueryRow(ctx, `SELECT min(opened_at) FROM (SELECT opened_at FROM tickets WHERE desk_id = $1 ORDER BY opened_at DESC LIMIT $2) t`, o.Desk.ID, benchTickets()).Scan(&first)
	if err != nil {
		b.Fatal(err)
	}
	from := calendar.DayOf(first, o.Times.Zone).String()
	to := calendar.DayOf(w.db.Now().AddDate(0, 0, 1), o.Times.Zone).String()
	cases, given := 0, 0
	for b.Loop() {
		id, err := w.plans.Ask(ctx, manager, plan, from, to)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.plans.Play(ctx, actor.Job("whatif:replay", 0), id); err != nil {
			b.Fatal(err)
		}
		r, err := w.plans.Replay(ctx, manager, id)
		if err != nil || r.Result == nil {
			b.Fatal(r.Failed, err)
		}
		cases, given = r.Result.Counts.Cases, 0
		for _, p := range r.Result.Draft.People {
			given += p.Given
		}
	}
	b.ReportMetric(float64(cases), "tickets")
	b.ReportMetric(float64(given), "given")
	b.Log(strconv.Itoa(len(o.People)) + " consultants, from " + from + " to " + to)
}
