package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/ticket"
)

// team is a floor with an administrator, and a browser in which the manager keeps the
// desk's people.
type team struct {
	*floor
	admin *account.Person
	maya  *guest
}

func newTeam(t *testing.T) *team {
	t.Helper()
	f := newFloor(t)
	k := &team{floor: f, admin: f.person("admin@hotline.example", "Tomas Lindgren", actor.Administrator)}
	k.maya = f.as(f.maya)
	return k
}

func (k *team) on(p *account.Person, more string) string {
	return "/people/" + strconv.FormatInt(p.ID, 10) + more
}

func id(p *account.Person) string { return strconv.FormatInt(p.ID, 10) }

// cell is what the week says of somebody's day, 0 for Monday, to who cannot see it.
func cell(r reply, name string, day int) *goquery.Selection {
	return r.doc.Find(".week-grid tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return strings.Contains(row.Find("th").Text(), name)
	}).First().Find("td").Eq(day)
}

func cellWords(r reply, name string, day int) string {
	return one(cell(r, name, day).Find(".cell-words").Text())
}

func (k *team) away(p *account.Person, from, until time.Time, deputy *account.Person) *desk.Absence {
	k.t.Helper()
	in := desk.NewAbsence{UserID: p.ID, From: from, Until: until}
	if deputy != nil {
		in.DeputyID = deputy.ID
	}
	a, err := k.rooms.Tickets.PlanAbsence(k.t.Context(), actor.Command("test"), in)
	k.must(err)
	return a
}

func (k *team) ohio(day, hour int) time.Time {
	return time.Date(2026, 11, day, hour, 0, 0, 0, newYork(k.t))
}

func TestPeopleAreForManagersAndAdministrators(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	for _, g := range []*guest{k.maya, k.as(k.admin)} {
		for _, path := range []string{"/people", "/people/oncall", k.on(k.rosa, ""), k.on(k.rosa, "/days?day=2026-11-20")} {
			g.open(path).answers(t, http.StatusOK, "")
		}
		for _, path := range []string{"/people?week=yesterday", "/people?desk=x", "/people?desk=999", k.on(k.rosa, "/days"), k.on(k.leila, ""), "/people/999999"} {
			g.open(path).answers(t, http.StatusNotFound, "")
		}
	}
	for _, p := range []*account.Person{k.rosa, k.leila} {
		for _, path := range []string{"/people", "/people/oncall", k.on(k.rosa, ""), k.on(k.rosa, "/days?day=2026-11-20"), k.on(k.rosa, "/exclusions")} {
			k.as(p).open(path).answers(t, http.StatusNotFound, "")
		}
	}
	admin := k.as(k.admin)
	admin.open(k.on(k.rosa, "/absences/new")).answers(t, http.StatusNotFound, "")
	admin.open(k.on(k.rosa, "/exclusions")).answers(t, http.StatusNotFound, "")
	r := admin.open(k.on(k.rosa, ""))
	if r.doc.Find("a[href*='/absences/new'], a[href*='/exclusions']").Length() != 0 {
		t.Error("an administrator is offered what is a manager's")
	}
	k.claimed(k.rosa, "A question with words of its own.")
	for _, path := range []string{"/people", k.on(k.rosa, "")} {
		admin.open(path).hides(t, "words of its own")
	}
}

func TestAnotherConsultantsAbsenceIsNotThere(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	mine := k.away(k.rosa, k.ohio(23, 0), k.ohio(25, 0), nil)
	rosa, priya := k.as(k.rosa), k.as(k.priya)
	rosa.open(k.on(k.rosa, "/absences/new")).answers(t, http.StatusOK, "").says(t, "main", "Mon, Nov 23 to Tue, Nov 24")
	form := url.Values{"from_day": {"2026-12-01"}, "until_day": {"2026-12-02"}}
	for _, path := range []string{"/absences/new", "/absences/check?" + form.Encode()} {
		priya.open(k.on(k.rosa, path)).answers(t, http.StatusNotFound, "")
	}
	priya.post(k.on(k.rosa, "/absences"), form).answers(t, http.StatusNotFound, "")
	ending := "/absences/" + strconv.FormatInt(mine.ID, 10) + "/ending"
	priya.post(ending, nil).answers(t, http.StatusNotFound, "")
	rosa.open(k.on(k.manager(), "/absences/new")).answers(t, http.StatusNotFound, "")
	rosa.post(ending, url.Values{"back": {k.on(k.rosa, "/absences/new")}}).answers(t, http.StatusSeeOther, k.on(k.rosa, "/absences/new"))
	rosa.post(ending, url.Values{"back": {"//evil.example"}}).answers(t, http.StatusSeeOther, "/desk")
	all, err := k.rooms.Desks.Absences(t.Context(), k.acts(k.manager()), k.desk.ID)
	k.must(err)
	if len(all) != 0 {
		t.Errorf("still away: %+v", all)
	}
}

// manager is the manager as a person; k.maya is their browser.
func (k *team) manager() *account.Person { return k.floor.maya }

func TestTheWeekShowsWhatTheRoomSays(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	ctx, by := t.Context(), actor.Command("test")
	k.must(k.rooms.Desks.StartDuty(ctx, by, k.rosa.ID, nil))
	k.must(k.rooms.Desks.SetShifts(ctx, by, k.priya.ID, []desk.Shift{{Weekday: time.Monday, Starts: 9 * 60, Ends: 12 * 60}, {Weekday: time.Monday, Starts: 13 * 60, Ends: 17 * 60}, {Weekday: time.Tuesday, Starts: 8 * 60, Ends: 18 * 60}}))
	k.must(k.rooms.Desks.SetShiftDay(ctx, by, k.rosa.ID, calendar.Day{Year: 2026, Month: 11, Day: 24}, &calendar.Segment{Opens: 600, Closes: 870}, false))
	k.must(k.rooms.Desks.SetShiftDay(ctx, by, k.rosa.ID, calendar.Day{Year: 2026, Month: 11, Day: 27}, nil, false))
	k.away(k.rosa, k.ohio(25, 0), k.ohio(26, 12), k.priya)
	k.must(k.rooms.Desks.AddOnCall(ctx, by, desk.OnCallTurn{DeskID: k.desk.ID, UserID: k.priya.ID, From: k.ohio(23, 18), Until: k.ohio(24, 8)}))

	r := k.maya.open("/people").answers(t, http.StatusOK, "")
	r.says(t, "h1", "One is at work now; ")
	if r.doc.Find(".week-grid thead th.today").Index() != 4 { // the corner is a cell too
		t.Errorf("Thursday is not today: %q", said(r, ".today"))
	}
	if got := one(r.doc.Find(".week-grid tbody th").Eq(1).Text()); !strings.HasPrefix(got, "Rosa Delgado at work until 6 PM") || !strings.Contains(got, "0 of a cap of 15") {
		t.Errorf("Rosa stands as %q", got)
	}
	if past := cell(r, "Rosa", 0); past.Find("a").Length() != 0 || past.Find(".shift").Length() != 0 || past.Find(".shift-over").Length() != 1 {
		t.Error("Monday is over, and looks as if it were not")
	}

	r = k.maya.open("/people?week=2026-11-26").answers(t, http.StatusOK, "")
	r.says(t, "#week-title", "November 23 to 29, 2026")
	for day, want := range []string{"8 AM to 6 PM", "10 AM to 2:30 PM differs from the usual week", "8 AM to 6 PM, away", "8 AM to 6 PM, away until 12:00 PM", "off differs from the usual week", "off", "off"} {
		got := cellWords(r, "Rosa", day)
		if want == "8 AM to 6 PM, away" {
			want = "away"
		}
		if got != want {
			t.Errorf("Rosa's day %d: %q, not %q", day, got, want)
		}
	}
	for day, want := range []string{"9 AM to noon, 1 PM to 5 PM on call while closed", "8 AM to 6 PM on call while closed", "off"} {
		if got := cellWords(r, "Priya", day); got != want {
			t.Errorf("Priya's day %d: %q, not %q", day, got, want)
		}
	}
	if got := cellWords(r, "On call", 0); got != "Priya Raman from 6 PM; nobody until 8 AM" {
		t.Errorf("the rota says %q", got)
	}
	gaps := said(r, ".week-gaps")
	if !strings.Contains(gaps, "Wed, 8 AM to 6 PM; Thu, 8 AM to noon; Fri, 8 AM to 6 PM") {
		t.Errorf("what nobody covers: %q", gaps)
	}
	r.says(t, "h1", "Wednesday nobody is there")
	if href, _ := cell(r, "Rosa", 1).Find("a").Attr("href"); href != k.on(k.rosa, "/days?day=2026-11-24") {
		t.Errorf("the cell leads to %q", href)
	}
}

func TestTheWeekOfTheChangeOfClocksKeepsItsHours(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.db.Freeze(time.Date(2026, 10, 30, 14, 0, 0, 0, time.UTC))
	by := actor.Command("test")
	sunday := calendar.Day{Year: 2026, Month: 11, Day: 1} // the clocks go back at 2 AM
	k.must(k.rooms.Desks.SetShiftDay(t.Context(), by, k.rosa.ID, sunday, &calendar.Segment{Opens: 0, Closes: 600}, false))
	zone := newYork(t)
	k.away(k.priya, time.Date(2026, 11, 1, 12, 0, 0, 0, zone), time.Date(2026, 11, 2, 9, 0, 0, 0, zone), nil)
	k.must(k.rooms.Desks.AddOnCall(t.Context(), by, desk.OnCallTurn{DeskID: k.desk.ID, UserID: k.rosa.ID, From: time.Date(2026, 10, 30, 18, 0, 0, 0, zone), Until: time.Date(2026, 11, 2, 8, 0, 0, 0, zone)}))
	r := k.maya.open("/people?week=2026-10-26").answers(t, http.StatusOK, "")
	if got := cellWords(r, "Rosa", 6); got != "midnight to 10 AM differs from the usual week, on call while closed" {
		t.Errorf("Sunday: %q", got)
	}
	if got := cell(r, "Rosa", 6).Find("rect.shift").AttrOr("width", ""); got != "41.667%" { // ten hours by the clock on the wall
		t.Errorf("the bar is %s wide", got)
	}
	if got := cellWords(r, "Priya", 6); got != "off, away from 12:00 PM" && got != "away from 12:00 PM" {
		t.Errorf("Priya's Sunday: %q", got)
	}
	next := k.maya.open("/people?week=2026-11-02")
	if got := cellWords(next, "Priya", 0); got != "8 AM to 6 PM, away until 9:00 AM" {
		t.Errorf("Priya's Monday: %q", got)
	}
	if got := cell(next, "Priya", 0).Find("rect.away").AttrOr("x", "") + " " + cell(next, "Priya", 0).Find("rect.away").AttrOr("width", ""); got != "33.333% 4.167%" {
		t.Errorf("she is drawn away at %s", got)
	}
	if strings.Contains(said(r, ".people-week .meta"), "Nobody is on call from Sat") {
		t.Errorf("the weekend has somebody: %q", said(r, ".people-week .meta"))
	}
}

func TestWhatSomebodyTakesIsSavedAndARefusalKeepsIt(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	r := k.maya.open(k.on(k.rosa, "")).answers(t, http.StatusOK, "")
	r.says(t, "main", "A critical ticket counts twice.")
	form := r.sends("form[action$='/engagement']")
	form.Set("cap", "dozens")
	form.Set("level-discharge", "leads")
	form.Set("level-misinformation", "training")
	form["languages"] = []string{"es", "ht"}
	form["states"] = []string{"OH", "NY"}
	r = k.maya.post(k.on(k.rosa, "/engagement"), form).answers(t, http.StatusUnprocessableEntity, "")
	r.says(t, ".error-summary", "Write a whole number")
	kept := r.sends("form[action$='/engagement']")
	for name, want := range map[string]string{"cap": "dozens", "level-discharge": "leads", "level-misinformation": "training", "level-online_reviews": "knows"} {
		if kept.Get(name) != want {
			t.Errorf("%s came back as %q", name, kept.Get(name))
		}
	}
	if got := fmt.Sprint(ticked(r, "languages"), ticked(r, "states")); got != "[es ht] [NY OH]" {
		t.Errorf("ticks came back as %s", got)
	}
	form.Set("cap", "9")
	k.maya.post(k.on(k.rosa, "/engagement"), form).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	team, err := k.rooms.Desks.Team(t.Context(), k.acts(k.manager()), k.desk.ID)
	k.must(err)
	for _, m := range team {
		if m.UserID == k.rosa.ID && (m.Cap != 9 || m.Level("discharge") != "leads" || m.Level("misinformation") != "training" || fmt.Sprint(m.States, m.Languages) != "[NY OH] [es ht]") {
			t.Errorf("%+v", m)
		}
	}
	form["languages"], form["states"] = nil, nil
	k.as(k.admin).post(k.on(k.rosa, "/engagement"), form).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	if r = k.maya.open(k.on(k.rosa, "")); len(ticked(r, "languages"))+len(ticked(r, "states")) != 0 {
		t.Error("what was unticked is still there")
	}
}

// sends is a form as a browser sends it: of boxes and radio buttons those that are
// ticked.
func (r reply) sends(selector string) url.Values {
	out := url.Values{}
	r.doc.Find(selector).Find("input").Each(func(_ int, in *goquery.Selection) {
		_, on := in.Attr("checked")
		if kind := in.AttrOr("type", ""); on || kind != "radio" && kind != "checkbox" {
			out.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
	})
	return out
}

func ticked(r reply, name string) []string {
	return r.doc.Find("input[name='" + name + "'][checked]").Map(func(_ int, in *goquery.Selection) string { return in.AttrOr("value", "") })
}

func TestAUsualWeekIsReadAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	path := k.on(k.rosa, "/shifts")
	form := url.Values{"own": {"own"}, "from-1": {"8", "1"}, "to-1": {"noon", "5:30"}, "from-2": {"9 AM", ""}, "to-2": {"17:00", ""}}
	k.maya.post(path, form).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	r := k.maya.open("/people?week=2026-11-23")
	if got := cellWords(r, "Rosa", 0) + "; " + cellWords(r, "Rosa", 1) + "; " + cellWords(r, "Rosa", 2); got != "8 AM to noon, 1 PM to 5:30 PM; 9 AM to 5 PM; off" {
		t.Errorf("the week: %s", got)
	}
	form.Set("to-2", "soon")
	form["from-1"] = []string{"8", "11 AM"}
	r = k.maya.post(path, form).answers(t, http.StatusUnprocessableEntity, "")
	if got := said(r, ".error-summary li"); !strings.Contains(got, "Monday: 11 AM to 5:30 PM overlaps the shift before it.") || !strings.Contains(got, "Tuesday: write the second time") {
		t.Errorf("problems: %q", got)
	}
	if r.doc.Find("#to-2-0").AttrOr("value", "") != "soon" || r.doc.Find("#from-1-1").AttrOr("value", "") != "11 AM" {
		t.Error("what was typed is gone")
	}
	for _, a := range r.doc.Find(".error-summary a").EachIter() {
		if r.doc.Find(a.AttrOr("href", "")).Length() != 1 {
			t.Errorf("%s leads nowhere", a.AttrOr("href", ""))
		}
	}
	k.maya.post(path, url.Values{"own": {"own"}}).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "at least one shift")
	k.maya.post(path, url.Values{"own": {"desk"}}).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	if got := cellWords(k.maya.open("/people?week=2026-11-23"), "Rosa", 2); got != "8 AM to 6 PM" {
		t.Errorf("back to the desk's hours: %q", got)
	}
}

func TestOneDayIsSetApartAndPutBack(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	path := k.on(k.rosa, "/days")
	week := "/people?desk=" + strconv.FormatInt(k.desk.ID, 10) + "&week=2026-11-16"
	k.maya.open(path+"?day=2026-11-20").answers(t, http.StatusOK, "").says(t, "main", "Rosa Delgado on Friday, November 20")
	form := url.Values{"day": {"2026-11-20"}, "hours": {"other"}, "from": {"later"}, "to": {"6"}}
	r := k.maya.post(path, form).answers(t, http.StatusUnprocessableEntity, "")
	if r.doc.Find("#from").AttrOr("value", "") != "later" || r.doc.Find("input[name='hours'][value='other'][checked]").Length() != 1 {
		t.Error("what was typed is gone")
	}
	form.Set("from", "1")
	k.maya.post(path, form).answers(t, http.StatusSeeOther, week)
	if got := cellWords(k.maya.open(week), "Rosa", 4); got != "1 PM to 6 PM differs from the usual week" {
		t.Errorf("Friday: %q", got)
	}
	k.maya.post(path, url.Values{"day": {"2026-11-20"}, "hours": {"off"}}).answers(t, http.StatusSeeOther, week)
	if got := cellWords(k.maya.open(week), "Rosa", 4); got != "off differs from the usual week" {
		t.Errorf("Friday: %q", got)
	}
	k.maya.post(path, url.Values{"day": {"2026-11-20"}, "hours": {"usual"}}).answers(t, http.StatusSeeOther, week)
	if got := cellWords(k.maya.open(week), "Rosa", 4); got != "8 AM to 6 PM" {
		t.Errorf("Friday: %q", got)
	}
	k.maya.post(path, url.Values{"day": {"2026-11-18"}, "hours": {"off"}}).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "That day is over.")
	k.maya.post(path, url.Values{"day": {"2026-11-20"}}).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "Choose how that day is.")
}

func TestAnAbsenceIsSeenBeforeItIsPlanned(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	urgent := k.claimed(k.rosa, "May I stop seeing a patient who threatens us?")
	other := k.claimed(k.rosa, "A family asks for the whole chart.")
	k.must(k.rooms.Tickets.SetTopic(t.Context(), k.acts(k.rosa), other.Number, "misinformation", 0))
	waits := k.claimed(k.rosa, "One that waits on the physician.")
	k.must(k.rooms.Tickets.Wait(t.Context(), k.acts(k.rosa), waits.Number, ticket.Words{Key: uuid.NewString(), Body: "Which state?"}))

	form := url.Values{"from_day": {"2026-11-23"}, "until_day": {"2026-11-24"}, "until_time": {"noon"}, "deputy": {id(k.priya)}}
	r := k.maya.open(k.on(k.rosa, "/absences/check?"+form.Encode())).answers(t, http.StatusOK, "")
	r.says(t, "h1", "Two tickets would move: one to Priya Raman, one to the queue")
	r.says(t, "main", "Rosa Delgado is away Mon, Nov 23 to Tue, Nov 24, noon.")
	r.says(t, "main", "One more waits on a physician")
	moves := said(r, ".moves")
	for _, want := range []string{urgent.Number, "threatens us", "Routine", "Priya Raman", other.Number, "The queue", "does not take this topic"} {
		if !strings.Contains(moves, want) {
			t.Errorf("the preview lacks %q: %s", want, moves)
		}
	}
	all, err := k.rooms.Desks.Absences(t.Context(), k.acts(k.manager()), k.desk.ID)
	k.must(err)
	if len(all) != 0 {
		t.Fatal("looking planned it")
	}
	k.maya.post(k.on(k.rosa, "/absences"), r.filled("form[action$='/absences']")).answers(t, http.StatusSeeOther, "/people?desk="+strconv.FormatInt(k.desk.ID, 10)+"&week=2026-11-23")
	week := k.maya.open("/people?week=2026-11-23")
	if got := cellWords(week, "Rosa", 0) + "; " + cellWords(week, "Rosa", 1); got != "away; 8 AM to 6 PM, away until 12:00 PM" {
		t.Errorf("the week: %q", got)
	}
	k.maya.open(k.on(k.rosa, "")).says(t, ".person-aside", "Priya Raman stands in.")

	// The same again, and a deputy who is away, are said before anything is moved.
	k.maya.open(k.on(k.rosa, "/absences/check?"+form.Encode())).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "There is an absence in this time already")
	own := url.Values{"from_day": {"2026-11-23"}, "until_day": {"2026-11-23"}, "deputy": {id(k.rosa)}}
	priya := k.as(k.priya)
	r = priya.open(k.on(k.priya, "/absences/check?"+own.Encode())).answers(t, http.StatusUnprocessableEntity, "")
	r.says(t, ".error-summary", "Rosa Delgado is away too")
	if r.doc.Find("#deputy option[selected]").AttrOr("value", "") != id(k.rosa) || r.doc.Find("#from_day").AttrOr("value", "") != "2026-11-23" {
		t.Error("what was chosen is gone")
	}
	priya.post(k.on(k.priya, "/absences"), own).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "away themselves")
}

func TestAnAbsenceThatDoesNotReadKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	rosa := k.as(k.rosa)
	for _, one := range []struct{ from, at, until, to, want string }{
		{"", "", "", "", "Give the day, as in 11/26/2026 or Nov 26."},
		{"next week", "", "2026-11-24", "", "Give the day as in 11/26/2026 or Nov 26."},
		{"2026-11-23", "early", "2026-11-24", "", "Write the time as in 8, 8:30 AM or 17:00."},
		{"2026-11-24", "", "2026-11-23", "", "An absence ends after it begins."},
		{"2026-11-02", "", "2026-11-03", "", "Give an end that is still to come."},
		{"9026-11-02", "", "", "", "Give the day as in"},
	} {
		form := url.Values{"from_day": {one.from}, "from_time": {one.at}, "until_day": {one.until}, "until_time": {one.to}}
		r := rosa.open(k.on(k.rosa, "/absences/check?"+form.Encode())).answers(t, http.StatusUnprocessableEntity, "")
		r.says(t, ".error-summary", one.want)
		if r.doc.Find("#from_day").AttrOr("value", "") != one.from || r.doc.Find("#from_time").AttrOr("value", "") != one.at {
			t.Errorf("%+v: what was typed is gone", one)
		}
	}
}

func TestTheRotaNamesItsGapsAndFillsThem(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	r := k.maya.open("/people/oncall").answers(t, http.StatusOK, "")
	r.says(t, "h1", "Nobody is on call in the next eight weeks")
	weekend, ok := r.doc.Find(".rota-quick a").First().Attr("href")
	if !ok {
		t.Fatal("no weekend to fill")
	}
	form := k.maya.open(strings.TrimSuffix(weekend, "#add")).answers(t, http.StatusOK, "").filled("form[action^='/people/oncall']")
	if got := form.Get("from_day") + " " + form.Get("from_time") + " " + form.Get("until_day") + " " + form.Get("until_time"); got != "2026-11-20 6 PM 2026-11-23 8 AM" {
		t.Fatalf("the weekend is %s", got)
	}
	action := "/people/oncall?desk=" + strconv.FormatInt(k.desk.ID, 10)
	r = k.maya.post(action, form).answers(t, http.StatusUnprocessableEntity, "")
	r.says(t, ".error-summary", "Choose who is on call.")
	form.Set("user_id", id(k.rosa))
	k.maya.post(action, form).answers(t, http.StatusSeeOther, action)
	r = k.maya.open(action)
	r.says(t, "h1", "Nobody is on call from Thu, Nov 19, 6 PM to Fri, Nov 20, 8 AM")
	r.says(t, ".rota-turns", "Rosa Delgado Fri, Nov 20, 6 PM to Mon, Nov 23, 8 AM")
	r.says(t, ".rota-turns", "Nobody is on call Mon, Nov 23, 6 PM to Fri, Nov 27, 8 AM (four nights)")
	// Away for part of the turn: then nobody answers, and just that is offered.
	a := k.away(k.rosa, k.ohio(21, 0), k.ohio(22, 0), nil)
	gapped := k.maya.open(action)
	gapped.says(t, ".rota-turns", "Mon, Nov 23, 8 AM and away in this time")
	fill, _ := gapped.doc.Find(".rota-gap a").Eq(1).Attr("href")
	part := k.maya.open(strings.TrimSuffix(fill, "#add")).filled("form[action^='/people/oncall']")
	if got := part.Get("from_day") + " " + part.Get("from_time") + " " + part.Get("until_day") + " " + part.Get("until_time"); got != "2026-11-21 midnight 2026-11-21 midnight" {
		t.Errorf("what Rosa does not answer is %s", got)
	}
	k.must(k.rooms.Desks.EndAbsence(t.Context(), k.acts(k.manager()), a.ID))
	part.Set("user_id", id(k.rosa))
	part.Set("from_day", "2026-11-24")
	part.Set("until_day", "2026-11-24")
	k.maya.post(action, part).answers(t, http.StatusSeeOther, action)
	k.maya.open(action).says(t, ".rota-turns", "Rosa Delgado Tue, Nov 24 to the end of Tue, Nov 24")
	form.Set("user_id", id(k.priya))
	form.Set("from_time", "9 PM")
	r = k.maya.post(action, form).answers(t, http.StatusUnprocessableEntity, "")
	r.says(t, ".error-summary", "Somebody is on call in this time already.")
	if r.doc.Find("#from_time").AttrOr("value", "") != "9 PM" || r.doc.Find("#user_id option[selected]").AttrOr("value", "") != id(k.priya) {
		t.Error("what was typed is gone")
	}
	ending := r.doc.Find(".rota-turns form").AttrOr("action", "")
	k.maya.post(ending, nil).answers(t, http.StatusSeeOther, "/people/oncall")
	k.maya.post(ending, nil).answers(t, http.StatusSeeOther, "/people/oncall") // a double click
	r = k.maya.open("/people/oncall")
	if strings.Contains(said(r, ".rota-turns"), "Rosa Delgado Fri, Nov 20") {
		t.Error("the turn that was taken out is still there")
	}
	k.maya.post("/oncall/999999/ending", nil).answers(t, http.StatusNotFound, "")
}

func TestAPhysicianAndAPracticeAreKeptFromSomebody(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	path := k.on(k.rosa, "/exclusions")
	r := k.maya.open(path+"?q=imani").answers(t, http.StatusOK, "")
	physician := r.doc.Find("button[name='physician_id']").AttrOr("value", "")
	practice := r.doc.Find("button[name='practice_id']").AttrOr("value", "")
	if physician == "" || practice == "" {
		t.Fatalf("found %q", said(r, "main"))
	}
	k.maya.post(path, url.Values{"physician_id": {physician}, "q": {"imani"}}).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	k.maya.post(path, url.Values{"physician_id": {physician}, "q": {"imani"}}).answers(t, http.StatusUnprocessableEntity, "").says(t, ".error-summary", "kept apart already")
	k.maya.post(path, url.Values{"practice_id": {practice}}).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	k.maya.post(path, url.Values{"practice_id": {"999999"}}).answers(t, http.StatusUnprocessableEntity, "")
	r = k.maya.open(k.on(k.rosa, ""))
	r.says(t, ".person-aside", "Dr Leila Imani")
	r.says(t, ".person-aside", "Imani & Cole")
	asked := k.ask("A question of Dr Imani's.")
	if err := k.rooms.Tickets.Claim(t.Context(), k.acts(k.rosa), asked.Number, 0); err == nil {
		t.Error("Rosa took what she is kept from")
	}
	for _, f := range r.doc.Find(".person-aside form[action^='/exclusions']").EachIter() {
		k.maya.post(f.AttrOr("action", ""), nil).answers(t, http.StatusSeeOther, k.on(k.rosa, ""))
	}
	k.maya.open(k.on(k.rosa, "")).says(t, ".person-aside", "Nobody is kept from them.")
	k.maya.open(path+"?q=zzyzx").says(t, "main", "Nobody of that name")
}

func TestAConsultantWrapsUpAndIsToldTheirShift(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	rosa := k.as(k.rosa)
	rosa.post("/duty", url.Values{"at": {"yes"}}).answers(t, http.StatusSeeOther, "/desk")
	r := rosa.open("/desk")
	form := r.filled(".queues-foot form.wrap-up")
	if form.Get("back") != "/desk" || r.doc.Find(".queues-foot select[name='wrap'] option[selected]").AttrOr("value", "") != "10" {
		t.Errorf("the form is %v", form)
	}
	rosa.post("/duty", url.Values{"wrap": {"10"}, "back": {"/desk"}}).answers(t, http.StatusSeeOther, "/desk")
	if got := said(rosa.open("/desk"), ".queues-foot p"); got != "Wrapping up until 2:50 PM EST: nothing new is given to you until then." {
		t.Errorf("wrapping up: %q", got)
	}
	rosa.post("/duty", url.Values{"wrap": {"over"}}).answers(t, http.StatusSeeOther, "/desk")
	if got := said(rosa.open("/desk"), ".queues-foot p"); !strings.HasPrefix(got, "At work until 6:00 PM EST.") {
		t.Errorf("ready: %q", got)
	}
	for _, bad := range []string{"0", "600", "soon"} {
		rosa.post("/duty", url.Values{"wrap": {bad}}).answers(t, http.StatusUnprocessableEntity, "")
	}

	k.must(k.rooms.Desks.SetShifts(t.Context(), actor.Command("test"), k.priya.ID, []desk.Shift{{Weekday: time.Thursday, Starts: 16 * 60, Ends: 18 * 60}}))
	priya := k.as(k.priya)
	r = priya.open("/desk")
	if got := said(r, ".queues-foot p"); !strings.HasSuffix(got, "Your shift starts at 4 PM.") {
		t.Errorf("before the shift: %q", got)
	}
	if got := said(r, ".queues-foot button[name='at']"); got != "Work now anyway" {
		t.Errorf("the button says %q", got)
	}
	k.away(k.priya, k.ohio(19, 0), k.ohio(21, 0), k.rosa)
	if got := said(priya.open("/desk"), ".queues-foot p"); got != "You are away until Sat 12:00 AM EST. Rosa Delgado stands in." {
		t.Errorf("away: %q", got)
	}
	priya.post("/duty", url.Values{"at": {"yes"}}).answers(t, http.StatusSeeOther, "/desk")
	priya.open("/desk").says(t, ".flash", "End the absence first.")
}
