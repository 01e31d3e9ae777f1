package ticket_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/database/dbtest/cast"
	"hotline/app/fault"
	"hotline/app/ticket"
)

func TestANumberHasTheDesksYearAndAtLeastSixDigits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// Eleven at night in New York on New Year's Eve, the new year already in Greenwich.
	h.Clock(time.Date(2027, 1, 1, 4, 0, 0, 0, time.UTC))
	if n := h.Ask(t, h.Imani); n != "RM-2026-000001" {
		t.Error(n)
	}
	h.Later(time.Hour)
	if n := h.Ask(t, h.Imani); n != "RM-2027-000002" {
		t.Error(n)
	}
	if _, err := h.owner().Exec(`SELECT setval('ticket_numbers', 999998)`); err != nil {
		t.Fatal(err)
	}
	if n := h.Ask(t, h.Imani); n != "RM-2027-999999" {
		t.Error(n)
	}
	million := h.Ask(t, h.Imani)
	if million != "RM-2027-1000000" {
		t.Error(million)
	}
	for _, typed := range []string{million, "rm-2027-1000000", "1000000", " 1000000 "} {
		if got, err := h.Tickets.Jump(h.ctx, h.Rosa, typed); err != nil || got != million {
			t.Errorf("%q leads to %q: %v", typed, got, err)
		}
	}
	for _, typed := range []string{"1", "000001", "RM-2026-1", "rm-2026-000001", "rm20261"} {
		if got, err := h.Tickets.Jump(h.ctx, h.Rosa, typed); err != nil || got != "RM-2026-000001" {
			t.Errorf("%q leads to %q: %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "RM", "7", "RM-2026-", "one", "99999999999999", "%"} {
		if got, err := h.Tickets.Jump(h.ctx, h.Rosa, typed); err != nil || got != "" {
			t.Errorf("%q leads to %q: %v", typed, got, err)
		}
	}
}

func TestTheSameKeyIsTheSameTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := cast.Question()
	first := h.Send(t, h.Imani, in)
	if again := h.Send(t, h.Imani, in); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if n := len(h.promised("ticket:assign")); n != 1 {
		t.Errorf("%d promises for one ticket", n)
	}
	other := in
	other.Question += " And when?"
	_, err := h.Tickets.Submit(h.ctx, h.Imani, other)
	already, ok := errors.AsType[*ticket.AlreadySent](err)
	if !ok || already.Number != first || !already.At.Equal(cast.Morning) || !errors.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
	_, err = h.Tickets.Submit(h.ctx, h.Okafor, in)
	h.is(err, fault.NotFound)
	_, err = h.Tickets.SentAs(h.ctx, h.Okafor, in.Key)
	h.is(err, fault.NotFound)
	if n, err := h.Tickets.SentAs(h.ctx, h.Imani, in.Key); err != nil || n != first {
		t.Errorf("%s %v", n, err)
	}
	in.Key = "not a key"
	_, err = h.Tickets.Submit(h.ctx, h.Imani, in)
	h.is(err, fault.Unacceptable)
	if n := read[int](h, `SELECT count(*) FROM tickets`); n != 1 {
		t.Errorf("%d tickets", n)
	}
}

func TestTheSameFormSentManyTimesAtOnceIsOneTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := cast.Question()
	var wg sync.WaitGroup
	numbers := make([]string, 8)
	for i := range numbers {
		wg.Go(func() {
			sent, err := h.Tickets.Submit(h.ctx, h.Imani, in)
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i] = sent.Number
		})
	}
	wg.Wait()
	for _, n := range numbers {
		if n != numbers[0] {
			t.Errorf("%v", numbers)
		}
	}
	if n := read[int](h, `SELECT (SELECT count(*) FROM tickets) + (SELECT count(*) FROM letters) + (SELECT count(*) FROM targets)`); n != 3 {
		t.Errorf("%d rows, want a ticket, a letter and a promise", n)
	}
	h.whole()
}

func TestUrgencyComesFromDangerPapersAndDeadlines(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zone, err := time.LoadLocation("America/New_York")
	h.must(err)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	// Thursday the 19th. Business days ahead: 20, 23, 24, 25, then Thanksgiving, then the 27th until noon, then the 30th.
	for _, c := range []struct {
		name     string
		change   func(*ticket.Submission)
		urgency  ticket.Urgency
		deadline time.Time
	}{
		{"nothing", func(*ticket.Submission) {}, ticket.Routine, time.Time{}},
		{"danger", func(s *ticket.Submission) { s.Danger = true }, ticket.Critical, time.Time{}},
		{"papers without a date", func(s *ticket.Submission) { s.Papers = true }, ticket.Critical, at(11, 24, 18, 0)},
		{"papers with a far date", func(s *ticket.Submission) { s.Papers, s.PaperDay = true, "12/18/2026" }, ticket.Critical, at(12, 18, 18, 0)},
		{"papers whose date has passed", func(s *ticket.Submission) { s.Papers, s.PaperDay = true, "11/16/2026" }, ticket.Critical, at(11, 16, 18, 0)},
		{"papers and an earlier deadline", func(s *ticket.Submission) {
			s.Papers, s.PaperDay, s.HasDeadline, s.DeadlineDay, s.DeadlineTime = true, "12/18/2026", true, "2026-12-01", "9:30 am"
		}, ticket.Critical, at(12, 1, 9, 30)},
		{"a date on no papers", func(s *ticket.Submission) { s.PaperDay = "11/20/2026" }, ticket.Routine, time.Time{}},
		{"today", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/19" }, ticket.Critical, at(11, 19, 18, 0)},
		{"three business days", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/24/2026" }, ticket.Critical, at(11, 24, 18, 0)},
		{"four", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/25/2026" }, ticket.Urgent, at(11, 25, 18, 0)},
		{"the holiday after four", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/26/2026" }, ticket.Urgent, at(11, 26, 23, 59)},
		{"five with a holiday between, to a half holiday", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/27/2026" }, ticket.Urgent, at(11, 27, 12, 0)},
		{"the weekend after five", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/28/2026" }, ticket.Urgent, at(11, 28, 23, 59)},
		{"six", func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay = true, "11/30/2026" }, ticket.Routine, at(11, 30, 18, 0)},
		{"a time after hours", func(s *ticket.Submission) {
			s.HasDeadline, s.DeadlineDay, s.DeadlineTime = true, "Nov 24", "9 PM"
		}, ticket.Critical, at(11, 24, 21, 0)},
		{"a deadline nobody has", func(s *ticket.Submission) { s.DeadlineDay = "11/20/2026" }, ticket.Routine, time.Time{}},
	} {
		in := cast.Question()
		in.Zone = zone
		c.change(&in)
		p, err := h.Tickets.Check(h.ctx, h.Imani, in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := time.Time{}
		if p.Deadline != nil {
			got = *p.Deadline
		}
		if p.Urgency != c.urgency || !got.Equal(c.deadline) || (p.Because == "") != (c.urgency == ticket.Routine) {
			t.Errorf("%s: %s by %v because %q, want %s by %v", c.name, p.Urgency, got.In(zone), p.Because, c.urgency, c.deadline)
		}
		sent, err := h.Tickets.Submit(h.ctx, h.Imani, in)
		h.must(err)
		due := p.AnswerBy
		if p.Deadline != nil && p.Deadline.Before(due) {
			due = *p.Deadline
		}
		if sent.Urgency != c.urgency || !sent.NextDueAt.Equal(due) {
			t.Errorf("%s: opened %s due %v, want %v", c.name, sent.Urgency, sent.NextDueAt, due)
		}
	}
}

func TestAQuestionThatIsNotWholeIsSentBackFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for field, change := range map[string]func(*ticket.Submission){
		"topic":         func(s *ticket.Submission) { s.Topic = "weather" },
		"question":      func(s *ticket.Submission) { s.Question = " \n " },
		"state":         func(s *ticket.Submission) { s.State = "XX" },
		"paper_day":     func(s *ticket.Submission) { s.Papers, s.PaperDay = true, "soon" },
		"deadline_day":  func(s *ticket.Submission) { s.HasDeadline = true },
		"deadline_time": func(s *ticket.Submission) { s.HasDeadline, s.DeadlineDay, s.DeadlineTime = true, "11/24", "tea" },
		"next_step":     func(s *ticket.Submission) { s.NextStep = strings.Repeat("x", ticket.Longest+1) },
		"answer_by":     func(s *ticket.Submission) { s.AnswerBy = "pigeon" },
		"phone":         func(s *ticket.Submission) { s.AnswerBy = "call" },
		"windows":       func(s *ticket.Submission) { s.Windows = strings.Repeat("x", ticket.Longest+1) },
		"physician_id":  func(s *ticket.Submission) { s.PhysicianID = h.OkaforID },
	} {
		in := cast.Question()
		change(&in)
		_, err := h.Tickets.Check(h.ctx, h.Imani, in)
		h.blames(err, field)
		_, err = h.Tickets.Submit(h.ctx, h.Imani, in)
		h.blames(err, field)
		if strings.Contains(err.Error(), "pigeon") || strings.Contains(err.Error(), "weather") {
			t.Errorf("the error repeats what was typed: %v", err)
		}
	}
	for _, day := range []string{"11/18/2026", "11/18/2029", "0001-01-01", "9999-12-31"} {
		in := cast.Question()
		in.HasDeadline, in.DeadlineDay = true, day
		_, err := h.Tickets.Check(h.ctx, h.Imani, in)
		h.blames(err, "deadline_day")
	}
	in := cast.Question()
	in.Papers, in.PaperDay = true, "0001-01-01"
	_, err := h.Tickets.Check(h.ctx, h.Imani, in)
	h.blames(err, "paper_day")
	if n := read[int](h, `SELECT count(*) FROM tickets`); n != 0 {
		t.Errorf("%d tickets", n)
	}
}

func TestADelegateOfTwoSaysForWhom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Insured.Delegate(h.ctx, h.Okafor, delegation(h.OkaforID, h.Nora))
	h.must(err)
	_, err = h.Tickets.Submit(h.ctx, h.Nora, cast.Question())
	h.blames(err, "physician_id")
	in := cast.Question()
	in.PhysicianID = h.OkaforID
	h.Send(t, h.Nora, in)
	asked, _, err := h.Tickets.Consultations(h.ctx, h.Okafor, nil, 0)
	h.must(err)
	if len(asked) != 1 || asked[0].AskedBy != h.Nora.Name || asked[0].ByMe || asked[0].Physician != "Dr Okafor" {
		t.Errorf("%+v", asked)
	}
	asking, err := h.Tickets.Asking(h.ctx, h.Nora)
	h.must(err)
	if len(asking.For) != 2 || !asking.Hears || asking.Self {
		t.Errorf("%+v", asking)
	}
}

func TestWhatWasTypedGoesNoFurtherThanItsTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	secret := func(n int) string { return fmt.Sprintf("canary%d", n) }
	in := cast.Question()
	in.Question, in.NextStep, in.Windows = secret(1), secret(2), secret(3)
	in.Phone = "614 555 0134"
	number := h.Send(t, h.Imani, in)
	h.must(h.Tickets.Transfer(h.ctx, h.Elena, number, h.Rosa.ID, secret(4), 0))
	h.must(h.Tickets.Reply(h.ctx, h.Rosa, number, words(secret(5))))
	h.must(h.Tickets.Note(h.ctx, h.Rosa, number, words(secret(6))))
	h.must(h.Tickets.SetUrgency(h.ctx, h.Rosa, number, ticket.Critical, secret(7), 0))
	h.must(h.Tickets.SetTitle(h.ctx, h.Rosa, number, secret(8)))
	h.must(h.Tickets.Wait(h.ctx, h.Rosa, number, words(secret(9))))
	h.must(h.Tickets.Answer(h.ctx, h.Imani, number, words(secret(10))))
	h.must(h.Tickets.Transfer(h.ctx, h.Elena, number, h.Grace.ID, secret(11), 0))
	h.must(h.Tickets.Release(h.ctx, h.Grace, number, secret(12), 0))
	h.must(h.Tickets.Claim(h.ctx, h.Rosa, number, 0))
	h.must(h.Tickets.Resolve(h.ctx, h.Rosa, number, ticket.Resolution{Outcome: "advice_given", Answer: words(secret(13))}))
	h.must(h.Tickets.Reopen(h.ctx, h.Rosa, number, secret(14), 0))
	h.must(h.Tickets.KeepDraft(h.ctx, h.Imani, ticket.Draft{ID: uuid.NewString(), Kind: "request", Fields: map[string]string{"question": secret(15)}}))
	h.Later(48 * time.Hour)
	_, err := h.Tickets.FindDue(h.ctx)
	h.must(err)
	h.keepPromises()
	for _, table := range []string{"record", "outbox", "letters", "record_heads", "ticket_views", "resolutions", "pauses", "targets"} {
		if n := read[int](h, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%canary%' OR x::text LIKE '%5550134%'`); n != 0 {
			t.Errorf("%d rows of %s hold what was typed", n, table)
		}
	}
	if missing := read[int](h, `SELECT (SELECT count(*) FROM notes WHERE body LIKE 'canary%') + (SELECT count(*) FROM messages WHERE body LIKE 'canary%')`); missing != 7 {
		t.Errorf("%d of the words are kept", missing)
	}
	h.whole()
}

var uuidLike = regexp.MustCompile(`^[0-9a-f-]{36}$`)

func TestADraftIsTheWritersAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := uuid.NewString()
	keep := func(by actor.Actor, d ticket.Draft) error { return h.Tickets.KeepDraft(h.ctx, by, d) }
	d := ticket.Draft{ID: id, Kind: "request", Fields: map[string]string{"question": "May I"}}
	h.must(keep(h.Imani, d))
	d.Fields["question"] = "May I stop"
	h.must(keep(h.Imani, d))
	got, err := h.Tickets.Draft(h.ctx, h.Imani, id)
	h.must(err)
	if got.Fields["question"] != "May I stop" || got.Kind != "request" || !uuidLike.MatchString(got.ID) {
		t.Errorf("%+v", got)
	}
	for _, by := range []actor.Actor{h.Okafor, h.Nora, h.Rosa, h.Elena, h.Wendell} {
		_, err := h.Tickets.Draft(h.ctx, by, id)
		h.is(err, fault.NotFound)
		h.must(h.Tickets.DropDraft(h.ctx, by, id))
	}
	// The same id in another's hands is another draft.
	h.must(keep(h.Okafor, ticket.Draft{ID: id, Kind: "request", Fields: map[string]string{"question": "Mine"}}))
	h.is(keep(h.Imani, ticket.Draft{ID: uuid.NewString(), Kind: "note"}), fault.NotFound)
	h.is(keep(h.Tomas, ticket.Draft{ID: uuid.NewString(), Kind: "note"}), fault.NotFound)
	h.is(keep(h.Imani, ticket.Draft{ID: "x", Kind: "request"}), fault.NotFound)
	h.blames(keep(h.Imani, ticket.Draft{ID: id, Kind: "request", Fields: map[string]string{"question": strings.Repeat("x", ticket.Longest+1)}}), "question")
	mine, err := h.Tickets.Drafts(h.ctx, h.Imani, "request")
	h.must(err)
	if len(mine) != 1 || mine[0].Fields["question"] != "May I stop" {
		t.Errorf("%+v", mine)
	}
	// Sent, it is gone; left alone, after two weeks.
	in := cast.Question()
	in.Key = id
	h.Send(t, h.Imani, in)
	_, err = h.Tickets.Draft(h.ctx, h.Imani, id)
	h.is(err, fault.NotFound)
	h.Later(14*24*time.Hour - time.Minute)
	h.must(h.Tickets.PruneDrafts(h.ctx))
	_, err = h.Tickets.Draft(h.ctx, h.Okafor, id)
	h.must(err)
	h.Later(2 * time.Minute)
	h.must(h.Tickets.PruneDrafts(h.ctx))
	_, err = h.Tickets.Draft(h.ctx, h.Okafor, id)
	h.is(err, fault.NotFound)
}
