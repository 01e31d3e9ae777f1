package web_test

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
)

// hoursFloor is a floor with an administrator, and a browser in which the manager keeps
// the desk's calendar.
type hoursFloor struct {
	*floor
	admin *account.Person
	maya  *guest
	url   string // of the desk
}

func newHours(t *testing.T) *hoursFloor {
	t.Helper()
	f := newFloor(t)
	o := &hoursFloor{floor: f, admin: f.person("admin@hotline.example", "Tomas Lindgren", actor.Administrator), url: "/desks/" + strconv.FormatInt(f.desk.ID, 10)}
	o.maya = f.as(f.maya)
	return o
}

// form is the calendar's form as a browser sends it.
func (o *hoursFloor) form(g *guest) url.Values {
	o.t.Helper()
	return sent(g.open(o.url+"/calendar").answers(o.t, 200, ""), "form#calendar")
}

// sent is a form as a browser would send it: ticked boxes, chosen options and all.
func sent(r reply, selector string) url.Values {
	out := url.Values{}
	r.doc.Find(selector).Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		name, value := in.AttrOr("name", ""), in.AttrOr("value", "")
		_, ticked := in.Attr("checked")
		switch kind := in.AttrOr("type", ""); {
		case name == "" || kind == "file" || kind == "checkbox" && !ticked:
			return
		case goquery.NodeName(in) == "select":
			value = in.Find("option[selected]").AttrOr("value", in.Find("option").First().AttrOr("value", ""))
		}
		out.Add(name, value)
	})
	return out
}

// put puts a value into the first empty field of a name, and is its place.
func put(form url.Values, name, value string) int {
	at := slices.Index(form[name], "")
	form[name][at] = value
	return at
}

func (o *hoursFloor) schedule() desk.Schedule {
	o.t.Helper()
	in, err := o.rooms.Desks.Schedule(o.t.Context(), o.desk.ID)
	o.must(err)
	return in
}

// upload sends the form together with a file.
func (g *guest) upload(path string, form url.Values, file []byte) reply {
	g.t.Helper()
	return g.sendFile(path, form, "file", "days.ics", file)
}

func ics(events ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//days//EN\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n")
}

func allDay(day, name string) string {
	return fmt.Sprintf("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:%s\r\nSUMMARY:%s\r\nEND:VEVENT\r\n", day+name, day, name)
}

func TestManagersAndAdministratorsKeepADesksCalendarAndNobodyElse(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	for _, g := range []*guest{o.maya, o.as(o.admin)} {
		g.open("/desks").answers(t, 200, "").says(t, ".desk-card", "Monday to Friday 8 AM to 6 PM; Saturday and Sunday closed")
		g.open(o.url+"/calendar").answers(t, 200, "")
		g.open(o.url+"/targets").answers(t, 200, "")
		g.open("/desks/999/calendar").answers(t, 404, "")
		g.open("/desks/x/calendar").answers(t, 404, "")
	}
	for _, p := range []*account.Person{o.rosa, o.leila} {
		g := o.as(p)
		for _, path := range []string{"/desks", o.url + "/calendar", o.url + "/targets"} {
			g.open(path).answers(t, 404, "")
		}
		g.post(o.url+"/calendar", o.form(o.maya)).answers(t, 404, "")
	}
}

func TestTheFormShowsWhatIsInForceAndChangesNothingAsItStands(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := o.form(o.maya)
	if got := form["opens-1"]; !slices.Equal(got, []string{"8 AM", "", ""}) {
		t.Errorf("Monday opens %q", got)
	}
	o.maya.post(o.url+"/calendar/check", form).answers(t, 200, "").says(t, ".flash", "nothing to save")
	o.maya.post(o.url+"/calendar", form).answers(t, 303, o.url+"/calendar")
	o.maya.open(o.url+"/calendar").says(t, ".flash", "Nothing was changed")
}

func TestTimesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	for _, one := range []struct{ opens, closes, want string }{
		{"8", "6", "8 AM to 6 PM"}, {"8:30 am", "17:00", "8:30 AM to 5 PM"}, {"08:00", "5 pm", "8 AM to 5 PM"}, {"9", "noon", "9 AM to noon"},
		{"7.30", "12", "7:30 AM to noon"}, {"12 PM", "3", "noon to 3 PM"}, {"midnight", "6:00 a.m.", "midnight to 6 AM"}, {"22", "24:00", "10 PM to midnight"},
		{"0:00", "midnight", "around the clock"}, {"11", "1", "11 AM to 1 PM"}, {"830", "1630", "8:30 AM to 4:30 PM"},
	} {
		o.maya.open(o.url+"/calendar/week?opens-1="+url.QueryEscape(one.opens)+"&closes-1="+url.QueryEscape(one.closes)).answers(t, 200, "").
			says(t, ".week-words", "Monday "+one.want)
	}
	// What stands before an hour says which half of the day it is in.
	o.maya.open(o.url+"/calendar/week?opens-1=8&closes-1=12&opens-1=1&closes-1=5").says(t, ".week-words", "Monday 8 AM to noon, 1 PM to 5 PM")
	for _, bad := range []string{"25", "8:75", "eight", "13 pm", "-1", "8-", "٨"} {
		o.maya.open(o.url+"/calendar/week?opens-1=8&closes-1="+url.QueryEscape(bad)).says(t, ".week-unread", "Monday")
	}
}

func TestAFormThatIsWrongNamesTheDayAndKeepsEverything(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := o.form(o.maya)
	form["opens-2"], form["closes-2"] = []string{"8 AM", "12 pm", ""}, []string{"6 PM", "1", ""}
	form["opens-3"][0] = ""
	form["closes-4"][0] = "half past"
	form["opens-5"], form["closes-5"] = []string{"10 PM", "", ""}, []string{"6 AM", "", ""}
	form["holiday_day"], form["holiday_name"] = []string{"Someday", "12/25/2026", "Jan 5, 2020"}, []string{"", "", "Long ago"}
	form["holiday_opens"], form["holiday_closes"] = []string{"", "9", ""}, []string{"", "", ""}
	form.Set("zone", "other")
	form.Set("zone_name", "Atlantis/Deep")
	for _, path := range []string{"/calendar/check", "/calendar"} {
		r := o.maya.post(o.url+path, form).answers(t, 422, "")
		for _, want := range []string{"Nobody knows a time zone of that name", "Tuesday: noon to 1 PM overlaps the hours before it.", "Wednesday: say from when it is open", "Thursday: write the second time",
			"Friday: 10 PM to 6 AM ends before it begins", "Give the day as in", "Dec 25, 2026: give it a name", "Jan 5, 2020 is over"} {
			r.says(t, ".error-summary", want)
		}
		again := sent(r, "form#calendar")
		for _, name := range []string{"opens-2", "closes-2", "opens-5", "closes-5"} {
			if got := strings.Join(again[name], "|"); !strings.HasPrefix(got, strings.TrimRight(strings.Join(form[name], "|"), "|")) {
				t.Errorf("%s is %q and was %q", name, again[name], form[name])
			}
		}
		for name, want := range map[string]string{"closes-4": "half past", "holiday_day": "Someday", "holiday_name": "Long ago", "zone_name": "Atlantis/Deep"} {
			if !slices.Contains(again[name], want) {
				t.Errorf("%s lost %q: %q", name, want, again[name])
			}
		}
		r.doc.Find(".error-summary a").Each(func(_ int, a *goquery.Selection) {
			if id := a.AttrOr("href", ""); r.doc.Find(id).Length() != 1 {
				t.Errorf("%q leads nowhere: %s", a.Text(), id)
			}
		})
	}
	for day := range form {
		if strings.HasPrefix(day, "opens-") || strings.HasPrefix(day, "closes-") {
			form.Del(day)
		}
	}
	for _, name := range []string{"holiday_day", "holiday_name", "holiday_opens", "holiday_closes"} {
		form.Del(name)
	}
	form.Set("zone", "America/Chicago")
	o.maya.post(o.url+"/calendar/check", form).answers(t, 422, "").says(t, ".error-summary", "at least one open hour")
	if got := o.schedule().Zone; got != "America/New_York" {
		t.Errorf("a form that was refused moved the desk to %s", got)
	}
}

func TestTheCheckSaysWhatSavingMoves(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	for i := range 7 {
		o.ask(fmt.Sprintf("Question %d, which must not be seen by an administrator.", i))
	}
	form := o.form(o.maya)
	form["closes-4"][0] = "4" // Thursday, which it is: what is due after that moves to Friday
	put(form, "holiday_day", "12/24")
	put(form, "holiday_name", "Christmas Eve")
	put(form, "holiday_opens", "8")
	put(form, "holiday_closes", "12")
	r := o.maya.post(o.url+"/calendar/check", form).answers(t, 200, "")
	r.says(t, ".changed", "Thursday Now: 8 AM to 6 PM From the save on: 8 AM to 4 PM")
	r.says(t, ".changed", "Thu, Dec 24, 2026 Now: an ordinary Thursday From the save on: Christmas Eve, open 8 AM to noon")
	r.says(t, "h1", "7 open deadlines would move")
	r.says(t, "#save", "Save and move 7 deadlines")
	r.says(t, ".figures", "Deadlines that move 7")
	if got := r.doc.Find("tbody tr").Length(); got != 5 {
		t.Errorf("%d examples", got)
	}
	if o.schedule().Week[time.Thursday][0].Closes != 18*60 {
		t.Fatal("looking changed the calendar")
	}
	admin := o.as(o.admin).post(o.url+"/calendar/check", form).answers(t, 200, "")
	admin.says(t, "h1", "7 open deadlines would move")
	admin.hides(t, "must not be seen")
	if admin.doc.Find(`a[href^="/tickets/"]`).Length() != 0 {
		t.Error("an administrator is led to tickets they may not see")
	}

	// The way back keeps everything, in its one form.
	hidden := sent(r, "form.check-foot")
	hidden.Set("back", "yes")
	back := sent(o.maya.post(o.url+"/calendar/check", hidden).answers(t, 200, ""), "form#calendar")
	if back["closes-4"][0] != "4 PM" || !slices.Contains(back["holiday_day"], "Dec 24, 2026") || !slices.Contains(back["holiday_closes"], "noon") {
		t.Errorf("the form came back as %v", back)
	}

	hidden.Del("back")
	o.maya.post(o.url+"/calendar", hidden).answers(t, 303, o.url+"/calendar")
	o.maya.open(o.url+"/calendar").says(t, ".changes", "moving the open deadlines…")
	o.must(o.rooms.Tickets.Recompute(t.Context(), o.promised("desk:recompute"), o.desk.ID, 1))
	after := o.maya.open(o.url + "/calendar")
	after.says(t, ".changes", "Maya Chen 7 deadlines moved")
	after.says(t, "h1", "open 48 hours a week")
	in := o.schedule()
	if in.Week[time.Thursday][0].Closes != 16*60 {
		t.Error("the hours were not saved")
	}
	if h := in.Holidays[calendar.Day{Year: 2026, Month: 12, Day: 24}]; h.Name != "Christmas Eve" || len(h.Open) != 1 || h.Open[0] != (calendar.Segment{Opens: 480, Closes: 720}) {
		t.Errorf("the holiday was saved as %v", h)
	}
}

// promised is the system in the job that the outbox has promised last of a kind.
func (o *hoursFloor) promised(kind string) actor.Actor {
	o.t.Helper()
	var id int64
	o.must(o.db.Pool().QueryRow(o.t.Context(), "SELECT max(id) FROM outbox WHERE kind = $1", kind).Scan(&id))
	return actor.Job(kind, id)
}

func TestAChangedCalendarIsNotOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	mine, theirs := o.form(o.maya), o.form(o.maya)
	theirs["closes-1"][0] = "5 PM"
	o.as(o.admin).post(o.url+"/calendar", theirs).answers(t, 303, o.url+"/calendar")
	mine["closes-2"][0] = "7 PM"
	for _, path := range []string{"/calendar/check", "/calendar"} {
		r := o.maya.post(o.url+path, mine).answers(t, 409, "")
		r.says(t, ".conflict", "Tomas Lindgren changed it")
		r.says(t, ".conflict", "Monday In force now: 8 AM to 5 PM As you typed it: 8 AM to 6 PM")
		r.says(t, ".conflict", "Tuesday In force now: 8 AM to 6 PM As you typed it: 8 AM to 7 PM")
		if got := sent(r, "form#calendar")["closes-2"][0]; got != "7 PM" {
			t.Errorf("kept %q", got)
		}
	}
	if in := o.schedule(); in.Week[time.Monday][0].Closes != 17*60 || in.Week[time.Tuesday][0].Closes != 18*60 {
		t.Error("the second writer took the first one's change away")
	}
	// Having seen it, they may go on.
	again := sent(o.maya.post(o.url+"/calendar/check", mine), "form#calendar")
	o.maya.post(o.url+"/calendar", again).answers(t, 303, o.url+"/calendar")
}

func TestAFilesHolidaysArePutIntoTheFormAndNotSaved(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := o.form(o.maya)
	form["closes-1"][0] = "5" // what was typed stays, whatever the file holds
	put(form, "holiday_day", "Dec 25")
	put(form, "holiday_name", "Our Christmas")
	file := ics(allDay("20261225", "Christmas Day"), allDay("20261126", "Thanksgiving"), allDay("20261126", "Thanksgiving again"), allDay("20270101", "New Year"))
	r := o.maya.upload(o.url+"/calendar/holidays", form, file).answers(t, 200, "")
	r.says(t, ".imported", "Two holidays from the file stand in the form now. Nothing is saved yet.")
	r.says(t, ".imported", "in the form already and")
	again := sent(r, "form#calendar")
	rows := func(name string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(again[name]), func(s string) bool { return s == "" }), "|")
	}
	if got := rows("holiday_day"); got != "Nov 26, 2026|Dec 25|Jan 1, 2027" {
		t.Errorf("days %s", got)
	}
	if got := rows("holiday_name"); got != "Thanksgiving|Our Christmas|New Year" {
		t.Errorf("names %s", got)
	}
	if again["closes-1"][0] != "5" {
		t.Errorf("what was typed became %q", again["closes-1"][0])
	}
	if len(o.schedule().Holidays) != 0 {
		t.Error("reading a file saved it")
	}
	o.maya.post(o.url+"/calendar", again).answers(t, 303, o.url+"/calendar")
	if got := len(o.schedule().Holidays); got != 3 {
		t.Errorf("%d holidays saved", got)
	}
}

func TestAFileThatIsNoCalendarIsRefusedWithTheFormKept(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := o.form(o.maya)
	form["closes-1"][0] = "5"
	for name, file := range map[string][]byte{"nothing": nil, "a picture": append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0, 255}, 4000)...), "text": []byte("Dear all, here are the holidays."),
		"more than a megabyte": bytes.Repeat([]byte("x"), 1<<20+1)} {
		r := o.maya.upload(o.url+"/calendar/holidays", form, file).answers(t, 422, "")
		if words(r.doc.Selection, `.error-summary a[href="#file"]`) == "" {
			t.Errorf("%s: nothing is said of the file: %s", name, words(r.doc.Selection, ".error-summary"))
		}
		if got := sent(r, "form#calendar")["closes-1"][0]; got != "5" {
			t.Errorf("%s: what was typed became %q", name, got)
		}
	}
	o.maya.upload(o.url+"/calendar/holidays", form, bytes.Repeat([]byte("x"), 3<<20)).answers(t, 413, "")
	o.maya.post(o.url+"/calendar/holidays", form).answers(t, 422, "")
}

func TestWhateverIsSentTheCalendarAnswers(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	weird := "a\x00b\u202e\U0001f984\ufffd\xff <script>alert(1)</script>" + strings.Repeat("ö", 500)
	form := o.form(o.maya)
	for name := range form {
		if name != "version" {
			form[name] = slices.Repeat([]string{weird}, 12)
		}
	}
	form["holiday_day"] = slices.Repeat([]string{"12/24"}, 4000)
	form["holiday_remove"] = []string{"-1", "x", "999999999999999999999"}
	form.Set("since", "99999999999")
	for _, path := range []string{"/calendar/check", "/calendar"} {
		r := o.maya.post(o.url+path, form).answers(t, 422, "")
		if r.doc.Find("main script").Length() != 0 {
			t.Error("what was typed became markup")
		}
	}
	o.maya.post(o.url+"/calendar", url.Values{}).answers(t, 422, "")
	o.maya.post(o.url+"/calendar/check", url.Values{"back": {"yes"}}).answers(t, 200, "")
	o.maya.open(o.url+"/calendar/week?"+url.Values{"opens-1": slices.Repeat([]string{weird}, 50)}.Encode()).answers(t, 200, "")
	huge := url.Values{"holiday_name": {strings.Repeat("x", 3<<20)}}
	o.maya.post(o.url+"/calendar/check", huge).answers(t, 413, "")

	targets := sent(o.maya.open(o.url+"/targets"), "form#targets")
	for name := range targets {
		if name != "was" {
			targets[name] = slices.Repeat([]string{weird}, 12)
		}
	}
	o.maya.post(o.url+"/targets", targets).answers(t, 422, "")
	if in := o.schedule(); in.Zone != "America/New_York" || len(in.Holidays) != 0 {
		t.Error("something of it was saved")
	}
}

func TestAnotherZoneIsNamedAndShownBack(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := o.form(o.maya)
	form.Set("zone", "other")
	form.Set("zone_name", " America/Boise ")
	o.maya.post(o.url+"/calendar/check", form).answers(t, 200, "").says(t, ".changed", "Time zone Now: Eastern (New York) From the save on: America/Boise")
	o.maya.post(o.url+"/calendar", form).answers(t, 303, o.url+"/calendar")
	again := o.form(o.maya)
	if again.Get("zone") != "other" || again.Get("zone_name") != "America/Boise" {
		t.Errorf("shown as %q %q", again.Get("zone"), again.Get("zone_name"))
	}
}

func TestPastYearsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	in := o.schedule()
	old := calendar.Day{Year: 2025, Month: 12, Day: 25}
	in.Holidays[old] = calendar.Holiday{Name: "Christmas Day"}
	_, err := o.rooms.Tickets.SetSchedule(t.Context(), o.acts(o.manager()), o.desk.ID, in)
	o.must(err)
	r := o.maya.open(o.url + "/calendar")
	r.says(t, ".past-holidays", "Thu, Dec 25, 2025, Christmas Day, closed")
	form := sent(r, "form#calendar")
	put(form, "holiday_day", "12/26/2026")
	put(form, "holiday_name", "Boxing Day")
	o.maya.post(o.url+"/calendar", form).answers(t, 303, o.url+"/calendar")
	if got := o.schedule().Holidays; len(got) != 2 || got[old].Name != "Christmas Day" {
		t.Errorf("holidays now: %v", got)
	}
}

// manager is the manager as a person; o.maya is her browser.
func (o *hoursFloor) manager() *account.Person { return o.floor.maya }

func TestADesksPromisesAreSetByUrgencyAndTopic(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := sent(o.maya.open(o.url+"/targets").answers(t, 200, ""), "form#targets")
	form.Set("first_answer-critical-h", "")
	form.Set("first_answer-critical-m", "45")
	form.Set("first_answer-critical-always", "yes")
	form.Set("next_answer-urgent-h", "6")
	form.Set("resolution-routine-h", "100")
	form["topic"][0], form["topic_kind"][0], form["topic_urgency"][0], form["topic_h"][0], form["topic_m"][0] = "discharge", "first_answer", "routine", "4", "30"
	o.maya.post(o.url+"/targets", form).answers(t, 303, o.url+"/targets")
	times, err := o.rooms.Desks.Times(t.Context(), o.desk.ID)
	o.must(err)
	for _, want := range []struct {
		kind, topic, urgency string
		minutes              int
		always               bool
	}{{"first_answer", "", "critical", 45, true}, {"first_answer", "", "urgent", 240, false}, {"next_answer", "", "urgent", 360, false}, {"next_answer", "", "routine", 600, false},
		{"first_answer", "discharge", "routine", 270, false}, {"resolution", "", "routine", 6000, false}} {
		got, ok := times.Promise(want.kind, want.topic, want.urgency)
		if !ok || got.Minutes != want.minutes || got.Always != want.always {
			t.Errorf("%v is %v", want, got)
		}
	}
	if _, ok := times.Promise("resolution", "", "critical"); ok {
		t.Error("a resolution that was left empty is promised")
	}
	page := o.maya.open(o.url + "/targets")
	page.says(t, ".flash", "promises made before keep their length")
	again := sent(page, "form#targets")
	if again["topic"][0] != "discharge" || again["topic_h"][0] != "4" || again["topic_m"][0] != "30" || again.Get("first_answer-critical-always") != "yes" {
		t.Errorf("shown as %v", again)
	}
	again["topic_remove"] = []string{"0"}
	o.maya.post(o.url+"/targets", again).answers(t, 303, o.url+"/targets")
	times, err = o.rooms.Desks.Times(t.Context(), o.desk.ID)
	o.must(err)
	if got, _ := times.Promise("first_answer", "discharge", "routine"); got.Minutes != 600 {
		t.Errorf("the topic's promise is %d minutes after it was removed", got.Minutes)
	}
}

func TestPromisesThatMakeNoSenseAreKeptAndNamed(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	form := sent(o.maya.open(o.url+"/targets"), "form#targets")
	form.Set("first_answer-urgent-h", "")
	form.Set("next_answer-critical-h", "soon")
	form.Set("resolution-routine-h", "99999")
	form["topic_h"][0] = "3"
	form["topic"][1] = "discharge"
	r := o.maya.post(o.url+"/targets", form).answers(t, 422, "")
	for _, want := range []string{"Urgent, first answer: a first answer is always promised", "Critical, next answer: give hours and minutes as whole numbers", "Routine, resolution: that is more than", "Choose the topic", "give its time"} {
		r.says(t, ".error-summary", want)
	}
	again := sent(r, "form#targets")
	if again.Get("next_answer-critical-h") != "soon" || again.Get("resolution-routine-h") != "99999" || again["topic_h"][0] != "3" || again["topic"][1] != "discharge" {
		t.Errorf("kept %v", again)
	}
	// A topic, a kind or an urgency that is not on the list is not a promise.
	form = sent(o.maya.open(o.url+"/targets"), "form#targets")
	form["topic"][0], form["topic_h"][0], form["topic_kind"][0] = "discharge", "3", "miracle"
	o.maya.post(o.url+"/targets", form).answers(t, 422, "")
}

func TestPromisesChangedByAnotherAreNotOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	o := newHours(t)
	mine := sent(o.maya.open(o.url+"/targets"), "form#targets")
	theirs := sent(o.maya.open(o.url+"/targets"), "form#targets")
	theirs.Set("first_answer-urgent-h", "3")
	o.as(o.admin).post(o.url+"/targets", theirs).answers(t, 303, o.url+"/targets")
	mine.Set("first_answer-routine-h", "12")
	r := o.maya.post(o.url+"/targets", mine).answers(t, 409, "")
	r.says(t, ".flash-problem", "urgent 3 h")
	again := sent(r, "form#targets")
	if again.Get("first_answer-routine-h") != "12" {
		t.Errorf("kept %v", again)
	}
	o.maya.post(o.url+"/targets", again).answers(t, 303, o.url+"/targets")
}
