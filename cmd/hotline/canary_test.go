package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// canary is in every field of every form the test sends. It may be found in the
// tickets and in nothing else the house writes.
const canary = "zqxcanaryzqx"

// person at a browser without a screen.
type caller struct {
	t      *testing.T
	client *http.Client
	url    string
}

func (s *standing) caller(t *testing.T, email string) *caller {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &caller{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}, s.url}
	c.post("/signin", url.Values{"email": {email}, "password": {s.password}})
	return c
}

func (c *caller) post(path string, form url.Values) (*http.Response, string) {
	c.t.Helper()
	res, err := c.client.PostForm(c.url+path, form)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res, string(b)
}

func (c *caller) get(path string) (*http.Response, string) {
	c.t.Helper()
	res, err := c.client.Get(c.url + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res, string(b)
}

func TestNothingTypedLeavesItsTicket(t *testing.T) {
	s := putUp(t)
	physician, consultant := s.caller(t, "physician@demo.test"), s.caller(t, "consultant@demo.test")

	// The ordinary way first: asked, answered, noted, called, resolved.
	key := uuid.NewString()
	ask := url.Values{"key": {key}, "topic": {"discharge"}, "question": {"It says " + canary}, "next_step": {canary}, "windows": {canary}, "answer_by": {"write"}}
	res, _ := physician.post("/requests", ask)
	number := numberIn.FindString(res.Request.URL.Path)
	if number == "" {
		t.Fatalf("not sent: %d at %s", res.StatusCode, res.Request.URL.Path)
	}
	eventually(t, "somebody has it", func() bool {
		_, page := physician.get("/requests/" + number)
		return regexp.MustCompile(`with (Rosa|Grace|Priya)`).MatchString(page)
	})
	for path, form := range map[string]url.Values{
		"/tickets/" + number + "/notes":      {"note": {canary}},
		"/tickets/" + number + "/replies":    {"message": {canary}},
		"/tickets/" + number + "/title":      {"title": {canary}},
		"/tickets/" + number + "/urgency":    {"urgency": {"urgent"}, "reason": {canary}},
		"/calls":                             {"key": {uuid.NewString()}, "narrative": {canary}, "caller_name": {canary}, "phone": {canary}, "topic": {"discharge"}, "urgency": {"routine"}, "direction": {"in"}, "outcome": {"answered"}, "started": {time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)}},
		"/drafts/" + uuid.NewString():        {"kind": {"note"}, "note": {canary}},
		"/search?q=" + canary:                {},
		"/tickets/" + number + "/assignment": {"to": {canary}, "reason": {canary}},
	} {
		consultant.post(path, form)
	}
	consultant.get("/search?q=" + canary)
	consultant.get("/guidance?q=" + canary)
	consultant.get("/calls/callers?who=" + canary + "&q=" + canary)
	physician.get("/guidance?q=" + canary)
	physician.post("/requests/"+number+"/replies", url.Values{"message": {canary}})
	physician.post("/drafts/"+uuid.NewString(), url.Values{"question": {canary}})
	physician.get("/" + canary)

	// A summary, what is said to it, and the document.
	summary := url.Values{"key": {uuid.NewString()}, "told": {canary}, "suggested": {canary}, "left_out": {canary}, "step_who_1": {"us"}, "step_what_1": {canary},
		"step_by_1": {time.Now().AddDate(0, 0, 5).Format(time.DateOnly)}}
	if res, _ := consultant.post("/tickets/"+number+"/summaries", summary); res.Request.URL.Path != "/tickets/"+number {
		t.Fatalf("the summary was not sent: %d", res.StatusCode)
	}
	physician.post("/requests/"+number+"/summary/corrections", url.Values{"key": {uuid.NewString()}, "edition": {"1"}, "correction": {canary}})
	physician.post("/requests/"+number+"/summary/confirmation", url.Values{"edition": {"1"}})
	consultant.get("/tickets/" + number + "/summary.pdf")
	physician.get("/requests/" + number + "/summary.pdf")
	consultant.post("/drafts/"+uuid.NewString(), url.Values{"kind": {"summary"}, "told": {canary}})

	// Then every field of every form and address, wrong on purpose.
	all := url.Values{}
	for _, f := range strings.Fields("message note reason title topic urgency outcome to question state paper_day deadline deadline_day deadline_time next_step " +
		"answer_by phone windows physician_id narrative caller_name caller_role who direction answered advice keep started ended continue ticket then since key kind " +
		"told suggested left_out step_who_1 step_what_1 step_by_1 cited_1 edition correction number email password code next on at back article stop resume_action draft matter from q view after before topic") {
		all.Set(f, canary)
	}
	for _, path := range []string{"/requests/new", "/requests", "/requests/" + number + "/replies", "/drafts/" + canary, "/signin", "/password-resets", "/password-resets/" + canary} {
		physician.post(path, all)
	}
	for _, noun := range []string{"assignment", "replies", "notes", "waiting", "resolution", "reopening", "topic", "urgency", "title", "citations"} {
		consultant.post("/tickets/"+number+"/"+noun, all)
		consultant.post("/tickets/"+canary+"/"+noun, all)
	}
	for _, path := range []string{"/tickets/" + number + "/summaries", "/tickets/" + number + "/corrections/" + canary + "/keeping", "/tickets/" + number + "/steps/" + canary + "/completion"} {
		consultant.post(path, all)
	}
	for _, noun := range []string{"summary/confirmation", "summary/corrections", "steps/" + canary + "/completion"} {
		physician.post("/requests/"+number+"/"+noun, all)
	}
	for _, path := range []string{"/calls", "/calls/form", "/calls/reading", "/duty", "/signin/code"} {
		consultant.post(path, all)
	}
	// What is read while it is typed: with enough words around it to be read at all.
	long := url.Values{"question": {"A patient came with a gun and said " + canary + " to the whole staff"}, "narrative": {"A patient came with a gun and said " + canary + " to the staff"},
		"text": {"A patient came with a gun and said " + canary + " to the staff"}, "key": {uuid.NewString()}, "article": {canary}, "draft": {canary}, "sure": {"yes"}}
	for _, path := range []string{"/requests/new/guidance", "/requests/new/answered"} {
		physician.post(path, all)
		physician.post(path, long)
	}
	consultant.post("/calls/reading", long)
	for _, path := range []string{"/desk?", "/calls/new?", "/search?", "/requests?", "/guidance/x?"} {
		consultant.get(path + all.Encode())
		physician.get(path + all.Encode())
	}
	// The manager's and the administrator's forms, wrong on purpose and, where a name is all
	// it takes, right.
	manager, administrator := s.caller(t, "manager@demo.test"), s.caller(t, "admin@demo.test")
	settings := maps.Clone(all)
	for _, f := range strings.Fields("name desk version day deputy from_day from_time until_day until_time holiday_remove topic_always topic_remove was zone zone_name " +
		"cap user_id from until to what queue task letter hours starts ends physician practice") {
		settings.Set(f, canary)
	}
	for _, path := range []string{"/people/3/engagement", "/people/3/shifts", "/people/3/days", "/people/3/exclusions", "/people/3/absences", "/people/oncall",
		"/exclusions/" + canary + "/ending", "/absences/" + canary + "/ending", "/desks/1/calendar", "/desks/1/calendar/check", "/desks/1/calendar/holidays", "/desks/1/targets",
		"/routing/plans", "/routing/plans/1", "/routing/plans/1/copies", "/routing/plans/1/enactment", "/routing/plans/1/replays", "/routing/plans/1/withdrawal"} {
		manager.post(path, settings)
	}
	lexicon := maps.Clone(settings)
	for _, f := range strings.Fields("text words was sure first hand_off level any-0 with-0 text-0 without-0 unless stands seen") {
		lexicon.Set(f, canary)
	}
	for _, path := range []string{"/triage/trial", "/triage/topics/discharge", "/triage/topics/" + canary, "/triage/triggers/suit", "/triage/triggers/" + canary, "/triage/models/0", "/triage/models/" + canary} {
		manager.post(path, lexicon)
	}
	manager.post("/triage/trial", long)
	manager.post("/triage/topics/boundaries_communication", url.Values{"words": {canary}, "was": {"0"}, "sure": {"yes"}})
	manager.post("/routing/plans", url.Values{"name": {canary}, "desk": {"1"}, "version": {"0"}, "then": {"save"}})
	administrator.post("/operations/orders", settings)
	for _, path := range []string{"/people?week=", "/people/3/exclusions?q=", "/waiting/tickets?what=", "/routing/plans/", "/operations/deletion?task="} {
		manager.get(path + canary)
		administrator.get(path + canary)
	}
	// Guidance as it is written and taken back. An article's short name is no secret.
	article := maps.Clone(settings)
	for _, f := range strings.Fields("affects affects_why changed remark why words title summary keywords author keeper owner review_by revision sections sitting states visible how helped rows next_review") {
		article.Set(f, canary)
	}
	for _, slug := range []string{"discharge-letter", canary} {
		for _, noun := range []string{"draft", "review", "return", "publication", "withdrawal", "keeping", "files", "verdict", "review/removal", "draft/removal"} {
			manager.post("/guidance/"+slug+"/"+noun, article)
		}
	}
	for _, path := range []string{"/guidance/drafts", "/guidance/words", "/guidance/gaps", "/guidance/import", "/guidance/recalls/1/tickets/" + number, "/guidance/recalls/" + canary + "/tickets/" + canary} {
		manager.post(path, article)
	}
	begun := maps.Clone(article)
	begun.Set("slug", "an-article")
	manager.post("/guidance/drafts", begun)
	if res, _ := manager.post("/guidance/boundaries-gifts-and-romance/withdrawal", url.Values{"why": {canary}, "affects": {"no"}}); res.StatusCode != http.StatusOK {
		t.Errorf("the article was not withdrawn: %d", res.StatusCode)
	}
	// An error inside the database, with the value in it.
	consultant.get("/desk?view=team&after=" + canary)
	_, err := s.db.Pool().Exec(t.Context(), "SELECT $1::int", canary)
	if err == nil {
		t.Error("the database took a word for a number")
	}

	eventually(t, "every promise is kept", func() bool {
		var open int
		_ = s.db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE done_at IS NULL AND run_at <= now()").Scan(&open)
		return open == 0
	})
	s.holdsNothingTyped(t, map[string]string{"the mailbox": fmt.Sprint(s.box.Letters()), "the views": s.table(t, "ticket_views")},
		map[string]string{"the failures": s.table(t, "sign_in_failures")})
	metrics, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprint(metrics), canary) {
		t.Error("the metrics hold what somebody typed")
	}
	s.verifies(t)
}

// holdsNothingTyped looks for the canary wherever no text belongs, in more places that
// hold something by now, and in others that may be empty.
func (s *standing) holdsNothingTyped(t *testing.T, more, others map[string]string) {
	t.Helper()
	places := map[string]string{"our log": s.log.String(), "Postgres's log": readFile(t, s.pgLog), "Redis": s.redisDump(t),
		"the outbox": s.table(t, "outbox"), "the record": s.table(t, "record"), "the letters": s.table(t, "letters")}
	maps.Copy(places, more)
	for place, text := range places {
		if len(text) < 20 {
			t.Errorf("%s is empty: the test looked at nothing", place)
		}
	}
	maps.Copy(places, others)
	for place, text := range places {
		if i := strings.Index(text, canary); i >= 0 {
			t.Errorf("%s holds what somebody typed: …%s…", place, text[max(0, i-120):min(len(text), i+60)])
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// table is all of a table as text.
func (s *standing) table(t *testing.T, name string) string {
	t.Helper()
	var text *string
	if err := s.db.Pool().QueryRow(t.Context(), "SELECT string_agg(x::text, E'\n') FROM "+name+" x").Scan(&text); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

// redisDump is every key and value Redis holds.
func (s *standing) redisDump(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	client, ok := s.redis.redis.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		t.Fatal("no Redis")
	}
	defer client.Close()
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, key := range keys {
		kind, _ := client.Type(ctx, key).Result()
		var value any
		switch kind {
		case "string":
			value, _ = client.Get(ctx, key).Result()
		case "hash":
			value, _ = client.HGetAll(ctx, key).Result()
		case "list":
			value, _ = client.LRange(ctx, key, 0, -1).Result()
		case "set":
			value, _ = client.SMembers(ctx, key).Result()
		case "zset":
			value, _ = client.ZRangeWithScores(ctx, key, 0, -1).Result()
		}
		text, _ := json.Marshal(value)
		fmt.Fprintf(&b, "%s %s %s\n", key, kind, text)
	}
	return b.String()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-time.After(50 * time.Millisecond)
	}
}
