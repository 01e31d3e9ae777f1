package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/hibiken/asynq"

	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/mail"
	"hotline/migrations"
)

// checkCmd says whether everything a process needs is in order. With --self it asks
// only the process of this container, for its health check.
type checkCmd struct {
	Self string `help:"Only ask the web process of this machine at HOST:PORT whether it is alive (for a container's health check)." placeholder:"HOST:PORT"`
}

// Run prints a line for each thing checked. Exit code 0: all well; 1: something is
// not; 2: the configuration is not complete.
func (c checkCmd) Run(ctx context.Context) error {
	if c.Self != "" {
		return alive(ctx, c.Self)
	}
	conf, err := readConfig(needs{database: true})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r := &findings{}
	r.say(true, "configuration", "complete for migrate and check; web, worker and serve say what else they need")
	conf.checkDatabase(ctx, r)
	conf.checkRedis(r)
	conf.checkMail(ctx, r)
	if r.bad > 0 {
		return exit{1, fmt.Sprintf("%d of these need attention", r.bad)}
	}
	return nil
}

type findings struct{ bad int }

func (f *findings) say(ok bool, what, words string) {
	mark := "ok  "
	if !ok {
		mark = "BAD "
		f.bad++
	}
	fmt.Fprintf(os.Stdout, "%s %-14s %s\n", mark, what, words)
}

func (c *config) checkDatabase(ctx context.Context, r *findings) {
	if dir, ok := embeddedDir(c.DatabaseURL); ok {
		r.say(true, "database", "of this machine's own, in "+dir+"; started when a process needs it")
		return
	}
	db, err := database.Open(ctx, c.DatabaseURL, database.Web)
	if err == nil {
		defer db.Close()
		err = db.Ping(ctx)
	}
	if err != nil {
		r.say(false, "database", "does not answer: check DATABASE_URL, and that Postgres is up and lets this user in")
		return
	}
	r.say(true, "database", "answers")
	pending, ahead, err := migrations.Pending(ctx, db.SQL())
	switch {
	case err != nil:
		r.say(false, "schema", "its version could not be read; run: hotline migrate")
	case pending:
		r.say(false, "schema", "older than this program; run: hotline migrate")
	case ahead:
		r.say(true, "schema", "newer than this program; update the program soon")
	default:
		r.say(true, "schema", "up to date")
	}
	safe, why := audit.Immutable(ctx, db)
	if safe && why == "" {
		why = "can add to the record and cannot change it"
	}
	r.say(safe, "role", why)
}

func (c *config) checkRedis(r *findings) {
	if c.redis == nil {
		r.say(true, "Redis", "not set here, or embedded; only workers need it")
		return
	}
	inspector := asynq.NewInspector(c.redis)
	defer inspector.Close()
	if _, err := inspector.Queues(); err != nil {
		r.say(false, "Redis", "does not answer: check REDIS_URL")
		return
	}
	r.say(true, "Redis", "answers")
}

func (c *config) checkMail(ctx context.Context, r *findings) {
	if c.SMTPURL == "" {
		r.say(true, "mail", "not set here; only workers need it")
		return
	}
	s, err := mail.NewSMTP(c.SMTPURL, c.MailFrom)
	if err == nil {
		err = s.Check(ctx)
	}
	if err != nil {
		r.say(false, "mail", err.Error())
		return
	}
	r.say(true, "mail", "the server answers")
}

// alive asks a web process whether it lives.
func alive(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return putRight("--self must be HOST:PORT")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("the web process does not answer")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the web process answered %d", res.StatusCode)
	}
	return nil
}
