package embedded

import (
	"os/exec"
	"path/filepath"
	"runtime"
)

// child is a process of ours; gone is closed when it has ended, with err.
type child struct {
	cmd  *exec.Cmd
	gone chan struct{}
	err  error
}

// command is one of PostgreSQL's programs, run as the database's user. It gets
// none of our environment: our secrets are not its business, and a stray
// PGDATA or locale would change what it does. The C locale also keeps its
// messages in the language this package reads.
func (p *Postgres) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(p.program.bin, name), args...)
	c.Dir = p.run
	c.Env = []string{"LC_ALL=C", "TZ=UTC", "HOME=" + p.run, "PATH=" + p.program.bin + ":/usr/bin:/bin"}
	c.SysProcAttr = childAttributes(p.as.credential())
	return c
}

// pinned starts cmd from a goroutine that keeps its thread until the process
// has ended: Linux sends the "parent has died" signal when the thread that
// started the process ends, not when the program does.
func pinned(cmd *exec.Cmd) (*child, error) {
	c := &child{cmd: cmd, gone: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.err = cmd.Wait()
		}
		close(c.gone)
	}()
	return c, <-started
}
