package embedded

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ownerFolder makes this test binary the owner of a database, in a process of
// its own that a test can kill.
const ownerFolder = "HOTLINE_TEST_OWNER_FOLDER"

func TestMain(m *testing.M) {
	dir := os.Getenv(ownerFolder)
	if dir == "" {
		code := m.Run()
		os.RemoveAll(model)
		os.Exit(code)
	}
	p, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("ready", p.child.cmd.Process.Pid)
	bufio.NewReader(os.Stdin).ReadString('\n') // until the test closes it, or kills us
	p.Stop()
	os.Exit(0)
}

// owner starts a database in another process and returns that process and the
// server's number.
func owner(t *testing.T, dir string) (*exec.Cmd, int) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), ownerFolder+"="+dir)
	hold, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		hold.Close()
		c.Process.Kill()
		c.Wait()
	})
	line, _ := bufio.NewReader(out).ReadString('\n')
	var pid int
	if _, err := fmt.Sscanf(line, "ready %d", &pid); err != nil {
		t.Fatalf("the owner says %q", line)
	}
	return c, pid
}

// folder is a folder for a database that its user can reach: what the testing
// package makes is closed to everyone else.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "db")
}

// model is a database that was made once, for used to copy.
var model string

var makeModel = sync.OnceValue(func() error {
	var err error
	if model, err = os.MkdirTemp("", "hotline-model-"); err != nil {
		return err
	}
	if err := os.Chmod(model, 0o711); err != nil {
		return err
	}
	p, err := Start(context.Background(), Options{Dir: model})
	if err != nil {
		return err
	}
	return p.Stop()
})

// used is a folder as an earlier run left it.
func used(t *testing.T) string {
	t.Helper()
	if err := makeModel(); err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	if said, err := exec.Command("cp", "-a", model, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return dir
}

// start starts a database and stops it when the test is over.
func start(t *testing.T, o Options) *Postgres {
	t.Helper()
	p, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func stop(t *testing.T, p *Postgres) {
	t.Helper()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
}

// ask runs one statement and returns its one value.
func ask(t *testing.T, p *Postgres, sql string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	var answer string
	if err := c.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// tell runs statements that answer nothing.
func tell(t *testing.T, p *Postgres, sql string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// refused starts a database that must not start, and returns the advice.
func refused(t *testing.T, o Options) string {
	t.Helper()
	p, err := Start(t.Context(), o)
	if err == nil {
		p.Stop()
		t.Fatal("it started")
	}
	return advice(t, err)
}

func advice(t *testing.T, err error) string {
	t.Helper()
	a, ok := err.(Advice)
	if !ok {
		t.Fatalf("not an advice but %T: %v", err, err)
	}
	return a.Says
}

func mustSay(t *testing.T, says string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(says, part) {
			t.Errorf("%q does not say %q", says, part)
		}
	}
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal("it never happened: " + what)
		}
		wait(t.Context(), pause)
	}
}

// server is the process number of a database's server.
func server(t *testing.T, p *Postgres) int {
	t.Helper()
	m, ok := readPostmaster(p.data)
	if !ok {
		t.Fatal("no server")
	}
	return m.pid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
