package guidance_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

// recalled is a house where three tickets cited an article that was then withdrawn, for
// the advice was wrong. The third is another desk's.
func recalled(t *testing.T) (h *house, numbers []string, id int64) {
	t.Helper()
	h = newHouse(t)
	h.publish(article("certificates"))
	h.publish(article("forms"))
	for _, slug := range []string{"certificates", "certificates", "forms"} {
		number, _ := h.ask(h.physician, "May I sign this certificate?")
		_, err := h.Cite(h.ctx, h.consultant, number, slug)
		h.must(err)
		numbers = append(numbers, number)
	}
	h.db.Freeze(h.db.Now().Add(26 * time.Hour))
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{Answered: true, Affected: true, Why: "They may have signed"}))
	all, err := h.Recalls(h.ctx, h.consultant)
	h.must(err)
	if len(all) != 1 {
		t.Fatalf("%d recalls", len(all))
	}
	return h, numbers, all[0].ID
}

func TestEveryTicketThatReliedOnItIsListed(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	r, err := h.Recall(h.ctx, h.consultant, id)
	h.must(err)
	if r.Total != 2 || r.Settled() != 0 || r.Hidden != 0 || len(r.Items) != 2 || r.Why != "They may have signed" || r.OpenedBy != "Grace Oduya" || !r.Withdrawn {
		t.Fatalf("reads %+v", r)
	}
	for _, item := range r.Items {
		if item.Number == numbers[2] || item.Physician != "Leila Imani" || item.CitedBy != "Rosa Delgado" || item.Version != 1 {
			t.Errorf("lists %+v", item)
		}
	}
	// Those who may not see the tickets know how many there are, and no more.
	r, err = h.Recall(h.ctx, h.elsewhere, id)
	h.must(err)
	if r.Total != 2 || r.Hidden != 2 || r.HiddenOpen != 2 || len(r.Items) != 0 {
		t.Errorf("another desk reads %+v", r)
	}
	for _, by := range []actor.Actor{h.physician, h.auditor, {}} {
		_, err := h.Recall(h.ctx, by, id)
		h.says(err, fault.NotFound)
		_, err = h.Recalls(h.ctx, by)
		h.says(err, fault.NotFound)
	}
	_, err = h.Recall(h.ctx, h.manager, id+1)
	h.says(err, fault.NotFound)
}

func TestWhereNobodyReliedOnItThereIsNothingToRecall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{Answered: true, Affected: true, Why: "They may have signed."}))
	if all, err := h.Recalls(h.ctx, h.manager); err != nil || len(all) != 0 {
		t.Errorf("%d recalls, %v", len(all), err)
	}
}

func TestARecallIsWorkedOffTicketByTicket(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	open := func(number string) int {
		var ticket int64
		h.must(h.db.Pool().QueryRow(h.ctx, "SELECT id FROM tickets WHERE number = $1", number).Scan(&ticket))
		list, err := h.UnderRecall(h.ctx, h.consultant, ticket)
		h.must(err)
		return len(list)
	}
	if open(numbers[0]) != 1 || open(numbers[2]) != 0 {
		t.Fatal("the tickets do not say so")
	}
	for name, in := range map[string]guidance.Settlement{
		"nothing":   {},
		"no reason": {How: guidance.NotNeeded, Why: "  "},
		"not a way": {How: "carried"},
		"tomorrow":  {How: guidance.Contacted, On: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)},
		"too early": {How: guidance.Contacted, On: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
		"too long":  {How: guidance.NotNeeded, Why: strings.Repeat("x", 401)},
	} {
		if err := h.Settle(h.ctx, h.consultant, id, numbers[0], in); err == nil {
			t.Errorf("%s is taken", name)
		} else {
			h.says(err, fault.Unacceptable)
		}
	}
	for _, by := range []actor.Actor{h.elsewhere, h.physician, h.auditor} {
		h.says(h.Settle(h.ctx, by, id, numbers[0], guidance.Settlement{How: guidance.Contacted}), fault.NotFound)
	}
	h.says(h.Settle(h.ctx, h.consultant, id, numbers[2], guidance.Settlement{How: guidance.Contacted}), fault.NotFound)

	h.db.Freeze(h.db.Now().Add(2 * time.Hour))
	h.must(h.Settle(h.ctx, h.consultant, id, numbers[0], guidance.Settlement{How: guidance.Contacted}))
	err := h.Settle(h.ctx, h.manager, id, numbers[0], guidance.Settlement{How: guidance.NotNeeded, Why: "She had not."})
	h.says(err, fault.Conflict)
	was, ok := errors.AsType[*guidance.SettledAlready](err)
	if !ok || was.By != "Rosa Delgado" || was.How != guidance.Contacted || was.On.Format(time.DateOnly) != "2026-11-20" || !was.At.Equal(h.db.Now()) {
		t.Errorf("says %+v", was)
	}
	h.must(h.Settle(h.ctx, h.manager, id, numbers[1], guidance.Settlement{How: guidance.NotNeeded, Why: "She had not signed"}))
	err = h.Settle(h.ctx, h.consultant, id, numbers[1], guidance.Settlement{How: guidance.Contacted})
	if was, ok := errors.AsType[*guidance.SettledAlready](err); !ok || was.Why != "She had not signed" || strings.Contains(err.Error()+fault.Sentence(err), "signed") {
		t.Errorf("says %+v", err)
	}
	h.must(h.EnterRecall(h.ctx, operator, id))
	h.must(h.EnterRecall(h.ctx, operator, id)) // it may run twice
	r, err := h.Recall(h.ctx, h.manager, id)
	h.must(err)
	if r.Open() != 0 || r.Contacted != 1 || r.NotNeeded != 1 || r.Median != 2*time.Hour || len(r.People) != 2 || r.LastAt == nil || open(numbers[0]) != 0 {
		t.Errorf("reads %+v", r)
	}
	if n := h.count("SELECT count(*) FROM record WHERE action IN ('ticket.recalled', 'ticket.recall_settled', 'article.recalled') AND detail::text NOT LIKE '%signed%'"); n != 5 {
		t.Errorf("%d entries", n)
	}
}

func TestOnlyOneOfTwoSettlesATicket(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range []actor.Actor{h.consultant, h.manager} {
		wait.Go(func() { errs[i] = h.Settle(h.ctx, by, id, numbers[0], guidance.Settlement{How: guidance.Contacted}) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v and %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			h.says(err, fault.Conflict)
		}
	}
}

func TestALaterRecallTakesOverWhatIsLeft(t *testing.T) {
	t.Parallel()
	h, numbers, first := recalled(t)
	h.must(h.Settle(h.ctx, h.consultant, first, numbers[0], guidance.Settlement{How: guidance.Contacted}))
	a := article("certificates")
	a.Title = "On certificates, anew"
	h.publish(a) // back on the shelf
	_, err := h.Cite(h.ctx, h.consultant, numbers[2], "certificates")
	h.must(err)
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "Wrong again.", guidance.Affects{Answered: true, Affected: true, Why: "As before."}))
	all, err := h.Recalls(h.ctx, h.manager)
	h.must(err)
	if len(all) != 2 || all[0].Open() != 3 || all[1].Open() != 0 || all[1].Carried != 1 || all[1].Contacted != 1 {
		t.Errorf("reads %+v", all)
	}
	err = h.Settle(h.ctx, h.manager, first, numbers[1], guidance.Settlement{How: guidance.Contacted})
	h.says(err, fault.Conflict)
}

func TestRestrictedTicketsAreLeftOutOfARecallsCounts(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	h.exec("UPDATE tickets SET restricted = true WHERE number = $1", numbers[0])
	for by, want := range map[*actor.Actor][4]int{&h.consultant: {1, 1, 0, 0}, &h.manager: {1, 1, 0, 1}, &h.elsewhere: {1, 0, 1, 0}} {
		r, err := h.Recall(h.ctx, *by, id)
		h.must(err)
		if got := [4]int{r.Total, r.Mine(), r.HiddenOpen, r.Restricted}; got != want {
			t.Errorf("%s reads %v, want %v", by.Role, got, want)
		}
	}
	h.must(h.Settle(h.ctx, h.consultant, id, numbers[1], guidance.Settlement{How: guidance.NotNeeded, Why: "She had not."}))
	r, err := h.Recall(h.ctx, h.consultant, id)
	h.must(err)
	if r.Open() != 0 || r.Mine() != 0 || len(r.People) != 1 {
		t.Errorf("with the rest settled reads %+v", r)
	}
	// Of restricted tickets alone: only managers know that there is one.
	h.exec("UPDATE tickets SET restricted = true")
	for _, by := range []actor.Actor{h.consultant, h.elsewhere} {
		all, err := h.Recalls(h.ctx, by)
		h.must(err)
		if len(all) != 0 {
			t.Errorf("reads %+v", all)
		}
		_, err = h.Recall(h.ctx, by, id)
		h.says(err, fault.NotFound)
	}
	all, err := h.Recalls(h.ctx, h.manager)
	h.must(err)
	if len(all) != 1 || all[0].Restricted != 2 || all[0].Total != 0 || all[0].LastAt != nil || all[0].Median != 0 {
		t.Errorf("a manager reads %+v", all)
	}
	r, err = h.Recall(h.ctx, h.manager, id)
	h.must(err)
	if len(r.People) != 0 || len(r.Items) != 0 {
		t.Errorf("a manager reads %+v", r)
	}
}

func TestARecallIsEnteredSomeHundredTicketsAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	number, _ := h.ask(h.physician, "May I sign this certificate?")
	_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	h.exec(`DO $$ DECLARE given text; BEGIN
		SELECT string_agg(quote_ident(column_name), ', ') INTO given FROM information_schema.columns WHERE table_name = 'tickets' AND is_generated = 'NEVER';
		EXECUTE format('INSERT INTO tickets (%1$s) OVERRIDING SYSTEM VALUE SELECT %1$s FROM (
			SELECT (jsonb_populate_record(t, jsonb_build_object(''id'', t.id + n, ''number'', t.number || n, ''client_key'', gen_random_uuid()))).*
			FROM tickets t, generate_series(1, 700) n) more', given);
	END $$`)
	h.exec(`INSERT INTO citations (ticket_id, version_id, text_hash, cited_by, cited_at)
		SELECT t.id, c.version_id, c.text_hash, c.cited_by, c.cited_at FROM tickets t, citations c WHERE t.id <> c.ticket_id`)
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{Answered: true, Affected: true, Why: "They may have signed."}))
	all, err := h.Recalls(h.ctx, h.manager)
	h.must(err)
	if len(all) != 1 || all[0].Total != 701 {
		t.Fatalf("reads %+v", all)
	}
	entered := func() int { return h.count("SELECT count(*) FROM record WHERE action = 'ticket.recalled'") }
	promised := func() (ids []int64) {
		rows, err := h.db.Pool().Query(h.ctx, "SELECT id FROM outbox WHERE kind = 'guidance:recall' AND done_at IS NULL")
		h.must(err)
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		h.must(err)
		return ids
	}
	for i, want := range []int{500, 701} {
		ids := promised()
		if len(ids) != 1 {
			t.Fatalf("%d promises before round %d", len(ids), i)
		}
		for range 2 { // a promise is kept once
			h.must(h.EnterRecall(h.ctx, actor.Job("guidance:recall", ids[0]), all[0].ID))
		}
		if n := entered(); n != want {
			t.Fatalf("%d tickets say so after round %d, want %d", n, i, want)
		}
	}
	if n := len(promised()); n != 0 {
		t.Errorf("%d promises are left", n)
	}
	h.says(h.EnterRecall(h.ctx, h.manager, all[0].ID), fault.Forbidden)
}

// Whoever settles a ticket holds it and then its item; a later recall may not hold the
// item while it waits for the ticket.
func TestALaterRecallWaitsForWhoeverSettlesAndNeverTheOtherWayRound(t *testing.T) {
	t.Parallel()
	h, numbers, id := recalled(t)
	a := article("certificates")
	a.Title = "On certificates, anew"
	h.publish(a)
	settling := h.owner()
	_, err := settling.Exec(h.ctx, "BEGIN; SET LOCAL lock_timeout = '500ms'")
	h.must(err)
	_, err = settling.Exec(h.ctx, "SELECT FROM tickets WHERE number = $1 FOR UPDATE", numbers[1])
	h.must(err)
	done := make(chan error, 1)
	go func() {
		done <- h.Withdraw(h.ctx, h.manager, "certificates", "Wrong again.", guidance.Affects{Answered: true, Affected: true, Why: "As before."})
	}()
	for deadline := time.Now().Add(10 * time.Second); ; {
		var waits bool
		h.must(settling.QueryRow(h.ctx, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))").Scan(&waits))
		if waits {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the recall does not wait for the ticket")
		}
	}
	_, err = settling.Exec(h.ctx, "SELECT FROM recall_items WHERE recall_id = $1 FOR UPDATE", id)
	h.must(err)
	_, err = settling.Exec(h.ctx, "COMMIT")
	h.must(err)
	h.must(<-done)
	if n := h.count("SELECT count(*) FROM recall_items WHERE how = 'carried'"); n != 2 {
		t.Errorf("%d went over to the later one", n)
	}
}

func TestACitationSaysThatItsArticleWasWithdrawn(t *testing.T) {
	t.Parallel()
	h, numbers, _ := recalled(t)
	for _, by := range []actor.Actor{h.physician, h.consultant} {
		list, err := h.CitedOn(h.ctx, by, numbers[0])
		h.must(err)
		if len(list) != 1 || list[0].Withdrawn == nil || list[0].Newer || list[0].Readable != by.Staff() {
			t.Errorf("%s reads %+v", by.Role, list)
		}
	}
}
