package main

import (
	"strings"
	"testing"
)

// A consultant writes a change, a colleague returns it, she mends it, he approves it and
// says that earlier advice is affected; a physician reads the new version, a manager
// sees what it changed, and withdraws another article.
func TestAChangeToGuidanceIsReadByTwo(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	const article = "/guidance/when-not-to-discharge"

	rosa := b.tab(1440, 900).of(t)
	rosa.signIn("consultant@demo.test", s.password)
	// Somebody is advised by it first.
	rosa.open("/desk")
	number := eval[string](rosa, `(document.querySelector('.row a[href^="/tickets/"]')?.getAttribute("href") || "").split("?")[0]`)
	if number == "" {
		t.Fatal("no ticket on the desk")
	}
	eval[int](rosa, `fetch(`+quote(number+"/citations")+`, {method: "POST", body: new URLSearchParams({article: "when-not-to-discharge"})}).then(r => r.status)`)

	rosa.open("/guidance/drafts")
	rosa.sees("Two people read every word")
	rosa.sees("In review") // Priya's, of the demo
	rosa.whole()
	rosa.open(article + "/edit")
	rosa.sees("Begin a change")
	rosa.whole()
	rosa.press(`form[action="/guidance/drafts"] button`)
	rosa.sees("Ready for review")
	rosa.whole()

	// The panel follows the writing, and the page keeps itself.
	first := eval[string](rosa, `[...document.querySelectorAll(".editor-section textarea")][0].id`)
	whole := eval[string](rosa, `document.getElementById(`+quote(first)+`).value`)
	rosa.fill("#"+first, " ")
	rosa.sees("List when to call us now")
	rosa.is(`document.querySelector("[data-draft-state]").textContent.includes("Draft kept")`)
	rosa.is(`(() => { const e = document.getElementById(` + quote(first) + `); e.value = ` + quote(whole+"\n- the weather turned while you were deciding") + `;
		e.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	rosa.sees("Ready for review")
	rosa.press(`button[name="then"][value="preview"]`)
	rosa.sees("A draft, as its readers would see it")
	rosa.sees("the weather turned while you were deciding")
	rosa.whole()
	rosa.press(`a[href="` + article + `/edit"]`)
	rosa.press(`button[name="then"][value="offer"]`)
	rosa.sees("Say in a sentence what is new")
	rosa.whole()
	rosa.fill("#changed", "The weather counts.")
	rosa.press(`button[name="then"][value="offer"]`)
	rosa.sees("It waits for a colleague")
	rosa.whole()

	grace := b.tab(1440, 900).of(t)
	grace.signIn("consultant2@demo.test", s.password)
	grace.open("/guidance/drafts")
	grace.sees("For you to review")
	grace.press(`a[href="` + article + `/edit"]`)
	grace.is(`[...document.querySelectorAll(".diff ins")].some(e => e.textContent.includes("the weather turned"))`)
	grace.whole()
	grace.fill("#remark", "Say what weather has to do with it.")
	grace.press(`form[action$="/return"] button`)
	grace.sees("returned it")

	rosa.open(article + "/edit")
	rosa.sees("Say what weather has to do with it.")
	rosa.whole()
	rosa.is(`(() => { const e = document.getElementById(` + quote(first) + `); e.value = e.value.replace("the weather turned while you were deciding", "a storm keeps them from any other doctor");
		e.dispatchEvent(new Event("input", {bubbles: true})); return e.value.includes("a storm") })()`)
	rosa.fill("#changed", "A storm counts.")
	rosa.press(`button[name="then"][value="offer"]`)
	rosa.sees("It waits for a colleague")

	// What is in review, a manager can still keep otherwise and take off the shelf.
	manager := b.tab(1440, 900).of(t)
	manager.signIn("manager@demo.test", s.password)
	for _, path := range []string{article + "/edit", "/guidance/ending-the-relationship/edit"} {
		manager.open(path)
		manager.sees("Who keeps it, and who reads it")
		manager.press(`form[action$="/withdrawal"] button`)
		manager.sees("Say why nobody should rely on it any more")
		manager.whole()
	}

	grace.open(article + "/edit")
	grace.sees("Does this change advice already given?")
	grace.press(`form[action$="/publication"] button`)
	grace.sees("Say whether it changes advice already given")
	grace.tick(`input[name="affects"][value="yes"]`)
	grace.whole()
	grace.fill("#affects_why", "Storms were left out.")
	grace.press(`form[action$="/publication"] button`)
	grace.sees("Version 2 is published")
	if at := grace.at(); !strings.HasPrefix(at, article) {
		t.Errorf("at %s", at)
	}

	physician := b.tab(390, 844).of(t)
	physician.signIn("physician@demo.test", s.password)
	physician.open(article)
	physician.sees("a storm keeps them from any other doctor")
	physician.sees("A storm counts.")

	elena := b.tab(1440, 900).of(t)
	elena.signIn("manager@demo.test", s.password)
	elena.open(article + "/changes")
	elena.is(`[...document.querySelectorAll(".diff ins")].some(e => e.textContent.includes("a storm keeps them"))`)
	elena.whole()
	elena.open("/guidance/drafts")
	elena.sees("Due by")
	elena.whole()
	elena.open("/guidance/boundaries-gifts-and-romance/edit")
	elena.fill("#why", "It is being written anew.")
	elena.is(`(() => { document.querySelector('input[name="affects"][value="no"]')?.click(); return true })()`)
	elena.press(`form[action$="/withdrawal"] button`)
	elena.sees("It is withdrawn")
	elena.whole()
	physician.open("/guidance/boundaries-gifts-and-romance")
	physician.sees("Nothing here")

	elena.open("/guidance/new")
	elena.whole()
	for _, width := range []int64{390, 768} {
		small := b.tab(width, 900).of(t)
		small.signIn("consultant@demo.test", s.password)
		for _, path := range []string{"/guidance/drafts", "/guidance/new", "/guidance/ending-the-relationship/edit", "/guidance/ending-the-relationship/draft",
			"/guidance/ending-the-relationship/changes", "/guidance/texting-email-and-your-own-phone/edit", "/guidance/discharge-letter/edit"} {
			small.open(path)
			small.whole()
		}
	}
	s.verifies(t)
}
