package main

import (
	"strings"
	"testing"
	"time"

	"hotline/app/ticket"
)

// A manager changes when the desk is open, sees what that moves before saving it, and
// sees it moved.
func TestAManagerEditsTheDesksHours(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	by := s.person(t, "physician@demo.test")
	asked, err := s.tickets.Submit(t.Context(), by, ticket.Submission{Key: keyOf(t.Name(), time.Now()), Topic: "discharge", Question: "May I stop seeing a patient who missed four visits?"})
	if err != nil {
		t.Fatal(err)
	}
	manager := s.person(t, "manager@demo.test")
	due := func() time.Time {
		t.Helper()
		sheet, err := s.tickets.Show(t.Context(), manager, asked.Number)
		if err != nil || sheet.Target == nil {
			t.Fatalf("no promise runs for %s: %v", asked.Number, err)
		}
		return sheet.Target.DueAt
	}
	before := due()

	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	m.open("/desks")
	m.sees("Monday to Friday 8 AM to 6 PM")
	m.whole()
	m.press(`a[href$="/calendar"]`)
	m.sees("open 50 hours a week")
	m.whole()

	// What is typed is drawn and read back while the form is filled.
	for _, day := range []string{"1", "2", "3", "4", "5"} {
		m.fill(`#opens-`+day+`-0`, "10")
	}
	m.unfold(`.day:first-child details`)
	m.fill(`#closes-1-0`, "12")
	m.fill(`#opens-1-1`, "1")
	m.fill(`#closes-1-1`, "6\t")
	m.sees("Monday 10 AM to noon, 1 PM to 6 PM")
	m.sees("39 hours a week")

	// A file's holidays are put into the form, and what was typed stays.
	year := time.Now().UTC().AddDate(2, 0, 0).Format("2006")
	m.is(`(() => { const d = new DataTransfer();
		d.items.add(new File(["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//days//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:` + year + `0704\r\nSUMMARY:Founders’ Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"], "days.ics", {type: "text/calendar"}));
		const f = document.querySelector("#file"); f.files = d.files; return f.files.length === 1 })()`)
	m.press(`button[formaction$="/holidays"]`)
	m.sees("One holiday from the file stands in the form now")
	m.is(`[...document.querySelectorAll('[name="holiday_name"]')].some(e => e.value === "Founders’ Day")`)
	m.is(`document.querySelector("#opens-1-1").value === "1"`)
	m.whole()

	// A mistake is named, and loses nothing.
	m.fill(`#closes-2-0`, "whenever")
	m.press(`#check`)
	m.sees("Tuesday: write the second time")
	m.is(`document.activeElement.classList.contains("error-summary") && document.querySelector("#closes-2-0").value === "whenever"`)
	m.whole()
	m.fill(`#closes-2-0`, "6 pm")

	// The check says what moves; the way back keeps the form; saving moves as many.
	m.press(`#check`)
	m.sees("10 AM to noon, 1 PM to 6 PM")
	m.sees("Founders’ Day, closed")
	m.is(`/^\d+ open deadlines? would move/.test(document.querySelector("h1").innerText)`)
	m.whole()
	m.press(`#back`)
	m.is(`document.querySelector("#opens-1-1").value === "1 PM"`)
	m.press(`#check`)
	count, _, _ := strings.Cut(eval[string](m, `document.querySelector("h1").innerText`), " ")
	m.press(`#save`)
	m.sees("Saved, and in force from now on")
	m.sees("open 39 hours a week")
	m.is(`/Elena Marsh\s+` + count + ` deadlines? moved/.test(document.querySelector("#changes").innerText.replace(/\s+/g, " "))`) // by itself
	m.whole()
	if after := due(); !after.After(before) {
		t.Errorf("the promise is due %v and was due %v, with shorter days", after, before)
	}

	phone := b.tab(390, 844).of(t)
	phone.signIn("admin@demo.test", s.password)
	for _, path := range []string{"/desks", "/desks/1/calendar", "/desks/1/targets"} {
		phone.open(path)
		phone.whole()
	}
	phone.fill(`#first_answer-routine-h`, "8")
	phone.press(`#save`)
	phone.sees("promises made before keep their length")
	s.verifies(t)
}
