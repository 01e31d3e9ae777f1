package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// ownDemo makes sure that the database is the demo's to fill: empty, or marked as
// its own. A half-loaded one (the demo was killed while it loaded) and, with reset,
// a loaded one are emptied first; any other is refused.
func (s *state) ownDemo(ctx context.Context, reset bool) error {
	conn, err := pgx.Connect(ctx, s.owner)
	if err != nil {
		return putRight("the database does not answer. Check its address and that Postgres is up.")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	mark, err := readMark(ctx, conn)
	if err != nil {
		return err
	}
	switch {
	case mark == foreign:
		return putRight("this database holds something that is not a demo, so nothing was touched. Give an empty one.")
	case mark == loaded && reset, mark == halfLoaded:
		if _, err := conn.Exec(ctx, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
			return putRight("the demo's data could not be thrown away: the database's user does not own it.")
		}
	}
	if err := migrate(ctx, s.owner); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "UPDATE installation SET demo = true WHERE NOT demo")
	return err
}

type mark int

const (
	empty mark = iota
	foreign
	halfLoaded
	loaded
)

// readMark says whose a database is.
func readMark(ctx context.Context, conn *pgx.Conn) (mark, error) {
	var tables int
	var ours bool
	err := conn.QueryRow(ctx, `SELECT count(*), coalesce(bool_or(table_name = 'installation'), false)
		FROM information_schema.tables WHERE table_schema = 'public'`).Scan(&tables, &ours)
	if err != nil {
		return empty, err
	}
	if tables == 0 {
		return empty, nil
	}
	if !ours {
		return foreign, nil
	}
	var demo, whole, people bool
	if err := conn.QueryRow(ctx, "SELECT demo, loaded, EXISTS (SELECT FROM users) FROM installation").Scan(&demo, &whole, &people); err != nil {
		return foreign, nil //nolint:nilerr // tables of that name that are not ours
	}
	switch {
	case demo && whole:
		return loaded, nil
	case demo:
		return halfLoaded, nil
	case people:
		return foreign, nil
	}
	return empty, nil
}

// markLoaded says that everything is there.
func (s *state) markLoaded(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.owner)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "UPDATE installation SET loaded = true")
	return err
}

func (s *state) isLoaded(ctx context.Context) (bool, error) {
	conn, err := pgx.Connect(ctx, s.owner)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	m, err := readMark(ctx, conn)
	return m == loaded, err
}
