package ticket_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// since fails unless err tells of exactly these entries.
func (h *house) since(err error, actions ...string) {
	h.t.Helper()
	s, ok := errors.AsType[*ticket.Since](err)
	if !ok || !errors.Is(err, fault.Conflict) {
		h.t.Fatalf("%v, want what came since", err)
	}
	var got []string
	for _, e := range s.Entries {
		got = append(got, e.Action)
	}
	if !slices.Equal(got, actions) {
		h.t.Fatalf("since: %v, want %v", got, actions)
	}
}

func TestAMessageConflictsWithMessagesAndCallsOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	at := func(seen int64, body string) ticket.Words {
		return ticket.Words{Key: uuid.NewString(), Body: body, Seen: seen}
	}
	seen := h.seen(n)
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, at(1, "A note never stands in the way.")))
	h.must(h.Tickets.SetTopic(h.ctx, h.Grace, n, "other_liability", 0))
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, n, at(seen, "Yes.")))
	h.since(h.Tickets.Reply(h.ctx, h.Grace, n, at(seen, "No.")), "ticket.message_sent")
	h.since(h.Tickets.Answer(h.ctx, h.Imani, n, at(seen, "And?")), "ticket.message_sent")
	seen = h.seen(n)
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, at(seen, "And?")))
	_, err := h.calls.Log(h.ctx, h.Rosa, call.Note{Key: uuid.NewString(), Number: n, Direction: "out", Outcome: "voicemail", Narrative: "Left word.", StartedAt: h.DB.Now(), EndedAt: h.DB.Now()})
	h.must(err)
	h.since(h.Tickets.Reply(h.ctx, h.Rosa, n, at(seen, "Then.")), "ticket.answered", "ticket.call_logged")
	if got := read[int](h, `SELECT count(*) FROM messages`); got != 2 {
		t.Errorf("%d messages are kept", got)
	}
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, n, at(h.seen(n), "Then.")))
	h.whole()
}

func TestAChangeOfStateConflictsWithWhateverElseHappened(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.held()
	seen := h.seen(n)
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, words("A note never stands in the way.")))
	h.must(h.Tickets.SetTopic(h.ctx, h.Rosa, n, "other_liability", seen))
	for name, err := range map[string]error{
		"topic":    h.Tickets.SetTopic(h.ctx, h.Rosa, n, "discharge", seen),
		"urgency":  h.Tickets.SetUrgency(h.ctx, h.Rosa, n, ticket.Critical, "a date", seen),
		"transfer": h.Tickets.Transfer(h.ctx, h.Rosa, n, h.Grace.ID, "leave", seen),
		"release":  h.Tickets.Release(h.ctx, h.Rosa, n, "leave", seen),
		"wait":     h.Tickets.Wait(h.ctx, h.Rosa, n, ticket.Words{Body: "Which?", Seen: seen}),
		"resolve":  h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "withdrawn", Answer: ticket.Words{Seen: seen}}),
	} {
		if _, ok := errors.AsType[*ticket.Since](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.stands(n, ticket.Assigned, h.Rosa)
	seen = h.seen(n)
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("One more thing.")))
	h.since(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "withdrawn", Answer: ticket.Words{Seen: seen}}), "ticket.answered")
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, n, ticket.Resolution{Outcome: "withdrawn", Answer: ticket.Words{Seen: h.seen(n)}}))
	h.since(h.Tickets.Reopen(h.ctx, h.Rosa, n, "a letter", seen), "ticket.answered", "ticket.resolved")
	h.must(h.Tickets.Reopen(h.ctx, h.Rosa, n, "a letter", h.seen(n)))
	h.since(h.Tickets.Claim(h.ctx, h.Rosa, n, seen), "ticket.answered", "ticket.resolved", "ticket.reopened")
}

func TestASecondClickChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.Ask(t, h.Imani)
	seen := h.seen(n)
	twice := func(name string, f func() error) {
		t.Helper()
		h.must(f())
		before := h.actions(n)
		if err := f(); err != nil {
			t.Errorf("%s again: %v", name, err)
		}
		if after := h.actions(n); len(after) != len(before) {
			t.Errorf("%s again left %v", name, after[len(before):])
		}
		seen = h.seen(n)
	}
	twice("claim", func() error { return h.Tickets.Claim(h.ctx, h.Rosa, n, seen) })
	message := ticket.Words{Key: uuid.NewString(), Body: "Which state?", Seen: seen}
	twice("wait", func() error { return h.Tickets.Wait(h.ctx, h.Rosa, n, message) })
	twice("resume", func() error { return h.Tickets.Resume(h.ctx, h.Rosa, n, seen) })
	twice("topic", func() error { return h.Tickets.SetTopic(h.ctx, h.Rosa, n, "other_liability", seen) })
	twice("title", func() error { return h.Tickets.SetTitle(h.ctx, h.Rosa, n, "  Discharge   of one ") })
	twice("urgency", func() error { return h.Tickets.SetUrgency(h.ctx, h.Rosa, n, ticket.Urgent, "a complaint", seen) })
	twice("transfer", func() error { return h.Tickets.Transfer(h.ctx, h.Elena, n, h.Grace.ID, "leave", seen) })
	twice("release", func() error { return h.Tickets.Release(h.ctx, h.Elena, n, "leave", seen) })
	twice("claim", func() error { return h.Tickets.Claim(h.ctx, h.Rosa, n, seen) })
	note := words("A note.")
	twice("note", func() error { return h.Tickets.Note(h.ctx, h.Rosa, n, note) })
	in := ticket.Resolution{Outcome: "advice_given", Answer: ticket.Words{Key: uuid.NewString(), Body: "Yes.", Seen: seen}}
	twice("resolve", func() error { return h.Tickets.Resolve(h.ctx, h.Rosa, n, in) })
	// A colleague who resolves it otherwise, or brings other words, is told.
	h.is(h.Tickets.Resolve(h.ctx, h.Elena, n, ticket.Resolution{Outcome: "withdrawn"}), fault.Conflict)
	in.Answer = words("No.")
	h.is(h.Tickets.Resolve(h.ctx, h.Rosa, n, in), fault.Conflict)
	n = h.waiting()
	h.is(h.Tickets.Wait(h.ctx, h.Rosa, n, words("Which county?")), fault.Conflict)
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, ticket.Words{}))
	h.whole()
}

func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n, other := h.held(), h.held()
	in := words("Yes.")
	in.Seen = h.seen(n)
	for range 3 {
		h.must(h.Tickets.Reply(h.ctx, h.Rosa, n, in))
	}
	h.is(h.Tickets.Reply(h.ctx, h.Rosa, other, in), fault.Conflict)
	in.Body = "No."
	h.is(h.Tickets.Reply(h.ctx, h.Rosa, n, in), fault.Conflict)
	theirs := words("And then?")
	for range 2 {
		h.must(h.Tickets.Answer(h.ctx, h.Imani, n, theirs))
	}
	if got := all[string](h, `SELECT body FROM messages ORDER BY id`); fmt.Sprint(got) != "[Yes. And then?]" {
		t.Error(got)
	}
	if got := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'answer'`); got != 1 {
		t.Errorf("%d letters for one message", got)
	}
	h.is(h.Tickets.Reply(h.ctx, h.Rosa, n, ticket.Words{Key: "x", Body: "Yes."}), fault.Unacceptable)
	h.blames(h.Tickets.Reply(h.ctx, h.Rosa, n, words(" \n")), "message")
	h.blames(h.Tickets.Note(h.ctx, h.Rosa, n, words(" \n")), "note")
	h.blames(h.Tickets.Answer(h.ctx, h.Imani, n, words(" \n")), "message")
}
