package main

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/app/ticket"
)

// What was agreed is written down in a minute, corrected on a telephone, written anew
// and confirmed; both sides read the same, tick off their steps and take it with them.
func TestASummaryIsAgreedOn(t *testing.T) {
	s := putUp(t)
	number := s.answered(t)
	b := openBrowser(t, s.url)

	c := b.tab(1440, 900).of(t)
	c.signIn("consultant@demo.test", s.password)
	c.open("/tickets/" + number + "?view=mine")
	c.sees("Talk to him before any letter.")
	c.keys("u")
	c.sees("Summary for Dr Imani")
	// It begins with what is there, and the first field has the focus.
	c.is(`document.activeElement.id === "told" && document.activeElement.value.includes("missed four visits")`)
	c.is(`document.querySelector("#suggested").value === "Talk to him before any letter." && !document.body.innerText.includes("sounded tired")`)
	c.whole()
	c.keys("\t")
	c.is(`document.activeElement.id === "suggested"`)
	c.keys("\t")
	c.is(`document.activeElement.name.startsWith("cited_") && document.activeElement.checked`)
	c.keys("\t\t")
	c.is(`document.activeElement.id === "step_what_1"`)
	c.keys("talk to him, and put it into the chart")
	c.fill("#step_what_2", "send a sample letter")
	send := func(c *tab) {
		c.is(`(() => { const e = document.querySelector("#send-summary"); e.focus(); return document.activeElement === e })()`)
		c.keys("\r")
	}
	send(c)
	c.sees("Say by when.")
	c.is(`document.querySelector("#step_what_2").value === "send a sample letter"`)
	c.whole()
	due := s.db.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	c.fillDay("#step_by_1", due)
	c.fillDay("#step_by_2", due)
	send(c)
	c.sees("The summary is sent")
	c.sees("Waits for Dr Imani to confirm it")
	c.whole()

	p := b.tab(390, 844).of(t)
	p.signIn("physician@demo.test", s.password)
	p.sees("A summary to confirm")
	p.whole()
	p.press(`a[href="/requests/` + number + `#summary"]`)
	p.sees("Is this what we agreed?")
	p.sees("talk to him, and put it into the chart")
	p.is(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.lacks("sounded tired")
	p.whole()
	p.unfold("#correct")
	p.whole()
	p.press(`#correct form button`)
	p.sees("Write what is not right")
	p.whole()
	p.fill("#correction", "It was three visits, not four.")
	p.press(`#correct form button`)
	p.sees("Your correction is added")
	p.sees("It was three visits, not four.")
	p.whole()

	// Nobody reloads: the ticket says so by itself.
	c.sees("It was three visits, not four.")
	c.whole()
	c.open("/tickets/" + number) // nothing is drawn anew under the hand
	c.press(`.summary-line-links a[href$="/summaries/new"]`)
	c.sees("Edition 2 for Dr Imani")
	c.sees("It was three visits, not four.")
	c.is(`document.querySelector("#step_what_1").value.startsWith("talk to him") && document.querySelector("#step_by_2").value === ` + quote(due))
	c.whole()
	c.fill("#told", "He missed three visits.")
	send(c)
	c.sees("Edition 2 is sent")

	// She still has the first one before her: what is new is said, then confirmed.
	p.press(`form[action$="/summary/confirmation"] button`)
	p.sees("A newer edition of the summary was sent meanwhile")
	p.sees("He missed three visits.")
	p.whole()
	p.press(`form[action$="/summary/confirmation"] button`)
	p.sees("Confirmed. It stays as it is")
	p.sees("Confirmed by you")
	p.press(`#summary .agreed form button`)
	p.sees("Done, Leila Imani")
	p.whole()
	p.open("/requests/" + number + "/summary")
	p.sees("Edition 1, replaced")
	p.is(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.whole()

	c.sees("Confirmed by Dr Imani")
	c.sees("Done, Leila Imani")
	c.open("/tickets/" + number)
	c.press(`.rail-steps form button`)
	c.sees("Done, Rosa Delgado")
	c.whole()
	c.open("/tickets/" + number + "/summaries")
	c.sees("It was three visits, not four.")
	c.whole()
	for _, side := range []struct {
		tab  *tab
		path string
	}{{c, "/tickets/"}, {p, "/requests/"}} {
		got := eval[string](side.tab, `fetch(`+quote(side.path+number+"/summary.pdf")+`).then(async r => r.status + " " + r.headers.get("content-type") + " " + (await r.text()).slice(0, 5))`)
		if got != "200 application/pdf %PDF-" {
			t.Errorf("%s: %s", side.path, got)
		}
	}
	c.open("/tickets/" + number + "/summaries/new")
	for _, width := range []int64{390, 768} {
		small := b.tab(width, 900).of(t)
		small.signIn("consultant@demo.test", s.password)
		for _, path := range []string{"/tickets/" + number, "/tickets/" + number + "/summaries", "/tickets/" + number + "/summaries/new"} {
			small.open(path)
			small.is(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
			small.whole()
		}
	}
	s.verifies(t)
}

// answered is a question of Dr Imani's that Rosa took, answered and cited an article on.
func (s *standing) answered(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	imani, rosa, elena := s.person(t, "physician@demo.test"), s.person(t, "consultant@demo.test"), s.person(t, "manager@demo.test")
	made, err := s.tickets.Submit(ctx, imani, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", AnswerBy: "write",
		Question: "A patient, 54, missed four visits in a row. May I stop seeing him?"})
	must(err)
	eventually(t, "somebody has it", func() bool {
		sheet, err := s.tickets.Show(ctx, elena, made.Number)
		return err == nil && sheet.AssigneeID != nil
	})
	sheet, err := s.tickets.Show(ctx, rosa, made.Number)
	must(err)
	if !sheet.HeldBy(rosa.ID) {
		must(s.tickets.Transfer(ctx, elena, made.Number, rosa.ID, "for the summary", 0))
	}
	must(s.tickets.Note(ctx, rosa, made.Number, ticket.Words{Body: "She sounded tired."}))
	_, err = s.guidance.Cite(ctx, rosa, made.Number, "ending-the-relationship")
	must(err)
	must(s.tickets.Reply(ctx, rosa, made.Number, ticket.Words{Body: "Talk to him before any letter."}))
	return made.Number
}
