package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
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
	form := rosa.open("/tickets/" + asked.Number).filled("#message form")
	form.Set("message", "Give notice in writing.")
	rosa.post("/tickets/"+asked.Number+"/replies", form)
	if n := rosa.open("/tickets/" + asked.Number).doc.Find(".working").Length(); n != 0 {
		t.Error("a promise that was kept has a working")
	}
}
