// Command hotline is the whole house in one program: its verbs are the ways to run
// it. `hotline demo` needs nothing; the others read their environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // zones, on machines that have none

	"github.com/alecthomas/kong"

	"hotline/app/embedded"
	"hotline/app/fault"
)

// version is set at build time by -ldflags "-X main.version=…".
var version = "dev"

var verbs struct {
	Demo     demoCmd     `cmd:"" help:"Everything on this machine, with invented people and real questions. Needs nothing configured."`
	Serve    serveCmd    `cmd:"" help:"Web and worker in one process."`
	Web      webCmd      `cmd:"" help:"The web process alone."`
	Worker   workerCmd   `cmd:"" help:"The worker alone."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the schema up to date. Run it before new web processes start."`
	Check    checkCmd    `cmd:"" help:"Say whether configuration, database, schema, role, Redis and mail are in order."`
	Desk     deskCmd     `cmd:"" help:"Desks: hours, number, promises, who takes what."`
	Insured  insuredCmd  `cmd:"" help:"Physicians with practice, policy and phone; who speaks for them."`
	User     userCmd     `cmd:"" help:"Add, list, disable people who sign in; reset a password."`
	Audit    auditCmd    `cmd:"" help:"The record."`
	Guidance guidanceCmd `cmd:"" help:"The library as a folder of Markdown: out and in."`
	Triage   triageCmd   `cmd:"" help:"Read questions (JSON lines) and say topic, urgency, triggers and articles. Needs nothing configured."`
	Seed     seedCmd     `cmd:"" help:"Fill a demo's database with many invented tickets, for measuring."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println(version)
	return nil
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs one verb and says how it ended: 0 well, 1 badly, 2 not begun because
// something has to be put right first.
func run(args []string) int {
	if os.Getenv("GOGC") == "" {
		// Pages are many small, short-lived pieces over a small live heap: collecting half
		// as often makes them cheaper. Not less often still: each password that is checked
		// takes 19 MiB for a moment, and the heap may grow to a multiple of that.
		debug.SetGCPercent(200)
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()})))
	parser, err := kong.New(&verbs, kong.Name("hotline"),
		kong.Description("The risk-management consultation line."), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	called, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "hotline: %s. Run hotline --help for the verbs and their flags.\n", strings.TrimSuffix(err.Error(), "."))
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	called.BindTo(ctx, (*context.Context)(nil))
	return ended(called.Run())
}

// exit is an error with the exit code it asks for.
type exit struct {
	code int
	says string
}

func (e exit) Error() string { return e.says }

// putRight is an error that a person can put right: one paragraph, exit code 2.
func putRight(format string, args ...any) error { return exit{2, fmt.Sprintf(format, args...)} }

func ended(err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return 0
	}
	code := 1
	if e, ok := errors.AsType[exit](err); ok {
		code = e.code
	} else if _, ok := errors.AsType[embedded.Advice](err); ok {
		code = 2
	} else if _, ok := errors.AsType[fault.Fields](err); ok {
		code = 2
	}
	words := err.Error()
	if fields, ok := errors.AsType[fault.Fields](err); ok {
		words = ""
		for _, f := range fields {
			words += f.Says + " "
		}
	} else if said := fault.Sentence(err); said != "" {
		words = said
	}
	if words != "" {
		fmt.Fprintln(os.Stderr, "hotline: "+strings.TrimSpace(words))
	}
	return code
}
