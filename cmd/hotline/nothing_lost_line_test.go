package main

import (
	"io"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// badLine is a network between browsers and the web process on which connections
// break: before the request is over, after it arrived and before the answer was heard,
// or in the middle of the answer.
type badLine struct {
	listener net.Listener

	mu     sync.Mutex
	chance *rand.Rand
	good   bool
	target string
	cuts   int
}

func newBadLine(t testing.TB, chance *rand.Rand) *badLine {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	l := &badLine{listener: ln, chance: chance}
	go l.serve()
	return l
}

func (l *badLine) url() string { return "http://" + l.listener.Addr().String() }

// to says where the web process is now.
func (l *badLine) to(addr string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = addr
}

// mend makes it a good line.
func (l *badLine) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.good = true
}

func (l *badLine) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(near)
	}
}

// fate is after how many bytes there and back a connection breaks.
func (l *badLine) fate() (target string, there, back int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	there, back = math.MaxInt64, math.MaxInt64
	if l.good {
		return l.target, there, back
	}
	switch n := l.chance.IntN(10); {
	case n == 0:
		there = l.chance.Int64N(4000)
	case n == 1:
		back = 0 // it is done, and nobody hears
	case n == 2:
		back = l.chance.Int64N(60_000)
	default:
		return l.target, there, back
	}
	l.cuts++
	return l.target, there, back
}

func (l *badLine) carry(near net.Conn) {
	defer near.Close()
	target, there, back := l.fate()
	far, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer far.Close()
	done := make(chan struct{}, 2)
	go func() { _, _ = io.CopyN(far, near, there); done <- struct{}{} }()
	go func() {
		if back == 0 {
			// It hangs up only when the answer has begun to come.
			_, _ = far.Read(make([]byte, 1))
		} else {
			_, _ = io.CopyN(near, far, back)
		}
		done <- struct{}{}
	}()
	<-done
}
