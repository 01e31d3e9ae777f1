package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/call"
	"hotline/app/casefile"
	"hotline/app/correspondence"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/learning"
	"hotline/app/ticket"
	"hotline/app/web"
)

const doorPassword = "seven quiet harbours"

// door is the house seen by those who stand before it.
type door struct {
	t        *testing.T
	accounts *account.Service
	db       *database.DB
	handler  http.Handler
}

func newDoor(t *testing.T, o account.Options) *door {
	t.Helper()
	db := dbtest.New(t)
	if o.Secret == nil {
		o.Secret = []byte(strings.Repeat("s", 32))
	}
	accounts := account.New(db, o)
	public, _ := url.Parse("https://hotline.example")
	return &door{t, accounts, db, web.New(roomsOver(db, accounts), web.Options{Public: public})}
}

// roomsOver are the rooms that pages need everywhere; a test adds what it needs besides.
func roomsOver(db *database.DB, accounts *account.Service) web.Rooms {
	return web.Rooms{Accounts: accounts, Insured: insured.New(db, nil), Desks: desk.New(db), Tickets: ticket.New(db), Calls: call.New(db),
		Guidance: guidance.New(db), Casefiles: casefile.New(db), Letters: correspondence.New(db), Learning: learning.New(db), Now: db.Now}
}

func (d *door) add(email string, role actor.Role) *account.Person {
	d.t.Helper()
	p, err := d.accounts.Add(d.t.Context(), actor.Command("test"), account.NewPerson{Email: email, Name: "Dana Whitfield", Role: role, Password: doorPassword})
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

// guest is one browser.
type guest struct {
	*door
	cookies map[string]string
	header  http.Header
}

func (d *door) guest() *guest { return &guest{d, map[string]string{}, http.Header{}} }

type reply struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
}

func (g *guest) send(r *http.Request) reply {
	g.t.Helper()
	for name, value := range g.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for name, values := range g.header {
		r.Header[name] = values
	}
	rec := httptest.NewRecorder()
	g.handler.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			g.t.Errorf("cookie %s is not kept safe", c.Name)
		}
		g.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(g.cookies, c.Name)
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(rec.Body.String()))
	if err != nil {
		g.t.Fatal(err)
	}
	return reply{rec, doc}
}

func (g *guest) open(path string) reply {
	g.t.Helper()
	return g.send(httptest.NewRequestWithContext(g.t.Context(), http.MethodGet, path, nil))
}

func (g *guest) post(path string, form url.Values) reply {
	g.t.Helper()
	r := httptest.NewRequestWithContext(g.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return g.send(r)
}

func (g *guest) signIn(email string) reply {
	g.t.Helper()
	return g.post("/signin", url.Values{"email": {email}, "password": {doorPassword}})
}

// answers says what came back, and stops the test when it is not what should.
func (r reply) answers(t *testing.T, status int, location string) reply {
	t.Helper()
	if r.Code != status || r.Header().Get("Location") != location {
		t.Fatalf("answered %d %q (%s), want %d %q", r.Code, r.Header().Get("Location"), strings.TrimSpace(r.doc.Find("h1").Text()), status, location)
	}
	return r
}

// filled is a form as a browser would send it.
func (r reply) filled(selector string) url.Values {
	form := url.Values{}
	r.doc.Find(selector + " input").Each(func(_ int, in *goquery.Selection) {
		form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	return form
}

// typed is what a person sends whose session has ended, in a form of their own.
var typed = url.Values{"on": {"yes"}, "question": {"He said \"no\" <twice>.\nThen he left.", "and again"}, "password": {"never kept"}}

func TestSigningInBringsPeopleWhereTheyWereGoing(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("p@practice.org", actor.Physician)
	for next, to := range map[string]string{"": "/", "/you?a=b": "/you?a=b", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/"} {
		g := d.guest()
		form := g.open("/signin?next="+url.QueryEscape(next)).answers(t, 200, "").filled("form.threshold-form")
		form.Set("email", "P@practice.org ")
		form.Set("password", doorPassword)
		g.post("/signin", form).answers(t, 303, to)
		g.open("/you").answers(t, 200, "")
		g.open("/signin?next=/you").answers(t, 303, "/you")
	}
}

func TestSigningInGivesANewTokenAndSigningOutTakesItAway(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("p@practice.org", actor.Physician)
	d.add("q@practice.org", actor.Physician)
	g := d.guest()
	g.signIn("p@practice.org").answers(t, 303, "/")
	first := g.cookies["__Host-hotline"]
	g.signIn("q@practice.org").answers(t, 303, "/")
	if first == "" || g.cookies["__Host-hotline"] == first {
		t.Fatal("the token stayed when the person changed")
	}
	kept := g.cookies["__Host-hotline"]
	g.post("/signout", nil).answers(t, 303, "/signin")
	g.cookies["__Host-hotline"] = kept
	g.open("/you").answers(t, 401, "")
	g.cookies["__Host-hotline"] = first
	g.open("/you").answers(t, 401, "")
}

func TestAWrongPasswordKeepsTheEmailAndNothingElse(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("p@practice.org", actor.Physician)
	var said []string
	for _, email := range []string{"p@practice.org", "nobody@practice.org"} {
		r := d.guest().post("/signin", url.Values{"email": {email}, "password": {"a canary password"}, "next": {"/you"}}).answers(t, 422, "")
		if r.doc.Find("#email").AttrOr("value", "") != email || r.filled("form.threshold-form").Get("next") != "/you" {
			t.Error("what was typed is gone")
		}
		if strings.Contains(r.Body.String(), "canary") {
			t.Error("the password is in the page")
		}
		said = append(said, r.doc.Find(".error-summary").Text())
	}
	if said[0] != said[1] || strings.TrimSpace(said[0]) == "" {
		t.Fatal(said)
	}
}

func TestTooManyTriesAreToldHowLongToWait(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	wrong := url.Values{"email": {"p@practice.org"}, "password": {"not this one at all"}}
	for range 4 {
		d.guest().post("/signin", wrong).answers(t, 422, "")
	}
	r := d.guest().post("/signin", wrong).answers(t, 429, "")
	if r.Header().Get("Retry-After") == "" || !strings.Contains(r.doc.Find(".error-summary").Text(), "Try again in") {
		t.Fatal("nothing said of how long")
	}
}

func TestAnEndedSessionCarriesEverythingTypedThroughSignIn(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	g := d.guest()
	g.signIn(p.Email)
	if err := d.accounts.EndSessions(t.Context(), p.Actor(), p.ID); err != nil {
		t.Fatal(err)
	}
	r := g.post("/you/shortcuts?from=here", typed).answers(t, 401, "")
	form := r.filled("form.threshold-form")
	form.Set("email", p.Email)
	form.Set("password", "wrong at first, of course")
	r = g.post("/signin", form).answers(t, 422, "")
	form = r.filled("form.threshold-form")
	form.Set("password", doorPassword)
	r = g.post("/signin", form).answers(t, 200, "")
	again := r.doc.Find("form[data-resume]")
	if again.AttrOr("action", "") != "/you/shortcuts?from=here" || again.AttrOr("method", "") != "post" || again.Find("button").Length() != 1 {
		t.Fatal("the form does not go where it was going")
	}
	back := r.filled("form[data-resume]")
	if strings.Join(back["question"], "|") != strings.Join(typed["question"], "|") || back.Get("on") != "yes" || len(back) != 2 {
		t.Fatalf("carried %v", back)
	}
	g.post("/you/shortcuts?from=here", back).answers(t, 303, "/you")
}

func TestAnEndedSessionBringsReadersBackToTheirPage(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	r := d.guest().open("/you?tab=2").answers(t, 401, "")
	if next := r.filled("form.threshold-form").Get("next"); next != "/you?tab=2" {
		t.Fatalf("goes on to %q", next)
	}
}

func TestWhatOnePersonWroteIsNeverSentByAnother(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	d.add("q@practice.org", actor.Physician)
	g := d.guest()
	g.signIn(p.Email)
	if err := d.accounts.EndSessions(t.Context(), p.Actor(), p.ID); err != nil {
		t.Fatal(err)
	}
	form := g.post("/you/shortcuts", typed).answers(t, 401, "").filled("form.threshold-form")
	form.Set("email", "q@practice.org")
	form.Set("password", doorPassword)
	r := g.post("/signin", form).answers(t, 303, "/")
	if strings.Contains(r.Body.String(), "Then he left") {
		t.Fatal("shown to somebody else")
	}
	// A browser that nobody was signed in with carries nothing.
	r = d.guest().post("/you/shortcuts", typed).answers(t, 401, "")
	if strings.Contains(r.Body.String(), "Then he left") {
		t.Fatal("carried for nobody")
	}
}

func TestAKeptFormGoesOnlyToAFormOfOurs(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	for _, to := range []string{"https://evil.example/you/shortcuts", "//evil.example/you/shortcuts", "/\\evil.example", "javascript:alert(1)",
		"/signout", "/signin", "/you", "/nowhere", "/you/../signout", "/you/shortcuts/", "%2fyou"} {
		g := d.guest()
		g.post("/signin", url.Values{"email": {p.Email}, "password": {doorPassword}, "resume_action": {to},
			"resume_for": {d.accounts.Marker(p.ID)}, "kept.x": {"y"}}).answers(t, 303, "/")
	}
}

func TestAPartOfAPageNeverReplacesWhatSomebodyIsWriting(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	g := d.guest()
	g.signIn(p.Email)
	if err := d.accounts.EndSessions(t.Context(), p.Actor(), p.ID); err != nil {
		t.Fatal(err)
	}
	g.header.Set("HX-Request", "true")
	r := g.open("/you").answers(t, 401, "")
	if r.Header().Get("HX-Retarget") != "#live" || strings.Contains(r.Body.String(), "<form") {
		t.Fatal("the part was replaced by a form")
	}
	r = g.post("/you/shortcuts", typed).answers(t, 401, "")
	if r.Header().Get("HX-Retarget") != "body" || r.doc.Find("form.threshold-form").Length() != 1 {
		t.Fatal("no sign-in form in place of the page")
	}
}

func doorCode(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestStaffSetASecondFactorUpBeforeAnythingElseAndUseItAfter(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{RequireTOTP: true})
	p := d.add("a@insurer.org", actor.Auditor)
	g := d.guest()
	g.signIn(p.Email).answers(t, 303, "/you/second-factor")
	g.open("/you").answers(t, 303, "/you/second-factor")
	g.post("/you/shortcuts", url.Values{"on": {"no"}}).answers(t, 303, "/you/second-factor")
	r := g.open("/you/second-factor").answers(t, 200, "")
	if r.doc.Find("#code").Length() != 0 {
		t.Fatal("a GET began it")
	}
	g.post("/you/second-factor", nil).answers(t, 303, "/you/second-factor")
	r = g.open("/you/second-factor").answers(t, 200, "")
	secret := r.doc.Find("code").Text()
	if link := r.doc.Find("a[href^='otpauth://totp/']").AttrOr("href", ""); !strings.Contains(link, strings.ReplaceAll(secret, " ", "")) {
		t.Fatal("no link for an authenticator on this device")
	}
	r = g.post("/you/second-factor/confirmation", url.Values{"code": {"000"}}).answers(t, 422, "")
	if r.doc.Find("code").Text() != secret {
		t.Fatal("the key changed under their hands")
	}
	before := g.cookies["__Host-hotline"]
	g.post("/you/second-factor/confirmation", url.Values{"code": {doorCode(t, secret, time.Now())}}).answers(t, 303, "/you")
	if g.cookies["__Host-hotline"] == before {
		t.Fatal("the token stayed")
	}
	r = g.open("/you").answers(t, 200, "")
	if !strings.Contains(r.doc.Find(".flash").Text(), "second factor is on") {
		t.Fatal("nothing said")
	}

	// Later, elsewhere, in the middle of something.
	g = d.guest()
	g.cookies["__Host-hotline-who"] = d.accounts.Marker(p.ID)
	form := g.post("/you/shortcuts", typed).answers(t, 401, "").filled("form.threshold-form")
	form.Set("email", p.Email)
	form.Set("password", doorPassword)
	r = g.post("/signin", form).answers(t, 200, "")
	g.open("/you").answers(t, 401, "")
	form = r.filled("form.threshold-form")
	form.Set("code", "123")
	r = g.post("/signin/code", form).answers(t, 422, "")
	form = r.filled("form.threshold-form")
	form.Set("code", doorCode(t, secret, time.Now().Add(30*time.Second)))
	r = g.post("/signin/code", form).answers(t, 200, "")
	if back := r.filled("form[data-resume]"); strings.Join(back["question"], "|") != strings.Join(typed["question"], "|") {
		t.Fatalf("carried %v", back)
	}
	g.open("/you").answers(t, 200, "")
}

func TestACodeWithoutAPasswordOpensNothing(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.guest().open("/signin/code?next=/you").answers(t, 303, "/signin?next=%2Fyou")
	r := d.guest().post("/signin/code", url.Values{"code": {"123456"}}).answers(t, 422, "")
	if r.doc.Find("#password").Length() != 1 {
		t.Fatal("the password is not asked for")
	}
}
