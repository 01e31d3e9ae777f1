package main

import (
	"regexp"
	"testing"
	"time"
)

// A manager drafts another policy, sees what the past says of it, puts it into force
// from tomorrow, and thinks better of it.
func TestAManagerTriesAnotherPolicy(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	m.open("/routing")
	m.sees("What decides among them")
	m.whole()

	m.press(`a[href^="/routing/plans/new"]`)
	m.sees("Fill in only what is to differ")
	m.fill("#name", "Room before all")
	m.fill("#weights-room", "100")
	m.is(`document.querySelector("#weights-room-bar").getAttribute("width") === "100%"`) // the bar follows what is typed
	m.fill("#weights-matter", "lots")
	m.whole()
	m.press(`button[name="then"][value="replay"]`)
	m.sees("Give a whole number")
	m.is(`document.querySelector("#weights-room").value === "100" && document.querySelector("#weights-matter").value === "lots"`)
	m.whole()
	m.fill("#weights-matter", "10")
	now := s.db.Now()
	m.fillDay("#from", now.AddDate(0, 0, -80).Format(time.DateOnly))
	m.press(`button[name="then"][value="replay"]`)
	replay := regexp.MustCompile(`/routing/replays/\d+`).FindString(m.at())
	if replay == "" {
		t.Fatalf("at %s", m.at())
	}
	// Nobody reloads: the page finds out by itself.
	m.is(`document.querySelector(".compare") !== null`)
	m.sees("What happened")
	m.sees("What the model leaves out")
	m.sees("40 points")
	m.is(`document.querySelectorAll(".chart svg").length >= 5 && document.querySelectorAll("progress").length === 0`)
	m.whole()
	for _, width := range []int64{390, 768} {
		small := b.tab(width, 900).of(t)
		small.signIn("manager@demo.test", s.password)
		for _, path := range []string{replay, "/routing", "/routing/plans/1", "/routing/plans/1/enactment"} {
			small.open(path)
			small.is(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
			small.whole()
		}
	}

	m.press(`a[href$="/enactment"]`)
	m.sees("This is what changes")
	m.sees("100 points")
	m.whole()
	m.press(`form[action$="/enactment"] button.button-primary`)
	m.sees("Room before all comes into force on")
	m.whole()
	m.press(`a[href="/routing/plans/1"]`)
	m.sees("Comes into force on")
	m.whole()
	m.press(`form[action$="/withdrawal"] button`)
	m.sees("It is a draft again")
	m.is(`document.querySelector("form.plan-form") !== null`)
	m.open("/routing")
	m.is(`document.querySelector(".coming") === null`)
	m.sees("As it came")

	c := b.tab(1440, 900).of(t)
	c.signIn("consultant@demo.test", s.password)
	c.open("/routing")
	c.lacks("What decides among them")
	s.verifies(t)
}

// fillDay sets a calendar's day, which is typed differently in every place.
func (t *tab) fillDay(selector, day string) {
	t.t.Helper()
	t.is(`(() => { const e = document.querySelector(` + quote(selector) + `); e.value = ` + quote(day) + `; return e.value === ` + quote(day) + ` })()`)
}
