package dbtest

import (
	"database/sql"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that database/sql knows as pgx
)

// OpenSQL opens a database for goose.
func OpenSQL(url string) (*sql.DB, error) { return sql.Open("pgx", url) }
