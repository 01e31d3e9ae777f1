package whatif

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/outbox"
)

// The lock of whoever plays: one in the whole installation. A replay holds a world in
// memory and a worker's place for minutes; several at once would leave none for mail.
// The desk's Turn is 7301.
const (
	playClass = 7302
	playKey   = 0
)

// putOff is how long a replay waits that finds another being played.
const putOff = 5 * time.Second

// alone takes the one place to play in, if it is free; leave gives it back. The place
// belongs to a connection of its own, outside the pool: if the process dies, so does
// the connection, and the place is free.
func (s *Service) alone(ctx context.Context) (leave func(), free bool, err error) {
	pooled, err := s.db.Pool().Acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	if err := pooled.QueryRow(ctx, `SELECT pg_try_advisory_lock($1::int, $2::int)`, playClass, playKey).Scan(&free); err != nil || !free {
		if err != nil { // the answer may be lost and the place taken
			_ = pooled.Conn().Close(ctx)
		}
		pooled.Release()
		return nil, false, err
	}
	own := pooled.Hijack()
	return func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), spare)
		defer stop()
		// Said first, for the server notices the end of a connection a little later.
		_, _ = own.Exec(ctx, `SELECT pg_advisory_unlock($1::int, $2::int)`, playClass, playKey)
		_ = own.Close(ctx)
	}, true, nil
}

// later promises a replay again, and closes the promise at hand.
func (s *Service) later(ctx context.Context, by actor.Actor, id int64) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if fresh, err := outbox.Begin(tx, by, now); err != nil || !fresh {
			return err
		}
		return outbox.PromiseAt(tx, ReplayJob{ReplayID: id}, now.Add(putOff))
	})
}
