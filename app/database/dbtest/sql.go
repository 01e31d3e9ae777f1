package dbtest

import (
	"database/sql"
	"strconv"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that database/sql knows as pgx
)

// OpenSQL opens a database for goose.
func OpenSQL(url string) (*sql.DB, error) { return sql.Open("pgx", url) }

func port(p uint16) string { return strconv.Itoa(int(p)) }
