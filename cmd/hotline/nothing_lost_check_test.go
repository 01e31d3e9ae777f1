package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/audit"
)

// verify is what must be so afterwards, whatever happened.
func (o *ordeal) verify(asked []onceAsked) {
	o.oneTicketAKey(asked)
	o.none("a ticket that is not its one owner's", `SELECT t.number FROM tickets t WHERE t.status <> 'assigned' OR t.assignee_id IS NULL
		OR 1 <> (SELECT count(*) FROM assignments a WHERE a.ticket_id = t.id AND a.until_at IS NULL)
		OR t.assignee_id <> (SELECT a.user_id FROM assignments a WHERE a.ticket_id = t.id AND a.until_at IS NULL)`)
	o.none("a ticket without its one running promise", `SELECT t.number FROM tickets t WHERE 1 <> (SELECT count(*) FROM targets g
		WHERE g.ticket_id = t.id AND g.kind <> 'resolution' AND g.met_at IS NULL AND g.ended_at IS NULL)`)
	o.none("a step without its one entry", `SELECT t.number, s.* FROM tickets t, LATERAL (SELECT
			count(*) FILTER (WHERE action = 'ticket.opened') AS opened,
			count(*) FILTER (WHERE action = 'ticket.assigned') AS assigned, count(*) FILTER (WHERE action = 'ticket.released') AS released
			FROM record r WHERE r.kind = 'ticket' AND r.subject_id = t.id) s,
		LATERAL (SELECT count(*) AS spans, count(*) FILTER (WHERE gave_back) AS back FROM assignments a WHERE a.ticket_id = t.id) a
		WHERE s.opened <> 1 OR s.assigned <> a.spans OR s.released <> a.back`)
	o.none("a job that was promised and is not done", `SELECT id, kind FROM outbox WHERE done_at IS NULL AND run_at <= now()`)
	if n := o.setAside(); n > 0 {
		o.Errorf("%d tasks were set aside for a person", n)
	}
	o.rightTimes(asked)
	o.oneLetterAFact()
	o.neverAboveCap()
	o.wholeRecord()
}

// none fails unless a query for what may not be finds nothing.
func (o *ordeal) none(what, query string, args ...any) {
	o.Helper()
	rows, err := o.admin.Query(o.ctx, query, args...)
	o.must(err)
	found, err := pgx.CollectRows(rows, pgx.RowToMap)
	o.must(err)
	if len(found) > 0 {
		o.Errorf("%s: %d, such as %v", what, len(found), found[:min(5, len(found))])
	}
}

// oneTicketAKey: each form that was sent is one ticket, the one that was answered
// with, and there is no other.
func (o *ordeal) oneTicketAKey(asked []onceAsked) {
	rows, err := o.admin.Query(o.ctx, `SELECT t.client_key::text, t.number FROM tickets t`)
	o.must(err)
	tickets := map[string][]string{}
	var key, number string
	_, err = pgx.ForEachRow(rows, []any{&key, &number}, func() error {
		tickets[key] = append(tickets[key], number)
		return nil
	})
	o.must(err)
	for _, q := range asked {
		if got := tickets[q.key]; len(got) != 1 || got[0] != q.number {
			o.Errorf("the key %s was answered with %s, and its tickets are %v", q.key, q.number, got)
		}
		delete(tickets, q.key)
	}
	for key, numbers := range tickets {
		o.Errorf("nobody asked for %v, of the key %s", numbers, key)
	}
}

// rightTimes: three clocks that were a minute apart wrote the same time.
func (o *ordeal) rightTimes(asked []onceAsked) {
	const give = 2 * time.Second // what measuring against a busy database may be off by
	at := map[string]time.Time{}
	rows, err := o.admin.Query(o.ctx, `SELECT number, opened_at FROM tickets`)
	o.must(err)
	var number string
	var opened time.Time
	_, err = pgx.ForEachRow(rows, []any{&number, &opened}, func() error { at[number] = opened; return nil })
	o.must(err)
	for _, q := range asked {
		if t := at[q.number]; t.Before(q.began.Add(-give)) || t.After(q.heard.Add(give)) {
			o.Errorf("%s was asked from %s to %s, and opened at %s", q.number, q.began, q.heard, t)
		}
	}
	o.none("something given before it was there, or after now", `SELECT a.id, t.number, t.opened_at, a.from_at FROM assignments a JOIN tickets t ON t.id = a.ticket_id
		WHERE a.from_at < t.opened_at - $1::interval OR a.from_at > now() + $1::interval OR a.until_at < a.from_at - $1::interval`, give)
	o.none("an entry that is not of its time", `SELECT id, action, at, recorded_at FROM record WHERE abs(extract(epoch FROM at - recorded_at)) > 30`)
}

// oneLetterAFact: each ticket is acknowledged by one letter, each assignment announced
// by one; each was taken by the mail server under the one Message-ID it has. The same
// one was taken twice only where the worker that sent it first died there and then.
func (o *ordeal) oneLetterAFact() {
	o.none("a ticket without its one acknowledgement, sent", `SELECT t.number FROM tickets t WHERE 1 <> (SELECT count(*) FROM letters l
		WHERE l.kind = 'acknowledgement' AND l.subject_id = t.id AND l.recipient_id = t.opened_by AND l.sent_at IS NOT NULL)`)
	o.none("an assignment without its one letter, sent", `SELECT a.id FROM assignments a WHERE 1 <> (SELECT count(*) FROM letters l
		WHERE l.kind = 'assigned' AND l.subject_id = a.ticket_id AND l.recipient_id = a.user_id AND l.occasion = a.id AND l.sent_at IS NOT NULL)`)
	host, err := url.Parse(o.line.url())
	o.must(err)
	rows, err := o.admin.Query(o.ctx, `SELECT l.id, u.email FROM letters l JOIN users u ON u.id = l.recipient_id`)
	o.must(err)
	letters := map[string]string{}
	var id int64
	var to string
	_, err = pgx.ForEachRow(rows, []any{&id, &to}, func() error {
		letters[fmt.Sprintf("<letter-%d.%s@%s>", id, o.installed, host.Hostname())] = to
		return nil
	})
	o.must(err)
	first, twice := map[string]taken{}, 0
	for _, got := range o.letter.taken {
		if letters[got.id] != got.to {
			o.Errorf("the mail server took %s for %s, and that letter is for %q", got.id, got.to, letters[got.id])
		}
		before, again := first[got.id]
		first[got.id] = got
		if !again {
			continue
		}
		twice++
		died := before.from.killed
		if died.IsZero() || died.After(before.at.Add(2*time.Second)) { // who is dead commits nothing
			o.Errorf("%s was taken at %s and again at %s, and the worker that sent it first did not die there (%v)", got.id,
				before.at.Format(time.TimeOnly), got.at.Format(time.TimeOnly), died)
		}
	}
	for id := range letters {
		if _, ok := first[id]; !ok {
			o.Errorf("the mail server never took %s", id)
		}
	}
	o.Logf("%d letters, of which %d were taken twice", len(letters), twice)
	if twice == 0 {
		o.Error("no worker died between the mail server's yes and its commit: this was no ordeal")
	}
}

// watchCaps makes the database note, at the commit of each assignment, a load above
// its cap. All of a desk's decisions wait for each other, so what it sees is what was.
func (o *ordeal) watchCaps() {
	p := o.policy
	_, err := o.admin.Exec(o.ctx, fmt.Sprintf(`
		CREATE TABLE ordeal_above (user_id bigint, load int, cap int, ticket_id bigint);
		CREATE FUNCTION ordeal_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
		BEGIN
			INSERT INTO ordeal_above SELECT c.user_id, h.load, c.cap, NEW.ticket_id FROM consultants c, LATERAL (
				SELECT sum(CASE t.urgency WHEN 'critical' THEN %d WHEN 'urgent' THEN %d ELSE %d END) AS load
				FROM tickets t WHERE t.assignee_id = c.user_id AND t.status IN ('assigned', 'with_physician')) h
			WHERE c.user_id = NEW.user_id AND h.load > c.cap;
			RETURN NULL;
		END $$;
		CREATE CONSTRAINT TRIGGER ordeal_watch AFTER INSERT ON assignments DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION ordeal_watch()`, p.Load("critical"), p.Load("urgent"), p.Load("routine")))
	o.must(err)
}

// agree is how far apart two processes' ideas of now may be, on a machine that is busy
// with killing them.
const agree = 100 * time.Millisecond

// neverAboveCap goes by the spans: at the beginning of each, what its holder then held
// was within their cap.
func (o *ordeal) neverAboveCap() {
	o.none("somebody above their cap at a commit", `SELECT * FROM ordeal_above`)
	type span struct {
		UserID, TicketID int64
		From             time.Time
		Until            *time.Time
		Urgency          string
		Cap              int
	}
	rows, err := o.admin.Query(o.ctx, `SELECT a.user_id, a.ticket_id, a.from_at, a.until_at, t.urgency, c.cap
		FROM assignments a JOIN tickets t ON t.id = a.ticket_id JOIN consultants c ON c.user_id = a.user_id ORDER BY a.from_at, a.id`)
	o.must(err)
	spans, err := pgx.CollectRows(rows, pgx.RowToStructByPos[span])
	o.must(err)
	most, full := map[int64]int{}, 0
	for _, s := range spans {
		load, over := 0, []time.Duration{}
		for _, other := range spans {
			if other.UserID == s.UserID && !other.From.After(s.From) && (other.Until == nil || other.Until.After(s.From.Add(agree))) {
				load += o.policy.Load(other.Urgency)
				if other.Until != nil {
					over = append(over, other.Until.Sub(s.From))
				}
			}
		}
		most[s.UserID] = max(most[s.UserID], load)
		if load == s.Cap {
			full++
		}
		if load > s.Cap {
			o.Errorf("consultant %d held %d at %s, above their cap of %d; some of it ended after %v", s.UserID, load, s.From.Format(time.RFC3339Nano), s.Cap, over)
		}
	}
	o.Logf("%d times somebody came to their cap; the highest loads were %v", full, slices.Sorted(maps.Values(most)))
	if full == 0 {
		o.Error("nobody ever came to their cap: this was no ordeal")
	}
}

// wholeRecord: the chains and seals hold, and the last seal, made when the workers
// stopped, holds all of it.
func (o *ordeal) wholeRecord() {
	report, err := audit.Verify(o.ctx, o.db, bytes.Repeat([]byte{7}, 32))
	o.must(err)
	if report.Problem != nil || !report.MACChecked || report.NewerThanLastSeal > 0 {
		o.Errorf("the record: %s", report)
	}
	o.Logf("the record: %s", strings.ReplaceAll(strings.TrimSpace(report.String()), "\n", "; "))
}

// tell says what the ordeal was.
func (o *ordeal) tell(asked []onceAsked) {
	clicks, tries := 0, 0
	for _, q := range asked {
		clicks, tries = clicks+q.clicks, tries+q.tries
	}
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(o.happened.n)) {
		lines = append(lines, fmt.Sprintf("%d × %s", o.happened.n[what], what))
	}
	o.Logf("%d questions, %d clicks, %d sent again, %d connections broken; %s", len(asked), clicks, tries, o.line.cuts, strings.Join(lines, ", "))
	o.Logf("all of it took %s", time.Since(o.began).Round(time.Millisecond))
}
