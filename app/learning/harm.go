package learning

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"hotline/app/fault"
	"hotline/app/triage"
)

// Misses says that a change of the lexicon would read the questions we know worse. It is
// Unacceptable until somebody says they are sure.
type Misses struct{ Says string }

func (m *Misses) Error() string { return "unacceptable: the change would read known questions worse" }
func (m *Misses) Unwrap() error { return fault.Unacceptable }

// harm reads the questions we know as they are read now and as they would be: a trigger
// must be found where it is labelled, and hardly more often where it is not; topics must
// hardly be found less often, and no critical question less.
func (s *Service) harm(ctx context.Context, part, body string) error {
	now := s.model(ctx, loadsFor)
	var lex triage.Lexicon
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		of, err := standingOf(q)
		if err == nil {
			lex, err = lexiconAt(q, of.Lexicon)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := put(&lex, part, []byte(body)); err != nil {
		return err
	}
	then, err := now.WithLexicon(lex)
	if err != nil {
		return fault.Say(fault.Unacceptable, "Put together, these phrases cannot be read.")
	}
	known := s.corpus()
	was, is := triage.Evaluate(now, known), triage.Evaluate(then, known)
	hundredth := len(known) / 100
	if code, ok := strings.CutPrefix(part, "trigger:"); ok {
		was, is := ofTrigger(was, code), ofTrigger(is, code)
		if is.Recall.K < was.Recall.K {
			return &Misses{fmt.Sprintf("It would be found in %d of the %d questions known to have it; now it is %d.", is.Recall.K, is.Recall.N, was.Recall.K)}
		}
		more, less := is.Precision.N-is.Precision.K, was.Precision.N-was.Precision.K
		if more-less > hundredth {
			return &Misses{fmt.Sprintf("It would be raised in %d of the questions known not to have it; now it is %d.", more, less)}
		}
	}
	switch {
	case is.Caught.K < was.Caught.K:
		return &Misses{fmt.Sprintf("%d of the %d critical questions we know would be caught; now it is %d.", is.Caught.K, is.Caught.N, was.Caught.K)}
	case was.Topic.K-is.Topic.K > hundredth:
		return &Misses{fmt.Sprintf("The topic would be right in %d of the %d questions we know; now it is %d.", is.Topic.K, is.Topic.N, was.Topic.K)}
	}
	return nil
}

func ofTrigger(s triage.Score, code string) triage.TriggerScore {
	for _, t := range s.Triggers {
		if t.Code == code {
			return t
		}
	}
	return triage.TriggerScore{}
}

// ReadWith reads a text as it would be read with another lexicon, which is not kept. An
// error is a lexicon that cannot be read.
func (s *Service) ReadWith(ctx context.Context, lex triage.Lexicon, text string) (triage.Reading, error) {
	m, err := s.model(ctx, loadsFor).WithLexicon(lex)
	if err != nil {
		return triage.Reading{}, err
	}
	return triage.Read(m, text), nil
}
