package embedded

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user PostgreSQL runs as. PostgreSQL refuses root, so
// root hands it to somebody else; anyone else runs it as themselves.
type account struct {
	name     string
	uid, gid int
	other    bool // not the user this process runs as
}

// accountFor chooses the user for the database in dir. Data that is already
// there stays with the user who has it.
func accountFor(dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	a, ok := dataOwner(filepath.Join(dir, "pgdata"))
	if !ok {
		var err error
		if a, err = systemAccount("postgres", "nobody"); err != nil {
			return a, err
		}
	}
	if err := a.passes("/"); err != nil {
		return a, Advice{"PostgreSQL refuses to run as root, and this process may not become the system user “" + a.name + "” instead (" + reason(err) + "). Run Hotline as an ordinary user, or " + bringYourOwn + "."}
	}
	return a, nil
}

// dataOwner is the user a data folder belongs to, unless that is root.
func dataOwner(data string) (account, bool) {
	fi, err := os.Stat(data)
	if err != nil {
		return account{}, false
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return account{}, false
	}
	a := account{name: strconv.Itoa(int(st.Uid)), uid: int(st.Uid), gid: int(st.Gid), other: true}
	if u, err := user.LookupId(a.name); err == nil {
		a.name = u.Username
	}
	return a, true
}

// systemAccount is the first of the named users this system has.
func systemAccount(names ...string) (account, error) {
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return account{}, err
		}
		return account{name: name, uid: uid, gid: gid, other: true}, nil
	}
	return account{}, Advice{"PostgreSQL refuses to run as root, and this system has neither a user “postgres” nor a user “nobody” to run it as. Run Hotline as an ordinary user, or " + bringYourOwn + "."}
}

// credential is what a child process needs to become this user; nil: nothing.
// No groups beyond the user's own: what cannot be reached this way is refused
// before the database relies on it.
func (a account) credential() *syscall.Credential {
	if !a.other {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid), Groups: []uint32{}}
}

// passes asks the system itself, access lists and all, whether this user can
// enter a folder: a child that becomes the user and steps in.
func (a account) passes(folder string) error {
	c := exec.Command("/bin/sh", "-c", ":")
	c.Dir = folder
	c.Env = []string{}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential()}
	return c.Run()
}

// give makes the user the owner of what this process made for it.
func (a account) give(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// reason is the bare cause of a file or process error, without its path.
func reason(err error) string {
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		return e.Error()
	}
	return err.Error()
}
