package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	lockName = "embedded.lock"

	patience  = 5 * time.Second        // for one answer of a server that runs
	ownerWait = 60 * time.Second       // for another process to bring its database up
	pause     = 10 * time.Millisecond  // between two looks
	longPause = 200 * time.Millisecond // between two tries that cost something
)

// own takes the folder's lock, or attaches to the database of the process that
// holds it, whichever comes first: that process may still be making the data,
// or be on its way out. The system frees the lock when its holder ends,
// however it ends.
func (p *Postgres) own(ctx context.Context) error {
	name := filepath.Join(p.dir, lockName)
	deadline := time.Now().Add(ownerWait)
	for {
		lock, err := openLock(name)
		if err != nil {
			return unwritable(p.dir, err)
		}
		err = tryLock(lock)
		switch {
		case err == nil && sameFile(lock, name):
			p.lock = lock
			return p.sign()
		case err == nil: // a throwaway's lock, removed while we opened it
		case errors.Is(err, syscall.EWOULDBLOCK):
			if err := p.attach(ctx); err != nil {
				lock.Close()
				return err
			}
			// an owner killed meanwhile leaves a server that still answered
			if p.attached && errors.Is(tryLock(lock), syscall.EWOULDBLOCK) {
				lock.Close()
				return nil
			}
			p.attached = false
		default:
			lock.Close()
			return unwritable(p.dir, fmt.Errorf("lock: %w", err))
		}
		holder := readHolder(lock)
		lock.Close()
		if time.Now().After(deadline) {
			return Advice{"Another process" + holder + " owns the database in " + p.dir + ", but that database does not answer. End that process, or choose another folder with --dir FOLDER; " + p.LogFile() + " may say what keeps it."}
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// openLock opens the lock's file, and makes it.
func openLock(name string) (lock *os.File, err error) {
	err = inFolder(func() error {
		lock, err = os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		return err
	})
	return lock, err
}

// attach uses the database of another process if it is ready. An owner that is
// not there yet is no error: the caller looks again.
func (p *Postgres) attach(ctx context.Context) error {
	m, ok := readPostmaster(p.data)
	if !ok || !m.ready {
		return nil
	}
	password, err := readPassword(p.passwordFile())
	if err != nil {
		return unwritable(p.dir, err)
	}
	if password == "" {
		return nil
	}
	// the owner's socket folder, which may follow a TMPDIR that is not ours
	p.password, p.run = password, m.sockets
	if err = p.ping(ctx); err == nil {
		p.attached = true
		return nil
	}
	if sqlstate(err) == wrongPassword {
		return p.lostPassword()
	}
	return ctx.Err()
}

// sign leaves our number in the lock, for the message of whoever waits for it.
func (p *Postgres) sign() error {
	if err := p.lock.Truncate(0); err != nil {
		return unwritable(p.dir, err)
	}
	if _, err := fmt.Fprintf(p.lock, "%d\n", os.Getpid()); err != nil {
		return unwritable(p.dir, err)
	}
	return nil
}

// leave lets go of the folder, once; a throwaway's contents go with it.
func (p *Postgres) leave() error {
	if p.lock == nil {
		return nil
	}
	var err error
	if p.throwaway {
		err = p.discard()
	}
	if p.run != "" && filepath.Dir(p.run) != p.dir {
		os.Remove(p.run) // empty again; kept if it is not
	}
	p.lock.Close()
	p.lock = nil
	return err
}

func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

func readHolder(lock *os.File) string {
	b := make([]byte, 20)
	n, err := lock.ReadAt(b, 0)
	if n == 0 || (err != nil && err != io.EOF) {
		return ""
	}
	return " (number " + strings.TrimSpace(string(b[:n])) + ")"
}

func sameFile(open *os.File, name string) bool {
	a, err1 := open.Stat()
	b, err2 := os.Stat(name)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// wait sleeps, but not longer than ctx lasts.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
