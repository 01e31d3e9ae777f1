// Package learning keeps what triage knows: the edited lexicon, the labels that people's
// corrections make, and the models made of them.
package learning

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
	"hotline/app/triage"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
	// corpus is what every model is made of; a test takes a smaller one.
	corpus func() []triage.Example

	mu       sync.Mutex
	reads    *triage.Model // what is read with; nil: not looked yet
	of       standing      // what it was made of
	lookedAt time.Time
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now, corpus: triage.Corpus} }

// looksAgain is after how long another process's change is seen.
const looksAgain = 30 * time.Second

// looksFor is how long a reading waits for the database before it goes on with the model
// it had.
const looksFor = time.Second

// Read says what a text is about, with the model in force and the lexicon in force. The
// text goes nowhere. Where the database does not answer, what was read with before is read
// with again, or what came with the program.
func (s *Service) Read(ctx context.Context, text string) triage.Reading {
	return triage.Read(s.model(ctx), text)
}

// standing is what a reading depends on: the row of models_in_force and the last change of
// the lexicon, 0 where there is none.
type standing struct {
	InForce, Lexicon int64
}

func standingOf(q *gorm.DB) (standing, error) {
	var of standing
	err := q.Raw(`SELECT coalesce((SELECT max(id) FROM models_in_force), 0) AS in_force,
		coalesce((SELECT max(id) FROM lexicon_changes), 0) AS lexicon`).Scan(&of).Error
	return of, err
}

// model is what is read with now.
func (s *Service) model(ctx context.Context) *triage.Model {
	s.mu.Lock()
	reads, was := s.reads, s.of
	fresh := reads != nil && time.Since(s.lookedAt) < looksAgain
	if !fresh {
		s.lookedAt = time.Now() // whoever comes meanwhile reads with what there is
	}
	s.mu.Unlock()
	if fresh {
		return reads
	}
	// Nobody waits for this: a page that is being typed into reads without it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), looksFor)
	defer cancel()
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		of, err := standingOf(q)
		if err != nil || reads != nil && of == was {
			return err
		}
		m, err := modelOf(q, of)
		if err == nil {
			reads, was = m, of
		}
		return err
	})
	if err != nil {
		slog.Warn("triage reads with what it had: the model in force could not be read")
	}
	if reads == nil {
		return triage.Embedded()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads == nil || was.InForce >= s.of.InForce && was.Lexicon >= s.of.Lexicon {
		s.reads, s.of = reads, was
	}
	return s.reads
}

// forget has the next reading look again at once.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookedAt = time.Time{}
}

// modelOf is the model in force, reading with the lexicon in force. A model that an older
// or a newer program wrote and this one cannot read gives way to the one it came with.
func modelOf(q *gorm.DB, of standing) (*triage.Model, error) {
	m := triage.Embedded()
	if of.InForce != 0 {
		var bytes []byte
		err := q.Raw(`SELECT m.bytes FROM models_in_force f JOIN models m ON m.id = f.model_id WHERE f.id = ?`, of.InForce).Row().Scan(&bytes)
		if err != nil && !isNone(err) {
			return nil, err
		}
		if len(bytes) > 0 {
			kept := &triage.Model{}
			if err := kept.UnmarshalBinary(bytes); err != nil {
				slog.Warn("triage reads with what it came with: the model in force is not readable by this version")
			} else {
				m = kept
			}
		}
	}
	lex, err := lexiconAt(q, of.Lexicon)
	if err != nil {
		return nil, err
	}
	if same(lex, m.Lexicon()) {
		return m, nil
	}
	return m.WithLexicon(lex)
}

func same(a, b triage.Lexicon) bool {
	one, err1 := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(one) == string(other)
}
