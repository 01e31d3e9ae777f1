package report

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// autumn is a past with something of everything, up to Thursday 19 November 2026, 2:40 PM.
func autumn(h *house) {
	h.at("2026-10-05 09:00") // a Monday
	old := h.claimed(h.rosa, "discharge")
	h.at("2026-10-05 11:30")
	h.reply(h.rosa, old) // two and a half business hours
	h.at("2026-10-06 09:00")
	h.resolve(h.rosa, old)
	h.at("2026-10-30 16:00") // a Friday; the clocks go back on Sunday
	overnight := h.claimed(h.daniel, "online_reviews")
	h.at("2026-11-02 09:00")
	h.reply(h.daniel, overnight) // three business hours
	h.wait(h.daniel, overnight)
	h.at("2026-11-03 10:00")
	h.must(h.tickets.Reopen(h.ctx, h.rosa, old, "she asks again", 0)) // nobody is at work: unassigned
	h.at("2026-11-04 10:00")
	h.claim(h.daniel, old)
	h.resolve(h.daniel, old)
	moved := h.claimed(h.rosa, "discharge")
	h.at("2026-11-05 10:00")
	h.must(h.tickets.Transfer(h.ctx, h.rosa, moved, h.daniel.ID, "knows her", 0))
	h.at("2026-11-09 10:00")
	h.logged("discharge")
	h.asked("online_reviews", "11/12/2026")
	h.at("2026-11-16 10:00")
	h.answer(overnight) // Daniel is not at work: it goes back to the router
	h.at("2026-11-18 10:00")
	h.wait(h.daniel, moved)
	again := h.logged("online_reviews")
	h.at("2026-11-18 15:00")
	h.must(h.tickets.Reopen(h.ctx, h.manager, again, "resolved too soon", 0))
	h.claim(h.rosa, again)
	h.resolve(h.rosa, again)
	h.at("2026-11-19 14:40")
}

func TestEachMeasureIsTheSameInTheCountTheListAndTheDownload(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	for _, days := range [][2]string{{"", ""}, {"2026-10-26", "2026-11-03"}, {"2026-11-04", "2026-11-05"}} {
		c := h.report(days[0], days[1])
		for _, m := range Measures {
			all := h.behind(Selection{Query: c.Query, Measure: m})
			distinct := map[string]bool{}
			people, topics := 0, 0
			check := func(what string, n int, in Selection) {
				in.Query.From, in.Query.To, in.Query.AsOf, in.Measure = c.Query.From, c.Query.To, c.Query.AsOf, m
				listed := h.behind(in)
				sheet := h.sheet(in)
				last := sheet[len(sheet)-1]
				if n != len(listed) || n != len(sheet)-2 || !reflect.DeepEqual(last, []string{"rows", fmt.Sprint(n)}) {
					t.Errorf("%v %s of %s: the report says %d, the list %d, the download %d and %v", days, m, what, n, len(listed), len(sheet)-2, last)
				}
				for i, number := range listed {
					if sheet[i+1][0] != number {
						t.Errorf("%v %s of %s: the download has %s where the list has %s", days, m, what, sheet[i+1][0], number)
					}
				}
			}
			for _, l := range c.People {
				people += l.Counts[m]
				check(l.Name, l.Counts[m], Selection{Holder: l.Key})
			}
			for _, l := range c.Topics {
				topics += l.Counts[m]
				check(l.Name, l.Counts[m], Selection{Query: Query{Topic: l.Key}})
			}
			check("all", c.Total.Counts[m], Selection{})
			for _, number := range all {
				distinct[number] = true
			}
			if total := c.Total.Counts[m]; total != len(distinct) || total != people || total != topics {
				t.Errorf("%v %s: %d in all, %d tickets, %d by person, %d by topic", days, m, total, len(distinct), people, topics)
			}
		}
		if c.Total.Counts[Open] != c.Total.Counts[Ours]+c.Total.Counts[WithPhysician] {
			t.Errorf("%v: what is open is not what is ours and what waits on the physician", days)
		}
		aged := 0
		for _, age := range c.Ages {
			aged += age.Open()
			for m, n := range map[Measure]int{Open: age.Open(), Ours: age.Ours, WithPhysician: age.WithPhysician} {
				if listed := h.behind(Selection{Query: c.Query, Measure: m, Age: age.Key}); len(listed) != n {
					t.Errorf("%v: %d of age %s, %d listed", days, n, age.Key, len(listed))
				}
			}
		}
		if aged != c.Total.Counts[Open] {
			t.Errorf("%v: %d by age, %d open", days, aged, c.Total.Counts[Open])
		}
		for _, step := range c.Steps {
			part := Query{From: step.From.String(), To: step.To.String(), AsOf: c.Query.AsOf}
			opened, resolved := h.behind(Selection{Query: part, Measure: Opened}), h.behind(Selection{Query: part, Measure: Resolved})
			if len(opened) != step.Opened || len(resolved) != step.Resolved {
				t.Errorf("%s to %s: %d opened and %d resolved, %d and %d listed", part.From, part.To, step.Opened, step.Resolved, len(opened), len(resolved))
			}
		}
	}
}

func TestAReportThatEndsNowAgreesWithTheTicketsAsTheyStand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	c := h.report("", "")
	var rows []struct {
		Holder                       string
		Open, WithPhysician, Overdue int
	}
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT coalesce(assignee_id::text, 'none') AS holder, count(*) AS open, count(*) FILTER (WHERE status = 'with_physician') AS with_physician,
			count(*) FILTER (WHERE status IN ('unassigned', 'assigned') AND next_due_at < ?) AS overdue
			FROM tickets WHERE status <> 'resolved' GROUP BY 1`, h.db.Now()).Scan(&rows).Error
	}))
	if len(rows) < 2 {
		t.Fatalf("too little is open to compare: %v", rows)
	}
	for _, r := range rows {
		counts(t, r.Holder, line(t, c.People, r.Holder), map[Measure]int{Open: r.Open, WithPhysician: r.WithPhysician, Overdue: r.Overdue})
	}
}

func TestAPastPeriodSaysWhatWasSoThen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	before := h.report("2026-10-26", "2026-11-05") // up to midnight before the transfer
	counts(t, "Rosa then", line(t, before.People, key(h.rosa)), map[Measure]int{Open: 1, Opened: 1, Resolved: 0, WithPhysician: 0, Overdue: 0})
	counts(t, "Daniel then", line(t, before.People, key(h.daniel)), map[Measure]int{Open: 1, Opened: 1, Resolved: 1, WithPhysician: 1, Overdue: 0})
	counts(t, "nobody then", line(t, before.People, Nobody), map[Measure]int{Open: 0, Opened: 0})
	after := h.report("2026-11-05", "2026-11-06")
	counts(t, "Rosa after the transfer", line(t, after.People, key(h.rosa)), map[Measure]int{Before: 1, Open: 0})
	counts(t, "Daniel after the transfer", line(t, after.People, key(h.daniel)), map[Measure]int{Before: 1, Open: 2, Overdue: 1, WithPhysician: 1})
	again := h.report("2026-11-03", "2026-11-04") // reopened, and held by nobody
	counts(t, "nobody after the reopening", line(t, again.People, Nobody), map[Measure]int{Open: 1, Before: 0})
	first := h.report("2026-10-05", "2026-10-12")
	counts(t, "the first week", first.Total, map[Measure]int{Before: 0, Opened: 1, Resolved: 1, Open: 0, Answered: 1})
	counts(t, "its first holder, not its last", line(t, first.People, key(h.rosa)), map[Measure]int{Opened: 1, Resolved: 1, Answered: 1})
	h.at("2026-12-24 12:00")
	if later := h.report("2026-10-26", "2026-11-05"); !reflect.DeepEqual(later.People, before.People) || !reflect.DeepEqual(later.Topics, before.Topics) {
		t.Errorf("a month later the same days read otherwise:\n%+v\n%+v", later.People, before.People)
	}
}

func TestATicketResolvedTwiceCountsOnceForWhoResolvedItLast(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	c := h.report("2026-10-01", "2026-11-19")
	if n := c.Total.Counts[Resolved]; n != 3 {
		t.Errorf("%d resolved, want three tickets", n)
	}
	counts(t, "Rosa", line(t, c.People, key(h.rosa)), map[Measure]int{Resolved: 2})
	counts(t, "Daniel, who resolved it last", line(t, c.People, key(h.daniel)), map[Measure]int{Resolved: 1})
}

func TestWaitingTimesAreTheCalendars(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	c := h.report("2026-10-01", "2026-11-19")
	rosa, daniel := line(t, c.People, key(h.rosa)).Answer, line(t, c.People, key(h.daniel)).Answer
	// Daniel's two: three hours over a weekend in which the clocks went back, and from
	// Wednesday the fourth at ten to Wednesday the eighteenth at ten, ten days of ten hours.
	if want := (Spread{N: 2, Median: 103 * time.Hour / 2, P90: 3*time.Hour + 97*time.Hour*9/10}); daniel != want {
		t.Errorf("Daniel: %+v, want %+v", daniel, want)
	}
	// Rosa's three: two and a half hours, and two calls answered at once.
	if want := (Spread{N: 3, Median: 0, P90: 2 * time.Hour}); rosa != want {
		t.Errorf("Rosa: %+v, want %+v", rosa, want)
	}
	for _, page := range []Selection{{Query: c.Query, Measure: Answered}} {
		list, err := h.Tickets(h.ctx, h.manager, page)
		h.must(err)
		sum := time.Duration(0)
		for _, ticket := range list.Lines {
			sum += h.calendar.Between(ticket.OpenedAt, *ticket.FirstAnsweredAt)
		}
		if want := 2*time.Hour + 30*time.Minute + 3*time.Hour + 100*time.Hour; sum != want {
			t.Errorf("the calendar adds up %v, want %v", sum, want)
		}
	}
}

func TestAgeIsWallTimeAcrossAChangeOfClocks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-10-31 12:00")
	h.claimed(h.rosa, "discharge")
	h.at("2026-11-01 12:00") // the clocks went back in the night
	c := h.report("2026-11-01", "2026-11-02")
	if age := c.Total.Age; age.N != 1 || age.Median != 25*time.Hour || age.P90 != 25*time.Hour {
		t.Errorf("%+v, want 25 hours", age)
	}
	if begin := c.Period.Begin.Format(time.RFC3339); begin != "2026-11-01T04:00:00Z" {
		t.Errorf("the day begins %s", begin)
	}
	h.at("2026-11-03 12:00")
	whole := h.report("2026-11-01", "2026-11-02")
	if day := whole.Period.At.Sub(whole.Period.Begin); day != 25*time.Hour {
		t.Errorf("that day lasted %v", day)
	}
	counts(t, "that day", whole.Total, map[Measure]int{Before: 1, Opened: 0, Open: 1})
}

func TestAPauseOverTheEndIsWithThePhysicianAndNotOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-02 09:00")
	number := h.claimed(h.rosa, "discharge")
	h.wait(h.rosa, number)
	h.at("2026-11-20 09:00")
	h.answer(number)
	h.at("2026-11-24 17:00")
	counts(t, "while it waits", h.report("2026-11-01", "2026-11-16").Total, map[Measure]int{Open: 1, WithPhysician: 1, Ours: 0, Overdue: 0})
	counts(t, "now", h.report("2026-11-01", "2026-12-01").Total, map[Measure]int{Open: 1, WithPhysician: 0, Ours: 1, Overdue: 1})
}

func TestTheCallersOwnClockMakesATicketOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-02 09:00")
	number := h.asked("discharge", "11/06/2026")
	h.claim(h.rosa, number)
	h.reply(h.rosa, number) // our promise is met; theirs runs on
	h.at("2026-11-10 09:00")
	counts(t, "before it", h.report("2026-11-02", "2026-11-06").Total, map[Measure]int{Open: 1, Overdue: 0})
	counts(t, "after it", h.report("2026-11-02", "2026-11-07").Total, map[Measure]int{Open: 1, Overdue: 1})
}

func TestARestrictedTicketIsLeftOutAndOnlyCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at("2026-11-02 09:00")
	shown, kept := h.claimed(h.rosa, "discharge"), h.claimed(h.rosa, "discharge")
	h.restrict(kept)
	c := h.report("", "")
	counts(t, "all", c.Total, map[Measure]int{Open: 1, Opened: 1})
	if c.Hidden != 1 {
		t.Errorf("%d more are restricted, want 1", c.Hidden)
	}
	list, err := h.Tickets(h.ctx, h.manager, Selection{Query: c.Query, Measure: Opened})
	h.must(err)
	if len(list.Lines) != 1 || list.Lines[0].Number != shown || list.Count != 1 || list.Hidden != 1 {
		t.Errorf("%+v", list)
	}
	if sheet := h.sheet(Selection{Query: c.Query, Measure: Open}); len(sheet) != 3 || sheet[1][0] != shown {
		t.Errorf("%v", sheet)
	}
	h.must(h.db.Write(h.ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO ticket_named (ticket_id, user_id) SELECT id, ? FROM tickets WHERE number = ?`, h.manager.ID, kept).Error
	}))
	if c := h.report("", ""); c.Total.Counts[Open] != 2 || c.Hidden != 0 {
		t.Errorf("named, a manager sees %d and %d are kept from them", c.Total.Counts[Open], c.Hidden)
	}
}

func TestAnEmptyDeskHasALineForEachConsultantAndNothingInIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.report("", "")
	if len(c.People) != 3 || len(c.Topics) != 10 || c.Hidden != 0 || c.Period.Days() != DaysByDefault || len(c.Steps) != 4 {
		t.Fatalf("%d people, %d topics, %d days, %d steps", len(c.People), len(c.Topics), c.Period.Days(), len(c.Steps))
	}
	for _, m := range Measures {
		if c.Total.Counts[m] != 0 {
			t.Errorf("%s: %d", m, c.Total.Counts[m])
		}
	}
	if c.Total.Age != (Spread{}) || c.Total.Answer != (Spread{}) {
		t.Errorf("%+v", c.Total)
	}
}

func TestOnlyAManagerAsksForAReport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, role := range append([]actor.Role{actor.System}, actor.Roles...) {
		by := actor.Actor{ID: h.rosa.ID, Role: role, Desks: []int64{h.desk}}
		_, err := h.Caseload(h.ctx, by, Query{})
		if _, list := h.Tickets(h.ctx, by, Selection{Measure: Open}); !errors.Is(list, err) {
			t.Errorf("%s: %v for the report, %v for a list", role, err, list)
		}
		if role == actor.Manager {
			h.must(err)
		} else if !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, err := h.Caseload(h.ctx, h.manager, Query{Desk: h.desk + 1}); !errors.Is(err, fault.NotFound) {
		t.Errorf("another's desk: %v", err)
	}
}

func TestDaysThatAreNoneAreSaidFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, bad := range []struct{ from, to, field string }{
		{"yesterday", "2026-11-01", "from"}, {"2026-02-30", "2026-03-05", "from"}, {"2026-08-01", "", "to"}, {"", "2026-09-01", "from"},
		{"2026-08-02", "2026-08-02", "to"}, {"2026-08-02", "2026-08-01", "to"}, {"2026-09-02", "2026-09-09", "from"}, {"0026-08-02", "2026-08-09", "from"},
	} {
		_, err := h.Caseload(h.ctx, h.manager, Query{From: bad.from, To: bad.to})
		fields, ok := errors.AsType[fault.Fields](err)
		if !ok || len(fields) != 1 || fields[0].Name != bad.field {
			t.Errorf("%q to %q: %v", bad.from, bad.to, err)
		}
	}
	for _, in := range []Query{{Topic: "weather"}, {Channel: "fax"}, {State: "ZZ"}} {
		if _, err := h.Caseload(h.ctx, h.manager, in); !errors.Is(err, fault.Unacceptable) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := h.Tickets(h.ctx, h.manager, Selection{Measure: "everything"}); !errors.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestTakingAListAwayIsRecordedBeforeItLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	autumn(h)
	h.sheet(Selection{Query: Query{Topic: "discharge"}, Measure: Opened, Holder: key(h.rosa)})
	var entries []struct{ Action, Detail string }
	h.must(h.db.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT action, detail::text AS detail FROM record WHERE kind = ? AND subject_id = ?`, audit.Export(h.manager.ID).Kind, h.manager.ID).Scan(&entries).Error
	}))
	want := fmt.Sprintf(`{"filter":{"age":"","as_of":"2026-11-19T19:40:00Z","channel":"","desk":%d,"from":"2026-10-23","holder":"%s","measure":"opened","state":"","to":"2026-11-20","topic":"discharge"},"rows":2,"what":"caseload_tickets"}`, h.desk, key(h.rosa))
	if len(entries) != 1 || entries[0].Action != "export.taken" || entries[0].Detail != want {
		t.Errorf("recorded %v, want %s", entries, want)
	}
}

func TestACellThatASpreadsheetWouldRunGetsAnApostrophe(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\tx": "'\tx", "\rx": "\"'\rx\"",
		"": "", "1-1": "1-1", `say "no", please`: `"say ""no"", please"`} {
		if got := quoted(harmless(cell)); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}
