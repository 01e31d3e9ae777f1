// Package learning keeps what triage knows: the edited lexicon, the labels that people's
// corrections make, and the models made of them.
package learning

import (
	"context"
	"sync"
	"time"

	"hotline/app/database"
	"hotline/app/triage"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
	// corpus is what every model is made of, and a change of the lexicon is tried on; a test
	// takes a smaller one.
	corpus func() []triage.Example
	// waits is looksFor; a test waits longer.
	waits time.Duration

	mu         sync.Mutex
	reads      *triage.Model // what is read with; nil: nothing was loaded yet
	of         standing      // what it was made of
	lookAt     time.Time     // when to look at the database again
	looking    chan struct{} // a look is under way, closed once it is over; nil: none is
	lookedFrom time.Time     // when it began
}

// New makes the room.
func New(db *database.DB) *Service {
	return &Service{db: db, now: db.Now, corpus: triage.Corpus, waits: looksFor}
}

// Read says what a text is about, with the model in force and the lexicon in force. The
// text goes nowhere. Where the database does not answer, what was read with before is read
// with again, or what came with the program.
func (s *Service) Read(ctx context.Context, text string) triage.Reading {
	return triage.Read(s.model(ctx, s.waits), text)
}

// Try is Read for somebody who tries what they have just changed: it waits until that is
// loaded, for half a minute at most.
func (s *Service) Try(ctx context.Context, text string) triage.Reading {
	return triage.Read(s.model(ctx, loadsFor), text)
}
