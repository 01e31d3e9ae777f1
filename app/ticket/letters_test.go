package ticket_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/database/dbtest/cast"
	"hotline/app/ticket"
)

// letters are who was written to about a ticket, kind:person, in the order of writing.
func (h *house) letters(number string) []string {
	h.t.Helper()
	return all[string](h, `SELECT l.kind || ':' || split_part(u.name, ' ', 1) FROM letters l JOIN users u ON u.id = l.recipient_id
		WHERE l.subject_id = ? AND l.about = ? ORDER BY l.id`, h.id(number), number)
}

func (h *house) wrote(number string, want ...string) {
	h.t.Helper()
	if got := h.letters(number); !slices.Equal(got, want) {
		h.t.Errorf("letters: %v, want %v", got, want)
	}
}

func TestALetterGoesOnceToEachWhoMayHear(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.OnDuty(t, h.Rosa)

	own := h.Ask(t, h.Imani)
	h.keepPromises()
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, own, words("Yes.")))
	h.must(h.Tickets.Reply(h.ctx, h.Grace, own, words("And in writing.")))
	h.wrote(own, "acknowledgement:Leila", "assigned:Rosa", "answer:Leila", "answer:Leila")

	noras := h.Ask(t, h.Nora)
	h.must(h.Tickets.Transfer(h.ctx, h.Elena, noras, h.Priya.ID, "", 0))
	h.must(h.Tickets.Reply(h.ctx, h.Priya, noras, words("Yes.")))
	h.wrote(noras, "acknowledgement:Nora", "assigned:Priya", "answer:Leila", "answer:Nora")

	theos := h.Ask(t, h.Theo) // may ask, may not hear
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, theos, 0))
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, theos, words("Which state?")))
	h.wrote(theos, "acknowledgement:Theo", "answer:Leila")

	h.must(h.Insured.EndDelegation(h.ctx, h.Imani, h.NoraFor))
	h.must(h.Tickets.Reply(h.ctx, h.Priya, noras, words("And in writing.")))
	h.wrote(noras, "acknowledgement:Nora", "assigned:Priya", "answer:Leila", "answer:Nora", "answer:Leila")

	unknown, err := h.calls.Log(h.ctx, h.Rosa, call.Note{Key: uuid.NewString(), CallerName: "A nurse", Direction: "in", Outcome: "answered", Narrative: "Asks.",
		Topic: "discharge", Urgency: ticket.Routine, Keep: true, StartedAt: h.DB.Now(), EndedAt: h.DB.Now()})
	h.must(err)
	h.wrote(unknown)
	// To give oneself a ticket is no news.
	h.must(h.Tickets.Release(h.ctx, h.Rosa, unknown, "lunch", 0))
	h.must(h.Tickets.Transfer(h.ctx, h.Rosa, unknown, h.Rosa.ID, "", 0))
	h.wrote(unknown)

	if promises, letters := len(h.promised("letter:send")), read[int](h, `SELECT count(*) FROM letters`); promises != letters {
		t.Errorf("%d letters, %d promises to send one", letters, promises)
	}
}

func TestEachChangeLeavesItsEntry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := h.Ask(t, h.Imani)
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Note(h.ctx, h.Grace, n, words("A note.")))
	h.must(h.Tickets.SetTopic(h.ctx, h.Rosa, n, "other_liability", 0))
	h.must(h.Tickets.SetUrgency(h.ctx, h.Rosa, n, ticket.Urgent, "a complaint", 0))
	h.must(h.Tickets.SetTitle(h.ctx, h.Rosa, n, "Discharge"))
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, words("Which state?")))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, n, words("Ohio.")))
	h.must(h.Tickets.Transfer(h.ctx, h.Elena, n, h.Rosa.ID, "", 0))
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, n, ticket.Words{}))
	h.must(h.Tickets.Resume(h.ctx, h.Rosa, n, 0))
	h.must(h.Tickets.Release(h.ctx, h.Rosa, n, "leave", 0))
	h.OnDuty(t, h.Grace, h.Priya)
	h.must(h.Tickets.SetTopic(h.ctx, h.Elena, n, "online_reviews", 0))
	h.keepPromises()
	h.must(h.Tickets.Resolve(h.ctx, h.Grace, n, ticket.Resolution{Outcome: "referred"}))
	h.must(h.Tickets.Reopen(h.ctx, h.Rosa, n, "a new letter", 0))
	want := []string{"opened:" + id(h.Imani.ID), "claimed:" + id(h.Rosa.ID), "note_kept:" + id(h.Grace.ID), "topic_changed:" + id(h.Rosa.ID),
		"urgency_changed:" + id(h.Rosa.ID), "titled:" + id(h.Rosa.ID), "message_sent:" + id(h.Rosa.ID), "waiting:" + id(h.Rosa.ID),
		"answered:" + id(h.Imani.ID), "transferred:" + id(h.Elena.ID), "waiting:" + id(h.Rosa.ID), "resumed:" + id(h.Rosa.ID),
		"released:" + id(h.Rosa.ID), "topic_changed:" + id(h.Elena.ID), "assigned:system", "accepted:" + id(h.Grace.ID), "resolved:" + id(h.Grace.ID), "reopened:" + id(h.Rosa.ID)}
	got := all[string](h, `SELECT replace(action, 'ticket.', '') || ':' || coalesce(actor_id::text, role) FROM record
		WHERE kind = 'ticket' AND subject_id = ? AND ticket_id = ? ORDER BY seq`, h.id(n), h.id(n))
	if !slices.Equal(got, want) {
		t.Errorf("\n%v, want\n%v", got, want)
	}
	sheet, err := h.Tickets.Show(h.ctx, h.Rosa, n)
	h.must(err)
	if sheet.Seen != int64(len(want)) || len(sheet.Trail) != len(want) || sheet.Names[h.Imani.ID] != h.Imani.Name || len(sheet.Notes) != 3 {
		t.Errorf("%+v", sheet)
	}
	h.whole()
}

func id(n int64) string { return fmt.Sprint(n) }

func TestAMatterJoinsWhatContinuesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.held()
	log := func() string {
		number, err := h.calls.Log(h.ctx, h.Rosa, call.Note{Key: uuid.NewString(), PhysicianID: h.ImaniID, Matter: first, Direction: "in", Outcome: "answered",
			Narrative: "Once more.", Topic: "discharge", Urgency: ticket.Routine, StartedAt: h.DB.Now(), EndedAt: h.DB.Now()})
		h.must(err)
		return number
	}
	second, third := log(), log()
	got := all[int64](h, `SELECT DISTINCT matter_id FROM tickets WHERE number IN ?`, []string{first, second, third})
	if len(got) != 1 || got[0] == 0 {
		t.Errorf("matters %v", got)
	}
	if got := h.actions(first); !slices.Equal(got, []string{"ticket.opened", "ticket.claimed", "ticket.matter_begun"}) {
		t.Error(got)
	}
	_, err := h.Tickets.Earlier(h.ctx, h.Rosa, h.ImaniID, cast.Cap)
	h.must(err)
}
