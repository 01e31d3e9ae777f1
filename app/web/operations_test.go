package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/operations"
	"hotline/app/outbox"
)

type neverDone struct{ Words string }

func (neverDone) Kind() string  { return "letter:send" }
func (neverDone) Queue() string { return "notify" }

const operationsCanary = "canary-5b1d"

// plant is a street whose machine has something of everything that can go wrong, and
// a promise that quotes what somebody typed.
func plant(t *testing.T) (*street, *operations.Service) {
	t.Helper()
	s := newStreet(t)
	room, now := operations.New(s.db), s.db.Now()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.db.Write(t.Context(), func(tx *gorm.DB) error { return outbox.Promise(tx, now, neverDone{operationsCanary}) }))
	var promise int64
	check(s.db.Pool().QueryRow(t.Context(), "SELECT max(id) FROM outbox").Scan(&promise))
	failed, next, oldest := now.Add(-2*time.Hour), now.Add(40*time.Minute), now.Add(-7*time.Minute)
	check(room.Beat(t.Context(), operations.Worker{ID: "here:1:1", Version: "1.2", StartedAt: failed}))
	check(room.Saw(t.Context(), []operations.Queue{{Name: "critical"}, {Name: "urgent", Pending: 3, OldestAt: &oldest}, {Name: "routine", Retry: 1}, {Name: "notify", Archived: 1, Paused: true}, {Name: "low"}}))
	check(room.SawTasks(t.Context(), []operations.Task{
		{Queue: "notify", ID: "inst-1-0", Kind: "letter:send", State: operations.Archived, Retried: 10, MaxRetry: 10, LastError: "mail: not taken, the connection broke", FailedAt: &failed, PromiseID: &promise},
		{Queue: "routine", ID: "inst-2-0", Kind: "ticket:assign", State: operations.Retry, Retried: 3, MaxRetry: 10, LastError: "unavailable", FailedAt: &failed, NextAt: &next},
	}))
	check(room.Swept(t.Context(), "clock:overdue", 4, 30*time.Millisecond))
	_, err := s.db.Pool().Exec(t.Context(), `INSERT INTO letters (kind, subject_id, recipient_id, occasion, about, made_at, refused_at, refused_why)
		SELECT 'answer', 1, id, 99, $1, $2, $2, 'mail: not taken, recipient: 550' FROM users WHERE role = 'physician' LIMIT 1`, s.own, failed)
	check(err)
	return s, room
}

func TestTheOperationsPageSaysWhatIsStuckAndNothingThatWasTyped(t *testing.T) {
	t.Parallel()
	s, _ := plant(t)
	for _, role := range []actor.Role{actor.Administrator, actor.Manager} {
		page := s.people[role].open("/operations").answers(t, http.StatusOK, "")
		text := strings.Join(strings.Fields(page.doc.Find("main").Text()), " ")
		for _, want := range []string{
			"One task was set aside, and one letter was refused", "Paused: notify", "Send a letter", "letter:send · notify · promise", "11 of 11 tries", "the connection broke",
			"Find a consultant", "3 of 11 tries", "a part of the machine did not answer", "Again in 40 min", s.own, "To a physician", "no such recipient (550)", "7 min",
			"Find promises due or missed", "took 30 ms", "here:1:1", "version 1.2",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %q:\n%s", role, want, text)
			}
		}
		for _, never := range []string{operationsCanary, "May I stop?", "@house.example", "One physician"} {
			if strings.Contains(page.Body.String(), never) {
				t.Errorf("%s: the page shows %q", role, never)
			}
		}
		forms := page.doc.Find(`form[action="/operations/orders"]`).Length()
		links := page.doc.Find(`a[href^="/operations/deletion"]`).Length()
		if role == actor.Manager && forms+links != 0 || role == actor.Administrator && (forms != 9 || links != 2) {
			t.Errorf("%s: %d forms and %d links to delete", role, forms, links)
		}
	}
}

func TestAnAdministratorOrdersAndIsToldWhatCameOfIt(t *testing.T) {
	t.Parallel()
	s, room := plant(t)
	admin, worker := s.people[actor.Administrator], actor.Job("operations:order", 0)
	press := func(button string, carried string) (flash string) {
		t.Helper()
		form := url.Values{}
		admin.open("/operations").doc.Find(button).Closest("form").Find("input").Each(func(_ int, in *goquery.Selection) {
			form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		})
		if len(form) == 0 {
			t.Fatalf("there is no %s", button)
		}
		done := make(chan error, 1)
		go func() {
			for t.Context().Err() == nil {
				o, err := room.Take(t.Context(), worker)
				if err == nil && o != nil && carried != "" {
					err = room.Carried(t.Context(), worker, o.ID, carried)
				}
				if err != nil || o != nil {
					done <- err
					return
				}
				<-time.After(5 * time.Millisecond)
			}
		}()
		admin.post("/operations/orders", form).answers(t, http.StatusSeeOther, "/operations")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(admin.open("/operations").doc.Find(".flash").Text()), " ")
	}
	for _, one := range []struct{ button, outcome, says string }{
		{"#hold-notify", operations.Done, "The queue notify goes on."},
		{"#hold-low", operations.Silent, "Redis did not answer, and nothing was changed. Try again in a moment."},
		{"#all-notify", operations.Done, "Everything that notify had set aside is being done again."},
		{"#run-notify-inst-1-0", operations.Gone, "It was no longer there: it succeeded meanwhile, or somebody was faster."},
		{"button[id^='send-']", operations.Done, "The letter is on its way again."},
		{"#run-routine-inst-2-0", "", "Asked for. No worker has carried it out yet; this page shows when one has."},
	} {
		if says := press(one.button, one.outcome); says != one.says {
			t.Errorf("%s: %q, want %q", one.button, says, one.says)
		}
	}
	if text := admin.open("/operations").doc.Find(".ordered").Text(); !strings.Contains(text, "waits for a worker") || !strings.Contains(text, "Resume notify") || !strings.Contains(text, "One administrator") {
		t.Errorf("what was ordered: %s", text)
	}
}

func TestDeletingATaskIsAskedTwiceAndSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	s, _ := plant(t)
	admin := s.people[actor.Administrator]
	page := admin.open("/operations")
	address, _ := page.doc.Find("#delete-notify-inst-1-0").Attr("href")
	asks := admin.open(address).answers(t, http.StatusOK, "")
	if text := asks.doc.Find("main").Text(); !strings.Contains(text, "It will never be done") || !strings.Contains(text, "inst-1-0") || strings.Contains(text, operationsCanary) {
		t.Errorf("it asks: %s", text)
	}
	form := asks.filled(`form[action="/operations/orders"]`)
	if form.Get("what") != "delete" || form.Get("queue") != "notify" || form.Get("task") != "inst-1-0" {
		t.Errorf("it sends %v", form)
	}
	s.people[actor.Manager].open(address).answers(t, http.StatusNotFound, "")
	admin.open("/operations/deletion?queue=low&task=inst-1-0").answers(t, http.StatusNotFound, "")
}

func TestAnOrderThatMakesNoSenseIsRefusedInWords(t *testing.T) {
	t.Parallel()
	s, _ := plant(t)
	admin := s.people[actor.Administrator]
	for _, form := range []url.Values{{}, {"what": {operationsCanary}}, {"what": {"pause"}, "queue": {operationsCanary}}, {"what": {"send_again"}, "letter": {"x"}}} {
		if got := admin.post("/operations/orders", form); got.Code != http.StatusUnprocessableEntity || strings.Contains(got.Body.String(), operationsCanary) {
			t.Errorf("%v: %d", form, got.Code)
		}
	}
	admin.post("/operations/orders", url.Values{"what": {"run"}, "queue": {"low"}, "task": {operationsCanary}}).answers(t, http.StatusSeeOther, "/operations")
	if says := admin.open("/operations").doc.Find(".flash").Text(); !strings.Contains(says, "no longer there") {
		t.Errorf("it says %q", says)
	}
}

func TestTheOperationsPageIsDrawnAnewOnlyWhenSomethingChanged(t *testing.T) {
	t.Parallel()
	s, room := plant(t)
	s.db.Freeze(s.db.Now())
	admin := s.people[actor.Administrator]
	address, _ := admin.open("/operations").doc.Find("#machine").Attr("hx-get")
	refresh := func() int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Trigger", "machine")
		r.Header.Set("X-Refresh", "1")
		return admin.send(r).Code
	}
	if got := refresh(); got != http.StatusNoContent {
		t.Errorf("nothing changed: %d", got)
	}
	if err := room.SawTasks(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := refresh(); got != http.StatusOK {
		t.Errorf("something changed: %d", got)
	}
	admin.open(address).answers(t, http.StatusOK, "") // a person always sees the page
}
