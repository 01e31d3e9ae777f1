package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"hotline/app/database"
	"hotline/jobs"
)

// What a process of the ordeal is told beside the environment that production reads.
const (
	lostAs    = "LOST_AS"    // web or worker
	lostSkew  = "LOST_SKEW"  // how far its clock is ahead
	lostAfter = "LOST_AFTER" // jobs.Options.LostAfter
)

// lostChild is this test binary as the web process or a worker of the ordeal: what
// `hotline web` and `hotline worker` run, under a clock that is wrong.
func lostChild(as string) int {
	skew, err := time.ParseDuration(os.Getenv(lostSkew))
	after, err2 := time.ParseDuration(os.Getenv(lostAfter))
	if err != nil || err2 != nil {
		fmt.Fprintln(os.Stderr, err, err2)
		return 2
	}
	database.Process = func() time.Time { return time.Now().Add(skew) }
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()})))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { // a test that dies takes its processes along
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	return ended(production(ctx, as == "web", as == "worker", func(o *jobs.Options) {
		o.LostAfter = after
		o.Redis = wrongClock{o.Redis, skew}
	}))
}

// wrongClock is a Redis as a process sees it whose clock is wrong. asynq takes its
// time from the process and cannot be given another: but all that it does by the
// clock is in the arguments of its commands (when a lease ends, which have ended, when
// a retry is due, which are), so they are moved. What stays right is what no other
// process sees: its timers, its contexts, and its own memory of its leases, which
// count from when they were taken.
//
// Not moved either, as nothing can be in a process that asks its kernel: when a
// session ends (a web process is alone with its sessions, the worker sweeps them an
// hour late), the date in a letter's header, and the times in the log.
type wrongClock struct {
	asynq.RedisConnOpt
	by time.Duration
}

func (w wrongClock) MakeRedisClient() any {
	client := w.RedisConnOpt.MakeRedisClient().(redis.UniversalClient)
	client.AddHook(w)
	return client
}

func (w wrongClock) DialHook(next redis.DialHook) redis.DialHook { return next }

func (w wrongClock) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		w.move(cmd.Args())
		return next(ctx, cmd)
	}
}

func (w wrongClock) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			w.move(cmd.Args())
		}
		return next(ctx, cmds)
	}
}

// move moves the arguments that are instants: numbers within a week of now, in seconds
// or nanoseconds. Those that our own code sends are of the database's time, and text.
func (w wrongClock) move(args []any) {
	const week = 7 * 24 * time.Hour
	now := time.Now()
	for i, arg := range args {
		switch n := arg.(type) {
		case int64:
			if d := n - now.Unix(); max(d, -d) < int64(week/time.Second) {
				args[i] = n + int64(w.by/time.Second)
			} else if d := n - now.UnixNano(); max(d, -d) < int64(week) {
				args[i] = n + int64(w.by)
			}
		case float64:
			if math.Abs(n-float64(now.Unix())) < week.Seconds() {
				args[i] = n + w.by.Seconds()
			}
		}
	}
}
