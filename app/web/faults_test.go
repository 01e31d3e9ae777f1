package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/ticket"
	"hotline/app/web"
)

// fields are all the names any form of the house sends.
var fields = []string{"message", "note", "reason", "title", "topic", "urgency", "outcome", "to", "question", "state", "danger", "papers", "paper_day",
	"deadline", "deadline_day", "deadline_time", "next_step", "answer_by", "phone", "windows", "office_may_see", "physician_id", "narrative", "caller_name",
	"caller_role", "who", "direction", "answered", "advice", "keep", "started", "ended", "continue", "ticket", "then", "since", "key", "kind", "number",
	"email", "password", "code", "next", "on", "at", "back", "article", "stop", "resume_action", "draft", "begin", "matter", "from", "q", "view", "after", "before"}

var hostile = map[string]string{
	"a megabyte":            strings.Repeat("It went on and on. ", 55_000),
	"NUL bytes":             "before\x00after\x00",
	"invalid UTF-8":         "caf\xe9 \xff\xfe ends",
	"right to left":         "המטופל אמר \u202eשלום\u202c וגם مرحبا",
	"emoji":                 "👩🏽‍⚕️ said 👍🏿 then 🇺🇸 and e\u0301",
	"markup":                `<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{.}}`,
	"SQL and operators":     `'; DROP TABLE tickets; -- :* & | ! ( ) <-> %s %d`,
	"a formula":             "=HYPERLINK(\"http://evil.example\")",
	"numbers out of range":  "999999999999999999999999999999",
	"control characters":    "\x1b[31mred\x1b[0m\x07\x08\r\nnext\rlast",
	"a path that leads off": "//evil.example/\\..",
}

func TestWhateverIsTypedIntoAnyFieldIsAnsweredAndBreaksNothing(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for name, words := range hostile {
		t.Run(name, func(t *testing.T) {
			form := url.Values{}
			for _, f := range fields {
				form.Set(f, words)
				if len(words) > 10_000 && f != "message" && f != "question" && f != "narrative" && f != "note" {
					form.Set(f, "x") // one field of a megabyte at a time: together they are more than a body may be
				}
			}
			if len(words) > 10_000 {
				form.Del("note")
				form.Del("narrative")
				form.Del("question")
			}
			for _, r := range s.web.Routes() {
				if r.Path == "/you/sessions/end" || r.Path == "/signout" || r.Path == "/events" || strings.HasPrefix(r.Path, "/password-resets") || strings.HasPrefix(r.Path, "/signin") {
					continue
				}
				for role, g := range s.people {
					path := s.path(r.Path, s.own)
					var got reply
					if r.Method == http.MethodPost {
						got = g.post(path, form)
					} else if len(words) < 10_000 {
						got = g.open(path + "?" + form.Encode())
					} else {
						continue
					}
					if got.Code >= 500 && r.Path != "/readyz" {
						t.Errorf("%s %s answers %d to a %s", r.Method, r.Path, got.Code, role)
					}
					if to := got.Header().Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "evil.example/") && !strings.HasPrefix(to, "/") {
						t.Errorf("%s %s sends people to %s", r.Method, r.Path, to)
					}
					if strings.Contains(got.Body.String(), "<script>alert") || strings.Contains(got.Body.String(), "<img src=x") {
						t.Errorf("%s %s lets markup through", r.Method, r.Path)
					}
				}
			}
		})
	}
}

func TestTextIsKeptExactlyWhateverTheScript(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	g := s.people[actor.Physician]
	const said = "המטופל אמר שלום — مرحبا 👩🏽‍⚕️\n\tand “so on” <b>&amp;"
	sent := g.post("/requests", url.Values{"key": {uuid.NewString()}, "topic": {"discharge"}, "question": {said}})
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("answered %d", sent.Code)
	}
	number := strings.TrimSuffix(strings.TrimPrefix(sent.Header().Get("Location"), "/requests/"), "/sent")
	if got := g.open("/requests/" + number).doc.Find("blockquote").First().Text(); strings.TrimSpace(got) != said {
		t.Errorf("shown as %q", got)
	}
}

func TestTooMuchTextIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	g := s.people[actor.Physician]
	long := strings.Repeat("é", ticket.Longest+1)
	r := g.post("/requests/new", url.Values{"key": {uuid.NewString()}, "topic": {"discharge"}, "question": {long}})
	if r.Code != http.StatusUnprocessableEntity || !strings.Contains(r.doc.Find("textarea[name=question]").Text(), long) {
		t.Errorf("answered %d, %d characters kept", r.Code, len([]rune(r.doc.Find("textarea[name=question]").Text())))
	}
	huge := g.post("/requests/new", url.Values{"question": {strings.Repeat("x", 2<<20)}})
	if huge.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("more than a body may be: answered %d", huge.Code)
	}
}

// The database goes away for a while: people get a clear page and a 503, and go on
// when it is back, without anybody restarting anything.
func TestACutDatabaseIsA503AndThenItWorksAgain(t *testing.T) {
	t.Parallel()
	ctx, command := t.Context(), actor.Command("test")
	db, line := dbtest.Cuttable(t, database.Limits{Statement: 5 * time.Second, Lock: 2 * time.Second, Idle: 15 * time.Second, Pool: 6})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rooms := roomsOver(db, account.New(db, account.Options{Secret: []byte(strings.Repeat("s", 32))}))
	in := desk.NewDesk{Name: "Risk Management", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142"}
	in.Week[time.Monday] = []calendar.Segment{{Opens: 480, Closes: 1080}}
	_, err := rooms.Desks.Add(ctx, command, in)
	must(err)
	p, err := rooms.Accounts.Add(ctx, command, account.NewPerson{Email: "p@house.example", Name: "Leila Imani", Role: actor.Physician, Password: doorPassword})
	must(err)
	_, err = rooms.Insured.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", UserID: p.ID})
	must(err)
	public, _ := url.Parse("https://hotline.example")
	d := &door{t, rooms.Accounts, db, web.New(rooms, web.Options{Public: public})}
	g := d.guest()
	g.signIn("p@house.example").answers(t, 303, "/")
	g.open("/requests").answers(t, 200, "")

	line.Cut()
	form := url.Values{"key": {uuid.NewString()}, "topic": {"discharge"}, "question": {"May I stop?"}}
	for range 3 {
		for name, r := range map[string]reply{"a page": g.open("/requests"), "a form": g.post("/requests", form)} {
			if r.Code != http.StatusServiceUnavailable || r.Header().Get("Retry-After") == "" || !strings.Contains(r.doc.Find("h1").Text(), "cannot reach") {
				t.Fatalf("%s while the database was cut: %d %q", name, r.Code, r.doc.Find("h1").Text())
			}
		}
	}
	alive := httptest.NewRecorder()
	d.handler.ServeHTTP(alive, httptest.NewRequestWithContext(ctx, http.MethodGet, "/healthz", nil))
	if alive.Code != http.StatusOK {
		t.Errorf("the process says %d of itself", alive.Code)
	}
	line.Mend()
	deadline := time.Now().Add(20 * time.Second)
	for g.open("/requests").Code != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatal("it did not come back")
		}
	}
	if r := g.post("/requests", form); r.Code != http.StatusSeeOther {
		t.Errorf("the form, sent again: %d", r.Code)
	}
}
