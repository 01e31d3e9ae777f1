package embedded

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// oldest is the first major version Hotline's SQL runs on.
const oldest = 15

// usual are the folders systems put PostgreSQL's programs in.
var usual = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // PostgreSQL's packages for RHEL, Fedora
	"/usr/libexec/postgresql*",                                // Alpine
	"/usr/lib/postgresql*/bin",                                // openSUSE
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew
	"/usr/local/opt/postgresql@*/bin",                         // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",         // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/[0-9]*/bin", // Postgres.app
	"/Library/PostgreSQL/*/bin",                               // EDB's installer
	"/opt/local/lib/postgresql*/bin",                          // MacPorts
}

// program is a folder with initdb and postgres, and their major version.
type program struct {
	bin   string
	major int
}

// search says where to look, for whom, and for which version.
type search struct {
	chosen string   // a person's choice: this one or none
	onPath string   // what the system finds by itself; "" if nothing
	usual  []string // patterns
	as     account  // who must be able to run it
	data   int      // the major version of existing data; 0: any
}

// findProgram looks where a person pointed, then on PATH, then in the usual
// folders; and fetches a build, if that is allowed, when there is none.
func findProgram(ctx context.Context, o Options, at place) (program, error) {
	major, err := dataMajor(at.data)
	if err != nil {
		return program{}, err
	}
	s := search{chosen: o.BinDir, usual: usual, as: at.as, data: major}
	s.onPath, _ = exec.LookPath("postgres")
	found, err := s.find()
	if err == nil || o.BinDir != "" || !o.Fetch {
		return found, err
	}
	if major != 0 && major != buildMajor {
		return program{}, err
	}
	return fetch(ctx, at.as, o.Notice)
}

// find is the first program that fits: what is on PATH before the rest, then
// newest first.
func (s search) find() (program, error) {
	if s.chosen != "" {
		return s.take(s.chosen)
	}
	var all []program
	if s.onPath != "" {
		// initdb and the shared files are beside the real file, not the link
		if real, err := filepath.EvalSymlinks(s.onPath); err == nil {
			if p, err := s.probe(filepath.Dir(real)); err == nil {
				all = append(all, p)
			}
		}
	}
	ahead := len(all)
	for _, pattern := range s.usual {
		folders, _ := filepath.Glob(pattern)
		for _, folder := range folders {
			if p, err := s.probe(folder); err == nil && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all[ahead:], func(a, b program) int { return cmp.Compare(b.major, a.major) })
	for _, p := range all {
		if s.fits(p) {
			return p, nil
		}
	}
	return program{}, s.none(all)
}

// take is the program a person chose, or the reason it cannot be.
func (s search) take(folder string) (program, error) {
	p, err := s.probe(folder)
	if err != nil {
		return p, Advice{"PG_BIN_DIR names " + folder + ", but PostgreSQL cannot be run from there (" + reason(err) + "). Name the folder that holds initdb and postgres, or unset it and let Hotline look."}
	}
	if !s.fits(p) {
		return p, Advice{fmt.Sprintf("PG_BIN_DIR names PostgreSQL %d in %s, but %s. Name the folder of one that fits, or unset it and let Hotline look.", p.major, folder, s.need())}
	}
	return p, nil
}

func (s search) fits(p program) bool {
	return p.major >= oldest && (s.data == 0 || p.major == s.data)
}

// need is the version that is wanted, in words.
func (s search) need() string {
	if s.data != 0 {
		return fmt.Sprintf("the data was made by PostgreSQL %d and only that version can read it", s.data)
	}
	return fmt.Sprintf("Hotline needs version %d or newer", oldest)
}

// none says what was found instead, and every way on.
func (s search) none(found []program) error {
	ways := fmt.Sprintf("Install it %s; or, if it is installed, name the folder of initdb and postgres in PG_BIN_DIR; or %s.", install(), bringYourOwn)
	if s.data != 0 {
		ways = fmt.Sprintf("Install PostgreSQL %d on this machine; or, if it is installed, name the folder of its initdb and postgres in PG_BIN_DIR; or begin anew in another folder with --dir FOLDER.", s.data)
	}
	if len(found) == 0 && s.data == 0 {
		return Advice{"No PostgreSQL was found on this machine. " + ways}
	}
	var seen []string
	for _, p := range found {
		seen = append(seen, fmt.Sprintf("%d in %s", p.major, p.bin))
	}
	what := "none was found on this machine"
	if len(seen) > 0 {
		what = "this machine has only " + strings.Join(seen, ", ")
	}
	return Advice{"No fitting PostgreSQL was found: " + s.need() + ", and " + what + ". " + ways}
}

var versionNumber = regexp.MustCompile(`\) (\d+)`)

// probe runs the program as the user who will have to.
func (s search) probe(folder string) (program, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return program{}, err
	}
	if fi, err := os.Stat(filepath.Join(folder, "initdb")); err != nil {
		return program{}, err
	} else if fi.Mode()&0o111 == 0 {
		return program{}, fmt.Errorf("%s cannot be executed", fi.Name())
	}
	c := exec.Command(filepath.Join(folder, "postgres"), "--version")
	c.Dir = "/"
	c.Env = []string{"LC_ALL=C"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as.credential()}
	said, err := c.Output()
	if err != nil {
		return program{}, err
	}
	m := versionNumber.FindSubmatch(said) // "postgres (PostgreSQL) 15.9 (Debian …)"
	if m == nil {
		return program{}, fmt.Errorf("postgres --version says %q", said)
	}
	major, err := strconv.Atoi(string(m[1]))
	return program{bin: folder, major: major}, err
}
