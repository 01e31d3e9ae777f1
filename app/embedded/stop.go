package embedded

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// stopWait is how long a server may take to shut down in good order.
const stopWait = 20 * time.Second

// Stop shuts the database down in good order: sessions end, everything is on
// disk. After 20 seconds it is ended at once instead, and repairs itself at the
// next start. An attached database is only let go. Stopping twice is harmless.
func (p *Postgres) Stop() error {
	p.once.Do(func() {
		p.end()
		if p.attached {
			return
		}
		p.keeper.Wait()
		if p.child != nil {
			p.failed = p.child.finish(p.throwaway)
		}
		p.failed = errors.Join(p.failed, p.leave())
	})
	return p.failed
}

// finish ends a server and returns when it has ended. What will be thrown away
// need not be saved first.
func (c *child) finish(atOnce bool) error {
	began := time.Now()
	if atOnce {
		began = began.Add(-stopWait)
	}
	tick := time.NewTicker(longPause)
	defer tick.Stop()
	asked := syscall.Signal(0)
	for {
		sig := urgency(time.Since(began))
		if sig != asked {
			asked = sig
			if err := c.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("stop postgres: %w", err)
			}
		}
		select {
		case <-c.gone:
			return nil
		case <-tick.C:
		}
		if time.Since(began) > 2*stopWait {
			return fmt.Errorf("postgres (process number %d) does not end", c.cmd.Process.Pid)
		}
	}
}

// urgency is the signal for a server that has been asked to end for so long:
// SIGINT ends its sessions and shuts down, SIGQUIT drops everything.
func urgency(waited time.Duration) syscall.Signal {
	if waited < stopWait {
		return syscall.SIGINT
	}
	return syscall.SIGQUIT
}
