package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hotline/app/report"
	"hotline/app/ticket"
	"hotline/app/web"
)

// newOffice is a floor with the manager's reports.
func newOffice(t *testing.T) *floor {
	t.Helper()
	f := newFloor(t)
	f.rooms.Reports = report.New(f.db)
	public, _ := url.Parse("https://hotline.example")
	f.door = &door{t, f.rooms.Accounts, f.db, web.New(f.rooms, web.Options{Public: public})}
	return f
}

func TestEveryNumberOfTheCaseloadOpensAsManyTickets(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	first := f.claimed(f.rosa, "One?")
	f.claimed(f.priya, "Two?")
	f.ask("Three?")
	f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.rosa), first.Number, ticket.Words{Body: "Yes."}))
	f.db.Freeze(f.thursday.Add(3 * time.Hour))
	f.must(f.rooms.Tickets.Resolve(t.Context(), f.acts(f.rosa), first.Number, ticket.Resolution{Outcome: "advice_given"}))
	f.db.Freeze(f.thursday.Add(72 * time.Hour)) // it is Sunday: Friday's ten hours have passed
	maya := f.as(f.maya)
	page := maya.open("/reports/caseload").answers(t, http.StatusOK, "")
	if got := said(page, "main h1"); got != "Both open tickets are overdue. One waits for somebody to take it." {
		t.Errorf("the finding is %q", got)
	}
	if got := said(page, ".figures dd.figure"); got != "2 3 1 2 0 0 min" {
		t.Errorf("the figures are %q", got)
	}
	if got := said(page, "main"); !strings.Contains(got, "0 open at the start + 3 opened − 1 resolved = 2 open now. 2 with us + 0 with the physician = 2 open now.") {
		t.Error("the numbers that add up are not said")
	}
	seen := 0
	page.doc.Find("main a[href^='/reports/caseload/tickets?']").Each(func(_ int, a *goquery.Selection) {
		list := maya.open(a.AttrOr("href", "")).answers(t, http.StatusOK, "")
		title, _, _ := strings.Cut(said(list, "main h1"), " ")
		rows := list.doc.Find("tbody a[href^='/tickets/']").Length()
		number, err := strconv.Atoi(one(a.Text()))
		if err != nil { // a time: its list says of how many
			number = rows
		}
		if seen++; title != strconv.Itoa(number) || rows != number {
			t.Errorf("%q opens %s: %q over %d rows", one(a.Text()), a.AttrOr("href", ""), said(list, "main h1"), rows)
		}
	})
	if seen < 20 {
		t.Errorf("only %d numbers open anything", seen)
	}
}

func TestDaysThatMakeNoSenseAreShownAsTyped(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	page := f.as(f.maya).open("/reports/caseload?from=last+week&to=2026-11-01&channel=phone").answers(t, http.StatusUnprocessableEntity, "")
	if from := page.doc.Find("#from"); from.AttrOr("value", "") != "last week" || from.AttrOr("type", "") != "text" {
		t.Error("what was typed is lost")
	}
	if got := said(page, ".error-summary a[href='#from']"); got != "Give the day as in 2026-11-19." {
		t.Errorf("said %q", got)
	}
	if to, channel := page.doc.Find("#to").AttrOr("value", ""), page.doc.Find("#channel option[selected]").AttrOr("value", ""); to != "2026-11-01" || channel != "phone" {
		t.Errorf("kept %q and %q", to, channel)
	}
	if page.doc.Find(".figures, table").Length() != 0 {
		t.Error("numbers of no period")
	}
}

func TestThePagesOfAListFollowOneAnother(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	for i := range report.PerPage + 1 {
		f.db.Freeze(f.thursday.Add(time.Duration(i) * time.Second))
		f.ask("May I?")
	}
	maya := f.as(f.maya)
	first := maya.open("/reports/caseload/tickets?measure=opened").answers(t, http.StatusOK, "")
	second := maya.open(first.doc.Find(".pager a[rel=next]").AttrOr("href", "")).answers(t, http.StatusOK, "")
	back := maya.open(second.doc.Find(".pager a[rel=prev]").AttrOr("href", "")).answers(t, http.StatusOK, "")
	rows := func(r reply) []string {
		return r.doc.Find("tbody th a").Map(func(_ int, a *goquery.Selection) string { return a.Text() })
	}
	if len(rows(first)) != report.PerPage || len(rows(second)) != 1 || strings.Join(rows(first), " ") != strings.Join(rows(back), " ") {
		t.Errorf("pages of %d, %d and %d", len(rows(first)), len(rows(second)), len(rows(back)))
	}
	if said(first, "main h1") != "51 tickets opened" || said(second, "main h1") != "51 tickets opened" {
		t.Errorf("heads %q and %q", said(first, "main h1"), said(second, "main h1"))
	}
	if first.doc.Find(".pager a[rel=prev]").Length()+second.doc.Find(".pager a[rel=next]").Length() != 0 {
		t.Error("a way on to nothing")
	}
}

func TestADownloadIsAFileForSpreadsheetsAndIsRecorded(t *testing.T) {
	t.Parallel()
	f := newOffice(t)
	asked := f.claimed(f.rosa, "=2+2 what may I do?")
	maya := f.as(f.maya)
	page := maya.open("/reports/caseload")
	for name, want := range map[string]string{
		page.doc.Find(".filters a").AttrOr("href", ""):       "\r\nall,All,0,1,0,1,1,0,0,0.0,0.0,0,,\r\nrows,14\r\n",
		"/reports/caseload/tickets.csv?measure=open&holder=": "\r\n" + asked.Number + ",2026-11-19 14:40,Ending a patient’s care,routine,assigned,Rosa Delgado,,,,OH,online\r\nrows,1\r\n",
	} {
		file := maya.open(name)
		if file.Code != http.StatusOK || file.Header().Get("Content-Type") != "text/csv; charset=utf-8" ||
			!strings.HasPrefix(file.Header().Get("Content-Disposition"), `attachment; filename="caseload`) {
			t.Fatalf("%s: %d %v", name, file.Code, file.Header())
		}
		if body := file.Body.String(); !strings.HasPrefix(body, "\uFEFF") || !strings.HasSuffix(body, want) || strings.Contains(body, "2+2") {
			t.Errorf("%s: %q", name, body)
		}
	}
	var taken int
	f.must(f.db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM record WHERE action = 'export.taken' AND actor_id = $1", f.maya.ID).Scan(&taken))
	if taken != 2 {
		t.Errorf("%d downloads recorded, want 2", taken)
	}
	for _, file := range []string{"/reports/caseload.csv", "/reports/caseload/tickets.csv?measure=open"} {
		f.as(f.rosa).open(file).answers(t, http.StatusNotFound, "")
	}
	if bad := maya.open("/reports/caseload.csv?from=x&to=y"); bad.Code != http.StatusUnprocessableEntity || bad.Header().Get("Content-Disposition") != "" {
		t.Errorf("%d %v", bad.Code, bad.Header())
	}
}
