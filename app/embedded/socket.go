package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

const (
	port = "5432" // only part of the socket's name: nothing listens on a network

	// longestSocket is the most bytes a socket's path may have: macOS keeps 104
	// with the closing zero, Linux 108.
	longestSocket = 103
)

// socketFolder makes the folder for the socket: inside dir, or, where the path
// would be too long, one of its own under the temporary folder.
func socketFolder(dir string, as account) (string, error) {
	mark := sha256.Sum256([]byte(dir))
	short := "hotline-" + hex.EncodeToString(mark[:6])
	var problem error
	for _, folder := range []string{
		filepath.Join(dir, "run"),
		filepath.Join(os.TempDir(), short),
		filepath.Join("/tmp", short),
	} {
		if len(filepath.Join(folder, ".s.PGSQL."+port)) > longestSocket {
			continue
		}
		if problem = privateFolder(folder, as); problem == nil {
			return folder, nil
		}
		if filepath.Dir(folder) == dir {
			break // our own folder is not writable: elsewhere would only hide it
		}
	}
	if problem == nil {
		problem = syscall.ENAMETOOLONG
	}
	return "", unwritable(dir, problem)
}

// privateFolder makes a folder only the user can enter. One that is there
// already must be theirs: the temporary folder is open to everyone, and a
// stranger's socket folder would see the password go by.
func privateFolder(folder string, as account) error {
	err := os.Mkdir(folder, 0o700)
	if err == nil {
		err = as.give(folder)
	} else if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	fi, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !fi.IsDir() || !ok || int(st.Uid) != as.uid || fi.Mode().Perm()&0o077 != 0 {
		return &fs.PathError{Op: "use", Path: folder, Err: syscall.EPERM}
	}
	if !as.other {
		return nil
	}
	return as.passes(folder)
}
