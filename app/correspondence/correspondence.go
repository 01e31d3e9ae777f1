// Package correspondence helps to write what leaves a practice: the letter that ends a
// relationship, the card for a first hour, the answer to a review. Who a patient is it
// never learns, and of a letter or a reply it keeps no word.
package correspondence

import "hotline/app/database"

// Service is the room.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }
