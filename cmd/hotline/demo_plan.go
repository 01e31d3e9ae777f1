package main

import (
	"context"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/ticket"
)

var publicNowhere = &url.URL{Scheme: "http", Host: "localhost"}

// plan lays the demo's past out: each question is asked on some working day of the
// last ninety, online or by phone, and goes its way. The older ones are resolved;
// the last days leave tickets in every state.
func (l *loader) plan() error {
	all, err := readQuestions(demoQuestions)
	if err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(7, 11)) // the same demo each time
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = waitingLast(all)
	days := l.workingDays(90)
	l.duty(days)
	for i, q := range all {
		s := &story{question: q, n: i, physician: l.c.physicians[l.whose(i, dice)]}
		l.stories = append(l.stories, s)
		left := len(all) - 1 - i
		var asked time.Time
		switch {
		case left < 2: // the two that wait for somebody with room
			asked = l.now.Add(-time.Duration(40-15*(1-left)) * time.Minute)
		case left < 16: // the last days: still open
			day := days[len(days)-1-left/7]
			asked = day.Add(time.Duration(8*60+15+dice.IntN(500)) * time.Minute)
		default:
			day := days[i*(len(days)-4)/(len(all)-16)]
			asked = day.Add(time.Duration(8*60+5+dice.IntN(560)) * time.Minute)
		}
		if asked.After(l.now) {
			asked = l.now.Add(-time.Duration(50+dice.IntN(60)) * time.Minute)
		}
		l.tell(s, asked, left, dice)
	}
	// Before the last two are asked, the one who takes their topic is full.
	l.at(l.now.Add(-45*time.Minute), func(ctx context.Context) error {
		return l.full(ctx, l.c.priya, demoSkills["consultant3@demo.test"])
	})
	return nil
}

// waitingLast moves two questions that only one consultant takes to the end.
func waitingLast(all []question) []question {
	var first, last []question
	for _, q := range all {
		if q.Topic == "other_liability" && q.Urgency == "routine" && len(last) < 2 {
			last = append(last, q)
		} else {
			first = append(first, q)
		}
	}
	return append(first, last...)
}

// whose: every fourth question is Dr Imani's, so that her pages have something to show.
func (l *loader) whose(i int, dice *rand.Rand) int {
	if i%4 == 0 {
		return 0
	}
	return 1 + dice.IntN(len(l.c.physicians)-1)
}

// workingDays are the midnights, in the desk's zone, of the last n days that the
// desk works, oldest first.
func (l *loader) workingDays(n int) []time.Time {
	var days []time.Time
	today := l.now.In(l.c.zone)
	for i := n; i >= 0; i-- {
		day := time.Date(today.Year(), today.Month(), today.Day()-i, 0, 0, 0, 0, l.c.zone)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday && day.Add(9*time.Hour).Before(l.now) {
			days = append(days, day)
		}
	}
	return days
}

// duty puts the consultants at work on each of the days.
func (l *loader) duty(days []time.Time) {
	for _, day := range days {
		for _, who := range []actor.Actor{l.c.rosa, l.c.grace, l.c.priya} {
			l.at(day.Add(8*time.Hour), func(ctx context.Context) error {
				until := day.Add(18 * time.Hour)
				return l.h.desks.StartDuty(ctx, actor.Command("demo"), who.ID, &until)
			})
		}
	}
	// The last two questions may come in at any hour of the stranger's day.
	l.at(l.now.Add(-50*time.Minute), func(ctx context.Context) error { return l.h.backToWork(ctx) })
}

// tell lays out what happens to one ticket. left is how many come after it.
func (l *loader) tell(s *story, asked time.Time, left int, dice *rand.Rand) {
	byPhone := s.n%3 == 1 && left >= 2
	answeredOnCall := byPhone && s.n%2 == 0 && left >= 5
	if byPhone {
		l.phone(s, asked, answeredOnCall, s.n%9 == 4)
	} else {
		l.online(s, asked)
		l.accept(s, l.working(asked, time.Duration(3+dice.IntN(6))*time.Minute))
	}
	if answeredOnCall {
		return
	}
	soon := func(minutes int) time.Time {
		return l.working(asked, time.Duration(minutes+dice.IntN(minutes))*time.Minute)
	}
	wrote := soon(45)
	if s.n%7 == 3 {
		wrote = soon(420) // some wait too long
	}
	switch {
	case left < 2:
		return
	case left == 3 || left == 8: // waiting on the physician
		l.message(s, wrote, true)
	case left == 5: // the physician answered
		l.message(s, wrote, true)
		l.answer(s, l.working(wrote, 50*time.Minute))
	case left == 12 || left == 10: // overdue or close to it: nobody has written yet
		l.note(s, wrote)
	case left < 16 && s.n%2 == 0:
		return
	case left < 16:
		l.note(s, wrote.Add(-10*time.Minute))
		l.message(s, wrote, false)
	default:
		l.resolved(s, wrote, dice)
	}
}

// resolved: answered, sometimes after a question back, and closed.
func (l *loader) resolved(s *story, wrote time.Time, dice *rand.Rand) {
	if s.n%4 == 2 {
		l.message(s, wrote, true)
		answered := l.working(wrote, time.Duration(120+dice.IntN(600))*time.Minute)
		l.answer(s, answered)
		wrote = l.working(answered, 90*time.Minute)
	}
	if s.n%3 != 1 {
		l.note(s, wrote.Add(-15*time.Minute))
	}
	l.message(s, wrote, false)
	outcome := "advice_given"
	switch {
	case s.Topic == "other_liability" && s.n%2 == 0:
		outcome = "routed_on"
	case s.Topic == "privacy_disclosure" && s.n%3 == 0:
		outcome = "referred"
	case s.n%17 == 5:
		outcome = "withdrawn"
	}
	ended := l.working(wrote, time.Duration(30+dice.IntN(500))*time.Minute)
	l.resolve(s, ended, outcome)
	if s.n != 44 { // one answer is still unread
		l.read(s, l.working(ended, 35*time.Minute))
	}
	if s.n%13 == 6 {
		again := l.working(ended, 9*time.Hour)
		l.answer(s, again)
		l.message(s, l.working(again, 80*time.Minute), false)
		l.resolve(s, l.working(again, 3*time.Hour), "advice_given")
		l.read(s, l.working(again, 4*time.Hour))
	}
}

// working is a time some business time later.
func (l *loader) working(from time.Time, later time.Duration) time.Time {
	times, err := l.h.desks.Times(context.Background(), l.c.desk)
	if err != nil {
		return from.Add(later)
	}
	at, err := times.Calendar.Add(from, later)
	if err != nil {
		return from.Add(later)
	}
	return at
}

func (l *loader) online(s *story, asked time.Time) {
	l.at(asked, func(ctx context.Context) error {
		in := ticket.Submission{Key: keyOf("ask", s.ID), Topic: s.Topic, Question: s.Text, AnswerBy: "write",
			OfficeMaySee: s.n%2 == 0, Zone: l.c.zone}
		by := s.physician.by
		if s.physician.id == l.c.physicians[0].id && s.n%8 == 0 {
			by, in.PhysicianID = l.c.delegate, s.physician.id
		}
		if s.n%2 == 1 {
			in.AnswerBy, in.Phone, in.Windows = "call", s.physician.phone, "Between 12 and 1, or after 4:30"
		}
		switch s.Urgency {
		case "critical":
			in.Danger = strings.Contains(s.Text, "threat") || strings.Contains(s.Text, "gun") || strings.Contains(s.Text, "kill")
			in.Papers = !in.Danger
		case "urgent":
			due := l.working(l.h.db.Now(), 44*time.Hour) // the fifth business day
			in.HasDeadline, in.DeadlineDay, in.NextStep = true, due.In(l.c.zone).Format(time.DateOnly), "The patient is booked again that day."
		}
		t, err := l.h.tickets.Submit(ctx, by, in)
		if err == nil {
			s.number = t.Number
		}
		return err
	})
}

func (l *loader) phone(s *story, asked time.Time, answered, unknown bool) {
	l.at(asked, func(ctx context.Context) error {
		consultants := []actor.Actor{l.c.rosa, l.c.grace, l.c.priya}
		by := consultants[s.n%len(consultants)]
		now := l.h.db.Now()
		in := call.Note{Key: keyOf("call", s.ID), PhysicianID: s.physician.id, Phone: s.physician.phone, Direction: "in", Outcome: "answered",
			Narrative: s.Text, Topic: s.Topic, Urgency: ticket.Urgency(s.Urgency), StartedAt: now.Add(-9 * time.Minute), EndedAt: now, Zone: l.c.zone}
		if unknown {
			in.PhysicianID, in.CallerName, in.CallerRole = 0, "A caller who gave no name", "physician"
		}
		if answered {
			in.Answered, in.Advice = true, demoAdvice[s.Topic]
		}
		number, err := l.h.calls.Log(ctx, by, in)
		s.number = number
		return err
	})
}

// acceptRest: what was given and not taken up by its event is taken up by now, so that
// the first look at the demo does not set it all moving.
func (l *loader) acceptRest(ctx context.Context) error {
	for _, s := range l.stories {
		if s.number == "" {
			continue
		}
		by, sheet, ok, err := l.holder(ctx, s)
		if err == nil && ok && sheet.Status == ticket.Assigned {
			err = l.h.tickets.Accept(ctx, by, s.number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// accept: whoever the router gave it takes it up.
func (l *loader) accept(s *story, at time.Time) {
	l.at(at, func(ctx context.Context) error {
		by, sheet, ok, err := l.holder(ctx, s)
		if err != nil || !ok || sheet.Status != ticket.Assigned {
			return err
		}
		return l.h.tickets.Accept(ctx, by, s.number)
	})
}

// holder is who has the ticket now; nobody yet: ok is false.
func (l *loader) holder(ctx context.Context, s *story) (by actor.Actor, sheet *ticket.Sheet, ok bool, err error) {
	sheet, err = l.h.tickets.Show(ctx, l.c.elena, s.number)
	if err != nil || sheet.AssigneeID == nil || sheet.Status == ticket.Unassigned {
		return by, sheet, false, err
	}
	return l.c.actors[*sheet.AssigneeID], sheet, true, nil
}

// callOut is how a caller nobody can write to is answered.
func (l *loader) callOut(ctx context.Context, by actor.Actor, s *story, resolve bool) error {
	now := l.h.db.Now()
	_, err := l.h.calls.Log(ctx, by, call.Note{Key: keyOf("leg", s.ID, now.Unix()), Number: s.number, Direction: "out", Outcome: "answered",
		Narrative: "Called back and talked it through.", Advice: demoAdvice[s.Topic], Answered: resolve,
		StartedAt: now.Add(-12 * time.Minute), EndedAt: now, Zone: l.c.zone})
	return err
}

func (l *loader) message(s *story, at time.Time, wait bool) {
	l.at(at, func(ctx context.Context) error {
		by, sheet, ok, err := l.holder(ctx, s)
		if err != nil || !ok || sheet.Status != ticket.Assigned {
			return err
		}
		if sheet.PhysicianID == nil {
			return l.callOut(ctx, by, s, false)
		}
		if s.n%2 == 0 {
			if found, err := l.h.guidance.Suggest(ctx, by, s.Text, s.Topic, 1); err == nil && len(found) > 0 {
				if _, err := l.h.guidance.Cite(ctx, by, s.number, found[0].Slug); err != nil {
					return err
				}
			}
		}
		words := ticket.Words{Key: keyOf("message", s.ID, at.Unix()), Body: demoAdvice[s.Topic]}
		if wait {
			words.Body = demoAsk[s.Topic]
			return l.h.tickets.Wait(ctx, by, s.number, words)
		}
		return l.h.tickets.Reply(ctx, by, s.number, words)
	})
}

func (l *loader) note(s *story, at time.Time) {
	l.at(at, func(ctx context.Context) error {
		by, _, ok, err := l.holder(ctx, s)
		if err != nil || !ok {
			return err
		}
		return l.h.tickets.Note(ctx, by, s.number, ticket.Words{Key: keyOf("note", s.ID, at.Unix()), Body: demoNotes[s.n%len(demoNotes)]})
	})
}

func (l *loader) answer(s *story, at time.Time) {
	l.at(at, func(ctx context.Context) error {
		sheet, err := l.h.tickets.Show(ctx, l.c.elena, s.number)
		if err != nil || sheet.PhysicianID == nil {
			return err
		}
		return l.h.tickets.Answer(ctx, s.physician.by, s.number, ticket.Words{Key: keyOf("answer", s.ID, at.Unix()), Body: demoAnswers[s.n%len(demoAnswers)]})
	})
}

// read: the physician opens what was answered.
func (l *loader) read(s *story, at time.Time) {
	l.at(at, func(ctx context.Context) error {
		sheet, err := l.h.tickets.Show(ctx, l.c.elena, s.number)
		if err != nil || sheet.PhysicianID == nil {
			return err
		}
		_, err = l.h.tickets.Consultation(ctx, s.physician.by, s.number)
		return err
	})
}

func (l *loader) resolve(s *story, at time.Time, outcome string) {
	l.at(at, func(ctx context.Context) error {
		by, sheet, ok, err := l.holder(ctx, s)
		if err != nil || !ok || sheet.Status == ticket.Resolved {
			return err
		}
		if sheet.FirstAnsweredAt == nil && outcome != "withdrawn" {
			if sheet.PhysicianID == nil {
				return l.callOut(ctx, by, s, true)
			}
			return l.h.tickets.Resolve(ctx, by, s.number, ticket.Resolution{Outcome: outcome,
				Answer: ticket.Words{Key: keyOf("resolve", s.ID, at.Unix()), Body: demoAdvice[s.Topic]}})
		}
		return l.h.tickets.Resolve(ctx, by, s.number, ticket.Resolution{Outcome: outcome})
	})
}
