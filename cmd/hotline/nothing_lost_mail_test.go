package main

import (
	"io"
	"log"
	"net"
	netmail "net/mail"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// ledger is the mail server's: every letter it said yes to, and to whom it said so.
// Each life of a worker sends through a door of its own, so that it is known whose
// letter it was.
type ledger struct {
	o *ordeal

	mu    sync.Mutex
	taken []taken
	asked int
	fates map[int]fate // what happens at the n-th letter
	calm  bool
}

type taken struct {
	id, to string
	at     time.Time
	from   *incarnation
}

// fate is what happens to a worker while it sends: it dies before the server took the
// letter; after it did and before the worker could hear so; or it lives and hears, and
// has no database for a moment in which to say so; or it waits so long for the yes that
// another takes it for dead.
type fate int

const (
	diesBefore fate = iota + 1
	diesAfter
	cannotSay
	waitsLong
)

// longWait is how long the mail server takes at its slowest: longer than until a
// promise is looked for, where the ordeal is in a hurry.
const longWait = 9 * time.Second

// fates spreads them over the letters there will be: six for each fifty questions.
func (o *ordeal) fates() map[int]fate {
	chance, all := o.chance(4), map[int]fate{}
	n := max(1, *lostTickets/50)
	for i := range n {
		from, to := i**lostTickets/n, (i+1)**lostTickets/n
		for _, end := range []fate{diesBefore, waitsLong, cannotSay, waitsLong, cannotSay, diesAfter} {
			all[from+chance.IntN(to-from)] = end
		}
	}
	return all
}

// open is a door for one life of a worker.
func (l *ledger) open(in *incarnation) net.Listener {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	l.o.must(err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{ledger: l, in: in}, nil }))
	server.Domain = "office.example.net"
	server.ErrorLog = log.New(io.Discard, "", 0) // who dies hangs up
	go func() { _ = server.Serve(ln) }()
	return ln
}

// peace: nobody dies any more.
func (l *ledger) peace() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calm = true
}

// counter is where one connection is served.
type counter struct {
	ledger *ledger
	in     *incarnation
	to     string
}

func (c *counter) Reset()                                    { c.to = "" }
func (c *counter) Logout() error                             { return nil }
func (c *counter) Mail(string, *smtp.MailOptions) error      { return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error { c.to = to; return nil }

func (c *counter) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil {
		return err
	}
	l := c.ledger
	l.mu.Lock()
	l.asked++
	end := l.fates[l.asked]
	if l.calm {
		end = 0
	}
	l.mu.Unlock()
	if end == waitsLong {
		l.o.happened.add("mail server slow")
		<-time.After(longWait)
	}
	l.mu.Lock()
	if end != diesBefore {
		l.taken = append(l.taken, taken{m.Header.Get("Message-Id"), c.to, time.Now(), c.in})
	}
	l.mu.Unlock()
	switch end {
	case cannotSay:
		l.o.happened.add("database gone as the mail server said yes")
		l.o.going.Go(l.o.gone)
	case diesBefore, diesAfter:
		l.o.happened.add([]string{diesBefore: "worker killed before the mail server's yes", diesAfter: "worker killed before it heard the mail server's yes"}[end])
		c.in.kill()
		l.o.going.Go(func() { c.in.p.again(time.Second) })
	}
	return nil
}
