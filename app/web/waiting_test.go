package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
)

func TestEveryNumberOfTheQueuesOpensItsTickets(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	f.ask("One?")
	f.claimed(f.priya, "Two?")
	given := f.claimed(f.rosa, "Three?")
	_, err := f.db.Pool().Exec(t.Context(), `UPDATE assignments SET accept_by = from_at + interval '1 hour' WHERE ticket_id = $1`, given.ID)
	f.must(err)
	f.db.Freeze(f.thursday.Add(20 * time.Minute))
	f.ask("Four?")
	restrict(t, f.db, f.ask("Five?").Number)
	f.must(f.rooms.Desks.StartDuty(t.Context(), f.acts(f.rosa), f.rosa.ID, nil))
	maya := f.as(f.maya)
	page := maya.open("/waiting").answers(t, http.StatusOK, "")
	if got := said(page, "main h1"); got != "Two wait for somebody, the oldest for 20 minutes. One is at work with room for 14 more." {
		t.Errorf("the finding is %q", got)
	}
	rows := page.doc.Find(".matrix tbody tr").Map(func(_ int, r *goquery.Selection) string {
		return strings.Join(r.Children().Map(func(_ int, c *goquery.Selection) string { return one(c.Text()) }), " ")
	})
	want := []string{"Waiting for somebody since opened, let go of or reopened, and 1 restricted", "Critical 0 0 0 0 0 0", "Urgent 0 0 0 0 0 0", "Routine 1 1 0 0 0 2", "All 1 1 0 0 0 2",
		"Given, not taken up yet since given", "Critical 0 0 0 0 0 0", "All 0 1 0 0 0 1",
		"With somebody, not answered yet since opened", "Critical 0 0 0 0 0 0", "All 0 2 0 0 0 2"}
	if strings.Join(rows, "\n") != strings.Join(want, "\n") {
		t.Errorf("the matrix says\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
	if got := said(page, ".waiting-people tbody tr:first-child"); !strings.HasPrefix(got, "Rosa Delgado at work until 6:00 PM1 of a cap of 15of 1514") {
		t.Errorf("Rosa is shown as %q", got)
	}
	seen := 0
	page.doc.Find(".matrix a").Each(func(_ int, a *goquery.Selection) {
		list := maya.open(a.AttrOr("href", "")).answers(t, http.StatusOK, "")
		if rows := list.doc.Find("tbody a[href^='/tickets/']").Length(); strconv.Itoa(rows) != one(a.Text()) {
			t.Errorf("%s opens %d tickets", one(a.Text()), rows)
		}
		seen++
	})
	if seen != 10 {
		t.Errorf("%d numbers open anything, want 10", seen)
	}
	list := maya.open("/waiting/tickets?what=waiting&urgency=routine&age=1h").answers(t, http.StatusOK, "")
	if got := said(list, "main h1"); got != "One routine ticket waits for somebody" {
		t.Errorf("the list is headed %q", got)
	}
}

func TestTheQueuesAskAgainWhenSomethingChanges(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	f.ask("One?")
	page := f.as(f.maya).open("/waiting").answers(t, http.StatusOK, "")
	region := page.doc.Find("#waiting")
	deskID := strconv.FormatInt(f.desk.ID, 10)
	for name, want := range map[string]string{"data-live": "desk-" + deskID, "hx-get": "/waiting?desk=" + deskID, "hx-select": "#waiting", "data-says": "One waits now."} {
		if got := region.AttrOr(name, ""); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, ticks := region.Attr("data-tick"); !ticks || page.doc.Find("body[data-events='/events']").Length() != 1 {
		t.Error("the page does not listen")
	}
	if page.doc.Find("#desk").Length() != 0 {
		t.Error("a choice of one desk")
	}
}

func TestAManagerOfSeveralDesksChoosesOne(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	f.ask("One?")
	west, err := f.rooms.Desks.Add(t.Context(), actor.Command("test"), desk.NewDesk{Name: "West", Zone: "America/Los_Angeles", Minutes: desk.DefaultMinutes,
		Week: [7][]calendar.Segment{time.Monday: {{Opens: 480, Closes: 1080}}}})
	f.must(err)
	maya := f.as(f.maya)
	page := maya.open("/waiting").answers(t, http.StatusOK, "")
	if got := said(page, "#desk option[selected]"); got != "Risk management" || !strings.HasPrefix(said(page, "h1"), "One waits") {
		t.Errorf("first %q: %q", got, said(page, "h1"))
	}
	page = maya.open("/waiting?desk="+strconv.FormatInt(west.ID, 10)).answers(t, http.StatusOK, "")
	if got := said(page, "#desk option[selected]"); got != "West" || said(page, "h1") != "Nobody waits. Nobody is at work." {
		t.Errorf("then %q: %q", got, said(page, "h1"))
	}
	for _, path := range []string{"/waiting?desk=none", "/waiting?desk=99999", "/waiting?desk=-1", "/waiting/tickets", "/waiting/tickets?what=all",
		"/waiting/tickets?what=waiting&urgency=dire", "/waiting/tickets?what=waiting&age=2h", "/waiting/tickets?what=waiting&desk=99999"} {
		maya.open(path).answers(t, http.StatusNotFound, "")
	}
	f.as(f.rosa).open("/waiting").answers(t, http.StatusNotFound, "")
	f.as(f.leila).open("/waiting/tickets?what=waiting").answers(t, http.StatusNotFound, "")
}

func TestTheQueuesAreFiveStatements(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	for range 3 {
		f.ask("May I?")
		f.claimed(f.rosa, "May I?")
	}
	maya := f.as(f.maya)
	maya.open("/waiting") // what the house remembers for half a minute is read now
	before := f.db.Pool().Stat().AcquireCount()
	maya.open("/waiting").answers(t, http.StatusOK, "")
	if n := f.db.Pool().Stat().AcquireCount() - before; n != 5 {
		t.Errorf("the queues took %d statements, not five", n)
	}
}
