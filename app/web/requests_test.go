package web_test

import (
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
	"hotline/app/call"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/ticket"
	"hotline/app/web"
)

// clinic is a house in which one physician asks, her office manager asks for her, a
// colleague next door must not see it, and one consultant answers. It is Thursday
// 19 November 2026, 10 in the morning in New York; the desk is open from 8 to 6.
type clinic struct {
	*door
	tickets      *ticket.Service
	calls        *call.Service
	rosa         actor.Actor
	imani, other *guest
	office       *guest
}

const imaniMail, officeMail, otherMail = "imani@practice.org", "cole@practice.org", "oduya@practice.org"

var thursday = time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC)

func newClinic(t *testing.T, delegate insured.NewDelegation) *clinic {
	t.Helper()
	ctx, command, db := t.Context(), actor.Command("test"), dbtest.New(t)
	db.Freeze(thursday)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	accounts, desks := account.New(db, account.Options{Secret: []byte(strings.Repeat("s", 32))}), desk.New(db)
	people := insured.New(db, nil)
	in := desk.NewDesk{Name: "Risk Management", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Minutes: desk.DefaultMinutes}
	for d := time.Monday; d <= time.Friday; d++ {
		in.Week[d] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	made, err := desks.Add(ctx, command, in)
	must(err)
	person := func(email, name string, role actor.Role, desks ...int64) *account.Person {
		t.Helper()
		p, err := accounts.Add(ctx, command, account.NewPerson{Email: email, Name: name, Role: role, Password: doorPassword, Zone: "America/New_York", Desks: desks})
		must(err)
		return p
	}
	rosa := person("rosa@insurer.example", "Rosa Delgado", actor.Consultant, made.ID)
	person("manager@insurer.example", "Priya Raman", actor.Manager)
	person("claims@insurer.example", "Sam Ito", actor.Claims)
	must(desks.Engage(ctx, command, desk.Engagement{UserID: rosa.ID, Cap: 20, Topics: []string{"discharge", "online_reviews"}}))
	practice, err := people.AddPractice(ctx, command, insured.NewPractice{Name: "Lakeside Family Medicine", City: "Toledo", State: "OH"})
	must(err)
	leila := person(imaniMail, "Leila Imani", actor.Physician)
	imani, err := people.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", Specialty: "Family medicine", State: "OH", PracticeID: practice, UserID: leila.ID})
	must(err)
	tobias := person(otherMail, "Tobias Oduya", actor.Physician)
	_, err = people.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Tobias", FamilyName: "Oduya", Specialty: "Pediatrics", State: "OH", PracticeID: practice, UserID: tobias.ID})
	must(err)
	marcus := person(officeMail, "Marcus Cole", actor.Delegate)
	delegate.PhysicianID, delegate.UserID, delegate.From = imani, marcus.ID, people.Today()
	_, err = people.Delegate(ctx, command, delegate)
	must(err)

	public, _ := url.Parse("https://hotline.example")
	k := &clinic{tickets: ticket.New(db), calls: call.New(db)}
	k.door = &door{t, accounts, db, web.New(roomsOver(db, accounts), web.Options{Public: public})}
	k.rosa, _, err = accounts.Actor(ctx, rosa.ID)
	must(err)
	for email, g := range map[string]**guest{imaniMail: &k.imani, officeMail: &k.office, otherMail: &k.other} {
		*g = k.guest()
		(*g).signIn(email).answers(t, 303, "/")
	}
	return k
}

var asksAndHears = insured.NewDelegation{MayAsk: true, MayHear: true}

const asked = "A patient, 54, missed four visits.\nMay I stop seeing him?"

// question is a whole form as a browser sends it.
func question(key string) url.Values {
	return url.Values{"key": {key}, "topic": {"discharge"}, "question": {asked}, "state": {"OH"}, "deadline": {"none"}, "answer_by": {"write"}}
}

// ask sends a question and is the number it got.
func (k *clinic) ask(g *guest, change func(url.Values)) string {
	k.t.Helper()
	form := question(uuid.NewString())
	if change != nil {
		change(form)
	}
	r := g.post("/requests", form)
	if r.Code != http.StatusSeeOther {
		k.t.Fatalf("not sent: %d %s", r.Code, words(r.doc.Selection, ".error-summary, h1"))
	}
	return strings.TrimSuffix(strings.TrimPrefix(r.Header().Get("Location"), "/requests/"), "/sent")
}

// answer has the consultant take a question and write.
func (k *clinic) answer(number, message string) {
	k.t.Helper()
	if err := k.tickets.Claim(k.t.Context(), k.rosa, number, 0); err != nil {
		k.t.Fatal(err)
	}
	if err := k.tickets.Reply(k.t.Context(), k.rosa, number, ticket.Words{Body: message}); err != nil {
		k.t.Fatal(err)
	}
}

// words are what a part of a page says, in one line.
func words(in *goquery.Selection, selector string) string {
	var out []string
	var walk func(*goquery.Selection)
	walk = func(s *goquery.Selection) {
		s.Contents().Each(func(_ int, one *goquery.Selection) {
			if goquery.NodeName(one) == "#text" {
				out = append(out, strings.Fields(one.Text())...)
			} else {
				walk(one)
			}
		})
	}
	walk(in.Find(selector))
	return strings.Join(out, " ")
}

func (r reply) says(t *testing.T, selector, want string) {
	t.Helper()
	if got := words(r.doc.Selection, selector); !strings.Contains(got, want) {
		t.Errorf("%s says %q, want %q in it", selector, got, want)
	}
}

func (r reply) hides(t *testing.T, want string) {
	t.Helper()
	if strings.Contains(r.Body.String(), want) {
		t.Errorf("the page holds %q", want)
	}
}

func TestHomeGreetsAPhysicianAndCarriesWhatTheyTypedIntoTheForm(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	home := k.imani.open("/").answers(t, 200, "")
	home.says(t, "h1", "Good morning, Dr Imani. What happened?")
	home.says(t, ".emergency", "Call 911")
	home.says(t, ".ask-foot", "10:00 AM tomorrow")
	home.says(t, ".promises", "It does not touch your premium")
	key := home.doc.Find("form.ask input[name=key]").AttrOr("value", "")
	k.imani.post("/requests/new", url.Values{"key": {key}, "question": {asked}, "begin": {"yes"}}).answers(t, 303, "/requests/new?draft="+key)
	form := k.imani.open("/requests/new?draft="+key).answers(t, 200, "")
	if got := form.doc.Find("textarea[name=question]").Text(); got != asked {
		t.Errorf("the question came as %q", got)
	}
	if got := form.doc.Find("select[name=state] option[selected]").AttrOr("value", ""); got != "OH" {
		t.Errorf("the state begins as %q", got)
	}
}

func TestEveryRoleHasItsOwnHome(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	for email, to := range map[string]string{"rosa@insurer.example": "/desk", "manager@insurer.example": "/reports/caseload"} {
		g := k.guest()
		g.signIn(email)
		g.open("/").answers(t, 303, to)
	}
	g := k.guest()
	g.signIn("claims@insurer.example")
	g.open("/").answers(t, 200, "").says(t, "main", "Nothing has been handed to you. When a consultation is handed to Claims, it appears here.")
	k.guest().open("/").answers(t, 401, "")
}

func TestAQuestionIsCheckedReadBackAndSent(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	key := k.imani.open("/requests/new?topic=discharge").answers(t, 200, "").doc.Find("main form input[name=key]").AttrOr("value", "")
	form := question(key)
	form.Set("deadline", "date")
	form.Set("deadline_day", "11/20/2026")
	form.Set("deadline_time", "9:30 AM")
	form.Set("next_step", "He comes in tomorrow.")
	check := "/requests/new/check?draft=" + key
	k.imani.post("/requests/new", form).answers(t, 303, check)
	back := k.imani.open(check).answers(t, 200, "")
	back.says(t, ".readback", "May I stop seeing him?")
	back.says(t, ".readback", "Friday, November 20, 2026, 9:30 AM EST")
	back.says(t, ".readback", "He comes in tomorrow.")
	back.says(t, "main", "Critical because your deadline is three business days away or less")
	back.says(t, ".hear-by", "11:00 AM today")
	if n := back.doc.Find(`a[href="/requests/new?draft=` + key + `#question"]`).Length(); n != 1 {
		t.Errorf("%d links change the question", n)
	}
	sent := k.imani.post("/requests", url.Values{"key": {key}})
	number := strings.TrimSuffix(strings.TrimPrefix(sent.Header().Get("Location"), "/requests/"), "/sent")
	sent.answers(t, 303, "/requests/"+number+"/sent")
	done := k.imani.open("/requests/"+number+"/sent").answers(t, 200, "")
	done.says(t, ".reference", number)
	done.says(t, ".hear-by", "11:00 AM today")
	done.says(t, "main", "You may close this page")
	// A page that was still keeping its draft leaves none behind.
	k.imani.post("/drafts/"+key, form).answers(t, 204, "")
	if got := words(k.imani.open("/").doc.Selection, ".drafts-kept"); got != "" {
		t.Errorf("a draft of what was sent: %q", got)
	}
	// Pressed twice, or gone back to: still the one.
	k.imani.post("/requests", url.Values{"key": {key}}).answers(t, 303, "/requests/"+number+"/sent")
	k.imani.open(check).answers(t, 303, "/requests/"+number+"/sent")
	if n := k.imani.open("/requests").doc.Find(".consultations li").Length(); n != 1 {
		t.Errorf("%d consultations after one question", n)
	}
}

func TestWhatIsWrongIsSaidAtItsFieldAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	form := question(uuid.NewString())
	form.Set("topic", "")
	form.Set("deadline", "date")
	form.Set("deadline_day", "soon <b>")
	form.Set("answer_by", "call")
	form.Set("phone", "555 0134")
	form.Set("windows", "After 4:30")
	for _, to := range []string{"/requests/new", "/requests"} {
		r := k.imani.post(to, form).answers(t, 422, "")
		for _, field := range []string{"topic", "deadline_day", "phone"} {
			if r.doc.Find(`.error-summary a[href="#`+field+`"]`).Length() != 1 || r.doc.Find("#"+field).Length() != 1 {
				t.Errorf("%s: no link to a field %s", to, field)
			}
		}
		if got := r.doc.Find("textarea[name=question]").Text(); got != asked {
			t.Errorf("%s: the question is %q", to, got)
		}
		for _, field := range []string{"deadline_day", "phone", "windows"} {
			if got := r.doc.Find("input[name="+field+"]").AttrOr("value", ""); got != form.Get(field) {
				t.Errorf("%s: %s is %q", to, field, got)
			}
		}
	}
}

func TestOutsideHoursThePageSaysWhenTheyWillReallyHear(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	k.db.Freeze(time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)) // Friday, 6:30 PM
	key := uuid.NewString()
	k.imani.post("/requests/new", question(key)).answers(t, 303, "/requests/new/check?draft="+key)
	quiet := k.imani.open("/requests/new/check?draft=" + key)
	quiet.says(t, "main", "We are closed now and open again Monday, November 23, 2026, 8:00 AM EST.")
	quiet.says(t, ".hear-by", "Mon 6:00 PM")
	if quiet.doc.Find(".flash-alarm").Length() != 0 {
		t.Error("a quiet question raises the alarm")
	}
	form := question(key)
	form.Set("danger", "yes")
	k.imani.post("/requests/new", form).answers(t, 303, "/requests/new/check?draft="+key)
	alarm := k.imani.open("/requests/new/check?draft=" + key)
	alarm.says(t, ".flash-alarm", "Nobody is on call right now.")
	alarm.says(t, ".flash-alarm", "988")
	alarm.says(t, ".flash-alarm", "open again Monday, November 23, 2026, 8:00 AM EST")
	alarm.says(t, ".flash-alarm", "800 555 0142")
}

func TestWhatIsSentIsWhatWasReadBackThoughTheDraftChangedElsewhere(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	key := uuid.NewString()
	k.imani.post("/requests/new", question(key)).answers(t, 303, "/requests/new/check?draft="+key)
	read := k.imani.open("/requests/new/check?draft=" + key).filled(`form[action="/requests"]`)
	other := question(key)
	other.Set("question", "Other words, from a second tab.")
	k.imani.post("/requests/new", other).answers(t, 303, "/requests/new/check?draft="+key)
	sent := k.imani.post("/requests", read)
	page := k.imani.open(strings.TrimSuffix(sent.Header().Get("Location"), "/sent")).doc.Find("main").Text()
	if strings.Contains(page, "Other words") || !strings.Contains(page, question(key).Get("question")) {
		t.Errorf("sent was not what was read back:\n%s", page)
	}
}

func TestTheSameKeyWithOtherWordsOffersAMessage(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	key := uuid.NewString()
	number := k.ask(k.imani, func(f url.Values) { f.Set("key", key) })
	other := question(key)
	other.Set("question", "He has called a lawyer.")
	r := k.imani.post("/requests", other).answers(t, 409, "")
	r.says(t, "main", "10:00 AM today")
	if got := r.doc.Find("textarea[name=message]").Text(); got != "He has called a lawyer." {
		t.Errorf("kept %q", got)
	}
	form := r.filled("main form")
	form.Set("message", "He has called a lawyer.")
	k.imani.post(r.doc.Find("main form").AttrOr("action", ""), form).answers(t, 303, "/requests/"+number)
	k.imani.open("/requests/"+number).says(t, "#said", "He has called a lawyer.")
	k.other.post("/requests", other).answers(t, 404, "")
}

func TestTheConsultationSaysWhoHasItAndWhatWasAnswered(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	number := k.ask(k.imani, nil)
	page := "/requests/" + number
	k.imani.open(page).says(t, "#standing", "on its way to a consultant")
	k.db.Freeze(thursday.Add(5 * time.Minute)) // within the half hour of her first look
	k.answer(number, "Do not part ways yet.\nTalk first.")
	if err := k.tickets.Note(t.Context(), k.rosa, number, ticket.Words{Body: "Desk words."}); err != nil {
		t.Fatal(err)
	}
	k.db.Freeze(thursday.Add(6 * time.Minute))
	home := k.imani.open("/")
	home.says(t, ".to-do", "An answer is waiting")
	home.says(t, ".consultations", "New.")
	read := k.imani.open(page).answers(t, 200, "")
	read.says(t, "#standing", "with Rosa Delgado")
	read.says(t, ".letter", "Rosa Delgado to you")
	read.says(t, ".letter", "Consultation only, not notice of a claim")
	read.says(t, ".letter .typed", "Do not part ways yet. Talk first.")
	read.says(t, ".evidence", "May I stop seeing him?")
	read.says(t, ".ledger", "Underwriting cannot open it")
	read.hides(t, "Desk words.")
	if got := read.doc.Find("body").AttrOr("data-events", ""); got != "/events?ticket="+number {
		t.Errorf("the page listens to %q", got)
	}
	if words(k.imani.open("/requests").doc.Selection, ".is-new") != "" {
		t.Error("it is still new after it was read")
	}
}

func TestAnswersGivenOnTheRightCallsAreShownAndNotesAreNot(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	number := k.ask(k.imani, nil)
	_, err := k.calls.Log(t.Context(), k.rosa, call.Note{Key: uuid.NewString(), Number: number, Direction: "out", Outcome: "answered",
		Narrative: "She sounded tired.", Advice: "Hold the letter until Monday.", StartedAt: thursday.Add(-10 * time.Minute), EndedAt: thursday})
	if err != nil {
		t.Fatal(err)
	}
	read := k.imani.open("/requests/" + number)
	read.says(t, ".letter", "Rosa Delgado advised on the phone")
	read.says(t, ".letter", "Hold the letter until Monday.")
	read.hides(t, "She sounded tired.")
}

func TestAMessageThatCrossedAnotherIsKeptAndShownWithWhatCame(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	number := k.ask(k.imani, nil)
	open := k.imani.open("/requests/" + number)
	form := open.filled("#reply")
	form.Set("since", open.doc.Find("input[name=since]").AttrOr("value", ""))
	k.answer(number, "One thing first.")
	form.Set("message", "And another question.")
	r := k.imani.post("/requests/"+number+"/replies", form).answers(t, 409, "")
	r.says(t, ".error-summary", "We wrote to you.")
	r.says(t, "#said", "One thing first.")
	if got := r.doc.Find("textarea[name=message]").Text(); got != "And another question." {
		t.Errorf("kept %q", got)
	}
	if link := r.doc.Find(".error-summary a").AttrOr("href", "-"); r.doc.Find(link).Length() != 1 {
		t.Errorf("%s leads nowhere", link)
	}
	form.Set("since", r.doc.Find("input[name=since]").AttrOr("value", ""))
	k.imani.post("/requests/"+number+"/replies", form).answers(t, 303, "/requests/"+number)
	k.imani.post("/requests/"+number+"/replies", url.Values{"message": {"  "}}).answers(t, 422, "").says(t, ".error-summary", "Write your message first.")
}

func TestAPhysicianFindsOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	number := k.ask(k.imani, nil)
	for _, path := range []string{"/requests/" + number, "/requests/" + number + "/sent"} {
		k.other.open(path).answers(t, 404, "")
		k.office.open(path).answers(t, 404, "")
	}
	k.other.post("/requests/"+number+"/replies", url.Values{"message": {"Mine?"}}).answers(t, 404, "")
	k.other.open("/requests").says(t, ".empty", "You have not asked us anything yet.")
}

func TestWhoMayAskButNotHearSeesWhereItStandsAndNotTheAnswer(t *testing.T) {
	t.Parallel()
	k := newClinic(t, insured.NewDelegation{MayAsk: true})
	number := k.ask(k.office, nil)
	k.answer(number, "Only for her.")
	page := k.office.open("/requests/"+number).answers(t, 200, "")
	page.says(t, "#said", "The answer goes to Dr Imani.")
	page.says(t, "#standing", "with Rosa Delgado")
	page.hides(t, "Only for her.")
	k.office.open("/").hides(t, "An answer is waiting")
	list := k.office.open("/requests")
	list.says(t, ".consultations", "for Dr Imani")
	k.imani.open("/requests/"+number).says(t, "#said", "Only for her.")
	k.imani.open("/requests").says(t, ".consultations", "by Marcus Cole for you")
}

func TestADraftIsKeptGoneOnWithAndLetGo(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	id := uuid.NewString()
	k.imani.post("/drafts/"+id, url.Values{"key": {id}, "question": {"He said\r\nno.\x00"}, "danger": {"yes"}}).answers(t, 204, "")
	k.imani.open("/").says(t, ".drafts-kept", "You have a draft from 10:00 AM today. He said no.")
	k.imani.open("/drafts/"+id).answers(t, 303, "/requests/new?draft="+id)
	form := k.imani.open("/requests/new?draft=" + id)
	if got := form.doc.Find("textarea[name=question]").Text(); got != "He said\nno." {
		t.Errorf("the draft came back as %q", got)
	}
	if _, ticked := form.doc.Find("#danger").Attr("checked"); !ticked {
		t.Error("a tick was lost")
	}
	for _, path := range []string{"/drafts/" + id, "/requests/new?draft=" + id} {
		k.other.open(path).answers(t, 404, "")
	}
	k.imani.post("/drafts/"+uuid.NewString(), url.Values{"kind": {"note"}, "note": {"x"}}).answers(t, 404, "")
	k.imani.post("/drafts/"+id+"/removal", nil).answers(t, 303, "/requests")
	if k.imani.open("/requests").doc.Find(".drafts-kept").Length() != 0 {
		t.Error("the draft is still there")
	}
}

func TestAHalfWrittenMessageIsThereAgain(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	number := k.ask(k.imani, nil)
	form := k.imani.open("/requests/" + number).filled("#reply")
	form.Set("message", "Half a sen")
	k.imani.post("/drafts/"+form.Get("key"), form).answers(t, 204, "")
	again := k.imani.open("/requests/" + number)
	if got := again.doc.Find("textarea[name=message]").Text(); got != "Half a sen" {
		t.Errorf("came back as %q", got)
	}
	k.imani.open("/drafts/"+form.Get("key")).answers(t, 303, "/requests/"+number+"#message")
	form = again.filled("#reply")
	form.Set("message", "Half a sentence, whole now.")
	k.imani.post("/requests/"+number+"/replies", form).answers(t, 303, "/requests/"+number)
	if got := k.imani.open("/requests/" + number).doc.Find("textarea[name=message]").Text(); got != "" {
		t.Errorf("%q is still there after it was sent", got)
	}
}

func TestTheListGoesOnByKey(t *testing.T) {
	t.Parallel()
	k := newClinic(t, asksAndHears)
	for i := range 21 {
		k.db.Freeze(thursday.Add(time.Duration(i) * time.Second))
		k.ask(k.imani, func(f url.Values) { f.Set("question", "Question "+strconv.Itoa(i)+".") })
	}
	first := k.imani.open("/requests")
	if n := first.doc.Find(".consultations li").Length(); n != 20 {
		t.Fatalf("the first page holds %d", n)
	}
	older := first.doc.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	second := k.imani.open(older).answers(t, 200, "")
	second.says(t, ".consultations", "Question 0.")
	if n := second.doc.Find(".consultations li").Length(); n != 1 {
		t.Errorf("the second page holds %d", n)
	}
}
