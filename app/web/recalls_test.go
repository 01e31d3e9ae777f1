package web_test

import (
	"net/url"
	"strings"
	"testing"

	"hotline/app/guidance"
)

func TestGuidanceIsLookedForBesideATicket(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	number := h.ask("May I stop seeing this patient?")
	find := "/tickets/" + number + "/guidance?view=team&q="
	r := h.rosa.open(find+url.QueryEscape("abandonment")).answers(t, 200, "")
	if r.doc.Find("main#main h1").Length() != 1 || r.doc.Find(`.cite-form input[type=radio][checked]`).Length() != 1 {
		t.Error("without script it is no page with a choice")
	}
	first := r.doc.Find(`.cite-form input[type=radio]`).First().AttrOr("value", "")
	action := r.doc.Find(`.cite-form`).AttrOr("action", "")
	h.rosa.post(action, url.Values{"article": {first}}).answers(t, 303, "/tickets/"+number+"?view=team")

	h.rosa.header.Set("HX-Request", "true")
	r = h.rosa.open(find+url.QueryEscape("abandonment")).answers(t, 200, "")
	if r.doc.Find("header").Length() != 0 || r.doc.Find("#cite-found").Length() != 1 {
		t.Error("with script it is more than what was found")
	}
	if r.doc.Find(`.cite-form input[value="`+first+`"][disabled]`).Length() != 1 {
		t.Error("what is cited may be cited again")
	}
	r = h.rosa.open(find+"zeppelin").answers(t, 200, "")
	if r.doc.Find(".missed button").Length() != 1 || r.doc.Find(".cite-form").Length() != 0 {
		t.Error("nothing found offers nothing to do")
	}
	h.rosa.header.Del("HX-Request")
	h.una.open(find+"abandonment").answers(t, 404, "")
	h.ohio.open(find+"abandonment").answers(t, 404, "")
	if n := h.rosa.open("/tickets/" + number + "?view=team").doc.Find(`#cite[data-shortcut="b"]`).Length(); n != 1 {
		t.Errorf("%d searches beside the ticket", n)
	}
}

func TestWhatIsNotThereIsAskedForOnlyByAPress(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	count := func() (n int) {
		h.must(h.db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM gap_asks").Scan(&n))
		return n
	}
	r := h.ohio.open("/guidance?q=zeppelin+pilots").answers(t, 200, "")
	if count() != 0 {
		t.Error("looking alone was kept")
	}
	form := r.doc.Find(".missed")
	h.ohio.post(form.AttrOr("action", ""), url.Values{"words": {form.Find("input[name=words]").AttrOr("value", "")}, "back": {"https://evil.example/"}}).answers(t, 303, "/guidance")
	if count() != 1 {
		t.Error("a press was not kept")
	}
	if text := readable(h.grace.open("/guidance/gaps").doc.Find("main")); strings.Contains(text, "zeppelin") || !strings.Contains(text, "And 1 more, in words we do not keep.") {
		t.Errorf("a physician's rare words are shown: %s", text)
	}
	h.rosa.post("/guidance/gaps", url.Values{"words": {"zeppelin pilots"}}).answers(t, 303, "/guidance")
	if text := readable(h.grace.open("/guidance/gaps").doc.Find("main")); !strings.Contains(text, "pilots zeppelin") {
		t.Errorf("staff's words are not shown: %s", text)
	}
	h.grace.open("/guidance/gaps?from=yesterday").answers(t, 422, "")
	h.grace.open("/guidance/gaps?from=2026-11-20&to=2026-11-01").answers(t, 422, "")
	r = h.grace.open("/guidance/gaps?from=soon&to=later").answers(t, 422, "")
	if first := r.doc.Find(".error-summary a").First().AttrOr("href", ""); first != "#from" {
		t.Errorf("what is wrong begins with %s", first)
	}
	h.grace.open("/guidance/gaps/tickets").answers(t, 404, "")
	h.ohio.open("/guidance/gaps").answers(t, 404, "")
}

func TestReadersSayWhetherItHelped(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	said := url.Values{"version": {"1"}, "helped": {"no"}}
	h.ohio.post("/guidance/"+parting+"/verdict", said).answers(t, 303, "/guidance/"+parting+"#helped")
	r := h.ohio.open("/guidance/" + parting)
	if got := r.doc.Find(`.verdict [aria-pressed="true"]`).AttrOr("value", ""); got != "no" {
		t.Errorf("the page says %q", got)
	}
	if strings.Contains(readable(r.doc.Find(".verdict")), "helped 0") {
		t.Error("a physician reads the count")
	}
	if text := readable(h.rosa.open("/guidance/" + parting).doc.Find(".verdict")); !strings.Contains(text, "helped 0 of the 1 times") {
		t.Errorf("staff read %q", text)
	}
	for _, bad := range []url.Values{{"version": {"1"}}, {"version": {"x"}, "helped": {"yes"}}, {"version": {"1"}, "helped": {"perhaps"}}} {
		h.ohio.post("/guidance/"+parting+"/verdict", bad).answers(t, 422, "")
	}
	h.ohio.post("/guidance/"+parting+"/verdict", url.Values{"version": {"7"}, "helped": {"yes"}}).answers(t, 404, "")
}

func TestTheListOfSearchWordsKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	form := func(version, words, means string) url.Values {
		return url.Values{"version": {version}, "rows": {"2"}, "words-0": {"fire a patient"}, "means-0": {"discharge"}, "words-1": {words}, "means-1": {means}}
	}
	r := h.grace.post("/guidance/words", form("1", "my zeppelin", "")).answers(t, 422, "")
	if r.doc.Find("#words-1").AttrOr("value", "") != "my zeppelin" || r.doc.Find(".error-summary a").AttrOr("href", "") != "#means-1" {
		t.Error("what was typed is lost, or nothing says what is wrong")
	}
	h.grace.post("/guidance/words", form("1", "my zeppelin", "discharge")).answers(t, 303, "/guidance/words")
	r = h.grace.post("/guidance/words", form("1", "my balloon", "discharge")).answers(t, 409, "")
	if r.doc.Find("#words-1").AttrOr("value", "") != "my balloon" || !strings.Contains(readable(r.doc.Find(".words-theirs")), "my zeppelin") || r.doc.Find("input[name=version]").AttrOr("value", "") != "2" {
		t.Error("the second of two loses what they typed, or does not see the other's")
	}
	h.rosa.post("/guidance/words", form("2", "a", "b")).answers(t, 404, "")
	if href := h.ohio.open("/guidance?q=zeppelin").doc.Find("#found li a").First().AttrOr("href", ""); !strings.HasPrefix(href, "/guidance/") {
		t.Errorf("the new word finds %q", href)
	}
}

func TestARecallIsSettledOnceAndTheSecondIsTold(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	number := h.ask("May I stop seeing this patient?")
	h.rosa.post("/tickets/"+number+"/citations", url.Values{"article": {parting}}).answers(t, 303, "/tickets/"+number+"?view=mine")
	h.must(h.rooms.Guidance.Withdraw(t.Context(), h.manager, parting, "It was wrong.", guidance.Affects{Answered: true, Affected: true, Why: "Letters may have gone out."}))

	line := h.rosa.open("/tickets/" + number).doc.Find(".rail-recall")
	at, _, _ := strings.Cut(line.Find("a").AttrOr("href", ""), "#")
	if !strings.Contains(readable(line), "Letters may have gone out.") || at == "" {
		t.Fatalf("the ticket says %q", readable(line))
	}
	said := readable(h.ohio.open("/requests/" + number).doc.Find("main"))
	if !strings.Contains(said, "It was withdrawn on November 19, 2026: call us before you rely on it.") {
		t.Errorf("the physician reads %q", said)
	}
	r := h.ohio.open("/guidance/"+parting+"?version=1&ticket="+number).answers(t, 200, "")
	if said := readable(r.doc.Find(".article .flash")); !strings.Contains(said, "Do not rely on it: call us") || strings.Contains(said, "It was wrong") {
		t.Errorf("the article says %q", said)
	}
	r = h.una.open(at).answers(t, 200, "")
	if text := readable(r.doc.Find("main")); strings.Contains(text, number) || !strings.Contains(text, "One of them is on another desk, and still open.") {
		t.Errorf("another desk reads %q", text)
	}
	settle := at + "/tickets/" + number
	r = h.rosa.post(settle, url.Values{"how": {"not_needed"}, "why": {""}}).answers(t, 422, "")
	if r.doc.Find(`input[value="not_needed"][checked]`).Length() != 1 || r.doc.Find(".error-summary a").AttrOr("href", "") != "#why-"+strings.ToLower(number) {
		t.Error("what was chosen is lost")
	}
	h.rosa.post(settle, url.Values{"how": {"contacted"}, "on": {"soon"}}).answers(t, 422, "")
	h.una.post(settle, url.Values{"how": {"contacted"}}).answers(t, 404, "")
	h.rosa.post(settle, url.Values{"how": {"not_needed"}, "why": {"No letter went out"}}).answers(t, 303, at)
	r = h.grace.post(settle, url.Values{"how": {"not_needed"}, "why": {"Mine"}}).answers(t, 409, "")
	if text := readable(r.doc.Find("main")); !strings.Contains(text, "Rosa Delgado settled this one already: not needed, because No letter went out.") || !strings.Contains(text, "“Mine”") {
		t.Errorf("the second reads %q", text)
	}
	if h.rosa.open("/tickets/"+number).doc.Find(".rail-recall").Length() != 0 {
		t.Error("a settled ticket still says so")
	}
	if text := readable(h.grace.open("/guidance/recalls").doc.Find("main")); !strings.Contains(text, "All 1 settled") {
		t.Errorf("the list says %q", text)
	}
	h.rosa.open("/guidance/recalls/999").answers(t, 404, "")
}

func TestTheLibraryIsNarrowed(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	all := h.ohio.open("/guidance").answers(t, 200, "").doc.Find("#found li").Length()
	texas := h.ohio.open("/guidance?state=TX").answers(t, 200, "").doc.Find("#found li").Length()
	if texas == 0 || texas >= all {
		t.Errorf("%d of %d speak of Texas", texas, all)
	}
	if n := h.ohio.open("/guidance").doc.Find("#audience, #stale, .tabs").Length(); n != 0 {
		t.Error("a physician sees what is for staff")
	}
	if n := h.rosa.open("/guidance?stale=yes").answers(t, 200, "").doc.Find("#found li").Length(); n != 0 {
		t.Errorf("%d are overdue", n)
	}
	if n := h.rosa.open("/guidance").doc.Find(".tabs a").Length(); n < 5 {
		t.Errorf("staff have %d tabs", n)
	}
	if n := h.ohio.open("/guidance/" + parting).doc.Find(`a[href="/letters/discharge"]`).Length(); n != 1 {
		t.Errorf("%d ways to the letter", n)
	}
}
