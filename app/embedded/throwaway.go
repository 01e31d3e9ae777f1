package embedded

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

const throwawayPrefix = "hotline-throwaway-"

// memory is where Linux keeps files in memory: a clone of a database is ten times
// quicker made there than on a disk. A container may have very little of it.
const (
	memory       = "/dev/shm"
	memoryNeeded = 4 << 30 // bytes free: several throwaways, each with its clones and its log of writes
)

// settleThrowaway makes a temporary folder the database's user can reach, in memory
// where there is room and TMPDIR does not say otherwise, and clears away those that
// killed processes left.
func settleThrowaway() (place, error) {
	parents := slices.Compact([]string{filepath.Clean(os.TempDir()), "/tmp", "/var/tmp"})
	if os.Getenv("TMPDIR") == "" && free(memory) >= memoryNeeded {
		parents = append([]string{memory}, parents...)
	}
	var problem error
	for _, parent := range parents {
		sweep(parent)
		at, err := throwawayIn(parent)
		if err == nil {
			return at, nil
		}
		if problem == nil {
			problem = err
		}
	}
	return place{}, problem
}

// free is how many bytes may still be written under a folder; 0 where nobody says.
func free(dir string) uint64 {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil {
		return 0
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize)
}

func throwawayIn(parent string) (place, error) {
	as, err := accountFor(parent)
	if err != nil {
		return place{}, err
	}
	if err := reach(parent, as); err != nil {
		return place{}, Advice{err.Error()}
	}
	dir, err := os.MkdirTemp(parent, throwawayPrefix)
	if err != nil {
		return place{}, unwritable(parent, err)
	}
	if as.other {
		err = os.Chmod(dir, 0o711) // they pass through it to what is theirs
	}
	var at place
	if err == nil {
		at, err = settleIn(dir)
	}
	if err != nil {
		os.RemoveAll(dir)
		return place{}, err
	}
	at.made = true
	return at, nil
}

// sweep removes throwaway folders older than an hour whose owner is gone. Only
// folders of this very user, which nobody else can have put anything into.
func sweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, throwawayPrefix+"*"))
	for _, dir := range left {
		fi, err := os.Lstat(dir)
		if err != nil || !fi.IsDir() || time.Since(fi.ModTime()) < time.Hour {
			continue
		}
		if st, ok := fi.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != os.Geteuid() {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		if tryLock(lock) == nil {
			if m, ok := readPostmaster(filepath.Join(dir, "pgdata")); !ok || !serves(m.pid, filepath.Join(dir, "pgdata")) {
				os.RemoveAll(dir)
			}
		}
		lock.Close()
	}
}

// discard removes what this package put into a throwaway's folder, and the
// folder itself if nothing else is in it.
func (p *Postgres) discard() error {
	if p.made {
		return os.RemoveAll(p.dir)
	}
	for _, own := range []string{p.data, p.data + ".new", filepath.Join(p.dir, "run"), p.passwordFile(), p.LogFile(), filepath.Join(p.dir, lockName)} {
		if err := os.RemoveAll(own); err != nil {
			return err
		}
	}
	os.Remove(p.dir)
	return nil
}
