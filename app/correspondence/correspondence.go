// Package correspondence helps to write what leaves a practice: the letter that ends a
// relationship, the card for a first hour, the answer to a review. Of patients it keeps
// nothing, and of what is typed into it nothing either.
package correspondence

import (
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
