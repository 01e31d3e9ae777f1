// Package correspondence helps to write what leaves a practice: the letter that ends a
// relationship, the card for a first hour, the answer to a review.
package correspondence

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

// NoticeEndsJob tells a physician that a notice period is about to end.
type NoticeEndsJob struct {
	NoticeID int64 `json:"notice_id"`
}

func (NoticeEndsJob) Kind() string  { return "correspondence:notice_ends" }
func (NoticeEndsJob) Queue() string { return "low" }

// TellNoticeEnds writes to whoever asked to be reminded of a notice, if it still runs.
func (s *Service) TellNoticeEnds(ctx context.Context, by actor.Actor, noticeID int64) error {
	return nil
}
