package ticket_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/database/dbtest/cast"
	"hotline/app/ticket"
)

// statements counts what f asks of the database: outside a transaction each
// statement takes a connection of its own.
func (h *house) statements(f func()) int {
	before := h.DB.Pool().Stat().AcquireCount()
	f()
	return int(h.DB.Pool().Stat().AcquireCount() - before)
}

func TestAListIsOneStatementHoweverLong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 4 {
		h.held()
		h.Ask(t, h.Imani)
	}
	for _, view := range ticket.Views {
		if n := h.statements(func() {
			_, err := h.Tickets.List(h.ctx, h.Rosa, ticket.Query{View: view})
			h.must(err)
		}); n != 1 {
			t.Errorf("%s took %d", view, n)
		}
	}
	if n := h.statements(func() {
		_, err := h.Tickets.Counts(h.ctx, h.Elena, h.Desk)
		h.must(err)
	}); n != 1 {
		t.Errorf("the counts took %d", n)
	}
	if n := h.statements(func() {
		_, _, err := h.Tickets.Consultations(h.ctx, h.Imani, nil, 0)
		h.must(err)
	}); n != 2 {
		t.Errorf("the consultations took %d", n)
	}
	if n := h.statements(func() {
		_, err := h.Tickets.Search(h.ctx, h.Rosa, "patient", 20)
		h.must(err)
	}); n != 1 {
		t.Errorf("the search took %d", n)
	}
}

func TestAListIsTurnedPageByPageAndBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var asked []string
	for i := range 7 {
		asked = append(asked, h.Ask(t, h.Imani))
		if i%2 == 0 { // some share an instant
			h.Later(time.Minute)
		}
	}
	resolved := slices.Clone(asked)
	for _, view := range []ticket.View{ticket.Waiting, ticket.Lately} {
		want := asked
		if view == ticket.Lately {
			for i, n := range asked {
				h.must(h.Tickets.Resolve(h.ctx, h.Elena, n, ticket.Resolution{Outcome: "withdrawn"}))
				if i%3 == 0 {
					h.Later(time.Minute)
				}
			}
			slices.Reverse(resolved)
			want = resolved
		}
		var got []string
		var pages []ticket.Page
		q := ticket.Query{View: view, Limit: 3}
		for {
			p, err := h.Tickets.List(h.ctx, h.Rosa, q)
			h.must(err)
			pages = append(pages, p)
			got = append(got, numbersOf(p.Lines)...)
			if !p.More {
				break
			}
			key := p.Lines[len(p.Lines)-1].Key(view)
			q.After = &key
		}
		if !slices.Equal(got, want) || len(pages) != 3 || pages[0].Fewer || !pages[1].Fewer || !pages[2].Fewer {
			t.Errorf("%s: %v in %d pages, want %v", view, got, len(pages), want)
		}
		key := pages[2].Lines[0].Key(view)
		p, err := h.Tickets.List(h.ctx, h.Rosa, ticket.Query{View: view, Limit: 3, Before: &key})
		h.must(err)
		if !slices.Equal(numbersOf(p.Lines), numbersOf(pages[1].Lines)) || !p.More || !p.Fewer {
			t.Errorf("%s back: %v", view, numbersOf(p.Lines))
		}
	}
	asks, more, err := h.Tickets.Consultations(h.ctx, h.Imani, nil, 5)
	h.must(err)
	rest, none, err := h.Tickets.Consultations(h.ctx, h.Imani, &ticket.Key{At: asks[4].OpenedAt, ID: asks[4].ID}, 5)
	h.must(err)
	if len(asks) != 5 || !more || len(rest) != 2 || none || asks[0].Number != asked[6] || rest[1].Number != asked[0] {
		t.Errorf("%v %v %v %v", asks, more, rest, none)
	}
}

func TestTheViewsHoldWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	loose, held, waits, done := h.Ask(t, h.Okafor), h.held(), h.waiting(), h.resolved()
	theirs := h.Ask(t, h.Imani)
	h.must(h.Tickets.Claim(h.ctx, h.Grace, theirs, 0))
	check := func(want map[ticket.View][]string) {
		t.Helper()
		standing, err := h.Tickets.Counts(h.ctx, h.Rosa, h.Desk)
		h.must(err)
		for _, view := range ticket.Views {
			page, err := h.Tickets.List(h.ctx, h.Rosa, ticket.Query{View: view})
			h.must(err)
			got := numbersOf(page.Lines)
			slices.Sort(got)
			slices.Sort(want[view])
			if !slices.Equal(got, want[view]) {
				t.Errorf("%s holds %v, want %v", view, got, want[view])
			}
			if view != ticket.Lately && standing.Counts[view] != len(got) {
				t.Errorf("%s counts %d", view, standing.Counts[view])
			}
		}
		if !standing.Engaged || standing.Cap != cast.Cap || standing.Held != 2 || standing.DutyUntil != nil {
			t.Errorf("%+v", standing)
		}
	}
	want := map[ticket.View][]string{ticket.Mine: {held}, ticket.Waiting: {loose}, ticket.Team: {loose, held, waits, theirs},
		ticket.OnPhysician: {waits}, ticket.Lately: {done}}
	check(want)
	h.Later(48 * time.Hour)
	want[ticket.Overdue] = []string{loose, held, theirs}
	check(want)
	page, err := h.Tickets.List(h.ctx, h.Rosa, ticket.Query{View: ticket.OnPhysician})
	h.must(err)
	if line := page.Lines[0]; line.WaitsSince == nil || !line.WaitsSince.Equal(cast.Morning) || line.Caller != "Dr Imani" || line.Holder != h.Rosa.Name {
		t.Errorf("%+v", line)
	}
	// Until somebody has looked, an answer is new.
	asks, _, err := h.Tickets.Consultations(h.ctx, h.Imani, nil, 0)
	h.must(err)
	unread := 0
	for _, a := range asks {
		if a.Unread {
			unread++
		}
	}
	if unread != 2 {
		t.Errorf("%d unread", unread)
	}
	_, err = h.Tickets.Consultation(h.ctx, h.Imani, done)
	h.must(err)
	asks, _, err = h.Tickets.Consultations(h.ctx, h.Imani, nil, 0)
	h.must(err)
	if i := slices.IndexFunc(asks, func(a ticket.Asked) bool { return a.Number == done }); asks[i].Unread {
		t.Error("it was read, and is still new")
	}
}

func TestATicketIsFoundByItsWordsPhoneAndPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := cast.Question()
	in.Question = "A teenager’s vaccination: may the mother refuse? She said “never again”."
	n := h.Send(t, h.Imani, in)
	other := h.Ask(t, h.Okafor)
	_, err := h.Insured.AddPhone(h.ctx, cast.Operator, phone(h.ImaniID, "(614) 555-0134"))
	h.must(err)
	for typed, want := range map[string][]string{
		"vaccinations": {n}, "refusing mother": {n}, "VACCINATION -mother": nil, `"mother refuse"`: {n}, `"refuse mother"`: nil, "614 555 0134": {n}, "+1 (614) 555-0134": {n},
		"RM-100": {n}, "rm 100": {n}, "rm200": {other}, "patient or vaccination": {other, n}, "": nil, "'; DROP": nil, "?": nil, "@name": nil, `"`: nil, "---": nil,
	} {
		lines, err := h.Tickets.Search(h.ctx, h.Rosa, typed, 10)
		h.must(err)
		if got := numbersOf(lines); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
		}
	}
	if _, err := h.Tickets.Search(h.ctx, h.Imani, "vaccination", 10); err == nil {
		t.Error("a physician searches the desk's tickets")
	}
}

// fifty is fifty thousand tickets as they lie about on a desk, three quarters resolved.
const fifty = `
SET session_replication_role = replica;
INSERT INTO users (email, name, role, made_at) SELECT 'c' || i || '@example.org', 'Consultant ' || i, 'consultant', now() FROM generate_series(1, 400) i;
INSERT INTO physicians (given_name, family_name, state) SELECT 'Given', 'Family' || i, 'OH' FROM generate_series(1, 2000) i;
INSERT INTO tickets (number, desk_id, channel, client_key, physician_id, opened_by, topic, urgency, question, status, assignee_id, opened_at, resolved_at, next_due_at, due_kind, caller_phone_e164)
SELECT 'RM-2025-' || lpad((1000000 + i)::text, 7, '0'), CASE WHEN i % 3 = 0 THEN d.other ELSE d.desk END, 'online', gen_random_uuid(),
	(SELECT min(id) FROM physicians) + i % 2000, u.first, 'discharge', 'routine', 'May I stop seeing patient ' || i, s.status,
	CASE WHEN s.status = 'unassigned' THEN NULL ELSE u.first + i % 397 END, timestamptz '2026-11-19' - i * interval '10 minutes',
	CASE WHEN s.status = 'resolved' THEN timestamptz '2026-11-19' - i * interval '9 minutes' END, timestamptz '2026-11-20' - i * interval '5 minutes', 'target', ''
FROM generate_series(1, 50000) i, (SELECT min(id) AS desk, max(id) AS other FROM desks) d, (SELECT min(id) AS first FROM users WHERE name LIKE 'Consultant %') u,
	LATERAL (SELECT CASE WHEN i % 100 < 75 THEN 'resolved' WHEN i % 100 < 80 THEN 'unassigned' WHEN i % 100 < 90 THEN 'with_physician' ELSE 'assigned' END AS status) s;
INSERT INTO messages (ticket_id, author_id, from_insured, body, client_key, sent_at) SELECT id, opened_by, false, 'Yes.', gen_random_uuid(), opened_at FROM tickets;
INSERT INTO targets (ticket_id, kind, urgency, minutes, started_at, due_at, met_at) SELECT id, 'first_answer', 'routine', 600, opened_at, next_due_at,
	CASE WHEN status <> 'unassigned' THEN opened_at END FROM tickets;
INSERT INTO assignments (ticket_id, user_id, from_at, how) SELECT id, assignee_id, opened_at, 'router' FROM tickets WHERE assignee_id IS NOT NULL;
INSERT INTO policies (number, effective_on, expires_on) SELECT 'P-' || i, '2026-01-01', '2027-01-01' FROM generate_series(1, 5000) i;
INSERT INTO phones (physician_id, typed, e164) SELECT id, '', '+1614' || (5550000 + id) FROM physicians;
ANALYZE`

// fromIndex is a page taken in order from an index, nothing sorted.
var fromIndex = regexp.MustCompile(`Limit [^\n]*\n(?:\s*->  Result [^\n]*\n\s*One-Time Filter: [^\n]*\n)?\s*->  Index Scan(?: Backward)? using (\w+) on tickets t`)

func TestEachViewStandsOnItsOwnIndex(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.owner().Exec(fifty)
	h.must(err)
	for view, index := range map[ticket.View]string{ticket.Mine: "tickets_mine", ticket.Waiting: "tickets_unassigned", ticket.Team: "tickets_team",
		ticket.Overdue: "tickets_due", ticket.OnPhysician: "tickets_with_physician", ticket.Lately: "tickets_resolved_lately"} {
		for _, desks := range [][]int64{{h.Desk}, {h.Desk, h.OtherDesk}} {
			by := h.Elena
			by.Desks = desks
			at := ticket.Key{At: h.DB.Now(), ID: 1}
			for _, q := range []ticket.Query{{}, {After: &at}, {Before: &at}} {
				q.View, q.Desk = view, h.Desk
				for _, plan := range h.plans(func() {
					_, err := h.Tickets.List(h.ctx, by, q)
					h.must(err)
				}) {
					m := fromIndex.FindStringSubmatch(plan)
					inOrder := m != nil && m[1] == index || view == ticket.Mine && strings.Contains(plan, index) // a handful may be sorted
					if !inOrder || strings.Contains(plan, "Seq Scan on tickets") {
						t.Errorf("%s of %d desks:\n%s", view, len(desks), plan)
					}
				}
			}
		}
	}
	for name, f := range map[string]func(){
		"the counts":            func() { _, err = h.Tickets.Counts(h.ctx, h.Elena, h.Desk) },
		"what a physician sees": func() { _, _, err = h.Tickets.Consultations(h.ctx, h.Imani, nil, 0) },
		"what a delegate sees":  func() { _, _, err = h.Tickets.Consultations(h.ctx, h.Nora, nil, 0) },
		"earlier ones":          func() { _, err = h.Tickets.Earlier(h.ctx, h.Rosa, h.ImaniID, 5) },
		"a search":              func() { _, err = h.Tickets.Search(h.ctx, h.Rosa, "RM-100", 20) },
		"a number":              func() { _, err = h.Tickets.Jump(h.ctx, h.Rosa, "1000007") },
		"a sheet":               func() { _, err = h.Tickets.Show(h.ctx, h.Elena, "RM-2025-1000007") },
		"a sweep":               func() { err = h.Tickets.Sweep(h.ctx, actor.Job("desk:sweep", 0), h.Desk) },
		"the overdue":           func() { _, err = h.Tickets.FindDue(h.ctx) },
		"colleagues":            func() { _, err = h.Tickets.Colleagues(h.ctx, h.Elena, h.Desk) },
	} {
		for _, plan := range h.plans(func() { f(); h.must(err) }) {
			if table := regexp.MustCompile(`Seq Scan on (tickets|targets|messages|assignments|policies|phones)\b`).FindString(plan); table != "" {
				t.Errorf("%s: %s\n%s", name, table, plan)
			}
		}
	}
}

// plans are the plans, whatever the arguments, of the statements that f leaves
// prepared on a connection of its own.
func (h *house) plans(f func()) (plans []string) {
	h.t.Helper()
	for _, c := range h.DB.Pool().AcquireAllIdle(h.ctx) {
		_ = c.Conn().Close(h.ctx)
		c.Release()
	}
	f()
	for _, c := range h.DB.Pool().AcquireAllIdle(h.ctx) {
		_, err := c.Exec(h.ctx, "SET plan_cache_mode = force_generic_plan")
		h.must(err)
		lines := func(sql string) (all []string) {
			rows, err := c.Query(h.ctx, sql)
			h.must(err)
			defer rows.Close()
			for rows.Next() {
				var line string
				h.must(rows.Scan(&line))
				all = append(all, line)
			}
			h.must(rows.Err())
			return all
		}
		for _, call := range lines(`SELECT name || '(' || repeat('NULL,', cardinality(parameter_types) - 1) || 'NULL)'
			FROM pg_prepared_statements WHERE statement ~ '(tickets|targets) ' AND statement NOT LIKE '%pg_prepared_statements%' AND cardinality(parameter_types) > 0`) {
			plans = append(plans, strings.Join(lines("EXPLAIN EXECUTE "+call), "\n"))
		}
		_ = c.Conn().Close(h.ctx)
		c.Release()
	}
	if len(plans) == 0 {
		h.t.Fatal("nothing was prepared")
	}
	return plans
}
