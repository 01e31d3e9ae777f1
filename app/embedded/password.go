package embedded

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func (p *Postgres) passwordFile() string { return filepath.Join(p.dir, "db-password") }

// readPassword is the password on file; "" when there is none.
func readPassword(name string) (string, error) {
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// newPassword puts a fresh password on file before there is data that needs
// it, so that a process killed in between locks nobody out.
func (p *Postgres) newPassword() error {
	p.password = strings.ToLower(rand.Text())
	next := p.passwordFile() + ".new"
	if err := os.WriteFile(next, []byte(p.password+"\n"), 0o600); err != nil {
		return unwritable(p.dir, err)
	}
	if err := os.Rename(next, p.passwordFile()); err != nil {
		return unwritable(p.dir, err)
	}
	return nil
}

// lostPassword is the advice for data nobody can sign in to.
func (p *Postgres) lostPassword() error {
	return Advice{"The password in " + p.passwordFile() + " is missing or does not fit the database beside it. Put the right file back, for example from a backup; or, if nothing in it is needed, remove " + p.data + " and start again with an empty database."}
}
