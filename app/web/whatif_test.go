package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/ticket"
	"hotline/app/web"
	"hotline/app/whatif"
)

// newStaffRoom is a floor with the manager's plans, and a second manager.
func newStaffRoom(t *testing.T) (f *floor, ines *account.Person) {
	t.Helper()
	f = newFloor(t)
	f.rooms.Plans = whatif.New(f.db)
	public, _ := url.Parse("https://hotline.example")
	f.door = &door{t, f.rooms.Accounts, f.db, web.New(f.rooms, web.Options{Public: public})}
	return f, f.person("ines@hotline.example", "Ines Varga", actor.Manager)
}

func capOf(p *account.Person) string { return whatif.CapField(p.ID) }

// drafted saves a draft and gives its address.
func (f *floor) drafted(maya *guest, more ...string) string {
	f.t.Helper()
	form := url.Values{"name": {"Winter"}, "weights-room": {"60"}, capOf(f.rosa): {"9"}, "first_answer-urgent": {"120"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	saved := maya.post("/routing/plans", form)
	if saved.Code != http.StatusSeeOther {
		f.t.Fatalf("not saved: %d %s", saved.Code, said(saved, "main"))
	}
	return saved.Header().Get("Location")
}

func TestTheRoutingPageSaysThePolicyInForce(t *testing.T) {
	t.Parallel()
	f, _ := newStaffRoom(t)
	page := f.as(f.maya).open("/routing").answers(t, http.StatusOK, "")
	if got := said(page, ".reasons li:first-child"); got != "Had it before this ticket, or one of the same matter 80" {
		t.Errorf("the heaviest reason is %q", got)
	}
	if got := said(page, "main table tbody tr:first-child"); !strings.HasPrefix(got, "Counts in a load against a person’s capacity2 1 1") {
		t.Errorf("by urgency: %q", got)
	}
	if got := said(page, "main"); !strings.Contains(got, "As it came") || !strings.Contains(got, "Rosa Delgado 15 the desk’s hours") {
		t.Errorf("said %q", got)
	}
}

func TestADraftStandsInItsFormWhereItDiffersOnly(t *testing.T) {
	t.Parallel()
	f, _ := newStaffRoom(t)
	maya := f.as(f.maya)
	monday, friday := whatif.DayField(f.priya.ID, time.Monday), whatif.DayField(f.priya.ID, time.Friday)
	at := f.drafted(maya, monday, "9-12, 1 to 5", friday, "off", "loads-critical", "2", "topic", "discharge", "topic-urgency", "routine", "topic-minutes", "300", "first_answer-critical-clock", "always")
	page := maya.open(at).answers(t, http.StatusOK, "")
	for field, want := range map[string]string{"name": "Winter", "weights-room": "60", "weights-depth": "", "loads-critical": "", capOf(f.rosa): "9", capOf(f.priya): "",
		"first_answer-urgent": "120", "first_answer-routine-discharge": "300", "first_answer-critical": "", monday: "9 AM to noon, 1 PM to 5 PM", friday: "off"} {
		if got := page.doc.Find(`[id="`+field+`"]`).AttrOr("value", "-"); got != want {
			t.Errorf("%s holds %q, want %q", field, got, want)
		}
	}
	if got := page.doc.Find("#first_answer-critical-clock option[selected]").AttrOr("value", ""); got != "always" {
		t.Errorf("counted %q", got)
	}
	if got := page.doc.Find("#weights-room").AttrOr("placeholder", "") + " " + page.doc.Find("#weights-room-bar").AttrOr("width", ""); got != "40 60%" {
		t.Errorf("room: %q", got)
	}
	if page.doc.Find(".member-week[open]").Length() != 1 {
		t.Error("the week that differs is not open, or another is")
	}
	sure := maya.open(at+"/enactment").answers(t, http.StatusOK, "")
	if got := said(sure, ".differences"); got != "Room from 40 points → to 60 pointsFirst answer within critical from 1 h → to 1 h, around the clockFirst answer within urgent from 4 h → to 2 h"+
		"First answer within Ending a patient’s care, routine from 10 h → to 5 hMonday Priya Raman from 8 AM to 6 PM → to 9 AM to noon, 1 PM to 5 PM"+
		"Friday Priya Raman from 8 AM to 6 PM → to offHolds at most Rosa Delgado from 15 → to 9" {
		t.Errorf("it would change %q", got)
	}
}

func TestAPlanThatMakesNoSenseComesBackAsTyped(t *testing.T) {
	t.Parallel()
	f, _ := newStaffRoom(t)
	monday := whatif.DayField(f.priya.ID, time.Monday)
	form := url.Values{"name": {""}, "weights-room": {"many"}, "weights-depth": {"1001"}, capOf(f.rosa): {"-1"}, monday: {"early"}, "first_answer-urgent": {"0"},
		"topic-minutes": {"30"}, "topic-urgency": {"urgent"}, "from": {"2026-11-01"}, "to": {"2026-11-08"}, "then": {"replay"}}
	maya := f.as(f.maya)
	page := maya.post("/routing/plans", form).answers(t, http.StatusUnprocessableEntity, "")
	for field := range form {
		if field == "then" || field == "topic-urgency" {
			continue
		}
		if got := page.doc.Find(`[id="`+field+`"]`).AttrOr("value", "-"); got != form.Get(field) {
			t.Errorf("%s: typed %q, back came %q", field, form.Get(field), got)
		}
	}
	for _, field := range []string{"weights-room", monday, "topic"} {
		if page.doc.Find(`.error-summary a[href="#`+field+`"]`).Length() != 1 {
			t.Errorf("nothing is said of %s: %s", field, said(page, ".error-summary"))
		}
	}
	// What can be read, and still makes no sense, is the room's to say.
	form.Set("weights-room", "50")
	form.Set(monday, "9 to 5")
	form.Set("topic", "discharge")
	page = maya.post("/routing/plans", form).answers(t, http.StatusUnprocessableEntity, "")
	for field, says := range map[string]string{"name": "Give it a name, so that it can be told from the others.", "weights-depth": "Depth: Give a number from 0 to 1000.",
		capOf(f.rosa): "Rosa Delgado: Give a number from 0 to 500.", "first_answer-urgent": "First answer, urgent: Give a time from one minute to a year."} {
		if got := said(page, `.error-summary a[href="#`+field+`"]`); got != says {
			t.Errorf("%s: said %q", field, got)
		}
	}
	if page.doc.Find("#weights-depth").AttrOr("aria-invalid", "") != "true" {
		t.Error("the field is not marked")
	}
}

func TestTwoManagersAtOneDraftLoseNothing(t *testing.T) {
	t.Parallel()
	f, second := newStaffRoom(t)
	maya, ines := f.as(f.maya), f.as(second)
	at := f.drafted(maya)
	ines.post(at, url.Values{"version": {"1"}, "name": {"Winter"}, capOf(f.priya): {"3"}}).answers(t, http.StatusSeeOther, at)
	mine := url.Values{"version": {"1"}, "name": {"Winter, mine"}, "weights-room": {"70"}, capOf(f.rosa): {"8"}}
	page := maya.post(at, mine).answers(t, http.StatusConflict, "")
	for field, want := range map[string]string{"name": "Winter, mine", "weights-room": "70", capOf(f.rosa): "8", capOf(f.priya): ""} {
		if got := page.doc.Find(`[id="`+field+`"]`).AttrOr("value", "-"); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if got := said(page, "[role=alert]"); !strings.Contains(got, "Ines Varga saved it") || !strings.Contains(got, "Holds at most Priya Raman from 15 → to 3") {
		t.Errorf("said %q", got)
	}
	if got := said(maya.open(at), "h1"); got != "Winter" {
		t.Errorf("it was saved over as %q", got)
	}
	mine.Set("version", page.doc.Find("input[name=version]").First().AttrOr("value", ""))
	maya.post(at, mine).answers(t, http.StatusSeeOther, at)
	if got := said(maya.open(at), "h1"); got != "Winter, mine" {
		t.Errorf("it is %q", got)
	}
	ines.post(at+"/withdrawal", url.Values{"version": {"2"}}).answers(t, http.StatusConflict, "")
	ines.post(at+"/enactment", url.Values{"version": {"2"}, "when": {"now"}}).answers(t, http.StatusConflict, "")
}

func TestAReplayIsWaitedForOrLeftAndItsResultStays(t *testing.T) {
	t.Parallel()
	f, _ := newStaffRoom(t)
	for range 3 {
		f.must(f.rooms.Tickets.Reply(t.Context(), f.acts(f.rosa), f.claimed(f.rosa, "May I?").Number, ticket.Words{Body: "Yes."}))
	}
	f.db.Freeze(f.thursday.Add(24 * time.Hour))
	maya := f.as(f.maya)
	sent := maya.post("/routing/plans", url.Values{"name": {"Nobody but Priya"}, capOf(f.rosa): {"0"}, "from": {"2026-11-16"}, "to": {"2026-11-20"}, "then": {"replay"}})
	at := sent.Header().Get("Location")
	if !strings.HasPrefix(at, "/routing/replays/") {
		t.Fatalf("sent to %q: %d", at, sent.Code)
	}
	page := maya.open(at).answers(t, http.StatusOK, "")
	if got := said(page, "h1"); got != "Playing November 16 to November 19, 2026 again" || page.doc.Find("progress").Length() != 1 {
		t.Errorf("under way: %q", got)
	}
	region := page.doc.Find("#replay")
	if region.AttrOr("data-live", "") == "" || region.AttrOr("hx-get", "") != at || page.doc.Find(`#replay a[href="`+at+`"]`).Length() != 1 {
		t.Error("the page neither listens nor can be asked again")
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(at, "/routing/replays/"), 10, 64)
	var promise int64
	f.must(f.db.Read(t.Context(), func(q *gorm.DB) error {
		return q.Raw(`SELECT id FROM outbox WHERE kind = 'whatif:replay'`).Scan(&promise).Error
	}))
	f.must(f.rooms.Plans.Play(t.Context(), actor.Job("whatif:replay", promise), id))
	page = maya.open(at).answers(t, http.StatusOK, "")
	if page.doc.Find("#replay[data-live], progress").Length() != 0 {
		t.Error("it is done and still moves")
	}
	if got := said(page, ".compare thead"); got != "What happened in truthAs things are played again“Nobody but Priya” played again" {
		t.Errorf("the heads are %q", got)
	}
	if got := said(page, ".compare tbody tr:nth-child(5)"); got != "Answered in these days 3 of 3 3 of 3 3 of 3" {
		t.Errorf("answered: %q", got)
	}
	if page.doc.Find(".wait-chart svg desc").Length() != 1 || page.doc.Find(".chart svg title").Length() != 3 || page.doc.Find("main table").Length() < 4 {
		t.Error("a chart, its description or its table is missing")
	}
	if got := said(page, "main"); strings.Contains(got, "RM-") || !strings.Contains(got, "Holds at most Rosa Delgado from 15 → to 0") || !strings.Contains(got, "What the model leaves out") {
		t.Errorf("said %q", got)
	}
	// Days that make no sense: the form, as typed.
	again := page.doc.Find(".again form").AttrOr("action", "")
	wrong := maya.post(again, url.Values{"from": {"then"}, "to": {"2026-11-20"}}).answers(t, http.StatusUnprocessableEntity, "")
	if wrong.doc.Find("#from").AttrOr("value", "") != "then" || wrong.doc.Find("#to").AttrOr("value", "") != "2026-11-20" {
		t.Error("what was typed is lost")
	}
}

func TestAPlanComesIntoForceFromADayAndCanBeCalledOff(t *testing.T) {
	t.Parallel()
	f, _ := newStaffRoom(t)
	maya := f.as(f.maya)
	at := f.drafted(maya)
	for _, wrong := range []url.Values{{"version": {"1"}}, {"version": {"1"}, "when": {"day"}, "day": {"2026-11-19"}}, {"version": {"1"}, "when": {"day"}, "day": {"soon"}}} {
		page := maya.post(at+"/enactment", wrong).answers(t, http.StatusUnprocessableEntity, "")
		if page.doc.Find(".error-summary").Length() != 1 || page.doc.Find("#day").AttrOr("value", "") == "" {
			t.Errorf("%v: %s", wrong, said(page, "main"))
		}
	}
	maya.post(at+"/enactment", url.Values{"version": {"1"}, "when": {"day"}, "day": {"2026-11-23"}}).answers(t, http.StatusSeeOther, "/routing?desk="+strconv.FormatInt(f.desk.ID, 10))
	page := maya.open("/routing").answers(t, http.StatusOK, "")
	if got := said(page, ".coming p"); got != "Winter comes into force on Monday, November 23, 2026." {
		t.Errorf("coming: %q", got)
	}
	if maya.open(at).doc.Find("form.plan-form").Length() != 0 {
		t.Error("what is scheduled can be edited")
	}
	maya.post(page.doc.Find(".coming form").AttrOr("action", ""), url.Values{}).answers(t, http.StatusSeeOther, at)
	if maya.open(at).doc.Find("form.plan-form").Length() != 1 {
		t.Error("called off, it is no draft again")
	}
	maya.post(at+"/enactment", url.Values{"version": {"2"}, "when": {"now"}}).answers(t, http.StatusSeeOther, "/routing?desk="+strconv.FormatInt(f.desk.ID, 10))
	if got := said(maya.open("/routing"), "main"); !strings.Contains(got, "“Winter”") || !strings.Contains(got, "the share of their capacity that is free 60") || !strings.Contains(got, "Rosa Delgado 9") {
		t.Errorf("in force: %q", got)
	}
	if got := said(maya.open(at), ".differences"); !strings.Contains(got, "Room from 40 points → to 60 points") {
		t.Errorf("it changed %q", got)
	}
	back := maya.post(at+"/copies", url.Values{"back": {"yes"}})
	if got := said(maya.open(back.Header().Get("Location")+"/enactment"), ".differences"); !strings.Contains(got, "Room from 60 points → to 40 points") {
		t.Errorf("the way back: %q", got)
	}
}
