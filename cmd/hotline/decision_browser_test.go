package main

import (
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/ticket"
)

// The router's decision as people meet it: why it is mine, taking it up, and somebody
// who reads along with a colleague who is learning the topic.
func TestTheRoutersDecisionInABrowser(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	by := s.person(t, "physician@demo.test")
	ask := func(t *testing.T, topic, words string) (number, holder string) {
		t.Helper()
		asked, err := s.tickets.Submit(t.Context(), by, ticket.Submission{Key: keyOf(t.Name(), time.Now()), Topic: topic, Question: words})
		if err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); ; {
			sheet, err := s.tickets.Consultation(t.Context(), by, asked.Number)
			if err != nil || time.Since(began) > 20*time.Second {
				t.Fatalf("nobody has %s: %v", asked.Number, err)
			}
			if sheet.Sheet.AssigneeID != nil {
				return asked.Number, s.holderOf(t, asked.Number)
			}
			<-time.After(20 * time.Millisecond)
		}
	}

	t.Run("the holder sees why, with everybody who was considered, and takes it up by keyboard", func(t *testing.T) {
		number, holder := ask(t, "discharge", "A patient who owes for two years wants to come back. Must I see him?")
		m := b.tab(768, 1024).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open("/tickets/" + number)
		m.sees("has not taken it up yet")
		m.whole()
		for _, width := range []int64{390, 1440} {
			c := b.tab(width, 900).of(t)
			c.signIn(holder, s.password)
			c.open("/tickets/" + number + "?view=mine")
			c.is(`/Why you: .*(knows|leads in).*holds \d+ of \d+/.test(document.body.innerText)`)
			c.is(`(() => { const d = document.querySelector("details.why"); d.open = true; return d.querySelectorAll("tbody tr").length === 3 })()`)
			c.is(`[...document.querySelectorAll("details.why tbody tr")].some(r => /\d+/.test(r.querySelector("td.number").innerText) && r.querySelector(".why-parts"))`)
			c.whole()
			if width == 1440 {
				c.keys("y")
				c.sees("took it up")
				c.lacks("The router gave you this")
				c.whole()
			}
		}
		m.open("/tickets/" + number)
		m.lacks("has not taken it up")
	})

	t.Run("who is learning a topic sends what somebody has read", func(t *testing.T) {
		// Whoever knows the topic is full, and can still read.
		for _, email := range []string{"consultant2@demo.test", "consultant3@demo.test"} {
			who := s.person(t, email)
			load, err := s.tickets.Load(t.Context(), actor.Command("test"), who.ID)
			if err != nil {
				t.Fatal(err)
			}
			in := demoSkills[email]
			in.UserID, in.Cap = who.ID, load
			if err := s.desks.Engage(t.Context(), actor.Command("test"), in); err != nil {
				t.Fatal(err)
			}
		}
		number, holder := ask(t, "transparency_records", "I wrote the wrong dose into a note a week ago. May I correct it?")
		if holder != "consultant@demo.test" {
			t.Fatalf("%s has it", holder)
		}
		c := b.tab(1440, 900).of(t)
		c.signIn(holder, s.password)
		c.open("/tickets/" + number)
		c.sees("You are learning this topic")
		c.whole()
		c.unfold(`#message`)
		c.fill(`#message-words`, "Yes: add a dated correction, and never write over what was there.")
		c.press(`#message form button.button-primary`)
		c.sees("reads along")
		c.is(`document.querySelector("#message-words").value.startsWith("Yes: add a dated correction")`)
		c.whole()
		c.unfold(`#note`)
		c.fill(`#note-words`, "I mean to send: add a dated correction.")
		c.press(`#note form button.button-ink`)
		c.sees("I mean to send")
		r := b.tab(768, 1024).of(t)
		r.signIn("consultant2@demo.test", s.password)
		r.open("/tickets/" + number)
		r.sees("is learning this topic")
		r.whole()
		r.press(`form[action*="/reading"] button`)
		r.sees("has been read")
		c.open("/tickets/" + number)
		c.sees("It has been read. Send it.")
		c.unfold(`#message`)
		c.fill(`#message-words`, "Yes: add a dated correction, and never write over what was there.")
		c.press(`#message form button.button-primary`)
		c.sees("never write over what was there")
		c.whole()
	})
}
