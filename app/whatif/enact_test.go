package whatif_test

import (
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/routing"
	"hotline/app/whatif"
)

// winter changes something of every kind.
func (h *house) winter() whatif.Body {
	return whatif.Body{
		Policy:   map[string]int{"weights.depth": 5, "accept.critical": 5, "loads.critical": 3},
		Caps:     map[int64]int{h.Rosa.ID: 9},
		Days:     map[int64]map[time.Weekday][]calendar.Segment{h.Grace.ID: {time.Friday: nil, time.Monday: {{Opens: 600, Closes: 900}}}},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "urgent", Minutes: 120}, {Kind: "first_answer", Topic: "discharge", Urgency: "routine", Minutes: 300, Always: true}},
	}
}

// settings is everything that a plan may change, in text.
func (h *house) settings() string {
	h.Helper()
	return read[string](h, `SELECT concat_ws(E'\n',
		(SELECT string_agg('desk ' || id || ' ' || policy, E'\n' ORDER BY id) FROM desks),
		(SELECT string_agg('target ' || desk_id || ' ' || kind || ' ' || coalesce(topic, '-') || ' ' || urgency || ' ' || minutes || ' ' || always, E'\n' ORDER BY desk_id, kind, topic, urgency) FROM desk_targets),
		(SELECT string_agg('cap ' || user_id || ' ' || cap, E'\n' ORDER BY user_id) FROM consultants),
		(SELECT string_agg('shift ' || user_id || ' ' || weekday || ' ' || starts || ' ' || ends, E'\n' ORDER BY user_id, weekday, starts) FROM shifts),
		(SELECT string_agg('topic ' || user_id || ' ' || topic || ' ' || level, E'\n' ORDER BY user_id, topic) FROM consultant_topics),
		(SELECT string_agg('hours ' || desk_id || ' ' || weekday || ' ' || opens || ' ' || closes, E'\n' ORDER BY desk_id, weekday, opens) FROM desk_hours))`)
}

// differences are the lines of one text that are not in the other.
func differences(a, b string) (only []string) {
	for line := range strings.SplitSeq(a, "\n") {
		if !strings.Contains("\n"+b+"\n", "\n"+line+"\n") {
			only = append(only, line)
		}
	}
	return only
}

func TestPuttingAPlanIntoForceChangesWhatItSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.settings()
	id := h.drafted("Winter", h.winter())
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, ""))
	after := h.settings()
	p, err := h.Desks.Policy(h.ctx, h.Desk)
	h.must(err)
	want := routing.Default()
	want.Weights.Depth, want.Accept.Critical, want.Loads.Critical = 5, 5, 3
	if p != want {
		t.Errorf("the policy is %+v", p)
	}
	times, err := h.Desks.Times(h.ctx, h.Desk)
	h.must(err)
	if got, _ := times.Promise(desk.FirstAnswer, "discharge", "routine"); got.Minutes != 300 || !got.Always {
		t.Errorf("promised %+v", got)
	}
	if times.Minutes("urgent") != 120 || times.Minutes("critical") != 60 {
		t.Errorf("promised %v", times.Promises())
	}
	now := h.show(id)
	if week := now.Ground.Person(h.Grace.ID); !week.Own || len(week.Week[time.Friday]) != 0 || week.Week[time.Monday][0] != (calendar.Segment{Opens: 600, Closes: 900}) ||
		week.Week[time.Tuesday][0] != (calendar.Segment{Opens: 480, Closes: 1080}) {
		t.Errorf("Grace works %+v", week)
	}
	if now.Ground.Person(h.Rosa.ID).Cap != 9 {
		t.Error("Rosa holds as much as before")
	}
	// One desk's policy, one promise, one cap and one week: nobody else's anything.
	if gone := differences(before, after); len(gone) != 3 {
		t.Errorf("changed or gone: %q", gone)
	}
	if came := differences(after, before); len(came) != 3+1+4 {
		t.Errorf("changed or new: %q", came)
	}
	if now.State != whatif.InForce || now.EnactedBy != "Elena Marsh" || !now.FromAt.Equal(h.DB.Now()) {
		t.Errorf("it is %+v", now.Plan)
	}
	for about, want := range map[audit.Subject]string{audit.Plan(id): "plan.drafted plan.enacted", audit.Desk(h.Desk): "desk.added desk.policy_changed desk.targets_changed",
		audit.User(h.Rosa.ID): "user.added user.engaged user.cap_changed", audit.User(h.Grace.ID): "user.added user.engaged user.shifts_changed"} {
		if got := h.actions(about); got != want {
			t.Errorf("%s %d: recorded %q", about.Kind, about.ID, got)
		}
	}
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, "")) // a second click
	if h.settings() != after {
		t.Error("a second click changed something")
	}
	h.is(h.plans.Edit(h.ctx, h.Elena, id, whatif.Drafted{Name: "Later", Version: 1}), fault.Conflict)
	_, err = h.plans.Withdraw(h.ctx, h.Elena, id, 1)
	h.is(err, fault.Conflict)
	h.whole()
}

func TestTheWayBackIsADraftToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.settings()
	first := h.drafted("Winter", whatif.Body{Policy: map[string]int{"weights.depth": 5}, Caps: map[int64]int{h.Rosa.ID: 9},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "urgent", Minutes: 120}}})
	h.must(h.plans.Enact(h.ctx, h.Elena, first, 1, ""))
	h.Later(time.Hour)
	back, err := h.plans.Copy(h.ctx, h.Elena, first, true)
	h.must(err)
	h.must(h.plans.Enact(h.ctx, h.Elena, back, 1, ""))
	after := h.settings()
	for _, line := range differences(before, after) {
		if !strings.HasPrefix(line, "desk ") { // what was never set is set now, to the same
			t.Errorf("not as before: %s", line)
		}
	}
	p, err := h.Desks.Policy(h.ctx, h.Desk)
	h.must(err)
	if p != routing.Default() {
		t.Errorf("the policy is %+v", p)
	}
	o, err := h.plans.Overview(h.ctx, h.Elena, h.Desk)
	h.must(err)
	if o.InForce == nil || o.InForce.ID != back || len(o.Past) != 1 || o.Past[0].ID != first || !o.Past[0].UntilAt.Equal(h.DB.Now()) {
		t.Errorf("in force %+v, past %+v", o.InForce, o.Past)
	}
	if got := h.actions(audit.Plan(first)); got != "plan.drafted plan.enacted plan.followed" {
		t.Errorf("recorded %q", got)
	}
	h.whole()
}

func TestAPlanComesIntoForceOnceOnItsDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.settings()
	id := h.drafted("Winter", h.winter())
	h.blames(h.plans.Enact(h.ctx, h.Elena, id, 1, "2026-11-19"), "day")
	h.blames(h.plans.Enact(h.ctx, h.Elena, id, 1, "tomorrow"), "day")
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, "2026-11-23"))
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, "2026-11-23")) // a second click
	promises := h.promised("whatif:enact")
	if len(promises) != 1 {
		t.Fatalf("%d promises", len(promises))
	}
	midnight := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	if at := read[time.Time](h, `SELECT run_at FROM outbox WHERE id = ?`, promises[0]); !at.Equal(midnight) {
		t.Errorf("promised for %s", at)
	}
	other := h.drafted("Other", whatif.Body{Caps: map[int64]int{h.Priya.ID: 2}})
	h.is(h.plans.Enact(h.ctx, h.Elena, other, 1, "2026-11-24"), fault.Conflict)

	due := actor.Job("whatif:enact", promises[0])
	h.Clock(midnight)
	h.must(h.plans.EnactDue(h.ctx, due, id))
	after := h.settings()
	if after == before || h.show(id).State != whatif.InForce {
		t.Fatal("its day came and nothing happened")
	}
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Rosa.ID, Cap: 4, Topics: []string{"discharge"}}))
	h.must(h.plans.EnactDue(h.ctx, due, id))                          // brought twice
	h.must(h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", 0), id)) // and once by nobody's promise
	if h.show(id).Ground.Person(h.Rosa.ID).Cap != 4 {
		t.Error("it came into force twice")
	}
	h.must(h.plans.Enact(h.ctx, h.Elena, other, 1, "2026-11-24"))
	h.whole()
}

func TestAPlanCalledOffIsADraftAgainAndItsDayPasses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.settings()
	id := h.drafted("Winter", h.winter())
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 1, "2026-11-23"))
	state, err := h.plans.Withdraw(h.ctx, h.ines, id, 0)
	h.must(err)
	if state != whatif.Draft || h.show(id).FromAt != nil {
		t.Errorf("it is %+v", h.show(id).Plan)
	}
	h.must(h.plans.Enact(h.ctx, h.Elena, id, 2, "2026-11-30")) // and moved to another day
	promises := h.promised("whatif:enact")
	h.Clock(time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC))
	h.must(h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", promises[0]), id))
	if h.settings() != before || h.show(id).State != whatif.Scheduled {
		t.Error("it came into force on the day it was called off for")
	}
	h.Clock(time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC))
	h.must(h.plans.EnactDue(h.ctx, actor.Job("whatif:enact", promises[1]), id))
	if h.show(id).State != whatif.InForce {
		t.Error("its new day came and nothing happened")
	}
	if got := h.actions(audit.Plan(id)); got != "plan.drafted plan.scheduled plan.called_off plan.scheduled plan.enacted" {
		t.Errorf("recorded %q", got)
	}
	h.whole()
}

func TestAPlanThatWouldChangeNothingIsNotPutIntoForce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("Nothing", whatif.Body{})
	h.blames(h.plans.Enact(h.ctx, h.Elena, id, 1, ""), "when")
}
