package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A physician finds the answer before the question is sent; a consultant takes what the
// call form suggests by keyboard; the ticket shows what fired; a manager teaches a word.
func TestTriageHelpsAndPeopleDecide(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	helped := func() (n int) {
		if err := s.db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM article_verdicts WHERE place = 'form' AND helped`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	p := b.tab(390, 844).of(t)
	p.signIn("physician@demo.test", s.password)
	p.open("/requests/new")
	p.writes("#question", "A patient has missed six appointments without calling. May I stop seeing her, and how do I write the letter?")
	p.is(`document.querySelectorAll("#near .near-guidance li").length === 3`) // nothing was pressed
	p.is(`document.activeElement.id === "question"`)                          // and nothing took the focus
	p.is(`document.querySelector(".near-alert") === null && document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.whole()
	p.writes("#question", "A patient said that he will come with a gun and shoot my receptionist this afternoon. What do we do now?")
	p.sees("If someone is in danger now: 911")
	p.whole()
	p.writes("#question", "A patient has missed six appointments without calling. May I stop seeing her, and how do I write the letter?")
	p.is(`document.querySelector(".near-alert") === null && document.querySelectorAll("#near .near-guidance li").length === 3`)
	was := helped()
	p.press(`#near li:first-child button`)
	p.sees("Did this answer it?")
	p.whole()
	p.press(`a[href^="/requests/new?draft="]`)
	p.is(`document.querySelector("#question").value.startsWith("A patient has missed six")`) // nothing was lost
	p.press(`#near li:first-child button`)
	p.press(`button[name="sure"]`)
	p.sees("Glad it helped")
	p.sees("Nothing was sent")
	p.whole()
	if helped() != was+1 {
		t.Error("it was not counted")
	}
	p.open("/requests")
	p.lacks("missed six appointments")

	c := b.tab(1440, 900).of(t)
	c.signIn("consultant@demo.test", s.password)
	c.open("/calls/new")
	c.writes("#narrative", "Caller says a patient told the front desk he will come back with a gun and shoot the doctor. Staff are frightened.")
	c.is(`document.querySelector("#heard .found") !== null && document.querySelector("#use-urgency") !== null`)
	c.is(`document.activeElement.id === "narrative" && !document.querySelector("[name=urgency]:checked") && !document.querySelector("[name=topic]:checked")`)
	c.sees("Is everyone safe at this moment?")
	c.whole()
	c.is(`(document.querySelector("#use-urgency").focus(), true)`)
	c.keys(kb.Enter)
	c.is(`document.querySelector("[name=urgency]:checked").value === "critical" && document.querySelector("#use-urgency").getAttribute("aria-pressed") === "true"`)
	c.is(`(document.querySelector("#use-topic-1").focus(), true)`)
	c.keys(" ")
	c.is(`document.querySelector("[name=topic]:checked") !== null && document.activeElement.id === "use-topic-1"`)
	c.whole()
	// A choice that somebody made stays theirs.
	c.is(`(document.querySelector("[name=urgency][value=urgent]").click(), document.querySelector("#use-urgency").dataset.before = "yes", true)`)
	c.writes("#narrative", "Caller says a patient told the front desk he will come back with a gun and shoot the doctor. Staff are frightened, he left.")
	c.is(`!("before" in document.querySelector("#use-urgency").dataset)`) // it was read anew
	c.is(`document.querySelector("#use-urgency").getAttribute("aria-pressed") === "false" && document.querySelector("[name=urgency]:checked").value === "urgent"`)
	c.fill("#who", "imani")
	c.tick(`input[type=radio][name=physician_id]:not([value="0"])`)
	c.press("#log")
	c.sees("Logged as RM-")
	c.is(`[...document.querySelectorAll(".evidence .fired")].some((m) => m.textContent.includes("gun"))`)
	c.sees("Reads as ")
	c.whole()
	c.press(`#reads form[action*="/urgency"] button`)
	c.sees("The urgency is changed")
	c.is(`document.querySelector(".ticket-line .urgency").textContent.includes("Critical") && document.querySelector('#reads form[action*="/urgency"]') === null`)

	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	m.open("/triage")
	text := "The man put a flimflammer on the counter and asked for a copy of his chart."
	m.writes("#text", text)
	m.press("#try button")
	m.is(`document.querySelector(".tried") !== null && document.querySelector(".tried .fired") === null`)
	m.whole()
	m.press(`a[href="/triage/triggers/threat_of_violence"]`)
	m.whole()
	m.is(`(() => { const all = [...document.querySelectorAll('textarea[id^="any-"]')]; const last = all[all.length - 1]; last.value = "flimflammer"; return last.value !== "" })()`)
	m.press(`main form button.button-primary`)
	m.sees("It counts from now on")
	m.sees("Changed by Elena")
	m.open("/triage")
	m.writes("#text", text)
	m.press("#try button")
	m.is(`document.querySelector(".tried .fired").textContent === "flimflammer"`)
	m.whole()
	m.open("/triage/models/0")
	m.whole()
	for _, width := range []int64{390, 768} {
		small := b.tab(width, 900).of(t)
		small.signIn("manager@demo.test", s.password)
		for _, path := range []string{"/triage", "/triage/triggers/suit", "/triage/topics/discharge", "/triage/models/0"} {
			small.open(path)
			small.is(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
			small.whole()
		}
	}
	s.verifies(t)
}

// writes puts a long text into a field, its last letter as a person types it: the page
// hears of it as it does of every letter.
func (t *tab) writes(selector, words string) {
	t.t.Helper()
	last := len(words) - 1
	t.is(`(() => { const e = document.querySelector(` + quote(selector) + `); if (!e) return false; e.focus(); e.value = ` + quote(words[:last]) + `; return true })()`)
	t.do(chromedp.SendKeys(selector, words[last:]))
}
