// Package report answers what the manager asks of the past: who carries what, and how long it took.
package report

import "hotline/app/database"

// Service reads anything and writes nothing but the record of an export.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New gives the reports of this database.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }
