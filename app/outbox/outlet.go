package outbox

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
)

// Outlet is the outbox from the relay's side: each method is one transaction that
// holds the promises it speaks of.
type Outlet struct{ db *database.DB }

// NewOutlet opens the relay's side.
func NewOutlet(db *database.DB) *Outlet { return &Outlet{db} }

// Carry hands up to limit promises that are due to send, which says which it brought
// to their queue, which cannot be sent for themselves and wait, and what ended the
// batch early, if anything did. It returns how many were sent.
func (o *Outlet) Carry(ctx context.Context, now func() time.Time, limit int,
	send func(rows []Row) (sent []int64, later []Row, ended error)) (n int, err error) {
	var ended error
	err = o.db.Write(ctx, func(tx *gorm.DB) error {
		rows, err := Take(tx, now(), limit)
		if err != nil {
			return err
		}
		var sent []int64
		var later []Row
		sent, later, ended = send(rows)
		for _, row := range later {
			if err := Later(tx, row, now(), "not sent"); err != nil {
				return err
			}
		}
		n = len(sent)
		return Sent(tx, sent)
	})
	return n, errors.Join(err, ended)
}

// LookUp goes through up to limit promises sent before a time and not done: those
// that forgotten says their queue has forgotten are made ready to be sent again. It
// returns how many it looked at.
func (o *Outlet) LookUp(ctx context.Context, sentBefore time.Time, limit int, forgotten func(Row) (bool, error)) (seen int, err error) {
	err = o.db.Write(ctx, func(tx *gorm.DB) error {
		rows, err := Overdue(tx, sentBefore, limit)
		if err != nil {
			return err
		}
		seen = len(rows)
		var there []int64
		for _, row := range rows {
			gone, err := forgotten(row)
			if err != nil {
				return err
			}
			if !gone {
				there = append(there, row.ID)
				continue
			}
			if err := Again(tx, row.ID); err != nil {
				return err
			}
		}
		return StillThere(tx, there)
	})
	return seen, err
}

// Claim takes up to limit promises that are due, to be carried out without a queue.
func (o *Outlet) Claim(ctx context.Context, now time.Time, limit int) (rows []Row, err error) {
	err = o.db.Write(ctx, func(tx *gorm.DB) error {
		if rows, err = Take(tx, now, limit); err != nil {
			return err
		}
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		return Sent(tx, ids)
	})
	return rows, err
}
