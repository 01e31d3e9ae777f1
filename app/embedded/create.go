package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// create makes the data with initdb, unless it is there. It is made beside and
// renamed, so that a killed initdb never leaves half a database.
func (p *Postgres) create(ctx context.Context) error {
	var err error
	if p.password, err = readPassword(p.passwordFile()); err != nil {
		return unwritable(p.dir, err)
	}
	if major, err := dataMajor(p.data); err != nil || major != 0 {
		if err == nil && p.password == "" {
			return p.lostPassword()
		}
		return err
	}
	// an empty folder in the way is taken, any other is somebody's
	if err := os.Remove(p.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Advice{"The folder " + p.data + " holds something that is not a PostgreSQL database (" + reason(err) + "). Move it away, or choose another folder with --dir FOLDER."}
	}
	if p.password == "" {
		if err := p.newPassword(); err != nil {
			return err
		}
	}
	next := p.data + ".new"
	if err := p.emptyFolder(next); err != nil {
		return unwritable(p.dir, err)
	}
	if err := p.initdb(ctx, next); err != nil {
		os.RemoveAll(next)
		return err
	}
	if !p.throwaway {
		syscall.Sync() // one for all, where initdb would wait for a thousand files in turn
	}
	if err := os.Rename(next, p.data); err != nil {
		return unwritable(p.dir, err)
	}
	return nil
}

func (p *Postgres) emptyFolder(name string) error {
	if err := os.RemoveAll(name); err != nil {
		return err
	}
	if err := os.Mkdir(name, 0o700); err != nil {
		return err
	}
	return p.as.give(name)
}

// initdb fills an empty folder. Bytes order text (locale C) because that is
// fastest; people's names are ordered by an ICU collation where they are read.
func (p *Postgres) initdb(ctx context.Context, data string) error {
	secret := filepath.Join(p.run, "new-password")
	if err := os.WriteFile(secret, []byte(p.password+"\n"), 0o600); err != nil {
		return unwritable(p.dir, err)
	}
	defer os.Remove(secret)
	if err := p.as.give(secret); err != nil {
		return unwritable(p.dir, err)
	}
	args := []string{
		"-D", data, "-U", Superuser, "-A", "scram-sha-256", "--pwfile=" + secret,
		"-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions", "--no-sync",
	}
	var said bytes.Buffer
	cmd := p.command("initdb", args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	c, err := pinned(cmd)
	if err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	select {
	case <-c.gone:
	case <-ctx.Done():
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its own group; half a database is thrown away
		<-c.gone
		return ctx.Err()
	}
	switch {
	case c.err == nil:
		return nil
	case strings.Contains(said.String(), "could not look up effective user ID"):
		return Advice{fmt.Sprintf("This process runs as user number %d, which has no name on this system, and PostgreSQL cannot be set up by a user without one. Give that user a line in /etc/passwd, or %s.", os.Geteuid(), bringYourOwn)}
	}
	return Advice{"PostgreSQL's initdb could not make the database in " + p.dir + ". It said: " + lastLines(said.String())}
}

// dataMajor is the major version that made the data; 0 when there is none.
func dataMajor(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, unwritable(filepath.Dir(data), err)
	}
	var major int
	if _, err := fmt.Sscan(string(b), &major); err != nil {
		return 0, Advice{"The file " + filepath.Join(data, "PG_VERSION") + " does not name a PostgreSQL version. Put the folder back from a backup, or remove " + data + " and start again with an empty database."}
	}
	return major, nil
}

// lastLines is the end of what a program said, on one line.
func lastLines(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	lines = lines[max(0, len(lines)-6):]
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, " / ")
}
