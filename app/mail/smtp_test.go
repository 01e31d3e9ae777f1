package mail_test

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"hotline/app/mail"
)

var letter = mail.Message{ID: "letter-7.abc@hotline.example.org", ToName: "Leila Imani", To: "leila@example.org", Subject: "We have your question, RM-2026-000007",
	Text: "Leila Imani,\n\nhttps://hotline.example.org/requests/RM-2026-000007\n", HTML: "<p>Leila Imani,</p>"}

func sender(t *testing.T, url string) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(url, "Hotline <hotline@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALetterArrivesWhole(t *testing.T) {
	t.Parallel()
	o := open(t, "never", false)
	s := sender(t, "smtp://"+o.Addr)
	for range 2 {
		if err := s.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	got := o.letters()
	if len(got) != 2 {
		t.Fatalf("%d came, want 2", len(got))
	}
	for _, text := range got {
		m, err := netmail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"Message-Id": "<" + letter.ID + ">", "To": `"Leila Imani" <leila@example.org>`, "From": `"Hotline" <hotline@example.org>`,
			"Subject": letter.Subject, "Auto-Submitted": "auto-generated"} {
			if m.Header.Get(name) != want {
				t.Errorf("%s: %q, want %q", name, m.Header.Get(name), want)
			}
		}
		if !strings.Contains(text, "text/plain") || !strings.Contains(text, "text/html") {
			t.Error("it has not both its bodies")
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestManyLettersLeaveAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t, "never", false)
	s := sender(t, "smtp://"+o.Addr)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			m := letter
			m.ID = fmt.Sprintf("letter-%d@hotline.example.org", i)
			if err := s.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(o.letters()); n != 8 {
		t.Errorf("%d came, want 8", n)
	}
}

func TestAnyNameMayStandOnALetter(t *testing.T) {
	t.Parallel()
	o := open(t, "never", false)
	s := sender(t, "smtp://"+o.Addr)
	for _, name := range []string{"", `Leila "Lee" Imani`, `O'Neil, Ann; MD`, "José Ñandú", `back\slash`, "<b@c.org>", "line\r\nBcc: other@example.org"} {
		m := letter
		m.ToName = name
		if err := s.Send(t.Context(), m); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		got := o.letters()
		read, err := netmail.ReadMessage(strings.NewReader(got[len(got)-1]))
		if err != nil {
			t.Fatal(err)
		}
		to, err := read.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != m.To || to[0].Name != name && !strings.Contains(name, "\n") {
			t.Errorf("%q arrives as %v (%v)", name, to, err)
		}
		if read.Header.Get("Bcc") != "" {
			t.Errorf("%q makes a line of its own", name)
		}
	}
}

func TestWhatAServerSaysDecidesWhetherALetterIsTriedAgain(t *testing.T) {
	t.Parallel()
	says := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "about leila@example.org"}
	}
	for _, c := range []struct {
		what           string
		from, to, data error
		forGood        bool
		words          string
	}{
		{"no such mailbox", nil, says(550), nil, true, "recipient: 550"},
		{"mailbox full", nil, says(452), nil, false, "recipient: 452"},
		{"greylisted", nil, says(451), nil, false, "recipient: 451"},
		{"refused when read", nil, nil, says(554), true, "letter: 554"},
		{"busy when read", nil, nil, says(451), false, "letter: 451"},
		{"our own address is refused", says(550), nil, nil, false, "sender: 550"},
		{"a password is wanted", nil, says(530), nil, false, "recipient: 530"},
		{"a word it does not know", nil, says(500), nil, false, "recipient: 500"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			o := open(t, "never", false)
			o.from, o.to, o.data = c.from, c.to, c.data
			err := sender(t, "smtp://"+o.Addr).Send(t.Context(), letter)
			no, ok := errors.AsType[*mail.NotTaken](err)
			if !ok || errors.Is(err, mail.Permanent) != c.forGood || !strings.HasSuffix(no.Error(), c.words) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), "leila") {
				t.Errorf("it repeats the server's words: %v", err)
			}
		})
	}
}

func TestAServerThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := sender(t, "smtp://127.0.0.1:1")
	err := s.Send(t.Context(), letter)
	if _, ok := errors.AsType[*mail.NotTaken](err); !ok || errors.Is(err, mail.Permanent) {
		t.Errorf("%v", err)
	}
	if s.Check(t.Context()) == nil {
		t.Error("it is said to answer")
	}
}

func TestAnAddressThatIsNoneIsGivenUp(t *testing.T) {
	t.Parallel()
	m := letter
	m.To = "nobody"
	if err := sender(t, "smtp://127.0.0.1:1").Send(t.Context(), m); !errors.Is(err, mail.Permanent) {
		t.Errorf("%v", err)
	}
}

func TestALetterThatWasTakenIsNotSentAgainWhateverComesAfter(t *testing.T) {
	t.Parallel()
	addr, taken := rude(t)
	if err := sender(t, "smtp://"+addr).Send(t.Context(), letter); err != nil {
		t.Errorf("after the server's yes: %v", err)
	}
	if taken() != 1 {
		t.Errorf("%d were taken", taken())
	}
}

func TestAPasswordLeavesOnlyUnderTLS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tls, scheme, query string
		insecure, arrives  bool
	}{
		{"command", "smtp", "", false, true},
		{"command", "smtp", "?tls=required", false, true},
		{"start", "smtps", "", false, true},
		{"never", "smtp", "", true, false},
		{"never", "smtp", "?tls=required", true, false},
	} {
		t.Run(c.scheme+c.query+" of a server that speaks TLS from "+c.tls, func(t *testing.T) {
			t.Parallel()
			o := open(t, c.tls, c.insecure)
			err := sender(t, c.scheme+"://hotline:open%20sesame@"+o.Addr+c.query).Send(t.Context(), letter)
			if (err == nil) != c.arrives {
				t.Errorf("%v", err)
			}
			passwords, heard := o.overheard()
			if len(o.letters()) == 1 != c.arrives || len(passwords) == 1 != c.arrives {
				t.Errorf("%d letters and %d passwords arrived", len(o.letters()), len(passwords))
			}
			if c.arrives && passwords[0] != "hotline open sesame" {
				t.Errorf("%q", passwords)
			}
			if strings.Contains(heard, "AUTH") || strings.Contains(heard, "RM-2026") {
				t.Errorf("in the clear went:\n%s", heard)
			}
		})
	}
}

func TestAWrongPasswordIsOursToPutRight(t *testing.T) {
	t.Parallel()
	o := open(t, "command", false)
	err := sender(t, "smtp://hotline:wrong@"+o.Addr).Send(t.Context(), letter)
	if err == nil || errors.Is(err, mail.Permanent) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("%v", err)
	}
}

func TestTLSIsUsedWhereItIsOfferedAndInsistedOnWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	offers := open(t, "command", false)
	if err := sender(t, "smtp://"+offers.Addr).Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if _, heard := offers.overheard(); strings.Contains(heard, "RM-2026") {
		t.Error("the letter went in the clear though TLS was offered")
	}
	plain := open(t, "never", false)
	if sender(t, "smtp://"+plain.Addr+"?tls=required").Send(t.Context(), letter) == nil || len(plain.letters()) != 0 {
		t.Error("the letter went in the clear though TLS was asked for")
	}
}

func TestAServerNobodyVouchesForIsNotTrusted(t *testing.T) {
	t.Parallel()
	o := open(t, "command", false)
	_, port, _ := strings.Cut(o.Addr, ":")
	// The certificate is for 127.0.0.1, and not for this name of it.
	err := sender(t, "smtp://hotline:open%20sesame@localhost:"+port).Send(t.Context(), letter)
	if passwords, _ := o.overheard(); err == nil || len(passwords) != 0 {
		t.Error("the password went to a server of another name")
	}
}

func TestAnAddressOfAMailServerIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"smtp://mail.example.org": true, "smtp://mail.example.org:25": true, "smtps://u:p@mail.example.org": true, "smtp://u:p@mail.example.org?tls=required": true,
		"smtp://127.0.0.1:25?tls=off": true, "smtp://u:secret@127.0.0.1:25?tls=off": false, "smtp://mail.example.org?tls=requierd": false,
		"": false, "mail.example.org:25": false, "http://mail.example.org": false, "smtp://": false, "smtp://u:secret@mail.example.org:port": false, "smtp://u:secret@%zz": false,
	} {
		_, err := mail.NewSMTP(url, "hotline@example.org")
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the password is in the error: %v", url, err)
		}
	}
	if _, err := mail.NewSMTP("smtp://mail.example.org", "nobody"); err == nil {
		t.Error("a sender without an address is taken")
	}
}
