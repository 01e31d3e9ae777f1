package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// letterQuery is what a whole form sends; more are pairs of names and values.
func letterQuery(more ...string) string {
	v := url.Values{"state": {"OH"}, "ender": {"physician"}, "on": {"2026-11-20"}, "situation": {"none"}, "care": {"general"}, "medicines": {"refill"}}
	for i := 0; i < len(more); i += 2 {
		if v.Set(more[i], more[i+1]); more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return "?" + v.Encode()
}

func TestALetterIsBuiltForItsStateAndSavedThreeWays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	leila := f.as(f.leila)
	form := leila.open("/letters/discharge").answers(t, http.StatusOK, "")
	if got := form.doc.Find("#state option[selected]").AttrOr("value", ""); got != "OH" {
		t.Errorf("the physician’s own state is not chosen: %q", got)
	}
	if got := form.doc.Find("#on").AttrOr("value", ""); got != "2026-11-19" {
		t.Errorf("dated %q", got)
	}
	page := leila.open("/letters/discharge/letter"+letterQuery()).answers(t, http.StatusOK, "")
	page.says(t, ".paper", "Emergency treatment and access to our services for urgent problems will be given until December 20, 2026")
	page.says(t, ".mailing", "How to mail it in Ohio")
	page.says(t, ".mailing", "Certified mail with return receipt")
	page.says(t, ".mailing", "Ask us for the current text")
	page.says(t, ".emergency", "911")
	if n := page.doc.Find(".twelve > li").Length(); n != 12 {
		t.Errorf("%d elements", n)
	}
	page.doc.Find(".twelve a").Each(func(_ int, a *goquery.Selection) {
		if target := a.AttrOr("href", ""); page.doc.Find(target).Length() != 1 {
			t.Errorf("%s leads nowhere", target)
		}
	})
	for end, want := range map[string]struct{ kind, begins string }{
		".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK"},
		".pdf":  {"application/pdf", "%PDF-"},
		".txt":  {"text/plain; charset=utf-8", "[PRACTICE LETTERHEAD]"},
	} {
		link := page.doc.Find(`.actions a[href*="`+end+`"]`).AttrOr("href", "")
		file := leila.open(link).answers(t, http.StatusOK, "")
		if file.Header().Get("Content-Type") != want.kind || !strings.HasPrefix(file.Body.String(), want.begins) || !strings.Contains(file.Header().Get("Content-Disposition"), end) {
			t.Errorf("%s: %v, begins %.20q", link, file.Header(), file.Body.String())
		}
	}
	leila.open("/letters/discharge/files/other.pdf"+letterQuery()).answers(t, http.StatusNotFound, "")
	other := leila.open("/letters/discharge/letter"+letterQuery("state", "WY")).answers(t, http.StatusOK, "")
	other.says(t, ".mailing", "nothing specific for Wyoming: this is general only")
}

func TestALettersFormKeepsWhatWasChosenAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	page := f.as(f.leila).open("/letters/discharge/letter"+letterQuery("days", "10", "situation", "", "reason", "trust", "results", "yes")).answers(t, http.StatusUnprocessableEntity, "")
	page.says(t, ".error-summary", "at least 30 days")
	page.says(t, ".error-summary", "None of these")
	if page.doc.Find("#days").AttrOr("value", "") != "10" || page.doc.Find(`input[name="reason"][value="trust"][checked]`).Length() != 1 || page.doc.Find("#results[checked]").Length() != 1 {
		t.Error("what was chosen is gone")
	}
	f.as(f.leila).open("/letters/discharge/letter"+letterQuery("notice", "none")).answers(t, http.StatusUnprocessableEntity, "")
	f.as(f.leila).open("/letters/discharge/letter").answers(t, http.StatusUnprocessableEntity, "")
}

func TestASituationStopsTheLetterOnEveryPageOfIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	leila := f.as(f.leila)
	for _, path := range []string{"/letters/discharge/letter", "/letters/discharge/print", "/letters/discharge/files/letter-ending-the-relationship.pdf"} {
		page := leila.open(path+letterQuery("situation", "pregnant", "cleared", "1")).answers(t, http.StatusOK, "")
		page.says(t, "h1", "Call us first")
		page.says(t, ".call-now", "800 555 0142")
		page.hides(t, "I am writing to tell you")
		if page.doc.Find(`a[href="/guidance/when-not-to-discharge"]`).Length() != 1 || page.doc.Find(`a[href="/requests/new?topic=discharge"]`).Length() != 1 || page.doc.Find("form.clear").Length() != 0 {
			t.Errorf("%s: %s", path, said(page, "main"))
		}
	}
	leila.post("/letters/discharge/clearance"+letterQuery("situation", "pregnant"), url.Values{"number": {"RM-2026-000001"}}).answers(t, http.StatusNotFound, "")
}

func TestTheDeskBuildsAStoppedLetterOnlyOnATicketThatRecordsIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	rosa := f.as(f.rosa)
	asked := f.ask("A threat this morning. May I end it today?")
	query := letterQuery("situation", "threat")
	stop := rosa.open("/letters/discharge/letter"+query).answers(t, http.StatusOK, "")
	stop.says(t, ".call-now", "911 first")
	action := stop.doc.Find("form.clear").AttrOr("action", "")
	wrong := rosa.post(action, url.Values{"number": {"RM-2026-999999"}, "notice": {"none"}}).answers(t, http.StatusUnprocessableEntity, "")
	wrong.says(t, ".error-summary", "a ticket that you may see")
	if wrong.doc.Find("#number").AttrOr("value", "") != "RM-2026-999999" || wrong.doc.Find(`input[value="none"][checked]`).Length() != 1 {
		t.Error("what was typed is gone")
	}
	made := rosa.post(action, url.Values{"number": {strings.ToLower(asked.Number)}, "notice": {"none"}})
	at := made.Header().Get("Location")
	if made.Code != http.StatusSeeOther {
		t.Fatalf("answered %d", made.Code)
	}
	letter := rosa.open(at).answers(t, http.StatusOK, "")
	letter.says(t, ".flash", "Advised by us on ticket "+asked.Number)
	letter.says(t, ".paper", "I am not able to offer you visits after the date of this letter")
	// Its address does no more than it was given for, and nothing for a physician.
	more := strings.Replace(at, "situation=threat", "situation=threat&situation=crisis", 1)
	rosa.open(more).answers(t, http.StatusOK, "").says(t, "h1", "Call us first")
	f.as(f.leila).open(at).answers(t, http.StatusOK, "").says(t, "h1", "Call us first")
	restrict(t, f.db, asked.Number)
	rosa.open(at).answers(t, http.StatusOK, "").says(t, "h1", "Call us first")
}

func TestThePrintViewsFieldsCannotBeSent(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	page := f.as(f.leila).open("/letters/discharge/print"+letterQuery()).answers(t, http.StatusOK, "")
	fields := page.doc.Find("#names input, #names textarea")
	if fields.Length() < 8 {
		t.Fatalf("%d fields", fields.Length())
	}
	fields.Each(func(_ int, s *goquery.Selection) {
		if _, named := s.Attr("name"); named || s.Closest("form").Length() > 0 || s.AttrOr("autocomplete", "") != "off" || s.AttrOr("spellcheck", "") != "false" {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("it could leave the page: %s", html)
		}
		if page.doc.Find(`[data-blank="`+s.AttrOr("data-fills", "")+`"]`).Length() == 0 {
			t.Errorf("%q fills nothing", s.AttrOr("data-fills", ""))
		}
	})
	if _, hidden := page.doc.Find("#names").Attr("hidden"); !hidden {
		t.Error("without script there are fields that do nothing")
	}
}

func TestAReminderIsSetListedAndStopped(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	leila := f.as(f.leila)
	page := leila.open("/letters/discharge/letter"+letterQuery()).answers(t, http.StatusOK, "")
	form := page.filled(`form[action="/letters/notices"]`)
	leila.post("/letters/notices", form).answers(t, http.StatusSeeOther, "/letters")
	list := leila.open("/letters").answers(t, http.StatusOK, "")
	list.says(t, ".reminders", "December 20, 2026 Ohio. It ends in 31 days.")
	list.says(t, ".flash", "a week before December 20, 2026")
	leila.post("/letters/notices", form).answers(t, http.StatusSeeOther, "/letters")
	leila.open("/letters").says(t, ".flash", "already")
	end := list.doc.Find(".reminders form").AttrOr("action", "")
	f.as(f.rosa).post(end, nil).answers(t, http.StatusNotFound, "")
	leila.post(end, nil).answers(t, http.StatusSeeOther, "/letters")
	if n := leila.open("/letters").doc.Find(".reminders li").Length(); n != 0 {
		t.Errorf("%d reminders are left", n)
	}
	form.Set("ends_on", "2026-11-01")
	leila.post("/letters/notices", form).answers(t, http.StatusSeeOther, form.Get("back"))
	leila.open("/letters").says(t, ".flash", "No reminder was set")
	form.Set("back", "https://evil.example/")
	leila.post("/letters/notices", form).answers(t, http.StatusSeeOther, "/letters")
}

func TestAReplyIsMarkedAndStaysInItsField(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	leila := f.as(f.leila)
	reply := "We're sorry your visit went badly.\n<b>You refused</b> the test & left."
	page := leila.post("/letters/review", url.Values{"reply": {reply}, "review": {"Give me my money back."}}).answers(t, http.StatusOK, "")
	page.says(t, ".reply-marked", "your visit")
	page.says(t, ".reply-findings", "Says who is a patient")
	page.says(t, ".reply-findings", "Argues")
	page.says(t, ".flash-alarm", "Pay nothing")
	page.says(t, ".safe-reply", "Privacy law keeps us from discussing anyone’s care")
	if got := page.doc.Find("textarea#reply").Text(); got != reply {
		t.Errorf("the field holds %q", got)
	}
	if page.doc.Find(".reply-marked b").Length() != 0 {
		t.Error("what was typed became part of the page")
	}
	page.doc.Find(".reply-no").Each(func(_ int, a *goquery.Selection) {
		if page.doc.Find(a.AttrOr("href", "")).Length() != 1 {
			t.Errorf("%s leads nowhere", a.AttrOr("href", ""))
		}
	})
	leila.post("/letters/review", url.Values{"reply": {"We take every comment seriously."}}).says(t, "#result", "Nothing found")
	leila.post("/letters/review", url.Values{"reply": {" "}}).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "Paste the reply")
	long := strings.Repeat("a", 5001)
	kept := leila.post("/letters/review", url.Values{"reply": {long}}).answers(t, http.StatusUnprocessableEntity, "")
	if kept.doc.Find("textarea#reply").Text() != long {
		t.Error("what was pasted is gone")
	}
}

func TestAFirstHourCardIsShownAndSaved(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	rosa := f.as(f.rosa)
	list := rosa.open("/letters/first-hour").answers(t, http.StatusOK, "")
	cards := list.doc.Find(".tools a")
	if cards.Length() != 5 {
		t.Fatalf("%d cards", cards.Length())
	}
	cards.Each(func(_ int, a *goquery.Selection) {
		at := a.AttrOr("href", "")
		card := rosa.open(at).answers(t, http.StatusOK, "")
		card.says(t, ".call-now", "800 555 0142")
		for _, end := range []string{"docx", "pdf", "txt"} {
			file := rosa.open(card.doc.Find(`a[href$="`+end+`"]`).AttrOr("href", "")).answers(t, http.StatusOK, "")
			if file.Body.Len() < 1000 {
				t.Errorf("%s as %s has %d bytes", at, end, file.Body.Len())
			}
		}
	})
	rosa.open("/letters/first-hour/flood").answers(t, http.StatusNotFound, "")
}

func TestAManagerEditsARuleAndTheNextLetterFollowsIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	maya := f.as(f.maya)
	list := maya.open("/letters/rules").answers(t, http.StatusOK, "")
	list.says(t, ".rules", "Ohio at least 30 days Certified mail with return receipt")
	list.says(t, "#others", "Nothing specific for these states: general only")
	send := func(at string, more ...string) reply {
		form := url.Values{"version": {"1"}, "min_days": {"40"}, "takes_effect": {"end"}, "mailing": {"Certified mail."}, "source": {"The code"}, "checked_on": {"2026-11-18"}, "holds": {"yes"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return maya.post(at, form)
	}
	wrong := send("/letters/rules/OH", "min_days", "many", "mailing", "", "note", "Kept as typed.").answers(t, http.StatusUnprocessableEntity, "")
	wrong.says(t, ".error-summary", "number of days")
	if wrong.doc.Find("#min_days").AttrOr("value", "") != "many" || wrong.doc.Find("#note").Text() != "Kept as typed." {
		t.Error("what was typed is gone")
	}
	send("/letters/rules/OH").answers(t, http.StatusSeeOther, "/letters/rules")
	page := f.as(f.leila).open("/letters/discharge/letter"+letterQuery()).answers(t, http.StatusOK, "")
	page.says(t, ".paper", "December 30, 2026, which is 40 days")
	conflict := send("/letters/rules/OH", "min_days", "35").answers(t, http.StatusConflict, "")
	conflict.says(t, ".theirs", "40 days")
	if conflict.doc.Find("#min_days").AttrOr("value", "") != "35" || conflict.doc.Find(`input[name="version"]`).AttrOr("value", "") != "2" {
		t.Error("it cannot simply be saved again")
	}
	send("/letters/rules/WY", "version", "0").answers(t, http.StatusSeeOther, "/letters/rules")
	send("/letters/rules/XX").answers(t, http.StatusNotFound, "")
	maya.open("/letters/rules/general").answers(t, http.StatusOK, "").says(t, "h1", "Every other state")
	f.as(f.rosa).open("/letters/rules").answers(t, http.StatusNotFound, "")
}
