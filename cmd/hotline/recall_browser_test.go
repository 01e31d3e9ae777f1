package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"

	"hotline/app/guidance"
	"hotline/app/ticket"
)

// An article is found and cited without a mouse. Then it is rewritten, in a way that
// touches what was advised: the physician reads it as it was and learns of the new one,
// and the desk works off every ticket that relied on it.
func TestAdviceThatChangedIsWorkedOff(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	physician, rosa, elena := s.person(t, "physician@demo.test"), s.person(t, "consultant@demo.test"), s.person(t, "manager@demo.test")
	asked, err := s.tickets.Submit(t.Context(), physician, ticket.Submission{Key: uuid.NewString(), Topic: "online_reviews", Question: "Somebody wrote about us. What may I say?"})
	must(err)
	number := asked.Number

	m := b.tab(1440, 900).of(t)
	m.signIn("manager@demo.test", s.password)
	const slug = "negative-online-reviews"
	t.Run("a consultant cites by keyboard alone", func(t *testing.T) {
		m := m.of(t)
		m.open("/tickets/" + number + "?view=team")
		m.sees("Guidance for this ticket")
		m.is(`document.activeElement === document.body || document.activeElement === null`)
		m.keys("b")
		// The driver types the letter after the key; a keyboard does not.
		m.is(`document.activeElement.id === "cite" && (document.activeElement.value = "", true)`)
		m.keys("one star")
		m.is(`document.querySelectorAll("#cite-found input[type=radio]").length > 0`)
		m.is(`document.activeElement.id === "cite" && document.activeElement.value === "one star"`)
		m.whole()
		m.keys(kb.ArrowDown)
		m.is(`document.activeElement.type === "radio" && document.activeElement.checked`)
		m.is(`document.activeElement.value === "` + slug + `"`)
		m.keys("\r")
		m.sees("The physician reads it as it stands now")
		m.is(`[...document.querySelectorAll(".suggested li")].some(li => li.innerText.includes("Cited") && li.innerHTML.includes("` + slug + `"))`)
	})
	t.Run("the same without script", func(t *testing.T) {
		m := m.of(t)
		m.open("/tickets/" + number + "/guidance?view=team&q=fire+a+patient")
		m.sees("Guidance to cite")
		m.whole()
		m.press(`.cite-form button`)
		m.sees("The physician reads it as it stands now")
	})

	r, err := s.guidance.Show(t.Context(), elena, slug, 0)
	must(err)
	a := r.Article
	d, err := s.guidance.StartDraft(t.Context(), rosa, slug)
	must(err)
	a.Title += ", rewritten"
	_, err = s.guidance.KeepDraft(t.Context(), rosa, slug, a, d.Revision)
	must(err)
	must(s.guidance.Offer(t.Context(), rosa, slug, "What may be said."))
	_, err = s.guidance.Approve(t.Context(), elena, slug, guidance.Affects{Answered: true, Affected: true, Why: "One of the sentences was not safe."})
	must(err)

	t.Run("the physician reads it as it was, and that there is a new one", func(t *testing.T) {
		p := b.tab(390, 844).of(t)
		p.signIn("physician@demo.test", s.password)
		p.open("/requests/" + number)
		p.sees("It has been rewritten since")
		p.sees("Read the new one")
		p.whole()
		p.open("/guidance/" + slug + "?version=1&ticket=" + number)
		p.sees("It has been rewritten since")
		p.lacks(", rewritten")
		p.whole()
		p.press(`.article .flash a`)
		p.sees(", rewritten")
		p.is(`document.querySelector(".contents-folded").getClientRects().length > 0`)
		p.press(`.verdict button[value="yes"]`)
		p.is(`document.querySelector('.verdict button[value="yes"]').getAttribute("aria-pressed") === "true"`)
		p.whole()
	})
	t.Run("the recall is worked off, ticket by ticket", func(t *testing.T) {
		m := m.of(t)
		m.open("/tickets/" + number + "?view=team")
		m.sees("One of the sentences was not safe.")
		m.whole()
		m.press(`.rail-recall a`)
		m.sees("To be settled")
		m.whole()
		at := m.at()
		watches := b.tab(1440, 900).of(t)
		watches.signIn("consultant@demo.test", s.password)
		watches.open(at)
		const left = `[...document.querySelectorAll("#how-far dt")].find(dt => dt.innerText === "Left").nextElementSibling.innerText`
		before := eval[string](watches, left)
		form := `form[action$="/tickets/` + number + `"]`
		m.tick(form + ` input[name="how"][value="not_needed"]`)
		m.press(form + ` button.button-primary`)
		m.sees("Say why nobody has to be told")
		m.whole()
		m.fill(form+` input[name="why"]`, "The reply had not been sent")
		m.press(form + ` button.button-primary`)
		m.sees("Not needed: The reply had not been sent. Settled by Elena Marsh")
		m.whole()
		watches.sees("Settled by Elena Marsh") // nobody reloads
		watches.is(left + " !== " + quote(before))
		m.open("/guidance/recalls")
		m.sees("Recalls")
		m.whole()
		for _, width := range []int64{390, 768} {
			small := b.tab(width, 900).of(t)
			small.signIn("manager@demo.test", s.password)
			for _, path := range []string{at, "/guidance/recalls", "/guidance/gaps", "/guidance/words", "/guidance/links", "/guidance", "/tickets/" + number + "/guidance?q=review"} {
				small.open(path)
				small.whole()
			}
		}
	})
	t.Run("gaps open what is behind them", func(t *testing.T) {
		m := m.of(t)
		m.open("/guidance?q=zeppelin+pilots")
		m.sees("Nothing found")
		m.whole()
		m.press(`.missed button`)
		m.sees("It is counted")
		m.open("/guidance/gaps")
		m.sees("pilots zeppelin")
		m.whole()
		m.press(`a[href^="/guidance/gaps/tickets"]`)
		m.sees("nothing cited")
		m.whole()
		m.open("/guidance/words")
		m.fill("#words-42", "zeppelin pilots")
		m.press(`form.words-form button.button-primary`)
		m.sees("Write what it stands for")
		m.is(`document.querySelector("#words-42").value === "zeppelin pilots"`)
		m.whole()
		m.fill("#means-42", "reviews")
		m.press(`form.words-form button.button-primary`)
		m.sees("Saved. It is in force")
		m.open("/guidance?q=zeppelin+pilots")
		m.sees("found")
	})
	s.verifies(t)
}
