package ticket_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/ticket"
)

// promising is a clock at a desk that promises by kind, topic and urgency, and critical
// answers around the clock.
func promising(t *testing.T) *clock {
	t.Helper()
	c := newClock(t)
	c.must(c.Desks.SetPromises(c.ctx, cast.Operator, c.Desk, []desk.Promise{
		{Kind: "first_answer", Urgency: "routine", Minutes: 600}, {Kind: "first_answer", Urgency: "urgent", Minutes: 240},
		{Kind: "first_answer", Urgency: "critical", Minutes: 60, Always: true}, {Kind: "first_answer", Topic: "privacy_disclosure", Urgency: "routine", Minutes: 300},
		{Kind: "next_answer", Urgency: "routine", Minutes: 900},
		{Kind: "resolution", Urgency: "routine", Minutes: 3000}, {Kind: "resolution", Urgency: "urgent", Minutes: 1200},
		{Kind: "resolution", Topic: "online_reviews", Urgency: "routine", Minutes: 1800},
	}))
	c.reload()
	return c
}

func (c *clock) reload() {
	c.t.Helper()
	var err error
	c.times, err = c.Desks.Times(c.ctx, c.Desk)
	c.must(err)
}

func (c *clock) always(from time.Time, minutes int) time.Time {
	return from.Add(time.Duration(minutes) * time.Minute)
}

// row is a target as it stands.
type row struct {
	ID                                                              int64
	TicketID                                                        int64
	Kind, Urgency, Began                                            string
	Minutes, Calendar                                               int
	Always                                                          bool
	StartedAt, DueAt                                                time.Time
	LengthUS, LeftUS                                                *int64
	MetAt, EndedAt, WarnAt, WarnedAt, ToldAt, EscalateAt, Escalated *time.Time
}

func (c *house) rows(number string) []row {
	c.t.Helper()
	return all[row](c, `SELECT *, escalated_at AS escalated FROM targets WHERE ticket_id = ? ORDER BY id`, c.id(number))
}

// last is the latest row of one of a ticket's promises.
func (c *house) last(number string, resolution bool) row {
	c.t.Helper()
	var last row
	for _, r := range c.rows(number) {
		if (r.Kind == "resolution") == resolution {
			last = r
		}
	}
	return last
}

func (c *clock) runs(number string, resolution bool, kind, began string, due time.Time) {
	c.t.Helper()
	r := c.last(number, resolution)
	if r.MetAt != nil || r.EndedAt != nil || r.Kind != kind || r.Began != began || !r.DueAt.Equal(due) {
		c.t.Errorf("%s %s due %s (met %v, ended %v), want %s %s due %s", r.Kind, r.Began, r.DueAt.In(c.times.Zone), r.MetAt, r.EndedAt, kind, began, due.In(c.times.Zone))
	}
}

func TestAPromiseIsTheOneForItsKindTopicAndUrgency(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.Ask(t, c.Imani)
	c.runs(n, false, "first_answer", "opened", c.after(cast.Morning, 600))
	c.runs(n, true, "resolution", "opened", c.after(cast.Morning, 3000))
	c.due(n, c.after(cast.Morning, 600), "target")
	in := cast.Question()
	in.Topic = "privacy_disclosure"
	n = c.Send(t, c.Imani, in)
	c.runs(n, false, "first_answer", "opened", c.after(cast.Morning, 300))
	preview, err := c.Tickets.Check(c.ctx, c.Imani, in)
	c.must(err)
	if !preview.AnswerBy.Equal(c.after(cast.Morning, 300)) {
		t.Errorf("the page promises %s", preview.AnswerBy)
	}
	// Critical runs around the clock, and has no promise to be resolved.
	c.Clock(time.Date(2026, 11, 20, 22, 55, 0, 0, time.UTC)) // Friday, 17:55
	in = cast.Question()
	in.Danger = true
	n = c.Send(t, c.Imani, in)
	c.runs(n, false, "first_answer", "opened", c.always(c.DB.Now(), 60))
	if rows := c.rows(n); len(rows) != 1 || !rows[0].Always {
		t.Errorf("%+v", rows)
	}
	if preview, err := c.Tickets.Check(c.ctx, c.Imani, in); err != nil || !preview.AnswerBy.Equal(c.always(c.DB.Now(), 60)) {
		t.Errorf("the page promises %s: %v", preview.AnswerBy, err)
	}
	// The first answer given, the next is another promise.
	n = c.held()
	c.must(c.Tickets.Reply(c.ctx, c.Rosa, n, words("Yes.")))
	c.due(n, c.after(c.DB.Now(), 3000), "resolution")
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
	c.runs(n, false, "next_answer", "asked", c.after(c.DB.Now(), 900))
}

func TestTheResolutionPausesWithThePhysicianAndIsMetWhenResolved(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.held()
	c.Later(2 * time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, words("Which state?")))
	c.idle(n)
	c.Later(5 * 24 * time.Hour)
	back := c.DB.Now()
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("Ohio.")))
	c.runs(n, true, "resolution", "resumed", c.after(back, 3000-120))
	c.runs(n, false, "next_answer", "asked", c.after(back, 900))
	c.must(c.Tickets.Claim(c.ctx, c.Rosa, n, 0))
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.Later(time.Hour)
	c.must(c.Tickets.Resolve(c.ctx, c.Rosa, n, ticket.Resolution{Outcome: "no_reply"}))
	if r := c.last(n, true); r.MetAt == nil || !r.MetAt.Equal(c.DB.Now()) {
		t.Errorf("resolved, and the promise is %+v", r)
	}
	c.idle(n)
	// Taken up again, it is to be resolved anew, in full.
	c.Later(time.Hour)
	c.must(c.Tickets.Reopen(c.ctx, c.Rosa, n, "a new letter", 0))
	c.runs(n, true, "resolution", "reopened", c.after(c.DB.Now(), 3000))
	c.runs(n, false, "next_answer", "reopened", c.after(c.DB.Now(), 900))
	// Answered on the call, there is nothing left to resolve.
	number, err := c.calls.Log(c.ctx, c.Rosa, call.Note{Key: uuid.NewString(), PhysicianID: c.ImaniID, Direction: "in", Outcome: "answered", Narrative: "A threat.",
		Topic: "difficult_patient", Urgency: ticket.Routine, Answered: true, Advice: "Keep calm.", StartedAt: c.DB.Now(), EndedAt: c.DB.Now()})
	c.must(err)
	if rows := c.rows(number); len(rows) != 1 || rows[0].MetAt == nil {
		t.Errorf("%+v", rows)
	}
}

func TestWhatWasNeverAnsweredIsOwedAFirstAnswerWhenTakenUpAgain(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.Ask(t, c.Imani)
	c.Later(time.Hour)
	c.must(c.Tickets.Resolve(c.ctx, c.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
	c.Later(time.Hour)
	c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("I did not withdraw it.")))
	c.runs(n, false, "first_answer", "reopened", c.after(c.DB.Now(), 600))
	c.runs(n, true, "resolution", "reopened", c.after(c.DB.Now(), 3000))
}

func TestANewTopicGivesItsPromiseLessWhatWasUsed(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.held()
	c.Later(2 * time.Hour)
	before := len(c.rows(n))
	c.must(c.Tickets.SetTopic(c.ctx, c.Rosa, n, "difficult_patient", 0)) // promised alike
	if len(c.rows(n)) != before {
		t.Error("a topic that is promised alike changed the promise")
	}
	c.must(c.Tickets.SetTopic(c.ctx, c.Rosa, n, "privacy_disclosure", 0))
	c.runs(n, false, "first_answer", "topic", c.after(cast.Morning, 300))
	c.runs(n, true, "resolution", "opened", c.after(cast.Morning, 3000))
	c.must(c.Tickets.SetTopic(c.ctx, c.Rosa, n, "online_reviews", 0))
	c.runs(n, false, "first_answer", "topic", c.after(cast.Morning, 600))
	c.runs(n, true, "resolution", "topic", c.after(cast.Morning, 1800))
	// While the physician has it, it counts from when it goes on.
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, words("Which state?")))
	c.Later(time.Hour)
	c.must(c.Tickets.SetTopic(c.ctx, c.Rosa, n, "discharge", 0))
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "a complaint", 0))
	c.idle(n)
	c.Later(time.Hour)
	c.must(c.Tickets.Resume(c.ctx, c.Rosa, n, 0))
	c.runs(n, true, "resolution", "resumed", c.after(c.DB.Now(), 1200-120))
}

func TestAnUrgencyWithoutAResolutionPromiseDropsItAndOneThatHasItBringsItBack(t *testing.T) {
	t.Parallel()
	c := promising(t)
	n := c.held()
	c.Later(3 * time.Hour)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Critical, "a subpoena", 0))
	if r := c.last(n, true); r.EndedAt == nil || r.LeftUS != nil {
		t.Errorf("it is not dropped: %+v", r)
	}
	c.runs(n, false, "first_answer", "urgency", c.DB.Now()) // three hours are more than one
	c.Later(time.Hour)
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Urgent, "not so bad", 0))
	c.runs(n, true, "resolution", "urgency", c.after(c.DB.Now(), 1200))
	c.runs(n, false, "first_answer", "urgency", c.DB.Now()) // of four hours, three and one are used
	c.must(c.Tickets.SetUrgency(c.ctx, c.Rosa, n, ticket.Routine, "they can wait", 0))
	c.runs(n, false, "first_answer", "urgency", c.after(c.DB.Now(), 600-240))
	c.Later(24 * time.Hour)
	before := c.rows(n)
	c.must(c.Tickets.Transfer(c.ctx, c.Rosa, n, c.Grace.ID, "leave", 0))
	if after := c.rows(n); !reflect.DeepEqual(after, before) {
		t.Errorf("a transfer touched the promises: %+v", after)
	}
}

func TestThePhysiciansCallEndsTheWaitForThem(t *testing.T) {
	t.Parallel()
	c := promising(t)
	leg := func(n, direction, outcome, advice string) {
		t.Helper()
		_, err := c.calls.Log(c.ctx, c.Rosa, call.Note{Key: uuid.NewString(), Number: n, Direction: direction, Outcome: outcome, Narrative: "Spoke.",
			Advice: advice, StartedAt: c.DB.Now(), EndedAt: c.DB.Now()})
		c.must(err)
	}
	n := c.held()
	c.Later(time.Hour)
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, words("Which state?")))
	c.Later(time.Hour)
	leg(n, "out", "no_answer", "")
	leg(n, "out", "voicemail", "")
	leg(n, "out", "answered", "")
	leg(n, "in", "dropped", "")
	c.stands(n, ticket.WithPhysician, c.Rosa)
	c.idle(n)
	leg(n, "in", "answered", "")
	c.stands(n, ticket.Assigned, c.Rosa) // she has them on the line
	c.runs(n, true, "resolution", "resumed", c.after(c.DB.Now(), 3000-60))
	c.runs(n, false, "next_answer", "asked", c.after(c.DB.Now(), 900))
	if got := c.actions(n); got[len(got)-1] != "ticket.resumed" {
		t.Error(got)
	}
	leg(n, "out", "voicemail", "")
	c.runs(n, false, "next_answer", "asked", c.after(c.DB.Now(), 900))
	leg(n, "out", "answered", "Write to her.")
	if r := c.last(n, false); r.MetAt == nil {
		t.Error("a call on which we advised met nothing")
	}
	// Somebody else takes the call: it goes to its holder if they are at work, else to the router.
	c.must(c.Tickets.Wait(c.ctx, c.Rosa, n, ticket.Words{}))
	c.must(c.Tickets.Transfer(c.ctx, c.Rosa, n, c.Grace.ID, "leave", 0))
	leg(n, "in", "answered", "As I said.")
	c.stands(n, ticket.Unassigned, nobody)
	if len(c.promised("ticket:assign")) == 0 {
		t.Error("the router was not told")
	}
	c.whole()
}

// ledgerOf counts, from what was done, what a promise has used: the test's own book.
type ledgerOf struct {
	runs, paused bool
	always       bool
	since        time.Time
	used         time.Duration
}

func (l *ledgerOf) until(c *clock, now time.Time) {
	if l.runs && !l.paused {
		l.used += c.times.Clock(l.always).Between(l.since, now)
	}
	l.since = now
}

func TestWhateverHappensThePromisesAddUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := promising(t)
			dice := rand.New(rand.NewPCG(7, seed))
			c.Clock(time.Date(2026, 10, 28, 12, 0, 0, 0, time.UTC).Add(time.Duration(dice.IntN(40*24*60)) * time.Minute)) // about the change of clocks and Thanksgiving
			n := c.held()
			answer, resolution := &ledgerOf{runs: true, since: c.DB.Now()}, &ledgerOf{runs: true, since: c.DB.Now()}
			topic, urgency := "discharge", "routine"
			answered := false
			promise := func(kind string) (desk.Promise, bool) { return c.times.Promise(kind, topic, urgency) }
			answerKind := "first_answer"
			fresh := func(l *ledgerOf, always bool) { *l = ledgerOf{runs: true, always: always, since: c.DB.Now()} }
			asked := func() {
				answer.paused, resolution.paused = false, false
				if !answer.runs {
					answerKind = map[bool]string{true: "next_answer", false: "first_answer"}[answered]
					p, _ := promise(answerKind)
					fresh(answer, p.Always)
				}
			}
			for range 30 {
				c.Later(time.Duration(dice.IntN(16*60)+1) * time.Minute)
				now := c.DB.Now()
				answer.until(c, now)
				resolution.until(c, now)
				status := c.status(n)
				act := dice.IntN(10)
				switch {
				case act == 0 && status == ticket.Assigned:
					in := ticket.Words{}
					if !answered {
						in, answered, answer.runs = words("Which state?"), true, false
					}
					c.must(c.Tickets.Wait(c.ctx, c.Elena, n, in))
					answer.paused, resolution.paused = true, true
				case act == 1 && status == ticket.WithPhysician:
					c.must(c.Tickets.Resume(c.ctx, c.Elena, n, 0))
					answer.paused, resolution.paused = false, false
				case act == 2 && status != ticket.Resolved:
					c.must(c.Tickets.Reply(c.ctx, c.Elena, n, words("Yes.")))
					answered, answer.runs = true, false
				case act == 3 && status != ticket.Resolved:
					c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("And then?")))
					asked()
				case act == 4 && status != ticket.Resolved && dice.IntN(2) == 0:
					c.must(c.Tickets.Resolve(c.ctx, c.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
					answer.runs, resolution.runs = false, false
				case act <= 5 && status == ticket.Resolved:
					answer.runs = false
					if dice.IntN(2) == 0 {
						c.must(c.Tickets.Reopen(c.ctx, c.Elena, n, "a new letter", 0))
					} else {
						c.must(c.Tickets.Answer(c.ctx, c.Imani, n, words("Again.")))
					}
					asked()
					if p, ok := promise("resolution"); ok {
						fresh(resolution, p.Always)
					}
				case act == 6 && status != ticket.Resolved:
					to := []ticket.Urgency{ticket.Routine, ticket.Urgent, ticket.Critical}[dice.IntN(3)]
					c.must(c.Tickets.SetUrgency(c.ctx, c.Elena, n, to, "so it is", 0))
					changed := urgency != string(to)
					urgency = string(to)
					if changed {
						c.rekind(answer, resolution, answerKind, topic, urgency, status)
					}
				case act == 7 && status != ticket.Resolved:
					to := []string{"discharge", "privacy_disclosure", "online_reviews"}[dice.IntN(3)]
					c.must(c.Tickets.SetTopic(c.ctx, c.Elena, n, to, 0))
					topic = to
					c.rekind(answer, resolution, answerKind, topic, urgency, status)
				case act == 8 && (status == ticket.Assigned || status == ticket.Unassigned):
					to := []int64{c.Rosa.ID, c.Grace.ID}[dice.IntN(2)]
					c.must(c.Tickets.Transfer(c.ctx, c.Elena, n, to, "leave", 0))
				case act == 9 && status == ticket.WithPhysician:
					_, err := c.calls.Log(c.ctx, c.Rosa, call.Note{Key: uuid.NewString(), Number: n, Direction: "in", Outcome: "answered", Narrative: "Spoke.",
						StartedAt: now, EndedAt: now})
					c.must(err)
					asked()
				}
				if status = c.status(n); status == ticket.Unassigned {
					c.must(c.Tickets.Transfer(c.ctx, c.Elena, n, c.Rosa.ID, "", 0))
				}
				c.adds(n, answer, false)
				c.adds(n, resolution, true)
				c.redues(n)
				if t.Failed() {
					t.Fatalf("after %d as %s/%s: %+v", act, topic, urgency, c.rows(n))
				}
			}
		})
	}
}

// rekind is what a change of urgency or topic does to the test's own book.
func (c *clock) rekind(answer, resolution *ledgerOf, kind, topic, urgency string, status ticket.Status) {
	if answer.runs {
		p, _ := c.times.Promise(kind, topic, urgency)
		answer.always = p.Always
	}
	p, ok := c.times.Promise("resolution", topic, urgency)
	switch {
	case !ok:
		resolution.runs = false
	case !resolution.runs:
		*resolution = ledgerOf{runs: true, paused: status == ticket.WithPhysician, always: p.Always, since: c.DB.Now()}
	}
}

// adds fails unless the latest row of a promise says what the book says.
func (c *clock) adds(number string, book *ledgerOf, resolution bool) {
	c.t.Helper()
	r := c.last(number, resolution)
	runs, paused := r.MetAt == nil && r.EndedAt == nil, r.MetAt == nil && r.LeftUS != nil
	if runs != (book.runs && !book.paused) || book.runs && book.paused && !paused {
		c.t.Errorf("resolution %v: runs %v, paused %v; the book says runs %v, paused %v", resolution, runs, paused, book.runs, book.paused)
		return
	}
	if !book.runs {
		return
	}
	left := time.Duration(r.Minutes)*time.Minute - book.used
	switch {
	case paused && time.Duration(*r.LeftUS)*time.Microsecond != left:
		c.t.Errorf("resolution %v: paused with %v left, the book says %v", resolution, time.Duration(*r.LeftUS)*time.Microsecond, left)
	case runs && left > 0:
		if want, err := c.times.Clock(r.Always).Add(c.DB.Now(), left); err != nil || !want.Equal(r.DueAt) {
			c.t.Errorf("resolution %v: due %v, the book says %v after %v", resolution, r.DueAt.In(c.times.Zone), want, book.used)
		}
	case runs && r.DueAt.After(c.DB.Now()):
		c.t.Errorf("resolution %v: due %v, and the book says it is late", resolution, r.DueAt)
	}
}

// redues fails unless a ticket is due when the earliest of its clocks is, and each
// promise runs at most once.
func (c *clock) redues(number string) {
	c.t.Helper()
	wrong := all[string](c.house, `SELECT t.number FROM tickets t
		LEFT JOIN targets a ON a.ticket_id = t.id AND a.kind <> 'resolution' AND a.met_at IS NULL AND a.ended_at IS NULL
		LEFT JOIN targets r ON r.ticket_id = t.id AND r.kind = 'resolution' AND r.met_at IS NULL AND r.ended_at IS NULL
		WHERE t.number = ? AND (t.next_due_at <> coalesce(least(a.due_at, r.due_at, t.caller_deadline), t.opened_at + interval '90 days')
			OR t.due_kind <> CASE WHEN a.due_at IS NULL AND r.due_at IS NULL AND t.caller_deadline IS NULL THEN 'none'
				WHEN a.due_at <= least(a.due_at, r.due_at, t.caller_deadline) THEN 'target'
				WHEN r.due_at <= least(r.due_at, t.caller_deadline) THEN 'resolution' ELSE 'caller' END)`, number)
	if len(wrong) != 0 {
		c.t.Errorf("%s is not due when its clocks are", number)
	}
}
