package jobs

import (
	"context"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/letter"
	"hotline/app/ticket"
)

// addresses are the web addresses in a text.
var addresses = regexp.MustCompile(`https?://[^\s"<]+`)

// posted is a house with a ticket of Rosa's, whose letters go to a real server.
func posted(t testing.TB) (*house, *office, *ticket.Ticket) {
	t.Helper()
	h, o := newHouse(t), newOffice(t)
	h.through(o)
	h.atWork(h.rosa)
	return h, o, h.ask()
}

func TestALetterCarriesANumberAndALinkAndNothingElse(t *testing.T) {
	t.Parallel()
	h, o, ticketed := posted(t)
	h.running()
	until(t, "every promise is kept", h.settled)
	h.must(h.rooms.Tickets.Reply(h.ctx, h.rosa, ticketed.Number, ticket.Words{Key: uuid.NewString(), Body: "You may. " + canary}))
	h.write(func(tx *gorm.DB) error {
		return letter.Post(tx, h.db.Now(), letter.Overdue, ticketed.ID, h.manager.ID, 1, ticketed.Number)
	})
	until(t, "every promise is kept", h.settled)
	var got = map[string]received{}
	for _, l := range o.letters() {
		got[l.To+" "+l.Header.Get("Subject")] = l
	}
	n := ticketed.Number
	for _, want := range []struct{ key, name, link string }{
		{"leila@example.org We have your question, " + n, "Leila Imani", "/requests/" + n},
		{"leila@example.org Something is waiting for you, " + n, "Leila Imani", "/requests/" + n},
		{"rosa@example.org Yours: " + n, "Rosa Delgado", "/tickets/" + n},
		{"grace@example.org Overdue: " + n, "Grace Oduya", "/tickets/" + n},
	} {
		l, came := got[want.key]
		if !came {
			t.Errorf("no letter %q among %d", want.key, len(got))
			continue
		}
		for _, body := range []string{l.Text, l.HTML} {
			if !strings.Contains(body, want.name+",") || !strings.Contains(body, "not notice of a claim") || !strings.Contains(body, "800 555 0142") {
				t.Errorf("%s: the letter is not whole:\n%s", want.key, body)
			}
			if found := addresses.FindAllString(body, -1); len(found) != 1 || found[0] != "https://hotline.example.org"+want.link {
				t.Errorf("%s: it links to %q", want.key, found)
			}
			if strings.Contains(body, canary) || strings.Contains(body, "discharge") {
				t.Errorf("%s: it says what the ticket is about:\n%s", want.key, body)
			}
		}
		if strings.Contains(want.key, canary) || l.Header.Get("Auto-Submitted") != "auto-generated" || !strings.HasSuffix(l.id(), "."+h.o.Installation+"@hotline.example.org>") {
			t.Errorf("%s: %v", want.key, l.Header)
		}
	}
	if len(got) != 4 || len(o.letters()) != 4 {
		t.Errorf("%d letters came, want 4", len(o.letters()))
	}
}

func TestALetterThatTheServerPutsOffIsTriedAgain(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	o.answer = func(n int) error {
		if n <= 2 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later, dear " + canary}
		}
		return nil
	}
	w, _ := h.running()
	until(t, "a letter waits, with the reason", func() bool {
		tasks, _ := w.inspector.ListRetryTasks("notify")
		return len(tasks) > 0 && tasks[0].LastErr == "mail: not taken, recipient: 451"
	})
	until(t, "every promise is kept", h.settled)
	if letters := o.letters(); len(letters) != 2 || letters[0].id() == letters[1].id() {
		t.Errorf("%d letters came, want two of two names", len(letters))
	}
	if strings.Contains(h.redis.Holds()+journal.String(), "later, dear") {
		t.Error("the server's words were kept")
	}
}

func TestALetterThatTheServerRefusesForGoodWaitsForAPersonAndIsLogged(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	o.answer = func(int) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	}
	h.running()
	until(t, "every promise is kept", h.settled)
	h.is(2, "SELECT count(*) FROM letters WHERE sent_at IS NULL AND refused_at IS NOT NULL AND refused_why = 'mail: not taken, recipient: 550'")
	if o.tried() != 2 || len(o.letters()) != 0 {
		t.Errorf("it was tried %d times for two letters, and %d came", o.tried(), len(o.letters()))
	}
	if !strings.Contains(journal.String(), "a letter was refused for good") {
		t.Error("the log says nothing of it")
	}
}

func TestALetterWhoseWorkerDiedAfterTheYesComesTwiceAtMostUnderOneName(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	row := h.promise("letter:send")
	post := (&Worker{o: h.o, rooms: h.rooms}).postman()
	id := int64(h.count("SELECT id FROM letters"))
	died := make(chan struct{})
	go func() {
		defer close(died)
		_ = h.rooms.Letters.Send(h.ctx, by(row.ID), id, func(ctx context.Context, e letter.Envelope) error {
			if err := post.carry(ctx, e); err != nil {
				t.Error(err)
			}
			runtime.Goexit() // between the server's yes and the commit
			return nil
		})
	}()
	<-died
	if err := h.deliver(h.ctx, row); err == nil || counts(err) {
		t.Errorf("while the claim holds it says %v", err)
	}
	h.db.Freeze(h.db.Now().Add(3 * time.Minute))
	for range 3 {
		h.must(h.deliver(h.ctx, row))
	}
	letters := o.letters()
	if len(letters) != 2 || letters[0].id() != letters[1].id() {
		t.Errorf("%d letters came", len(letters))
	}
}

func TestTwoWorkersNeverSendOneLetterAtOnce(t *testing.T) {
	t.Parallel()
	h, _, _ := posted(t)
	row := h.promise("letter:send")
	id := int64(h.count("SELECT id FROM letters"))
	carried, goOn, ended := 0, make(chan struct{}), make(chan error, 1)
	first := make(chan struct{})
	go func() {
		ended <- h.rooms.Letters.Send(h.ctx, by(row.ID), id, func(context.Context, letter.Envelope) error {
			carried++
			close(first)
			<-goOn
			return nil
		})
	}()
	<-first
	for range 3 {
		if err := h.deliver(h.ctx, row); err == nil || counts(err) {
			t.Errorf("another worker gets %v", err)
		}
	}
	close(goOn)
	h.must(<-ended)
	h.must(h.deliver(h.ctx, row))
	if carried != 1 {
		t.Errorf("it was carried %d times", carried)
	}
	if !h.promiseKept(row.ID) {
		t.Error("its promise is not kept")
	}
}

func TestALetterThatAnotherWorkerHasCostsNoTry(t *testing.T) {
	t.Parallel()
	h, _, _ := posted(t)
	_, err := h.db.Pool().Exec(h.ctx, "UPDATE letters SET claimed_at = now()")
	h.must(err)
	w, _ := h.running()
	until(t, "it waits", func() bool {
		tasks, _ := w.inspector.ListRetryTasks("notify")
		for _, task := range tasks {
			if task.LastErr == letter.ErrClaimed.Error() {
				return task.Retried == 0 && time.Until(task.NextProcessAt) > 5*time.Second
			}
		}
		return false
	})
}

func TestNobodyWhoWasShutOutGetsALetter(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	row := h.promise("letter:send")
	h.must(h.rooms.Accounts.Disable(h.ctx, operator, h.physician.ID))
	h.must(h.deliver(h.ctx, row))
	if len(o.letters()) != 0 {
		t.Error("they got one")
	}
	if !h.promiseKept(row.ID) || h.count("SELECT count(*) FROM letters WHERE sent_at IS NULL") != 0 {
		t.Error("the letter is not done with")
	}
}

func TestALinkToANewPasswordIsInItsLetterOnly(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	h.must(h.rooms.Accounts.RequestReset(h.ctx, "omar@example.org", "192.0.2.7"))
	o.answer = func(n int) error {
		if n == 1 {
			return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "busy"}
		}
		return nil
	}
	row := h.promise("account:reset")
	if err := h.deliver(h.ctx, row); err == nil {
		t.Fatal("the server's no was lost")
	}
	if h.promiseKept(row.ID) {
		t.Fatal("the promise counts as kept")
	}
	h.must(h.deliver(h.ctx, row))
	h.must(h.deliver(h.ctx, row)) // the same task again: nothing
	letters := o.letters()
	if len(letters) != 1 || letters[0].To != "omar@example.org" {
		t.Fatalf("%d letters came, want one to Omar", len(letters))
	}
	l := letters[0]
	found := addresses.FindString(l.Text)
	token, is := strings.CutPrefix(found, "https://hotline.example.org/password-resets/")
	if !is || !strings.Contains(l.HTML, found) {
		t.Fatalf("it links to %q", found)
	}
	if strings.Contains(l.Header.Get("Subject")+l.id(), token[:6]) {
		t.Error("a part of the token is in the letter's head, where servers log it")
	}
	if text := h.redis.Holds() + journal.String(); strings.Contains(text, token) {
		t.Error("the token is in Redis or in the log")
	}
	h.is(0, "SELECT count(*) FROM outbox WHERE outbox::text LIKE $1", "%"+token+"%")
	h.must(h.rooms.Accounts.UseReset(h.ctx, token, "nine patient herons"))
}

func TestASecondTryAtALinkVoidsTheFirst(t *testing.T) {
	t.Parallel()
	h, o, _ := posted(t)
	h.must(h.rooms.Accounts.RequestReset(h.ctx, "omar@example.org", "192.0.2.7"))
	row := h.promise("account:reset")
	post := (&Worker{o: h.o, rooms: h.rooms}).postman()
	killed, kill := context.WithCancel(h.ctx)
	post.sender = thenDies{post.sender, kill}
	if err := post.reset(killed, by(row.ID), int64(h.count("SELECT id FROM password_resets"))); err == nil {
		t.Fatal("it closed its promise")
	}
	h.must(h.deliver(h.ctx, row))
	letters := o.letters()
	if len(letters) != 2 || letters[0].id() == letters[1].id() {
		t.Fatalf("%d letters came, want two of two names", len(letters))
	}
	var tokens []string
	for _, l := range letters {
		tokens = append(tokens, strings.TrimPrefix(addresses.FindString(l.Text), "https://hotline.example.org/password-resets/"))
	}
	if h.rooms.Accounts.CheckReset(h.ctx, tokens[0]) == nil {
		t.Error("the first link still works")
	}
	h.must(h.rooms.Accounts.CheckReset(h.ctx, tokens[1]))
}
