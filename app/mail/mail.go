// Package mail takes letters out of the house: over SMTP, or into a box that the
// demo and the tests can open. A letter carries a number and a link, never content.
package mail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Message is one letter, ready to leave.
type Message struct {
	ID      string // the Message-ID without angle brackets; made from the letter, so a second try is the same letter
	ToName  string
	To      string
	Subject string
	Text    string
	HTML    string
}

// Sender takes letters away. An error means it was not taken: NotTaken where a server
// said so, and Permanent where trying again is no use.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Permanent is wrapped by errors that will not go away: an address that no server accepts.
var Permanent = errors.New("mail: refused for good")

// NotTaken says where a mail server's no came, and its code; 0 where it gave none.
// The server's own words are left out: they may repeat an address.
type NotTaken struct {
	Stage string
	Code  int
}

func (n *NotTaken) Error() string {
	if n.Code == 0 {
		return "mail: not taken, " + n.Stage
	}
	return fmt.Sprintf("mail: not taken, %s: %d", n.Stage, n.Code)
}

// Box keeps letters instead of sending them: the newest Size of them.
type Box struct {
	mu   sync.Mutex
	kept []Kept
}

// Kept is a letter in a box.
type Kept struct {
	Message
	At time.Time
}

// Size is how many letters a box keeps.
const Size = 500

// Send puts the letter into the box.
func (b *Box) Send(_ context.Context, m Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, Kept{m, time.Now()})
	if len(b.kept) > Size {
		b.kept = b.kept[len(b.kept)-Size:]
	}
	return nil
}

// Letters are the letters kept, newest first.
func (b *Box) Letters() []Kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Kept, len(b.kept))
	for i, k := range b.kept {
		out[len(b.kept)-1-i] = k
	}
	return out
}
