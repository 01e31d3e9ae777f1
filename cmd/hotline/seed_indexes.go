package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// seedIndex is an index that is made again after the rows are there.
type seedIndex struct{ name, drop, make string }

// dropIndexes drops every index of the tables that a seed fills, but for primary
// keys and what foreign keys stand on, and says how to make each again. They are
// read from the database, so that a new one is never forgotten.
func (l *load) dropIndexes(ctx context.Context) ([]seedIndex, error) {
	names := make([]string, len(seedTables))
	for i, t := range seedTables {
		names[i] = t.name
	}
	found, err := l.tx.Query(ctx, `
		SELECT i.indexrelid::regclass::text,
			CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
				ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END,
			CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
				ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END
		FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
		WHERE i.indrelid = ANY($1::regclass[]) AND NOT i.indisprimary
			AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
		ORDER BY i.indexrelid`, names)
	if err != nil {
		return nil, err
	}
	indexes, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (i seedIndex, err error) {
		return i, row.Scan(&i.name, &i.drop, &i.make)
	})
	if err != nil {
		return nil, err
	}
	for _, i := range indexes {
		if _, err := l.tx.Exec(ctx, i.drop); err != nil {
			return nil, fmt.Errorf("index %s: %w", i.name, err)
		}
	}
	return indexes, nil
}
