package embedded

import (
	"os"
	"runtime"
	"strings"
)

// Advice is an error a person can put right: one paragraph that says what is
// wrong and what to do. It is meant to be shown as it stands.
type Advice struct{ Says string }

func (a Advice) Error() string { return a.Says }

// bringYourOwn is the way out that works everywhere.
const bringYourOwn = "name a PostgreSQL 15 or newer that runs already, in DATABASE_URL (for the demo: --database URL)"

// installs are the commands that install PostgreSQL with its extensions, by
// the ID or ID_LIKE of /etc/os-release.
var installs = []struct{ system, command string }{
	{"debian", "apt-get install postgresql"},
	{"ubuntu", "apt-get install postgresql"},
	{"fedora", "dnf install postgresql-server postgresql-contrib"},
	{"rhel", "dnf install postgresql-server postgresql-contrib"},
	{"alpine", "apk add postgresql postgresql-contrib"},
	{"arch", "pacman -S postgresql"},
	{"suse", "zypper install postgresql-server postgresql-contrib"},
}

// install is the exact command that installs PostgreSQL on this system.
func install() string {
	if runtime.GOOS == "darwin" {
		return "with: brew install postgresql@17"
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return "with this system's package manager"
	}
	return installOn(string(release), os.Geteuid() == 0)
}

func installOn(release string, root bool) string {
	var ids []string
	for line := range strings.Lines(release) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" || key == "ID_LIKE" {
			ids = append(ids, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	for _, id := range ids {
		for _, i := range installs {
			if id != i.system && !strings.HasPrefix(id, "open"+i.system) {
				continue
			}
			if root {
				return "with: " + i.command
			}
			return "with: sudo " + i.command
		}
	}
	return "with this system's package manager"
}
