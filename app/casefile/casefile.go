// Package casefile gathers what a consultation came to: the written summary, what was
// agreed, and the file that can be kept.
package casefile

import (
	"context"

	"hotline/app/actor"
	"hotline/app/database"
)

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// StepDueJob tells whose a step is that its day has come.
type StepDueJob struct {
	StepID int64 `json:"step_id"`
}

func (StepDueJob) Kind() string  { return "casefile:step_due" }
func (StepDueJob) Queue() string { return "low" }

// TellStepDue writes to whose a step is, if it is still to be done.
func (s *Service) TellStepDue(ctx context.Context, by actor.Actor, stepID int64) error { return nil }
