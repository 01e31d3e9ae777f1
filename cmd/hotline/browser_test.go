package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/ticket"
)

var numberIn = regexp.MustCompile(`RM-\d{4}-\d{6,}`)

// The journeys of the house in a real browser, over the demo as a stranger starts
// it. One Chromium, one house, one after the other: they follow one question from
// its first word to the written answer.
func TestTheHouseInABrowser(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)

	var number string
	t.Run("a physician asks on a phone and hears who has it", func(t *testing.T) {
		p := b.tab(390, 844).of(t)
		p.signIn("physician@demo.test", s.password)
		p.sees("What happened?")
		p.whole()
		p.open("/requests/new")
		p.press(`form.ask button.button-primary, form[action="/requests/new"] button.button-primary`)
		p.sees("Tell us what happened")
		p.is(`document.activeElement.closest(".error-summary") !== null || document.activeElement.classList.contains("error-summary")`)
		p.whole()
		p.tick(`input[name="topic"][value="discharge"]`)
		p.fill(`#question`, "A patient, 54, missed four visits in a row. May I stop seeing him, and how do I tell him?")
		p.tick(`input[name="office_may_see"]`)
		p.press(`form[action="/requests/new"] button.button-primary`)
		p.sees("missed four visits in a row")
		p.whole()
		p.press(`form[action="/requests"] button.button-primary`)
		number = numberIn.FindString(p.at())
		if number == "" {
			t.Fatalf("no number at %s", p.at())
		}
		p.sees(number)
		p.whole()
		p.open("/requests/" + number)
		p.is(`/with (Rosa Delgado|Grace Oduya|Priya Raman)/i.test(document.body.innerText)`)
		p.sees("Consultation only, not notice of a claim")
		p.whole()
		p.open("/requests")
		p.sees("missed four visits")
		p.whole()
	})

	holder := s.holderOf(t, number)
	t.Run("the consultant it went to answers with guidance and resolves it", func(t *testing.T) {
		c := b.tab(1440, 900).of(t)
		c.signIn(holder, s.password)
		c.sees("My work")
		c.whole()
		c.open("/tickets/" + number + "?view=mine")
		c.sees("missed four visits")
		c.is(`/Why you: .*(knows|leads in)/.test(document.body.innerText)`)
		c.press(`form[action*="/acceptance"] button`)
		c.sees("took it up")
		c.whole()
		c.press(`form[action*="/citations"] button`)
		c.sees("Cited")
		c.unfold(`#note`)
		c.fill(`#note-words`, "Only the desk may read this: sounded tired.")
		c.press(`#note form button.button-ink`)
		c.sees("sounded tired")
		c.unfold(`#message`)
		c.fill(`#message-words`, "Two steps before any letter: talk once more, and write that down.")
		c.press(`#message form button.button-primary`)
		c.sees("Two steps before any letter")
		c.whole()
		c.is(`(() => { const d = document.querySelector("#resolve-outcome").closest("details"); d.open = true; return d.open })()`)
		c.whole()
		c.choose(`#resolve-outcome`, "advice_given")
		c.press(`form[action*="/resolution"] button.button-primary, form[action*="/resolution"] button[type="submit"], form[action*="/resolution"] button`)
		c.sees("advice given")
		c.whole()
	})

	t.Run("the physician reads the answer, and never the note", func(t *testing.T) {
		p := b.tab(390, 844).of(t)
		p.signIn("physician@demo.test", s.password)
		p.open("/requests/" + number)
		p.sees("Two steps before any letter")
		p.lacks("sounded tired")
		p.is(`document.querySelector('a[href*="/guidance/"][href*="version="]') !== null`)
		p.whole()
		p.fill(`textarea#message`, "Thank you. One more thing: may my office make the call?")
		p.press(`form[action*="/replies"] button`)
		p.sees("may my office make the call")
		p.whole()
	})

	t.Run("the office reads what is shared and nothing else", func(t *testing.T) {
		d := b.tab(768, 1024).of(t)
		d.signIn("delegate@demo.test", s.password)
		d.open("/requests/" + number)
		d.sees("missed four visits")
		d.whole()
	})

	t.Run("a consultant logs a call of an unknown caller, answered on the call", func(t *testing.T) {
		c := b.tab(1440, 900).of(t)
		c.signIn("consultant@demo.test", s.password)
		c.open("/calls/new")
		c.is(`document.activeElement && document.activeElement.name === "narrative"`)
		c.fill(`textarea[name="narrative"]`, "A reporter waits outside and asks about a patient. What may she say?")
		c.fill(`#caller_name`, "A physician who gave no name")
		c.fill(`#phone`, "937 555 0188")
		c.tick(`input[name="topic"][value="privacy_disclosure"]`)
		c.tick(`input[name="urgency"][value="urgent"]`)
		c.whole()
		c.is(`(() => { const e = document.querySelector('input[name="answered"][value="yes"]') || document.querySelector('input[name="answered"]'); e.click(); return e.checked })()`)
		c.fill(`textarea[name="advice"]`, "Nothing about anyone. Take the name and number, say you will call back.")
		c.press(`#log`)
		if !numberIn.MatchString(c.at()) {
			t.Fatalf("not logged: at %s", c.at())
		}
		c.sees("A reporter waits outside")
		c.sees("937 555 0188")
		c.whole()
	})

	t.Run("a caller is found while the number is typed", func(t *testing.T) {
		c := b.tab(1440, 900).of(t)
		c.signIn("consultant2@demo.test", s.password)
		c.open("/calls/new")
		c.fill(`#who`, "614 555 01")
		c.sees("Dr Leila Imani")
		c.fill(`#who`, "emani")
		c.sees("Dr Leila Imani")
		c.whole()
	})

	t.Run("the desk's lists move without a reload and work by keyboard", func(t *testing.T) {
		c := b.tab(1440, 900).of(t)
		c.signIn(holder, s.password)
		c.open("/desk?view=team")
		c.whole()
		words := "A family wants a letter for an exemption that nothing supports."
		by := s.person(t, "physician@demo.test")
		if _, err := s.tickets.Submit(t.Context(), by, ticket.Submission{Key: keyOf(t.Name(), time.Now()), Topic: "misinformation", Question: words}); err != nil {
			t.Fatal(err)
		}
		c.sees("A family wants a letter")
		for _, view := range []string{"mine", "overdue", "unassigned", "with_physician", "resolved"} {
			c.open("/desk?view=" + view)
			c.whole()
		}
		c.open("/search?q=reporter")
		c.sees("reporter")
		c.whole()
	})

	t.Run("guidance is found with a typo and reads as a document", func(t *testing.T) {
		p := b.tab(768, 1024).of(t)
		p.signIn("physician@demo.test", s.password)
		p.open("/guidance?q=negatve+reveiw")
		p.is(`document.querySelector('a[href*="/guidance/negative-online-reviews"]') !== null`)
		p.whole()
		p.open("/guidance/negative-online-reviews")
		p.sees("Call us now")
		p.whole()
	})

	t.Run("a manager reads the caseload, and every number opens its tickets", func(t *testing.T) {
		m := b.tab(1440, 900).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open("/reports/caseload")
		m.sees("Who carries what")
		m.whole()
		link := eval[string](m, `(() => { const a = [...document.querySelectorAll('a[href*="/reports/caseload/tickets"]')].find(a => /^\d+$/.test(a.textContent.trim()) && a.textContent.trim() !== "0"); return a ? a.getAttribute("href") + " " + a.textContent.trim() : "" })()`)
		path, n, _ := strings.Cut(link, " ")
		if n == "" {
			t.Fatal("no number opens anything")
		}
		m.open(path)
		m.sees(n)
		m.whole()
		m.open("/operations")
		m.sees("Workers")
		m.whole()
	})

	t.Run("the other roles have a page of their own", func(t *testing.T) {
		for _, r := range []struct{ email, path, words string }{
			{"admin@demo.test", "/operations", "Queues"}, {"auditor@demo.test", "/record", "The record"}, {"claims@demo.test", "/", "handed"},
		} {
			p := b.tab(1440, 900).of(t)
			p.signIn(r.email, s.password)
			p.open(r.path)
			p.sees(r.words)
			p.whole()
			p.open("/you")
			p.whole()
		}
		p := b.tab(390, 844).of(t)
		for _, path := range []string{"/signin", "/password-resets/new", "/demo/mail", "/nothing-here"} {
			p.open(path)
			p.whole()
		}
	})

	t.Run("what was done is in a record that verifies", func(t *testing.T) {
		s.verifies(t)
	})
}

// of lends a tab to a subtest.
func (t *tab) of(sub *testing.T) *tab {
	t.t = sub
	return t
}

// holderOf is the address of who holds a ticket.
func (s *standing) holderOf(t *testing.T, number string) string {
	t.Helper()
	manager := s.person(t, "manager@demo.test")
	sheet, err := s.tickets.Show(t.Context(), manager, number)
	if err != nil || sheet.AssigneeID == nil {
		t.Fatalf("nobody has %s: %v", number, err)
	}
	people, err := s.accounts.List(t.Context(), actor.Command("test"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.ID == *sheet.AssigneeID {
			return p.Email
		}
	}
	t.Fatalf("nobody is %d", *sheet.AssigneeID)
	return ""
}
