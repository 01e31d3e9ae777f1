package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAKilledServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 4)
	p := start(t, Options{Dir: used(t), Notice: func(says string) { heard <- says }})
	tell(t, p, `CREATE TABLE note (said text); INSERT INTO note VALUES ('kept')`)
	kill(t, server(t, p))
	if says := <-heard; !strings.Contains(says, "started again") {
		t.Fatal(says)
	}
	if got := ask(t, p, `SELECT said FROM note`); got != "kept" {
		t.Errorf("it comes back with %q", got)
	}
}

func TestAServerThatKeepsDyingIsGivenUpAndTheNextStartRecovers(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 8)
	dir := used(t)
	p := start(t, Options{Dir: dir, Notice: func(says string) { heard <- says }})
	tell(t, p, `CREATE TABLE note (said text); INSERT INTO note VALUES ('kept')`)
	for range revivals {
		kill(t, server(t, p))
		mustSay(t, <-heard, "was started again")
	}
	kill(t, server(t, p))
	mustSay(t, <-heard, "not started again", p.LogFile())

	next := start(t, Options{Dir: dir})
	if next.Attached() {
		t.Error("the next start attaches to a database that was given up")
	}
	if got := ask(t, next, `SELECT said FROM note`); got != "kept" {
		t.Errorf("the next start finds %q", got)
	}
	stop(t, p)
	ask(t, next, `SELECT 'still answers'`)
}

func TestAKilledOwnerTakesItsServerAlongAndTheNextStartWorks(t *testing.T) {
	t.Parallel()
	dir := used(t)
	process, server := owner(t, dir)
	attached := start(t, Options{Dir: dir})
	if !attached.Attached() {
		t.Fatal("two owners")
	}
	tell(t, attached, `CREATE TABLE note (said text); INSERT INTO note VALUES ('kept')`)
	kill(t, process.Process.Pid)
	process.Wait()

	next := start(t, Options{Dir: dir}) // while the orphan may still be ending
	if next.Attached() {
		t.Error("attached to an orphan")
	}
	if got := ask(t, next, `SELECT said FROM note`); got != "kept" {
		t.Errorf("the next start finds %q", got)
	}
	if serves(server, next.data) {
		t.Error("the orphan still runs")
	}
}

func TestAKilledOwnersServerEndsByItself(t *testing.T) {
	t.Parallel()
	dir := used(t)
	process, server := owner(t, dir)
	kill(t, process.Process.Pid)
	if runtime.GOOS == "linux" {
		data := filepath.Join(dir, "pgdata")
		eventually(t, "the server of a killed owner ends", func() bool { return !serves(server, data) })
	}
	ask(t, start(t, Options{Dir: dir}), `SELECT 'answers'`)
}

func TestAnOrphanThatStillServesIsReplaced(t *testing.T) {
	t.Parallel()
	dir := used(t)
	p := start(t, Options{Dir: dir})
	stop(t, p)
	// what a killed owner leaves where the system does not end its children
	orphan := p.command("postgres", p.arguments()...)
	orphan.SysProcAttr.Setpgid = true
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	eventually(t, "the orphan is ready", func() bool { m, ok := readPostmaster(p.data); return ok && m.ready })

	next := start(t, Options{Dir: dir})
	if err := <-ended; err != nil {
		t.Errorf("the orphan did not end in good order: %v", err)
	}
	ask(t, next, `SELECT 'answers'`)
}

func TestAStalePidFileIsNoServer(t *testing.T) {
	t.Parallel()
	dir := used(t)
	p := start(t, Options{Dir: dir})
	stop(t, p)
	stranger := exec.Command("cat") // got the number of a server that died
	stranger.SysProcAttr = childAttributes(p.as.credential())
	hold, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { hold.Close(); stranger.Wait() }()
	name := filepath.Join(p.data, "postmaster.pid")
	if err := os.WriteFile(name, fmt.Appendf(nil, "%d\n%s\n1\n5432\n%s\n\n  1 1\nready   \n", stranger.Process.Pid, p.data, p.run), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.as.give(name); err != nil {
		t.Fatal(err)
	}
	ask(t, start(t, Options{Dir: dir}), `SELECT 'answers'`)
	if stranger.Process.Signal(syscall.Signal(0)) != nil {
		t.Error("the stranger was harmed")
	}
}

func TestAZombieIsNoServer(t *testing.T) {
	t.Parallel()
	dir := used(t)
	p := start(t, Options{Dir: dir})
	stop(t, p)
	zombie := p.command("postgres", p.arguments()...)
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer zombie.Wait() // not before: until then it stays a zombie
	eventually(t, "it is ready", func() bool { m, ok := readPostmaster(p.data); return ok && m.ready })
	kill(t, zombie.Process.Pid)
	eventually(t, "it is dead", func() bool { return !serves(zombie.Process.Pid, p.data) })
	ask(t, start(t, Options{Dir: dir}), `SELECT 'answers'`)
}

func TestHalfMadeDataIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	half := filepath.Join(dir, "pgdata.new", "base")
	if err := os.MkdirAll(half, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "db-password"), []byte("kept from before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, Options{Dir: dir, Throwaway: true})
	if pgxConfig(t, p).Password != "kept from before" {
		t.Error("the password on file is not used")
	}
	ask(t, p, `SELECT 'answers'`)
}

func TestAStartThatIsCalledOffLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	began := make(chan error, 1)
	go func() {
		_, err := Start(ctx, Options{Dir: dir})
		began <- err
	}()
	eventually(t, "initdb works", func() bool {
		_, err := os.Stat(filepath.Join(dir, "pgdata.new", "PG_VERSION"))
		return err == nil
	})
	cancel()
	if err := <-began; err != context.Canceled {
		t.Errorf("it says %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "pgdata.new")); !os.IsNotExist(err) {
		t.Errorf("half a database is left: %v", err)
	}
	ask(t, start(t, Options{Dir: dir}), `SELECT 'answers'`)
}

func TestStoppingEndsOpenSessions(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Dir: used(t)})
	c, err := pgx.Connect(t.Context(), p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	stop(t, p)
	if c.Ping(t.Context()) == nil {
		t.Error("the session outlives the server")
	}
}
