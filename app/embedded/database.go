package embedded

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATEs this package knows what to do about.
const (
	wrongPassword     = "28P01"
	duplicateDatabase = "42P04"
)

// Database makes the named database if there is none of that name, and returns
// its address. Two processes may ask for the same one at once.
func (p *Postgres) Database(ctx context.Context, name string) (string, error) {
	c, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return "", fmt.Errorf("make database: %w", err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	var there bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return "", fmt.Errorf("make database: %w", err)
	}
	if there {
		return p.URL(name), nil
	}
	if _, err := c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil && sqlstate(err) != duplicateDatabase {
		return "", fmt.Errorf("make database: %w", err)
	}
	return p.URL(name), nil
}

// ping says whether the server lets us in.
func (p *Postgres) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return err
	}
	return c.Close(ctx)
}

func sqlstate(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
