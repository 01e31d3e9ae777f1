package main

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"hotline/app/account"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
)

// TestMain is also the way in for the processes of the ordeal (TestNothingIsLost), which
// are this binary again.
func TestMain(m *testing.M) {
	if as := os.Getenv(lostAs); as != "" {
		os.Exit(lostChild(as))
	}
	dbtest.Main(m, putAway)
}

// user runs a verb as it is typed, and gives what it printed.
func user(t *testing.T, accounts *account.Service, stdin string, args ...string) (string, error) {
	t.Helper()
	var verbs userCmd
	parser, err := kong.New(&verbs, kong.Exit(func(int) { t.Error("the verb was not understood") }))
	if err != nil {
		t.Fatal(err)
	}
	verb, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	public, _ := url.Parse("https://hotline.example")
	p := people{accounts, public}
	switch name, _, _ := strings.Cut(verb.Command(), " "); name {
	case "add":
		err = verbs.Add.do(t.Context(), p, strings.NewReader(stdin), &out)
	case "list":
		err = verbs.List.do(t.Context(), p, &out)
	case "disable":
		err = verbs.Disable.do(t.Context(), p, &out)
	case "enable":
		err = verbs.Enable.do(t.Context(), p, &out)
	case "reset":
		err = verbs.Reset.do(t.Context(), p, &out)
	}
	return out.String(), err
}

func TestAnOperatorLetsPeopleInAndShutsThemOut(t *testing.T) {
	t.Parallel()
	accounts := account.New(dbtest.New(t), account.Options{})
	said, err := user(t, accounts, "", "add", "dana@practice.org", "Dana Whitfield", "--role=physician")
	if err != nil {
		t.Fatal(err)
	}
	_, token, found := strings.Cut(strings.TrimSpace(said), "https://hotline.example/password-resets/")
	if !found {
		t.Fatalf("no link: %s", said)
	}
	if err := accounts.UseReset(t.Context(), token, "seven quiet harbours"); err != nil {
		t.Fatal(err)
	}
	if _, err := user(t, accounts, "nine patient herons\n", "add", "lee@insurer.org", "Lee Park", "--role=auditor", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SignIn(t.Context(), "lee@insurer.org", "nine patient herons", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if _, err := user(t, accounts, "", "disable", "Lee@insurer.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SignIn(t.Context(), "lee@insurer.org", "nine patient herons", "192.0.2.1"); err == nil {
		t.Fatal("a disabled person signed in")
	}
	list, err := user(t, accounts, "", "list")
	if err != nil || !strings.Contains(list, "Dana Whitfield  physician  active    off            dana@practice.org") || !strings.Contains(list, "disabled") {
		t.Fatalf("%v\n%s", err, list)
	}
	if _, err := user(t, accounts, "", "enable", "lee@insurer.org"); err != nil {
		t.Fatal(err)
	}
	if said, err := user(t, accounts, "", "reset", "lee@insurer.org", "--second-factor"); err != nil || !strings.Contains(said, "/password-resets/") {
		t.Fatal(said, err)
	}
}

func TestAnOperatorIsToldWhatToPutRight(t *testing.T) {
	t.Parallel()
	accounts := account.New(dbtest.New(t), account.Options{})
	_, err := user(t, accounts, "canary\n", "add", "dana@practice.org", "Dana", "--role=physician", "--password-stdin")
	if bad, _ := errors.AsType[fault.Fields](err); bad.For("password") == "" || strings.Contains(err.Error(), "canary") {
		t.Fatal(err)
	}
	if _, err = user(t, accounts, "", "add", "dana@practice.org", "Dana", "--role=physician", "--password-stdin"); err == nil {
		t.Fatal("no password, and nothing said")
	}
	if _, err = user(t, accounts, "", "disable", "nobody@practice.org"); err == nil || strings.Contains(err.Error(), "@") {
		t.Fatal(err)
	}
}
