// Package fault is the closed set of ways in which something a person asked for
// can fail. Rooms return them; app/web turns each into one status, once.
package fault

import (
	"errors"
	"time"
)

// The kinds. Everything that is not one of them is a bug.
var (
	NotFound     = errors.New("not found")    // it is not there, or not there for you
	Forbidden    = errors.New("forbidden")    // you can see it, but this is not yours to do
	SignedOut    = errors.New("signed out")   // sign in first
	Conflict     = errors.New("conflict")     // somebody got there first
	Unacceptable = errors.New("unacceptable") // what was sent does not make sense
	TooLarge     = errors.New("too large")    // more than we take
	TooMany      = errors.New("too many")     // too often; wait
	Unavailable  = errors.New("unavailable")  // a part of the machine does not answer; try again
)

// said is a fault with a sentence for the person who asked.
type said struct {
	kind     error
	sentence string
	wait     time.Duration
}

func (s *said) Error() string { return s.kind.Error() + ": " + s.sentence }
func (s *said) Unwrap() error { return s.kind }

// Say makes a fault of a kind with the sentence a person will read. The sentence
// never contains what anybody typed.
func Say(kind error, sentence string) error { return &said{kind: kind, sentence: sentence} }

// Wait is Say with how long to wait before trying again.
func Wait(kind error, sentence string, wait time.Duration) error {
	return &said{kind: kind, sentence: sentence, wait: wait}
}

// Sentence is what a fault has to say to a person, or "".
func Sentence(err error) string {
	if s, ok := errors.AsType[*said](err); ok {
		return s.sentence
	}
	return ""
}

// After is how long a fault asks to wait, or 0.
func After(err error) time.Duration {
	if s, ok := errors.AsType[*said](err); ok {
		return s.wait
	}
	return 0
}
