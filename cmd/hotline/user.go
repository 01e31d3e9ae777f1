package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
)

// userCmd is who signs in: let in, listed, shut out.
type userCmd struct {
	Dir     string      `help:"The folder of a demo, when it is the demo's people you mean." placeholder:"DIR"`
	Add     userAdd     `cmd:"" help:"Let a person in. Prints a one-time link to choose a password, unless one comes on standard input."`
	List    userList    `cmd:"" help:"List everybody who signs in."`
	Disable userDisable `cmd:"" help:"Shut a person out and end their sessions."`
	Enable  userEnable  `cmd:"" help:"Let a person in again."`
	Reset   userReset   `cmd:"" help:"Print a one-time link to choose a new password."`
}

// people is what the verbs work with.
type people struct {
	*account.Service
	public *url.URL // where links lead; nil: not configured, and only their path is printed
}

func (p people) link(token string) string {
	path := "/password-resets/" + token
	if p.public == nil {
		return path
	}
	return p.public.JoinPath(path).String()
}

// with opens the database that the environment, or --dir, names, for as long as f
// needs it.
func (u *userCmd) with(ctx context.Context, f func(people) error) error {
	return withHouse(ctx, u.Dir, func(h *house, c *config) error { return f(people{h.accounts, c.public}) })
}

type userAdd struct {
	Email         string  `arg:"" help:"E-mail address to sign in with."`
	Name          string  `arg:"" help:"Name, as others read it."`
	Role          string  `required:"" enum:"physician,delegate,consultant,manager,claims,administrator,auditor" help:"One of ${enum}."`
	Credentials   string  `help:"What follows the name, as JD or RN."`
	Zone          string  `default:"America/New_York" help:"Time zone times are shown in."`
	Desk          []int64 `help:"Number of a desk a consultant belongs to; may be repeated."`
	PasswordStdin bool    `name:"password-stdin" help:"Read the password from the first line of standard input."`
}

func (u *userAdd) Run(ctx context.Context, of *userCmd) error {
	return of.with(ctx, func(p people) error { return u.do(ctx, p, os.Stdin, os.Stdout) })
}

func (u *userAdd) do(ctx context.Context, accounts people, in io.Reader, out io.Writer) error {
	person := account.NewPerson{Email: u.Email, Name: u.Name, Role: actor.Role(u.Role), Credentials: u.Credentials,
		Zone: u.Zone, Desks: u.Desk}
	if u.PasswordStdin {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if person.Password = strings.TrimRight(line, "\r\n"); person.Password == "" {
			return putRight("there was no password on standard input")
		}
	}
	by := actor.Command("user add")
	p, err := accounts.Add(ctx, by, person)
	if err != nil {
		return err
	}
	if u.PasswordStdin {
		_, err = fmt.Fprintf(out, "Added, number %d.\n", p.ID)
		return err
	}
	token, err := accounts.ResetPassword(ctx, by, p.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Added, number %d. Works once, for half an hour:\n%s\n", p.ID, accounts.link(token))
	return err
}

type userList struct{}

func (u userList) Run(ctx context.Context, of *userCmd) error {
	return of.with(ctx, func(p people) error { return u.do(ctx, p, os.Stdout) })
}

func (userList) do(ctx context.Context, accounts people, out io.Writer) error {
	all, err := accounts.List(ctx, actor.Command("user list"))
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NUMBER\tNAME\tROLE\tSTATE\tSECOND FACTOR\tE-MAIL")
	for _, p := range all {
		factor := "off"
		if p.TOTP {
			factor = "on"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", p.ID, p.Name, p.Role, p.State, factor, p.Email)
	}
	return table.Flush()
}

type userDisable struct {
	Email string `arg:"" help:"E-mail address of the person."`
}

func (u *userDisable) Run(ctx context.Context, of *userCmd) error {
	return of.with(ctx, func(p people) error { return u.do(ctx, p, os.Stdout) })
}

func (u *userDisable) do(ctx context.Context, accounts people, out io.Writer) error {
	by := actor.Command("user disable")
	p, err := named(ctx, accounts, by, u.Email)
	if err != nil {
		return err
	}
	if err := accounts.Disable(ctx, by, p.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Number %d is disabled, and signed out everywhere.\n", p.ID)
	return err
}

type userEnable struct {
	Email string `arg:"" help:"E-mail address of the person."`
}

func (u *userEnable) Run(ctx context.Context, of *userCmd) error {
	return of.with(ctx, func(p people) error { return u.do(ctx, p, os.Stdout) })
}

func (u *userEnable) do(ctx context.Context, accounts people, out io.Writer) error {
	by := actor.Command("user enable")
	p, err := named(ctx, accounts, by, u.Email)
	if err != nil {
		return err
	}
	if err := accounts.Enable(ctx, by, p.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Number %d may sign in again.\n", p.ID)
	return err
}

type userReset struct {
	Email        string `arg:"" help:"E-mail address of the person."`
	SecondFactor bool   `help:"Turn their second factor off too, when they have lost it."`
}

func (u *userReset) Run(ctx context.Context, of *userCmd) error {
	return of.with(ctx, func(p people) error { return u.do(ctx, p, os.Stdout) })
}

func (u *userReset) do(ctx context.Context, accounts people, out io.Writer) error {
	by := actor.Command("user reset")
	p, err := named(ctx, accounts, by, u.Email)
	if err != nil {
		return err
	}
	token, err := accounts.ResetPassword(ctx, by, p.ID)
	if err != nil {
		return err
	}
	if u.SecondFactor {
		if err := accounts.RemoveTOTP(ctx, by, p.ID); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "Works once, for half an hour:\n%s\n", accounts.link(token))
	return err
}

func named(ctx context.Context, accounts people, by actor.Actor, email string) (*account.Person, error) {
	p, err := accounts.ByEmail(ctx, by, email)
	if errors.Is(err, fault.NotFound) {
		return nil, putRight("nobody signs in with that e-mail address")
	}
	return p, err
}
