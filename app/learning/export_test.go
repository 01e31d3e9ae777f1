package learning

import (
	"time"

	"hotline/app/triage"
)

// Knowing makes a room teach with a corpus of its own.
func Knowing(s *Service, corpus []triage.Example) *Service {
	s.corpus = func() []triage.Example { return append([]triage.Example(nil), corpus...) }
	return s
}

// Waiting makes a room's readings wait for the database so long, and no shorter on a slow
// machine.
func Waiting(s *Service, most time.Duration) *Service {
	s.waits = most
	return s
}

// Told and Stripped are what a model may learn from texts.
type Told struct {
	Physician int64
	Text      string
}

func Stripped(all []Told) []string {
	texts := make([]told, len(all))
	for i, t := range all {
		texts[i] = told{t.Physician, t.Text}
	}
	return withoutSecrets(texts, commonGround())
}

// Refused is the gate.
var Refused = refused
