package main

import (
	"context"
	"fmt"
	"strings"

	"hotline/app/actor"
	"hotline/app/insured"
)

// insuredCmd keeps the roster, one at a time.
type insuredCmd struct {
	Dir      string          `help:"The folder of a demo, when it is the demo's physicians you mean." placeholder:"DIR"`
	Add      insuredAdd      `cmd:"" help:"Add a physician with practice, policy and phone."`
	Delegate insuredDelegate `cmd:"" help:"Let somebody ask or hear on a physician's behalf."`
}

type insuredAdd struct {
	Given     string   `arg:"" help:"Given name."`
	Family    string   `arg:"" help:"Family name."`
	State     string   `required:"" help:"State of practice, as OH."`
	Policy    string   `required:"" help:"Policy number."`
	Effective string   `required:"" help:"First day of the policy's term, as 2026-04-01."`
	Expires   string   `required:"" help:"First day after the term, as 2027-04-01."`
	Specialty string   `help:"Specialty."`
	Language  string   `help:"The language they would rather speak, as es." default:"en"`
	Practice  string   `help:"The practice's name."`
	City      string   `help:"The practice's city."`
	Phone     []string `help:"A number to call; may be repeated." sep:";"`
	Email     string   `help:"Address of the physician's own account, made before by hotline user add." placeholder:"ADDRESS"`
}

func (a insuredAdd) Run(ctx context.Context, of *insuredCmd) error {
	effective, err1 := insured.ParseDate(a.Effective)
	expires, err2 := insured.ParseDate(a.Expires)
	if err1 != nil || err2 != nil {
		return putRight("--effective and --expires must be days such as 2026-04-01")
	}
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		by := actor.Command("insured add")
		in := insured.NewPhysician{GivenName: a.Given, FamilyName: a.Family, Specialty: a.Specialty, State: a.State, Language: a.Language}
		var err error
		if a.Email != "" {
			if in.UserID, err = userID(ctx, h, a.Email, actor.Physician); err != nil {
				return err
			}
		}
		if a.Practice != "" {
			if in.PracticeID, err = h.insured.AddPractice(ctx, by, insured.NewPractice{Name: a.Practice, City: a.City, State: a.State}); err != nil {
				return err
			}
		}
		id, err := h.insured.AddPhysician(ctx, by, in)
		if err != nil {
			return err
		}
		policy, err := h.insured.AddPolicy(ctx, by, insured.NewPolicy{Number: a.Policy, Effective: effective, Expires: expires})
		if err != nil {
			return err
		}
		if err := h.insured.Cover(ctx, by, insured.Coverage{PolicyID: policy, PhysicianID: id}); err != nil {
			return err
		}
		for _, phone := range a.Phone {
			if _, err := h.insured.AddPhone(ctx, by, insured.NewPhone{PhysicianID: id, Typed: phone}); err != nil {
				return err
			}
		}
		fmt.Printf("physician %d, %s\n", id, insured.FullName(a.Given, a.Family))
		return nil
	})
}

type insuredDelegate struct {
	Physician string `required:"" help:"Address of the physician's account."`
	Email     string `arg:"" help:"Address of the delegate's account."`
	Ask       bool   `default:"true" negatable:"" help:"May ask."`
	Hear      bool   `help:"May hear the answers."`
	From      string `help:"First day; today if left out." placeholder:"DAY"`
	Until     string `help:"First day on which it no longer holds." placeholder:"DAY"`
}

func (d insuredDelegate) Run(ctx context.Context, of *insuredCmd) error {
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		in := insured.NewDelegation{MayAsk: d.Ask, MayHear: d.Hear, From: h.insured.Today()}
		var err error
		if d.From != "" {
			if in.From, err = insured.ParseDate(d.From); err != nil {
				return putRight("--from must be a day such as 2026-04-01")
			}
		}
		if d.Until != "" {
			until, err := insured.ParseDate(d.Until)
			if err != nil {
				return putRight("--until must be a day such as 2027-04-01")
			}
			in.Until = &until
		}
		if in.UserID, err = userID(ctx, h, d.Email, actor.Delegate); err != nil {
			return err
		}
		physician, err := userID(ctx, h, d.Physician, actor.Physician)
		if err != nil {
			return err
		}
		if in.PhysicianID, err = h.insured.PhysicianOf(ctx, actor.Command("insured delegate"), physician); err != nil {
			return err
		}
		id, err := h.insured.Delegate(ctx, actor.Command("insured delegate"), in)
		if err == nil {
			fmt.Printf("delegation %d\n", id)
		}
		return err
	})
}

func userID(ctx context.Context, h *house, email string, role actor.Role) (int64, error) {
	people, err := h.accounts.List(ctx, actor.Command("insured"))
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if strings.EqualFold(p.Email, strings.TrimSpace(email)) && p.Role == role {
			return p.ID, nil
		}
	}
	return 0, putRight("there is no %s with that address; make the account first with: hotline user add", role)
}
