package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
)

// A manager reads the week, sets a day apart, plans an absence after seeing what it
// moves, and puts somebody on call; the consultant it is about plans their own.
func TestAManagerPlansAnAbsence(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	// The Monday after next: no day of that week is over, and the demo plans nothing there.
	now := s.db.Now().In(zone)
	monday := now.AddDate(0, 0, 14-(int(now.Weekday())+6)%7)
	day := func(n int) string { return monday.AddDate(0, 0, n).Format(time.DateOnly) }
	week := "/people?week=" + day(0)
	rosa := s.person(t, "consultant@demo.test")
	held, err := s.tickets.Load(t.Context(), rosa, rosa.ID)
	if err != nil || held == 0 {
		t.Fatalf("Rosa holds %d: %v", held, err)
	}
	person := "/people/" + strconv.FormatInt(rosa.ID, 10)
	said := func(n int) string {
		return `[...document.querySelectorAll(".week-grid tbody tr")].find(r => r.querySelector("th").textContent.includes("Rosa Delgado")).querySelectorAll("td")[` + strconv.Itoa(n) + `].querySelector(".cell-words").textContent.replace(/\s+/g, " ").trim()`
	}

	t.Run("one day is set apart from the week", func(t *testing.T) {
		m := b.tab(1440, 900).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open("/people")
		m.is(`/at work now/.test(document.querySelector("h1").textContent)`)
		m.whole()
		m.open(week)
		m.whole()
		m.press(`a.day-cell[href="` + person + `/days?day=` + day(1) + `"]`)
		m.sees("Rosa Delgado on Tuesday")
		m.whole()
		m.tick(`input[name="hours"][value="other"]`)
		m.fill("#from", "later")
		m.fill("#to", "2 PM")
		m.press(`main form button.button-primary`)
		m.sees("Write the first time")
		m.is(`document.querySelector("#from").value === "later" && document.activeElement.classList.contains("error-summary")`)
		m.whole()
		m.fill("#from", "9")
		m.press(`main form button.button-primary`)
		m.sees("Tuesday")
		m.is(said(1) + ` === "9 AM to 2 PM differs from the usual week"`)
		m.whole()
	})

	t.Run("an absence is seen before it is planned, and the week shows it", func(t *testing.T) {
		m := b.tab(1440, 900).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open(week)
		m.press(`.week-grid tbody th a[href="` + person + `"]`)
		m.sees("What they take")
		m.whole()
		m.press(`a[href="` + person + `/absences/new"]`)
		m.sees("When is Rosa Delgado away?")
		m.whole()
		m.press(`main form button.button-primary`)
		m.sees("Give the day")
		m.whole()
		m.is(`(() => { document.querySelector("#from_day").value = ` + quote(day(2)) + `; document.querySelector("#until_day").value = ` + quote(day(3)) + `; return true })()`)
		m.is(`(() => { const s = document.querySelector("#deputy"); s.selectedIndex = [...s.options].findIndex(o => o.textContent.startsWith("Grace")); return s.selectedIndex > 0 })()`)
		m.press(`main form button.button-primary`)
		m.sees("would move")
		m.is(`document.querySelectorAll(".moves > li").length > 0 && [...document.querySelectorAll(".move-to strong")].every(e => /^(Grace Oduya|The queue)$/.test(e.textContent))`)
		m.whole()
		m.press(`#plan`)
		m.sees("Planned. Rosa Delgado is away")
		if !strings.Contains(m.at(), "week=") {
			t.Errorf("planned, and then at %s", m.at())
		}
		m.is(said(1) + ` === "9 AM to 2 PM differs from the usual week" && /^away/.test(` + said(2) + `) && /^away/.test(` + said(3) + `) && !/away/.test(` + said(4) + `)`)
		m.whole()
		all, err := s.desks.Absences(t.Context(), actor.Command("test"), rosa.Desks[0])
		if err != nil {
			t.Fatal(err)
		}
		planned := false
		for _, a := range all {
			planned = planned || a.UserID == rosa.ID && a.Deputy == "Grace Oduya" && a.From.In(zone).Format(time.DateOnly) == day(2) && a.Until.In(zone).Format(time.DateOnly) == day(4)
		}
		if !planned {
			t.Errorf("the room knows of %+v", all)
		}
	})

	t.Run("somebody is put on call where nobody was", func(t *testing.T) {
		m := b.tab(768, 1024).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open("/people/oncall")
		m.whole()
		m.press(`.rota-gap a.button`)
		m.is(`document.querySelector("#from_day").value !== "" && document.querySelector("#until_time").value !== ""`)
		m.press(`.rota-add button.button-primary`)
		m.sees("Choose who is on call.")
		m.whole()
		from := eval[string](m, `document.querySelector("#from_day").value`)
		m.is(`(() => { const s = document.querySelector("#user_id"); s.selectedIndex = [...s.options].findIndex(o => o.textContent.startsWith("Priya")); return s.selectedIndex > 0 })()`)
		m.press(`.rota-add button.button-primary`)
		m.sees("Priya Raman is on call from")
		m.open("/people?week=" + from)
		m.is(`/Priya Raman/.test(document.querySelector(".week-lane").textContent)`)
		m.whole()
	})

	t.Run("on a phone the week is a list, and a consultant plans their own absence", func(t *testing.T) {
		m := b.tab(390, 844).of(t)
		m.signIn("manager@demo.test", s.password)
		for _, path := range []string{week, person, person + "/exclusions?q=imani", "/people/oncall"} {
			m.open(path)
			m.whole()
		}
		c := b.tab(390, 844).of(t)
		c.signIn("consultant@demo.test", s.password)
		c.open(person + "/absences/new")
		c.sees("Grace Oduya stands in.")
		c.whole()
		c.open(person)
		c.sees("Nothing here")
		d := b.tab(1440, 900).of(t)
		d.signIn("consultant@demo.test", s.password)
		d.open("/desk")
		d.is(`document.querySelector(".queues-foot form[action='/duty']") !== null`)
		d.whole()
	})

	t.Run("what was done is in a record that verifies", func(t *testing.T) { s.verifies(t) })
}
