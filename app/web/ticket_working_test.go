package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/ticket"
)

func TestATicketShowsWhyItIsDueThenLineByLine(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	page := f.as(f.rosa).open("/tickets/"+asked.Number).answers(t, http.StatusOK, "")
	tables := page.doc.Find("#ticket-head details.working:not([open]) table")
	if tables.Length() != 1 {
		t.Fatalf("%d workings", tables.Length())
	}
	var lines []string
	tables.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		lines = append(lines, strings.Join(strings.Fields(row.Find("td").First().Text()), " "))
	})
	if lines[0] != "Opened. Routine: 10 business hours" || lines[len(lines)-1] != "Due" || said(page, ".working tfoot td") != "10 h" {
		t.Errorf("%q, in all %q", lines, said(page, ".working tfoot td"))
	}
	if got := said(page, ".working caption"); got != "First answer, 10 business hours" {
		t.Error(got)
	}
	// Answered, there is nothing left to explain.
	rosa := f.as(f.rosa)
	f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.rosa), asked.Number, ticket.Words{Body: "Give notice in writing."}))
	if n := rosa.open("/tickets/" + asked.Number).doc.Find(".working").Length(); n != 0 {
		t.Error("a promise that was kept has a working")
	}
}

func TestAPromiseToResolveIsTheDesksOwnMatter(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.must(f.rooms.Desks.SetPromises(t.Context(), actor.Command("test"), f.desk.ID, []desk.Promise{{Kind: "resolution", Urgency: "routine", Minutes: 3000}}))
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.rosa), asked.Number, ticket.Words{Body: "Give notice in writing."}))
	page := rosa.open("/tickets/" + asked.Number)
	if got := said(page, ".due-strip .is-next dt"); got != "Resolution, 50 business hours" {
		t.Errorf("next is %q", got)
	}
	if got := said(page, "#list .row-clock"); got != "to resolve" {
		t.Errorf("the list says %q", got)
	}
	if got := page.doc.Find(".working caption").Length(); got != 1 || said(page, ".working tfoot td") != "50 h" {
		t.Errorf("%d workings, in all %q", got, said(page, ".working tfoot td"))
	}
	if got := f.as(f.leila).open("/requests").doc.Find("main").Text(); strings.Contains(got, "Answer by") || !strings.Contains(got, "Answered") {
		t.Errorf("the physician reads %q", strings.Join(strings.Fields(got), " "))
	}
}
