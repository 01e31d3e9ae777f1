package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"hotline/app/actor"
	"hotline/app/guidance"
)

const (
	endingCare = "A patient has missed six appointments without calling. May I stop seeing her, and how do I write the discharge letter?"
	threatened = "A patient said on the telephone that he will come with a gun and shoot my receptionist this afternoon. What do we do?"
)

// newTaught is the clinic with a filled library.
func newTaught(t *testing.T) *clinic {
	t.Helper()
	k := newClinic(t, asksAndHears)
	if _, err := guidance.New(k.db).Load(t.Context(), actor.Command("test")); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestGuidanceStandsBesideAQuestionAsItIsWritten(t *testing.T) {
	t.Parallel()
	k := newTaught(t)
	region := k.imani.open("/requests/new").doc.Find("#near")
	if region.AttrOr("hx-post", "") != "/requests/new/guidance" || region.AttrOr("aria-live", "") != "polite" || strings.TrimSpace(region.Text()) != "" {
		t.Fatal("nothing listens")
	}
	r := k.imani.post("/requests/new/guidance", url.Values{"question": {endingCare}}).answers(t, 200, "")
	if n := r.doc.Find(".near-guidance li").Length(); n != 3 {
		t.Fatalf("%d articles", n)
	}
	if got := said(r, ".near-guidance li:first-child"); !strings.Contains(got, "You wrote") || r.doc.Find(`button[name="article"][formaction="/requests/new/answered"]`).Length() != 3 {
		t.Error(got)
	}
	if r.doc.Find(".near-alert").Length() != 0 {
		t.Error("an alarm for nothing")
	}
	r = k.imani.post("/requests/new/guidance", url.Values{"question": {threatened}})
	if got := said(r, ".near-alert"); !strings.Contains(got, "911") || !strings.Contains(got, "800 555 0142") || !strings.Contains(got, "gun") {
		t.Errorf("the alert says %q", got)
	}
	for _, short := range []string{"", "He has a gun."} {
		if got := k.imani.post("/requests/new/guidance", url.Values{"question": {short}}); strings.TrimSpace(got.Body.String()) != "" {
			t.Errorf("something is said of %q", short)
		}
	}
}

func TestThisAnsweredItEndsTheDraftAndIsCounted(t *testing.T) {
	t.Parallel()
	k := newTaught(t)
	key := uuid.NewString()
	form := question(key)
	form.Set("question", endingCare)
	form.Set("article", "ending-the-relationship")
	asks := "/requests/new/answered?" + url.Values{"draft": {key}, "article": {"ending-the-relationship"}}.Encode()
	k.imani.post("/requests/new/answered", form).answers(t, 303, asks)
	page := k.imani.open(asks).answers(t, 200, "")
	if back := page.doc.Find(`a[href="/requests/new?draft=` + key + `"]`); back.Length() != 1 || strings.Contains(page.Body.String(), "six appointments") {
		t.Error("no way back, or the question is shown")
	}
	if k.count("drafts") != 1 || k.count("article_verdicts") != 0 {
		t.Fatal("it went before anybody was sure")
	}
	k.other.open(asks).answers(t, 404, "")
	sure := page.filled(`form[action="/requests/new/answered"]`)
	sure.Set("sure", "yes")
	k.imani.post("/requests/new/answered", sure).answers(t, 303, "/requests/new/helped?article=ending-the-relationship")
	if k.count("drafts") != 0 || k.count("tickets") != 0 || k.count("article_verdicts") != 1 {
		t.Errorf("%d drafts, %d tickets, %d verdicts", k.count("drafts"), k.count("tickets"), k.count("article_verdicts"))
	}
	r := k.imani.open("/requests/new/helped?article=ending-the-relationship").answers(t, 200, "")
	if !strings.Contains(said(r, "main"), "Nothing was sent") || r.doc.Find(`a[href="/requests/new"]`).Length() == 0 {
		t.Error(said(r, "main"))
	}
}

func TestWhoWasSignedOutKeepsThePageTheyTypeIn(t *testing.T) {
	t.Parallel()
	k := newTaught(t)
	k.imani.post("/signout", nil)
	k.imani.header.Set("HX-Request", "true")
	for target, path := range map[string]string{"near": "/requests/new/guidance", "heard": "/calls/reading", "check": "/guidance/discharge-letter/draft"} {
		k.imani.header.Set("HX-Target", target)
		r := k.imani.post(path, url.Values{"question": {endingCare}, "then": {"look"}}).answers(t, 401, "")
		if r.Header().Get("HX-Retarget") != "#live" || strings.Contains(r.Body.String(), "<form") {
			t.Errorf("%s takes the page away: %v", path, r.Header())
		}
	}
}

func TestTheCheckAsksAboutWhatWasWrittenAndChangesNothing(t *testing.T) {
	t.Parallel()
	k := newTaught(t)
	key := uuid.NewString()
	form := question(key)
	form.Set("question", "I was served with a summons this morning by a former patient. Her lawyer wants the records too. How do I answer?")
	k.imani.post("/requests/new", form).answers(t, 303, "/requests/new/check?draft="+key)
	r := k.imani.open("/requests/new/check?draft=" + key)
	if got := said(r, ".doubt"); !strings.Contains(got, "You wrote") || !strings.Contains(got, "Are there legal papers?") {
		t.Fatalf("it asks %q", got)
	}
	if got := said(r, ".readback"); !strings.Contains(got, "Legal papersNo") || strings.Contains(got, "Yes, with") {
		t.Error("an answer was changed for them", got)
	}
	if r.doc.Find(".near-guidance li form").Length() == 0 {
		t.Error("no guidance without a script")
	}
	// One press says so, and everything else stays.
	press := r.filled(`form.doubt:has(button[name="papers"])`)
	press.Set("papers", "yes")
	k.imani.post("/requests/new", press).answers(t, 303, "/requests/new/check?draft="+key)
	r = k.imani.open("/requests/new/check?draft=" + key)
	if strings.Contains(said(r, ".doubt"), "legal papers") || !strings.Contains(said(r, ".readback"), "Legal papersYes") || !strings.Contains(said(r, ".readback"), "served with a summons") {
		t.Error(said(r, ".readback"))
	}
	// A topic it does not read like is asked about too, and left alone.
	form = question(uuid.NewString())
	form.Set("topic", "misinformation")
	form.Set("question", endingCare)
	k.imani.post("/requests/new", form)
	r = k.imani.open("/requests/new/check?draft=" + form.Get("key"))
	if r.doc.Find(`.doubt button[name="topic"][value="discharge"]`).Length() != 1 || !strings.Contains(said(r, ".doubt"), "This reads like") {
		t.Error(said(r, ".doubt"))
	}
	if number := k.ask(k.imani, func(v url.Values) { v.Set("topic", "misinformation"); v.Set("question", endingCare) }); number == "" || k.one("SELECT topic FROM tickets WHERE number = ?", number) != "misinformation" {
		t.Error("the topic was changed")
	}
}

func TestACallIsReadWhileItIsWrittenDown(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	if _, err := b.rooms.Guidance.Load(t.Context(), actor.Command("test")); err != nil {
		t.Fatal(err)
	}
	r := b.rosa.post("/calls/reading", url.Values{"narrative": {threatened}, "urgency": {"routine"}}).answers(t, 200, "")
	if got := said(r, ".found"); !strings.Contains(got, "Critical") || !strings.Contains(got, "Is everyone safe") || !strings.Contains(got, "Goes to:") {
		t.Errorf("it says %q", got)
	}
	use := r.doc.Find(`#heard-urgency[hx-swap-oob] button[data-picks="urgency"]`)
	if use.Length() != 1 || use.AttrOr("aria-pressed", "") != "false" || use.AttrOr("type", "") != "button" {
		t.Error("the urgency cannot be taken")
	}
	if r.doc.Find("#heard-topic button[data-picks]").Length() == 0 || r.doc.Find(`#heard-articles a[target="_blank"]`).Length() == 0 {
		t.Error(r.Body.String())
	}
	page := b.rosa.open("/calls/new")
	for _, id := range []string{"#heard", "#heard-topic", "#heard-urgency", "#heard-articles"} {
		if page.doc.Find(id).Length() != 1 {
			t.Errorf("no room for %s", id)
		}
	}
	// Without a script it is read when the form comes back, and a choice made stays.
	form := page.written("narrative", threatened, "topic", "discharge", "urgency", "routine", "then", "find")
	b.rosa.post("/calls/form", form)
	back := b.rosa.open("/calls/new?draft=" + form.Get("key"))
	if !strings.Contains(said(back, "#heard"), "Is everyone safe") || back.written().Get("urgency") != "routine" || back.written().Get("topic") != "discharge" {
		t.Error("not read, or a choice was overwritten")
	}
	if got := b.rosa.post("/calls/reading", url.Values{"narrative": {threatened}, "ticket": {"RM-2026-000001"}}); got.doc.Find("#heard-topic, #heard-urgency").Length() != 0 {
		t.Error("another leg is asked what it is about")
	}
}

func TestATicketShowsWhatFiredAndIsReclassifiedWithOnePress(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	if _, err := f.rooms.Guidance.Load(t.Context(), actor.Command("test")); err != nil {
		t.Fatal(err)
	}
	asked := f.claimed(f.rosa, threatened)
	rosa := f.as(f.rosa)
	page := rosa.open("/tickets/"+asked.Number).answers(t, http.StatusOK, "")
	if got := said(page, ".evidence .fired"); !strings.Contains(got, "gun") {
		t.Errorf("marked: %q", got)
	}
	if !strings.Contains(said(page, ".evidence figcaption"), "Underlined") || !strings.Contains(said(page, "#reads"), "Is everyone safe") || !strings.Contains(said(page, ".reads-as"), "Reads as ") {
		t.Error(said(page, "#reads"))
	}
	form := page.filled(`#reads form[action*="/urgency"]`)
	if form.Get("urgency") != "critical" || form.Get("reason") == "" {
		t.Fatal(form)
	}
	rosa.post("/tickets/"+asked.Number+"/urgency", form)
	page = rosa.open("/tickets/" + asked.Number)
	if said(page, ".ticket-line .urgency") != "Critical" || page.doc.Find(`#reads form[action*="/urgency"]`).Length() != 0 {
		t.Error(said(page, ".ticket-line"))
	}
	if got := one(f.as(f.rosa).open("/tickets/" + asked.Number).doc.Find(".history .note").Text()); !strings.Contains(got, "By its words") {
		t.Errorf("the reason is not noted: %q", got)
	}
}

func TestManagersTeachTriageAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	k := newTaught(t)
	k.add("ada@insurer.example", actor.Administrator)
	manager, ada := k.guest(), k.guest()
	manager.signIn("manager@insurer.example").answers(t, 303, "/")
	ada.signIn("ada@insurer.example")
	k.imani.open("/triage").answers(t, 404, "")
	text := "The man put a flimflammer on the counter and asked for a copy of his chart."
	r := manager.post("/triage/trial", url.Values{"text": {text}}).answers(t, 200, "")
	if r.doc.Find("textarea#text").Text() != text || strings.Contains(said(r, ".tried"), "Critical") {
		t.Fatal(said(r, ".tried"))
	}
	manager.post("/triage/trial", url.Values{"text": {" "}}).answers(t, 422, "")

	page := manager.open("/triage/triggers/threat_of_violence").answers(t, 200, "")
	last := page.doc.Find(`textarea[id^="any-"]`).Length() - 1
	if last < 1 {
		t.Fatal("no room for another way")
	}
	field := "any-" + strconv.Itoa(last)
	form := browsed(page, "main form")
	form.Set(field, "flimflammer\n<nosuch>")
	form.Set("first", "")
	r = manager.post("/triage/triggers/threat_of_violence", form).answers(t, 422, "")
	back := browsed(r, "main form")
	for name, values := range form {
		if strings.Join(back[name], "|") != strings.Join(values, "|") {
			t.Errorf("%s came back as %q, sent as %q", name, back[name], values)
		}
	}
	if r.doc.Find(`.error-summary a[href="#first"]`).Length() != 1 || r.doc.Find(`.error-summary a[href="#`+field+`"]`).Length() != 1 {
		t.Error(said(r, ".error-summary"))
	}
	// Tried before it is kept, it reads otherwise; what is in force does not.
	form.Set(field, "flimflammer")
	form.Set("first", "Is everyone safe at this moment?")
	form.Set("text", text)
	try := maps.Clone(form)
	try.Set("then", "try")
	r = manager.post("/triage/triggers/threat_of_violence", try).answers(t, 200, "")
	if !strings.Contains(said(r, ".tried"), "Critical") || said(r, ".tried .fired") != "flimflammer" {
		t.Error(said(r, ".tried"))
	}
	manager.post("/triage/triggers/threat_of_violence", form).answers(t, 303, "/triage/triggers/threat_of_violence")
	r = manager.post("/triage/trial", url.Values{"text": {text}})
	if !strings.Contains(said(r, ".tried"), "Critical") || !strings.Contains(said(r, ".triage-done"), "Priya Raman changed the trigger") {
		t.Error(said(r, ".tried"), said(r, ".triage-done"))
	}
	// From the page as it was: a conflict that keeps what was typed and shows theirs.
	form.Set("name", "Danger, by my words")
	r = manager.post("/triage/triggers/threat_of_violence", form).answers(t, 409, "")
	if browsed(r, "main form").Get("name") != "Danger, by my words" || !strings.Contains(said(r, ".triage-theirs"), "Any of: flimflammer") {
		t.Error("theirs is not shown, or ours is lost")
	}
	if again := browsed(r, "main form"); manager.post("/triage/triggers/threat_of_violence", again).Code != 303 {
		t.Error("it cannot be kept after theirs was read")
	}
	// An administrator reads and does not change.
	r = ada.open("/triage/triggers/threat_of_violence").answers(t, 200, "")
	if r.doc.Find("main form button").Length() != 0 {
		t.Error("an administrator is offered to change it")
	}
	ada.post("/triage/triggers/threat_of_violence", form).answers(t, 404, "")
	// Harm has to be meant.
	page = manager.open("/triage/triggers/suit")
	form = browsed(page, "main form")
	for name := range form {
		if strings.HasPrefix(name, "any-") {
			form.Set(name, "flimflammer")
		}
	}
	r = manager.post("/triage/triggers/suit", form).answers(t, 422, "")
	if r.doc.Find("#sure").Length() != 1 || !strings.Contains(said(r, ".flash-problem"), "known to have it") {
		t.Error(said(r, ".flash"))
	}
	form.Set("sure", "yes")
	manager.post("/triage/triggers/suit", form).answers(t, 303, "/triage/triggers/suit")

	page = manager.open("/triage/topics/discharge")
	form = browsed(page, "main form")
	form.Set("words", "")
	manager.post("/triage/topics/discharge", form).answers(t, 422, "")
	form.Set("words", "fire a patient\nflimflammer")
	manager.post("/triage/topics/discharge", form).answers(t, 303, "/triage/topics/discharge")
	if got := manager.open("/triage/topics/discharge").doc.Find("#words").Text(); strings.TrimSpace(got) != "fire a patient\nflimflammer" {
		t.Errorf("kept %q", got)
	}
	manager.open("/triage/models/0").answers(t, 200, "")
	manager.open("/triage/models/7").answers(t, 404, "")
}

// one is the first column of the first row.
func (k *clinic) one(sql string, args ...any) (out string) {
	k.t.Helper()
	sql = strings.ReplaceAll(sql, "?", "$1")
	if err := k.db.Pool().QueryRow(k.t.Context(), sql, args...).Scan(&out); err != nil {
		k.t.Fatal(err)
	}
	return out
}
