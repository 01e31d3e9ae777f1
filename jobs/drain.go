package jobs

import (
	"context"
	"fmt"

	"hotline/app/database"
	"hotline/app/mail"
	"hotline/app/outbox"
)

// Drain carries out, here and now, every promise that is due at the database's set
// clock, without a queue, until none is left. For loading a past: its letters go
// nowhere, so that nothing old is announced.
func Drain(ctx context.Context, db *database.DB, rooms Rooms, o Options) error {
	o.Sender = nowhere{}
	w := &Worker{db: db, rooms: rooms, o: o}
	all, outlet := works(rooms, w.postman()), outbox.NewOutlet(db)
	for {
		rows, err := outlet.Claim(ctx, db.Now(), batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			do, known := all[row.Kind]
			if !known {
				return fmt.Errorf("%s: %w", row.Kind, errUnknown)
			}
			if err := do(ctx, row.ID, row.Args); err != nil {
				return fmt.Errorf("%s: %w", row.Kind, err)
			}
		}
	}
}

// nowhere takes letters and keeps none.
type nowhere struct{}

func (nowhere) Send(context.Context, mail.Message) error { return nil }
