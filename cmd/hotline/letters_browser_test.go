package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// wire is everything a tab sends: addresses, headers and bodies.
type wire struct {
	mu   sync.Mutex
	sent []string
}

// overhear listens to what a tab sends from now on.
func (t *tab) overhear() *wire {
	t.t.Helper()
	w := &wire{}
	err := chromedp.Listen(t.ctx, func(event any) {
		e, ok := event.(*network.EventRequestWillBeSent)
		if !ok || e.Request == nil {
			return
		}
		said := e.Request.Method + " " + e.Request.URL + e.Request.URLFragment
		for name, value := range e.Request.Headers {
			said += fmt.Sprintf("\n%s: %v", name, value)
		}
		for _, body := range e.Request.PostDataEntries {
			said += "\n" + string(body.Bytes)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent = append(w.sent, said)
	})
	if err != nil {
		t.t.Fatal(err)
	}
	most := int64(1 << 20)
	if _, err := chromedp.Call(t.ctx, network.Enable, network.EnableParams{MaxPostDataSize: &most}); err != nil {
		t.t.Fatal(err)
	}
	return w
}

// carried says how often words went over the wire, however they were written in it.
func (w *wire) carried(words string) (n, requests int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, said := range w.sent {
		if strings.Contains(strings.ToLower(said), strings.ToLower(words)) {
			n++
		}
	}
	return n, len(w.sent)
}

const typedName = "Zebulon-Canary-Quartermain"

// A physician is stopped, builds a letter, takes it away, prints it with names that never
// leave the browser, is reminded, has a reply checked and opens a first-hour card.
func TestALetterIsBuiltAndItsNamesStayInTheBrowser(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	p := b.tab(1440, 900).of(t)
	p.signIn("physician@demo.test", s.password)
	p.open("/letters")
	p.sees("Letters and checks")
	p.whole()

	p.press(`a[href="/letters/discharge"]`)
	p.is(`document.querySelector("#state").value === "OH"`)
	p.whole()
	p.press(`form[action="/letters/discharge/letter"] button.button-primary`)
	p.sees("Go through the list")
	p.whole()
	p.tick(`input[name="situation"][value="pregnant"]`)
	p.tick(`input[name="care"][value="general"]`)
	p.tick(`input[name="medicines"][value="refill"]`)
	p.press(`form[action="/letters/discharge/letter"] button.button-primary`)
	p.sees("Call us first")
	p.lacks("I am writing to tell you")
	p.whole()
	p.press(`a[href^="/letters/discharge?"]`)
	p.tick(`input[name="situation"][value="none"]`)
	p.is(`(() => { const e = document.querySelector('input[name="situation"][value="pregnant"]'); e.click(); return !e.checked })()`)
	p.press(`form[action="/letters/discharge/letter"] button.button-primary`)
	p.sees("How to mail it in Ohio")
	p.sees("I am writing to tell you that I am ending our physician-patient relationship")
	p.whole()
	letter := p.at()

	type file struct {
		Type, Begins string
		Size         int
	}
	for end, want := range map[string]file{
		"docx": {Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Begins: "PK"},
		"pdf":  {Type: "application/pdf", Begins: "%P"},
		"txt":  {Type: "text/plain; charset=utf-8", Begins: "[P"},
	} {
		got := eval[file](p, `fetch(document.querySelector('a[href*="letter-ending-the-relationship.`+end+`"]').href).then(async r => { const b = new Uint8Array(await r.arrayBuffer());
			return {Type: r.headers.get("Content-Type"), Size: b.length, Begins: String.fromCharCode(b[0], b[1])} })`)
		if got.Type != want.Type || got.Begins != want.Begins || got.Size < 1500 {
			t.Errorf("%s: %+v", end, got)
		}
	}

	// The names: typed, shown, printed, gone; and never sent.
	heard := p.overhear()
	p.press(`a[href^="/letters/discharge/print"]`)
	p.is(`!document.querySelector("#names").hidden`)
	p.whole()
	p.fill(`[data-fills="PATIENT’S FULL NAME"]`, typedName)
	p.fill(`[data-fills="PATIENT’S LAST KNOWN ADDRESS"]`, typedName+" Street")
	p.is(`document.querySelector('.paper [data-blank="PATIENT’S FULL NAME"]').textContent === ` + quote(typedName))
	p.is(`document.querySelector('.paper [data-blank="PATIENT’S LAST KNOWN ADDRESS"]').textContent === ` + quote(typedName+" Street"))
	ctx, stop := context.WithTimeout(p.ctx, 30*time.Second)
	defer stop()
	printed, err := chromedp.Run(ctx, chromedp.PrintToPDF())
	if err != nil || len(printed) < 5000 {
		t.Errorf("printed %d bytes: %v", len(printed), err)
	}
	p.is(`!Object.values({...localStorage, ...sessionStorage}).join(" ").includes(` + quote(typedName) + `)`)
	p.is(`(() => { const e = document.querySelector('[data-fills="PATIENT’S FULL NAME"]'); e.focus(); return e.matches("input") })()`)
	p.keys("\r") // Enter in a field sends nothing
	p.press(`.back a`)
	p.sees("How to mail it in Ohio")
	p.open(letter)
	p.open(strings.Replace(letter, "/letter?", "/print?", 1))
	p.is(`!document.querySelector("#names").hidden && [...document.querySelectorAll("[data-fills]")].every(f => f.value === "")`)
	p.lacks(typedName)
	if n, all := heard.carried(typedName); n != 0 || all < 4 {
		t.Errorf("of %d requests %d carry the name that was typed", all, n)
	}
	if n, _ := heard.carried("/letters/discharge/print"); n == 0 {
		t.Error("the wire was not overheard at all")
	}

	p.open(letter)
	p.press(`form[action="/letters/notices"] button`)
	p.sees("Notices that run")
	p.is(`document.querySelectorAll(".reminders li").length === 1`)
	p.whole()
	p.press(`.reminders button`)
	p.sees("You will not be reminded of it")

	p.open("/letters/review")
	p.fill("#reply", "We are sorry your visit went badly. You refused the test. Remove this review or we will sue.")
	p.press(`form[action="/letters/review"] button.button-primary`)
	p.sees("Do not post it yet")
	p.sees("Says who is a patient")
	p.sees("Threatens")
	p.is(`document.querySelector("#reply").value.startsWith("We are sorry your visit")`)
	p.whole()

	p.open("/letters/first-hour")
	p.whole()
	p.press(`a[href="/letters/first-hour/subpoena"]`)
	p.sees("Do not telephone the attorney")
	p.whole()

	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	for _, path := range []string{"/letters", "/letters/rules", "/letters/rules/OH", "/letters/discharge/letter?state=OH&ender=physician&on=" + s.db.Now().Format(time.DateOnly) + "&situation=threat&care=general&medicines=refill"} {
		m.open(path)
		m.whole()
	}
	m.sees("For the desk")
	small := b.tab(390, 844).of(t)
	small.signIn("physician@demo.test", s.password)
	for _, path := range []string{"/letters", "/letters/discharge", letter, strings.Replace(letter, "/letter?", "/print?", 1), "/letters/first-hour/event", "/letters/review"} {
		small.open(path)
		small.whole()
	}
	s.verifies(t)
}

// What is pasted into the checker, or put into an address by hand, is in no log and no
// table afterwards.
func TestNothingPastedIntoALetterIsKept(t *testing.T) {
	s := putUp(t)
	all := url.Values{}
	for _, name := range strings.Fields("state ender on situation care days notice reason medicines results crisis format cleared reply review number ends_on back " +
		"version min_days takes_effect mailing must_say note source source_url checked_on holds") {
		all.Set(name, canary)
	}
	people := map[string]*caller{"physician": s.caller(t, "physician@demo.test"), "consultant": s.caller(t, "consultant@demo.test"), "manager": s.caller(t, "manager@demo.test")}
	for _, by := range people {
		for _, path := range []string{"/letters", "/letters/discharge", "/letters/discharge/letter", "/letters/discharge/print", "/letters/discharge/files/" + canary, "/letters/first-hour/" + canary,
			"/letters/first-hour/press/files/" + canary, "/letters/review", "/letters/rules/" + canary} {
			by.get(path + "?" + all.Encode())
		}
		for _, path := range []string{"/letters/review", "/letters/notices", "/letters/notices/" + canary + "/ending", "/letters/discharge/clearance?" + all.Encode(), "/letters/rules/OH", "/letters/rules/" + canary} {
			by.post(path, all)
		}
	}
	if res, page := people["physician"].post("/letters/review", url.Values{"reply": {"Thank you for being a patient, " + canary}}); res.StatusCode != 200 || !strings.Contains(page, canary) {
		t.Fatalf("the checker did not take it: %d", res.StatusCode)
	}
	s.holdsNothingTyped(t, nil, map[string]string{"the drafts": s.table(t, "drafts"), "the notices": s.table(t, "notices"), "the rules": s.table(t, "mailing_rules"),
		"the clearances": s.table(t, "letter_clearances")})
}
