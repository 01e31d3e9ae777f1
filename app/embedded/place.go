package embedded

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// place is where one database lives, and the user it runs as. The folder
// itself, the lock, the password and the log belong to us; data and run belong
// to that user.
type place struct {
	as   account
	dir  string
	data string // PostgreSQL's data
	run  string // its socket; the owner makes it, who attaches asks the server
	made bool   // this process made dir, as a temporary folder
}

// closed is a folder the database's user cannot enter; at is the part of its
// path that keeps them out.
type closed struct{ dir, at, user string }

func (c closed) Error() string {
	says := "The database cannot live in " + c.dir + ": PostgreSQL refuses to run as root and so runs as the system user “" + c.user + "”, who may not enter " + c.at + ". Choose a folder that user can reach, for example --dir " + stateFolder()
	if c.at == c.dir {
		return says + ", or let them in with: chmod o+x " + c.dir
	}
	return says + ", or run Hotline as an ordinary user."
}

// settle decides on a folder and makes it; state is where a default goes that
// the database's user cannot reach.
func settle(o Options, state string) (place, error) {
	if o.Dir == "" && o.Throwaway {
		return settleThrowaway()
	}
	if o.Dir == "" {
		return place{}, Advice{"No folder was given for the database. Name one with --dir FOLDER, or " + bringYourOwn + "."}
	}
	at, err := settleIn(o.Dir)
	shut, isShut := errors.AsType[closed](err)
	if !isShut {
		return at, err
	}
	if !o.Default {
		return at, Advice{shut.Error()}
	}
	at, err = settleIn(state)
	if other, ok := errors.AsType[closed](err); ok {
		return at, Advice{other.Error()}
	}
	if err == nil {
		o.Notice("PostgreSQL runs as the system user “" + shut.user + "”, who may not enter " + shut.at + ", so the database lives in " + at.dir + " instead of " + shut.dir + ".")
	}
	return at, err
}

// settleIn makes dir, or says why it cannot.
func settleIn(dir string) (place, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, err
	}
	as, err := accountFor(dir)
	if err != nil {
		return place{}, err
	}
	if err := reach(dir, as); err != nil {
		return place{}, err
	}
	if err := makeFolder(dir, as); err != nil {
		return place{}, unwritable(dir, err)
	}
	// one folder has one name: the lock, the socket and the running server's
	// command line are compared by it
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return place{}, unwritable(dir, err)
	}
	return place{as: as, dir: dir, data: filepath.Join(dir, "pgdata")}, nil
}

// reach says whether the user can enter dir, or what exists of it.
func reach(dir string, as account) error {
	if !as.other {
		return nil
	}
	at := dir
	for {
		fi, err := os.Stat(at)
		if err == nil && !fi.IsDir() {
			return unwritable(dir, &fs.PathError{Op: "enter", Path: at, Err: syscall.ENOTDIR})
		}
		if err == nil || at == "/" {
			break
		}
		at = filepath.Dir(at)
	}
	if as.passes(at) == nil {
		return nil
	}
	first := "/"
	for part := range strings.SplitSeq(strings.Trim(at, "/"), "/") {
		if first = filepath.Join(first, part); as.passes(first) != nil {
			break
		}
	}
	return closed{dir: dir, at: first, user: as.name}
}

// makeFolder makes dir and its missing parents: closed to everyone else, or
// passable, but not readable, when the database runs as another user. A strict
// umask would take that passage away, so the mode is set before the folder gets
// its name: whoever starts at the same moment never sees it shut.
func makeFolder(dir string, as account) error {
	return inFolder(func() error { return tryFolder(dir, as) })
}

// inFolder makes something in a folder. Whoever made that folder at the same moment may put
// theirs, empty still, in its place while it is being looked into: then it is done again.
func inFolder(do func() error) error {
	for tries := 0; ; tries++ {
		if err := do(); !errors.Is(err, fs.ErrNotExist) || tries == 100 {
			return err
		}
	}
}

func tryFolder(dir string, as account) error {
	if fi, err := os.Stat(dir); err == nil {
		if !fi.IsDir() {
			return &fs.PathError{Op: "make folder", Path: dir, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if err := makeFolder(filepath.Dir(dir), as); err != nil {
		return err
	}
	if !as.other {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	}
	side, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".")
	if err != nil {
		return err
	}
	if err = os.Chmod(side, 0o711); err == nil {
		err = os.Rename(side, dir)
	}
	if err != nil {
		os.Remove(side)
	}
	if errors.Is(err, fs.ErrExist) { // somebody was quicker: it is there, and in use
		return nil
	}
	return err
}

// stateFolder is the system's own place for the data of a service.
func stateFolder() string {
	if runtime.GOOS == "linux" {
		return "/var/lib/hotline"
	}
	return "/usr/local/var/hotline"
}

// unwritable puts a failure to write in dir into words.
func unwritable(dir string, err error) error {
	return Advice{"The folder " + dir + " cannot be used for the database (" + reason(err) + "). Choose one you may write in with --dir FOLDER; if the database was started by another user before, start it as that user; or " + bringYourOwn + "."}
}
