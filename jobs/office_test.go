package jobs

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"hotline/app/mail"
)

// office is a real mail server of the test's own.
type office struct {
	testing.TB
	URL string

	mu       sync.Mutex
	received []received
	asked    int
	answer   func(n int) error // to the n-th letter's recipient; nil: yes
}

type received struct {
	To     string
	Header netmail.Header
	Text   string
	HTML   string
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{TB: t, answer: func(int) error { return nil }}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }))
	server.Domain = "office.example.net"
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { server.Close() })
	o.URL = "smtp://" + ln.Addr().String() + "?tls=off"
	return o
}

func (o *office) letters() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]received(nil), o.received...)
}

// tried is how often somebody was asked to take a letter.
func (o *office) tried() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// counter is where one connection is served.
type counter struct {
	office *office
	to     string
}

func (c *counter) Reset()                               { c.to = "" }
func (c *counter) Logout() error                        { return nil }
func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.office.mu.Lock()
	c.office.asked++
	n, answer := c.office.asked, c.office.answer
	c.office.mu.Unlock()
	c.to = to
	return answer(n)
}

func (c *counter) Data(r io.Reader) error {
	letter, err := read(r)
	if err != nil {
		return err
	}
	letter.To = c.to
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.received = append(c.office.received, letter)
	return nil
}

func read(r io.Reader) (l received, err error) {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return l, err
	}
	l.Header = m.Header
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		var body io.Reader = part
		if part.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(part)
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(body); err != nil {
			return l, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.HTML = text.String()
		} else {
			l.Text = text.String()
		}
	}
}

// through makes the house send its letters through the office.
func (h *house) through(o *office) {
	h.Helper()
	sender, err := mail.NewSMTP(o.URL, "hotline@example.org")
	h.must(err)
	h.o.Sender = sender
}

func (r received) id() string { return r.Header.Get("Message-Id") }
