package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hibiken/asynq"

	"hotline/app/database"
	"hotline/app/embedded"
	"hotline/app/mail"
	"hotline/jobs"
	"hotline/migrations"
)

type serveCmd struct{}
type webCmd struct{}
type workerCmd struct{}

// Run runs web and worker in one process.
func (serveCmd) Run(ctx context.Context) error { return production(ctx, true, true) }

// Run runs the web process.
func (webCmd) Run(ctx context.Context) error { return production(ctx, true, false) }

// Run runs the worker.
func (workerCmd) Run(ctx context.Context) error { return production(ctx, false, true) }

// drainFor is how long a stopping production worker lets jobs finish.
const drainFor = 25 * time.Second

// production runs what the environment describes. adjust is for tests that run it in a
// process of its own and cannot wait as long as production does.
func production(ctx context.Context, withWeb, withWorker bool, adjust ...func(*jobs.Options)) error {
	c, err := readConfig(needs{database: true, redis: withWorker, public: true, mail: withWorker, secret: true, seal: withWorker})
	if err != nil {
		return err
	}
	limits := database.Worker
	if withWeb {
		limits = database.Web
	}
	found, err := c.services(ctx, withWorker)
	if err != nil {
		return err
	}
	defer found.stop()
	db, err := openReady(ctx, found.databaseURL, limits)
	if err != nil {
		return err
	}
	defer db.Close()
	h := build(db, built{secret: c.secret, secretPrevious: c.secretPrevious, requireTOTP: true, privateLinks: c.PrivateLinks})
	var p parts
	if withWeb {
		ln, err := listen(c.Addr)
		if err != nil {
			return err
		}
		p.web, p.handler = ln, h.pages(c.public, c.TrustedProxies, false)
	}
	if c.MetricsAddr != "" {
		if p.metrics, err = listen(c.MetricsAddr); err != nil {
			return err
		}
	}
	if withWorker {
		sender, err := mail.NewSMTP(c.SMTPURL, c.MailFrom)
		if err != nil {
			return putRight("SMTP_URL: %s", err)
		}
		installation, err := db.Installation(ctx)
		if err != nil {
			return err
		}
		options := jobs.Options{
			Redis: found.redis, FreshRedis: found.freshRedis, Installation: installation.ID, Version: version, Public: c.public,
			Phone: h.phone(ctx), Sender: sender, SealKey: c.seal, Witness: c.Witness, Concurrency: c.Concurrency, Shutdown: drainFor,
		}
		for _, change := range adjust {
			change(&options)
		}
		p.worker = jobs.NewWorker(db, h.hub, h.work(), options)
	}
	slog.Info("hotline is up", "version", version, "web", withWeb, "worker", withWorker)
	return h.run(ctx, p, 10*time.Second)
}

// openReady opens a database that is up to date, and says what to do about one that
// is not.
func openReady(ctx context.Context, url string, limits database.Limits) (*database.DB, error) {
	db, err := database.Open(ctx, url, limits)
	if err != nil {
		return nil, putRight("DATABASE_URL: %s", err)
	}
	bounded, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := patient(bounded, db); err != nil {
		db.Close()
		return nil, putRight("the database does not answer. Check DATABASE_URL and that Postgres is up.")
	}
	pending, ahead, err := migrations.Pending(ctx, db.SQL())
	switch {
	case err != nil:
		db.Close()
		return nil, putRight("the schema's version could not be read. Run: hotline migrate")
	case pending:
		db.Close()
		return nil, putRight("the database is older than this program. Run: hotline migrate")
	case ahead:
		slog.Warn("the database is newer than this program; update the program soon")
	}
	return db, nil
}

// patient waits for a database that is starting up.
func patient(ctx context.Context, db *database.DB) error {
	for {
		err := db.Ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// parts are what one process runs.
type parts struct {
	web     net.Listener
	handler http.Handler
	metrics net.Listener
	worker  *jobs.Worker
}

// run runs the parts until ctx ends or one of them fails, then stops them all
// together within grace.
func (h *house) run(ctx context.Context, p parts, grace time.Duration) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	failures := make(chan error, 4)
	part := func(name string, f func() error) {
		all.Go(func() {
			if err := f(); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, context.Canceled) {
				failures <- fmt.Errorf("%s: %w", name, err)
			}
			stop()
		})
	}
	all.Go(func() { h.hub.Run(ctx) })
	all.Go(func() { h.clockOf(ctx) })
	servers := []*http.Server{}
	if p.web != nil {
		s := &http.Server{Handler: p.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
			IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
		servers = append(servers, s)
		part("web", func() error { return s.Serve(p.web) })
	}
	if p.metrics != nil {
		h.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), machine{h.operations})
		m := http.NewServeMux()
		m.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{}))
		s := &http.Server{Handler: m, ReadHeaderTimeout: 5 * time.Second}
		servers = append(servers, s)
		part("metrics", func() error { return s.Serve(p.metrics) })
	}
	if p.worker != nil {
		part("worker", func() error { return p.worker.Run(ctx) })
	}
	<-ctx.Done()
	bounded, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	for _, s := range servers {
		all.Go(func() {
			if s.Shutdown(bounded) != nil {
				s.Close()
			}
		})
	}
	all.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// clockOf measures the database's clock against ours now and then.
func (h *house) clockOf(ctx context.Context) {
	every := time.NewTicker(30 * time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			bounded, cancel := context.WithTimeout(ctx, 3*time.Second)
			_ = h.db.Ping(bounded)
			cancel()
		}
	}
}

func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err == nil {
		return ln, nil
	}
	host, port, splitErr := net.SplitHostPort(addr)
	if splitErr != nil {
		return nil, putRight("%q is not an address to listen at. Give host:port, such as 127.0.0.1:8080.", addr)
	}
	return nil, putRight("port %s on %s cannot be used: another program listens there, or it may not be taken by this user. Stop the other program, or choose another port, as in --addr %s (for web and serve: the variable ADDR).",
		port, host, net.JoinHostPort(host, "8090"))
}

// found are the servers a process uses, and how to let go of those it started itself.
type found struct {
	databaseURL string
	redis       asynq.RedisConnOpt
	freshRedis  bool
	stops       []func()
}

func (f *found) stop() {
	for i := len(f.stops) - 1; i >= 0; i-- {
		f.stops[i]()
	}
}

// services finds the database and Redis that the configuration names, and starts
// those it says to embed.
func (c *config) services(ctx context.Context, withRedis bool) (*found, error) {
	f := &found{databaseURL: c.DatabaseURL, redis: c.redis}
	if dir, ok := embeddedDir(c.DatabaseURL); ok {
		pg, err := embedded.Start(ctx, embedded.Options{Dir: dir, BinDir: c.PGBinDir, Notice: notice})
		if err != nil {
			return nil, err
		}
		f.stops = append(f.stops, func() { _ = pg.Stop() })
		if f.databaseURL, err = prepare(ctx, pg); err != nil {
			f.stop()
			return nil, err
		}
	}
	if withRedis && c.RedisURL == "embedded" {
		if err := f.embedRedis(); err != nil {
			f.stop()
			return nil, err
		}
	}
	return f, nil
}

func (f *found) embedRedis() error {
	r, err := embedded.StartRedis()
	if err != nil {
		return err
	}
	f.stops = append(f.stops, r.Stop)
	f.freshRedis = true
	f.redis, err = redisOptions(r.URL())
	return err
}

func embeddedDir(url string) (string, bool) {
	const prefix = "embedded:"
	if len(url) > len(prefix) && url[:len(prefix)] == prefix {
		return url[len(prefix):], true
	}
	return "", false
}

func publicOf(ln net.Listener) *url.URL {
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
}
