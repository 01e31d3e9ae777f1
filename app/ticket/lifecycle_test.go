package ticket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/fault"
	"hotline/app/ticket"
)

var states = []ticket.Status{ticket.Unassigned, ticket.Assigned, ticket.WithPhysician, ticket.Resolved}

// allowed is what may follow what (rules, A ticket).
var allowed = map[ticket.Status][]ticket.Status{
	ticket.Unassigned:    {ticket.Assigned, ticket.Resolved},
	ticket.Assigned:      {ticket.Unassigned, ticket.WithPhysician, ticket.Resolved},
	ticket.WithPhysician: {ticket.Assigned, ticket.Unassigned, ticket.Resolved},
	ticket.Resolved:      {ticket.Assigned, ticket.Unassigned},
}

func may(from, to ticket.Status) bool {
	for _, s := range allowed[from] {
		if s == to {
			return true
		}
	}
	return false
}

func TestWhatMayFollowFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.Elena
	// Every change of state there is, by a manager or a consultant who may.
	changes := []struct {
		name string
		from ticket.Status
		to   ticket.Status
		do   func(number string) error
	}{
		{"claim", ticket.Unassigned, ticket.Assigned, func(n string) error { return h.Tickets.Claim(h.ctx, h.Grace, n, 0) }},
		{"give", ticket.Unassigned, ticket.Assigned, func(n string) error { return h.Tickets.Transfer(h.ctx, m, n, h.Grace.ID, "", 0) }},
		{"withdrawn", ticket.Unassigned, ticket.Resolved, func(n string) error {
			return h.Tickets.Resolve(h.ctx, m, n, ticket.Resolution{Outcome: "withdrawn"})
		}},
		{"release", ticket.Assigned, ticket.Unassigned, func(n string) error { return h.Tickets.Release(h.ctx, h.Rosa, n, "not my field", 0) }},
		{"wait", ticket.Assigned, ticket.WithPhysician, func(n string) error { return h.Tickets.Wait(h.ctx, h.Rosa, n, words("Which state?")) }},
		{"resolve", ticket.Assigned, ticket.Resolved, func(n string) error {
			return h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given", Answer: words("Yes.")})
		}},
		{"resume", ticket.WithPhysician, ticket.Assigned, func(n string) error { return h.Tickets.Resume(h.ctx, h.Rosa, n, 0) }},
		{"answer, holder away", ticket.WithPhysician, ticket.Unassigned, func(n string) error { return h.Tickets.Answer(h.ctx, h.Imani, n, words("Ohio.")) }},
		{"release while waiting", ticket.WithPhysician, ticket.Unassigned, func(n string) error { return h.Tickets.Release(h.ctx, m, n, "on leave", 0) }},
		{"no reply", ticket.WithPhysician, ticket.Resolved, func(n string) error {
			return h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "no_reply"})
		}},
		{"reopen, holder away", ticket.Resolved, ticket.Unassigned, func(n string) error { return h.Tickets.Reopen(h.ctx, h.Grace, n, "a new letter", 0) }},
		{"answer to a resolved one", ticket.Resolved, ticket.Unassigned, func(n string) error { return h.Tickets.Answer(h.ctx, h.Imani, n, words("One more thing.")) }},
	}
	for _, c := range changes {
		n := h.inState(c.from)
		if err := c.do(n); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := h.status(n); got != c.to {
			t.Fatalf("%s: %s, want %s", c.name, got, c.to)
		}
		h.clear()
	}
	n := h.resolved()
	h.OnDuty(t, h.Rosa)
	h.must(h.Tickets.Reopen(h.ctx, h.Grace, n, "a new letter", 0))
	h.stands(n, ticket.Assigned, h.Rosa)
	n = h.waiting()
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("Ohio.")))
	h.stands(n, ticket.Assigned, h.Rosa)
	// What has a span is closed when it is over, whatever the way.
	for table, fits := range map[string]string{"assignments": `t.status IN ('assigned', 'with_physician') AND t.assignee_id = s.user_id`,
		"pauses": `t.status = 'with_physician'`, "resolutions": `t.status = 'resolved'`} {
		left := read[int](h, `SELECT count(*) FROM `+table+` s JOIN tickets t ON t.id = s.ticket_id WHERE s.until_at IS NULL AND NOT (`+fits+`)`)
		if left != 0 {
			t.Errorf("%d %s are open on tickets that left them", left, table)
		}
	}
	if missing := read[int](h, `SELECT count(*) FROM tickets t WHERE t.status IN ('assigned', 'with_physician') AND NOT EXISTS
		(SELECT FROM assignments a WHERE a.ticket_id = t.id AND a.user_id = t.assignee_id AND a.until_at IS NULL)`); missing != 0 {
		t.Errorf("%d tickets are held without a span", missing)
	}
	h.whole()
}

// clear resolves everything in hand, so that nobody is full.
func (h *house) clear() {
	h.t.Helper()
	for _, number := range all[string](h, `SELECT number FROM tickets WHERE status <> 'resolved'`) {
		h.must(h.Tickets.Resolve(h.ctx, h.Elena, number, ticket.Resolution{Outcome: "withdrawn"}))
	}
}

func TestWhatMayNotFollowIsRefusedByTheRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.Elena
	refusals := []struct {
		name string
		from []ticket.Status
		do   func(number string) error
	}{
		{"claim", []ticket.Status{ticket.Assigned, ticket.WithPhysician, ticket.Resolved}, func(n string) error { return h.Tickets.Claim(h.ctx, h.Grace, n, 0) }},
		{"transfer", []ticket.Status{ticket.Resolved}, func(n string) error { return h.Tickets.Transfer(h.ctx, m, n, h.Grace.ID, "leave", 0) }},
		{"release", []ticket.Status{ticket.Resolved}, func(n string) error { return h.Tickets.Release(h.ctx, m, n, "leave", 0) }},
		{"wait", []ticket.Status{ticket.Unassigned, ticket.Resolved}, func(n string) error { return h.Tickets.Wait(h.ctx, m, n, words("Which state?")) }},
		{"resume", []ticket.Status{ticket.Unassigned, ticket.Resolved}, func(n string) error { return h.Tickets.Resume(h.ctx, m, n, 0) }},
		{"resolve", []ticket.Status{ticket.Resolved}, func(n string) error {
			return h.Tickets.Resolve(h.ctx, m, n, ticket.Resolution{Outcome: "withdrawn"})
		}},
		{"reopen", []ticket.Status{ticket.Unassigned, ticket.Assigned, ticket.WithPhysician}, func(n string) error { return h.Tickets.Reopen(h.ctx, m, n, "a new letter", 0) }},
	}
	for _, s := range states {
		n := h.inState(s)
		before := h.actions(n)
		for _, r := range refusals {
			for _, from := range r.from {
				if from != s {
					continue
				}
				if err := r.do(n); err == nil {
					t.Errorf("%s of one that is %s was let through", r.name, s)
				} else {
					h.is(err, fault.Conflict)
				}
			}
		}
		if now := h.actions(n); h.status(n) != s || len(now) != len(before) {
			t.Errorf("%s: refused changes left %s and %v", s, h.status(n), now)
		}
	}
}

func TestWhatMayNotFollowIsRefusedByTheDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner := h.owner()
	for _, from := range states {
		id := h.id(h.inState(from))
		for _, to := range states {
			if from == to {
				continue
			}
			tx, err := owner.Begin()
			h.must(err)
			// An entry goes with it, so that only the order of states can object.
			_, err = tx.Exec(`INSERT INTO record (kind, subject_id, seq, at, role, action, ticket_id, previous, hash)
				VALUES ('ticket', $1, 0, now(), 'system', 'ticket.forced', $1, '', '')`, id)
			h.must(err)
			_, err = tx.Exec(`UPDATE tickets SET status = $2, resolved_at = CASE WHEN $2 = 'resolved' THEN now() END,
				assignee_id = CASE WHEN $2 = 'unassigned' THEN NULL ELSE coalesce(assignee_id, $3) END WHERE id = $1`, id, string(to), h.Rosa.ID)
			if err == nil {
				_, err = tx.Exec(`SET CONSTRAINTS ALL IMMEDIATE`)
			}
			_ = tx.Rollback()
			switch {
			case may(from, to) && err != nil:
				t.Errorf("%s to %s: %v", from, to, err)
			case !may(from, to) && (err == nil || !strings.Contains(err.Error(), "may not go")):
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
}

func TestTheDatabaseKeepsHoldersWordsAndEntries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner := h.owner()
	unassigned, held := h.id(h.Ask(t, h.Imani)), h.id(h.held())
	for what, statement := range map[string]string{
		"tickets_holder":   fmt.Sprintf(`UPDATE tickets SET assignee_id = %d WHERE id = %d`, h.Rosa.ID, unassigned),
		"as it was":        fmt.Sprintf(`UPDATE tickets SET question = 'other' WHERE id = %d`, held),
		"tickets_resolved": fmt.Sprintf(`UPDATE tickets SET status = 'resolved' WHERE id = %d`, held),
		"not recorded":     fmt.Sprintf(`UPDATE tickets SET urgency = 'critical' WHERE id = %d`, held),
		"are kept":         fmt.Sprintf(`DELETE FROM assignments; DELETE FROM targets; DELETE FROM tickets WHERE id = %d`, unassigned),
	} {
		if _, err := owner.Exec(statement); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v, want %s", statement, err, what)
		}
	}
	for column, value := range map[string]string{"status": "'unassigned', assignee_id = NULL", "assignee_id": fmt.Sprint(h.Grace.ID),
		"topic": "'other_liability'", "physician_id": fmt.Sprint(h.OkaforID), "restricted": "true", "legal_hold": "true", "notice": "'handed'", "title": "'x'"} {
		if _, err := owner.Exec(fmt.Sprintf(`UPDATE tickets SET %s = %s WHERE id = %d`, column, value, held)); err == nil || !strings.Contains(err.Error(), "not recorded") {
			t.Errorf("%s changed without an entry: %v", column, err)
		}
	}
}

func TestAChangeOfStateOpensAndClosesItsSpans(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	h.Later(time.Hour)
	h.must(h.Tickets.Transfer(h.ctx, h.Rosa, n, h.Grace.ID, "she knows the practice", 0))
	h.stands(n, ticket.Assigned, h.Grace)
	h.must(h.Tickets.Wait(h.ctx, h.Grace, n, words("Which state?")))
	h.Later(time.Hour)
	h.must(h.Tickets.Transfer(h.ctx, h.Grace, n, h.Rosa.ID, "I am away", 0))
	h.stands(n, ticket.WithPhysician, h.Rosa)
	h.must(h.Tickets.Release(h.ctx, h.Rosa, n, "me too", 0))
	h.stands(n, ticket.Unassigned, actor.Actor{})
	id := h.id(n)
	if open := read[int](h, `SELECT (SELECT count(*) FROM assignments WHERE ticket_id = ? AND until_at IS NULL)
		+ (SELECT count(*) FROM pauses WHERE ticket_id = ? AND until_at IS NULL)`, id, id); open != 0 {
		t.Errorf("%d spans are still open", open)
	}
	if got := all[string](h, `SELECT how || ':' || user_id FROM assignments WHERE ticket_id = ? ORDER BY id`, id); fmt.Sprint(got) !=
		fmt.Sprintf("[claim:%d transfer:%d transfer:%d]", h.Rosa.ID, h.Grace.ID, h.Rosa.ID) {
		t.Error(got)
	}
}

func TestATicketMayOpenInHandOrResolvedOnACall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := func(change func(*call.Note)) string {
		in := call.Note{Key: uuid.NewString(), PhysicianID: h.ImaniID, Direction: "in", Outcome: "answered", Narrative: "A patient threatens to sue.",
			Topic: "difficult_patient", Urgency: ticket.Urgent, StartedAt: h.DB.Now().Add(-5 * time.Minute), EndedAt: h.DB.Now()}
		change(&in)
		number, err := h.calls.Log(h.ctx, h.Rosa, in)
		h.must(err)
		return number
	}
	h.stands(log(func(*call.Note) {}), ticket.Unassigned, actor.Actor{})
	h.stands(log(func(in *call.Note) { in.Keep = true }), ticket.Assigned, h.Rosa)
	done := log(func(in *call.Note) { in.Answered, in.Advice = true, "Keep calm, and write it down." })
	h.stands(done, ticket.Resolved, h.Rosa)
	sheet, err := h.Tickets.Show(h.ctx, h.Rosa, done)
	h.must(err)
	if sheet.Outcome != "answered_on_call" || sheet.FirstAnsweredAt == nil || sheet.Target == nil || sheet.Target.MetAt == nil || sheet.DueKind != "none" {
		t.Errorf("%+v", sheet)
	}
	if !sheet.NextDueAt.Equal(sheet.OpenedAt.AddDate(0, 0, 90)) {
		t.Errorf("next due at %v", sheet.NextDueAt)
	}
	// Full: the router takes it rather than that anybody goes above their cap.
	for range 4 {
		log(func(in *call.Note) { in.Keep = true })
	}
	h.stands(log(func(in *call.Note) { in.Keep = true }), ticket.Unassigned, actor.Actor{})
}

func TestResolvingAsksForAnAnswerOnceAndForAnOutcome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	h.blames(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{}), "outcome")
	h.blames(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}), "message")
	h.must(h.Tickets.Reply(h.ctx, h.Grace, n, words("Yes, in writing.")))
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "advice_given"}))
	h.stands(n, ticket.Resolved, h.Rosa)
	h.blames(h.Tickets.Reopen(h.ctx, h.Rosa, n, "  ", 0), "reason")
	n = h.held()
	h.blames(h.Tickets.Wait(h.ctx, h.Rosa, n, ticket.Words{}), "message")
	h.blames(h.Tickets.Release(h.ctx, h.Rosa, n, "  ", 0), "reason")
	h.blames(h.Tickets.Transfer(h.ctx, h.Rosa, n, h.Grace.ID, "  ", 0), "reason")
	h.blames(h.Tickets.Transfer(h.ctx, h.Rosa, n, 0, "leave", 0), "to")
	h.is(h.Tickets.Transfer(h.ctx, h.Rosa, n, h.Otto.ID, "leave", 0), fault.Unacceptable)
	h.is(h.Tickets.Transfer(h.ctx, h.Rosa, n, h.Elena.ID, "leave", 0), fault.Unacceptable)
	h.blames(h.Tickets.Reply(h.ctx, h.Rosa, n, words(strings.Repeat("é", ticket.Longest+1))), "message")
	h.must(h.Tickets.Note(h.ctx, h.Rosa, n, words(strings.Repeat("é", ticket.Longest))))
}

func TestAPhysiciansMessageReopensForNinetyDays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.resolved()
	h.Later(91 * 24 * time.Hour)
	h.is(h.Tickets.Answer(h.ctx, h.Imani, n, words("Again?")), fault.Conflict)
	h.stands(n, ticket.Resolved, h.Rosa)
	h.Later(-2 * 24 * time.Hour)
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("Again?")))
	h.stands(n, ticket.Unassigned, actor.Actor{})
	if prefers := read[int64](h, `SELECT preferred_id FROM tickets WHERE number = ?`, n); prefers != h.Rosa.ID {
		t.Errorf("the router prefers %d", prefers)
	}
}

func TestAMessageThatReachesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	number, err := h.calls.Log(h.ctx, h.Rosa, call.Note{Key: uuid.NewString(), CallerName: "A nurse", Direction: "in", Outcome: "answered", Narrative: "Asks about records.",
		Topic: "transparency_records", Urgency: ticket.Routine, Keep: true, StartedAt: h.DB.Now(), EndedAt: h.DB.Now()})
	h.must(err)
	h.is(h.Tickets.Reply(h.ctx, h.Rosa, number, words("Dear nurse")), fault.Unacceptable)
	h.is(h.Tickets.Resolve(h.ctx, h.Rosa, number, ticket.Resolution{Outcome: "advice_given", Answer: words("Dear nurse")}), fault.Unacceptable)
	h.stands(number, ticket.Assigned, h.Rosa)
}
