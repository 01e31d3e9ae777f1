package web_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hotline/app/account"
	"hotline/app/ticket"
)

// said is the text a selector finds, with single spaces.
func said(r reply, selector string) string {
	var all []string
	r.doc.Find(selector).Each(func(_ int, s *goquery.Selection) { all = append(all, one(s.Text())) })
	return strings.Join(all, " ")
}

func one(s string) string { return strings.Join(strings.Fields(s), " ") }

// numbers are the tickets a page lists.
func numbers(r reply) []string {
	var all []string
	r.doc.Find(".row a").Each(func(_ int, s *goquery.Selection) {
		path, _, _ := strings.Cut(s.AttrOr("href", ""), "?")
		all = append(all, strings.TrimPrefix(path, "/tickets/"))
	})
	return all
}

// line is what somebody's page listens to.
type line struct {
	t    *testing.T
	told chan string
}

func (f *floor) listen(p *account.Person, query string) *line {
	f.t.Helper()
	server := httptest.NewServer(f.handler)
	f.t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, server.URL+"/events"+query, nil)
	f.must(err)
	for name, value := range f.as(p).cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultClient.Do(r)
	f.must(err)
	f.t.Cleanup(func() { answer.Body.Close(); server.CloseClientConnections() })
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		f.t.Fatalf("answered %d %s", answer.StatusCode, kind)
	}
	l := &line{f.t, make(chan string, 16)}
	go func() {
		defer close(l.told)
		in := bufio.NewReader(answer.Body)
		for {
			text, err := in.ReadString('\n')
			if data, ok := strings.CutPrefix(text, "data: "); ok {
				l.told <- strings.TrimSpace(data)
			}
			if errors.Is(err, io.EOF) || err != nil {
				return
			}
		}
	}()
	return l
}

func (l *line) hears(want string) {
	l.t.Helper()
	select {
	case got := <-l.told:
		if got != want {
			l.t.Errorf("heard %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		l.t.Errorf("did not hear %q", want)
	}
}

func TestATicketShowsWhatWasAskedAndWhereItStands(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "A patient has missed six visits.\n\nMay I stop seeing her?")
	page := f.as(f.rosa).open("/tickets/"+asked.Number).answers(t, http.StatusOK, "")
	for selector, want := range map[string]string{
		".ticket-line b":                              asked.Number,
		".ticket-line .urgency":                       "Routine",
		".ticket-line .status":                        "In hand, Rosa Delgado",
		".ticket-line .notice-line":                   "Consultation only, not notice of a claim",
		".due-strip dt":                               "First answer, 10 business hours",
		".due-why":                                    "Routine means an answer within 10 business hours, counted from just now.",
		"#list [aria-current]":                        "A patient has missed six visits. May I stop seeing her?",
		".composer-message .composer-fate":            "Dr Imani will read this",
		".composer-note .composer-fate":               "Never leaves the desk",
		".ticket-rail .rail-block:first-child strong": "Dr Leila Imani",
		".ticket-rail .in-force":                      "In force today",
		".entry-event .entry-line > span":             "Rosa Delgado claimed it",
		".back":                                       "My work, 1",
	} {
		if got := said(page, selector); got != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	if got := page.doc.Find(".evidence blockquote").Text(); !strings.Contains(got, "visits.\n\nMay I") {
		t.Errorf("the question lost its lines: %q", got)
	}
	message, _ := page.doc.Find("#message form").Attr("action")
	note, _ := page.doc.Find("#note form").Attr("action")
	if message != "/tickets/"+asked.Number+"/replies?view=mine" || note != "/tickets/"+asked.Number+"/notes?view=mine" {
		t.Errorf("the message goes to %s, the note to %s", message, note)
	}
}

func TestAMessageIsSentOnceAndMeetsThePromise(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	form := rosa.open("/tickets/" + asked.Number).filled("#message form")
	form.Set("message", "Please hold the letter until we have spoken.")
	for range 2 {
		rosa.post("/tickets/"+asked.Number+"/replies?view=mine", form).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine#latest")
	}
	page := rosa.open("/tickets/" + asked.Number)
	if n := page.doc.Find(".history .message").Length(); n != 1 {
		t.Errorf("%d messages", n)
	}
	if got := said(page, ".due-strip .is-met dd"); !strings.HasPrefix(got, "met in") {
		t.Errorf("the promise: %q", got)
	}
	if got := said(page, ".message-to span"); !strings.Contains(got, "not read yet") {
		t.Errorf("read: %q", got)
	}
	if page.filled("#message form").Get("key") == form.Get("key") {
		t.Error("the next message would be taken for this one")
	}
	if got := said(page, ".flash"); !strings.Contains(got, "Sent.") {
		t.Errorf("flash %q", got)
	}
}

func TestAMessageThatCrossesAnotherKeepsItsText(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	form := rosa.open("/tickets/" + asked.Number).filled("#message form")
	f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.priya), asked.Number, ticket.Words{Body: "Priya was faster."}))
	form.Set("message", "Rosa wrote this meanwhile.")
	page := rosa.post("/tickets/"+asked.Number+"/replies", form).answers(t, http.StatusConflict, "")
	if got := said(page, ".flash p"); !strings.Contains(got, "Priya Raman sent a message while you were at it. Your text is kept.") {
		t.Errorf("the page says %q", got)
	}
	if got := page.doc.Find("#message-words").Text(); got != "Rosa wrote this meanwhile." {
		t.Errorf("kept %q", got)
	}
	if page.doc.Find("#message[open]").Length() != 1 || !strings.Contains(said(page, ".history"), "Priya was faster.") {
		t.Error("the form is closed, or what came is not shown")
	}
	again := page.filled("#message form")
	again.Set("message", page.doc.Find("#message-words").Text())
	rosa.post("/tickets/"+asked.Number+"/replies", again).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine#latest")
}

func TestAnEmptyMessageIsSentBackInPlace(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	page := rosa.post("/tickets/"+asked.Number+"/replies", url.Values{"message": {"  "}, "key": {"e4f3a9a0-2f0c-4c5a-9d9c-0a4a3b0e6f11"}}).answers(t, http.StatusUnprocessableEntity, "")
	if got := said(page, "#message .field-error"); got != "Write the message first." {
		t.Errorf("the form says %q", got)
	}
	page = rosa.post("/tickets/"+asked.Number+"/resolution", url.Values{"message": {"A last word."}}).answers(t, http.StatusUnprocessableEntity, "")
	if page.doc.Find("#resolve[open]").Length() != 1 || said(page, "#resolve .field-error") != "Choose how it ended." || page.doc.Find("#resolve-message").Text() != "A last word." {
		t.Errorf("resolving: %q", said(page, "#resolve"))
	}
}

func TestANoteStaysOnTheDeskAndNeverConflicts(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	form := rosa.open("/tickets/" + asked.Number).filled("#note form")
	f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.priya), asked.Number, ticket.Words{Body: "Priya was faster."}))
	form.Set("note", "She sounded ready to send the letter.")
	rosa.post("/tickets/"+asked.Number+"/notes", form).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine#latest")
	page := rosa.open("/tickets/" + asked.Number)
	if got := said(page, ".history .note .note-words"); got != "She sounded ready to send the letter." {
		t.Errorf("note %q", got)
	}
	if got := said(page, ".history .entry-line"); strings.Contains(got, "note kept") {
		t.Errorf("the record repeats the note: %q", got)
	}
}

func TestADraftIsThereWhenTheTicketIsOpenedAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	page := rosa.open("/tickets/" + asked.Number)
	form := page.filled("#message form")
	id := strings.TrimPrefix(page.doc.Find("#message form").AttrOr("data-draft-url", ""), "/drafts/")
	f.must(f.rooms.Tickets.KeepDraft(t.Context(), f.acts(f.rosa), ticket.Draft{ID: id, Kind: form.Get("kind"), Fields: map[string]string{"message": "Half a sentence"}}))
	page = f.as(f.rosa).open("/tickets/" + asked.Number)
	if got := page.doc.Find("#message-words").Text(); got != "Half a sentence" {
		t.Errorf("the draft is %q", got)
	}
	if got := f.as(f.priya).open("/tickets/" + asked.Number).doc.Find("#message-words").Text(); got != "" {
		t.Errorf("Priya reads Rosa's draft: %q", got)
	}
	form.Set("message", "A whole sentence.")
	rosa.post("/tickets/"+asked.Number+"/replies", form)
	if _, err := f.rooms.Tickets.Draft(t.Context(), f.acts(f.rosa), id); err == nil {
		t.Error("the draft outlived the message")
	}
}

func TestOfTwoWhoClaimOneIsToldWhoHasIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.ask("May I stop seeing her?")
	rosa, priya := f.as(f.rosa), f.as(f.priya)
	form := rosa.open("/tickets/" + asked.Number).filled(".ticket-tools form")
	priya.post("/tickets/"+asked.Number+"/assignment", form).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine")
	page := rosa.post("/tickets/"+asked.Number+"/assignment", form).answers(t, http.StatusConflict, "")
	if got := said(page, ".flash"); !strings.Contains(got, "Priya Raman has it now.") {
		t.Errorf("Rosa reads %q", got)
	}
}

func TestATransferNeedsAReasonAndNamesWhoHasRoom(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa := f.as(f.rosa)
	page := rosa.open("/tickets/" + asked.Number + "?do=assign")
	if got := said(page, "#assign[open] #assign-to option"); got != "Choose who takes it Priya Raman, holds 0 of 15, not at work Back in the queue, for the router" {
		t.Errorf("who can take it: %q", got)
	}
	form := page.filled("#assign form")
	form.Set("to", page.doc.Find("#assign-to option").Eq(1).AttrOr("value", ""))
	page = rosa.post("/tickets/"+asked.Number+"/assignment", form).answers(t, http.StatusUnprocessableEntity, "")
	if said(page, "#assign[open] .field-error") == "" || page.doc.Find("#assign-to option[selected]").AttrOr("value", "") != form.Get("to") {
		t.Error("the panel lost what was chosen, or does not ask why")
	}
	form.Set("reason", "Away from tomorrow.")
	rosa.post("/tickets/"+asked.Number+"/assignment", form).answers(t, http.StatusSeeOther, "/tickets/"+asked.Number+"?view=mine")
	page = f.as(f.priya).open("/tickets/" + asked.Number)
	if got := said(page, ".why-plain"); got != "Rosa Delgado gave it to you: Away from tomorrow." {
		t.Errorf("Priya reads %q", got)
	}
	// It is Priya's now: Rosa reads that on the page, and nothing she typed is lost.
	page = rosa.post("/tickets/"+asked.Number+"/resolution", url.Values{"outcome": {"withdrawn"}, "message": {"Good luck."}}).answers(t, http.StatusForbidden, "")
	if !strings.Contains(said(page, ".flash"), "A colleague has this ticket.") || page.doc.Find("#resolve-message").Text() != "Good luck." {
		t.Errorf("Rosa reads %q", said(page, ".flash"))
	}
}

func TestATicketWaitsIsTakenBackResolvedAndReopened(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa, path := f.as(f.rosa), "/tickets/"+asked.Number
	do := func(form, where string, set url.Values) reply {
		t.Helper()
		in := rosa.open(path).filled(form)
		for name, values := range set {
			in[name] = values
		}
		r := rosa.post(path+where, in)
		if r.Code != http.StatusSeeOther {
			t.Fatalf("%s answered %d: %s", where, r.Code, said(r, ".flash"))
		}
		return rosa.open(path)
	}
	page := do("#message form", "/replies", url.Values{"message": {"Which state is she in?"}, "then": {"wait"}})
	if got := said(page, ".ticket-line .status"); got != "With Dr Imani, held by Rosa Delgado" {
		t.Errorf("waiting: %q", got)
	}
	page = do("#waiting form", "/waiting", url.Values{"stop": {"yes"}})
	if got := said(page, ".ticket-line .status"); got != "In hand, Rosa Delgado" {
		t.Errorf("taken back: %q", got)
	}
	page = do("#resolve form", "/resolution", url.Values{"outcome": {"advice_given"}})
	if got := said(page, ".ticket-line .status"); got != "Resolved, Rosa Delgado, advice given" {
		t.Errorf("resolved: %q", got)
	}
	page = do("#reopen form", "/reopening", url.Values{"reason": {"She called again."}})
	if got := said(page, ".entry-line > span"); !strings.HasSuffix(got, "Rosa Delgado took it up again; the router finds who") {
		t.Errorf("history: %q", got)
	}
}

func TestTopicUrgencyAndTitleAreChangedInPlace(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?")
	rosa, path := f.as(f.rosa), "/tickets/"+asked.Number
	rosa.post(path+"/title", url.Values{"title": {"Six missed visits"}}).answers(t, http.StatusSeeOther, path+"?view=mine")
	rosa.post(path+"/topic", url.Values{"topic": {"difficult_patient"}}).answers(t, http.StatusSeeOther, path+"?view=mine")
	page := rosa.post(path+"/urgency", url.Values{"urgency": {"urgent"}}).answers(t, http.StatusUnprocessableEntity, "")
	if page.doc.Find("#change[open]").Length() != 1 || page.doc.Find("#change-urgency option[selected]").AttrOr("value", "") != "urgent" {
		t.Error("the panel lost what was chosen")
	}
	rosa.post(path+"/urgency", url.Values{"urgency": {"urgent"}, "reason": {"He threatened to sue."}}).answers(t, http.StatusSeeOther, path+"?view=mine")
	page = rosa.open(path)
	if said(page, "main h1") != "Six missed visits" || said(page, ".ticket-line .urgency") != "Urgent" {
		t.Errorf("%q %q", said(page, "main h1"), said(page, ".ticket-line .urgency"))
	}
	if got := said(page, ".due-why"); !strings.HasPrefix(got, "Urgent means an answer within 4 business hours") {
		t.Errorf("why: %q", got)
	}
}

func TestAnUnknownCallerIsCalledBackAndNotWrittenTo(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	number := f.stranger()
	page := f.as(f.rosa).open("/tickets/"+number).answers(t, http.StatusOK, "")
	if page.doc.Find("#message form").Length() != 0 {
		t.Error("there is a message form, and nobody to read it")
	}
	if got := page.doc.Find(".no-reader a").AttrOr("href", ""); got != "/calls/new?ticket="+number {
		t.Errorf("the way to call back is %q", got)
	}
	if got := said(page, ".ticket-rail strong"); got != "Not in the roster" {
		t.Errorf("the rail says %q", got)
	}
	if got := said(page, ".history .entry-head b"); got != "Sam Ortiz called" {
		t.Errorf("the call: %q", got)
	}
}

func TestATicketOfAnotherDeskIsNotThere(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.as(f.rosa).open("/tickets/RM-2026-999999").answers(t, http.StatusNotFound, "")
	f.as(f.rosa).post("/tickets/RM-2026-999999/notes", url.Values{"note": {"x"}}).answers(t, http.StatusNotFound, "")
}

func TestTheHistoryIsInTheOrderThingsHappened(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	asked := f.claimed(f.rosa, "May I stop seeing her?") // all at one instant: the record keeps the order
	by := f.acts(f.rosa)
	f.must(f.rooms.Tickets.Reply(t.Context(), by, asked.Number, ticket.Words{Body: "The message."}))
	f.must(f.rooms.Tickets.Note(t.Context(), by, asked.Number, ticket.Words{Body: "The note."}))
	f.must(f.rooms.Tickets.Answer(t.Context(), f.acts(f.leila), asked.Number, ticket.Words{Body: "The answer."}))
	f.must(f.rooms.Tickets.Resolve(t.Context(), by, asked.Number, ticket.Resolution{Outcome: "advice_given"}))
	page := f.as(f.rosa).open("/tickets/" + asked.Number)
	want := []string{"Rosa Delgado claimed it", "The message.", "The note.", "The answer.", "Rosa Delgado resolved it: advice given"}
	got := page.doc.Find(".history .entry")
	if got.Length() != len(want) {
		t.Fatalf("%d entries: %q", got.Length(), said(page, ".history .entry"))
	}
	got.Each(func(i int, entry *goquery.Selection) {
		if !strings.Contains(one(entry.Text()), want[i]) {
			t.Errorf("entry %d is %q, want %q", i, one(entry.Text()), want[i])
		}
	})
	if who := said(page, ".history .entry-head b"); who != "Dr Imani wrote" {
		t.Errorf("the answer is by %q", who)
	}
}
