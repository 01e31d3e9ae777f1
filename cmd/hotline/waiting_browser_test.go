package main

import (
	"strconv"
	"testing"

	"hotline/app/report"
)

// A manager watches the queues on the wall while a physician asks in a browser of their
// own: the number changes by itself, is said politely, and opens the ticket.
func TestAManagerWatchesTheQueues(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)

	// Nobody is at work, so that what comes in waits.
	people := s.person(t, "manager@demo.test")
	for _, email := range []string{"consultant@demo.test", "consultant2@demo.test", "consultant3@demo.test"} {
		who := s.person(t, email)
		if err := s.desks.EndDuty(t.Context(), who, who.ID); err != nil {
			t.Fatal(err)
		}
	}
	before, err := s.reports.Waiting(t.Context(), people, 0)
	if err != nil {
		t.Fatal(err)
	}
	young := before.Queues[report.ForSomebody].Count("routine", 0)

	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	m.open("/waiting")
	m.sees("Who is there")
	m.sees("nobody is at work")
	m.whole()
	m.is(`(() => { window.same = true; document.querySelector("#hours-f").closest("section").querySelector("details").open = true; return true })()`)

	p := b.tab(390, 844).of(t)
	p.signIn("physician@demo.test", s.password)
	p.open("/requests/new")
	p.tick(`input[name="topic"][value="discharge"]`)
	p.fill(`#question`, "A patient stopped answering our calls. May I end this?")
	p.press(`form[action="/requests/new"] button.button-primary`)
	p.press(`form[action="/requests"] button.button-primary`)
	number := numberIn.FindString(p.at())

	cell := `a[href*="urgency=routine"][href*="age=15m"]`
	m.is(`document.querySelector('` + cell + `')?.textContent === "` + strconv.Itoa(young+1) + `"`)
	m.is(`window.same === true`)                                               // without a reload
	m.is(`/ waits? now\.$/.test(document.querySelector("#live").textContent)`) // and politely
	m.is(`document.querySelector(".waiting-hours details").open`)              // what was open stays so
	m.whole()

	// Where somebody stands in the page is where they stand after it changed.
	m.is(`(() => { document.querySelector('` + cell + `').focus(); return true })()`)
	p.open("/requests/new")
	p.tick(`input[name="topic"][value="misinformation"]`)
	p.fill(`#question`, "A patient believes something I cannot sign.")
	p.press(`form[action="/requests/new"] button.button-primary`)
	p.press(`form[action="/requests"] button.button-primary`)
	m.is(`document.querySelector('` + cell + `')?.textContent === "` + strconv.Itoa(young+2) + `"`)
	m.is(`document.activeElement === document.querySelector('` + cell + `')`)

	m.press(cell)
	m.sees(number)
	m.sees("wait for somebody")
	m.whole()
	for _, width := range []int64{390, 768} {
		small := b.tab(width, 900).of(t)
		small.signIn("manager@demo.test", s.password)
		small.open("/waiting")
		small.whole()
		small.open("/waiting/tickets?what=waiting")
		small.whole()
	}
}
