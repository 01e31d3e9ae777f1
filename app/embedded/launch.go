package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	logLimit   = 5 << 20          // bytes; a longer log begins anew at the next start
	lingerWait = 15 * time.Second // for the last processes of a killed server to let go
	launchWait = 10 * time.Minute // for repairing what a power cut left
	slowAfter  = 10 * time.Second // then a person hears that it takes long
)

// errLingering: processes of a killed server still hold the shared memory.
var errLingering = errors.New("the previous server's processes have not all ended")

// launch starts the server and returns when it answers.
func (p *Postgres) launch(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, launchWait, Advice{"PostgreSQL did not become ready in ten minutes. " + p.LogFile() + " says what it is doing; start again when the machine has less to do."})
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	for began := time.Now(); ; {
		if err := p.clear(ctx); err != nil {
			return err
		}
		err := p.try(ctx)
		if !errors.Is(err, errLingering) || time.Since(began) > lingerWait {
			return err
		}
		if err := wait(ctx, longPause); err != nil {
			return err
		}
	}
}

func (p *Postgres) try(ctx context.Context) error {
	log, from, err := p.openLog()
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own copy
	cmd := p.command("postgres", p.arguments()...)
	cmd.Stdout, cmd.Stderr = log, log
	c, err := pinned(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	if err := p.answers(ctx, c, from); err != nil {
		if left := c.finish(p.throwaway); left != nil {
			return errors.Join(err, left)
		}
		return err
	}
	p.child = c
	return nil
}

// answers waits until the server has said it is ready, and lets us in. Its own
// word is read from the pid file: knocking before would only fill the log.
func (p *Postgres) answers(ctx context.Context, c *child, from int64) error {
	slow := time.Now().Add(slowAfter)
	for {
		select {
		case <-c.gone:
			return p.ended(from)
		default:
		}
		if m, ok := readPostmaster(p.data); ok && m.ready && m.pid == c.cmd.Process.Pid {
			err := p.ping(ctx)
			if sqlstate(err) == wrongPassword {
				return p.lostPassword()
			}
			return err
		}
		if !slow.IsZero() && time.Now().After(slow) {
			slow = time.Time{}
			p.notice("PostgreSQL is still starting; after a power cut or a kill it first repairs its data, which can take minutes.")
		}
		if err := wait(ctx, pause/2); err != nil {
			return err
		}
	}
}

// arguments are the server's settings. Modest, because it shares the machine;
// one socket and no port; and a log in which nothing a person typed can
// appear: no errors of statements, no details, no statements, no parameters.
func (p *Postgres) arguments() []string {
	set := []string{
		"listen_addresses=", "port=" + port, "unix_socket_permissions=0700",
		"shared_buffers=128MB", "jit=off", "timezone=UTC", "log_timezone=UTC",
		"logging_collector=off", "log_destination=stderr", "log_checkpoints=off",
		"log_min_messages=log", "log_error_verbosity=terse", "log_min_error_statement=panic",
		"log_statement=none", "log_parameter_max_length=0", "log_parameter_max_length_on_error=0",
	}
	if p.throwaway {
		set = append(set, "max_connections=300", "max_wal_size=256MB", "fsync=off", "full_page_writes=off", "synchronous_commit=off")
	} else {
		set = append(set, "max_connections=100")
	}
	args := []string{"-D", p.data, "-k", p.run}
	for _, s := range set {
		args = append(args, "-c", s)
	}
	return args
}

// openLog opens the log at its end, which it also returns.
func (p *Postgres) openLog() (*os.File, int64, error) {
	f, err := os.OpenFile(p.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, unwritable(p.dir, err)
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err == nil && at > logLimit {
		at, err = 0, f.Truncate(0)
	}
	if err != nil {
		f.Close()
		return nil, 0, unwritable(p.dir, err)
	}
	return f, at, nil
}

// ended explains a server that went away while starting, by its last words.
func (p *Postgres) ended(from int64) error {
	b, err := os.ReadFile(p.LogFile())
	if err != nil {
		return unwritable(p.dir, err)
	}
	said := string(b[min(from, int64(len(b))):])
	if strings.Contains(said, "is still in use") {
		return errLingering
	}
	return Advice{"PostgreSQL ended while starting. It said: " + lastLines(said) + ". Put that right and start again; the whole log is in " + p.LogFile() + "."}
}
