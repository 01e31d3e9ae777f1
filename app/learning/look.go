package learning

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"hotline/app/triage"
)

const (
	// looksAgain is after how long another process's change is seen.
	looksAgain = 30 * time.Second
	// looksSoon is the same after a look that failed.
	looksSoon = 2 * time.Second
	// looksFor is how long a reading waits for a look before it goes on with the model
	// it had.
	looksFor = time.Second
	// loadsFor is how long a look may take, which goes on though nobody waits any more.
	loadsFor = 30 * time.Second
)

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

// model is what is read with now. One look at a time is under way: who reads until it has
// taken so long waits for it, who comes later reads with what there is.
func (s *Service) model(ctx context.Context, waits time.Duration) *triage.Model {
	s.mu.Lock()
	if s.looking == nil && !time.Now().Before(s.lookAt) {
		s.looking, s.lookedFrom = make(chan struct{}), time.Now()
		go s.look(s.looking)
	}
	looking, until := s.looking, s.lookedFrom.Add(waits)
	s.mu.Unlock()
	if looking != nil {
		patience, over := context.WithDeadline(ctx, until)
		defer over()
		select {
		case <-looking:
		case <-patience.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads == nil {
		return triage.Embedded()
	}
	return s.reads
}

// look loads what is in force, if it is not what is read with already, and says when it is
// over. A database that is closed meanwhile ends it with an error.
func (s *Service) look(over chan<- struct{}) {
	defer close(over)
	ctx, cancel := context.WithTimeout(context.Background(), loadsFor)
	defer cancel()
	for again := true; again; {
		again = s.looked(ctx)
	}
}

// looked is one look; true: something was changed here meanwhile, which it may not have seen.
func (s *Service) looked(ctx context.Context) bool {
	s.mu.Lock()
	reads, of := s.reads, s.of
	s.lookAt = time.Now().Add(looksAgain)
	s.mu.Unlock()
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		is, err := standingOf(q)
		if err != nil || reads != nil && is == of {
			return err
		}
		reads, err = modelOf(q, is)
		of = is
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		// Not why: an error of the lexicon's quotes what somebody typed.
		slog.Warn("triage reads with what it had: the model in force could not be read")
		s.lookAt = time.Now().Add(looksSoon)
	} else {
		s.reads, s.of = reads, of
	}
	if s.lookAt.IsZero() {
		return true
	}
	s.looking = nil
	return false
}

// forget has the next reading look again at once, and a look that is under way look twice.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookAt = time.Time{}
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
