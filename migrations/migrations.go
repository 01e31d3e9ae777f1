// Package migrations is the ground: the schema, as numbered SQL, and the rights
// that web and worker have on it.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

//go:embed grants.sql
var grants string

// Up brings the schema up to date, under a session lock so that two starts at
// once do it once, and then sets the rights of the role hotline_app where it exists.
// The connection needs to own the schema. It returns how many migrations ran.
func Up(ctx context.Context, db *sql.DB) (int, error) {
	p, err := provider(db)
	if err != nil {
		return 0, err
	}
	ran, err := p.Up(ctx)
	if err != nil {
		return len(ran), fmt.Errorf("migrate: %w", err)
	}
	if _, err := db.ExecContext(ctx, grants); err != nil {
		return len(ran), fmt.Errorf("migrate: rights of hotline_app: %w", err)
	}
	return len(ran), nil
}

// Down undoes every migration. For tests: nothing in the program calls it.
func Down(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, 0)
	return err
}

// Pending says whether the database lacks a migration this program has, and
// Ahead whether it has one this program does not know.
func Pending(ctx context.Context, db *sql.DB) (pending, ahead bool, err error) {
	p, err := provider(db)
	if err != nil {
		return false, false, err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return false, false, err
	}
	return have < want, have > want, nil
}

// Fingerprint names this exact set of files, for test templates.
func Fingerprint() string {
	sum := sha256.New()
	names, _ := fs.Glob(files, "*.sql")
	for _, name := range names {
		body, _ := files.ReadFile(name)
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

func provider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, numbered{files}, goose.WithSessionLocker(locker))
}

// numbered hides from goose the files that are not migrations.
type numbered struct{ fs.FS }

func (n numbered) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(n.FS, name)
	kept := all[:0:0]
	for _, e := range all {
		if e.Name()[0] >= '0' && e.Name()[0] <= '9' {
			kept = append(kept, e)
		}
	}
	return kept, err
}
