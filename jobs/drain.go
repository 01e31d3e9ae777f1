package jobs

import (
	"context"
	"fmt"

	"gorm.io/gorm"

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
	all := works(rooms, w.postman())
	for {
		var rows []outbox.Row
		err := db.Write(ctx, func(tx *gorm.DB) (err error) {
			if rows, err = outbox.Take(tx, db.Now(), batch); err != nil {
				return err
			}
			ids := make([]int64, len(rows))
			for i, row := range rows {
				ids[i] = row.ID
			}
			return outbox.Sent(tx, ids)
		})
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
