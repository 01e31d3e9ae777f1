package main

import (
	"strconv"
	"testing"
	"time"

	"hotline/app/ticket"
)

func TestAnAdministratorPutsStuckWorkRight(t *testing.T) {
	s := putUp(t)
	b := openBrowser(t, s.url)
	number := func(query string, args ...any) (n int64) {
		t.Helper()
		if err := s.db.Pool().QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// A promise that no worker can keep, and a letter that no server took.
	stuck := number(`INSERT INTO outbox (kind, queue, args, run_at) VALUES ('letter:send', 'notify', '{"letter_id": "` + canary + `"}', now()) RETURNING id`)
	refused := number(`UPDATE letters SET sent_at = NULL, refused_at = now(), refused_why = 'mail: not taken, recipient: 550'
		WHERE id = (SELECT max(id) FROM letters WHERE kind = 'acknowledgement') RETURNING id`)
	eventually(t, "a worker saw that it was set aside", func() bool {
		return number("SELECT count(*) FROM tasks_seen WHERE promise_id = $1 AND state = 'archived'", stuck) == 1
	})
	var task string
	if err := s.db.Pool().QueryRow(t.Context(), "SELECT id FROM tasks_seen WHERE promise_id = $1", stuck).Scan(&task); err != nil {
		t.Fatal(err)
	}

	a := b.tab(1440, 900).of(t)
	a.signIn("admin@demo.test", s.password)
	a.open("/operations")
	a.sees("One task was set aside, and one letter was refused. They wait for you.")
	a.sees("promise " + strconv.FormatInt(stuck, 10))
	a.lacks(canary)
	a.whole()

	t.Run("a refused letter leaves when it is sent again", func(t *testing.T) {
		a.of(t)
		a.press("#send-" + strconv.FormatInt(refused, 10))
		a.sees("The letter is on its way again.")
		eventually(t, "it left", func() bool {
			return number("SELECT count(*) FROM letters WHERE id = $1 AND sent_at IS NOT NULL", refused) == 1
		})
	})

	t.Run("a task that cannot succeed is tried again, and then deleted for good", func(t *testing.T) {
		a.of(t)
		orders := number("SELECT count(*) FROM orders")
		a.press("#run-notify-" + task)
		a.sees("It is being done again.")
		if number("SELECT count(*) FROM orders WHERE what = 'run' AND outcome = 'done'") != 1 || number("SELECT count(*) FROM orders") != orders+1 {
			t.Error("it was not ordered once")
		}
		a.sees("Set aside") // by itself, when a worker looked again
		a.press("#delete-notify-" + task)
		a.sees("Delete this task? It will never be done.")
		a.whole()
		a.press(`form[action="/operations/orders"] button`)
		a.sees("Deleted. It will never be done.")
		a.sees("Everything runs. Nothing is stuck.")
		if number("SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL", stuck) != 1 {
			t.Error("its promise is open")
		}
	})

	t.Run("a queue that is paused holds its work until it is resumed", func(t *testing.T) {
		a.of(t)
		a.press("#hold-routine")
		a.sees("The queue routine is paused")
		a.sees("The work of routine waits until somebody resumes it.")
		by := s.person(t, "physician@demo.test")
		asked, err := s.tickets.Submit(t.Context(), by, ticket.Submission{Key: keyOf(t.Name(), time.Now()), Topic: "discharge", Question: "May I stop seeing a patient?"})
		if err != nil {
			t.Fatal(err)
		}
		a.is(`document.querySelector("#hold-routine").closest("tr").querySelector('[data-label="Waiting"]').textContent.trim() === "1"`) // without a reload
		// Its work waits; the sweep of each minute, which has another queue, may give it to somebody all the same.
		open := func() int64 {
			return number("SELECT count(*) FROM outbox WHERE kind = 'ticket:assign' AND (args->>'ticket_id')::bigint = $1 AND done_at IS NULL", asked.ID)
		}
		if open() != 1 {
			t.Error("its work was done though the queue is paused")
		}
		a.whole()
		a.press("#hold-routine")
		a.sees("The queue routine goes on.")
		eventually(t, "somebody has it", func() bool {
			return open() == 0 && number("SELECT count(*) FROM tickets WHERE id = $1 AND assignee_id IS NOT NULL", asked.ID) == 1
		})
	})

	t.Run("it is whole on a phone, and a manager reads it without buttons", func(t *testing.T) {
		p := b.tab(390, 844).of(t)
		p.signIn("admin@demo.test", s.password)
		p.open("/operations")
		p.sees("Resume routine")
		p.sees("Tomas Lindgren")
		p.whole()
		m := b.tab(768, 1024).of(t)
		m.signIn("manager@demo.test", s.password)
		m.open("/operations")
		m.sees("An administrator can put right what is stuck.")
		m.is(`document.querySelector('form[action="/operations/orders"]') === null`)
		m.whole()
	})

	a.of(t)
	s.verifies(t)
}
