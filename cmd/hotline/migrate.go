package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver goose works through
)

type migrateCmd struct{}

// Run brings the schema up to date. MIGRATE_DATABASE_URL, when set, names a user who
// owns the schema; web and worker then need not.
func (migrateCmd) Run(ctx context.Context) error {
	c, err := readConfig(needs{database: true})
	if err != nil {
		return err
	}
	url := c.DatabaseURL
	if c.MigrateURL != "" {
		url = c.MigrateURL
	}
	if _, ok := embeddedDir(url); ok {
		f, err := c.services(ctx, false) // starting it brings it up to date
		if err != nil {
			return err
		}
		f.stop()
	} else if err := migrate(ctx, url); err != nil {
		return err
	}
	fmt.Println("the schema is up to date")
	return nil
}

func openSQL(url string) (*sql.DB, error) { return sql.Open("pgx", url) }
