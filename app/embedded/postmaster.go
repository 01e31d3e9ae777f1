package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postmaster is what a server says of itself in postmaster.pid.
type postmaster struct {
	pid     int
	sockets string
	ready   bool
}

// readPostmaster reads the pid file of a data folder; false when there is none
// or it is still being written.
func readPostmaster(data string) (postmaster, bool) {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return postmaster{}, false
	}
	m := postmaster{pid: pid}
	if len(lines) > 7 { // the fifth line is the socket folder, the eighth the state
		m.sockets, m.ready = lines[4], strings.TrimSpace(lines[7]) == "ready"
	}
	return m, true
}

// clear makes way for a new server. We hold the lock, so whatever still runs
// on this data is an orphan: its owner was killed. It is ended in good order
// rather than adopted, because on Linux it is ending already, only perhaps not
// yet. A pid file nobody serves is removed: where process 1 does not collect
// the dead, PostgreSQL would take a zombie for a running server and refuse.
func (p *Postgres) clear(ctx context.Context) error {
	began := time.Now()
	asked := syscall.Signal(0)
	for {
		m, ok := readPostmaster(p.data)
		if !ok || !serves(m.pid, p.data) {
			break
		}
		if sig := urgency(time.Since(began)); sig != asked {
			asked = sig
			if err := syscall.Kill(m.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
				return Advice{fmt.Sprintf("A PostgreSQL that nobody looks after (process number %d) still runs on %s, and this user may not end it (%s). End it, then start again.", m.pid, p.data, reason(err))}
			}
		}
		if time.Since(began) > 2*stopWait {
			return Advice{fmt.Sprintf("A PostgreSQL that nobody looks after (process number %d) still runs on %s and does not end when asked. End it, then start again.", m.pid, p.data)}
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
	for _, stale := range []string{
		filepath.Join(p.data, "postmaster.pid"),
		filepath.Join(p.run, ".s.PGSQL."+port),
		filepath.Join(p.run, ".s.PGSQL."+port+".lock"),
	} {
		if err := os.RemoveAll(stale); err != nil {
			return unwritable(p.dir, err)
		}
	}
	return nil
}
