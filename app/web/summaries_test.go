package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/call"
	"hotline/app/insured"
	"hotline/app/ticket"
)

const rosaMail = "rosa@insurer.example"

// summarised is a clinic in which a question was answered, with Rosa at her desk.
func summarised(t *testing.T, delegate insured.NewDelegation, by func(*clinic) *guest) (k *clinic, rosa *guest, number string) {
	t.Helper()
	k = newClinic(t, delegate)
	rosa = k.guest()
	rosa.signIn(rosaMail).answers(t, 303, "/")
	number = k.ask(by(k), func(form url.Values) { form.Set("office_may_see", "yes") })
	k.answer(number, "Talk before you write.")
	if err := k.tickets.Note(t.Context(), k.rosa, number, ticket.Words{Body: "SECRET of the desk."}); err != nil {
		t.Fatal(err)
	}
	k.db.Freeze(thursday.Add(time.Minute))
	_, err := k.calls.Log(t.Context(), k.rosa, call.Note{Key: uuid.NewString(), Number: number, Direction: "out", Outcome: "answered", Narrative: "SECRET of a leg.", Advice: "Then write.",
		StartedAt: thursday, EndedAt: thursday.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	return k, rosa, number
}

func physicianAsks(k *clinic) *guest { return k.imani }

func TestASummaryTakesAMinuteAndIsReadConfirmedAndCorrected(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, asksAndHears, physicianAsks)
	fresh := rosa.open("/tickets/" + n + "/summaries/new")
	form := browsed(fresh, "form#summary")
	if form.Get("told") != asked || form.Get("suggested") != "Then write." || strings.Contains(fresh.Body.String(), "SECRET") {
		t.Fatalf("begins with %v", form)
	}
	form.Set("step_what_1", "talk to him")
	form.Set("step_by_1", "2026-11-20")
	form.Set("step_what_2", "send a sample letter")
	form.Set("step_by_2", "2026-11-23")
	rosa.post("/tickets/"+n+"/summaries", form).answers(t, 303, "/tickets/"+n+"#summary")
	rosa.post("/tickets/"+n+"/summaries", form).answers(t, 303, "/tickets/"+n+"#summary") // a double click
	on := rosa.open("/tickets/" + n)
	if got := said(on, ".summary-line"); !strings.Contains(got, "Edition 1, Rosa Delgado") || !strings.Contains(got, "Waits for Dr Imani to confirm it") {
		t.Errorf("the ticket says %q", got)
	}
	if got := said(on, "#resolve"); !strings.Contains(got, "not confirmed yet. You can resolve all the same") {
		t.Errorf("resolving says %q", got)
	}
	if got := said(k.imani.open("/"), ".to-dos"); !strings.Contains(got, "A summary to confirm") || !strings.Contains(got, "Due Fri Nov 20") || strings.Contains(got, "sample") {
		t.Errorf("home says %q", got)
	}
	mine := k.imani.open("/requests/" + n)
	body := said(mine, "#summary")
	for _, want := range []string{"Is this what we agreed?", "May I stop seeing him?", "Then write.", "You talk to him", "Rosa send a sample letter", "Nothing was named.", "Consultation only, not notice of a claim", "Confirm this is right"} {
		if !strings.Contains(body, want) {
			t.Errorf("she does not read %q in %q", want, body)
		}
	}
	if strings.Contains(mine.Body.String(), "SECRET") || mine.doc.Find("#summary .agreed form").Length() != 1 {
		t.Error("more is hers than is")
	}
	// A correction without words is sent back in place; with words, both sides read it.
	wrong := browsed(mine, "form[action$='/corrections']")
	r := k.imani.post("/requests/"+n+"/summary/corrections", wrong)
	if r.Code != http.StatusUnprocessableEntity || !strings.Contains(said(r, "#summary"), "Write what is not right") {
		t.Errorf("%d %s", r.Code, said(r, "#summary"))
	}
	wrong.Set("correction", "It was three visits.")
	k.imani.post("/requests/"+n+"/summary/corrections", wrong).answers(t, 303, "/requests/"+n)
	for name, page := range map[string]reply{"she": k.imani.open("/requests/" + n), "Rosa": rosa.open("/tickets/" + n), "Rosa, on all,": rosa.open("/tickets/" + n + "/summaries"), "she, on all,": k.imani.open("/requests/" + n + "/summary")} {
		if !strings.Contains(page.Body.String(), "It was three visits.") {
			t.Errorf("%s does not read the correction", name)
		}
	}
	// Rosa answers with another edition; a yes to the first is too late.
	next := browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")
	if next.Get("step_what_1") != "talk to him" || next.Get("step_by_2") != "2026-11-23" {
		t.Errorf("edition 2 begins with %v", next)
	}
	next.Set("told", "He missed three visits.")
	rosa.post("/tickets/"+n+"/summaries", next).answers(t, 303, "/tickets/"+n+"#summary")
	r = k.imani.post("/requests/"+n+"/summary/confirmation", url.Values{"edition": {"1"}})
	if r.Code != http.StatusConflict || !strings.Contains(said(r, ".error-summary"), "newer edition") {
		t.Errorf("%d %s", r.Code, said(r, ".error-summary"))
	}
	stale := url.Values{"edition": {"1"}, "key": {uuid.NewString()}, "correction": {"One more thing."}}
	r = k.imani.post("/requests/"+n+"/summary/corrections", stale)
	if r.Code != http.StatusConflict || r.doc.Find("#correction").Text() != "One more thing." {
		t.Errorf("%d keeps %q", r.Code, r.doc.Find("#correction").Text())
	}
	k.imani.post("/requests/"+n+"/summary/confirmation", url.Values{"edition": {"2"}}).answers(t, 303, "/requests/"+n)
	all := k.imani.open("/requests/" + n + "/summary")
	if got := said(all, "main, .summaries"); !strings.Contains(got, "Edition 2, which holds now") || !strings.Contains(got, "Edition 1, replaced") || !strings.Contains(got, "Confirmed by you") {
		t.Errorf("all editions: %q", got)
	}
	if got := said(rosa.open("/tickets/"+n), ".summary-line"); !strings.Contains(got, "Confirmed by Dr Imani") {
		t.Errorf("the ticket says %q", got)
	}
}

func TestStepsAreDoneOnBothSides(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, asksAndHears, physicianAsks)
	form := browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")
	for i, what := range []string{"hers", "ours"} {
		form.Set("step_what_"+strconv.Itoa(i+1), what)
		form.Set("step_by_"+strconv.Itoa(i+1), "2026-11-20")
	}
	rosa.post("/tickets/"+n+"/summaries", form).answers(t, 303, "/tickets/"+n+"#summary")
	done, _ := k.imani.open("/requests/" + n).doc.Find("#summary .agreed form").Attr("action")
	k.imani.post(done, nil).answers(t, 303, "/requests/"+n)
	ours, _ := rosa.open("/tickets/" + n).doc.Find(".rail-steps form").Attr("action")
	if r := k.imani.post(strings.Replace(ours, "/tickets/", "/requests/", 1), nil); r.Code != http.StatusForbidden {
		t.Errorf("she ticked ours off: %d", r.Code)
	}
	rosa.post(ours, nil).answers(t, 303, "/tickets/"+n)
	for _, got := range []string{said(k.imani.open("/requests/"+n), ".agreed"), said(rosa.open("/tickets/"+n), ".rail-steps")} {
		if !strings.Contains(got, "Done, Leila Imani, Nov 19") || !strings.Contains(got, "Done, Rosa Delgado, Nov 19") {
			t.Errorf("steps: %q", got)
		}
	}
}

func TestASummaryKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, asksAndHears, physicianAsks)
	form := browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")
	form.Set("told", "")
	form.Set("suggested", "Typed, and <not> lost.")
	form.Set("step_what_3", "no day")
	form.Set("step_who_3", "office")
	r := rosa.post("/tickets/"+n+"/summaries", form)
	if r.Code != http.StatusUnprocessableEntity || r.doc.Find("#suggested").Text() != "Typed, and <not> lost." || r.doc.Find("#step_what_3").AttrOr("value", "") != "no day" ||
		r.doc.Find("#step_who_3 option[selected]").AttrOr("value", "") != "office" || !strings.Contains(said(r, ".error-summary"), "Say by when.") {
		t.Errorf("%d %s", r.Code, said(r, "form"))
	}
	form.Set("then", "more")
	more := rosa.post("/tickets/"+n+"/summaries", form)
	if more.Code != http.StatusOK || more.doc.Find(".step-row").Length() <= r.doc.Find(".step-row").Length() || more.doc.Find("#suggested").Text() != "Typed, and <not> lost." {
		t.Errorf("%d, %d steps", more.Code, more.doc.Find(".step-row").Length())
	}
	form.Del("then")
	// What is typed is kept as a draft, and found again.
	draft := rosa.open("/tickets/"+n+"/summaries/new").doc.Find("form#summary").AttrOr("data-draft-url", "")
	if got := rosa.post(draft, form).Code; got != http.StatusNoContent {
		t.Fatalf("not kept: %d", got)
	}
	back := rosa.open("/tickets/" + n + "/summaries/new")
	if back.doc.Find("#suggested").Text() != "Typed, and <not> lost." || back.doc.Find("#told").Text() != "" {
		t.Error("the draft is gone")
	}
	rosa.open(draft).answers(t, 303, "/tickets/"+n+"/summaries/new")
	// She writes meanwhile: it is not sent past her, and kept.
	form = browsed(back, "form#summary")
	form.Set("told", "He stays away.")
	form.Set("step_by_3", "2026-11-30")
	k.imani.post("/requests/"+n+"/replies", url.Values{"key": {uuid.NewString()}, "message": {"One more thing."}}).answers(t, 303, "/requests/"+n)
	r = rosa.post("/tickets/"+n+"/summaries", form)
	if r.Code != http.StatusConflict || r.doc.Find("#told").Text() != "He stays away." || !strings.Contains(said(r, ".flash"), "Leila Imani wrote while you were at it") {
		t.Errorf("%d %q", r.Code, said(r, ".flash"))
	}
	rosa.post("/tickets/"+n+"/summaries", browsed(r, "form#summary")).answers(t, 303, "/tickets/"+n+"#summary")
	if rosa.open(draft).Code != http.StatusNotFound {
		t.Error("what was sent is still a draft")
	}
}

func TestWhoMayNotHearReadsNoSummary(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, insured.NewDelegation{MayAsk: true}, func(k *clinic) *guest { return k.office })
	form := browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")
	form.Set("step_what_1", "hush")
	form.Set("step_by_1", "2026-11-20")
	rosa.post("/tickets/"+n+"/summaries", form).answers(t, 303, "/tickets/"+n+"#summary")
	for _, path := range []string{"/requests/" + n, "/requests/" + n + "/summary", "/"} {
		r := k.office.open(path)
		if r.Code != http.StatusOK || strings.Contains(r.Body.String(), "Then write.") || strings.Contains(r.Body.String(), "hush") || strings.Contains(r.Body.String(), "to confirm") {
			t.Errorf("%s: %d", path, r.Code)
		}
	}
	if got := k.office.open("/requests/" + n + "/summary.pdf").Code; got != http.StatusNotFound {
		t.Errorf("the document: %d", got)
	}
	if got := k.office.post("/requests/"+n+"/summary/confirmation", url.Values{"edition": {"1"}}).Code; got != http.StatusForbidden {
		t.Errorf("confirmed: %d", got)
	}
	if r := k.imani.open("/requests/" + n); !strings.Contains(said(r, "#summary"), "Then write.") {
		t.Error("she does not read hers")
	}
}

func TestWhoMayOnlyHearIsAskedForNothing(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, insured.NewDelegation{MayHear: true}, physicianAsks)
	rosa.post("/tickets/"+n+"/summaries", browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")).answers(t, 303, "/tickets/"+n+"#summary")
	for _, path := range []string{"/requests/" + n, "/requests/" + n + "/summary"} {
		r := k.office.open(path).answers(t, http.StatusOK, "")
		if got := said(r, "main"); !strings.Contains(got, "Then write.") || strings.Contains(got, "you to confirm") || strings.Contains(got, "Once you confirm") || strings.Contains(got, "Is this what we agreed?") {
			t.Errorf("%s says %q", path, got)
		}
	}
	if got := said(k.office.open("/requests/"+n+"/summary"), ".status"); got != "Waits for Dr Imani to confirm it" {
		t.Errorf("it stands at %q", got)
	}
}

func TestADelegateConfirmsForThePhysician(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, asksAndHears, func(k *clinic) *guest { return k.office })
	rosa.post("/tickets/"+n+"/summaries", browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")).answers(t, 303, "/tickets/"+n+"#summary")
	if got := said(k.office.open("/requests/"+n), "#summary"); !strings.Contains(got, "Confirm for Dr Imani") {
		t.Errorf("%q", got)
	}
	k.office.post("/requests/"+n+"/summary/confirmation", url.Values{"edition": {"1"}}).answers(t, 303, "/requests/"+n)
	if got := said(rosa.open("/tickets/"+n), ".summary-line"); !strings.Contains(got, "Confirmed by Marcus Cole for Dr Imani") {
		t.Errorf("%q", got)
	}
	if got := k.imani.open("/requests/" + n).doc.Find("form[action$='/confirmation']").Length(); got != 1 {
		t.Error("she may say so herself, too")
	}
}

func TestTheSummaryLeavesAsADocument(t *testing.T) {
	t.Parallel()
	k, rosa, n := summarised(t, asksAndHears, physicianAsks)
	if got := rosa.open("/tickets/" + n + "/summary.pdf").Code; got != http.StatusNotFound {
		t.Errorf("a document of nothing: %d", got)
	}
	rosa.post("/tickets/"+n+"/summaries", browsed(rosa.open("/tickets/"+n+"/summaries/new"), "form#summary")).answers(t, 303, "/tickets/"+n+"#summary")
	for _, r := range []reply{rosa.open("/tickets/" + n + "/summary.pdf"), k.imani.open("/requests/" + n + "/summary.pdf")} {
		if r.Code != http.StatusOK || r.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(r.Header().Get("Content-Disposition"), "summary-"+n+".pdf") ||
			!strings.HasPrefix(r.Body.String(), "%PDF-") || r.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v", r.Code, r.Header())
		}
	}
}
