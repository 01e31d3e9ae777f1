package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFileInTheWayIsSaid(t *testing.T) {
	t.Parallel()
	file := folder(t)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: file}), file, "not a directory", "--dir")
	mustSay(t, refused(t, Options{Dir: filepath.Join(file, "db")}), file, "not a directory", "--dir")
}

func TestAFolderTheDatabaseCannotUseIsRefused(t *testing.T) {
	t.Parallel()
	shut := folder(t)
	mode := os.FileMode(0o500) // for an ordinary user: nothing can be made in it
	if os.Geteuid() == 0 {
		mode = 0o700 // for root: the database's user cannot enter it
	}
	if err := os.Mkdir(shut, mode); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(shut, "db")
	says := refused(t, Options{Dir: dir})
	mustSay(t, says, dir, "--dir")
	if os.Geteuid() == 0 {
		mustSay(t, says, "system user", "may not enter "+shut)
		mustSay(t, refused(t, Options{Dir: shut}), "chmod o+x "+shut)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something was made there all the same: %v", err)
	}
}

func TestADefaultNobodyCanReachGivesWayToTheStateFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 { // everyone but root runs the database themselves and stays where they are
		dir := folder(t)
		at, err := settle(Options{Dir: dir, Default: true}, folder(t))
		if err != nil || at.dir != dir {
			t.Errorf("%v, %v", at.dir, err)
		}
		return
	}
	shut, state := folder(t), folder(t)
	if err := os.Mkdir(shut, 0o700); err != nil {
		t.Fatal(err)
	}
	var heard string
	at, err := settle(Options{Dir: filepath.Join(shut, "db"), Default: true, Notice: func(says string) { heard = says }}, state)
	if err != nil {
		t.Fatal(err)
	}
	if at.dir != state {
		t.Errorf("the database goes to %s", at.dir)
	}
	mustSay(t, heard, "may not enter "+shut, "lives in "+state)
	_, err = settle(Options{Dir: shut, Default: true}, filepath.Join(shut, "state"))
	mustSay(t, advice(t, err), "may not enter "+shut)
}

func TestNoFolderIsSaid(t *testing.T) {
	t.Parallel()
	mustSay(t, refused(t, Options{}), "--dir")
}

func TestAFolderWithoutProgramsIsNamed(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	mustSay(t, refused(t, Options{Dir: folder(t), BinDir: empty}), "PG_BIN_DIR", empty, "initdb and postgres")
}

func TestNoPostgresAnywhereSaysHowToGetOne(t *testing.T) {
	t.Parallel()
	_, err := search{usual: []string{t.TempDir() + "/*"}}.find()
	mustSay(t, advice(t, err), "No PostgreSQL was found", "PG_BIN_DIR", "DATABASE_URL", "--database")
}

func TestTheNewestFittingProgramIsTaken(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, major := range []int{14, 9, 16, 18, 17} {
		pretend(t, dir, major)
	}
	s := search{usual: []string{dir + "/*"}}
	for data, want := range map[int]int{0: 18, 16: 16} {
		s.data = data
		p, err := s.find()
		if err != nil || p.major != want {
			t.Errorf("for data of %d: %v, %v", data, p, err)
		}
	}
	s.data = 15
	_, err := s.find()
	mustSay(t, advice(t, err), "made by PostgreSQL 15", "18 in "+dir)

	s = search{usual: []string{dir + "/14"}}
	_, err = s.find()
	mustSay(t, advice(t, err), "version 15 or newer", "14 in "+dir)

	link := filepath.Join(t.TempDir(), "postgres")
	if err := os.Symlink(filepath.Join(dir, "16", "postgres"), link); err != nil {
		t.Fatal(err)
	}
	s = search{onPath: link, usual: []string{dir + "/*"}}
	if p, err := s.find(); err != nil || p.bin != filepath.Join(dir, "16") {
		t.Errorf("what is on PATH comes first, through its link: %v, %v", p, err)
	}
	s = search{chosen: filepath.Join(dir, "16"), data: 17}
	_, err = s.find()
	mustSay(t, advice(t, err), "PG_BIN_DIR names PostgreSQL 16", "made by PostgreSQL 17")
}

// pretend makes programs that know their version and nothing else.
func pretend(t *testing.T, dir string, major int) {
	t.Helper()
	bin := filepath.Join(dir, fmt.Sprint(major))
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		says := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %d.3 (Debian 1)'\n", name, major)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(says), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDataOfAnotherVersionIsSaid(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "pgdata"), 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pgdata", "PG_VERSION"), []byte("9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: dir}), "made by PostgreSQL 9", "Install PostgreSQL 9", "--dir")
}

func TestOtherThingsInTheDataFolderAreKept(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	mine := filepath.Join(dir, "pgdata", "thesis.txt")
	if err := os.MkdirAll(filepath.Dir(mine), 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: dir}), "that is not a PostgreSQL database", filepath.Dir(mine))
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

func TestALostPasswordIsSaid(t *testing.T) {
	t.Parallel()
	dir := used(t)
	p := start(t, Options{Dir: dir})
	stop(t, p)
	if err := os.WriteFile(p.passwordFile(), []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: dir}), p.passwordFile(), "does not fit")
	if err := os.Remove(p.passwordFile()); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: dir}), p.passwordFile(), "missing")
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := used(t)
	p := start(t, Options{Dir: dir})
	stop(t, p)
	if err := os.Remove(filepath.Join(p.data, "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	mustSay(t, refused(t, Options{Dir: dir}), "ended while starting", "pg_control", p.LogFile())
}

func TestAUserWithoutANameIsTold(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 { // only root can become somebody else: the sentence for root is tested instead
		_, err := systemAccount("no such user")
		mustSay(t, advice(t, err), "neither", "DATABASE_URL")
		return
	}
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "pgdata"), 0o755); err != nil {
		t.Fatal(err)
	}
	const nameless = 54321
	if err := os.Chown(filepath.Join(dir, "pgdata"), nameless, nameless); err != nil {
		t.Fatal(err)
	}
	says := refused(t, Options{Dir: dir}) // runs as the owner of the data
	mustSay(t, says, "no name on this system", "DATABASE_URL")
}

func TestTheInstallCommandSuitsTheSystem(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"ID=debian\n": "sudo apt-get install postgresql",
		"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n":              "apt-get",
		"NAME=x\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n": "dnf install",
		"ID=alpine\n": "apk add",
		"ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n": "zypper",
		"ID=plan9\n": "package manager",
	} {
		if got := installOn(release, false); !strings.Contains(got, want) {
			t.Errorf("%q: %s", release, got)
		}
	}
	if got := installOn("ID=debian\n", true); strings.Contains(got, "sudo") {
		t.Error(got)
	}
}
