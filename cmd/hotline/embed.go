package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"

	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/migrations"
)

func notice(words string) { fmt.Fprintln(os.Stderr, words) }

// databaseName is what an embedded database is called.
const databaseName = "hotline"

// prepare makes the database of an embedded Postgres, with the role that can add to
// the record and not change it, and brings its schema up to date.
func prepare(ctx context.Context, pg *embedded.Postgres) (url string, err error) {
	if url, err = pg.Database(ctx, databaseName); err != nil {
		return "", err
	}
	return url, migrate(ctx, url)
}

// migrate makes the application's role where the user may, and brings the schema up
// to date.
func migrate(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return putRight("the database does not answer. Check its address and that Postgres is up.")
	}
	_, err = conn.Exec(ctx, `DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '`+database.AppRole+`')
		   AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
			CREATE ROLE `+database.AppRole+`;
			EXECUTE format('GRANT `+database.AppRole+` TO %I', current_user);
		END IF;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
	conn.Close(ctx)
	if err != nil {
		return fmt.Errorf("migrate: role: %w", err)
	}
	sql, err := openSQL(url)
	if err != nil {
		return err
	}
	defer sql.Close()
	ran, err := migrations.Up(ctx, sql)
	if err == nil && ran > 0 {
		fmt.Fprintf(os.Stderr, "schema: %d migrations ran\n", ran)
	}
	return err
}
